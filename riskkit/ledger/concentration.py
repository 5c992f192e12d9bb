"""How much of an amount hangs on a few customers: Herfindahl index, effective number, top-N share, Pareto point.

Every function takes one amount per customer. Customers in credit (negative amounts) owe nothing, so they count as 0;
a missing amount is a fault of the program.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True)
class ParetoPoint:
    """The fewest customers that carry a given share of the amount.

    `customers_share` is out of all customers given, those that owe nothing included; `amount_share` is what these
    customers carry exactly, at least the share asked for.
    """

    customers_count: int
    customers_share: float
    amount_share: float


def herfindahl(amounts: pd.Series) -> float:
    """Herfindahl-Hirschman index Σ share², from 1/n (equal customers) to 1 (one customer); NaN when nothing is owed.

    Notes
    -----
    On the scale of 0 to 1; competition authorities print it times 10,000.

    Examples
    --------
    >>> round(herfindahl(pd.Series([30, 30, 20, 20])), 4)
    0.26

    """
    shares = _shares_downwards(amounts)
    return float((shares**2).sum()) if len(shares) else float("nan")


def effective_number(amounts: pd.Series) -> float:
    """Number of equal customers that would give the same Herfindahl index: 1 ÷ HHI; NaN when nothing is owed."""
    return 1 / herfindahl(amounts)


def top_share(amounts: pd.Series, *, count: int) -> float:
    """Share of the amount carried by the `count` largest customers, 0 to 1; NaN when nothing is owed."""
    shares = _shares_downwards(amounts)
    return min(float(shares[:count].sum()), 1.0) if len(shares) else float("nan")


def pareto_point(amounts: pd.Series, *, share: float = 0.8) -> ParetoPoint | None:
    """The fewest customers that carry at least `share` of the amount; None when nothing is owed."""
    shares = _shares_downwards(amounts)
    if not len(shares):
        return None
    carried = np.cumsum(shares)
    count = min(int(np.searchsorted(carried, share * (1 - 1e-12))) + 1, len(shares))
    return ParetoPoint(
        customers_count=count, customers_share=count / len(amounts), amount_share=min(float(carried[count - 1]), 1.0)
    )


def pareto_curve(amounts: pd.Series) -> pd.DataFrame:
    """The customers from the largest down with what they carry together, for a Pareto figure.

    From: amounts, indexed by customer.
    To:   one row per customer who owes something: customer_id, rank (from 1), share, cumulative_share, and
          customers_share (rank ÷ all customers given). Equal amounts are ordered by customer_id.
    """
    owed = _owed(amounts)
    ordered = (
        pd.DataFrame({"customer_id": owed.index.astype("str"), "owed": owed.to_numpy()})
        .query("owed > 0")
        .sort_values(["owed", "customer_id"], ascending=[False, True], ignore_index=True)
    )
    total = ordered["owed"].sum()
    rank = np.arange(1, len(ordered) + 1)
    return pd.DataFrame(
        {
            "customer_id": ordered["customer_id"],
            "rank": rank,
            "share": ordered["owed"] / total,
            "cumulative_share": ordered["owed"].cumsum() / total,
            "customers_share": rank / max(len(owed), 1),
        }
    )


def _owed(amounts: pd.Series) -> pd.Series:
    if amounts.isna().any():
        raise ValueError(f"{int(amounts.isna().sum())} amounts are missing: give each customer an amount")
    return amounts.astype("float64").clip(lower=0)


def _shares_downwards(amounts: pd.Series) -> npt.NDArray[np.float64]:
    """Shares of the positive amounts, largest first; empty when none is positive."""
    owed = _owed(amounts).to_numpy()
    positive = np.sort(owed[owed > 0])[::-1]
    shares: npt.NDArray[np.float64] = positive / positive.sum() if len(positive) else positive
    return shares
