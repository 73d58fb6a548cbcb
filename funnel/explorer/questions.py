"""The open questions about a sheet as controls; the answers become its journey file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from funnel import html
from funnel.clients.reading import ANOTHER
from funnel.errors import FunnelError
from funnel.explorer.exploration import Exploration
from funnel.explorer.view import View
from funnel.explorer.widgets import button


class Questions:
    """The questions of a reading; `root` is empty if there are none."""

    def __init__(self, exploration: Exploration, answered: Callable[[], None]) -> None:
        self.exploration = exploration
        self.answered = answered
        self.root = w.VBox()
        self.said = View()
        self._asked: tuple[Any, ...] = ()
        self.answers: list[Any] = []
        self.write = button("Write these answers", button_style="primary")
        self.write.on_click(lambda _button: self._write())

    def show(self) -> None:
        """Show the questions of the sheet, each with its possible answers, preset to the likeliest."""
        reading = self.exploration.reading
        open_questions = reading.questions if reading is not None and reading.is_guess else ()
        if open_questions == self._asked:
            return
        self._asked = open_questions
        self.answers, rows = [], []
        for question in open_questions:
            known = [answer for answer in question.answers if answer != ANOTHER]  # it takes words
            options = [(question.sentence(answer), answer) for answer in known]
            value = question.as_read if question.likely and question.as_read in known else None
            field = w.RadioButtons(options=options, value=value, layout={"width": "max-content"})
            self.answers.append(field)
            rows += [View(html=html.paragraphs(question.question)), field]
        head = View(html="<p><b>Questions to answer before any verdict</b></p>")
        self.root.children = [head, *rows, self.write, self.said] if open_questions else [self.said]

    def _write(self) -> None:
        given = [
            (question.about, field.value)
            for question, field in zip(self._asked, self.answers, strict=True)
            if field.value is not None
        ]
        try:
            path = self.exploration.answer(given)
        except (FunnelError, OSError) as error:
            self.said.html = html.paragraphs(str(error))
            return
        self.said.html = html.paragraphs(f"Wrote {path}. It is used automatically from now on.")
        self.answered()
