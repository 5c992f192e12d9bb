"""Names, numbers and amounts replaced by others, the same everywhere in one copy, and impossible to undo from it.

The order of pseudonyms and the factor of amounts are drawn from the system's secret source, used once and kept nowhere.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

FACTORS = ((0.42, 0.83), (1.21, 2.45))
"""Far enough from 1 that no amount stays near its own."""


@dataclass
class Pseudonyms:
    """One secret for a whole copy: `factor` for amounts, and pseudonyms drawn as they are asked for."""

    chance: random.Random = field(default_factory=random.SystemRandom)
    factor: float = 0.0

    def __post_init__(self) -> None:
        if not self.factor:
            low, high = self.chance.choice(FACTORS)
            self.factor = self.chance.uniform(low, high)

    def cents(self, amount: int) -> int:
        """The amount rescaled, never 0 unless it was: what was owed stays owed."""
        scaled = round(abs(amount) * self.factor)
        return 0 if not amount else max(scaled, 1) * (1 if amount > 0 else -1)

    def codes(self, values: pd.Series, prefix: str) -> pd.Series:
        """Codes such as C0042 in place of the values, in an order that says nothing; missing stays missing."""
        known = self._shuffled(values.dropna())
        width = max(4, len(str(len(known))))
        names = {value: f"{prefix}{rank:0{width}d}" for rank, value in enumerate(known, start=1)}
        return values.map(names).astype("str")

    def sirens(self, values: pd.Series) -> pd.Series:
        """Numbers that pass the check digit and are nobody's: the register gives none that begins with 00."""
        known = self._shuffled(values.dropna())
        names = {value: _with_check_digit(f"00{rank:06d}") for rank, value in enumerate(known, start=1)}
        return values.map(names).astype("str")

    def _shuffled(self, values: Iterable[str]) -> list[str]:
        known = sorted(set(values))
        self.chance.shuffle(known)
        return known


def _with_check_digit(digits: str) -> str:
    """Eight digits and the ninth that makes Luhn's sum a multiple of 10."""
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    return f"{digits}{-sum(value - 9 * (value > 9) for value in doubled) % 10}"
