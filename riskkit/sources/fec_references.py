"""Which invoice a payment of a FEC names: by its piece reference, or by a number written in its label."""

from __future__ import annotations

import pandas as pd

_LATEST_QUOTE_DAYS = 730
_SHORTEST_CORE = 3
_SHORTEST_BARE_NUMBER = 4


def reference_key(pieces: pd.Series) -> pd.Series:
    """Piece references reduced to what people quote: capitals and digits, no zeros before the number.

    "FA 0001300" and "fa1300" are both "FA1300". A piece without a digit (RAN, sans) is no reference: missing.
    """
    squeezed = pieces.str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)
    short = squeezed.str.replace(r"^([A-Z]*)0+(?=[0-9])", r"\1", regex=True)
    return short.where(short.str.contains(r"[0-9]", na=False))


def quoted_references(payments: pd.DataFrame, invoices: pd.DataFrame) -> pd.Series:
    """The reference of the one invoice each payment names, missing when it names none or several.

    From: payments (customer_id, date, piece, label), invoices (customer_id, date, reference); one row a line.
    To:   text, indexed as `payments`.

    Only invoices of the same customer issued on or before the payment's date, and at most two years before, are
    considered. A number quoted without its letters counts when it is at least four characters long.
    """
    nothing = pd.Series(None, index=payments.index, dtype="str")
    known = invoices.loc[invoices["reference"].notna(), ["customer_id", "date", "reference"]]
    if payments.empty or known.empty:
        return nothing
    known = known.assign(core=known["reference"].str.extract(r"^[A-Z]*([0-9]+)$", expand=False))
    by_name = known.rename(columns={"reference": "key"}).assign(reference=known["reference"]).drop(columns="core")
    by_number = known.rename(columns={"core": "key"}).dropna(subset=["key"])
    by_number = by_number[by_number["key"].str.len() >= _SHORTEST_CORE]
    names, numbers = _tokens(payments)
    hits = pd.concat(
        [
            names.merge(by_name, on=["customer_id", "key"], suffixes=("", "_issued")),
            numbers.merge(by_number, on=["customer_id", "key"], suffixes=("", "_issued")),
        ]
    )
    age = (hits["date"] - hits["date_issued"]).dt.days
    hits = hits[(age >= 0) & (age <= _LATEST_QUOTE_DAYS)].drop_duplicates(["row", "reference"])
    alone = hits[~hits["row"].duplicated(keep=False)]
    return nothing.where(~nothing.index.isin(alone["row"]), alone.set_index("row")["reference"].reindex(nothing.index))


def _tokens(payments: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Words of each payment that could be a reference, with letters or bare; one row per payment and word."""
    texts = (payments["piece"] + " | " + payments["label"]).str.upper()
    joined = texts.str.replace(r"\b([A-Z]{1,4})[ .\-/]+(?=[0-9]{3,}\b)", r"\1", regex=True)
    words = pd.concat([text.str.findall(r"[A-Z0-9]+").explode() for text in (texts, joined)]).dropna()
    found = pd.DataFrame({"row": words.index, "word": words.to_numpy()}).drop_duplicates()
    found = found[found["word"].str.contains(r"[0-9]{3}")]
    found["customer_id"] = payments["customer_id"].reindex(found["row"]).to_numpy()
    found["date"] = payments["date"].reindex(found["row"]).to_numpy()
    found["key"] = reference_key(found["word"])
    bare = found["word"].str.fullmatch(r"[0-9]+")
    numbers = found[bare & (found["word"].str.len() >= _SHORTEST_BARE_NUMBER)]
    numbers = numbers[numbers["key"].str.len() >= _SHORTEST_CORE]
    names = found[found["key"].str.contains(r"[0-9]{3}", na=False)]
    return names.drop(columns="word"), numbers.drop(columns="word")
