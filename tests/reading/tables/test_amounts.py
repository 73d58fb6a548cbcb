from funnel.reading.tables.amounts import settle_amounts
from funnel.reading.tables.evidence import look_at


def reached(*columns):
    found = settle_amounts([look_at(n, header, cells) for n, (header, *cells) in enumerate(columns, start=1)])
    return [(column.kind, int(column.reached.sum())) for column in found]


def test_who_has_an_amount_has_paid():
    assert reached(("Paid", 45, None, "£60.00", 99.5, None)) == [("marks", 3)]


def test_an_amount_of_every_client_shows_nothing():
    assert reached(("Paid", 45, 45, 60, 99)) == [("numbers", 0)]


def test_a_refund_or_a_zero_leaves_them_amounts():
    assert reached(("Paid", 45, None, 60, -60, 99)) == [("numbers", 0)]
    assert reached(("Paid", "£45.00", None, "£0.00", "£99.00", "£20.00")) == [("numbers", 0)]


def test_beside_a_mark_for_paying_an_amount_is_only_an_amount():
    columns = ("Paid", "x", None, "x", "x", None), ("First payment", 45, None, 60, 99, None)
    assert reached(*columns) == [("marks", 3), ("numbers", 0)]


def test_a_value_is_no_mark():
    assert reached(("Amount paid", 45, None, 60, 99, None)) == [("numbers", 0)]
