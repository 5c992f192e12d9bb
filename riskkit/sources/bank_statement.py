"""Bank statements that complete the payments of invoices already read: only what is certain becomes a payment.

`read_bank_statements` is the way in; the lines are read in `cfonb`, and given a customer in `bank_matching`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from riskkit.errors import DataError, Message, Money, message, raise_all
from riskkit.schemas import PAYMENTS, REJECTS
from riskkit.sources.bank_matching import REASONS, Finding, Matcher
from riskkit.sources.cfonb import Movement, Statement, balance_notes, looks_like_cfonb, read_statements
from riskkit.sources.container import sha256
from riskkit.sources.reading import NEVER, Reading, SourceFile
from riskkit.sources.tables_kept import distinct_ids

__all__ = ["REASONS", "looks_like_cfonb", "read_bank_statements"]

KIND = "bank_statement"


def read_bank_statements(
    paths: Sequence[Path], *, ledger: Reading, progress: Callable[[str], None] | None = None
) -> Reading:
    """The reading, its payments completed with the movements of bank statements that surely settle its invoices.

    Parameters
    ----------
    paths
        CFONB120 files, in any order.
    ledger
        Invoices, customers and payments known so far. It is not changed.
    progress
        Receives the name of each file as its reading begins.

    Notes
    -----
    Every movement is a row of the account: a payment, a bounced payment (a refund), or set aside with its reason and
    money. A movement that the ledger already holds is not counted twice. Raises one `DataError` for all lines that
    cannot be read.
    """
    read: list[tuple[Path, tuple[Statement, ...]]] = []
    faults: list[Message] = []
    for path in paths:
        if progress is not None:
            progress(path.name)
        try:
            read.append((path, read_statements(path)))
        except DataError as fault:
            faults += fault.messages
    raise_all(DataError, faults)
    read.sort(key=lambda item: (min(_days(item[1]), default=ledger.coverage_start), item[0].name))
    matcher = Matcher(ledger)
    files, payments, rejects, notes = [], [], [], list[Message]()
    for path, statements in read:
        rows = pd.DataFrame(
            [
                _row(movement, matcher.find(movement, currency=statement.currency), statement.currency, path.name)
                for statement in statements
                for movement in statement.movements
            ],
            columns=[*PAYMENTS.names, "raw", "reason"],
        ).astype({"amount_cents": "int64", "source_line": "int64"})
        kept = rows["reason"].isna()
        files.append(_account(path, rows["amount_cents"], kept))
        payments.append(rows[kept])
        rejects.append(rows[~kept].assign(table="payments")[REJECTS.names])
        notes += [*balance_notes(statements, file=path.name), *_notes(rows, path.name, ledger.currency)]
    return _completed(
        ledger, tuple(files), payments, rejects, notes, [day for _, found in read for day in _days(found)]
    )


def _days(statements: Sequence[Statement]) -> list[dt.date]:
    days = [movement.day for statement in statements for movement in statement.movements]
    return days + [statement.new_day for statement in statements if statement.new_day is not None]


def _row(movement: Movement, found: Finding, currency: str, file: str) -> dict[str, object]:
    return {
        "payment_id": f"{file}:{movement.line}", "customer_id": found.customer_id, "kind": found.kind,
        "payment_date": movement.day, "amount_cents": movement.cents, "currency": currency,
        "reference": found.reference, "lettering": None, "lettering_date": None, "source_file": file,
        "source_line": movement.line, "raw": movement.raw, "reason": found.reason,
    }  # fmt: skip


def _account(path: Path, cents: pd.Series, kept: pd.Series) -> SourceFile:
    return SourceFile(
        file=path.name, sha256=sha256(path), kind=KIND, rows_read=len(cents), rows_accepted=int(kept.sum()),
        rows_rejected=int((~kept).sum()), accepted_cents=int(cents[kept].sum()),
        rejected_cents=int(cents[~kept].sum()), total_cents=int(cents.sum()),
    )  # fmt: skip


def _notes(rows: pd.DataFrame, file: str, currency: str) -> list[Message]:
    kept = rows[rows["reason"].isna()]
    notes = [
        message(
            "{file}: {count} of {total} movements of the bank {count:?is a payment|are payments} of known invoices, "
            "{money}.",
            file=file, count=len(kept), total=len(rows), money=Money(int(kept["amount_cents"].sum()), currency),
        )
    ]  # fmt: skip
    for reason, words in REASONS.items():
        for code, part in rows[rows["reason"].eq(reason)].groupby("currency"):
            notes.append(
                message(
                    "{file}: {count:movement|movements} ({money}) {count:?is|are} set aside: {reason}; first on line "
                    "{line}.",
                    file=file, count=len(part), money=Money(int(part["amount_cents"].sum()), str(code)),
                    reason=message(words), line=int(part["source_line"].iloc[0]),
                )
            )  # fmt: skip
    return notes


def _completed(
    ledger: Reading,
    files: tuple[SourceFile, ...],
    payments: Sequence[pd.DataFrame],
    rejects: Sequence[pd.DataFrame],
    notes: Sequence[Message],
    days: Sequence[dt.date],
) -> Reading:
    found = [frame for frame in (ledger.payments, *payments) if len(frame)]
    every = pd.concat(found, ignore_index=True)[PAYMENTS.names] if found else PAYMENTS.empty()
    aside = [frame for frame in (ledger.rejects, *rejects) if len(frame)]
    return ledger.changed(
        files=(*ledger.files, *files),
        coverage_start=min(days, default=NEVER) if ledger.coverage_start == NEVER else ledger.coverage_start,
        latest_date=max([ledger.latest_date, *days]),
        payments=every.assign(payment_id=distinct_ids(every["payment_id"], every)) if len(every) else every,
        rejects=pd.concat(aside, ignore_index=True) if aside else REJECTS.empty(),
        notes=(*ledger.notes, *notes),
    )
