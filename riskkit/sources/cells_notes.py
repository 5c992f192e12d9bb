"""What is said of the cells of a table: how they are written, what is rounded, whether its own total ties."""

from __future__ import annotations

from collections.abc import Sequence

from riskkit.errors import Message, Money, message
from riskkit.sources import parsing
from riskkit.sources.mapping_spec import TableSpec
from riskkit.sources.tabular import RawTable


def habit_notes(
    table: RawTable, spec: TableSpec, numbers: parsing.NumberHabit, dates: parsing.DateHabit, *, has_dates: bool
) -> list[Message]:
    """What to say of how dates and amounts are written."""
    notes = []
    if has_dates and spec.date_order == "auto":
        if dates.decided and dates.order == "mdy":
            notes.append(message("{file}: dates are read month first (12/31/2023).", file=table.label))
        elif not dates.decided and dates.ambiguous_count:
            notes.append(
                message(
                    "{file}: {count:date|dates} can be read day first or month first; {count:?it is|they are} read "
                    "day first. Write date_order: mdy in portfolio.yaml if that is wrong.",
                    file=table.label,
                    count=dates.ambiguous_count,
                )
            )
        if dates.other_count:
            notes.append(
                message(
                    "{file}: {count:date|dates} {count:?is|are} in the other order of day and month than the rest; "
                    "each is read the only way it can be.",
                    file=table.label,
                    count=dates.other_count,
                )
            )
    if numbers.ambiguous_count and spec.decimal == "auto":
        notes.append(
            message(
                "{file}: {count:amount|amounts} such as 1.234 could hold thousands or decimals; check the total of "
                "the file, and write decimal: point or decimal: comma in portfolio.yaml if it is wrong.",
                file=table.label,
                count=numbers.ambiguous_count,
            )
        )
    return notes


def rounding_note(table: RawTable, amounts: Sequence[str], mark: str) -> list[Message]:
    """How many amounts of those columns are rounded to the cent."""
    if not amounts:
        return []
    tests = ", ".join(f"count(*) filter (not decimals_kept({column}, '{mark}'))" for column in amounts)
    rounded = sum(table.relation.aggregate(tests).fetchall()[0])
    if not rounded:
        return []
    return [
        message(
            "{file}: {count:amount|amounts} {count:?has|have} more than two decimals; each is rounded to the cent.",
            file=table.label,
            count=rounded,
        )
    ]


def total_notes(label: str, stated_totals: Sequence[int], total_cents: int, *, currency: str) -> list[Message]:
    """Whether the total a file shows at its bottom is the sum of its rows."""
    if not stated_totals:
        return []
    stated = max(stated_totals, key=abs)
    if total_cents in stated_totals or (len(stated_totals) > 1 and sum(stated_totals) == total_cents):
        return [
            message(
                "{file}: its rows add up to the total it shows, {total}.",
                file=label,
                total=Money(total_cents, currency),
            )
        ]
    return [
        message(
            "{file} shows a total of {stated}; its rows add up to {total}. Ask what the difference of {gap} is.",
            file=label,
            stated=Money(stated, currency),
            total=Money(total_cents, currency),
            gap=Money(stated - total_cents, currency),
        )
    ]
