"""The controls of the explorer, as ipywidgets. They display an `Exploration` and compute nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ipywidgets as w

from funnel import html
from funnel.errors import FunnelError
from funnel.explorer import pages
from funnel.explorer.exploration import Exploration, People, csv_text
from funnel.explorer.files import sample_sheet, save_upload, sheets_in_folder
from funnel.explorer.questions import Questions
from funnel.explorer.view import View
from funnel.explorer.what_if import WhatIf
from funnel.explorer.widgets import LABEL, REVIEWS, button, field_layout, row, writing
from funnel.journey import presets
from funnel.sheets import file_endings
from funnel.text import count, fold
from funnel.workflows.samples import SAMPLES


class Controls:
    """The controls of one exploration; `root` is the widget to show."""

    def __init__(self, exploration: Exploration) -> None:
        self.exploration = exploration
        self._following = False
        self.fields = self._fields()
        self.upload = w.FileUpload(
            accept=",".join(file_endings()), description="Upload a sheet", layout=w.Layout(width="auto")
        )
        self.again = button("Read again", tooltip="Open the sheet again, as it is now")
        self.status = View(on_pick=None)
        self.questions = Questions(exploration, self.follow)
        self.page = w.ToggleButtons(options=list(pages.PAGES), style={"button_width": "auto"})
        self.view = View(on_pick=self._picked)
        self.search = w.Text(
            placeholder="Filter these clients", continuous_update=True, layout=field_layout()
        )
        self.all_clients = button("All clients")
        self.actions = View(html=_ACTIONS)
        self.what_if = WhatIf(exploration)
        self.chart = View(on_pick=self._picked)
        self._links = [
            w.jsdlink((self.page, "index"), (shown, "wanted")) for shown in (self.view, self.chart)
        ]
        self.kind = w.Dropdown(options=REVIEWS, description="Review as", layout=field_layout(), style=LABEL)
        self.names = w.Checkbox(description="with names", indent=False, layout=w.Layout(width="auto"))
        self.write = button("Write the review", button_style="primary")
        self.written = View()
        self.above, self.below = w.VBox(), w.VBox()
        self.root = w.VBox([
            row([*(self.fields[n] for n in _CHOOSE), self.upload, self.again]),
            row([self.fields[n] for n in _FILTERS]),
            self.status, self.questions.root, self.page, self.above, self.view, self.below, self.chart,
            row([self.kind, self.names, self.write]), self.written,
        ])  # fmt: skip
        self._observe()
        self.follow()

    def _fields(self) -> dict[str, Any]:
        """Make the fields, one for each setting."""
        made: dict[str, Any] = {
            name: w.Dropdown(description=label, layout=field_layout(), style=LABEL)
            for name, label in _LABELS.items()
        }
        made["as_of"] = w.DatePicker(description="As of", layout=field_layout(), style=LABEL)
        made["window"] = w.IntSlider(
            min=1, max=12, description="Window (months)", layout=w.Layout(width="320px"), style=LABEL
        )
        made["clock"].options = [("the lead", "lead"), ("the first payment", "paid")]
        made["counts"].options = [
            ("marked cells", "marked"), ("marked here or later", "passed"), ("with all before", "nested"),
        ]  # fmt: skip
        return made

    def _observe(self) -> None:
        for name, field in self.fields.items():
            field.observe(self._changed(name), names="value")
        self.page.observe(self._changed("page"), names="value")
        self.search.observe(lambda _change: self._guarded(self._list_clients), names="value")
        self.upload.observe(self._uploaded, names="value")
        self.again.on_click(lambda _button: self._reread())
        self.all_clients.on_click(lambda _button: self._picked(pages.pick_of(People())))
        self.write.on_click(lambda _button: self._write())

    def _changed(self, name: str) -> Callable[[Any], None]:
        def change(event: Any) -> None:
            if not self._following:
                value = None if event["new"] == _NONE else event["new"]
                self.exploration.set(**{name: value})
                self.follow()

        return change

    # --- showing ------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Update the controls from the exploration."""
        with self._quietly():
            self._choices()
            self.page.value = self.exploration.settings.page
        self.status.html = ""
        self._guarded(self._show)
        self.view.shown = self.chart.shown = self.page.index

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Set fields without handling their change events."""
        self._following = True
        try:
            yield
        finally:
            self._following = False

    def _choices(self) -> None:
        """Fill the fields with what this sheet has."""
        e, s = self.exploration, self.exploration.settings
        sheets = [(name, name) for name in sheets_in_folder()]
        sheets += [(f"sample: {name}", sample_sheet(name)) for name in SAMPLES]
        _fill(self.fields["sheet"], sheets, s.sheet)
        files = [path.name for path in sorted(Path().glob("*.toml"))]
        journeys = [("as understood", _NONE), *((name, name) for name in [*presets(), *files])]
        _fill(self.fields["journey"], journeys, s.journey)
        self.fields["as_of"].value, self.fields["window"].value = s.day, s.window
        self.fields["clock"].value, self.fields["counts"].value = s.clock, s.counts
        try:
            reading, clients = e.reading, e.clients
        except FunnelError:
            reading, clients = e.reading, None
        tabs = [reading.tab, *(tab.tab for tab in reading.other_tabs)] if reading is not None else []
        _fill(self.fields["tab"], [("automatic", _NONE), *((tab, tab) for tab in tabs if tab)], s.tab)
        for name, values in (
            ("source", e.values("source") if clients else []),
            ("coach", e.values("coach") if clients else []),
            ("period", e.periods() if clients else []),
        ):
            _fill(
                self.fields[name], [("all", _NONE), *((value, value) for value in values)], getattr(s, name)
            )
            self.fields[name].disabled = not values
        if clients:
            _fill(self.fields["compare"], [(name, name) for name in e.columns()], e.compared)

    def _show(self) -> None:
        """Show the open page: its tables, then its chart."""
        self.questions.show()
        page = self.exploration.settings.page
        self.view.html, self.chart.html = html.paragraphs("Computing …"), ""  # never another page's numbers
        filters = [self.search, *([self.all_clients] if page == "People" else []), self.actions]
        self.above.children = [row(filters)] if page in pages.LISTS else []
        self.below.children = [self.what_if.root] if page == "Where it leaks" else []
        for name, of in _ONLY.items():
            self.fields[name].layout.display = None if page in of else "none"
        if page in pages.LISTS:
            self._list_clients()
        else:
            self.view.html = pages.PAGES[page](self.exploration)
            self.view.shown = self.page.index
        if page == "Where it leaks":
            self.what_if.show()
        chart = pages.chart(self.exploration)
        if page == "Compare":  # its table is long
            self.view.html = pages.differences(self.exploration) + chart + self.view.html
        else:
            self.chart.html = chart
        self.chart.shown = self.page.index

    def _list_clients(self) -> None:
        """Show the clients of the open page that contain the text to filter by."""
        page = self.exploration.settings.page
        if page not in pages.LISTS:
            return
        found = pages.LISTS[page](self.exploration)
        if wanted := fold(self.search.value):
            kept = [any(wanted in fold(cell) for cell in row) for row in found.itertuples(index=False)]
            found = found[kept]
        self.view.html = pages.list_html(self.exploration, found)
        self.actions.copied, self.actions.saved = csv_text(found, "\t"), csv_text(found)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Show a `FunnelError` as a sentence."""
        try:
            yield
        except FunnelError as error:
            self.view.html = html.paragraphs(str(error))
            self.chart.html = ""

    def _guarded(self, action: Callable[[], None]) -> None:
        with self._explained():
            action()

    # --- events ---------------------------------------------------------------------------------------

    def _picked(self, pick: str) -> None:
        self.search.value = ""
        self.exploration.set(page="People", people=pages.asked(pick))
        self.follow()

    def _uploaded(self, event: Any) -> None:
        for file in event["new"]:
            with self._explained():
                self.exploration.set(sheet=save_upload(file["name"], bytes(file["content"])))
                self.follow()

    def _reread(self) -> None:
        self.exploration.read_again()
        self.follow()

    def _write(self) -> None:
        self.written.html = writing(self.write, self._written)

    def _written(self) -> tuple[list[Path], str]:
        written = self.exploration.write_review(self.kind.value, self.names.value)
        return written, count(self.exploration.funnel.leads, "client")


_NONE = ""  # a Dropdown shows None as nothing at all
_LABELS = {
    "sheet": "Sheet", "tab": "Tab", "journey": "Journey", "source": "Source", "coach": "Coach",
    "period": "Leads of", "counts": "Count", "clock": "Months since", "compare": "Compare by",
}  # fmt: skip
_CHOOSE = ("sheet", "tab", "journey")
_FILTERS = ("as_of", "source", "coach", "period", "counts", "clock", "window", "compare")
_ONLY = {"clock": ("Still here",), "window": ("Cohorts",), "compare": ("Compare",)}
"""Fields that are only shown on some pages."""
_ACTIONS = (
    '<div class="funnel-actions"><button type="button" data-copy>Copy these clients</button>'
    '<button type="button" data-save>Save as CSV</button></div>'
)


def _fill(field: Any, options: list[tuple[str, Any]], value: Any) -> None:
    """Set the options and the value of a field; the value is added if it is not among the options."""
    value = _NONE if value is None else value
    if value not in [option for _, option in options]:
        options = [*options, (str(value), value)]
    if list(field.options) != options:
        field.options = options
    field.value = value
