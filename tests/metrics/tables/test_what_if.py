"""What if: the worked example's chain, by hand."""

import numpy as np
import pytest

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.metrics import Funnel


def test_worked_example(clients: Clients) -> None:
    found = Funnel(clients, "2026-07-01").what_if().set_index("step")
    assert found["conversion"].tolist() == pytest.approx([1, 7 / 8, 6 / 7, 5 / 6, 1, 1 / 3])
    assert found["paying_per_100"].tolist() == pytest.approx([75] * 6)
    assert found["paying_gained"].tolist() == pytest.approx([0, 8.571429, 8.75, 0, 0, 0], abs=5e-7)
    assert found["paying_gained_half"]["paid"] == pytest.approx(4.375)
    long_term = 75 * 5 / 6 * 1 / 3
    assert found["long_term_per_100"]["met"] == pytest.approx(long_term)
    assert found["long_term_gained"]["6m"] == pytest.approx(long_term * 0.1 / (1 / 3))
    assert found["long_term_gained_half"]["6m"] == pytest.approx(long_term * 0.05 / (1 / 3))


def test_one_step_by_or_to(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    assert funnel.what_if("paid", by=0.05)["paying_gained"].tolist() == pytest.approx([87.5 * 0.05])
    assert funnel.what_if("met", to=1.0)["paying_gained"].tolist() == pytest.approx([75 / 0.875 - 75])
    assert funnel.what_if("met", by=0.9)["raised"].tolist() == [1]


def test_nobody_settled_is_undefined(clients: Clients) -> None:
    assert np.isnan(Funnel(clients, "2025-12-01").what_if("paid")["paying_gained"]).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"by": 10}, "by=10 is not a fraction between 0 and 1. Write ten points as 0.1."),
        ({"to": -0.1}, "to=-0.1 is not a fraction between 0 and 1. Write ten points as 0.1."),
        (
            {"step": "pad"},
            "There is no step 'pad'; did you mean 'paid'? There are 'contacted', 'met', 'paid', '1m', '3m' "
            "and '6m'.",
        ),
    ],
)  # fmt: skip
def test_wrong_use(clients: Clients, call: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as error:
        Funnel(clients, "2026-07-01").what_if(**call)  # type: ignore[arg-type]
    assert str(error.value) == message
