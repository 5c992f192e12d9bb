"""Files as they come: encodings, separators, titles, sheets, lines; and one clear message for what is not a table."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest
import xlsxwriter

from riskkit.errors import DataError
from riskkit.exhibits.language import language
from riskkit.sources import parsing
from riskkit.sources.tabular import RawTable, open_tables, plain

ROWS = [["Code client", "Raison sociale", "Montant"], ["C1", "Société Générée", "12,50"], ["C2", "Élan & Fils", "3,00"]]


@pytest.fixture
def connection():
    with duckdb.connect(":memory:") as opened:
        parsing.install(opened)
        yield opened


def _open(path: Path, connection, **given) -> list[RawTable]:
    folder = path.parent / "aside"
    folder.mkdir(exist_ok=True)
    return open_tables(path, connection, folder=folder, **given)


def _cells(table: RawTable) -> list[tuple]:
    return table.relation.order("line").fetchall()


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "cp850", "mac-roman"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_text_table_is_read_in_any_encoding_and_separator(tmp_path, connection, separator, encoding, newline):
    quoted = [[f'"{c}"' if separator in c else c for c in row] for row in ROWS]
    path = tmp_path / "clients.csv"
    path.write_bytes(newline.join(separator.join(row) for row in quoted).encode(encoding))
    (table,) = _open(path, connection)
    assert table.headers == tuple(ROWS[0])
    assert _cells(table) == [(2, *ROWS[1]), (3, *ROWS[2])]


def test_titles_blank_lines_and_line_breaks_in_quotes_keep_the_line_of_each_row(tmp_path, connection):
    path = tmp_path / "clients.csv"
    path.write_text('Export du 31/12/2024\n\nCode;Nom;Montant\nC1;"deux\nlignes";1,00\n\nC2;x;2,00\n', encoding="utf-8")
    (table,) = _open(path, connection)
    assert table.header_row == 3
    assert table.titles == ("Export du 31/12/2024",)
    assert _cells(table) == [(4, "C1", "deux\nlignes", "1,00"), (7, "C2", "x", "2,00")]


def test_a_row_wider_than_its_header_loses_nothing(tmp_path, connection):
    path = tmp_path / "a.csv"
    path.write_text("code;nom\n" + "C1;a\n" * 300 + "C2;b;extra;more\n", encoding="utf-8")
    (table,) = _open(path, connection)
    assert _cells(table)[-1] == (302, "C2", "b", "extra", "more")


def test_a_quote_that_never_closes_swallows_no_line(tmp_path, connection):
    path = tmp_path / "a.csv"
    path.write_text('code;nom\n"C0";x\nC1;"ouvert\n' + "C2;b\n" * 100, encoding="utf-8")
    (table,) = _open(path, connection)
    assert len(_cells(table)) == 102


def test_a_compressed_text_table_is_read(tmp_path, connection):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"code;nom\nC1;a\n"))
    (table,) = _open(path, connection)
    assert _cells(table) == [(2, "C1", "a")]


def test_a_workbook_gives_text_with_rows_and_every_sheet(tmp_path, connection):
    path = tmp_path / "clients.xlsx"
    with xlsxwriter.Workbook(path) as book:
        first = book.add_worksheet("Clients")
        first.write_string(1, 0, "Liste des clients")
        for column, header in enumerate(["Code client", "Siren", "Plafond"]):
            first.write_string(3, column, header)
        first.write_string(4, 0, "0012")
        first.write_string(4, 1, "005520135")
        first.write_number(4, 2, 0.1 + 0.2)
        first.write_string(6, 0, "=1+1")
        book.add_worksheet("vide")
        second = book.add_worksheet("Divers")
        for row, values in enumerate([["Code", "Nom"], ["C9", "Neuf"]]):
            for column, value in enumerate(values):
                second.write_string(row, column, value)
    clients, others = _open(path, connection)
    assert (clients.sheet, clients.header_row, clients.titles) == ("Clients", 4, ("Liste des clients",))
    assert _cells(clients) == [
        (5, "0012", "005520135", "0.3"),
        (7, "=1+1", None, None),
    ]  # zeros kept, formulas are text
    assert (others.label, _cells(others)) == ("clients.xlsx [Divers]", [(2, "C9", "Neuf")])


def test_what_the_specification_says_is_taken_as_it_is(tmp_path, connection):
    path = tmp_path / "a.csv"
    path.write_text("a;b\nc;d\n1;2\n", encoding="utf-8")
    (table,) = _open(path, connection, header_row=2)
    assert (table.headers, _cells(table)) == (("c", "d"), [(3, "1", "2")])


def test_headers_are_compared_without_accents_case_or_marks():
    assert plain("N° Facture") == "n facture"
    assert plain("DO_TotalTTC") == "do total ttc"
    assert plain("customerID") == "customer id"
    assert plain("Délai de règlement") == "delai de reglement"


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 150_000_000)


def _formula(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["code", "nom"])
    book.active.append(["C1", "=1+1"])
    book.save(path)


def _encrypted(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"))


def _cut(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["code", "nom"])
    book.save(path)
    path.write_bytes(path.read_bytes()[:-200])


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("a.xlsx", lambda p: p.write_bytes(b""), "est vide"),
        ("a.csv", lambda p: p.write_text("\n\n"), "est vide"),
        ("a.xlsx", lambda p: p.write_bytes(b"%PDF-1.7 x"), "est un PDF"),
        ("a.xlsx", lambda p: p.write_bytes(b"<html><table><tr><td>1</td></tr></table>"), "page web"),
        ("a.xlsx", _encrypted, "mot de passe"),
        ("a.xlsx", _bomb, "refusé"),
        ("a.xlsx", _formula, "cellule B2"),
        ("a.xlsx", _cut, "endommagé"),
        ("a.zip", lambda p: zipfile.ZipFile(p, "w").writestr("a.csv", "x"), "archive"),
        ("a.csv.gz", lambda p: p.write_bytes(gzip.compress(b"a;b\nc;d\n" * 900)[:-20]), "endommagé"),
        ("a.csv", lambda p: p.write_bytes(bytes(range(256)) * 20), "ni un tableur ni un tableau"),
        ("a.csv", lambda p: p.mkdir(), "est un dossier"),
        ("a.csv", lambda p: None, "n’existe pas"),
        ("a.csv", lambda p: p.write_text("code;nom\n"), "aucune ligne"),
    ],
)
def test_what_is_not_a_table_gets_one_clear_french_message(tmp_path, connection, name, make, said):
    path = tmp_path / name
    make(path)
    with pytest.raises(DataError) as caught:
        _open(path, connection)
    (only,) = caught.value.messages
    assert said in language("fr").say(only)
    assert name in language("fr").say(only)
