"""Write `docs/inputs.md`: how each real file beside the checkout is understood without help.

Run from the checkout: `python -m scripts.inputs_table [folder of the real files]`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from riskkit.sources.collect import collect
from tests.sources.real_columns import REAL, WITHOUT_PLACE, found_columns, ledgers

_HEAD = """# What files can be read

How each real file of the shared data is understood with no help: the columns that matter to a credit manager (as a
person reads them, in `tests/sources/real_columns.py`), how many are found, and what `riskkit check` counts of the file
by itself. Rows and euros are compared with plain loops over the files in `tests/acceptance/test_real_reports.py`.
Written by `python -m scripts.inputs_table`.

The list of columns and the synonyms were written from these files by the same people, so the share says nothing of
files not seen: `tests/acceptance/client_files.py` holds files made to be unlike them. A column that matters and has no
place counts as not found. A ledger (FEC) and a bank statement have columns fixed by law or by the bank: they are
recognised or not, and are not counted in the share.

| file | read as | columns that matter, found / total | not found | rows read | accepted | set aside |
|---|---|---|---|---|---|---|
"""


def main() -> None:
    """Write the table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/data")
    lines, found_all, total_all = [], 0, 0
    for name in REAL:
        kind, found, total = found_columns(folder, name)
        without = WITHOUT_PLACE.get(name, ())
        found_all, total_all = found_all + found, total_all + total + len(without)
        shown = f"{found} / {total + len(without)} | {', '.join(without)}"
        lines.append(f"| {name} | {kind} | {shown} | {_counts(folder / name)} |")
    lines += [f"| {name} | fec | fixed by law | | {_counts(folder / name)} |" for name in ledgers(folder)]
    bank = "bank/cfonb120_example.txt"
    lines.append(f"| {bank} | bank_statement | fixed by the bank | | {_counts(folder / bank)} |")
    lines.append(f"| **all tables** | | **{found_all} / {total_all}** ({found_all / total_all:.1%}) | | | | |")
    Path("docs/inputs.md").write_text(_HEAD + "\n".join(lines) + "\n" + _FOOT, encoding="utf-8")


def _counts(path: Path) -> str:
    """Rows read, accepted and set aside of a file by itself."""
    reading, _ = collect([path], needs_invoices=False)
    source = reading.files[0]
    return f"{source.rows_read} | {source.rows_accepted} | {source.rows_rejected}"


_FOOT = """
## What else is understood

- **Aged balances** without invoices (« Non échu », « 0-30 », « > 90 », « Total »; English too): one opening item per
  customer and age; receivables, overdue, ageing, concentration and sectors are computed, the rest says why not. The
  day comes from a title, the sheet, the file name, `balance_date:` in `portfolio.yaml`, or `--as-of`.
- **Instalments**, on several rows of one number or in numbered columns (« Échéance 1 », « Montant 1 »).
- **Several currencies**: set aside unless `rates:` in `portfolio.yaml` names a table (date, devise, taux: value of one
  unit; or one column per currency, units per euro) or gives them (`rates: {USD: {2024-01-31: "0.92"}}`). The latest
  rate of the 45 days before the row's date is used; each amount is rounded once to the cent, half to even; what the
  file wrote stays in `x_original_currency` and `x_original_amount`.
- **A control total**: an aged balance given beside invoices or a ledger is not counted; its balances are compared with
  them, customer by customer, and the gap is explained line by line. A balance of account 411 alone is written
  `control: {date: 2024-03-31, total: "12345.67"}` in `portfolio.yaml`.
- **Several entities**: `x_entity`; a code that names two companies is preceded by its entity.
- **Headers on two rows**, title rows, totals, repeated headers, several sheets, hidden sheets.
- **Printed ledgers** whose customers are titles above their movements; balances without ages (« Solde débiteur »,
  « Solde créditeur »): what is owed is known, what is overdue is not, and says so.
- **Electronic invoices**: a folder of Factur-X PDF, CII or UBL XML, by itself or with tables and a bank statement;
  beside a ledger (FEC) they are counted as set aside, for the ledger holds them already.
- **Bank statements** (CFONB120) complete the payments of invoices: only what is certain becomes a payment.
- **Parquet** files or a folder of them, and **tables of a database** (`env:VARIABLE#table`, riskkit[warehouse]).
- **Exports** of Sage 100, EBP, Cegid, Odoo, Dolibarr, SAP, Xero and QuickBooks, by their headers
  (`riskkit/sources/headers.yaml`). Sage's and Cegid's names of columns were checked in public code that reads their
  databases; EBP's titles come from memory and from no file: say so when one is misread.
"""

if __name__ == "__main__":
    main()
