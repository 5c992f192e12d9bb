"""What the run itself says of each customer, as columns beside what was found about its company."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from riskkit.companies.client_file import Cell
from riskkit.errors import Message, message
from riskkit.exhibits.enriched_columns import AddedColumn
from riskkit.exhibits.language import Language
from riskkit.exhibits.score_words import CLASSES, LEVELS

_NOTHING_OWED = ("receivables_cents", "overdue_cents")
_COLUMNS: tuple[tuple[str, Message, Message, str, int], ...] = (
    (
        "receivables_cents", message("Owed"),
        message("Open items less unapplied cash and credits, on the valuation date."), "amount", 16,
    ),
    ("overdue_cents", message("Overdue"), message("The part of open items that is past its due date."), "amount", 16),
    (
        "oldest_days_past_due", message("Oldest overdue, days"),
        message("Days past due of the oldest open item."), "days", 12,
    ),
    (
        "dbt_days", message("Days beyond terms"),
        message("Average days past due of the invoices of the last 12 months, weighted by amount (DBT)."), "number", 12,
    ),
    (
        "risk_class", message("Risk class"),
        message("1 very low to 5 very high, by the grid of the policy, legal events and classes given by hand."),
        "text", 16,
    ),
    ("risk_level", message("Risk"), message("The class of three: low, moderate, high, or not known."), "text", 12),
    (
        "probability_12m", message("Probability of serious delay, 12 months"),
        message("By the statistical score; blank where too little is known to estimate it."), "share", 14,
    ),
    (
        "limit_cents", message("Advised credit limit"),
        message("The most to be owed at once, by the rules of the policy."), "amount", 16,
    ),
    (
        "over_limit_cents", message("Over the limit"),
        message("What is owed, net of insurance, above the limit in force, or advised where none is."), "amount", 16,
    ),
    (
        "expected_loss_cents", message("Expected loss"),
        message("Probability of failure × what is lost of a failed claim × what is owed net of insurance, 12 months."),
        "amount", 16,
    ),
    ("reason_1", message("First reason"), message("What weighs most in the risk class."), "text", 44),
    ("reason_2", message("Second reason"), message("What weighs second."), "text", 44),
    ("reason_3", message("Third reason"), message("What weighs third."), "text", 44),
)  # fmt: skip


def figure_columns(customers: pd.Series, tables: Mapping[str, pd.DataFrame], words: Language) -> list[AddedColumn]:
    """Columns of exposure, score and credit limit, in the order of `customers`.

    From: identifiers of customers, one a row of the file; the tables `ageing`, `scores`, `score_notes` and
          `credit_limits` of a run, in cents; those that a run does not have are passed over.
    To:   one column a figure that is known for one customer at least. Customers who owe nothing owe 0.
    """
    known = _figures(customers, tables)
    columns = []
    for name, title, meaning, style, width in _COLUMNS:
        if name in known and known[name].notna().any():
            shown = _shown(name, known[name], words)
            columns.append(AddedColumn(words.say(title), words.say(meaning), shown, style, width))
    return columns


def _figures(customers: pd.Series, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a customer, in order; what no table says is missing."""
    rows = pd.DataFrame({"customer_id": customers.to_numpy()})
    for table in ("ageing", "scores", "credit_limits"):
        if table in tables:
            found = tables[table].drop_duplicates("customer_id")
            kept = [name for name, *_ in _COLUMNS if name in found and name not in rows]
            rows = rows.merge(found[["customer_id", *kept]], on="customer_id", how="left")
    if "score_notes" in tables:
        notes = tables["score_notes"]
        delay = notes[notes["criterion"] == "dbt_days"].set_index("customer_id")["value"]
        rows["dbt_days"] = rows["customer_id"].map(delay)
    for name in _NOTHING_OWED:
        if name in rows:
            rows[name] = rows[name].fillna(0)
    return rows


def _shown(name: str, values: pd.Series, words: Language) -> list[Cell]:
    if name.endswith("_cents"):
        return [None if pd.isna(cents) else int(cents) / 100 for cents in values]
    said = {"risk_class": CLASSES, "risk_level": LEVELS}.get(name, {})
    return [
        None if pd.isna(value) else words.say(said[value]) if value in said else _plain(value)
        for value in values
    ]  # fmt: skip


def _plain(value: object) -> Cell:
    """Numbers of numpy and pandas as those of Python; texts as they are."""
    return value if isinstance(value, str) else float(value)  # type: ignore[arg-type]  # the rest is numeric
