"""Files that lack what a diagnostic needs: each is named for what it is, and what it lacks is said."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from riskkit.errors import DataError
from riskkit.exhibits.language import language
from riskkit.sources.collect import collect
from riskkit.workbench.cli import main


def _said(fault: DataError) -> str:
    return " ".join(language("fr").say(note) for note in fault.messages).replace("\u00a0", " ").replace("\u202f", " ")


def test_a_bank_statement_without_customers_is_named(tmp_path):
    path = tmp_path / "releve.csv"
    path.write_text("Date;Libellé;Débit;Crédit;Solde\n02/01/2024;VIR ACME;;120,00;500,00\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        collect([path])
    said = _said(caught.value)
    assert "ressemble à un relevé bancaire" in said
    assert "Il manque qui a payé" in said


@pytest.mark.parametrize(
    ("name", "member", "kind"),
    [
        ("a.docx", "word/document.xml", "un document Word"),
        ("a.pptx", "ppt/presentation.xml", "une présentation PowerPoint"),
    ],
)
def test_office_files_that_are_no_tables_are_named(tmp_path, name, member, kind):
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr(member, "<x/>")
    with pytest.raises(DataError) as caught:
        collect([tmp_path / name])
    assert f"{name} est {kind}, pas un tableur" in _said(caught.value)


def test_rows_without_money_of_a_balance_left_out_are_set_aside(tmp_path):
    (tmp_path / "factures.csv").write_text(
        "N° facture;Client;Date facture;Échéance;Montant TTC\nF1;ACME;01/01/2024;31/01/2024;30,00\n", encoding="utf-8"
    )
    (tmp_path / "balance agee 2024-01-31.csv").write_text(
        "Client;Total;Non échu;0-30;> 30\nACME;30;30;0;0\nBETA;0;0;0;0\n", encoding="utf-8"
    )
    reading, _ = collect(sorted(tmp_path.glob("*.csv")))
    aside = reading.rejects[reading.rejects["source_file"].str.startswith("balance")]
    assert dict(zip(aside["source_line"], aside["amount_cents"], strict=True)) == {2: 3000, 3: 0}
    assert set(aside["reason"]) == {"in_invoices"}


def test_a_balance_without_ages_says_that_overdue_is_not_computable(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("balance.csv").write_text("Code client;Client;Solde\nC1;ACME;1200,50\nC2;BETA;300,00\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        collect([Path("balance.csv")])
    assert _said(caught.value).count("--as-of") == 1
    reading, _ = collect([Path("balance.csv")], as_of=dt.date(2024, 1, 31))
    assert reading.invoices["due_date"].isna().all()
    assert reading.due_dates == "none"
    assert main(["init", "p", "--from", "balance.csv", "--yes"]) == 0
    assert main(["run", "p", "--as-of", "2024-01-31", "--only", "01_ingestion"]) == 0
    manifest = json.loads(next(Path("reports").rglob("manifest.json")).read_text(encoding="utf-8"))
    assert manifest["terms"]["source"] == "none"
    assert manifest["not_computable"]["overdue_amount"]
    text = capsys.readouterr().out
    assert "Rien n’est échu" not in text
    assert "Les échéances sont celles" not in text
    assert "l’échu n’est pas calculable" in text
    assert pd.notna(manifest["kpis"]["receivables_amount"])
