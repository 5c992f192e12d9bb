"""The file of limits, covers and orders: what is read, what is set aside, what is refused."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from riskkit.companies.credit_file import CreditFile, read_credit_file, statements_at
from riskkit.companies.provider_settings import ProviderSettings
from riskkit.errors import DataError

CUSTOMERS = pd.DataFrame({"customer_id": ["C1", "C2"], "siren": ["404833048", None]}).astype("str")
HEADER = "Code client;SIREN;Date;Limite;Garantie;Quotité;Fin garantie;Commandes\n"


def read(tmp_path, text, **settings):
    path = tmp_path / "encours.csv"
    path.write_text(text, encoding="utf-8")
    return read_credit_file(CreditFile(file=path.name, **settings), CUSTOMERS, folder=tmp_path, currency="EUR")


def test_statements_are_read_and_the_last_one_known_counts(tmp_path):
    text = HEADER + (
        "C1;;31/01/2024;10 000,00;80 000,00;90 %;30/06/2024;1 500,50\n"
        "C1;;31/03/2024;12 000,00;80 000,00;90;30/06/2024;0,00\n"
        ";404 833 048;30/04/2024;99 000,00;;;;\n"
    )
    statements = read(tmp_path, text).statements
    at = statements_at(statements, as_of=dt.date(2024, 3, 30))
    assert at["current_limit_cents"].tolist() == [1_000_000]
    assert at["insured_share"].tolist() == [0.9]
    assert at["orders_cents"].tolist() == [150_050]
    assert at["insured_to"].tolist() == [pd.Timestamp("2024-06-30")]
    # a SIREN names its customer; what is stated later is not known
    assert statements_at(statements, as_of=dt.date(2024, 4, 30))["current_limit_cents"].tolist() == [9_900_000]
    assert statements_at(statements, as_of=dt.date(2024, 1, 30)).empty


def test_rows_of_no_customer_are_left_out_and_said_with_their_money(tmp_path):
    found = read(tmp_path, HEADER + "C1;;31/01/2024;10,00;;;;\nX9;;31/01/2024;20,00;;;;\n")
    assert len(found.statements) == 1
    assert "1 row (20.00 EUR" in str(found.notes[0])
    assert "line 3" in str(found.notes[0])


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("C1;;31/01/2024;-10,00;;;;", "negative"),
        ("C1;;31/01/2024;10,00;10,00;150;;", "insured share"),
        ("C1;;31/01/2024;10,00;;;;\nC1;;31/01/2024;20,00;;;;", "twice"),
        ("C1;;;10,00;;;;", "no day"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path, line, fault):
    with pytest.raises(DataError, match=f"line 2.*{fault}"):
        read(tmp_path, HEADER + line + "\n")


def test_the_day_of_the_whole_file_may_be_given(tmp_path):
    found = read(tmp_path, "Code client;Limite\nC2;10,00\n", stated_on=dt.date(2024, 1, 31))
    assert found.statements["stated_on"].tolist() == [pd.Timestamp("2024-01-31")]


def test_a_file_that_names_no_customer_is_refused(tmp_path):
    with pytest.raises(DataError, match="names no customer"):
        read(tmp_path, "Limite;Date\n10,00;31/01/2024\n")


def test_the_file_follows_a_portfolio_that_moves():
    settings = ProviderSettings(credit=CreditFile(file="encours.csv"))
    assert not settings.is_empty
    moved = settings.renamed(lambda name: f"../p/{name}")
    assert moved.credit == CreditFile(file="../p/encours.csv")
