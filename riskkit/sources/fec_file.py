"""One FEC read whole: every line checked, the lines of account 411 kept with what stands against them."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from riskkit import engine
from riskkit.errors import DataError, Message, Money, ReconciliationError, message
from riskkit.sources import fec_statements as sql
from riskkit.sources.fec_text import Layout, blocks, read_layout

REASONS: dict[str, str] = {
    "fec_field_count": "a line does not have the number of fields of the header",
    "fec_bad_account": "what stands where the account number should be is not an account",
    "fec_bad_amount": "what stands where the amounts should be is not an amount",
    "fec_bad_date": "the date of the line cannot be read",
    "fec_repeated_header": "the header is repeated inside the file",
    "fec_opening_chained": "opening balance already known from the previous year's file",
}
"""Why a line is set aside, or why the whole file is refused, by reason code."""

STOPPING = ("fec_field_count", "fec_bad_account", "fec_bad_amount")
"""A line of these shapes hides its amounts, so nothing of the file may be trusted."""

_SIREN_NAME = re.compile(r"^(\d{9,10})FEC(\d{8})", re.IGNORECASE)
_REUSED_NUMBERS_SHARE = 0.05
_STRAY_DAYS_SHARE = 0.05


@dataclass(frozen=True)
class LedgerFile:
    """One checked FEC. `receivables` holds one row per line of account 411, signed debit minus credit.

    `days` counts the movements (everything but opening entries) by date; `set_aside` holds lines of the file that are
    not used (line, reason, amount_cents, raw).
    """

    file: str
    siren: str
    sha256: str
    layout: Layout
    rows: int
    receivables: pd.DataFrame
    set_aside: pd.DataFrame
    days: pd.Series
    period_start: dt.date
    latest_date: dt.date
    has_opening: bool
    side_balances: dict[str, int]
    notes: tuple[Message, ...]

    @property
    def balance_cents(self) -> int:
        """Balance of account 411 at the end of the file, the lines set aside included."""
        return int(self.receivables["signed_cents"].sum()) + int(self.set_aside["amount_cents"].sum())


def read_ledger_file(path: Path, *, progress: Callable[[int], None] | None = None) -> LedgerFile:
    """One FEC as checked lines.

    Raises `DataError` when it is not a FEC, holds no line, or holds a line that is shifted or cut;
    `ReconciliationError` when its debit and credit differ. `progress` receives the characters read so far.
    """
    layout = read_layout(path)
    with engine.connect() as connection:
        connection.execute(sql.TABLES)
        _load(connection, path, layout, progress)
        _check_shape(connection, path)
        notes = _make_entries(connection, path)
        _find_openings(connection)
        return _collect(connection, path, layout, notes)


def _load(connection: Any, path: Path, layout: Layout, progress: Callable[[int], None] | None) -> None:
    blank = " \t\r\u00a0\u202f\ufeff\x00" + ('"' if layout.is_quoted else "")
    fixed: dict[str, Any] = {
        name: layout.position(name)
        for name in (
            *("journal", "journal_label", "number", "date", "account", "account_label", "auxiliary", "auxiliary_label"),
            *("piece", "piece_date", "label", "debit", "credit", "amount", "side", "lettering", "lettering_date"),
        )
    }
    fixed |= {
        "separator": layout.separator,
        "blank": blank,
        "width": layout.width,
        "needed_width": layout.needed_width,
        "has_side": "debit" not in layout.positions or "credit" not in layout.positions,
    }
    done = 0
    for first, text in blocks(path, layout):
        moving = {"text": text, "first": first, "past": first + text.count("\n") + 1}
        for statement in (sql.SPLIT, sql.PARSE, sql.PRICE, sql.KEEP_FAULTS, sql.KEEP_LINES, sql.KEEP_RECEIVABLES):
            names = set(re.findall(r"\$([a-z_]+)", statement))
            connection.execute(statement, {k: v for k, v in {**fixed, **moving}.items() if k in names})
        done += len(text)
        if progress is not None:
            progress(done)


def _check_shape(connection: Any, path: Path) -> None:
    rows, debit, credit, _ = connection.execute(sql.TOTALS).fetchone()
    broken = connection.execute(
        "select line, reason, shown, count(*) over () from faults where reason in ($a, $b, $c) order by line limit 1",
        dict(zip("abc", STOPPING, strict=True)),
    ).fetchone()
    if broken is not None:
        line, reason, shown, count = broken
        raise DataError(
            message(
                "{file}, line {line}: {reason} (“{shown}”). {count:line|lines} cannot be read; the others leave "
                "{gap} between debit and credit. Nothing was imported. Correct the line (a separator typed inside a "
                "label shifts the fields; a cut file ends too soon) or export the FEC again.",
                file=path.name,
                line=line,
                reason=Message(REASONS[reason]),
                shown=str(shown)[:60],
                count=count,
                gap=Money(int(debit) - int(credit)),
            )
        )
    if rows == 0:
        raise DataError(message("{file} holds a header and no accounting line. Ask for the FEC again.", file=path.name))


def _make_entries(connection: Any, path: Path) -> tuple[Message, ...]:
    """Group lines into entries, check that the ledger balances, and say which entries do not by themselves."""
    first_finding: Any = None
    for key in sql.ENTRY_KEYS:
        connection.execute(key)
        connection.execute(sql.ENTRIES)
        finding = connection.execute(sql.UNBALANCED).fetchone()
        first_finding = first_finding or finding
        if finding[0] <= _REUSED_NUMBERS_SHARE * finding[1]:
            break
    _, debit, credit, _ = connection.execute(sql.TOTALS).fetchone()
    unbalanced, entries, journal, number, line, gap, _ = first_finding
    where = {"file": path.name, "journal": journal, "number": number, "line": line, "count": unbalanced}
    if debit != credit:
        raise ReconciliationError(
            message(
                "{file}: total debit {debit} and total credit {credit} differ by {gap}. First entry that does not "
                "balance: journal {journal}, entry {number}, line {line} ({entry_gap}); {count} in all. Nothing was "
                "imported. The file was cut or changed: export the FEC again.",
                **where,
                debit=Money(int(debit)),
                credit=Money(int(credit)),
                gap=Money(int(debit) - int(credit)),
                entry_gap=Money(int(gap)),
            )
        )
    if not unbalanced:
        return ()
    return (
        message(
            "{file}: {count} of {entries:entry|entries} {count:?does|do} not balance by {count:?itself|themselves}, "
            "although the ledger does. First: journal {journal}, entry {number}, line {line} ({entry_gap}). Balances "
            "are not changed by it.",
            **where,
            entries=entries,
            entry_gap=Money(int(gap)),
        ),
    )


def _find_openings(connection: Any) -> None:
    connection.execute(sql.COUNTERPARTS)
    connection.execute(
        "create table opening_journals as select distinct journal from receivable where regexp_matches("
        "strip_accents(upper(journal_label)), 'A[ -]?NOUVEAU|^REPORTS? A |BALANCE D.?OUVERTURE|^OUVERTURE')"
    )
    connection.execute(sql.OPENINGS)


def _collect(connection: Any, path: Path, layout: Layout, notes: tuple[Message, ...]) -> LedgerFile:
    rows, _, _, latest = connection.execute(sql.TOTALS).fetchone()
    if latest is None:
        raise DataError(
            message(
                "{file}: no date of its {rows:line|lines} can be read (expected 20241231 or 31/12/2024). Export the "
                "FEC again.",
                file=path.name,
                rows=rows,
            )
        )
    lines: pd.DataFrame = connection.execute(sql.RECEIVABLE_LINES).df()
    undated = lines["date"].isna()
    redated = lines["is_redated"] & ~undated
    if redated.any():
        notes += (
            message(
                "{file}: {count:line|lines} of account 411 without a readable date, first line {line} ({money}), "
                "took the date of {count:?its|their} entry.",
                file=path.name,
                count=int(redated.sum()),
                line=int(lines["line"][redated].iloc[0]),
                money=Money(int(lines["signed_cents"][redated].abs().sum())),
            ),
        )
    repeated: pd.DataFrame = connection.execute(
        "select line, reason, 0::bigint as amount_cents, raw from faults where reason = 'fec_repeated_header'"
    ).df()
    bad_dates = pd.DataFrame(
        {
            "line": lines["line"][undated],
            "reason": "fec_bad_date",
            "amount_cents": lines["signed_cents"][undated],
            "raw": lines["raw"][undated],
        }
    )
    days = connection.execute(sql.DAYS).df().set_index("day")["lines"]
    opening_day, has_opening = connection.execute("select mode(equity_day), count(*) > 0 from openings").fetchone()
    named = _SIREN_NAME.match(path.name)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return LedgerFile(
        file=path.name,
        siren=named.group(1)[-9:] if named else "",
        sha256=digest,
        layout=layout,
        rows=int(rows) + len(repeated),
        receivables=lines[~undated].assign(file=path.name).reset_index(drop=True),
        set_aside=pd.concat([repeated, bad_dates], ignore_index=True).astype({"amount_cents": "int64"}),
        days=days,
        period_start=period_start(days, opening_day, latest),
        latest_date=latest,
        has_opening=bool(has_opening),
        side_balances={family: int(cents) for family, cents in connection.execute(sql.SIDE_BALANCES).fetchall()},
        notes=notes,
    )


def period_start(days: pd.Series, opening_day: dt.date | None, latest: dt.date) -> dt.date:
    """First day of the period: that of the opening entry where it fits the movements, else the first month's first day.

    Opening entries may keep the original dates of their items, so only their equity lines tell the day. Some software
    dates them the last day of the year before.
    """
    if opening_day is not None:
        tomorrow = opening_day + dt.timedelta(days=1)
        start = tomorrow if tomorrow.day == 1 else opening_day
        strays = int(days[days.index < pd.Timestamp(start)].sum())
        if strays <= _STRAY_DAYS_SHARE * max(1, int(days.sum())):
            return start
    first: dt.date = days.index.min().date() if len(days) else latest
    return first.replace(day=1)
