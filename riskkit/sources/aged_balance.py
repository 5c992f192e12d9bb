"""Aged balances: what each customer owes by age, without its invoices → one opening item per customer and age."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from riskkit.errors import DataError, Message, Money, message, raise_all
from riskkit.policy import Policy
from riskkit.schemas import CUSTOMERS, INVOICES, PAYMENTS, REJECTS
from riskkit.sources import parsing
from riskkit.sources.aged_balance_headers import Bucket, balance_date, bucket_of
from riskkit.sources.aged_balance_rows import AgedRows, aged_rows
from riskkit.sources.container import sha256
from riskkit.sources.currencies import Rates
from riskkit.sources.mapping_spec import TableSpec, check_spec
from riskkit.sources.reading import Reading, SourceFile
from riskkit.sources.tables_customers import is_catch_all
from riskkit.sources.tabular import RawTable, open_tables


@dataclass(frozen=True)
class _Balance:
    """One aged balance read: its rows, the ages of its columns, and the day it was struck."""

    rows: AgedRows
    buckets: Mapping[str, Bucket]
    struck: dt.date

    @property
    def label(self) -> str:
        return self.rows.table.label


def read_aged_balances(
    specs: Sequence[TableSpec],
    *,
    folder: Path,
    currency: str | None = None,
    as_of: dt.date | None = None,
    rates: Rates | None = None,
) -> Reading:
    """The reading of aged balances: receivables by customer and age, no sale, no payment, no history.

    Parameters
    ----------
    specs
        Of kind aged_balance. Balances struck before the latest one are left out, which a note says.
    folder
        What their files are relative to.
    currency
        Currency of amounts that name none.
    as_of
        The day of a balance whose file does not say when it was struck.
    rates
        Converts other currencies, at the day of the balance.

    Notes
    -----
    Each amount becomes an item of kind opening, due on a day inside its age: the middle one, or the first when the age
    has no end. What a total shows beyond the sum of its ages is an item without a due date: every row ties to its
    total. Raises one `DataError` with a message for every file that cannot be read.
    """
    balances: list[_Balance] = []
    faults: list[Message] = []
    with tempfile.TemporaryDirectory() as aside, duckdb.connect(":memory:") as connection:
        parsing.install(connection)
        for spec in specs:
            try:
                found = open_tables(
                    folder / spec.file, connection, folder=Path(aside), sheet=spec.sheet, header_row=spec.header_row,
                    encoding=spec.encoding, separator=spec.separator,
                )  # fmt: skip
                check_spec(spec, found[0])
                balances.append(_balance(found[0], spec, as_of=as_of))
            except DataError as fault:
                faults += fault.messages
    raise_all(DataError, faults)
    latest = max(balance.struck for balance in balances)
    notes = [_left_out(balance, latest) for balance in balances if balance.struck < latest]
    return _reading([b for b in balances if b.struck == latest], notes, latest, currency=currency, rates=rates)


def _balance(table: RawTable, spec: TableSpec, *, as_of: dt.date | None) -> _Balance:
    said = balance_date([*table.titles, table.sheet or "", table.path.name.replace("_", " ")])
    struck = spec.balance_date or said or as_of
    faults = []
    if struck is None:
        faults.append(
            message(
                "{file} is an aged balance that does not say at which date it was struck. Give it with --as-of, or "
                "write balance_date: 2024-03-31 in portfolio.yaml.",
                file=spec.label,
            )
        )
    buckets = {}
    for field, header in spec.columns.items():
        if field.startswith("bucket_"):
            bucket = _said(spec.buckets[field]) if field in spec.buckets else bucket_of(header)
            if bucket is None:
                faults.append(
                    message(
                        "{file}: the age that column '{header}' stands for is not understood. Write it in "
                        "portfolio.yaml under 'buckets:', as {field}: 31-60, > 90, not due or undated.",
                        file=spec.label,
                        header=header,
                        field=field,
                    )
                )
            else:
                buckets[field] = bucket
    raise_all(DataError, faults)
    if struck is None:  # pragma: no cover - raised above
        raise DataError(*faults)
    return _Balance(aged_rows(table, spec, tuple(buckets)), buckets, struck)


def _said(text: str) -> Bucket | None:
    if text.strip().endswith("-") and text.strip()[:-1].isdigit():
        return Bucket(int(text.strip()[:-1]), None)
    return bucket_of(text)


def _reading(
    balances: Sequence[_Balance],
    notes: list[Message],
    struck: dt.date,
    *,
    currency: str | None,
    rates: Rates | None,
) -> Reading:
    main = _main_currency(balances, currency)
    files, rejects, items, named = [], [], [], []
    for balance in balances:
        rows, more = balance.rows.in_currency(main, currency=currency, struck=struck, rates=rates)
        notes += [*more, *_explanations(balance, rows, struck, main)]
        files.append(_source(balance, rows))
        kept = rows.frame[rows.frame["reason"].isna()]
        rejects.append(rows.rejected())
        items.append(_items(balance, kept, struck, main))
        named.append(kept)
    invoices = pd.concat(items, ignore_index=True)
    if invoices.empty:
        raise DataError(message("The files given hold no balance. Check that they are the right ones."))
    customers = pd.concat(named, ignore_index=True)
    first = customers.groupby("customer_id", sort=False, as_index=False).first()
    return Reading(
        files=tuple(files),
        currency=main,
        coverage_start=struck,
        latest_date=struck,
        due_dates="file" if invoices["due_date"].notna().any() else "none",
        invoices=invoices,
        payments=PAYMENTS.empty(),
        customers=CUSTOMERS.conform(
            first.drop(
                columns=[c for c in map(str, first) if c.endswith("_cents") or c in ("reason", "line", "currency")]
            ).assign(is_catch_all=is_catch_all(first["customer_id"], first["name"]))
        ),
        rejects=pd.concat(rejects, ignore_index=True)[REJECTS.names],
        notes=tuple(notes),
    )


def _main_currency(balances: Sequence[_Balance], currency: str | None) -> str:
    said = pd.concat([balance.rows.frame.loc[balance.rows.frame["reason"].isna(), "currency"] for balance in balances])
    filled = said.dropna().value_counts()
    if currency is not None and (filled.empty or currency in filled.index):
        return currency
    if len(filled):
        return str(filled.index[0])
    return next((b.rows.spec.currency for b in balances if b.rows.spec.currency), "EUR")


def _items(balance: _Balance, kept: pd.DataFrame, struck: dt.date, currency: str) -> pd.DataFrame:
    """One opening item per row and age that holds money, and one for what the total shows beyond them."""
    frames = []
    for field in (*balance.buckets, "rest"):
        days = balance.buckets[field].days if field in balance.buckets else None
        held = kept[kept[f"{field}_cents"].ne(0)]
        due = None if days is None else struck - dt.timedelta(days=days)
        due_date = pd.Series(pd.NaT if due is None else pd.Timestamp(due), index=held.index, dtype="datetime64[us]")
        own = ["customer_id", "source_file", "source_line", *(c for c in ("x_entity",) if c in held)]
        frames.append(
            held[own].assign(
                invoice_id=balance.label + ":" + held["source_line"].astype("str") + ":" + field, kind="opening",
                is_sale=False, issue_date=pd.Timestamp(min(due or struck, struck)), due_date=due_date,
                amount_cents=held[f"{field}_cents"], currency=currency,
            )
        )  # fmt: skip
    return INVOICES.conform(pd.concat(frames, ignore_index=True))


def _source(balance: _Balance, rows: AgedRows) -> SourceFile:
    frame, table = rows.frame, balance.rows.table
    aside = frame["reason"].notna()
    money = frame["money_cents"]
    return SourceFile(
        file=table.label, sha256=sha256(table.path), kind="aged_balance", rows_read=len(frame),
        rows_accepted=int((~aside).sum()), rows_rejected=int(aside.sum()), accepted_cents=int(money[~aside].sum()),
        rejected_cents=int(money[aside].sum()), total_cents=int(money.sum()),
    )  # fmt: skip


def _explanations(balance: _Balance, rows: AgedRows, struck: dt.date, currency: str) -> list[Message]:
    """What a reader of the results must know of a balance that holds no invoice."""
    kept = rows.frame[rows.frame["reason"].isna()]
    notes = [
        message(
            "{file} is an aged balance struck on {date}: {count:customer|customers} {count:?owes|owe} {money}. It "
            "holds no invoice and no sale, so delays, DSO and rates over time cannot be computed from it.",
            file=balance.label,
            date=struck,
            count=int(kept["customer_id"].nunique()),
            money=Money(int(kept["money_cents"].sum()), currency),
        )
    ]
    rest = kept["rest_cents"]
    if rest.ne(0).any():
        notes.append(
            message(
                "{file}: on {count:row|rows}, first on line {line}, the total is not the sum of the ages; the "
                "difference of {money} in all is kept without a due date.",
                file=balance.label,
                count=int(rest.ne(0).sum()),
                line=int(kept.loc[rest.ne(0), "source_line"].iloc[0]),
                money=Money(int(rest.sum()), currency),
            )
        )
    edges = Policy().ageing_edges_days
    crossed = [balance.rows.spec.columns[f] for f, bucket in balance.buckets.items() if _crosses(bucket, edges)]
    if crossed:
        notes.append(
            message(
                "{file}: the ages {headers} do not have the edges of the policy; each is put whole in the bucket of "
                "its middle, or of its first day when it has no end. Change ageing_edges_days in policy.yaml to keep "
                "them as they are.",
                file=balance.label,
                headers=", ".join(crossed),
            )
        )
    if all(bucket.is_undated for bucket in balance.buckets.values()):
        notes.append(
            message(
                "{file} gives what each customer owes in all, and no age: what is overdue is not known. Ask for the "
                "aged balance or the open items.",
                file=balance.label,
            )
        )
    elif not any(bucket.low is None and not bucket.is_undated for bucket in balance.buckets.values()):
        notes.append(
            message(
                "{file} has no column of what is not yet due: its ages are taken as days past due. If they count from "
                "the invoice date, what is overdue is overstated.",
                file=balance.label,
            )
        )
    credits = kept[[f"{field}_cents" for field in balance.buckets]]
    if (credits < 0).any(axis=None):
        notes.append(
            message(
                "{file}: {count:amount|amounts} {count:?is|are} negative ({money} in all): credits, set against what "
                "the same customer has owed for longest.",
                file=balance.label,
                count=int((credits < 0).sum().sum()),
                money=Money(int(credits.where(credits < 0, 0).sum().sum()), currency),
            )
        )
    return notes


def _crosses(bucket: Bucket, edges: tuple[int, ...]) -> bool:
    """Whether a bucket spans more than one of the policy's, a day of tolerance at its low edge (30-60 for 31-60)."""
    if bucket.is_undated or bucket.low is None:
        return False
    if bucket.high is None:
        return bucket.low <= edges[-1]
    low = bucket.low + 1 if bucket.low in edges else bucket.low
    return any(low <= edge < bucket.high for edge in edges)


def _left_out(balance: _Balance, latest: dt.date) -> Message:
    return message(
        "{file} was struck on {date}, before the latest balance ({latest}): it is left out. Open it by itself to see "
        "that date.",
        file=balance.label,
        date=balance.struck,
        latest=latest,
    )
