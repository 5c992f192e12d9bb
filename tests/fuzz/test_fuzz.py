"""A small share of the corpus fuzzer, and the cases that once failed; `tests.fuzz.run` judges twenty thousand."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.fuzz.check import outcome
from tests.fuzz.corpus import deck

_CASES = 36
_BATCHES = 3


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_no_mutation_makes_a_traceback_loses_a_row_or_moves_a_total(batch):
    corpus = deck()
    size = _CASES // _BATCHES
    said = {n: outcome(corpus[n % len(corpus)], n, run=7) for n in range(batch * size, (batch + 1) * size)}
    assert not {number: words for number, words in said.items() if words.startswith("fault")}
    counts = Counter(said.values())
    assert counts["compared"] > 0
    assert counts["refused"] < size
