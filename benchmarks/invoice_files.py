"""Large files of invoices as French accounting software exports them, made from a seed: nine columns, real dates."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import numpy as np
import xlsxwriter

HEADERS = ("N° facture", "Code client", "Raison sociale", "Date facture", "Date échéance", "Montant HT", "Montant TTC",
           "Mode de règlement", "Date règlement")  # fmt: skip
_MODES = ("Virement", "Chèque", "LCR", "Prélèvement")
_FIRST_DAY = dt.date(2022, 1, 1)
_DAYS = 1_000
_SEED = 20_240_101


def write_xlsx(path: Path, *, count: int) -> tuple[int, int]:
    """A workbook of one sheet: dates and amounts are numbers with their formats. To: rows and cents written."""
    draw = np.random.default_rng(_SEED)
    customers = draw.integers(0, count // 50 + 1, count)
    days = np.sort(draw.integers(0, _DAYS, count))
    late = draw.integers(-5, 60, count)
    is_paid = draw.random(count) < 0.9
    untaxed = draw.integers(1_000, 2_000_000, count)
    taxed = (untaxed * 12 + 5) // 10
    calendar = [_FIRST_DAY + dt.timedelta(day) for day in range(_DAYS + 100)]
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        date_format = book.add_format({"num_format": "dd/mm/yyyy"})
        money_format = book.add_format({"num_format": "# ##0.00"})
        sheet = book.add_worksheet("Factures")
        sheet.write_row(0, 0, HEADERS)
        for row in range(1, count + 1):
            at = row - 1
            day, customer = int(days[at]), int(customers[at])
            sheet.write_string(row, 0, f"FA{at:08d}")
            sheet.write_string(row, 1, f"{customer:07d}")
            sheet.write_string(row, 2, f"SOCIÉTÉ {customer} & FILS")
            sheet.write_datetime(row, 3, calendar[day], date_format)
            sheet.write_datetime(row, 4, calendar[day + 30], date_format)
            sheet.write_number(row, 5, int(untaxed[at]) / 100, money_format)
            sheet.write_number(row, 6, int(taxed[at]) / 100, money_format)
            sheet.write_string(row, 7, _MODES[at % len(_MODES)])
            if is_paid[at]:
                sheet.write_datetime(row, 8, calendar[day + 30 + int(late[at])], date_format)
    return count, int(taxed.sum())


def write_csv(path: Path, *, count: int) -> tuple[int, int]:
    """A text file with semicolons, decimal commas and days first. To: rows and cents written."""
    with duckdb.connect(":memory:", config={"memory_limit": "1500MB"}) as connection:
        connection.execute(_MADE, {"count": count, "customers": count // 50 + 1})
        connection.execute(_WRITTEN.format(target=str(path).replace("'", "''"), headers=_shown()))
        cents = connection.execute("select sum(taxed) from made").fetchall()[0][0]
    return count, int(cents)


def _shown() -> str:
    names = ("number", "customer", "name", "issued", "due", "untaxed_text", "taxed_text", "mode", "settled")
    return ", ".join(f'{name} as "{header}"' for name, header in zip(names, HEADERS, strict=True))


_MADE = """
create table made as
select i, hash(i) % $customers as customer_number, (i * 1000 // $count)::int as day,
    (hash(i * 7) % 1999000 + 1000)::bigint as untaxed, (untaxed * 12 + 5) // 10 as taxed, hash(i * 3) % 10 > 0
    as is_paid,
    (hash(i * 5) % 65)::int - 5 as late
from range($count) r(i)
"""
_WRITTEN = """
copy (select {headers} from (
    select 'FA' || lpad(i::varchar, 8, '0') as number, lpad(customer_number::varchar, 7, '0') as customer,
        'SOCIÉTÉ ' || customer_number || ' & FILS' as name,
        strftime(date '2022-01-01' + day, '%d/%m/%Y') as issued,
        strftime(date '2022-01-31' + day, '%d/%m/%Y') as due,
        replace((untaxed::decimal(18, 0) / 100)::decimal(18, 2)::varchar, '.', ',') as untaxed_text,
        replace((taxed::decimal(18, 0) / 100)::decimal(18, 2)::varchar, '.', ',') as taxed_text,
        ['Virement', 'Chèque', 'LCR', 'Prélèvement'][1 + i % 4] as mode,
        case when is_paid then strftime(date '2022-01-31' + (day + late), '%d/%m/%Y') end as settled
    from made order by i)) to '{target}' (header, delimiter ';')
"""
