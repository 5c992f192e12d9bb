"""French accounting files (FEC): one or several years of one company as canonical tables.

`read_fec` is the way in. What a line becomes is in `fec_lines`, how years are joined in `fec_chain`, how a file is
read and checked in `fec_file`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from riskkit.errors import DataError, Message, Money, UsageError, message
from riskkit.schemas import REJECTS
from riskkit.sources.fec_chain import Chain, chain_files
from riskkit.sources.fec_customers import catch_all_notes, make_customers, with_customers
from riskkit.sources.fec_file import REASONS, LedgerFile, read_ledger_file
from riskkit.sources.fec_lines import make_invoices, make_payments, with_nature, with_openings_read
from riskkit.sources.fec_text import looks_like_fec
from riskkit.sources.reading import Reading, SourceFile

__all__ = ["REASONS", "looks_like_fec", "read_fec", "receivable_balances"]

_ENCODINGS = {"utf-8-sig": "UTF-8", "utf-8-mixed": "UTF-8 + cp1252", "utf-16": "UTF-16", "iso8859-15": "ISO-8859-15"}


def read_fec(
    paths: Sequence[Path], *, currency: str = "EUR", progress: Callable[[int, int], None] | None = None
) -> Reading:
    """One or several FEC of one company as canonical tables, in integer cents, tied to account 411.

    Parameters
    ----------
    paths
        Files in any order, compressed by gzip or not. Later years must open with the closing of the year before.
    currency
        Currency the ledger is kept in.
    progress
        Receives the bytes read and the bytes to read.

    Notes
    -----
    Every line is accepted or set aside with a reason; Σ invoices − Σ payments up to any day of the period is the
    balance of 411 on that day. Raises `DataError` or `ReconciliationError`, with nothing half-read.
    """
    if not paths:
        raise UsageError(message("No FEC was given. Name at least one file."))
    chain = chain_files(_read_all(paths, progress), currency=currency)
    if chain.lines.empty:
        raise DataError(
            message(
                "{file}: no line on account 411 (customers) in {rows:line|lines}. There is nothing to diagnose: "
                "check that this is the ledger of the company that sells.",
                file=chain.files[0].file,
                rows=sum(ledger.rows for ledger in chain.files),
            )
        )
    lines = with_openings_read(with_nature(chain.lines))
    invoices = make_invoices(lines, currency=currency)
    payments = make_payments(lines, invoices, currency=currency)
    customers = make_customers(lines)
    notes = [note for ledger in chain.files for note in _file_notes(ledger, currency=currency)]
    notes += [*chain.notes, *_opening_notes(lines, chain.files[0], currency=currency)]
    notes += catch_all_notes(customers, invoices, currency=currency)
    notes.append(message("A FEC holds no due date: terms come from the settings or from the customers' past payments."))
    return Reading(
        files=tuple(_source_file(ledger, chain) for ledger in chain.files),
        currency=currency,
        coverage_start=chain.files[0].period_start,
        latest_date=max(ledger.latest_date for ledger in chain.files),
        due_dates="none",
        invoices=invoices,
        payments=payments,
        customers=customers,
        rejects=_rejects(chain),
        notes=tuple(notes),
    )


def receivable_balances(paths: Sequence[Path]) -> dict[str, int]:
    """Balance of account 411 at the end of each file, in cents, by file name: a control, nothing chained."""
    return {path.name: read_ledger_file(path).balance_cents for path in paths}


def _read_all(paths: Sequence[Path], progress: Callable[[int, int], None] | None) -> list[LedgerFile]:
    sizes = [path.stat().st_size if path.is_file() else 0 for path in paths]
    ledgers = []
    for number, path in enumerate(paths):
        before, size = sum(sizes[:number]), sizes[number]

        def report(characters: int, before: int = before, size: int = size) -> None:
            if progress is not None:
                progress(before + min(characters, size), sum(sizes))

        ledgers.append(read_ledger_file(path, progress=report))
        report(size)
    return ledgers


def _source_file(ledger: LedgerFile, chain: Chain) -> SourceFile:
    chained = chain.chained.get(ledger.file, pd.DataFrame({"signed_cents": pd.Series(dtype="int64")}))
    rejected_cents = int(ledger.set_aside["amount_cents"].sum()) + int(chained["signed_cents"].sum())
    rejected_rows = len(ledger.set_aside) + len(chained)
    kept = chain.lines.loc[chain.lines["file"] == ledger.file, "signed_cents"]
    return SourceFile(
        file=ledger.file,
        sha256=ledger.sha256,
        kind="fec",
        rows_read=ledger.rows,
        rows_accepted=ledger.rows - rejected_rows,
        rows_rejected=rejected_rows,
        accepted_cents=int(kept.sum()),
        rejected_cents=rejected_cents,
        total_cents=ledger.balance_cents,
    )


def _rejects(chain: Chain) -> pd.DataFrame:
    parts = [
        ledger.set_aside.rename(columns={"line": "source_line"}).assign(source_file=ledger.file, table="invoices")
        for ledger in chain.files
    ]
    parts += [
        pd.DataFrame(
            {
                "source_file": file,
                "source_line": openings["line"],
                "table": "invoices",
                "reason": "fec_opening_chained",
                "amount_cents": openings["signed_cents"],
                "raw": openings["raw"],
            }
        )
        for file, openings in chain.chained.items()
    ]
    filled = [part for part in parts if len(part)]
    if not filled:
        return REJECTS.empty()
    return pd.concat(filled, ignore_index=True).sort_values(["source_file", "source_line"], ignore_index=True)


def _file_notes(ledger: LedgerFile, *, currency: str) -> list[Message]:
    lines = with_customers(ledger.receivables)
    notes = [
        message(
            "{file}: {encoding}, {separator}; {rows:line|lines} from {start} to {end}, of which {count} on account "
            "411 ({customers:customer|customers}, {share} % lettered), balance {money}.",
            file=ledger.file,
            encoding=_ENCODINGS.get(ledger.layout.encoding, ledger.layout.encoding),
            separator=ledger.layout.separator_name,
            rows=ledger.rows,
            start=ledger.period_start,
            end=ledger.latest_date,
            count=len(lines),
            customers=lines["customer_id"].nunique(),
            share=100.0 * float((lines["lettering"] != "").mean()) if len(lines) else 0.0,
            money=Money(ledger.balance_cents, currency),
        ),
        *ledger.notes,
    ]
    if "auxiliary" not in ledger.layout.positions:
        notes.append(
            message(
                "{file}: the field CompAuxNum is missing: each account 411 counts as one customer.", file=ledger.file
            )
        )
    notes += [_side_note(ledger.file, family, Money(cents, currency)) for family, cents in ledger.side_balances.items()]
    undated = ledger.set_aside[ledger.set_aside["reason"] == "fec_bad_date"]
    if len(undated):
        notes.append(
            message(
                "{file}: {count:line|lines} of account 411 set aside ({money}, first line {line}): no date can be "
                "read. The balance is wrong by that much until {count:?it is|they are} corrected.",
                file=ledger.file,
                count=len(undated),
                money=Money(int(undated["amount_cents"].sum()), currency),
                line=int(undated["line"].min()),
            )
        )
    return notes


def _side_note(file: str, family: str, money: Money) -> Message:
    if family == "413":
        return message("{file}: bills receivable (413), {money}, are not in the receivables.", file=file, money=money)
    if family == "416":
        return message("{file}: doubtful customers (416), {money}, are not in the receivables.", file=file, money=money)
    if family == "418":
        return message(
            "{file}: sales to be invoiced (418), {money}, are not in the receivables.", file=file, money=money
        )
    return message(
        "{file}: advances from customers (419), {money}, are not in the receivables.", file=file, money=money
    )


def _opening_notes(lines: pd.DataFrame, first: LedgerFile, *, currency: str) -> list[Message]:
    openings = lines[lines["nature"] == "opening"]
    if openings.empty:
        return [message("{file}: no opening balance on account 411.", file=first.file)]
    items = openings[openings["is_itemised"]]
    rest = openings[~openings["is_itemised"]]
    notes = []
    if len(items):
        notes.append(
            message(
                "{file}: account 411 opens with {count:item|items} of the years before ({money}): owed, but not sales.",
                file=first.file,
                count=len(items),
                money=Money(int(items["signed_cents"].sum()), currency),
            )
        )
    if len(rest):
        notes.append(
            message(
                "{file}: account 411 opens with {count:balance|balances} without detail ({money}), dated {start}: "
                "owed, but not sales, and {count:?its|their} real age is not known.",
                file=first.file,
                count=len(rest),
                money=Money(int(rest["signed_cents"].sum()), currency),
                start=first.period_start,
            )
        )
    return notes
