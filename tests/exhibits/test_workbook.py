"""The workbook read back by two other programs: the same cents, live totals, real tables, and nothing that runs."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import shutil
import subprocess
from pathlib import Path

import duckdb
import fastexcel
import openpyxl
import pandas as pd
import pytest

from riskkit.companies.client_file import ClientFile
from riskkit.exhibits.brand import Brand
from riskkit.exhibits.enriched_columns import AddedColumn
from riskkit.exhibits.language import language
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.workbook.client_sheet import client_sheet
from riskkit.exhibits.workbook.contents import diagnostic_sheets, diagnostic_workbook
from riskkit.exhibits.workbook.write import reference

HOSTILE = "=cmd|'/C calc'!A0"
DAY = dt.datetime(2024, 1, 2)  # noqa: DTZ001 - Excel knows no zones
WORDS = language("fr")
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""


def customers():
    rows = [["Liste"], ["Code", "Nom", "Nom", None], ["C1", HOSTILE, 12.5, DAY], ["C2", "Durand"]]
    client = ClientFile("clients.xlsx", {"Clients": rows}, "Clients", 2)
    added = [
        AddedColumn("Nom", "", ["DURAND SA", HOSTILE], "text", 18),
        AddedColumn("Encours", "", [10.01, 20.02], "amount", 12),
    ]
    return client_sheet(client, [4, 3], added, WORDS)


@pytest.fixture
def ledger(run):
    """Three customers, four items: 100.10 + 200.20 not due, 50.05 late by 10 days, 0.01 by 400; in all 350.36."""
    day = pd.Timestamp(run.as_of)
    items = pd.DataFrame(
        {
            "item_id": ["I1", "I2", "I3", "I4"], "invoice_number": ["F1", HOSTILE, None, "F4"],
            "customer_id": ["C1", "C1", "C2", "C3"], "customer_name": [HOSTILE, HOSTILE, "Durand", None],
            "kind": ["invoice", "invoice", "opening", "odd"], "issue_date": [day] * 4,
            "due_date": [day, day - pd.Timedelta(days=10), day + pd.Timedelta(days=3), pd.NaT],
            "days_past_due": pd.array([0, 10, -3, 400], dtype="Int64"),
            "bucket": ["not_due", "d1_30", "not_due", "over_180"], "amount": [100.10, 60.05, 200.20, 0.01],
            "applied_amount": [0.0, 10.0, 0.0, 0.0], "open_amount": [100.10, 50.05, 200.20, 0.01],
            "source_file": ["f.csv"] * 4, "source_line": [2, 3, 4, 5],
        }
    )  # fmt: skip
    buckets = ("not_due", "d1_30", "d31_60", "d61_90", "d91_180", "over_180", "undated")
    owed = pd.DataFrame([[100.10, 50.05, 0, 0, 0, 0, 0], [200.20, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0.01, 0]],
                        columns=[f"{bucket}_amount" for bucket in buckets])  # fmt: skip
    ageing = owed.assign(
        customer_id=["C1", "C2", "C3"], customer_name=[HOSTILE, "Durand", None],
        open_items_amount=[150.15, 200.20, 0.01],
        overdue_amount=[50.05, 0.0, 0.01], unapplied_amount=[0.0, 5.0, 0.0], receivables_amount=[150.15, 195.20, 0.01],
        oldest_days_past_due=pd.array([10, None, 400], dtype="Int64"),
    )  # fmt: skip
    manifest = {**run.manifest, "reconciliation": {"open": 350.36}}
    return dataclasses.replace(run, company=HOSTILE, open_items=items, ageing=ageing, manifest=manifest)


@pytest.fixture
def written(ledger, tmp_path: Path) -> Path:
    path = tmp_path / "diagnostic.xlsx"
    diagnostic_workbook(path, Material(ledger, {}, "fr"), Brand("Cabinet Exemple"), customers())
    return path


def cents(values) -> int:
    return sum(round(float(value) * 100) for value in values if value is not None and pd.notna(value))


def test_two_readers_find_the_cents_of_the_ledger(written: Path):
    sheet = fastexcel.read_excel(written).load_sheet("Balance âgée", header_row=3)
    ageing = duckdb.from_arrow(sheet).project('"Factures ouvertes"').fetchall()
    assert cents(amount for (amount,) in ageing) == 350_36
    items = openpyxl.load_workbook(written, read_only=True)["Factures ouvertes"]
    rows = list(items.iter_rows(min_row=4, values_only=True))
    place = rows[0].index("Restant dû")
    assert [row[place] for row in rows[1:]] == [50.05, 100.10, 200.20, 0.01]  # oldest first within a customer
    assert cents(row[place] for row in rows[1:]) == 350_36


def test_every_sheet_is_a_real_table_under_live_totals_with_the_values_they_have(written: Path):
    live, kept = openpyxl.load_workbook(written), openpyxl.load_workbook(written, data_only=True)
    for sheet in live.worksheets[1:]:
        (table,) = sheet.tables.values()
        heads = [cell.value for cell in sheet[4]]
        assert sheet.freeze_panes
        assert table.ref == f"A4:{sheet.cell(sheet.max_row, len(heads)).coordinate}"
        assert [column.name for column in table.tableColumns] == heads
        for place, cell in enumerate(sheet[3]):
            if isinstance(cell.value, str) and cell.value.startswith("="):
                assert cell.value == f"=SUBTOTAL(109,{reference(table.name, heads[place])})"
                below = [kept[sheet.title].cell(row, place + 1).value for row in range(5, sheet.max_row + 1)]
                assert kept[sheet.title].cell(3, place + 1).value == pytest.approx(cents(below) / 100, abs=1e-9)
    read_me = kept.worksheets[0]
    verdicts = [row[4] for row in read_me.iter_rows(values_only=True) if row[4] in ("juste", "ne tombe pas juste")]
    assert verdicts
    assert set(verdicts) == {"juste"}


def test_formulas_are_ours_alone_and_a_hostile_text_is_text(written: Path):
    live = openpyxl.load_workbook(written)
    formulas = [cell.value for sheet in live for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert all(formula.startswith(("=SUBTOTAL(109,", "=ROUND(", "=IF(")) for formula in formulas)
    texts = [cell for sheet in live for row in sheet.iter_rows() for cell in row if cell.value == HOSTILE]
    assert len(texts) == 7  # company, client's file twice, an invoice, its customer twice, the ageing
    assert {cell.data_type for cell in texts} == {"s"}


def test_the_clients_own_rows_come_back_with_what_was_added_on_the_right_row(written: Path):
    rows = list(openpyxl.load_workbook(written)["Clients"].iter_rows(min_row=4, values_only=True))
    assert rows[0] == ("Code", "Nom", "Nom (2)", "Colonne", "Nom (3)", "Encours")
    assert rows[1] == ("C1", HOSTILE, 12.5, DAY, HOSTILE, 20.02)
    assert rows[2] == ("C2", "Durand", None, None, "DURAND SA", 10.01)


def test_the_same_run_makes_the_same_bytes(ledger, tmp_path: Path):
    for name in ("a.xlsx", "b.xlsx"):
        diagnostic_workbook(tmp_path / name, Material(ledger, {}, "en"), Brand())
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_headings_with_signs_of_formulas_are_escaped_and_sheets_without_rows_left_out(ledger):
    assert reference("t", "a[b]#'") == "t[a'[b']'#'']"
    empty = dataclasses.replace(ledger, ageing=ledger.ageing.head(0), open_items=ledger.open_items.head(0))
    assert diagnostic_sheets(Material(empty, {}, "fr"), None) == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_computes_the_same_totals(written: Path, tmp_path: Path):
    profile = tmp_path / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to",
         "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1", "--outdir",
         str(tmp_path / "csv"), str(written)], check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    kept = openpyxl.load_workbook(written, data_only=True)
    read = {path.stem.split("-", 1)[1]: list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
            for path in (tmp_path / "csv").glob("*.csv")}  # fmt: skip
    assert len(read) == len(kept.sheetnames)
    compared = 0
    for sheet in kept.worksheets[1:]:
        for place, value in enumerate(cell.value for cell in sheet[3]):
            if isinstance(value, (int, float)):
                assert float(read[sheet.title][2][place]) == pytest.approx(value, abs=0.005)
                compared += 1
    assert compared >= 10
    assert not [cell for rows in read.values() for row in rows for cell in row if cell.startswith(("#", "Err:"))]
    assert [row[4] for row in read[kept.sheetnames[0]] if row[4] == "juste"]
