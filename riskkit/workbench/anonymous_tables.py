"""The canonical tables of a run with pseudonyms and rescaled amounts, ready to be run again.

Amounts are rescaled piece by piece: what each payment settles of each invoice, and what is left of both. An invoice is
the sum of its pieces and so is a payment, so that what was settled to the cent still is, and every total still ties.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.companies.events import COMPANY_EVENTS
from riskkit.ledger.book import Book
from riskkit.ledger.settlement import settle
from riskkit.policy import Policy
from riskkit.schemas import CUSTOMERS, INVOICES, PAYMENTS
from riskkit.sources.reading import Reading, SourceFile
from riskkit.workbench.pseudonyms import Pseudonyms
from riskkit.workbench.stored_run import read_table

FILES = {"customers": "clients", "invoices": "factures", "payments": "reglements", "events": "evenements"}


def stored_reading(folder: Path, manifest: Mapping[str, Any]) -> Reading:
    """What a run had read, as its tables keep it: nothing later than its date, and no row set aside."""
    as_of = dt.date.fromisoformat(str(manifest["as_of"]))
    invoices = _in_cents(
        read_table(folder, "invoices"), {"amount": "amount_cents", "excl_tax_amount": "excl_tax_cents"}
    )
    payments = _in_cents(read_table(folder, "payments"), {"amount": "amount_cents"})
    events = _in_cents(read_table(folder, "events"), {"amount": "amount_cents"})
    return Reading(
        files=(),
        currency=str(manifest["currency"]),
        coverage_start=dt.date.fromisoformat(str(manifest["coverage_start"])),
        latest_date=min(as_of, dt.date.fromisoformat(str(manifest["latest_date"]))),
        due_dates="file" if invoices["due_date"].notna().any() else "none",
        invoices=invoices[invoices["issue_date"] <= pd.Timestamp(as_of)].reset_index(drop=True),
        payments=payments[payments["payment_date"] <= pd.Timestamp(as_of)].reset_index(drop=True),
        customers=read_table(folder, "customers"),
        events=events,
    )


def anonymous_reading(held: Reading, secret: Pseudonyms, *, as_of: dt.date, policy: Policy, terms: str) -> Reading:
    """The same reading under pseudonyms; `terms` are those of the run where the files gave no due date."""
    cents = rescaled_lines(held, secret, as_of=as_of, policy=policy, terms=terms)
    customers, invoices, payments = held.customers, held.invoices, held.payments
    ids = pd.concat([customers["customer_id"], invoices["customer_id"], payments["customer_id"]], ignore_index=True)
    codes = dict(zip(ids, secret.codes(ids, "C"), strict=True))
    references = pd.concat([invoices["reference"], payments["reference"]], ignore_index=True)
    letterings = pd.concat([invoices["lettering"], payments["lettering"]], ignore_index=True)
    reference = dict(zip(references, secret.codes(references, "R"), strict=True))
    lettering = dict(zip(letterings, secret.codes(letterings, "L"), strict=True))

    def movements(frame: pd.DataFrame, key: str, letter: str, side: str) -> pd.DataFrame:
        new = (side + ":" + frame[key].astype("str")).map(cents).fillna(0).astype("int64")
        return frame.assign(
            **{key: secret.codes(frame[key], letter)},
            customer_id=frame["customer_id"].map(codes),
            reference=frame["reference"].map(reference),
            lettering=frame["lettering"].map(lettering),
            amount_cents=new,
        )

    bills = movements(invoices, "invoice_id", "F", "i")
    ratio = bills["amount_cents"] / invoices["amount_cents"].where(invoices["amount_cents"] != 0)
    bills = bills.assign(
        invoice_number=bills["invoice_id"].where(invoices["invoice_number"].notna()),
        excl_tax_cents=(invoices["excl_tax_cents"].astype("Float64") * ratio).round().astype("Int64"),
    )
    tables = {
        "customers": CUSTOMERS.conform(_companies(customers, codes, secret))[CUSTOMERS.names],
        "invoices": INVOICES.conform(bills)[INVOICES.names],
        "payments": PAYMENTS.conform(movements(payments, "payment_id", "P", "p"))[PAYMENTS.names],
        "events": _events(held.events, codes, secret),
    }
    placed = {name: _placed(frame, name) for name, frame in tables.items()}
    files = tuple(_account(frame, name) for name, frame in placed.items() if len(frame))
    return held.changed(files=files, **placed)


def rescaled_lines(held: Reading, secret: Pseudonyms, *, as_of: dt.date, policy: Policy, terms: str) -> dict[str, int]:
    """The new amount of each movement by line ("i:" or "p:" and its id), signed as in its own table."""
    book = Book.from_reading(held, policy=policy)
    try:
        known = book.known(book.dated(default_terms=terms), as_of=[as_of])
        settled = settle(known, keep=book.keeping(1))
        lines = _collect(known.select("entry", "line", "cents"))
        pieces = _collect(settled.allocations.select("debit", "credit", "cents"))
        rest = _collect(settled.rest)
    finally:
        book.connection.close()
    pieces["cents"] = [secret.cents(int(value)) for value in pieces["cents"]]
    rest["cents"] = [abs(secret.cents(int(value))) for value in rest["cents"]]
    parts = pd.concat(
        [
            pieces.rename(columns={"debit": "entry"})[["entry", "cents"]],
            pieces.rename(columns={"credit": "entry"})[["entry", "cents"]],
            rest[["entry", "cents"]],
        ]
    )
    sizes = lines["entry"].map(parts.groupby("entry")["cents"].sum()).fillna(0).astype("int64")
    signs = (lines["cents"] > 0).map({True: 1, False: -1})
    own = lines["line"].str.startswith("p:").map({True: -1, False: 1})  # a payment lowers what is owed
    return dict(zip(lines["line"], (sizes * signs * own).astype("int64"), strict=True))


def _companies(customers: pd.DataFrame, codes: Mapping[str, str], secret: Pseudonyms) -> pd.DataFrame:
    ids = customers["customer_id"].map(codes)
    return customers.assign(
        customer_id=ids,
        name="Client " + ids.str.removeprefix("C"),
        siren=secret.sirens(customers["siren"]),
        siren_raw=None,
        address=None,
        town=None,
        postcode=(customers["postcode"].str.slice(0, 2) + "000").where(customers["postcode"].notna()),
        sales_person=secret.codes(customers["sales_person"], "Commercial "),
    )


def _events(events: pd.DataFrame, codes: Mapping[str, str], secret: Pseudonyms) -> pd.DataFrame:
    """Events of the run's customers; what they say in words is left out, and their SIREN is found again by customer."""
    kept = events[events["customer_id"].isin(set(codes))]
    amounts = [None if pd.isna(value) else secret.cents(int(value)) for value in kept["amount_cents"]]
    made = kept.assign(
        customer_id=kept["customer_id"].map(codes),
        siren=None,
        label=None,
        amount_cents=pd.array(amounts, dtype="Int64"),
    )
    return COMPANY_EVENTS.conform(made)[COMPANY_EVENTS.names]


def _placed(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return frame.assign(source_file=FILES[name], source_line=range(2, len(frame) + 2))


def _account(frame: pd.DataFrame, name: str) -> SourceFile:
    total = int(frame["amount_cents"].sum()) if name in ("invoices", "payments") else 0
    digest = hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()
    return SourceFile(FILES[name], digest, name, len(frame), len(frame), 0, total, 0, total)


def _in_cents(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    cents = {new: (frame[old].astype("Float64") * 100).round().astype("Int64") for old, new in names.items()}
    return frame.drop(columns=list(names)).assign(**cents)


def _collect(frame: Any) -> pd.DataFrame:
    found: pd.DataFrame = nw.to_native(frame.collect(backend="pandas"))
    return found
