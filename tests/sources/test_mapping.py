"""Which column holds what, from headers and contents, with no help, on real files and hand-made ones."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from riskkit.errors import DataError
from riskkit.exhibits.language import language
from riskkit.sources.mapping import TableSpec, infer_specs
from riskkit.sources.mapping_contents import siren_like
from riskkit.sources.mapping_headers import KINDS, fields
from tests.sources.real_columns import REAL, WITHOUT_PLACE, found_columns, ledgers


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_understood_without_help(shared_data, name):
    (spec,) = infer_specs([shared_data / name])
    kind, columns = REAL[name]
    assert spec.kind == kind
    if not name.startswith("purchases"):
        assert spec.columns == columns
    assert spec.doubtful == ()


def test_nineteen_columns_in_twenty_that_matter_are_found(shared_data):
    told = [found_columns(shared_data, name) for name in REAL]
    without_place = sum(map(len, WITHOUT_PLACE.values()))
    assert sum(found for _, found, _ in told) >= 0.95 * (sum(total for _, _, total in told) + without_place)


def test_every_ledger_is_recognised(shared_data):
    kinds = [spec.kind for name in ledgers(shared_data) for spec in infer_specs([shared_data / name])]
    assert set(kinds) == {"fec"}


def test_the_retail_file_is_lines_of_invoices(shared_data):
    (spec,) = infer_specs([shared_data / "purchases/online_retail_II_2009_2010.csv.gz"])
    assert (spec.kind, spec.columns["quantity"], spec.columns["unit_price"]) == ("invoices", "Quantity", "Price")
    assert (spec.columns["customer_id"], spec.columns["invoice_number"]) == ("Customer ID", "Invoice")


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_specification_survives_a_settings_file(tmp_path):
    path = _write(tmp_path, "factures.csv", "Code client;Date facture;Montant TTC (€)\nC1;31/01/2024;1 200,00\n")
    (spec,) = infer_specs([path])
    assert spec.currency == "EUR"
    kept = yaml.safe_load(yaml.safe_dump(spec.model_dump(exclude_defaults=True)))
    assert set(kept) == {"file", "kind", "columns", "currency", "signature"}
    assert TableSpec(**kept).columns == spec.columns


def test_a_siren_is_found_by_its_digits_under_any_header(tmp_path):
    # Luhn-valid numbers: 552100554 and 404833048 (formulas page), 356000000 (La Poste)
    rows = "C1;A;552100554\nC2;B;404833048\nC3;C;356000000\n"
    (spec,) = infer_specs([_write(tmp_path, "clients.csv", "Code client;Nom;Colonne Z\n" + rows)])
    assert spec.columns["siren"] == "Colonne Z"
    assert spec.doubtful == ("siren",)


@pytest.mark.parametrize(
    ("cell", "is_siren"),
    [
        ("552100554", True),
        ("552 100 554", True),
        ("552100554.0", True),
        ("55210055400013", True),  # a SIRET for a SIREN
        ("FR96552100554", True),  # its VAT number
        ("5520135", True),  # 005520135 without its zeros; Luhn: 5 + 6 + 1 + 0 + 2 + 1 + 5 = 20
        ("552100555", False),
        ("NC", False),
    ],
)
def test_sirens_are_recognised_as_spreadsheets_leave_them(cell, is_siren):
    assert siren_like(cell) is is_siren


def test_a_column_whose_cells_deny_its_header_is_not_taken(tmp_path):
    text = "Code client;Date facture;Montant;Total\nC1;31/01/2024;voir note;12,00\nC2;28/02/2024;voir note;13,00\n"
    (spec,) = infer_specs([_write(tmp_path, "factures.csv", text)])
    assert spec.columns["amount"] == "Total"


def test_a_table_without_amounts_says_what_was_seen_and_what_to_do(tmp_path):
    path = _write(
        tmp_path, "factures.csv", "N° facture;Date facture;Observation\nF1;31/01/2024;rien\nF2;28/02/2024;non\n"
    )
    with pytest.raises(DataError) as caught:
        infer_specs([path])
    said = language("fr").say(caught.value.messages[0])
    assert "le montant (amount)" in said
    assert "N° facture, Date facture, Observation" in said
    assert "portfolio.yaml" in said


def test_every_file_at_fault_is_named_at_once(tmp_path):
    (tmp_path / "vide.csv").touch()
    with pytest.raises(DataError) as caught:
        infer_specs([tmp_path / "vide.csv", tmp_path / "absent.xlsx"])
    assert [str(m).split()[0].rsplit("/")[-1] for m in caught.value.messages] == ["vide.csv", "absent.xlsx"]


def test_synonyms_are_data_and_every_field_has_some():
    for kind in KINDS:
        for names in fields(kind):
            assert names.headers
            assert names.nearness(names.headers[0]) == 1.0
            assert names.nearness("zzz qqq") == 0.0
