"""What-if against a truth: a change of terms planted in the sample, predicted from before it, over 100 seeds.

Each seed makes two samples that differ by one thing: from a date, the terms of construction (section F) become 30 days
and its customers follow by a pass-through drawn between 0.5 and 1. What-if sees the ledger up to that date, assumes the
pass-through of the policy, and predicts the cash freed over 13 weeks and week by week, and the change of the overdue
amount; the truth is the difference of the two samples. `covered_share` is the part of seeds inside the 95 %
interval; `pass_through_covered_share` that of seeds whose planted pass-through lies inside the interval read from a
ledger that has lived the change for a year. `width_ratio` compares the interval with the median effect.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.what_if_cases import Case, make_case, read_pass_through

SEEDS = 100
PACKAGES = ("numpy", "pandas")


def rows() -> list[dict[str, Any]]:
    """Coverage of the effects of a change of terms, and of the pass-through read from the past."""
    cases = [make_case(seed) for seed in range(SEEDS)]
    read = [read_pass_through(seed) for seed in range(SEEDS)]
    freed = _share([case.freed_inside for case in cases])
    ratio = [abs(case.freed - case.true_freed) / abs(case.true_freed) for case in cases]
    width = [(case.freed_high - case.freed_low) / abs(case.freed) for case in cases]
    naive = [abs(case.naive_freed - case.true_freed) / abs(case.true_freed) for case in cases]
    return [
        _row("freed_13w_covered_share", *freed, n=len(cases)),
        _row("freed_by_week_covered_share", *_share([bool(week) for case in cases for week in case.weeks_inside]),
             n=13 * len(cases)),
        _row("overdue_covered_share", *_share([case.overdue_inside for case in cases]), n=len(cases)),
        _row("freed_13w_median_error", float(np.median(ratio)), None, None, n=len(cases),
             baselines={"sales ÷ 365 × days, full pass-through": float(np.median(naive))}),
        _row("freed_13w_width_ratio", float(np.median(width)), None, None, n=len(cases)),
        _row("pass_through_covered_share", *_share([each.inside for each in read]), n=len(read)),
        _row("pass_through_mean_error", float(np.mean([abs(each.middle - each.planted) for each in read])), None, None,
             n=len(read), baselines={"policy": float(np.mean([abs(0.75 - each.planted) for each in read]))}),
        *_story(cases),
    ]  # fmt: skip


def _story(cases: list[Case]) -> list[dict[str, Any]]:
    """Three months after the terms of the sector are tightened: what really happens to what it owes and has overdue."""
    owed = [case.true_receivables_share for case in cases]
    late = [case.true_overdue_share for case in cases]
    return [
        _row(name, float(np.median(values)), *map(float, np.quantile(values, (0.025, 0.975))), n=len(values))
        for name, values in (("story_receivables_change_share", owed), ("story_overdue_change_share", late))
    ]


def _share(inside: list[bool]) -> tuple[float, float, float]:
    """A share with its Wilson 95 % interval."""
    n, share, z = len(inside), float(np.mean(inside)), 1.96
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return share, float(middle - half), float(middle + half)


def _row(
    measure: str, value: float, low: float | None, high: float | None, *, n: int,
    baselines: dict[str, float] | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {"measure": measure, "dataset": "sample, 400 customers, 12,000 invoices, planted change", "value": value,
            "low": low, "high": high, "unit": "share", "n": n, "baselines": baselines or {}}  # fmt: skip
