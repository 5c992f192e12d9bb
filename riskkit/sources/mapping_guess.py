"""What contents alone say of columns that headers leave unknown: amounts that add up, numbers, codes and dates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from riskkit.sources.mapping_contents import Contents
from riskkit.sources.parsing import quoted
from riskkit.sources.tabular import RawTable

_SUMS_SURE = 0.85
_MOST_AMOUNTS = 7
_MIN_SUMS = 3

Found = dict[str, tuple[int, float]]


def with_sums(table: RawTable, seen: Sequence[Contents], found: Found) -> Found:
    """The mapping of an invoice table, corrected where three columns of amounts add up: TTC = HT + TVA.

    Headers are believed first: columns that add up only fill what headers left out, or replace a doubtful choice.
    """
    order = _sum_order(table, [i for i, column in enumerate(seen) if _is_amount(column)])
    if order is None:
        return found
    wanted = dict(zip(("amount", "excl_tax_amount", "tax_amount"), order, strict=True))
    result = dict(found)
    for field, index in wanted.items():
        sure = result[field][1] if field in result else 0.0
        owner = next((name for name, (taken, _) in result.items() if taken == index), None)
        if owner == field:
            result[field] = (index, max(sure, _SUMS_SURE))
        elif sure < _SUMS_SURE and (owner is None or result[owner][1] < _SUMS_SURE or owner in wanted):
            if owner is not None:
                del result[owner]
            result[field] = (index, _SUMS_SURE)
    return result


def completed(table: RawTable, seen: Sequence[Contents], found: Found) -> Found:
    """An invoice table whose dates have unknown headers: the earliest column of dates left, and the latest of two.

    Both are to be confirmed.
    """
    if "issue_date" in found or not {"invoice_number", "due_date"} & set(found):
        return found
    taken = {index for index, _ in found.values()}
    dates = [
        i for i, column in enumerate(seen)
        if i not in taken and column.date > 0.9 and column.whole_number < 0.5 and column.filled > 0.5
    ]  # fmt: skip
    return {**found, **_dated(table, dates[:2], found)} if dates else found


def _dated(table: RawTable, columns: Sequence[int], found: Found) -> Found:
    """Columns of dates as issue and due dates, the earlier on average first."""
    days = ", ".join(f"avg(cell_date({quoted(f'c{i}')}, false) - date '1970-01-01')" for i in columns)
    means = table.relation.limit(500).aggregate(days).fetchall()[0]
    ordered = [index for _, index in sorted(zip(means, columns, strict=True), key=lambda pair: pair[0] or 0)]
    wanted = [field for field in ("issue_date", "due_date") if field not in found]
    return {field: (index, 0.6) for field, index in zip(wanted, ordered, strict=False)}


def guessed_invoices(table: RawTable, seen: Sequence[Contents], found: Found) -> Found:
    """Fields of an invoice table that no header names, by contents alone; every one is to be confirmed."""
    result = dict(found)
    taken = {index for index, _ in found.values()}
    free = [i for i, column in enumerate(seen) if i not in taken and column.filled > 0.3 and column.contact < 0.5]
    dates = [i for i in free if seen[i].date > 0.9 and seen[i].whole_number < 0.5]
    result |= _dated(table, dates[:2], result) if dates else {}
    numbers = [i for i in free if _is_amount(seen[i]) and seen[i].decimals > 0.5]
    if not set(result) & {"amount", "open_amount", "debit", "credit", "excl_tax_amount", "unit_price"} and numbers:
        result["amount"] = (numbers[0], 0.6)
    used = {index for index, _ in result.values()}
    codes = [i for i in free if i not in used and _is_code(seen[i])]
    if "invoice_number" not in result:
        unique = next((i for i in codes if seen[i].distinct > 0.95), None)
        if unique is not None:
            result["invoice_number"] = (unique, 0.6)
            codes.remove(unique)
    if not {"customer_id", "customer_name"} & set(result):
        repeated = next((i for i in codes if seen[i].distinct < 0.8), None)
        named = [i for i in free if i not in used and _is_name(seen[i])]
        if repeated is not None:
            result["customer_id"] = (repeated, 0.55)
        elif len(named) == 1:
            result["customer_name"] = (named[0], 0.55)
    return result


def unnamed_customers(table: RawTable, seen: Sequence[Contents], found: Found) -> Found:
    """The customers of a balance, in the first column when it has no header; empty when it does not name them."""
    taken = {index for index, _ in found.values()}
    first = seen[0]
    is_names = first.filled > 0.9 and first.distinct > 0.9 and max(first.date, first.amount, first.contact) < 0.2
    return {"customer_name": (0, 0.8)} if is_names and table.headers[0] == "column 1" and 0 not in taken else {}


def _is_amount(column: Contents) -> bool:
    return column.amount > 0.9 and column.date < 0.9 and column.filled > 0.3 and column.contact < 0.5


def _is_code(column: Contents) -> bool:
    return (
        column.with_digit > 0.8
        and column.spaced < 0.3
        and column.decimals < 0.2
        and column.date < 0.5
        and column.siren < 0.8
    )


def _is_name(column: Contents) -> bool:
    return column.filled > 0.9 and column.distinct < 0.95 and max(column.with_digit, column.flag, column.currency) < 0.3


def _sum_order(table: RawTable, columns: Sequence[int]) -> tuple[int, int, int] | None:
    """Three columns such that the first is the sum of the other two on almost every row, tax the smallest."""
    if not 3 <= len(columns) <= _MOST_AMOUNTS:
        return None
    cells = ", ".join(f"amount_cents({quoted(f'c{i}')}, '.')" for i in columns)
    rows = table.relation.limit(500).project(cells).fetchall()
    full = [row for row in rows if None not in row and any(row)]
    for whole, base, tax in permutations(range(len(columns)), 3):
        told = [row for row in full if row[whole] and row[base] and row[tax]]
        if len(told) < _MIN_SUMS or not all(abs(row[tax]) * 2 < abs(row[base]) for row in told):
            continue
        agree = sum(1 for row in told if abs(row[whole] - row[base] - row[tax]) <= 1)
        if agree >= 0.95 * len(told):
            return columns[whole], columns[base], columns[tax]
    return None
