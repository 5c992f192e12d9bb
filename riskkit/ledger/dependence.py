"""On how few debtors a company hangs, and what it would lose with the largest one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.ledger.concentration import effective_number, herfindahl, pareto_point, top_share
from riskkit.schemas import Column, Table

CONCENTRATION = Table(
    "concentration",
    "an amount (open_items, overdue, sales_12m) and how it is spread over debtors",
    (
        Column("basis", "text", "open_items, overdue or sales_12m"),
        Column("debtors_count", "integer", "debtors with some of it; accounts of one debtor count once"),
        Column("total_cents", "cents", "the amount, all customers"),
        Column("catch_all_cents", "cents", "of this, in accounts that mix one-off customers: left out of what follows"),
        Column("herfindahl", "number", "Σ share², 1 ÷ n to 1", nullable=True),
        Column("effective_number", "number", "1 ÷ herfindahl: equal debtors that would weigh the same", nullable=True),
        Column("top_1_share", "number", "share of the largest debtor", nullable=True),
        Column("top_5_share", "number", "share of the five largest", nullable=True),
        Column("top_10_share", "number", "share of the ten largest", nullable=True),
        Column("top_20_share", "number", "share of the twenty largest", nullable=True),
        Column("pareto_count", "integer", "fewest debtors that carry 80 %", nullable=True),
        Column("pareto_debtors_share", "number", "these, as a share of the debtors", nullable=True),
        Column("pareto_amount_share", "number", "what they carry exactly", nullable=True),
        Column("largest_debtor_id", "text", "the largest debtor", nullable=True),
        Column("largest_name", "text", "its name", nullable=True),
        Column("largest_open_items_cents", "cents", "what it owes: lost at once if it fails"),
        Column("largest_cash_12m_cents", "cents", "what it paid in twelve months: what stops coming in"),
        Column("cash_12m_cents", "cents", "what all customers paid in twelve months"),
        Column("largest_open_cash_share", "number", "what it owes ÷ the year's cash", nullable=True),
        Column("largest_cash_share", "number", "what it paid ÷ the year's cash", nullable=True),
    ),
)  # fmt: skip

BASES = ("open_items", "overdue", "sales_12m")
PARETO_SHARE = 0.8


def concentration_table(positions: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """How each amount is spread over debtors, and what the largest one means for the year's cash.

    From: positions (`customer_positions.POSITIONS`) and customers (debtor_id, is_catch_all), rows as in positions.
    To:   `CONCENTRATION`, one row per basis. Debtors in credit count as owing nothing.
    """
    held = positions.assign(
        debtor_id=customers["debtor_id"].to_numpy(),
        is_catch_all=customers["is_catch_all"].to_numpy(dtype=bool),
    )
    amounts = ["open_items_cents", "overdue_cents", "sales_12m_cents", "cash_12m_cents"]
    named = held[~held["is_catch_all"]]
    debtors = named.groupby("debtor_id", sort=True)[amounts].sum()
    biggest = named.sort_values(["open_items_cents", "sales_12m_cents", "customer_id"], ascending=[False, False, True])
    names = biggest.drop_duplicates("debtor_id").set_index("debtor_id")["name"]
    rows = [_row(basis, held, debtors, names) for basis in BASES]
    return CONCENTRATION.conform(pd.DataFrame(rows))[CONCENTRATION.names]


def _row(basis: str, held: pd.DataFrame, debtors: pd.DataFrame, names: pd.Series) -> dict[str, object]:
    owed = debtors[f"{basis}_cents"]
    owes = owed[owed > 0]
    point = pareto_point(owes, share=PARETO_SHARE) if len(owes) else None
    largest = str(owes.sort_index().idxmax()) if len(owes) else None
    cash = int(held["cash_12m_cents"].sum())
    opened = int(debtors["open_items_cents"].get(largest, 0))
    paid = int(debtors["cash_12m_cents"].get(largest, 0))
    return {
        "basis": basis,
        "debtors_count": len(owes),
        "total_cents": int(held[f"{basis}_cents"].sum()),
        "catch_all_cents": int(held.loc[held["is_catch_all"], f"{basis}_cents"].sum()),
        "herfindahl": herfindahl(owes) if len(owes) else np.nan,
        "effective_number": effective_number(owes) if len(owes) else np.nan,
        **{f"top_{count}_share": top_share(owes, count=count) if len(owes) else np.nan for count in (1, 5, 10, 20)},
        "pareto_count": point.customers_count if point else None,
        "pareto_debtors_share": point.customers_share if point else np.nan,
        "pareto_amount_share": point.amount_share if point else np.nan,
        "largest_debtor_id": largest,
        "largest_name": names.get(largest) if largest is not None else None,
        "largest_open_items_cents": opened,
        "largest_cash_12m_cents": paid,
        "cash_12m_cents": cash,
        "largest_open_cash_share": opened / cash if cash > 0 else np.nan,
        "largest_cash_share": paid / cash if cash > 0 else np.nan,
    }
