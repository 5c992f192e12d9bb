"""A large sheet read in stretches is the sheet read whole, cell for cell, or is read whole."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import fastexcel
import pytest
import xlsxwriter

from riskkit import engine
from riskkit.errors import DataError
from riskkit.sources import parsing, tabular
from riskkit.sources import workbook_stretches as stretches

SHEET = "Factures"
PART = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch):
    monkeypatch.setattr(stretches, "_STRETCH_BYTES", 2_000)
    monkeypatch.setattr(stretches, "_STRINGS_SHARE", 0)
    unpacked = stretches.pieces

    def small(path, part):
        for piece in unpacked(path, part):
            yield from (piece[at : at + 700] for at in range(0, len(piece), 700))

    monkeypatch.setattr(stretches, "pieces", small)


def book(path: Path, *, seed: int, rows: int = 120, inline: bool = True) -> Path:
    """A sheet of numbers, texts, booleans and holes, some of its rows empty, the last columns late."""
    draw = random.Random(seed)
    with xlsxwriter.Workbook(path, {"constant_memory": inline}) as written:
        sheet = written.add_worksheet(SHEET)
        bold = written.add_format({"bold": True})
        sheet.write_row(0, 0, ["N°", "Client", "Montant"])
        for row in range(1, rows):
            if draw.random() < 0.1:
                continue
            sheet.write_string(row, 0, f"FA<{row}> & 'é' {draw.randint(0, 5)}")
            if draw.random() < 0.7:
                sheet.write_string(row, 1, draw.choice(["Durand", "", " ", "l'Œuvre"]))
            else:
                sheet.write_blank(row, 1, None, bold)
            sheet.write_number(row, 2, draw.choice([0.1 + 0.2, -5, 1e12, 12.5]))
            if row > rows // 2 and draw.random() < 0.3:
                sheet.write_boolean(row, draw.randint(3, 30), True)
    return path


def cells(path: Path, *, is_whole: bool = False) -> tuple[int | None, list[tuple[object, ...]]]:
    """The columns and the filled rows of the sheet's table, in stretches or whole; None when it must be read whole."""
    with engine.connect() as connection:
        if is_whole:
            reader = fastexcel.read_excel(path)
            width: int | None = tabular._load_whole(path, reader, SHEET, connection, table="raw")
        else:
            width = stretches.load_in_stretches(stretches.large_sheets(path)[SHEET], connection, table="raw")
        if width is None:
            return None, []
        rows = connection.execute("from raw order by line").fetchall()
    return width, [row for row in rows if any(cell is not None for cell in row[1:])]


def changed(path: Path, change: tuple[bytes, bytes] | None = None, *, cut: int = 0) -> Path:
    """The workbook with its sheet changed."""
    target = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == PART and change:
                assert change[0] in content
                content = content.replace(*change, 1)
            archive.writestr(part.filename, content[: len(content) - cut] if part.filename == PART else content)
    return target


def sheet_of(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(PART)


@pytest.mark.parametrize("seed", range(12))
def test_stretches_give_the_cells_of_the_whole_sheet(tmp_path, seed):
    path = book(tmp_path / "book.xlsx", seed=seed, inline=bool(seed % 2))
    width, rows = cells(path)
    assert (width, rows) == cells(path, is_whole=True)
    assert len(rows) > 90


LIES = {
    "a cell of the rows before": (b'<c r="A100"', b'<c r="A3"'),
    "a cell of the rows after": (b'<c r="A30"', b'<c r="A110"'),
    "a cell far below": (b'<c r="A30"', b'<c r="A999999"'),
    "a cell beyond Excel's columns": (b'<c r="A30"', b'<c r="ZZZ30"'),
    "an early end": (b'<row r="60"', b'</sheetData><sheetData><row r="60"'),
    "a comment": (b'<row r="60"', b'<!-- </row> --><row r="60"'),
    "a processing instruction": (b'<row r="60"', b'<?x </row> ?><row r="60"'),
    "raw text": (b"<t>Durand</t>", b"<t><![CDATA[</row><row r='9'>]]></t>"),
    "rows after the last": (b"</sheetData>", b'</sheetData><sheetData><row r="900"><c r="A900"><v>1</v></c></row>'),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_sheet_where_anything_is_odd_is_read_whole(tmp_path, lie):
    path = changed(book(tmp_path / "book.xlsx", seed=3), LIES[lie])
    assert cells(path) == (None, [])


def test_a_row_that_does_not_say_its_place_is_where_its_cells_are(tmp_path):
    for odd in (b'<row r="6"', b"<row"):
        path = changed(book(tmp_path / "book.xlsx", seed=3), (b'<row r="60"', odd))
        assert cells(path) in ((None, []), cells(path, is_whole=True))


@pytest.mark.parametrize("column", ["A", "C"])
def test_a_cell_that_takes_the_place_of_the_row_of_our_own_is_seen(tmp_path, column):
    path = book(tmp_path / "book.xlsx", seed=3)
    sheet = stretches.large_sheets(path)[SHEET]
    cut = list(stretches._stretches(sheet))
    assert len(cut) > 5
    for number in (0, 1, 3):
        inside = (cut[number].first + cut[number].last) // 2
        filled = next(row for row in range(inside, inside + 9) if f'<c r="C{row}"'.encode() in sheet_of(path))
        lie = (f'<c r="{column}{filled}"'.encode(), f'<c r="{column}{cut[number].own}"'.encode())
        assert cells(changed(path, lie)) == (None, [])


def test_a_sheet_cut_short_or_a_far_cell_is_refused_in_words(tmp_path):
    whole = book(tmp_path / "book.xlsx", seed=3)
    with engine.connect() as connection:
        parsing.install(connection)
        with pytest.raises(DataError, match="damaged or incomplete"):
            tabular.open_tables(changed(whole, cut=400), connection, folder=tmp_path)
        far = changed(whole, (b'<c r="A100"', b'<c r="ZZ1048576"'))
        with pytest.raises(DataError, match="reaches row 1048576 and column 702"):
            tabular.open_tables(far, connection, folder=tmp_path)
        assert connection.execute("select count(*) from duckdb_tables()").fetchall() == [(0,)]


def test_a_sheet_whose_first_column_is_empty_is_read_whole(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as written:
        sheet = written.add_worksheet(SHEET)
        for row in range(100):
            sheet.write_row(row, 1, [row, row])
    assert cells(path)[0] is None
    assert cells(path, is_whole=True)[0] == 2


def test_small_sheets_other_archives_and_a_name_said_twice_are_not_for_stretches(tmp_path, monkeypatch):
    path = book(tmp_path / "book.xlsx", seed=1)
    assert set(stretches.large_sheets(path)) == {SHEET}
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "x" * 9_000)
    assert stretches.large_sheets(other) == {}
    monkeypatch.setattr(stretches, "_STRETCH_BYTES", 1_000_000)
    assert stretches.large_sheets(path) == {}
