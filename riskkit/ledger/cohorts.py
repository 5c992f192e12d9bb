"""Billing cohorts: what became of each month's invoices, month after month."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.ledger.book import BEHAVIOUR_KINDS
from riskkit.ledger.items_settled import SettledLedger
from riskkit.ledger.month_calendar import month_of, month_starts
from riskkit.schemas import Column, Table

c = nw.col
WAYS = ("paid", "credited", "written_off", "other")

COHORTS = Table(
    "cohorts",
    "the invoices issued in a month, as they stood so many months later",
    (
        Column("billing_month", "date", "first day of the month of issue"),
        Column("months_since", "integer", "0 is the month of issue; each row stands at the end of its month"),
        Column("is_complete", "flag", "False for the month of `as_of` when it has not ended"),
        Column("items_count", "integer", "invoices and deposits issued in the month"),
        Column("billed_cents", "cents", "their amount, tax included"),
        Column("collected_cents", "cents", "money received on them until then"),
        Column("credited_cents", "cents", "cancelled by credit notes until then"),
        Column("written_off_cents", "cents", "given up as losses until then"),
        Column("other_cents", "cents", "settled by other entries until then"),
        Column("open_cents", "cents", "still owed then: billed less all the others"),
        Column(
            "collected_share",
            "number",
            "collected ÷ (billed − credited); missing when everything was cancelled",
            nullable=True,
        ),
    ),
)


def cohorts(ledger: SettledLedger) -> pd.DataFrame:
    """Collection curves of each month's billing: `COHORTS`, oldest month first.

    A payment received before its invoice counts in the month of the invoice. Cohorts of months before the ledger begins
    (opening items) are left out: what was paid of them before is not known.
    """
    behaves = c("kind").is_in(BEHAVIOUR_KINDS)
    billed = (
        ledger.items.filter(behaves)
        .group_by("issue_month")
        .agg(c("cents").sum().cast(nw.Int64).alias("billed"), nw.len().cast(nw.Int64).alias("items"))
        .collect(backend="pandas")
        .to_native()
        .set_index("issue_month")
        .sort_index()
    )
    settled = (
        ledger.flows.filter(behaves)
        .group_by("issue_month", "month", "way")
        .agg(c("cents").sum().cast(nw.Int64))
        .collect(backend="pandas")
        .to_native()
    )
    return cohort_curves(
        billed[billed.index >= month_of(ledger.coverage_start)],
        settled,
        this_month=month_of(ledger.as_of),
        last_month=ledger.last_month,
    )


def cohort_curves(billed: pd.DataFrame, settled: pd.DataFrame, *, this_month: int, last_month: int) -> pd.DataFrame:
    """Cumulated curves from sums by month.

    From: billed (index: month; billed cents, items), settled (issue_month, month, way, cents).
    To:   `COHORTS` up to `this_month`; months after `last_month` are not complete.
    """
    index = pd.MultiIndex.from_tuples(
        [(cohort, month) for cohort in billed.index for month in range(int(cohort), this_month + 1)],
        names=["issue_month", "month"],
    )
    flows = settled.pivot_table(index=["issue_month", "month"], columns="way", values="cents", aggfunc="sum")
    flows = flows.reindex(index=index, columns=list(WAYS)).fillna(0).astype("int64")
    until = flows.groupby(level="issue_month").cumsum().reset_index()
    table = until.join(billed, on="issue_month")
    open_cents = table["billed"] - table[list(WAYS)].sum(axis=1)
    due = (table["billed"] - table["credited"]).where(lambda cents: cents > 0)
    return COHORTS.conform(
        pd.DataFrame(
            {
                "billing_month": month_starts(table["issue_month"]),
                "months_since": table["month"] - table["issue_month"],
                "is_complete": table["month"] <= last_month,
                "items_count": table["items"],
                "billed_cents": table["billed"],
                "collected_cents": table["paid"],
                "credited_cents": table["credited"],
                "written_off_cents": table["written_off"],
                "other_cents": table["other"],
                "open_cents": open_cents,
                "collected_share": table["paid"] / due,
            }
        )
    )
