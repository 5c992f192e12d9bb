"""Figures that a formula may name beside the measures: sums of the ledger, in currency units or days."""

from __future__ import annotations

from collections.abc import Callable

from riskkit.ledger.sums import Sums


def _amount(name: str) -> Callable[[Sums], float]:
    return lambda s: s.of[name] / 100


FIGURES: dict[str, Callable[[Sums], float]] = {
    "invoiced_amount": _amount("invoiced"),
    "credited_amount": _amount("credited"),
    "received_amount": _amount("received"),
    "written_off_amount": _amount("written_off"),
    "not_due_amount": _amount("not_due"),
    "sales_window_amount": _amount("sales"),
    "due_quarter_amount": _amount("collection_due"),
    "collected_quarter_amount": _amount("collection_paid"),
    "covered_days": lambda s: float(s.covered_days),
}
"""Since the first day of the ledger: invoiced, credited, received, written_off. In the window of the DSO: sales_window.
In the collection window: due_quarter (fell due) and collected_quarter (of that, collected)."""
