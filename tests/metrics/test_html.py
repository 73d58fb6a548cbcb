"""Tables as HTML: escaped, and undefined as a dash."""

import pandas as pd

from funnel.metrics.html import table_html, whole
from funnel.text import percent


def test_a_table_is_escaped_and_undefined_is_a_dash() -> None:
    table = pd.DataFrame({"step": ["<b>", "&"], "n": [1200, 0], "rate": [0.5, float("nan")], "other": [1, 2]})
    html = table_html(table, {"step": str, "n": whole, "rate": percent}, {"n": "Of <n>"}, caption="A & B")
    assert html == (
        "<table><caption>A &amp; B</caption><thead><tr><th>step</th><th>Of "
        "&lt;n&gt;</th><th>rate</th></tr></thead>"
        '<tbody><tr><th scope="row">&lt;b&gt;</th><td style="text-align: right">1,200</td>'
        '<td style="text-align: right">50 %</td></tr>'
        '<tr><th scope="row">&amp;</th><td style="text-align: right">0</td>'
        '<td style="text-align: right">–</td></tr></tbody></table>'
    )
