"""Reviews for the tests of documents."""

import datetime as dt
import io
import re

import pandas as pd
import pytest

from funnel.reports.review import Review
from funnel.workflows.report import report

DAY = dt.date(2026, 11, 21)
EVIL = '#image("/etc/passwd") $x_{$ <script>alert(1)</script> =1+1 *bold* `code` \\u{1F4A9}'


@pytest.fixture(scope="session")
def review(root) -> Review:
    return report(root / "sample_data" / "gym.xlsx", as_of=DAY)


@pytest.fixture(scope="session")
def hostile() -> Review:
    rows = [
        {"Client name": f"{EVIL} {n}", "Date of lead": f"2026-0{n % 6 + 1}-05", "Name of coach": EVIL,
         "Source of lead": f"=HYPERLINK({n % 2})", "Client contacted": 1,
         "Client meeting booked": n % 2 or None, "First paid session": n % 3 or None,
         "Reason for discontinue": EVIL if n % 4 == 0 else None,
         "When left journey": "2026-06-30" if n % 4 == 0 else None}
        for n in range(1, 41)
    ]  # fmt: skip
    return report(pd.DataFrame(rows), "gym", as_of=DAY, names=True)


@pytest.fixture(scope="session")
def flat():
    """The text without blanks, hyphens and isolates."""
    return lambda text: re.sub(r"[\s\u2068\u2069-]+", "", text)


@pytest.fixture(scope="session")
def pdf_text():
    """The text of a PDF."""

    def read(data: bytes) -> str:
        reader = pytest.importorskip("pypdf").PdfReader(io.BytesIO(data))
        return "".join(page.extract_text() for page in reader.pages)

    return read
