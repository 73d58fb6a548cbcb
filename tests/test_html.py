"""Tables as HTML: escaped, numbers to the right, a bar behind a rate, buttons for what can be asked."""

from funnel.html import Cell, bullets, paragraphs, table


def test_a_table_is_escaped() -> None:
    made = table(("<n>",), [["<b>&"]], caption="A & B", groups=["<g>"], notes=["1 < 2", ""])
    assert made == (
        "<table><caption>A &amp; B</caption>"
        '<thead><tr><th scope="col" style="text-align: left">&lt;n&gt;</th></tr></thead>'
        '<tbody><tr><th colspan="1" scope="rowgroup" style="text-align: left">&lt;g&gt;</th></tr>'
        '<tr><th scope="row" style="text-align: left">&lt;b&gt;&amp;</th></tr></tbody></table>'
        '<p><span style="opacity: .7">1 &lt; 2</span></p>'
    )


def test_a_rate_has_a_bar_and_its_n_beside_it() -> None:
    made = table(("Step", "Rate"), [["Met", Cell("47 %", 0.47, "of 128", title="lost")]])
    assert made.endswith(
        '<td style="text-align: right; white-space: nowrap; background: linear-gradient(to right, '
        'rgba(66, 133, 190, .30) 47.0%, transparent 47.0%) no-repeat" title="lost">47 % '
        '<span style="opacity: .7">of 128</span></td>'
        "</tr></tbody></table>"
    )


def test_a_bar_stays_in_its_cell() -> None:
    assert "100.0%, transparent 100.0%" in table(("Step", "x"), [["Met", Cell("120 %", 1.2)]])


def test_what_can_be_picked_is_a_button() -> None:
    made = table(("Step", "n"), [["Met", Cell("3", pick='a"b')]])
    assert '<button type="button" data-pick="a&quot;b">3</button>' in made


def test_lists_and_paragraphs() -> None:
    assert bullets(["<a>"], "T&") == "<p><b>T&amp;</b></p><ul><li>&lt;a&gt;</li></ul>"
    assert bullets([], "none") == ""
    assert paragraphs("a", "", "b") == "<p>a</p><p>b</p>"
