"""The cash forecast of a run against what a later run of the same portfolio saw come in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from riskkit.schemas import Column, Table
from riskkit.workbench.stored_run import read_table

FORECAST_OUTCOMES = Table(
    "forecast_outcomes",
    "a week, or all of them, forecast by the first run and lived by the second (written by `riskkit compare --out`)",
    (
        Column("period_kind", "text", "week, or total of the whole weeks lived"),
        Column("period_start", "date", "its first day"),
        Column("period_end", "date", "its last day"),
        Column("base_cents", "cents", "cash expected on the items open at the first date"),
        Column("due_cents", "cents", "what fell due: the forecast that everybody pays on the day"),
        Column("low_cents", "cents", "low end of the 80 % interval; missing for a total", nullable=True),
        Column("high_cents", "cents", "high end", nullable=True),
        Column("real_cents", "cents", "cash that came in on them"),
        Column("is_covered", "flag", "whether the interval held it; False for a total"),
    ),
)
LEVEL = 0.80


def forecast_outcomes(before: Path, after: Path, *, start: dt.date, end: dt.date) -> pd.DataFrame:
    """The whole weeks between the two dates; empty when there is none, or no forecast.

    What came in on the items open at the first date is known customer by customer from what is left of them at the
    second, credit notes and losses excluded; inside a customer it is taken in the order of its payments.
    """
    forecast = read_table(before, "cash_forecast")
    weeks = forecast[
        (forecast["source"] == "open_items") & (forecast["period_kind"] == "week")
        & np.isclose(forecast["level"], LEVEL) & (forecast["period_end"] <= pd.Timestamp(end))
    ].sort_values("period_start")  # fmt: skip
    if weeks.empty:
        return FORECAST_OUTCOMES.empty()
    real = cash_received(
        read_table(before, "open_items"), read_table(after, "open_items"), read_table(after, "payments"),
        start=pd.Timestamp(start), ends=list(weeks["period_end"]),
    )  # fmt: skip
    made = pd.DataFrame(
        {
            "period_kind": "week",
            "period_start": weeks["period_start"].to_numpy(),
            "period_end": weeks["period_end"].to_numpy(),
            "base_cents": _cents(weeks["base_amount"]).to_numpy(),
            "due_cents": _cents(weeks["due_amount"]).to_numpy(),
            "low_cents": _maybe(weeks["low_amount"]).to_numpy(),
            "high_cents": _maybe(weeks["high_amount"]).to_numpy(),
            "real_cents": real,
        }
    )
    made["is_covered"] = (made["low_cents"] <= made["real_cents"]) & (made["real_cents"] <= made["high_cents"])
    sums = made[["base_cents", "due_cents", "real_cents"]].sum()
    whole = {
        "period_kind": "total", "period_start": made["period_start"].min(), "period_end": made["period_end"].max(),
        **sums, "low_cents": np.nan, "high_cents": np.nan, "is_covered": False,
    }  # fmt: skip
    return FORECAST_OUTCOMES.conform(pd.concat([made, pd.DataFrame([whole])], ignore_index=True))


def cash_received(
    before: pd.DataFrame, after: pd.DataFrame, payments: pd.DataFrame, *, start: pd.Timestamp, ends: list[pd.Timestamp]
) -> list[int]:
    """Cents that came in on the items open at `start`, up to each of `ends` less up to the one before.

    From: open items of both dates (customer_id, invoice_number, issue_date, amount, open_amount), payments
          (customer_id, kind, payment_date, amount).
    """
    keys = ["customer_id", "invoice_number", "issue_date", "amount"]
    left = after.assign(left=_cents(after["open_amount"])).groupby(keys, dropna=False)["left"].sum()
    held = before.assign(open=_cents(before["open_amount"])).groupby(keys, dropna=False)["open"].sum()
    both = pd.concat([held, left], axis=1).fillna(0)
    both = both[both["open"] > 0]
    settled = (both["open"] - both["left"].clip(upper=both["open"])).groupby(level="customer_id").sum()
    cash = payments[(payments["kind"] == "payment") & (payments["payment_date"] > start)]
    reached, before_that = [], 0
    for day in ends:
        paid = cash[cash["payment_date"] <= day]
        come = _cents(paid["amount"]).groupby(paid["customer_id"]).sum().clip(lower=0)
        total = int(np.minimum(come.reindex(settled.index).fillna(0), settled).sum())
        reached.append(total - before_that)
        before_that = total
    return reached


def _cents(amounts: pd.Series) -> pd.Series:
    return (amounts.astype("float64") * 100).round().astype("int64")


def _maybe(amounts: pd.Series) -> pd.Series:
    return (amounts.astype("float64") * 100).round()
