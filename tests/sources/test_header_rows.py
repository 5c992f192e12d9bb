"""Headers on two rows: joined when one completes the other, never at the cost of a row of data."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from riskkit.sources.collect import collect
from riskkit.sources.header_rows import joined
from riskkit.sources.mapping import infer_specs


def test_a_group_is_put_before_the_names_of_its_columns():
    rows = [
        (1, "Client", "Montant", None, "Échéance"),
        (2, None, "HT", "TTC", None),
        (3, "A", "10", "12", "31/01/2024"),
    ]
    expected = (2, 0, ["Client", "Montant HT", "Montant TTC", "Échéance"])
    assert joined(rows, 0) == expected
    assert joined(rows, 1) == expected


def test_a_row_of_data_is_never_taken_for_a_header():
    rows = [(1, "Code", "Nom", None), (2, "C1", None, "note"), (3, "C2", "B", "autre")]
    assert joined(rows, 0) == (1, 0, ["Code", "Nom", ""])


def test_a_header_that_comes_again_does_not_hide_the_rows_above_it(tmp_path: Path):
    # Found by the fuzzer: a row of numbers at the end made the second header look like the better one.
    header = "Payment_ID,Invoice_ID,Payment_Date,Amount_Paid,Payment_Method"
    rows = [f"PAY{n},INV{n},2024-09-0{n},{n}00,Card" for n in range(1, 6)]
    lines = [header, "", *rows[:2], header, *rows[2:], "Sous-total,,,,123,45"]
    (tmp_path / "reglements.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "factures.csv").write_text("N° facture;Client;Date facture;Montant TTC\nINV1;ACME;01/09/2024;100,00\n")
    reading, _ = collect([tmp_path / "factures.csv", tmp_path / "reglements.csv"])
    payments = next(source for source in reading.files if source.file == "reglements.csv")
    assert payments.rows_read == 5 + 1 + 1  # the payments, the repeated header, the total
    assert payments.total_cents == 1500_00


def test_merged_headers_of_an_aged_balance_are_understood(tmp_path: Path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Balance âgée au 31/03/2024"], [], ["Code client", "Nom", "Non échu", "Échu", None, None, "Total"],
        [None, None, None, "1-30", "31-60", "> 60", None], ["C1", "ALPHA", 10, 20, 30, 40, 100],
        ["C2", "BETA", 1, 2, 3, 4, 10],
    ):  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("D3:F3")
    book.save(tmp_path / "balance.xlsx")
    reading, (spec,) = collect([tmp_path / "balance.xlsx"])
    assert spec.kind == "aged_balance"
    assert [spec.columns[f"bucket_{n}"] for n in (1, 2, 3, 4)] == ["Non échu", "Échu 1-30", "Échu 31-60", "Échu > 60"]
    assert reading.files[0].total_cents == 11000
    assert reading.files[0].rows_read == 2


def test_the_same_table_is_read_again_from_its_settings(tmp_path: Path):
    text = "Client;Montant;;Facture;Date\n;HT;TTC;;\nA;10,00;12,00;F1;31/01/2024\nB;20,00;24,00;F2;29/02/2024\n"
    path = tmp_path / "factures.csv"
    path.write_text(text, encoding="utf-8")
    (spec,) = infer_specs([path])
    assert spec.columns["amount"] == "Montant TTC"
    assert spec.columns["excl_tax_amount"] == "Montant HT"
    assert spec.header_row == 2
    assert collect([path])[0].files[0].total_cents == 3600


def test_hidden_sheets_are_read_and_said(tmp_path: Path):
    book = openpyxl.Workbook()
    for title in ("Factures", "Factures 2022"):
        sheet = book.create_sheet(title)
        sheet.append(["N° facture", "Code client", "Date facture", "Montant TTC"])
        sheet.append([f"F{title}", "C1", "31/01/2024", 10])
    del book["Sheet"]
    book["Factures 2022"].sheet_state = "hidden"
    book.save(tmp_path / "factures.xlsx")
    reading, specs = collect([tmp_path / "factures.xlsx"])
    assert len(specs) == 2
    assert sum(source.total_cents for source in reading.files) == 2000
    assert any("hidden" in str(note) and "Factures 2022" in str(note) for note in reading.notes)


def test_a_web_page_named_xls_is_refused_with_what_to_do(tmp_path: Path):
    path = tmp_path / "export.xls"
    path.write_text("<html><table><tr><td>Client</td><td>Montant</td></tr></table></html>", encoding="utf-8")
    try:
        infer_specs([path])
    except ValueError as fault:
        assert "save it as .xlsx" in str(fault)  # noqa: PT017 - the message is what matters
    else:
        raise AssertionError
