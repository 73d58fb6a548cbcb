"""`View`: HTML in a notebook with buttons that list, copy or save clients.

This is the only JavaScript of the package; anywidget loads it in JupyterLab, Notebook, VS Code and Voila. A
page is one widget; ipywidgets alone would need three for each number that can be clicked.
"""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

_SCRIPT = """
// ipywidgets shows the name of a slider, but does not tell screen readers. Notebook 7 takes the arrow keys of
// what has the focus to move between cells, unless that element itself, no parent, has the attribute.
function nameSliders() {
  for (const handle of document.querySelectorAll(".widget-hslider [role=slider]")) {
    handle.setAttribute("data-lm-suppress-shortcuts", "true");
    const label = handle.closest(".widget-hslider").querySelector("label");
    if (label && !handle.ariaLabel) handle.setAttribute("aria-label", label.textContent);
  }
}
function render({ model, el }) {
  el.classList.add("funnel-view");
  const draw = () => {
    el.innerHTML = model.get("html");
    setTimeout(nameSliders, 300);
  };
  const note = (button, text) => {
    const before = button.textContent;
    button.textContent = text;
    setTimeout(() => { button.textContent = before; }, 1500);
  };
  el.addEventListener("click", (event) => {
    const button = event.target.closest("button, [data-pick]");
    if (!button || !el.contains(button)) return;
    if (button.dataset.pick) {
      model.send({ pick: button.dataset.pick });
    } else if (button.dataset.copy !== undefined) {
      navigator.clipboard.writeText(model.get("copied")).then(
        () => note(button, "Copied"), () => note(button, "The browser does not allow copying"));
    } else if (button.dataset.save !== undefined) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(["\\ufeff", model.get("saved")], { type: "text/csv" }));
      link.download = model.get("file");
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    }
  });
  const fade = () => {
    const stale = model.get("wanted") !== model.get("shown");
    el.classList.toggle("funnel-stale", stale);
    el.setAttribute("aria-busy", stale);
  };
  model.on("change:html", draw);
  model.on("change:wanted change:shown", fade);
  draw();
  fade();
}
export default { render };
"""
_STYLE = """
.funnel-view { overflow-x: auto; max-width: 100%; color: var(--jp-ui-font-color1, inherit);
  line-height: 1.4; }
.funnel-view table { border-collapse: collapse; margin: .5em 0 1em; font-variant-numeric: tabular-nums; }
.funnel-view caption { text-align: left; font-weight: 600; padding: .3em 0; white-space: nowrap; }
.funnel-view th, .funnel-view td { padding: .25em .6em; border-bottom: 1px solid rgba(128, 128, 128, .3);
  vertical-align: top; }
.funnel-view.funnel-stale { opacity: .3; }
.funnel-view tbody th:first-child { position: sticky; left: 0;
  background: var(--jp-layout-color0, Canvas); }
.funnel-view p { margin: .4em 0; max-width: 75em; }
.funnel-view summary { cursor: pointer; }
.funnel-view button { font: inherit; color: inherit; background: none; border: 0; padding: 0 .1em;
  cursor: pointer; text-decoration: underline dotted; text-underline-offset: .2em; }
.funnel-view button:hover { text-decoration: underline solid; }
.funnel-view button:focus-visible { outline: 2px solid currentColor; outline-offset: 1px; }
.funnel-view .funnel-actions button { border: 1px solid currentColor; border-radius: 3px; padding: .15em .7em;
  margin: 0 .5em .5em 0; text-decoration: none; }
.funnel-view .funnel-chart { background: #fff; max-width: 60em; }
.funnel-view .funnel-chart [data-pick] { cursor: pointer; }
.funnel-view .funnel-chart [data-pick]:hover { opacity: .75; }
.funnel-view .funnel-chart svg { max-width: 100%; height: auto; }
"""


class View(anywidget.AnyWidget):
    """A page of HTML; `on_pick` is called with the clients of a clicked button.

    It is faded while `wanted`, the chosen page, is not the one that is `shown`: the kernel may be busy.
    """

    _esm = _SCRIPT
    _css = _STYLE
    html = traitlets.Unicode().tag(sync=True)
    copied = traitlets.Unicode().tag(sync=True)
    saved = traitlets.Unicode().tag(sync=True)
    wanted = traitlets.Int(0).tag(sync=True)
    shown = traitlets.Int(0).tag(sync=True)
    file = traitlets.Unicode("clients.csv").tag(sync=True)

    def __init__(self, on_pick: Any = None, **traits: Any) -> None:
        super().__init__(**traits)
        if on_pick is not None:
            self.on_msg(lambda _widget, content, _buffers: content.get("pick") and on_pick(content["pick"]))
