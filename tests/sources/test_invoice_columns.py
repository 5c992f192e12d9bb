"""Columns of invoices as facts of customers: the value that most of each one's billing has."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from riskkit.schemas import SEVERAL_VALUES
from riskkit.sources.collect import collect

INVOICES = """N° facture;Code client;Date facture;Date échéance;Montant TTC;Mode de règlement;Gamme;Relance;Commande
F1;C1;31/01/2024;01/03/2024;100,00;Traite;Neuf;2;B1
F2;C1;31/01/2024;01/03/2024;40,00;Virement;Neuf;;B2
F3;C1;15/02/2024;16/03/2024;-20,00;Virement;Occasion;;B3
F4;C2;15/02/2024;16/03/2024;80,50;Virement;;1;B4
F5;C3;15/02/2024;16/03/2024;60,00; Traite ;Occasion;;B5
F6;C3;15/02/2024;16/03/2024;40,00;Virement;Occasion;;B6
F7;C4;31/02/2024;16/03/2024;40,00;Chèque;Occasion;;B7
F8;C3;15/02/2024;16/03/2024;vingt;Virement;Neuf;;B8
"""


def _customers(folder: Path, **texts: str) -> pd.DataFrame:
    paths = []
    for name, text in texts.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return collect(paths)[0].customers.set_index("customer_id")


def test_a_customer_has_the_value_of_most_of_its_billing(tmp_path):
    customers = _customers(tmp_path, factures=INVOICES)
    # C1: Traite 100 of 160 (63 %), under two thirds; Neuf 140 of 160. C3: Traite 60 of 100; Occasion 100 of 100, the
    # row without an amount set aside. C2's line of goods is not said. C4's only invoice is set aside: no such customer.
    assert customers["x_mode_de_reglement"].to_dict() == {"C1": SEVERAL_VALUES, "C2": "Virement", "C3": SEVERAL_VALUES}
    assert customers["x_gamme"].fillna("?").to_dict() == {"C1": "Neuf", "C2": "?", "C3": "Occasion"}


def test_what_became_of_an_invoice_makes_no_group(tmp_path):
    assert "x_relance" not in _customers(tmp_path, factures=INVOICES)


def test_a_table_of_customers_is_believed_first(tmp_path):
    said = "Code client;Raison sociale;Gamme\nC1;Un;Location\nC2;Deux;Neuf\nC3;Trois;Neuf\n"
    customers = _customers(tmp_path, factures=INVOICES, clients=said)
    assert customers["x_gamme"].to_dict() == {"C1": "Location", "C2": "Neuf", "C3": "Neuf"}
    assert customers.loc["C2", "x_mode_de_reglement"] == "Virement"


def test_a_column_of_many_values_describes_invoices(tmp_path):
    rows = "".join(f"F{n};C{n % 7};31/01/2024;01/03/2024;10,00;chantier {n}\n" for n in range(600))
    customers = _customers(
        tmp_path, factures=f"N° facture;Code client;Date facture;Date échéance;Montant TTC;Chantier\n{rows}"
    )
    assert not [name for name in customers if name.startswith("x_")]
