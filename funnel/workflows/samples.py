"""What comes along with funnel: the sample sheet, and the notebooks."""

from __future__ import annotations

from pathlib import Path

from funnel.errors import ReadError

_PACKAGE = Path(__file__).resolve().parents[1]


def sample() -> Path:
    """Return the path of the sample sheet: inside the installed package, or beside it in a clone.

    >>> sample().name
    'gym.xlsx'
    """
    return _along("sample_data", "gym.xlsx")


def notebooks() -> list[Path]:
    """Return the paths of the notebooks, in their order.

    >>> notebooks()[0].stem
    '01_first_look'
    """
    return sorted(_along("notebooks", "01_first_look.ipynb").parent.glob("*.ipynb"))


def _along(folder: str, name: str) -> Path:
    for place in (_PACKAGE, _PACKAGE.parent):
        if (path := place / folder / name).is_file():
            return path
    raise ReadError(
        f"{folder}/{name} did not come along with this installation ({_PACKAGE}). Install funnelbook "
        "again, or try your own sheet: funnel show SHEET."
    )
