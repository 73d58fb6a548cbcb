from lxml import etree

from funnel.grid import Area
from funnel.plan import Cell, PutTab, StyleName, Validation
from funnel.sheets.excel.write.new_tab import new_sheet


def sheet(tab: PutTab) -> str:
    looks: dict[StyleName, int] = {"plain": 0, "date": 3}
    data = new_sheet(tab, looks.__getitem__)
    return etree.tostring(etree.fromstring(data)).decode().partition('<dimension ref="A1"/>')[2]


def test_one_of_our_tabs_hides_its_first_column_and_its_gridlines() -> None:
    assert sheet(PutTab("Funnel", "summary", (), create=True, widths={2: 30.5})) == (
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>'
        '<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="1" width="10" customWidth="1" '
        'hidden="1"/>'
        '<col min="2" max="2" width="30.5" customWidth="1"/></cols><sheetData/>'
        '<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'
    )


def test_a_client_tab() -> None:
    tab = PutTab(
        "Clients", "", (Cell(1, 1, "Client"),), create=True, hidden_columns=(), freeze_row=2, gridlines=True,
        column_styles={2: "date"},
        validations=(
            Validation(Area(2, 2, 9, 2), "date", 'A date, "please"'),
            Validation(Area(2, 3, 9, 3), "list", "1 & nothing else", words=("1", 'x"')),
            Validation(Area(2, 4, 9, 4), "custom", "m" * 300, formula="=D2<2"),
        ),
    )  # fmt: skip
    assert sheet(tab) == (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" '
        'state="frozen"/><selection pane="bottomLeft" activeCell="A3" sqref="A3"/></sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="15"/>'
        '<cols><col min="2" max="2" width="10" customWidth="1" style="3"/></cols><sheetData/>'
        '<dataValidations count="3">'
        '<dataValidation type="date" operator="greaterThanOrEqual" errorStyle="warning" allowBlank="1" '
        'showErrorMessage="1" error="A date, &quot;please&quot;" sqref="B2:B9">'
        "<formula1>DATE(2000,1,1)</formula1></dataValidation>"
        '<dataValidation type="list" errorStyle="warning" allowBlank="1" showErrorMessage="1" '
        'error="1 &amp; nothing else" sqref="C2:C9"><formula1>"1,x"""</formula1></dataValidation>'
        '<dataValidation type="custom" errorStyle="warning" allowBlank="1" showErrorMessage="1" '
        f'error="{"m" * 255}" sqref="D2:D9"><formula1>D2&lt;2</formula1></dataValidation></dataValidations>'
        '<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'
    )


def test_a_tab_without_column_settings() -> None:
    assert "<cols>" not in sheet(PutTab("Log", "log", (), create=True, hidden_columns=()))
