"""`riskkit check` on every real file and natural set: rows and euros are those that plain loops over the file count."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path

import pytest

from riskkit.workbench.cli import main

CENT = Decimal("0.01")
Count = tuple[int, Decimal]
_AMOUNTS: dict[str, tuple[str, str | None]] = {  # file → separator, column of the amount
    "ar/ibm_accounts_receivable.csv": (",", "InvoiceAmount"),
    "ar/highradius_closed_days_late.csv.gz": (",", "invoice_amount"),
    "ar/relational_inr/Invoices.csv": (",", "Invoice_Amount"),
    "ar/relational_inr/Payments.csv": (",", "Amount_Paid"),
    "ar/relational_inr/Customer_Master.csv": (",", None),
    "ar/relational_inr/Credit_Limits.csv": (",", None),
    "ar/fr_energie/factures.csv.gz": (";", "montant_ttc_eur"),
    "ar/fr_energie/clients.csv.gz": (";", None),
    "ar/sage100_export/clients.csv": (";", None),
    "ar/sage100_export/factures_clients.csv": (";", "DO_TotalTTC"),
    "ar/sage100_export/commandes_clients.csv": (";", "DO_TotalTTC"),
}
_LEDGERS = [
    "fec/0000000001FEC20220831.txt", "fec/111111111FEC20221231.TXT", "fec/123456789FEC20500930.txt.gz",
    "fec/fec_b2b_industrie_20221231.txt", "fec/fec_b2b_industrie_20231231.txt", "fec/fec_b2b_industrie_20241231.txt",
    "fec/small/fec_pipe_montant_sens.txt", "fec/small/fec_tab_utf8.txt", "fec/small/fec_16_colonnes.txt",
    "fec/small/fec_point_virgule.txt",
]  # fmt: skip
_SETS = {
    "ar/relational_inr": ("Invoices.csv", "Payments.csv", "Customer_Master.csv", "Credit_Limits.csv"),
    "ar/fr_energie": ("factures.csv.gz", "clients.csv.gz"),
    "ar/sage100_export": ("clients.csv", "factures_clients.csv", "commandes_clients.csv"),
}


def _lines(path: Path) -> Iterator[str]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = raw.decode("utf-8-sig") if raw.startswith(b"\xef\xbb\xbf") else _decoded(raw)
    yield from text.split("\n")


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("iso-8859-15")


@cache
def _table(path: Path) -> Count:
    separator, amount = _AMOUNTS[_name(path)]
    head, *rows = csv.reader(_lines(path), delimiter=separator)
    rows = [row for row in rows if row]
    cells = [row[head.index(amount)] for row in rows] if amount else []
    return len(rows), sum((Decimal(cell).quantize(CENT) for cell in cells if cell), Decimal())


@cache
def _ledger(path: Path) -> Count:
    """Lines of the ledger, and debit − credit on accounts 411."""
    head, *rows = [line for line in _lines(path) if line.strip()]
    separator = max("\t|;", key=head.count)
    names = [name.strip().lower() for name in head.strip("\r\n").split(separator)]
    total = Decimal()
    for row in rows:
        cells = dict(zip(names, (cell.strip() for cell in row.split(separator)), strict=False))
        if cells["comptenum"].startswith("411"):
            read = {
                name: Decimal(cells.get(name, "").replace(",", ".") or "0") for name in ("debit", "credit", "montant")
            }
            sign = 1 if cells.get("sens") == "D" else -1
            total += read["montant"] * sign if "montant" in names else read["debit"] - read["credit"]
    return len(rows), total


def _statement(path: Path) -> Count:
    """Movements of a CFONB120 statement, their last digit overpunched with the sign."""
    total, rows = Decimal(), 0
    for line in _lines(path):
        if line.startswith("04"):
            digits, last = line[90:103], line[103]
            sign = 1 if last in "{ABCDEFGHI" else -1
            unit = ("{ABCDEFGHI" if sign > 0 else "}JKLMNOPQR").index(last)
            total += sign * Decimal(int(f"{digits}{unit}")) / 100
            rows += 1
    return rows, total


def _retail(path: Path) -> Count:
    head, *rows = (row for row in csv.reader(_lines(path)) if row)
    price, quantity = head.index("Price"), head.index("Quantity")
    written = {row[price] for row in rows}  # a price is written a hundred times: it is rounded once
    cents = {text: int(Decimal(text).quantize(CENT, ROUND_HALF_EVEN) * 100) for text in written}
    return len(rows), Decimal(sum(cents[row[price]] * int(row[quantity]) for row in rows)) / 100


def _name(path: Path) -> str:
    return next(name for name in _AMOUNTS if path.as_posix().endswith(name))


def _report(
    paths: list[Path], capsys: pytest.CaptureFixture[str]
) -> tuple[dict[str, tuple[int, int, int, Decimal]], str]:
    """What `riskkit check` prints: by file, rows read, accepted, set aside, and euros accepted and set aside."""
    assert main(["check", *map(str, paths)]) == 0
    said = capsys.readouterr().out.replace("\u00a0", " ").replace("\u202f", " ")
    found = {}
    for line in said.splitlines():
        cells = re.split(r" {2,}", line)
        if len(cells) == 7 and cells[0] != "Fichier":
            rows, kept, aside = (int(cell.replace(" ", "")) for cell in cells[2:5])
            found[cells[0]] = (rows, kept, aside, _euros(cells[5]) + _euros(cells[6]))
    return found, said


def _euros(cell: str) -> Decimal:
    return Decimal(re.sub(r"[^\d,-]", "", cell.split(" et ")[0]).replace(",", "."))


def _ties(paths: list[Path], capsys: pytest.CaptureFixture[str], count: Callable[[Path], Count]) -> str:
    found, said = _report(paths, capsys)
    for path in paths:
        rows, total = count(path)
        assert found[path.name][0] == rows
        assert found[path.name][1] + found[path.name][2] == rows
        assert found[path.name][3] == total
    return said


@pytest.mark.parametrize("name", _AMOUNTS)
def test_each_table_by_itself(shared_data, capsys, name):
    _ties([shared_data / name], capsys, _table)


@pytest.mark.parametrize("folder", _SETS)
def test_tables_that_belong_together(shared_data, capsys, folder):
    _ties([shared_data / folder / name for name in _SETS[folder]], capsys, _table)


@pytest.mark.parametrize("name", _LEDGERS)
def test_each_ledger_by_itself(shared_data, capsys, name):
    _ties([shared_data / name], capsys, _ledger)


def test_three_years_of_one_ledger(shared_data, capsys):
    _ties([shared_data / name for name in _LEDGERS if "industrie" in name], capsys, _ledger)


def test_a_bank_statement_by_itself(shared_data, capsys):
    said = _ties([shared_data / "bank" / "cfonb120_example.txt"], capsys, _statement)
    assert "aucune facture utilisable" in said


def test_lines_of_invoices_with_cancellations_and_without_customers(shared_data, capsys):
    path = shared_data / "purchases" / "online_retail_II_2009_2010.csv.gz"
    said = _ties([path], capsys, _retail)
    assert "107 927 lignes écartées" in said
    assert "pas de client" in said


@pytest.mark.parametrize("names", [["open_items"], ["open_items", "closed_days_late"]])
def test_open_items_in_two_currencies(shared_data, capsys, names):
    """The report gives US dollars in the table and Canadian dollars in a remark: each is the file's own sum."""
    paths = [shared_data / "ar" / f"highradius_{name}.csv.gz" for name in names]
    sums: dict[str, Decimal] = {}
    rows = list(csv.DictReader(_lines(paths[0])))
    for row in rows:
        code = row["invoice_currency"]
        sums[code] = sums.get(code, Decimal()) + Decimal(row["total_open_amount"]).quantize(CENT)
    found, said = _report(paths, capsys)
    assert found[paths[0].name] == (len(rows), 8953, 747, sums["USD"])
    assert f"{sums['CAD']:,.2f}".replace(",", " ").replace(".", ",") + " $CA" in said
    if len(paths) == 2:
        assert found[paths[1].name][:3] == (8000, 0, 8000)
