"""Sliders that raise the conversion of each step, and show what that would bring per 100 leads."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from funnel import html
from funnel.explorer.exploration import Exploration
from funnel.explorer.view import View
from funnel.text import percent, undefined


class WhatIf:
    """A slider for the conversion of each step; `root` is the widget to show."""

    def __init__(self, exploration: Exploration) -> None:
        self.exploration = exploration
        self.said = View()
        self.sliders: dict[str, Any] = {}
        self.root = w.VBox()

    def show(self) -> None:
        """Make the sliders for the steps with clients who were due."""
        table = self.exploration.funnel.what_if()
        self.sliders = {}
        for row in table.to_dict("records"):
            if undefined(row["conversion"]) or not row["n"]:
                continue
            now = round(float(row["conversion"]) * 100)
            slider = w.IntSlider(
                value=now, min=now, max=100, description=str(row["step"]), readout_format="d",
                style={"description_width": "260px"}, layout=w.Layout(width="100%", max_width="640px"),
            )  # fmt: skip
            slider.disabled = now == 100
            slider.observe(self._moved(str(row["step"])), names="value")
            self.sliders[str(row["step"])] = slider
        self.said.html = html.paragraphs(
            "What if a step improved? Move a slider: % of the clients due who reach it."
        )
        box = w.VBox(list(self.sliders.values()))
        self.root.children = [self.said, box] if self.sliders else []

    def _moved(self, step: str) -> Any:
        def move(event: Any) -> None:
            self.said.html = html.paragraphs(what_if_sentence(self.exploration, step, event["new"] / 100))

        return move


def what_if_sentence(e: Exploration, step: str, to: float) -> str:
    """Describe what a higher conversion of a step would bring.

    >>> from funnel.explorer.files import sample_sheet
    >>> e = Exploration(sample_sheet(), as_of="2026-11-21", coach=None)
    >>> what_if_sentence(e, "Client meeting had", 0.63)
    'If Client meeting had rose from 53 % to 63 %: ... paying clients per 100 leads instead of ...'
    """
    row = e.funnel.what_if(step, to=to).iloc[0]
    if to <= row["conversion"]:
        return f"{step}: {percent(row['conversion'])} now."
    now, gained, half = row["paying_per_100"], row["paying_gained"], row["paying_gained_half"]
    long_now, long = row["long_term_per_100"], row["long_term_gained"]
    brought = []
    if not undefined(now):
        careful = f" (a careful guess: {now + half:.1f})"
        brought.append(f"{now + gained:.1f} paying clients per 100 leads instead of {now:.1f}{careful}")
    if not undefined(long_now):
        brought.append(f"{long_now + long:.1f} long-term ones instead of {long_now:.1f}")
    rise = f"If {step} rose from {percent(row['conversion'])} to {percent(row['raised'])}"
    if not brought:
        return f"{rise}: too little is known of the later steps to say what it would bring."
    return f"{rise}: {', '.join(brought)}. All other steps unchanged."
