"""The controls of a portfolio: a part of its review, all businesses or one, and the review as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from funnel import html
from funnel.explorer.exploration import free_path
from funnel.explorer.view import View
from funnel.explorer.widgets import LABEL, REVIEWS, button, field_layout, row, writing
from funnel.text import count

if TYPE_CHECKING:
    from funnel.portfolios import Portfolio
    from funnel.reports.review import Section, Table

ALL = "all"


class PortfolioControls:
    """The controls of one portfolio; `root` is the widget to show."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.review = portfolio.review()
        parts = [(section.title, section.name) for section in self.review.sections]
        names = [business.name for business in portfolio.businesses]
        self.part = w.Dropdown(options=parts, description="Show", layout=field_layout(), style=LABEL)
        self.business = w.Dropdown(
            options=[ALL, *names], description="Business", layout=field_layout(), style=LABEL
        )
        self.view, self.chart, self.written = View(), View(), View()
        self.kind = w.Dropdown(options=REVIEWS, description="Review as", layout=field_layout(), style=LABEL)
        self.write = button("Write the review", button_style="primary")
        self.root = w.VBox([
            row([self.part, self.business]), self.view, self.chart, row([self.kind, self.write]), self.written
        ])  # fmt: skip
        for field in (self.part, self.business):
            field.observe(lambda _change: self.show(), names="value")
        self.write.on_click(lambda _button: self._write())
        self.show()

    def show(self) -> None:
        """Show the chosen part."""
        section = self.review[self.part.value]
        tables = "".join(table_html(table, self.business.value) for table in section.tables)
        self.view.html = html.paragraphs(*section.sentences) + html.bullets(section.bullets) + tables
        self.chart.html = "".join(self._chart(section))

    def _chart(self, section: Section) -> list[str]:
        from funnel.charts.drawing.files import inline_svg, root_figure

        drawn = [self.review.draw(figure, None) for figure in section.figures]
        return [
            f'<div class="funnel-chart">{inline_svg(root_figure(axes.figure), f"{section.name}-{at}-")}</div>'
            for at, axes in enumerate(drawn)
        ]

    def _write(self) -> None:
        self.written.html = writing(self.write, self._written)

    def _written(self) -> tuple[list[Path], str]:
        path = free_path(Path(f"portfolio-{self.portfolio.as_of}{self.kind.value}"))
        return self.review.save(path), count(len(self.portfolio.compared), "business", "businesses")


def table_html(table: Table, business: str) -> str:
    """Return a table of the review, with all businesses or one, and bars behind the shares."""
    bars = [at for at, column in enumerate(table.columns) if column.title == "Share"]
    rows: list[list[html.Cell]] = [
        [html.Cell(text, values[at] if at in bars else None) for at, text in enumerate(texts)]
        for texts, values in zip(table.texts, table.values, strict=True)
        if business in (ALL, texts[0])
    ]
    if not rows:
        return html.paragraphs(f"{table.title}: no rows for {business}.")
    left = [at for at, column in enumerate(table.columns) if column.text]
    return html.table(
        [column.title for column in table.columns], rows, texts=left, caption=table.title, notes=[table.note]
    )


class PortfolioExplorer:
    """The result of `funnel.explore` for a portfolio: controls in a notebook."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.controls = PortfolioControls(portfolio)

    def __repr__(self) -> str:
        return f"Explorer: {self.portfolio.name}. Run this cell to see the controls."

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return dict(self.controls.root._repr_mimebundle_(**options)) | {"text/plain": repr(self)}
