"""Grades from A to E: the share of the money that findings concern, weighted by their severity.

The rule, in one place. A row counts once in a dimension, with the heaviest of its findings: 1 when blocking, 0.25 when
important, 0.05 when minor. Its money is compared with that of its base (invoices, payments, balances …); the base
that comes out worst is kept. A up to 1 %, B up to 3 %, C up to 10 %, D up to 25 %, E beyond. A blocking finding grades
D at best. The overall grade is that of the worst dimension but conformity, which is a matter of law and not of figures.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.sources.quality_tables import DIMENSIONS, QUALITY_GRADES, pack_message, unpack_message

WEIGHTS = {"blocking": 1.0, "important": 0.25, "minor": 0.05}
EDGES = (("A", 0.01), ("B", 0.03), ("C", 0.10), ("D", 0.25))
WORST = "E"
BEST_IF_BLOCKING = "D"
OVERALL = "overall"


def grade_of(share: float) -> str:
    """The letter of a weighted share; an upper edge belongs to its letter."""
    return next((letter for letter, edge in EDGES if share <= edge), WORST)


def make_grades(
    quality: pd.DataFrame, rows: pd.DataFrame, *, bases: Mapping[str, int], unjudged: Mapping[str, Message],
    currency: str,
) -> pd.DataFrame:  # fmt: skip
    """The grade of each dimension and of the whole (`QUALITY_GRADES`).

    Parameters
    ----------
    quality
        Findings (`QUALITY`).
    rows
        Their rows (`QUALITY_ROWS`).
    bases
        Money of each base, cents.
    unjudged
        Dimensions that nothing allows to judge, and why.
    currency
        Of the amounts in the reasons.

    """
    graded = quality[quality["is_graded"]]
    weights = graded.set_index("code")[["dimension", "severity", "base"]]
    weighed = rows[rows["code"].isin(graded["code"])].join(weights, on="code")
    weighed = weighed.assign(weight=weighed["severity"].map(WEIGHTS), money=weighed["amount_cents"].abs())
    table = []
    for dimension in DIMENSIONS:
        own = graded[graded["dimension"] == dimension]
        if dimension in unjudged:
            table.append(_row(dimension, None, np.nan, 0, 0, unjudged[dimension]))
            continue
        share, cents = _weighted(weighed[weighed["dimension"] == dimension], bases)
        letter = grade_of(share)
        if (own["severity"] == "blocking").any():
            letter = max(letter, BEST_IF_BLOCKING)
        table.append(_row(dimension, letter, share, len(own), cents, _reason(own, currency)))
    whole = pd.DataFrame(table, columns=QUALITY_GRADES.names)
    return QUALITY_GRADES.conform(pd.concat([whole, _overall(whole, weighed)], ignore_index=True))


def _overall(table: pd.DataFrame, weighed: pd.DataFrame) -> pd.DataFrame:
    """The worst of the dimensions that figures rest on."""
    judged = table[table["grade"].notna() & (table["dimension"] != "conformity")]
    worst = judged.sort_values(["grade", "weighted_share"], ascending=False, kind="stable").iloc[0]
    rows = weighed[weighed["dimension"] != "conformity"].sort_values("money", ascending=False, kind="stable")
    cents = int(rows.drop_duplicates(["table", "row_id"])["money"].sum())
    return pd.DataFrame(
        [{**worst.to_dict(), "dimension": OVERALL, "findings_count": int(judged["findings_count"].sum()),
          "amount_cents": cents}]
    )  # fmt: skip


def _weighted(rows: pd.DataFrame, bases: Mapping[str, int]) -> tuple[float, int]:
    """Weighted share of the worst base, and the money concerned, each row once."""
    if rows.empty:
        return 0.0, 0
    key = ["base", "table", "row_id"]
    heaviest = rows.sort_values("weight", ascending=False, kind="stable").drop_duplicates(key)
    weighted = (heaviest["money"] * heaviest["weight"]).groupby(heaviest["base"]).sum()
    shares = [
        min(1.0, float(cents) / bases[str(base)]) for base, cents in weighted.items() if bases.get(str(base), 0) > 0
    ]
    once = heaviest.sort_values("money", ascending=False, kind="stable").drop_duplicates(["table", "row_id"])
    return max(shares, default=0.0), int(once["money"].sum())


def _reason(own: pd.DataFrame, currency: str) -> Message:
    if own.empty:
        return message("Nothing found.")
    weight = own["share_of_amount"].fillna(0) * own["severity"].map(WEIGHTS)
    first = own.iloc[int(weight.argmax())]
    values = {
        "label": unpack_message(str(first["label"])),
        "money": Money(int(first["amount_cents"]), currency, compact=True),
    }
    if len(own) == 1:
        return message("{label}: {money}.", **values)
    if len(own) == 2:
        return message("{label}: {money}; one other finding.", **values)
    return message("{label}: {money}; {count:other finding|other findings}.", count=len(own) - 1, **values)


def _row(
    dimension: str, letter: str | None, share: float, count: int, cents: int, reason: Message
) -> tuple[str, str | None, float, int, int, str]:
    return dimension, letter, share, count, cents, pack_message(reason)
