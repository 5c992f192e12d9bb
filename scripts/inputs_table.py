"""Write `docs/inputs.md`: how each real file beside the checkout is understood without help.

Run from the checkout: `python -m scripts.inputs_table [folder of the real files]`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from riskkit.errors import RiskkitError
from riskkit.sources.collect import collect
from tests.sources.real_columns import KEPT_BESIDE, REAL, found_columns, ledgers

_HEAD = """# What files can be read

How each real file of the shared data is understood with no help: the columns that matter (as a person reads them, in
`tests/sources/real_columns.py`), how many are found, and what the reading counts. Written by
`python -m scripts.inputs_table`; the same list is a test.

The list of columns was written from these files by the people who wrote the synonyms, so it says nothing of files
not seen: those are what the fuzzer and the tests of exports try. Columns that matter and have no field of their own
(an industry, a credit limit) count as not found; they are kept as `x_` columns of the customers. A ledger (FEC) has
columns fixed by law: it is recognised or not, and is not counted in the share.

| file | read as | columns that matter, found / total | no field, kept beside | rows read | set aside |
|---|---|---|---|---|---|
"""


def main() -> None:
    """Write the table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/data")
    lines, found_all, total_all = [], 0, 0
    for name in REAL:
        kind, found, total = found_columns(folder, name)
        beside = KEPT_BESIDE.get(name, ())
        found_all, total_all = found_all + found, total_all + total + len(beside)
        shown = f"{found} / {total + len(beside)} | {', '.join(beside)}"
        lines.append(f"| {name} | {kind} | {shown} | {_counts(folder / name)} |")
    lines += [f"| {name} | fec | fixed by law | | {_counts(folder / name)} |" for name in ledgers(folder)]
    lines.append("| bank/cfonb120_example.txt | a statement, by its own reader | fixed by the bank | | | |")
    with_field = total_all - sum(len(beside) for beside in KEPT_BESIDE.values())
    lines.append(
        f"| **all tables** | | **{found_all} / {total_all}** ({found_all / total_all:.1%}); "
        f"of those that have a field, {found_all} / {with_field} | | | |"
    )
    Path("docs/inputs.md").write_text(_HEAD + "\n".join(lines) + "\n" + _FOOT, encoding="utf-8")


def _counts(path: Path) -> str:
    """Rows read and set aside; a table that cannot be read without another file says so."""
    try:
        reading, _ = collect([path])
    except RiskkitError:
        return "with its other files | "
    source = reading.files[0]
    return f"{source.rows_read} | {source.rows_rejected}"


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
- **Several entities**: `x_entity`; a code that names two companies is preceded by its entity.
- **Headers on two rows**, title rows, totals, repeated headers, several sheets, hidden sheets.
- **Exports** of Sage 100, EBP, Cegid, Odoo and Dolibarr, by their headers (`riskkit/sources/headers.yaml`).
"""

if __name__ == "__main__":
    main()
