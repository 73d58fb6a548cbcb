"""The looks of a review: its colours, for paper, screen, light and dark."""

from __future__ import annotations

from funnel.charts.drawing.contrast import readable

LIGHT = {"ink": "#1B2733", "muted": "#56626E", "paper": "#FFFFFF", "soft": "#F3F6F9", "line": "#D3DAE1"}
DARK = {"ink": "#E8EDF2", "muted": "#A9B4BF", "paper": "#14191F", "soft": "#1E252D", "line": "#3A4550"}

_SHEET = """
:root { {light} }
@media (prefers-color-scheme: dark) { :root { {dark} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 3rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere; }
header { border-top: 0.4rem solid {accent}; padding-top: 1rem; }
h1 { font-size: 2rem; line-height: 1.15; margin: 0; }
.sub { font-size: 1.2rem; color: var(--muted); margin: 0.2rem 0 0.8rem; }
.logo { float: right; max-height: 5rem; max-width: 40%; background: #FFFFFF; padding: 0.25rem; }
.facts { list-style: none; margin: 0; padding: 0; color: var(--muted); }
nav ul { list-style: none; padding: 0.6rem 0; margin: 1.2rem 0 0;
  display: flex; flex-wrap: wrap; gap: 0.3rem 1rem;
  border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
a { color: var(--link); }
a.skip { position: absolute; left: -999rem; }
a.skip:focus { left: 1rem; top: 0.5rem; background: var(--paper); padding: 0.5rem; }
h2 { font-size: 1.4rem; margin: 2.4rem 0 0.6rem; padding-bottom: 0.2rem; border-bottom: 2px solid {accent}; }
.verdict { font-size: 1.15rem; font-weight: 600; padding-left: 0.8rem;
  border-left: 0.35rem solid {accent}; }
.frame { overflow-x: auto; margin: 1rem 0 0.3rem; }
.frame:focus-visible, a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
figure { margin: 1rem 0; }
figure .frame, .narrow { background: #FFFFFF; border-radius: 4px; }
figure svg { display: block; height: auto; max-width: 100%; margin: 0 auto; }
.narrow { display: none; }
figcaption, .note { color: var(--muted); font-size: 0.875rem; }
.note { margin: 0.2rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums;
  overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding: 0.3rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
tbody th { font-weight: 400; }
.group { font-style: italic; background: var(--soft); }
thead th { vertical-align: bottom; border-bottom: 2px solid var(--muted); }
.n { text-align: right; }
td.n { white-space: nowrap; }
footer { margin-top: 3rem; color: var(--muted); font-size: 0.875rem; }
@media (max-width: 40rem) {
  figure .wide { display: none; }
  .narrow { display: block; }
  .logo { float: none; display: block; }
}
@media print {
  :root { {light} }
  @page { size: A4; margin: 16mm; }
  html { font-size: 10pt; }
  body { max-width: none; padding: 0; }
  nav, a.skip { display: none; }
  .frame { overflow: visible; break-inside: avoid; }
  table { font-size: min(9pt, calc(490pt / (12 + 4.1 * (var(--columns) - 1)))); }
  th, td { padding: 0.25em 0.4em; }
  h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  thead { display: table-header-group; }
  figure svg { max-width: 100%; max-height: 22cm; }
  figure .wide { display: block; }
  .narrow { display: none; }
}
"""


def style_sheet(accent: str) -> str:
    """Return the style sheet of the HTML review."""
    light, dark = (
        " ".join(f"--{name}: {value};" for name, value in {**colors, "link": link}.items())
        for colors, link in (
            (LIGHT, readable(accent, LIGHT["paper"])),
            (DARK, readable(accent, DARK["paper"])),
        )
    )
    return _SHEET.replace("{light}", light).replace("{dark}", dark).replace("{accent}", accent)
