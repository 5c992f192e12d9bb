"""Due dates for a ledger that has none, from the electronic invoices given beside it. No amount ever changes."""

from __future__ import annotations

import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.sources.einvoice_beside import siren_of
from riskkit.sources.reading import Reading

_SAME_INVOICE_DAYS = 31  # an invoice is booked within a month; the same number further away is another year's
_KINDS = ("invoice", "deposit")


def with_document_dates(ledger: Reading, documents: Reading) -> Reading:
    """A ledger whose invoices are due when their electronic form says, and whose customers take their SIREN from it.

    Parameters
    ----------
    ledger
        Reading of a FEC, completed by tables of customers where there are any.
    documents
        Reading of the electronic invoices that the same company issued.

    Notes
    -----
    An invoice and an electronic invoice are one when their number is the same, they are issued within a month of each
    other (an item brought forward: at any time before), and the customer is the same by SIREN, code or name, or else
    the amount is the same; never when the SIREN differ, nor when two candidates remain. Instalments are told apart by
    their amount. Amounts stay those of the ledger; those that differ are in the notes, and so is what found no
    counterpart.
    """
    issued = _numbered(documents)
    booked = _numbered(ledger)
    if issued.empty:
        return ledger
    pairs = _pairs(_whole(issued), _whole(booked))
    due = _due_dates(pairs, issued, booked)
    invoices = ledger.invoices
    given = due.reindex(invoices["invoice_id"]).set_axis(invoices.index)  # `map` fails when no date was given
    invoices = invoices.assign(due_date=invoices["due_date"].fillna(given))
    return ledger.changed(
        invoices=invoices,
        customers=_with_siren(ledger.customers, pairs),
        due_dates="file" if invoices["due_date"].notna().any() else "none",
        notes=(*ledger.notes, *_said(pairs, due, booked, _whole(issued), ledger.currency)),
    )


def _numbered(reading: Reading) -> pd.DataFrame:
    """The invoices that have a number, with its letters and digits as `key`, and the customer's `siren` and `name`."""
    invoices = reading.invoices
    invoices = invoices[invoices["kind"].isin(_KINDS) & invoices["amount_cents"].gt(0)]
    key = invoices["invoice_number"].astype("str").str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)
    invoices = invoices.assign(key=key.where(invoices["invoice_number"].notna()))
    known = reading.customers.set_index("customer_id")
    customers = pd.DataFrame({"siren": siren_of(known["siren_raw"]), "name": _name_key(known["name"])})
    return invoices[invoices["key"].fillna("").ne("")].join(customers, on="customer_id")


def _name_key(names: pd.Series) -> pd.Series:
    plain = names.astype("str").str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
    return plain.str.upper().str.replace(r"[^A-Z0-9]", "", regex=True).where(names.notna())


def _whole(invoices: pd.DataFrame) -> pd.DataFrame:
    """One row per invoice: the lines of one customer, number, day and file add up."""
    keys = ["source_file", "customer_id", "key", "issue_date"]
    grouped = invoices.groupby(keys, sort=False, as_index=False).agg(
        cents=("amount_cents", "sum"), number=("invoice_number", "first"), is_sale=("is_sale", "max"),
        siren=("siren", "first"), name=("name", "first"), due=("due_date", "min"), dues=("due_date", "nunique"),
    )  # fmt: skip
    return grouped.assign(place=range(len(grouped)))


def _pairs(issued: pd.DataFrame, booked: pd.DataFrame) -> pd.DataFrame:
    """Electronic invoices (suffix _e) and invoices of the ledger (_b) that are one; each at most once."""
    pairs = issued.merge(booked, on="key", suffixes=("_e", "_b"))
    differ = pairs["siren_e"].notna() & pairs["siren_b"].notna() & pairs["siren_e"].ne(pairs["siren_b"])
    same = (
        pairs["siren_e"].eq(pairs["siren_b"]) | pairs["customer_id_e"].eq(pairs["customer_id_b"])
        | pairs["name_e"].eq(pairs["name_b"])
    )  # fmt: skip
    days = (pairs["issue_date_b"] - pairs["issue_date_e"]).dt.days
    near = days.abs().le(_SAME_INVOICE_DAYS) | (~pairs["is_sale_b"].astype(bool) & days.ge(-_SAME_INVOICE_DAYS))
    equal = pairs["cents_e"].eq(pairs["cents_b"])
    pairs = pairs.assign(weight=same.fillna(value=False).astype(int) * 2 + equal.astype(int))
    pairs = pairs[~differ & near & pairs["weight"].gt(0)]
    for side in ("place_e", "place_b"):  # the best candidate, unless two are equally good
        best = pairs["weight"].eq(pairs.groupby(side)["weight"].transform("max"))
        pairs = pairs[best]
        pairs = pairs[~pairs[side].duplicated(keep=False)]
    return pairs


def _due_dates(pairs: pd.DataFrame, issued: pd.DataFrame, booked: pd.DataFrame) -> pd.Series:
    """Due date by `invoice_id` of the ledger."""
    keys = ["source_file", "customer_id", "key", "issue_date"]
    sides = {side: pairs.rename(columns={f"{key}_{side}": key for key in keys}) for side in ("e", "b")}
    lines = booked.merge(sides["b"][[*keys, "place_e", "due_e", "dues_e"]], on=keys)
    single = lines[lines["dues_e"].eq(1)].set_index("invoice_id")["due_e"]
    parts = issued.merge(sides["e"][[*keys, "place_e", "dues_e"]], on=keys)
    parts = parts[parts["dues_e"].gt(1)].drop_duplicates(["place_e", "amount_cents"], keep=False)
    several = lines.merge(parts[["place_e", "amount_cents", "due_date"]], on=["place_e", "amount_cents"],
                          suffixes=("_ledger", ""))  # fmt: skip
    found: pd.Series = pd.concat([single, several.set_index("invoice_id")["due_date"]])
    return found.dropna()


def _with_siren(customers: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Customers without an identifier take the SIREN that all their electronic invoices agree on."""
    known = pairs.dropna(subset=["siren_e"])
    grouped = known.groupby("customer_id_b")["siren_e"]
    siren = grouped.first()[grouped.nunique().eq(1)]
    free = customers["siren_raw"].isna() & ~customers["is_catch_all"].astype(bool)
    return customers.assign(siren_raw=customers["siren_raw"].mask(free, customers["customer_id"].map(siren)))


def _said(
    pairs: pd.DataFrame, due: pd.Series, booked: pd.DataFrame, issued: pd.DataFrame, currency: str
) -> list[Message]:
    dated = booked[booked["invoice_id"].isin(set(due.index))]
    notes = [
        message(
            "{count:invoice|invoices} of the ledger ({money}), of {total} with a number, {count:?takes its|take their} "
            "due date from the electronic invoices: same number, same customer or same amount. No amount is changed.",
            count=len(dated),
            money=Money(int(dated["amount_cents"].sum()), currency),
            total=len(booked),
        )
    ]
    gaps = pairs[pairs["cents_e"].ne(pairs["cents_b"])].assign(gap=lambda frame: frame["cents_b"] - frame["cents_e"])
    if len(gaps):
        worst = gaps.iloc[int(gaps["gap"].abs().argmax())]
        notes.append(
            message(
                "{count:invoice|invoices} of the ledger {count:?has|have} another amount than {count:?its|their} "
                "electronic form ({money} of differences, signs aside), most of all {number}: {ours} in the ledger, "
                "{theirs} on the invoice. The ledger is believed: ask the accountant.",
                count=len(gaps),
                money=Money(int(gaps["gap"].abs().sum()), currency),
                number=worst["number_b"],
                ours=Money(int(worst["cents_b"]), currency),
                theirs=Money(int(worst["cents_e"]), currency),
            )
        )
    alone = issued[~issued["place"].isin(set(pairs["place_e"]))]
    if len(alone):
        notes.append(
            message(
                "{count:electronic invoice|electronic invoices} ({money}) {count:?is|are} not in the ledger under the "
                "same number, first {number}: check that {count:?it is|they are} booked.",
                count=len(alone),
                money=Money(int(alone["cents"].sum()), currency),
                number=alone["number"].iloc[0],
            )
        )
    return notes
