"""Electronic invoices, bank statements, Parquet and databases, from the command line to the manifest of a run."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from riskkit.sources.collect import collect
from riskkit.workbench.cli import main
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import make_tables
from tests.sources.einvoice_texts import BUYER, OTHER, cii, ubl
from tests.sources.test_bank_statement import movement, statement


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Three invoices of 1,200, 60 and 600; a credit note of 60; one that was bought; one that is no XML."""
    folder = tmp_path / "factures-electroniques"
    (folder / "2026").mkdir(parents=True)
    texts = {
        "2026/a.xml": cii("F-2026-001", buyer=BUYER), "2026/b.xml": ubl("U-1", buyer=BUYER),
        "c.xml": cii("F-2", buyer=OTHER, ht="500.00", tax="100.00", ttc="600.00", date="20260120", due="20260219"),
        "d.xml": ubl("U-2", credit=True, replaces="U-1", buyer=BUYER), "bought.xml": cii("X-9", seller=OTHER,
        buyer="732829320"), "broken.xml": "<?xml version='1.0'?><Invoice",
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def _run(folder: str, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main([*arguments[:1], folder, *arguments[1:]])
    said = capsys.readouterr()
    return code, _plain(said.out + said.err)


def test_a_folder_of_electronic_invoices_is_checked_and_ties(documents, capsys, monkeypatch):
    monkeypatch.chdir(documents.parent)
    code, said = _run("factures-electroniques", capsys, "check")
    assert code == 0
    assert "factures électroniques" in said
    reading, _ = collect([documents])
    # accepted 1,200 + 60 + 600 − 60 = 1,800; set aside: one bought (1,200), one unreadable
    assert sum(source.accepted_cents for source in reading.files) == 180000
    assert sum(source.rejected_cents for source in reading.files) == 120000
    assert (len(reading.files), len(reading.rejects)) == (6, 2)
    assert "1 200,00 €" in said


def test_a_portfolio_of_electronic_invoices_and_a_bank_statement(documents, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    statement(tmp_path, movement("200226", 120000, "VIR F-2026-001"), movement("210226", -500, "FRAIS"), closing=119500)
    sources = ["factures-electroniques", "releve.txt"]
    assert main(["init", "p", "--from", *sources, "--yes"]) == 0
    assert {path.name for path in Path("p/sources/factures-electroniques").rglob("*.xml")} == {
        "a.xml", "b.xml", "c.xml", "d.xml", "bought.xml", "broken.xml"}  # fmt: skip
    capsys.readouterr()
    code, said = _run("p", capsys, "check")
    assert code == 0
    assert "relevé bancaire" in said
    finished = make_tables(Portfolio.open(Path("p")), as_of=dt.date(2026, 3, 31), folder=tmp_path / "run")
    manifest = json.loads((finished.folder / "manifest.json").read_text(encoding="utf-8"))
    # owed: 1,800 issued − 1,200 received
    assert manifest["kpis"]["receivables_amount"] == 600.0
    assert manifest["reconciliation"]["difference"] == 0
    kinds = [source["kind"] for source in manifest["sources"]]
    assert kinds.count("electronic_invoices") == 6
    assert sum(source["amount_accepted"] for source in manifest["sources"]) == 1800.0 + 1200.0
    aside = {reason["reason"]: reason["amount"] for reason in manifest["set_aside"]}
    assert aside == {"bought": 1200.0, "unreadable_file": 0.0, "money_out": -5.0}
    again = Portfolio.open(finished.folder)
    assert again.read().files == Portfolio.open(Path("p")).read().files


def test_electronic_invoices_with_tables_share_customers_and_count_once(documents, tmp_path):
    (tmp_path / "clients.csv").write_text(f"Code client;Nom;SIREN\nC01;Batiments Imaginaires;{BUYER}\n")
    (tmp_path / "factures.csv").write_text(
        "N° facture;Code client;Date facture;Montant TTC\n"
        "F-2026-001;C01;15/01/2026;1 200,00\nA-0;C01;15/12/2025;10,00\n"
    )
    (tmp_path / "reglements.csv").write_text("Date règlement;Facture;Montant\n10/03/2026;F-2;100,00\n")
    reading, _ = collect([documents, *sorted(tmp_path.glob("*.csv"))])
    assert reading.invoices["amount_cents"].sum() == 180000 + 1000
    assert sorted(reading.invoices["invoice_number"]) == ["A-0", "F-2", "F-2026-001", "U-1", "U-2"]
    # the table's row is kept, with the due date of its electronic form; both kinds share the customer of that SIREN
    known = reading.invoices.set_index("invoice_number")
    assert known.loc["F-2026-001", "source_file"] == "factures.csv"
    assert known.loc["F-2026-001", "due_date"] == pd.Timestamp(2026, 2, 14)
    assert known.loc["U-1", "customer_id"] == "C01"
    assert reading.payments["customer_id"].tolist() == [known.loc["F-2", "customer_id"]]
    assert set(reading.rejects["reason"]) == {"bought", "unreadable_file", "in_tables"}
    assert reading.customers["customer_id"].is_unique
    assert set(reading.invoices["customer_id"]) <= set(reading.customers["customer_id"])


def test_electronic_invoices_and_statements_beside_a_ledger_are_not_counted_twice(documents, tmp_path, shared_data):
    statement(tmp_path, movement("200226", 120000, "VIR F-2026-001"), closing=120000)
    ledger = shared_data / "fec" / "small" / "fec_16_colonnes.txt"
    alone, _ = collect([ledger])
    reading, _ = collect([ledger, documents, tmp_path / "releve.txt"])
    assert reading.invoices.equals(alone.invoices)
    assert reading.payments.equals(alone.payments)
    assert len(reading.files) == 1 + 6 + 1
    assert sum(source.rows_accepted for source in reading.files[1:]) == 0
    assert set(reading.rejects["reason"]) == {"in_ledger"}
    assert reading.rejects["amount_cents"].sum() == sum(source.total_cents for source in reading.files[1:])


def test_orders_and_left_out_payments_are_rows_set_aside(tmp_path):
    (tmp_path / "balance agee 2024-01-31.csv").write_text("Client;Total;Non échu;0-30;> 30\nACME;30;10;10;10\n")
    (tmp_path / "reglements.csv").write_text("Date règlement;Client;Montant\n10/01/2024;ACME;12,50\n")
    (tmp_path / "commandes.csv").write_text("N° pièce;Client;Date;Montant TTC\nBC1;ACME;10/01/2024;99,00\n")
    reading, _ = collect(sorted(tmp_path.glob("*.csv")))
    aside = {source.file: (source.rows_read, source.rows_accepted, source.rejected_cents) for source in reading.files}
    assert aside["reglements.csv"] == (1, 0, 1250)
    assert aside["commandes.csv"] == (1, 0, 9900)
    assert set(reading.rejects["reason"]) == {"net_of_payments", "not_an_invoice"}
    assert reading.invoices["amount_cents"].sum() == 3000


INVOICES = pd.DataFrame(
    {
        "N° facture": ["F1", "F2"], "Code client": ["007", "C9"],
        "Date facture": [dt.date(2026, 1, 31), dt.date(2026, 2, 15)],
        "Date échéance": [dt.date(2026, 3, 1), None], "Montant TTC": [Decimal("1200.10"), Decimal("-30.00")],
    }
)  # fmt: skip


def _parquet(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    with duckdb.connect(":memory:") as writer:
        writer.from_df(INVOICES).write_parquet(str(path))


def test_parquet_files_are_checked_kept_and_run(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _parquet(Path("entrepot/janvier.parquet"))
    code, said = _run("entrepot", capsys, "check")
    assert code == 0
    assert "1 170,10 €" in said
    assert main(["init", "p", "--from", "entrepot", "--yes"]) == 0
    finished = make_tables(Portfolio.open(Path("p")), as_of=None, folder=tmp_path / "run")
    assert finished.manifest["kpis"]["open_items_amount"] == Decimal("1200.10")


def test_a_parquet_folder_and_its_kind_are_enough_in_portfolio_yaml(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _parquet(Path("entrepot/a.parquet"))
    _parquet(Path("entrepot/b.parquet"))
    Path("portfolio.yaml").write_text(
        yaml.safe_dump({"name": "x", "sources": [{"file": "entrepot", "kind": "invoices"}]})
    )
    reading = Portfolio.open(Path()).read()
    assert [(source.file, source.accepted_cents) for source in reading.files] == [
        ("a.parquet", 117010), ("b.parquet", 117010)]  # fmt: skip


def _database(path: Path) -> None:
    with sqlite3.connect(path) as store:
        store.execute('create table factures ("N° facture" text, "Code client" text, "Date facture" date, '
                      '"Montant TTC" decimal(12,2))')  # fmt: skip
        store.executemany(
            "insert into factures values (?, ?, ?, ?)",
            [("F1", "007", "2026-01-31", 1200.10), ("F2", "C9", "2026-02-15", -30.0)],
        )
    store.close()


def test_a_table_of_a_database_named_in_portfolio_yaml(tmp_path, monkeypatch, capsys):
    pytest.importorskip("ibis", reason="the extra riskkit[warehouse] is not installed")
    monkeypatch.chdir(tmp_path)
    _database(Path("compta.sqlite"))
    source = {"file": "env:COMPTA#factures", "kind": "invoices"}
    Path("p").mkdir()
    Path("p/portfolio.yaml").write_text(yaml.safe_dump({"name": "x", "sources": [source]}))
    monkeypatch.setenv("COMPTA", f"sqlite://{tmp_path / 'compta.sqlite'}")
    code, said = _run("p", capsys, "check")
    assert code == 0
    assert "1 170,10 €" in said
    finished = make_tables(Portfolio.open(Path("p")), as_of=None, folder=tmp_path / "run")
    assert finished.manifest["kpis"]["open_items_amount"] == Decimal("1200.10")
    assert str(tmp_path / "compta.sqlite") not in "".join(
        path.read_text(encoding="utf-8") for path in (tmp_path / "run").glob("*.*") if path.suffix in (".json", ".yaml")
    )
    assert main(["init", "q", "--from", "env:COMPTA#factures", "--yes"]) == 0
    assert yaml.safe_load(Path("q/portfolio.yaml").read_text())["sources"][0]["file"] == "env:COMPTA#factures"


def test_a_database_whose_address_is_not_set_is_one_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMPTA", raising=False)
    source = {"file": "env:COMPTA#factures", "kind": "invoices"}
    Path("portfolio.yaml").write_text(yaml.safe_dump({"name": "x", "sources": [source]}))
    code, said = _run(".", capsys, "check")
    assert code == 2
    assert "COMPTA" in said


def test_files_of_one_name_do_not_overwrite_each_other_in_a_portfolio(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for month, amount in (("avril", "10,00"), ("mai", "20,00")):
        Path(month).mkdir()
        text = f"N° facture;Client;Date facture;Montant TTC\n{month};ACME;15/04/2024;{amount}\n"
        Path(month, "factures.csv").write_text(text)
    assert main(["init", "p", "--from", "avril/factures.csv", "mai/factures.csv", "--yes"]) == 0
    assert Portfolio.open(Path("p")).read().invoices["amount_cents"].sum() == 3000


def test_an_aged_balance_beside_the_invoices_is_their_control_customer_by_customer(tmp_path, monkeypatch):
    """The balance shows 100 for ALPHA and 80 for BETA; the invoices say 100 and 60: the gap is BETA's 20."""
    monkeypatch.chdir(tmp_path)
    Path("factures.csv").write_text(
        "N° facture;Code client;Client;Date facture;Échéance;Montant TTC\n"
        "F1;C1;ALPHA;05/01/2024;04/02/2024;100,00\nF2;C2;BETA;06/01/2024;05/02/2024;60,00\n"
    )
    text = "Client;Total;Non échu;1-30;> 30\nALPHA;100;100;0;0\nBETA;80;80;0;0\n"
    Path("balance agee 2024-01-31.csv").write_text(text)
    assert main(["init", "p", "--from", "factures.csv", "balance agee 2024-01-31.csv", "--yes"]) == 0
    finished = make_tables(Portfolio.open(Path("p")), as_of=dt.date(2024, 1, 31), folder=tmp_path / "run")
    assert finished.manifest["kpis"]["open_items_amount"] == Decimal("160.00")
    parts = duckdb.read_parquet(str(finished.folder / "tables/reconciliation_lines.parquet")).df()
    assert [(row["customer_id"], float(row["amount"])) for _, row in parts.iterrows()] == [("C2", -20.0)]


def test_a_control_total_of_the_settings_is_compared_and_travels_with_the_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("factures.csv").write_text("N° facture;Client;Date facture;Montant TTC\nF1;ALPHA;05/01/2024;100,00\n")
    assert main(["init", "p", "--from", "factures.csv", "--yes"]) == 0
    settings = Path("p/portfolio.yaml")
    settings.write_text(settings.read_text(encoding="utf-8") + "control: {date: 2024-01-31, total: 130.55}\n", "utf-8")
    finished = make_tables(Portfolio.open(Path("p")), as_of=dt.date(2024, 1, 31), folder=tmp_path / "run")
    parts = duckdb.read_parquet(str(finished.folder / "tables/reconciliation_lines.parquet")).df()
    assert parts["amount"].astype(float).sum() == pytest.approx(-30.55)
    kept = Portfolio.open(finished.folder).settings.control
    assert kept is not None
    assert (kept.date, kept.total) == (dt.date(2024, 1, 31), Decimal("130.55"))
