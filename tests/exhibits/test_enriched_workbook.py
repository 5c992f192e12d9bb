"""The client's Excel back: its cells as they were, what was found beside them, opened by two other readers."""

from __future__ import annotations

import datetime as dt

import fastexcel
import openpyxl
import pandas as pd
import pytest
import xlsxwriter

from riskkit.companies.client_file import read_client_file
from riskkit.companies.enrich import enrich_customers
from riskkit.companies.providers import BodaccFiles
from riskkit.exhibits.enriched_figures import figure_columns
from riskkit.exhibits.enriched_workbook import write_enriched_workbook
from riskkit.exhibits.language import language

AS_OF = dt.date(2024, 6, 30)
EVIL = '=HYPERLINK("http://x";"y")'
ROWS = [
    ["C1", 732829320, 12.5, dt.datetime.fromisoformat("2024-01-05"), "007", True, EVIL],
    ["C2", "NC", 3, dt.datetime.fromisoformat("2024-02-29T14:30"), 7, False, "@SUM(A1)"],
    ["C3", "005880034", None, None, 12.5, None, " élève\nligne 2 "],
    ["C4", "732829320", -1e-3, None, dt.datetime.fromisoformat("1999-12-31"), None, "https://example.org"],
]  # fmt: skip


@pytest.fixture
def client_path(tmp_path):
    """Two sheets: a title, headers on row 3, columns that mix kinds of cells; and a sheet of notes."""
    path = tmp_path / "clients.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        notes, sheet = book.add_worksheet("Notes"), book.add_worksheet("Clients 2024")
        notes.write_string(0, 0, "à garder")
        notes.write_number(0, 1, 42)
        sheet.write_string(0, 0, "Fichier clients")
        headers = ["Code", "SIREN", "Encours", "Depuis", "Divers", "Actif", "Remarque"]
        for row, cells in enumerate([headers, *ROWS], start=2):
            for column, value in enumerate(cells):
                if isinstance(value, dt.datetime):
                    sheet.write_datetime(row, column, value, day)
                elif isinstance(value, bool):
                    sheet.write_boolean(row, column, value)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif value is not None:
                    sheet.write_number(row, column, value)
    return path


class Known:
    name, notes = "Sirene", ()
    fields = ("naf_code", "naf_version", "equity_cents", "gearing", "state")

    def lookup(self, sirens, *, as_of):
        row = {"siren": "732829320", "naf_code": "43.21A", "naf_version": "rev2", "equity_cents": -123_456,
               "gearing": None, "gearing_reason": "equity_not_positive", "state": "liquidation",
               "official_name": "=1+1", "source": "Sirene", "date": pd.Timestamp("2024-01-05")}  # fmt: skip
        return pd.DataFrame([row]).astype({"gearing": "float64"})


def enrichment(path):
    customers = pd.DataFrame(
        {"customer_id": ["C1", "C3", "C4"], "siren": ["732829320", "005880034", "732829320"],
         "source_file": path.name, "source_line": [4, 6, 7]}
    )  # fmt: skip
    return enrich_customers(customers, [Known()], as_of=AS_OF)


PAIRS = pd.DataFrame(
    {"customer_id": ["C2"], "siren": ["552100554"], "probability": [0.81], "name": ["=cmd"], "address": [None],
     "matched_name": ["PEUGEOT"], "matched_address": ["7 RUE X"], "naf_code": ["29.10Z"], "is_closed": [False],
     "reasons": ["same_name+other_place"], "fingerprint": ["f"]}
)  # fmt: skip


@pytest.fixture
def written(client_path, tmp_path):
    path = tmp_path / "enrichi.xlsx"
    write_enriched_workbook(
        path, enrichment=enrichment(client_path), as_of=AS_OF, to_confirm=PAIRS,
        client_file=read_client_file(client_path, sheet="Clients 2024"),
    )  # fmt: skip
    return path


def cells(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_every_cell_of_the_client_is_as_it_was(client_path, written):
    before, after = openpyxl.load_workbook(client_path), openpyxl.load_workbook(written)
    assert after.sheetnames == ["Notes", "Clients 2024", "À confirmer", "Couverture", "Légende"]
    for name in before.sheetnames:
        for row in before[name].iter_rows():
            for cell in row:
                twin = after[name][cell.coordinate]
                assert (twin.value, twin.data_type) == (cell.value, cell.data_type), cell.coordinate


def test_nothing_is_ever_a_formula_or_a_link(written):
    for sheet in openpyxl.load_workbook(written):
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)


def test_what_was_found_is_to_the_right_with_source_and_date(written):
    rows = cells(openpyxl.load_workbook(written)["Clients 2024"])
    headers = rows[2]
    assert headers[:7] == ["Code", "SIREN", "Encours", "Depuis", "Divers", "Actif", "Remarque"]
    first, last = dict(zip(headers, rows[3], strict=True)), dict(zip(headers, rows[6], strict=True))
    assert first["Code NAF"] == last["Code NAF"] == "43.21A"
    assert first["Code NAF\u00a0: source"] == "Sirene"
    assert first["Code NAF\u00a0: date"] == dt.datetime.fromisoformat("2024-01-05")
    assert first["N° de TVA"] == "FR44732829320"  # key: (12 + 3 × (732829320 mod 97)) mod 97
    assert first["Capitaux propres"] == -1234.56
    assert first["État"] == "liquidation judiciaire"
    assert first["Dénomination"] == "=1+1"
    assert [row[headers.index("Code NAF")] for row in rows[4:6]] == [None, None]  # C2 unmatched, C3 not in the source
    assert rows[5][headers.index("État")] == "non connu"


def test_a_blank_measure_says_why_in_its_source(client_path, tmp_path):
    class Twice(Known):
        def lookup(self, sirens, *, as_of):
            row = super().lookup(sirens, as_of=as_of).iloc[0]
            other = row.copy()
            other[["siren", "gearing", "gearing_reason"]] = ["005880034", 0.5, None]
            return pd.DataFrame([row, other]).astype({"gearing": "float64"})

    customers = enrichment(client_path).customers[["customer_id", "siren", "source_file", "source_line"]]
    result = enrich_customers(customers, [Twice()], as_of=AS_OF)
    write_enriched_workbook(
        tmp_path / "e.xlsx", enrichment=result, as_of=AS_OF, language_code="en",
        client_file=read_client_file(client_path, sheet="Clients 2024"),
    )  # fmt: skip
    rows = cells(openpyxl.load_workbook(tmp_path / "e.xlsx")["Clients 2024"])
    at = rows[2].index("Gearing")
    assert rows[3][at : at + 2] == [None, "equity is nil or negative: a warning, not a ratio"]
    assert rows[5][at : at + 2] == [0.5, "Sirene"]


def test_another_reader_sees_the_same(written):
    workbook = fastexcel.read_excel(written)
    assert workbook.sheet_names[1] == "Clients 2024"
    sheet = workbook.load_sheet("Clients 2024", header_row=2)
    names = [column.name for column in sheet.available_columns()]
    assert names[:3] == ["Code", "SIREN", "Encours"]
    assert "État\u00a0: source" in names


def test_the_sheet_is_ready_to_work_with(written):
    sheet = openpyxl.load_workbook(written)["Clients 2024"]
    assert sheet.freeze_panes == "B4"
    assert sheet.auto_filter.ref.startswith("A3:")
    assert sheet.auto_filter.ref.endswith(f"{openpyxl.utils.get_column_letter(sheet.max_column)}7")
    assert sheet.column_dimensions["B"].width > 8


def test_matches_to_confirm_coverage_and_legend(written):
    book = openpyxl.load_workbook(written)
    confirm = cells(book["À confirmer"])
    assert dict(zip(confirm[0], confirm[1], strict=True))["SIREN proposé"] == "552100554"
    assert confirm[1][1] == "=cmd"
    assert confirm[0][-1] == "Votre réponse (oui ou non)"
    coverage = {row[0]: row[1:4] for row in cells(book["Couverture"])}
    assert coverage["SIREN"] == [3, 3, 1]
    assert coverage["Code NAF"] == [2, 3, pytest.approx(2 / 3)]
    legend = [value for row in cells(book["Légende"]) for value in row if value]
    assert any("30/06/2024" in value for value in legend)
    assert "Calculé depuis le SIREN\u202f; seul VIES dit s’il est en service." in legend


def test_the_figures_of_the_run_follow_and_do_not_take_a_name_of_the_client(client_path, tmp_path):
    found = enrichment(client_path)
    tables = {
        "ageing": pd.DataFrame({"customer_id": ["C1"], "receivables_cents": [12_345], "overdue_cents": [45]}),
        "scores": pd.DataFrame(
            {"customer_id": ["C1", "C3", "C4"], "risk_class": ["4", "unknown", "1"], "reason_1": [EVIL, None, "r"],
             "probability_12m": [0.25, None, None]}
        ),
        "score_notes": pd.DataFrame({"customer_id": ["C1"], "criterion": ["dbt_days"], "value": [7.5]}),
    }  # fmt: skip
    figures = figure_columns(found.customers["customer_id"], tables, language("fr"))
    path = tmp_path / "f.xlsx"
    write_enriched_workbook(
        path, enrichment=found, as_of=AS_OF, figures=figures,
        client_file=read_client_file(client_path, sheet="Clients 2024"),
    )  # fmt: skip
    rows = cells(openpyxl.load_workbook(path)["Clients 2024"])
    headers = rows[2]
    assert len(set(headers)) == len(headers)
    assert headers[2] == "Encours"
    first, third = (dict(zip(headers, row, strict=True)) for row in (rows[3], rows[5]))
    assert (first["Encours (riskkit)"], first["En retard"], third["Encours (riskkit)"]) == (123.45, 0.45, 0)
    assert (first["Retard moyen pondéré"], first["Classe de risque"]) == (7.5, "4 – élevé")
    assert (first["Première raison"], third["Classe de risque"]) == (EVIL, "non connu")
    assert first["Probabilité de retard grave à 12 mois"] == 0.25
    assert third["Probabilité de retard grave à 12 mois"] is None
    assert "Limite de crédit conseillée" not in headers  # the run has no such table


def test_an_empty_list_of_matches_says_so(client_path, tmp_path):
    path = tmp_path / "e.xlsx"
    write_enriched_workbook(path, enrichment=enrichment(client_path), as_of=AS_OF, to_confirm=PAIRS.head(0))
    book = openpyxl.load_workbook(path)
    assert book["À confirmer"]["A1"].value == "Aucun rapprochement n’attend de confirmation."
    listed = cells(book["Clients"])  # no file of the client: the customers themselves
    assert listed[0][:2] == ["Compte client", "SIREN"]
    assert [row[0] for row in listed[1:]] == ["C1", "C3", "C4"]


def test_formulas_come_back_as_results_and_merged_cells_split_in_place(tmp_path):
    path = tmp_path / "clients.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Clients")
        for column, title in enumerate(["Code", "SIREN", "Région", "Encours", "Double"]):
            sheet.write_string(0, column, title)
        for row, code in enumerate(["C1", "C2"], start=1):
            sheet.write_string(row, 0, code)
            sheet.write_string(row, 1, "732829320")
            sheet.write_number(row, 3, 10.5 * row)
            sheet.write_formula(row, 4, f"=D{row + 1}*2", value=21.0 * row)
        sheet.merge_range("C2:C3", "Bretagne")
    customers = pd.DataFrame(
        {"customer_id": ["C1", "C2"], "siren": ["732829320"] * 2, "source_file": path.name, "source_line": [2, 3]}
    )
    out = tmp_path / "enrichi.xlsx"
    write_enriched_workbook(
        out, enrichment=enrich_customers(customers, [Known()], as_of=AS_OF), as_of=AS_OF, to_confirm=PAIRS.head(0),
        client_file=read_client_file(path),
    )  # fmt: skip
    rows = list(openpyxl.load_workbook(out)["Clients"].iter_rows(max_col=5, values_only=True))
    assert rows == [
        ("Code", "SIREN", "Région", "Encours", "Double"),
        ("C1", "732829320", "Bretagne", 10.5, 21), ("C2", "732829320", None, 21, 42),
    ]  # fmt: skip


def test_a_text_file_comes_back_as_text(tmp_path):
    path = tmp_path / "clients.csv"
    path.write_text("Code;SIREN;Encours\nC1;732829320;=1+1\nC2;005880034;12,50\n", "utf-8")
    customers = pd.DataFrame({"customer_id": ["C1", "C2"], "siren": ["732829320", None], "source_file": path.name,
                              "source_line": [2, 3]})  # fmt: skip
    result = enrich_customers(customers, [Known()], as_of=AS_OF)
    write_enriched_workbook(tmp_path / "e.xlsx", enrichment=result, as_of=AS_OF, client_file=read_client_file(path))
    rows = cells(openpyxl.load_workbook(tmp_path / "e.xlsx")["clients"])
    assert [row[:3] for row in rows] == [
        ["Code", "SIREN", "Encours"],
        ["C1", "732829320", "=1+1"],
        ["C2", "005880034", "12,50"],
    ]


def test_nothing_half_written_is_left(written):
    assert [path.name for path in written.parent.iterdir() if path.name.startswith(".")] == []


def test_real_companies_in_liquidation_are_flagged_after_their_judgment(shared_data, tmp_path):
    customers = pd.DataFrame({"customer_id": ["A", "B"], "siren": ["345086177", "094130994"]})
    provider = BodaccFiles([shared_data / "bodacc" / "bodacc_liquidations_2021_effectifs.csv"])
    states = []
    for day in (dt.date(2021, 4, 13), dt.date(2021, 4, 14), dt.date(2021, 9, 10)):
        path = tmp_path / f"{day}.xlsx"
        write_enriched_workbook(path, enrichment=enrich_customers(customers, [provider], as_of=day), as_of=day)
        rows = cells(openpyxl.load_workbook(path)["Clients"])
        column = rows[0].index("État") if "État" in rows[0] else None
        states.append([row[column] if column is not None else None for row in rows[1:]])
    liquidation = "liquidation judiciaire"  # judged on 14 April and on 10 September 2021
    assert states == [[None, None], [liquidation, "non connu"], [liquidation, liquidation]]
