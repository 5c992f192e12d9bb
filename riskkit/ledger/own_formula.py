"""Formulas that a person writes in a policy: a small grammar of our own, read and computed without ever running code.

    sum     = product { ("+" | "-") product }
    product = signed { ("*" | "/" | "×" | "÷") signed }
    signed  = [ "-" | "+" ] atom
    atom    = number | figure | function "(" sum { ";" sum } ")" | "(" sum ")"

A number is written 0.5 or 0,5; arguments of a function are parted by ";" (or by "," before a space). Functions: min,
max (two or more arguments) and abs (one).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from riskkit.errors import Message, message
from riskkit.ledger.formulas import NotComputableError

MAX_DEPTH = 20
FUNCTIONS: dict[str, Callable[[Sequence[float]], float]] = {
    "min": min,
    "max": max,
    "abs": lambda values: abs(values[0]),
}
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:[.,]\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>[-+*/()×÷;,−]))")
_SAME = {"×": "*", "÷": "/", "−": "-", ",": ";"}


class FormulaError(ValueError):
    """A formula that cannot be read: `problem` says what is wrong, `position` where (1 is the first character)."""

    def __init__(self, problem: Message, position: int) -> None:
        self.problem, self.position = problem, position
        super().__init__(f"{problem} (position {position})")


@dataclass(frozen=True)
class Number:
    """A number of the formula."""

    value: float


@dataclass(frozen=True)
class Figure:
    """A named figure, and where its name stands."""

    name: str
    position: int


@dataclass(frozen=True)
class Operation:
    """An operation: + - * / neg, or a function, on its operands; and where its sign stands."""

    sign: str
    operands: tuple[Node, ...]
    position: int


Node = Number | Figure | Operation


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def parse_formula(text: str) -> Node:
    """The formula as a tree. `FormulaError` says what is wrong and where.

    Examples
    --------
    >>> evaluate(parse_formula("(overdue_amount - 2 × 10) / 4"), {"overdue_amount": 100.0}.__getitem__)
    20.0

    """
    reader = _Reader(list(_tokens(text)), end=len(text) + 1)
    tree = reader.sum(depth=0)
    if reader.here.kind != "end":
        raise FormulaError(message("'{text}' was not expected here", text=reader.here.text), reader.here.position)
    return tree


def figures_of(tree: Node) -> Iterator[Figure]:
    """The figures that a formula names, from left to right."""
    if isinstance(tree, Figure):
        yield tree
    elif isinstance(tree, Operation):
        for operand in tree.operands:
            yield from figures_of(operand)


def evaluate(tree: Node, figure: Callable[[str], float]) -> float:
    """The value of a formula. `NotComputableError` on a division by zero; `figure` gives the named figures."""
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Figure):
        return figure(tree.name)
    values = [evaluate(operand, figure) for operand in tree.operands]
    if tree.sign in FUNCTIONS:
        return float(FUNCTIONS[tree.sign](values))
    if tree.sign == "neg":
        return -values[0]
    left, right = values
    if tree.sign == "/":
        if right == 0:
            raise NotComputableError(message("division by zero in the formula, position {position}",
                                             position=tree.position))  # fmt: skip
        return left / right
    return {"+": left + right, "-": left - right, "*": left * right}[tree.sign]


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text.rstrip()):
        found = _TOKEN.match(text, place)
        if not found:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            raise FormulaError(message("'{text}' is not understood", text=text[start]), start + 1)
        kind = str(found.lastgroup)
        word = found[kind]
        yield _Token(kind, _SAME.get(word, word) if kind == "sign" else word, found.start(kind) + 1)
        place = found.end()


class _Reader:
    """Reads tokens from left to right, one rule of the grammar per method."""

    def __init__(self, tokens: Sequence[_Token], *, end: int) -> None:
        self._tokens = [*tokens, _Token("end", "", end)]
        self._place = 0

    @property
    def here(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self.here
        self._place += 1
        return token

    def _is_sign(self, signs: str) -> bool:
        return self.here.kind == "sign" and self.here.text in signs

    def _expect(self, sign: str) -> None:
        if not self._is_sign(sign):
            raise FormulaError(message("'{sign}' is missing", sign=sign), self.here.position)
        self._take()

    def sum(self, *, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise FormulaError(message("too many parentheses inside one another"), self.here.position)
        tree = self._product(depth=depth)
        while self._is_sign("+-"):
            sign = self._take()
            tree = Operation(sign.text, (tree, self._product(depth=depth)), sign.position)
        return tree

    def _product(self, *, depth: int) -> Node:
        tree = self._signed(depth=depth)
        while self._is_sign("*/"):
            sign = self._take()
            tree = Operation(sign.text, (tree, self._signed(depth=depth)), sign.position)
        return tree

    def _signed(self, *, depth: int) -> Node:
        if self._is_sign("+-"):
            sign = self._take()
            atom = self._atom(depth=depth)
            return Operation("neg", (atom,), sign.position) if sign.text == "-" else atom
        return self._atom(depth=depth)

    def _atom(self, *, depth: int) -> Node:
        token = self.here
        if token.kind == "number":
            self._take()
            return Number(float(token.text.replace(",", ".")))
        if token.kind == "name":
            self._take()
            return self._call(token, depth=depth) if self._is_sign("(") else Figure(token.text, token.position)
        if self._is_sign("("):
            self._take()
            tree = self.sum(depth=depth + 1)
            self._expect(")")
            return tree
        raise FormulaError(message("a number, a figure or a parenthesis is missing"), token.position)

    def _call(self, name: _Token, *, depth: int) -> Node:
        if name.text not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            raise FormulaError(
                message("there is no function '{name}': use {known}", name=name.text, known=known), name.position
            )
        self._take()
        operands = [self.sum(depth=depth + 1)]
        while self._is_sign(";"):
            self._take()
            operands.append(self.sum(depth=depth + 1))
        self._expect(")")
        if (len(operands) == 1) != (name.text == "abs"):
            raise FormulaError(
                message("{name} takes another number of arguments (parted by ';')", name=name.text), name.position
            )
        return Operation(name.text, tuple(operands), name.position)
