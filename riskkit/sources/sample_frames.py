"""The sample's ledger as the frames people see: text ids, dates, cents (columns in `sample`)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.sources.sample_calendar import NEVER, Days
from riskkit.sources.sample_customers import Population
from riskkit.sources.sample_ledger import Book
from riskkit.sources.sample_orders import CREDIT_NOTE
from riskkit.sources.sample_words import place_names

ITEM_KINDS = np.array(["invoice", "deposit", "credit_note"], dtype=object)
ITEM_PREFIXES = ("FA", "FD", "AV")
SETTLEMENT_KINDS = np.array(["payment", "write_off"], dtype=object)
SETTLEMENT_PREFIXES = ("VIR", "OD")


def _dates(days: pd.Series | Days) -> pd.Series:
    values = np.asarray(days, dtype=np.int64)
    dates = values.astype("datetime64[D]").astype("datetime64[us]")
    return pd.Series(np.where(values < NEVER, dates, np.datetime64("NaT")))


def item_ids(book: Book) -> pd.Series:
    """Text id of each item, by its number."""
    numbers, kinds = book.items["number"].tolist(), book.items["kind"].tolist()
    ids = [f"{ITEM_PREFIXES[kind]}{number:08d}" for number, kind in zip(numbers, kinds, strict=True)]
    return pd.Series(ids, index=book.items["number"].to_numpy(), dtype="str")


def _named(numbers: pd.Series, ids: pd.Series) -> pd.Series:
    """Ids of item numbers; missing for 0."""
    return ids.reindex(numbers.to_numpy()).reset_index(drop=True)


def invoice_frame(book: Book, population: Population, ids: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Items of the book as `invoices`; catch-all accounts get the name of who bought."""
    items = book.items
    buyers = pd.Series(None, index=range(len(items)), dtype="str")
    mixed = population.is_catch_all[items["customer"].to_numpy()] & (items["kind"] != CREDIT_NOTE).to_numpy()
    buyers[mixed] = [f"Atelier {place}" for place in place_names(rng, int(mixed.sum()))]
    return pd.DataFrame(
        {
            "invoice_id": ids.to_numpy(),
            "customer_id": population.frame["customer_id"].to_numpy()[items["customer"].to_numpy()],
            "kind": ITEM_KINDS[items["kind"].to_numpy()],
            "issue_date": _dates(items["issue_day"]),
            "due_date": _dates(items["due_day"]),
            "amount_cents": items["amount_cents"].to_numpy(),
            "amount_excl_tax_cents": items["amount_excl_tax_cents"].to_numpy(),
            "currency": "EUR",
            "dispute_date": _dates(items["dispute_day"]),
            "credited_invoice_id": _named(items["credited"], ids),
            "deposit_invoice_id": _named(items["deposit"], ids),
            "deposit_excl_tax_cents": items["deposit_excl_tax_cents"].to_numpy(),
            "buyer": buyers,
        }
    ).astype({"invoice_id": "str", "customer_id": "str", "kind": "str", "currency": "str"})


def payment_frame(rows: pd.DataFrame, population: Population, ids: pd.Series) -> pd.DataFrame:
    """Payments of the book, or its future payments (which have no number yet)."""
    known = "number" in rows
    kinds = rows["kind"].to_numpy()
    columns: dict[str, object] = {
        "customer_id": population.frame["customer_id"].to_numpy()[rows["customer"].to_numpy()],
        "invoice_id": _named(rows["item"], ids),
        "payment_date": _dates(rows["day"]),
        "amount_cents": rows["amount_cents"].to_numpy(),
        "currency": "EUR",
        "kind": SETTLEMENT_KINDS[kinds],
    }
    if known:
        columns = {"payment_id": [f"R{number:08d}" for number in rows["number"].tolist()], **columns}
        prefix = np.array(SETTLEMENT_PREFIXES, dtype=object)[kinds].tolist()
        columns["reference"] = [f"{p}{t:07d}" for p, t in zip(prefix, rows["transfer"].tolist(), strict=True)]
    texts = [name for name in columns if name not in ("payment_date", "amount_cents")]
    return pd.DataFrame(columns).astype(dict.fromkeys(texts, "str"))


def allocation_frame(book: Book, ids: pd.Series) -> pd.DataFrame:
    """Which settlement or credit note was meant for which invoice: payment_id, credit_note_id, invoice_id, amount."""
    rows = book.allocations
    payment = [f"R{number:08d}" if number else None for number in rows["settlement"].tolist()]
    return pd.DataFrame(
        {
            "payment_id": pd.Series(payment, dtype="str"),
            "credit_note_id": _named(rows["credit_note"], ids),
            "invoice_id": _named(rows["item"], ids),
            "amount_cents": rows["amount_cents"].to_numpy(),
        }
    )
