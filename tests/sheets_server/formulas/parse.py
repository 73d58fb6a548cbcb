"""Formulas as text, tokens and trees.

A tree is nested tuples: ``("num", 2.0)``, ``("str", "x")``, ``("bool", True)``, ``("err", "#REF!")``,
``("ref", Ref)``, ``("name", "budget")``, ``("call", "SUM", (…))``, ``("neg", t)``, ``("percent", t)``,
``("=", a, b)``, ``("array", rows)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..a1 import letters, number, quote
from ..locales import comma_decimal

Tree = tuple[Any, ...]


class FormulaError(ValueError):
    """A formula that cannot be read; its cell shows #ERROR!."""


@dataclass(frozen=True)
class Ref:
    """A reference as written: inclusive zero-based ends, None where open, with its dollar signs."""

    tab: str | None
    top: int | None
    left: int | None
    bottom: int | None
    right: int | None
    fixed: tuple[bool, bool, bool, bool] = (False, False, False, False)  # top, left, bottom, right
    ranged: bool = False

    def text(self) -> str:
        """Write it as it was."""
        first = _corner(self.top, self.left, self.fixed[0], self.fixed[1])
        last = _corner(self.bottom, self.right, self.fixed[2], self.fixed[3])
        cells = f"{first}:{last}" if self.ranged else first
        return f"{quote(self.tab)}!{cells}" if self.tab is not None else cells


def _corner(row: int | None, column: int | None, row_fixed: bool, column_fixed: bool) -> str:
    text = "" if column is None else "$" * column_fixed + letters(column)
    return text + ("" if row is None else "$" * row_fixed + str(row + 1))


TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<str>"(?:[^"]|"")*")
  | (?P<err>\#(?:REF!|N/A|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|ERROR!))
  | (?P<ref>(?:(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!)?
        (?: \$?[A-Za-z]{1,3}\$?[1-9]\d*(?::\$?(?:[A-Za-z]{1,3}\$?[1-9]\d*|[A-Za-z]{1,3}|[1-9]\d*)(?![\w(]))?
          | \$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3} | \$?[1-9]\d*:\$?[1-9]\d* )(?![\w(.]))
  | (?P<num>NUMBER(?:[eE][+-]?\d+)?)
  | (?P<name>[^\W\d][\w.]*)
  | (?P<op><=|>=|<>|[-+*/^&=<>%(){},;\\:!])
    """,
    re.VERBOSE,
)
NUMBERS = {False: r"(?:\d+\.?\d*|\.\d+)", True: r"(?:\d+(?:,\d+)?|,\d+)"}
PATTERNS = {
    comma: re.compile(TOKEN.pattern.replace("NUMBER", number), re.VERBOSE)
    for comma, number in NUMBERS.items()
}


@lru_cache(maxsize=20000)
def tokens(formula: str, locale: str) -> tuple[tuple[str, str], ...]:
    """Cut a formula (without its ``=``) into (kind, text); FormulaError at what is no token."""
    pattern = PATTERNS[comma_decimal(locale)]
    found, at = [], 0
    while at < len(formula):
        match = pattern.match(formula, at)
        if not match:
            raise FormulaError(formula[at:])
        found.append((match.lastgroup or "", match[0]))
        at = match.end()
    return tuple(found)


CORNER = re.compile(r"(\$?)([A-Za-z]{1,3})?(\$?)(\d+)?$")


def read_ref(text: str) -> Ref:
    """A reference token as a Ref.

    >>> read_ref("'My tab'!$F$2:F9").text(), read_ref("a:a").text()
    ("'My tab'!$F$2:F9", 'A:A')
    """
    tab, mark, cells = text.rpartition("!")
    name = (tab[1:-1].replace("''", "'") if tab.startswith("'") else tab) if mark else None
    first, colon, last = cells.partition(":")
    top, left, top_fixed, left_fixed = _read_corner(first)
    bottom, right, bottom_fixed, right_fixed = _read_corner(last or first)
    return Ref(
        name, top, left, bottom, right, (top_fixed, left_fixed, bottom_fixed, right_fixed), bool(colon)
    )


def _read_corner(text: str) -> tuple[int | None, int | None, bool, bool]:
    match = CORNER.match(text)
    assert match
    one, column, two, row = match.groups()
    if column is None:
        two = one or two
    fixed = (bool(two and row), bool(one and column))
    return int(row) - 1 if row else None, number(column) if column else None, *fixed


@lru_cache(maxsize=20000)
def parse(formula: str, locale: str) -> Tree:
    """The tree of a formula that begins with ``=``."""
    parser = _Parser([token for token in tokens(formula[1:], locale) if token[0] != "space"], locale)
    tree = parser.comparison()
    if parser.at < len(parser.tokens):
        raise FormulaError(formula)
    return tree


class _Parser:
    """Recursive descent, loosest binding first."""

    def __init__(self, found: list[tuple[str, str]], locale: str) -> None:
        self.tokens = found
        self.at = 0
        self.separators = {";"} if comma_decimal(locale) else {",", ";"}
        self.comma = comma_decimal(locale)

    def peek(self) -> str:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        return text if kind == "op" else ""

    def take(self, text: str) -> None:
        if self.peek() != text:
            raise FormulaError(text)
        self.at += 1

    def left(self, operators: set[str], below: Any) -> Tree:
        tree: Tree = below()
        while self.peek() in operators:
            operator = self.peek()
            self.at += 1
            tree = (operator, tree, below())
        return tree

    def comparison(self) -> Tree:
        return self.left({"=", "<>", "<", ">", "<=", ">="}, self.joined)

    def joined(self) -> Tree:
        return self.left({"&"}, self.sum)

    def sum(self) -> Tree:
        return self.left({"+", "-"}, self.product)

    def product(self) -> Tree:
        return self.left({"*", "/"}, self.power)

    def power(self) -> Tree:
        return self.left({"^"}, self.unary)

    def unary(self) -> Tree:
        if self.peek() == "-":
            self.at += 1
            return ("neg", self.unary())
        if self.peek() == "+":
            self.at += 1
            return self.unary()
        tree = self.atom()
        while self.peek() == "%":
            self.at += 1
            tree = ("percent", tree)
        return tree

    def atom(self) -> Tree:
        if self.at >= len(self.tokens):
            raise FormulaError("end")
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "num":
            return ("num", float(text.replace(",", ".")))
        if kind == "str":
            return ("str", text[1:-1].replace('""', '"'))
        if kind == "err":
            return ("err", text)
        if kind == "ref":
            return ("ref", read_ref(text))
        if kind == "name":
            return self.name(text)
        if text == "(":
            tree = self.comparison()
            self.take(")")
            return tree
        if text == "{":
            return self.array()
        raise FormulaError(text)

    def name(self, text: str) -> Tree:
        if self.peek() == "(":
            self.at += 1
            return ("call", text.upper(), self.arguments())
        if text.upper() in {"TRUE", "FALSE"}:
            return ("bool", text.upper() == "TRUE")
        return ("name", text)

    def arguments(self) -> tuple[Tree, ...]:
        found: list[Tree] = []
        if self.peek() == ")":
            self.at += 1
            return ()
        while True:
            empty = self.peek() in self.separators or self.peek() == ")"
            found.append(("blank",) if empty else self.comparison())
            if self.peek() == ")":
                self.at += 1
                return tuple(found)
            if self.peek() not in self.separators:
                raise FormulaError(self.peek())
            self.at += 1

    def array(self) -> Tree:
        across = "\\" if self.comma else ","
        rows: list[list[Tree]] = [[]]
        while self.peek() != "}":
            rows[-1].append(self.comparison())
            if self.peek() == ";":
                rows.append([])
                self.at += 1
            elif self.peek() == across:
                self.at += 1
            elif self.peek() != "}":
                raise FormulaError(self.peek())
        self.at += 1
        return ("array", tuple(tuple(row) for row in rows))
