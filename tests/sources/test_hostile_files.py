"""Hostile, broken and odd files: one clear French message each, never a traceback, in bounded memory, nothing left."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import re
import resource
import tempfile
from pathlib import Path

import pandas as pd
import pytest

from riskkit.errors import DataError
from riskkit.exhibits.language import language
from riskkit.sources import container
from riskkit.sources.collect import collect, read_files
from riskkit.sources.mapping import infer_specs
from riskkit.sources.reading import Reading
from riskkit.sources.tables import read_tables
from riskkit.workbench.cli import main
from tests.sources import hostile_files as made

_MOST_GROWTH_KB = 700_000

REFUSED = {
    "swollen.xlsx": (made.swollen, "décompressé"),
    "false_sizes.xlsx": (made.false_sizes, "endommagé"),
    "laughing.xlsx": (made.laughing, "endommagé"),
    "far.xlsx": (made.far_cell, "presque tout étant vide"),
    "far_unsaid.xlsx": (lambda path: made.far_cell(path, is_said=False), "presque tout étant vide"),
    "far_place.xlsx": (made.far_by_place, "presque tout étant vide"),
    "far_prefix.xlsx": (
        lambda path: made.rows_added(path, b"<x:row r='1048576'><x:c r='XFD1048576'><x:v>1</x:v></x:c></x:row>"),
        "presque tout étant vide",
    ),
    "far_column.xlsx": (
        lambda path: made.rows_added(path, b'<row r="999999"><c\nr="zz999999"><v>1</v></c></row>'),
        "presque tout étant vide",
    ),
    "far.xlsb": (made.far_binary, "presque tout étant vide"),
    "shared_text.xlsx": (made.shared_text, "décompressé"),
    "far.ods": (made.far_repeats, "presque tout étant vide"),
    "far_emptiness.ods": (made.far_emptiness, "presque tout étant vide"),
    "long.ods": (made.long_document, "presque tout étant vide"),
    "spaces.ods": (made.spaces, "décompressé"),
    "wide.xlsx": (made.wide, "600 colonnes"),
    "wide.csv": (lambda path: _text(path, ";".join(["x"] * 600) + "\n"), "plus de 500 colonnes"),
    "nested.zip": (made.nested, "archive"),
    "encrypted.xlsx": (made.encrypted, "mot de passe"),
    "word.xls": (made.other_ole, "endommagé"),
    "cut.xlsx": (lambda path: made.cut(path, made.workbook(path).read_bytes(), 3000), "endommagé"),
    "cut.csv.gz": (lambda path: made.cut(path, gzip.compress(os.urandom(4000)), 900), "endommagé"),
    "swollen.csv.gz": (made.swollen_gzip, "décompressé"),
    "swollen_ledger.txt.gz": (made.swollen_ledger, "décompressé"),
    "one_line_ledger.txt": (made.endless_ledger, "ligne 2 ne se termine pas"),
    "cut_ledger.txt.gz": (made.cut_ledger, "archive coupée"),
    "formula.xlsx": (
        lambda path: made.workbook(path, made.replaced(made.SHEET, b"<v>10.5</v>", b"<f>5+5.5</f>")),
        "cellule F2",
    ),
    "holes.csv": (made.holes, "ni un tableur ni un tableau"),
    "nul.csv": (lambda path: _text(path, made.TEXT.replace("é", "\x00")), "ni un tableur ni un tableau"),
    "pipe.csv": (made.pipe, "un tube"),
    "itself.csv": (made.itself, "n’existe pas"),
    "page.xls": (lambda path: _text(path, "<html><table><tr><td>1</td></tr></table></html>"), "page web"),
    "one_line.csv": (lambda path: _text(path, "A" * 12_000_000), "aucune ligne"),
}


def _text(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def empty_temporary_folder(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def _said(paths: list[Path]) -> str:
    with pytest.raises(DataError) as caught:
        collect(paths)
    (only,) = caught.value.messages
    return language("fr").say(only)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_gets_one_french_message_and_leaves_nothing(name, tmp_path, empty_temporary_folder):
    make, words = REFUSED[name]
    path = make(tmp_path / name)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = _said([path])
    assert words in said
    assert name in said
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < _MOST_GROWTH_KB
    assert list(empty_temporary_folder.iterdir()) == []


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_not_a_file(device):
    assert "périphérique" in _said([Path(device)])


def _read(path: Path) -> Reading:
    reading, _ = collect([path])
    return reading


def _notes(reading: Reading) -> str:
    return " ".join(language("fr").say(note) for note in reading.notes)


def _whole(reading: Reading) -> bool:
    (file,) = reading.files
    return (file.rows_read, file.rows_accepted, file.total_cents) == (19, 19, made.CENTS)


def test_macros_and_links_are_not_followed_and_the_reading_says_so(tmp_path):
    macros = _read(made.workbook(tmp_path / "a.xlsm", made.added(xl__vbaProject=b"\xd0\xcf\x11\xe0")))
    links = _read(made.workbook(tmp_path / "b.xlsx", made.added(xl__externalLinks__externalLink1=b"<a/>")))
    assert _whole(macros)
    assert "elles ne sont ni lues ni exécutées" in _notes(macros)
    assert _whole(links)
    assert "ils ne sont pas suivis" in _notes(links)


def test_an_external_entity_is_never_fetched(tmp_path):
    secret = _text(tmp_path / "secret.txt", "TRES-SECRET")
    path = made.external_entity(tmp_path / "a.xlsx", secret)
    assert "TRES-SECRET" not in _said([path])


@pytest.mark.parametrize("is_1904", [False, True])
def test_both_date_systems_of_excel_give_the_same_days(tmp_path, is_1904):
    reading = _read(made.workbook(tmp_path / "a.xlsx", is_1904=is_1904))
    assert _whole(reading)
    assert list(reading.invoices["issue_date"]) == [pd.Timestamp(2024, 3, day) for day in range(1, 20)]
    assert reading.latest_date == dt.date(2024, 3, 19)


def test_an_error_of_excel_sets_its_row_aside(tmp_path):
    path = made.workbook(
        tmp_path / "a.xlsx", made.replaced(made.SHEET, b'<c r="F3"><v>20.5</v>', b'<c r="F3" t="e"><v>#REF!</v>')
    )
    reading = _read(path)
    (file,) = reading.files
    assert (file.rows_read, file.rows_rejected, file.total_cents) == (19, 1, made.CENTS - 2050)
    assert list(reading.rejects["reason"]) == ["missing_amount"]
    assert "1 cellule contient une erreur Excel comme #REF!, en F3" in _notes(reading)


def test_a_total_that_a_formula_computed_is_read_as_excel_last_saved_it(tmp_path):
    path = made.workbook(tmp_path / "a.xlsx", made.replaced(made.SHEET, b"<v>10.5</v>", b"<f>5+5.5</f><v>10.5</v>"))
    assert _whole(_read(path))


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("excel.csv", made.workbook),
        ("text.xlsx", lambda path: _text(path, made.TEXT)),
        ("surrogate.csv", lambda path: path.write_bytes(made.TEXT.encode().replace(b"Soci", b"So\xed\xa0\x80", 1))),
        ("long.csv", lambda path: _text(path, made.TEXT.replace("Société 1", "A" * 11_000_000, 1))),
    ],
)
def test_a_wrong_name_a_lone_surrogate_or_a_very_long_cell_loses_nothing(tmp_path, name, make):
    path = tmp_path / name
    make(path)
    assert _whole(_read(path))


def test_a_sheet_that_says_it_reaches_to_the_end_of_excel_is_read_by_its_cells(tmp_path):
    path = made.workbook(tmp_path / "a.xlsx", made.replaced(made.SHEET, b'ref="A1:F20"', b'ref="A1:XFD1048576"'))
    assert _whole(_read(path))


def test_a_sheet_whose_cells_do_not_say_their_place_is_read(tmp_path):
    def change(parts: made.Parts) -> None:
        parts[made.SHEET] = re.sub(rb'<c r="[A-Z]+[0-9]+"', b"<c", parts[made.SHEET])

    assert _whole(_read(made.workbook(tmp_path / "a.xlsx", change)))


def test_a_hundred_thousand_empty_formatted_rows_are_no_rows(tmp_path):
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(21, 100_000))
    path = made.workbook(tmp_path / "a.xlsx", made.replaced(made.SHEET, b"</sheetData>", rows + b"</sheetData>"))
    assert _whole(_read(path))


def test_a_file_that_may_not_be_opened_is_said(tmp_path, monkeypatch):
    path = _text(tmp_path / "verrou.csv", made.TEXT)
    usual = Path.open

    def refuse(self, *given, **named):
        if self == path:
            raise PermissionError(13, "locked")
        return usual(self, *given, **named)

    monkeypatch.setattr(Path, "open", refuse)
    assert "verrou.csv ne peut pas être ouvert" in _said([path])


def test_a_file_that_vanishes_or_changes_while_it_is_read_is_said(tmp_path, monkeypatch):
    path = _text(tmp_path / "vivant.csv", made.TEXT)
    specs = infer_specs([path])
    usual = container.sha256

    def change(read: Path) -> str:
        digest = usual(read)
        path.write_text(made.TEXT + "F99;C1;X;01/03/2024;01/04/2024;5,00\n", encoding="utf-8")
        return digest

    monkeypatch.setitem(read_tables.__kwdefaults__, "digest", change)
    with pytest.raises(DataError) as caught:
        read_files(specs)
    assert "a changé pendant la lecture" in language("fr").say(caught.value.messages[0])
    path.unlink()
    with pytest.raises(DataError) as caught:
        read_files(specs)
    assert "n’existe pas" in language("fr").say(caught.value.messages[0])


@pytest.mark.parametrize("name", ["far.xlsx", "encrypted.xlsx", "pipe.csv", "cut.xlsx"])
def test_the_command_line_says_it_returns_1_and_leaves_no_folder(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    make, words = REFUSED[name]
    make(tmp_path / name)
    assert main(["diagnose", name, "--out", "sortie"]) == 1
    shown = capsys.readouterr()
    assert words in shown.err
    assert "Traceback" not in shown.err + shown.out
    assert [each.name for each in tmp_path.iterdir()] == [name]
