"""Several years of one company as one ledger: each opening proved equal to the closing before, then set aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pandas as pd

from riskkit.errors import DataError, Message, Money, ReconciliationError, message
from riskkit.sources.fec_customers import with_customers
from riskkit.sources.fec_file import LedgerFile
from riskkit.sources.fec_matching import carry_letters, match_openings

_OVERLAP_SHARE = 0.05
_SHORT_GAP_DAYS = 28
_LONG_GAP_DAYS = 180
_EXAMPLES = 5


@dataclass(frozen=True)
class Chain:
    """The files in order, the lines of account 411 that are kept, those set aside by file, and what was understood."""

    files: tuple[LedgerFile, ...]
    lines: pd.DataFrame
    chained: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()


def order_files(files: Sequence[LedgerFile]) -> tuple[LedgerFile, ...]:
    """The files by period. `DataError` when one is given twice, two overlap or they name several companies."""
    by_digest: dict[str, str] = {}
    for ledger in files:
        if ledger.sha256 in by_digest:
            raise DataError(
                message(
                    "{file} and {other} are the same file. Give each year once.",
                    file=ledger.file,
                    other=by_digest[ledger.sha256],
                )
            )
        by_digest[ledger.sha256] = ledger.file
    ordered = tuple(sorted(files, key=lambda ledger: (ledger.period_start, ledger.latest_date, ledger.file)))
    for earlier, later in pairwise(ordered):
        if earlier.file == later.file:
            raise DataError(
                message(
                    "Two different files are called {file}. Rename one so that lines can be traced.", file=later.file
                )
            )
        if earlier.siren and later.siren and earlier.siren != later.siren:
            raise _several_companies(earlier, later)
        shared = earlier.days[earlier.days.index >= pd.Timestamp(later.period_start)].sum()
        if shared > _OVERLAP_SHARE * max(1, earlier.days.sum()):
            if _share_no_customer(_balances(earlier.receivables), _balances(later.receivables)):
                raise _several_companies(earlier, later)
            raise DataError(
                message(
                    "{file} and {other} cover the same days ({shared:line|lines} of the first from {start} on). Keep "
                    "the definitive version of each period, or diagnose them apart.",
                    file=earlier.file,
                    other=later.file,
                    shared=int(shared),
                    start=later.period_start,
                )
            )
    return ordered


def chain_files(files: Sequence[LedgerFile], *, currency: str) -> Chain:
    """One ledger of all the files.

    From: checked files of one company, any order.
    To:   the lines of 411 that count once each, with `customer_id`, `period_start`, `letter_key` and `letter_date`.

    The openings of each later year must equal the closing of the year before, customer by customer, to the cent
    (`ReconciliationError` otherwise). They are then set aside, and their lettering goes to the original items. A
    file without any opening entry continues the one before it.
    """
    ordered = order_files(files)
    kept = _prepared(ordered[0])
    closing = _balances(ordered[0].receivables)
    chained: dict[str, pd.DataFrame] = {}
    notes: list[Message] = []
    for earlier, later in pairwise(ordered):
        lines = _prepared(later)
        openings, moves = lines[lines["is_opening"]], lines[~lines["is_opening"]]
        _check_contiguous(earlier, later, is_equal=later.has_opening and not len(_differences(closing, openings)))
        if later.has_opening:
            _check_openings(earlier, later, closing, openings, currency=currency)
            origin = match_openings(openings, kept)
            kept = carry_letters(openings, kept, origin)
            chained[later.file] = openings
            notes.append(
                message(
                    "{file}: its opening on account 411 ({money}, {count:line|lines}) equals the closing of {other}; "
                    "{matched:line|lines} {matched:?was|were} found again item by item.",
                    file=later.file,
                    other=earlier.file,
                    money=Money(int(openings["signed_cents"].sum()), currency),
                    count=len(openings),
                    matched=int(origin.notna().sum()),
                )
            )
            closing = _balances(later.receivables)
        else:
            notes.append(
                message(
                    "{file} holds no opening entry: it is read as the rest of {other}.",
                    file=later.file,
                    other=earlier.file,
                )
            )
            closing = closing.add(_balances(later.receivables), fill_value=0).astype("int64")
        kept = pd.concat([kept, moves], ignore_index=True)
    return Chain(ordered, kept, chained, tuple(notes))


def _prepared(ledger: LedgerFile) -> pd.DataFrame:
    lines = with_customers(ledger.receivables)
    key = lines["account"] + "|" + lines["auxiliary"] + "|" + lines["lettering"] + "|" + lines["file"]
    return lines.assign(
        letter_key=key.where(lines["lettering"] != "").astype("str"),
        letter_date=lines["lettering_date"].where(lines["lettering"] != ""),
        period_start=pd.Timestamp(ledger.period_start),
    )


def _balances(receivables: pd.DataFrame) -> pd.Series:
    lines = with_customers(receivables)
    return lines.groupby("customer_id")["signed_cents"].sum()


def _differences(closing: pd.Series, openings: pd.DataFrame) -> pd.DataFrame:
    """Customers whose opening is not the closing before: closing, opening, gap in cents, largest gap first."""
    opening = openings.groupby("customer_id")["signed_cents"].sum()
    both = pd.DataFrame({"closing": closing, "opening": opening}).fillna(0).astype("int64")
    both["gap"] = both["opening"] - both["closing"]
    wrong = both[both["gap"] != 0]
    return wrong.loc[wrong["gap"].abs().sort_values(ascending=False, kind="stable").index]


def _check_contiguous(earlier: LedgerFile, later: LedgerFile, *, is_equal: bool) -> None:
    month_end = (pd.Timestamp(earlier.latest_date) + pd.offsets.MonthEnd(0)).date()
    gap_days = (later.period_start - month_end).days - 1
    if gap_days < _SHORT_GAP_DAYS or (is_equal and gap_days < _LONG_GAP_DAYS):
        return
    raise DataError(
        message(
            "Nothing covers the days from {start} to {end}, between {file} and {other}. Add the file of that period, "
            "or diagnose the two apart.",
            start=month_end + dt.timedelta(days=1),
            end=later.period_start - dt.timedelta(days=1),
            file=earlier.file,
            other=later.file,
        )
    )


def _check_openings(
    earlier: LedgerFile, later: LedgerFile, closing: pd.Series, openings: pd.DataFrame, *, currency: str
) -> None:
    wrong = _differences(closing, openings)
    if wrong.empty:
        return
    if _share_no_customer(closing, openings.groupby("customer_id")["signed_cents"].sum()):
        raise _several_companies(earlier, later)
    total = message(
        "The opening of {file} on account 411 ({opening}) is not the closing of {other} ({closing}): "
        "{count:customer|customers} {count:?differs|differ}, {gap} in all. Nothing was imported. Give files of one "
        "and the same definitive version, or diagnose the years apart.",
        file=later.file,
        other=earlier.file,
        opening=Money(int(openings["signed_cents"].sum()), currency),
        closing=Money(int(closing.sum()), currency),
        count=len(wrong),
        gap=Money(int(wrong["gap"].abs().sum()), currency),
    )
    examples = [
        message(
            "Customer {customer}: closing {closing}, opening {opening}, difference {gap}.",
            customer=str(customer),
            closing=Money(int(row["closing"]), currency),
            opening=Money(int(row["opening"]), currency),
            gap=Money(int(row["gap"]), currency),
        )
        for customer, row in wrong.head(_EXAMPLES).iterrows()
    ]
    raise ReconciliationError(total, *examples)


def _share_no_customer(closing: pd.Series, opening: pd.Series) -> bool:
    first, second = set(closing.index), set(opening.index)
    return len(first) >= 3 and len(second) >= 3 and not first & second


def _several_companies(earlier: LedgerFile, later: LedgerFile) -> DataError:
    return DataError(
        message(
            "{file} and {other} are ledgers of different companies (another SIREN in the name, or no customer in "
            "common). Diagnose each company apart.",
            file=earlier.file,
            other=later.file,
        )
    )
