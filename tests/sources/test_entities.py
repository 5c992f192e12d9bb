"""Several entities in one file: who bills is kept, and two customers are never taken for one. Sums are by hand."""

from __future__ import annotations

from pathlib import Path

from riskkit.exhibits.language import language
from riskkit.sources.collect import collect
from riskkit.sources.reading import Reading

HEADER = "Société;Code client;Raison sociale;N° facture;Date facture;Montant TTC\n"


def _read(folder: Path, **texts: str) -> Reading:
    paths = []
    for name, text in texts.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return collect(paths)[0]


ROWS = (
    "NORD;C1;ALPHA;F1;31/01/2024;10,00\nSUD;C1;OMEGA;F2;31/01/2024;20,00\n"
    "NORD;C2;BETA;F3;31/01/2024;30,00\nSUD;C2;BETA;F4;31/01/2024;40,00\n"
)


def test_one_code_for_two_companies_makes_two_customers(tmp_path):
    reading = _read(tmp_path, factures=HEADER + ROWS)
    assert reading.invoices["customer_id"].tolist() == ["NORD:C1", "SUD:C1", "C2", "C2"]
    assert reading.invoices["x_entity"].tolist() == ["NORD", "SUD", "NORD", "SUD"]
    names = reading.customers.set_index("customer_id")["name"]
    assert names.to_dict() == {"NORD:C1": "ALPHA", "SUD:C1": "OMEGA", "C2": "BETA"}
    assert "2 entités" in " ".join(language("fr").say(note) for note in reading.notes)


def test_a_payment_of_such_a_code_follows_its_invoice(tmp_path):
    payments = "Code client;N° facture;Date règlement;Montant réglé\nC1;F2;01/03/2024;20,00\nC2;F3;01/03/2024;30,00\n"
    reading = _read(tmp_path, factures=HEADER + ROWS, reglements=payments)
    assert reading.payments["customer_id"].tolist() == ["SUD:C1", "C2"]


def test_a_company_column_alone_is_the_customer(tmp_path):
    text = "Société;N° facture;Date facture;Montant TTC\nALPHA;F1;31/01/2024;10,00\nALPHA;F2;31/01/2024;20,00\n"
    reading = _read(tmp_path, factures=text)
    assert reading.customers["name"].tolist() == ["ALPHA"]
