"""One invoice, several due dates: one item per instalment, nothing counted twice. Sums are by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from riskkit.exhibits.language import language
from riskkit.sources.collect import collect
from riskkit.sources.reading import Reading


def _read(folder: Path, **texts: str) -> Reading:
    paths = []
    for name, text in texts.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return collect(paths)[0]


def _notes(reading: Reading) -> str:
    return " ".join(language("fr").say(note) for note in reading.notes)


def test_rows_of_one_number_with_their_own_due_dates_are_instalments(tmp_path):
    reading = _read(
        tmp_path,
        factures="N° facture;Code client;Date facture;Date échéance;Montant TTC\n"
        "F1;C1;31/01/2024;29/02/2024;400,00\nF1;C1;31/01/2024;31/03/2024;400,00\nF2;C1;31/01/2024;31/03/2024;1,00\n",
    )
    assert reading.invoices["amount_cents"].tolist() == [40000, 40000, 100]
    assert reading.invoices["invoice_id"].is_unique
    assert reading.invoices["reference"].tolist() == ["F1", "F1", "F2"]
    assert "échéances\u00a0: 1." in _notes(reading)
    assert "transmise deux fois" not in _notes(reading)


def test_the_same_due_date_twice_may_be_a_duplicate(tmp_path):
    reading = _read(
        tmp_path,
        factures="N° facture;Code client;Date facture;Date échéance;Montant TTC\n"
        "F1;C1;31/01/2024;29/02/2024;400,00\nF1;C1;31/01/2024;29/02/2024;400,00\n",
    )
    assert reading.files[0].total_cents == 80000
    assert "transmise deux fois" in _notes(reading)


def test_columns_of_instalments_are_spread(tmp_path):
    # F1 1 000 = 400 + 600; F2 500 in one; F3 has no instalment: its total stands, undated
    reading = _read(
        tmp_path,
        factures="N° facture;Code client;Date facture;Total TTC;Réglé;Échéance 1;Montant 1;Échéance 2;Montant 2\n"
        "F1;C1;31/01/2024;1 000,00;450,00;29/02/2024;400,00;31/03/2024;600,00\n"
        "F2;C2;31/01/2024;500,00;0,00;31/03/2024;500,00;;\nF3;C2;31/01/2024;70,00;0,00;;;;\n",
    )
    items = reading.invoices.sort_values(["invoice_number", "due_date"])
    assert items["invoice_number"].tolist() == ["F1", "F1", "F2", "F3"]
    assert items["amount_cents"].tolist() == [40000, 60000, 50000, 7000]
    assert items["due_date"].dt.date.tolist()[:3] == [dt.date(2024, 2, 29), dt.date(2024, 3, 31), dt.date(2024, 3, 31)]
    assert reading.payments["amount_cents"].tolist() == [
        45000
    ]  # once, by reference: 400 to the first, 50 to the second
    assert reading.files[0].total_cents == 157000


def test_instalments_that_do_not_add_up_leave_their_difference(tmp_path):
    # 1 000 - 400 - 500 = 100 without a due date
    reading = _read(
        tmp_path,
        factures="N° facture;Code client;Date facture;Total TTC;Échéance 1;Montant 1;Échéance 2;Montant 2\n"
        "F1;C1;31/01/2024;1 000,00;29/02/2024;400,00;31/03/2024;500,00\n"
        "F2;C1;31/01/2024;10,00;29/02/2024;5,00;31/03/2024;5,00\n",
    )
    assert reading.files[0].total_cents == 101000
    undated = reading.invoices[reading.invoices["due_date"].isna()]
    assert undated["amount_cents"].tolist() == [10000]
    assert "100,00" in _notes(reading)
