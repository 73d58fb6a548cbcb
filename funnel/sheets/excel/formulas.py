"""A tab's formulas by cell; a shared one is translated to its cell when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from funnel.grid import cell_name


class Formulas(Mapping[tuple[int, int], str]):
    """``{(row, column): "=..."}``, filled while a tab is read.

    A hundred thousand rows that share one formula cost a number each, until their text is wanted.

    >>> formulas = Formulas()
    >>> formulas.put(2, 3, "A2+B2", shared="0", master=True)
    >>> formulas.put(5, 3, "", shared="0")
    >>> dict(formulas)
    {(2, 3): '=A2+B2', (5, 3): '=A5+B5'}
    """

    def __init__(self) -> None:
        self._texts: dict[tuple[int, int], str | int] = {}
        self._masters: list[tuple[str, str]] = []  # cell, text
        self._latest: dict[str, int] = {}  # shared index -> its latest master

    def put(self, row: int, column: int, text: str, shared: str | None = None, master: bool = False) -> None:
        """Note a formula as the file has it, without the equals sign.

        `shared` is the index of a shared formula; its `master` carries the text and the area. A formula that
        says nothing (a data table, a share of nothing) is passed over: the cell keeps its cached value.
        """
        if shared is not None and master and text:
            self._latest[shared] = len(self._masters)
            self._masters.append((cell_name(row, column), f"={text}"))
        if text:
            self._texts[row, column] = f"={text}"
        elif shared is not None and shared in self._latest:
            self._texts[row, column] = self._latest[shared]

    def __getitem__(self, cell: tuple[int, int]) -> str:
        found = self._texts[cell]
        if isinstance(found, int):
            found = _translated(*self._masters[found], cell_name(*cell))
            self._texts[cell] = found
        return found

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, cell: object) -> bool:
        return cell in self._texts

    def __repr__(self) -> str:
        return f"Formulas({len(self)})"


def _translated(origin: str, text: str, cell: str) -> str:
    """A formula as it reads in another cell."""
    from openpyxl.formula.translate import Translator

    return str(Translator(text, origin=origin).translate_formula(cell))
