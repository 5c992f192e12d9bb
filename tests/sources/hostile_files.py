"""Files that could harm or mislead whoever opens them, made small: each function writes one and returns its path."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

from tests.sources.fec_texts import TITLES

HEADER = "N° facture;Code client;Raison sociale;Date facture;Date échéance;Montant TTC"
LINES = [f"F{n};C{n % 3};Société {n % 3};{n:02}/03/2024;{n:02}/04/2024;{n * 10},50" for n in range(1, 20)]
TEXT = "\n".join([HEADER, *LINES]) + "\n"
CENTS = sum(n * 1000 + 50 for n in range(1, 20))
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"

Parts = dict[str, bytes]


def workbook(path: Path, change: Callable[[Parts], None] | None = None, *, is_1904: bool = False) -> Path:
    """The invoices of this module as a workbook, its parts changed."""
    with xlsxwriter.Workbook(path, {"date_1904": is_1904}) as book:
        sheet, day = book.add_worksheet("Factures"), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, HEADER.split(";"))
        for row, line in enumerate(LINES, start=1):
            cells = line.split(";")
            sheet.write_row(row, 0, cells[:3])
            for column in (3, 4):
                sheet.write_datetime(row, column, dt.datetime.strptime(cells[column], "%d/%m/%Y"), day)  # noqa: DTZ007
            sheet.write_number(row, 5, float(cells[5].replace(",", ".")))
    if change is not None:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        change(parts)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
    return path


def replaced(part: str, old: bytes, new: bytes) -> Callable[[Parts], None]:
    """A change of one part: the first `old` becomes `new`."""

    def change(parts: Parts) -> None:
        assert old in parts[part]
        parts[part] = parts[part].replace(old, new, 1)

    return change


def added(**parts: bytes) -> Callable[[Parts], None]:
    """A change that adds parts; __ stands for / in their names, and their extension is .bin."""
    return lambda found: found.update({name.replace("__", "/") + ".bin": content for name, content in parts.items()})


def swollen(path: Path) -> Path:
    """Shared strings of 150 MB in a workbook of 200 kB."""
    return workbook(path, lambda parts: parts.update({_STRINGS: b"<sst><si><t>" + b"A" * 150_000_000}))


def false_sizes(path: Path) -> Path:
    """Shared strings of 30 MB that the archive says are 1,000 bytes."""
    content = bytearray(workbook(path, lambda parts: parts.update({_STRINGS: b"A" * 30_000_000})).read_bytes())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        length = struct.unpack_from("<H", content, at + 28)[0]
        if content[at + 46 : at + 46 + length] == _STRINGS.encode():
            struct.pack_into("<I", content, at + 24, 1000)
        at = content.find(b"PK\x01\x02", at + 4)
    path.write_bytes(content)
    return path


def laughing(path: Path) -> Path:
    """Entities that stand for ten of each other, nine times over."""
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )  # fmt: skip
    return workbook(
        path,
        lambda parts: parts.update(
            {_STRINGS: parts[_STRINGS].replace(b"<sst", f"<!DOCTYPE sst [{entities}]><sst".encode(), 1)
             .replace("Société 1".encode(), b"&a9;")}
        ),
    )  # fmt: skip


def external_entity(path: Path, secret: Path) -> Path:
    """A cell that asks for the contents of another file."""
    entity = f'<!DOCTYPE sst [<!ENTITY x SYSTEM "{secret.as_uri()}">]><sst'.encode()
    return workbook(
        path,
        lambda parts: parts.update(
            {_STRINGS: parts[_STRINGS].replace(b"<sst", entity, 1).replace("Société 1".encode(), b"&x;")}
        ),
    )


def far_cell(path: Path, *, is_said: bool = True) -> Path:
    """One cell at the end of the sheet; `is_said` when the sheet says how far it reaches."""

    def change(parts: Parts) -> None:
        parts[SHEET] = parts[SHEET].replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        )
        if is_said:
            parts[SHEET] = parts[SHEET].replace(b'ref="A1:F20"', b'ref="A1:XFD1048576"')

    return workbook(path, change)


def rows_added(path: Path, rows: bytes) -> Path:
    """Rows after those of the invoices, of which the sheet says nothing (its `dimension` ends before)."""
    return workbook(path, replaced(SHEET, b"</sheetData>", rows + b"</sheetData>"))


def far_by_place(path: Path) -> Path:
    """Cells that do not say where they are: 400 in one row, and one in the last row of all."""
    return rows_added(
        path, b'<row r="40">' + b"<c><v>1</v></c>" * 400 + b'</row><row r="1048576"><c><v>1</v></c></row>'
    )


def shared_text(path: Path) -> Path:
    """Ten thousand cells that show the same text of a million letters."""

    def change(parts: Parts) -> None:
        parts[_STRINGS] = parts[_STRINGS].replace("Société 1".encode(), b"A" * 1_000_000)
        rows = b"".join(b'<row r="%d"><c r="C%d" t="s"><v>8</v></c></row>' % (row, row) for row in range(30, 10_030))
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")

    return workbook(path, change)


def far_binary(path: Path) -> Path:
    """A binary workbook with a row header for row 1,048,576 and a number in column 16,384 ([MS-XLSB] 2.4)."""
    row = b"\x00\x19" + (1_048_575).to_bytes(4, "little") + bytes(21)
    cell = b"\x05\x10" + (16_383).to_bytes(4, "little") + bytes(12)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.bin", b"\x83\x01\x00")
        archive.writestr("xl/worksheets/sheet1.bin", b"\x81\x01\x00" + row + cell + b"\x82\x01\x00" + bytes(32))
    return path


def document(path: Path, rows: str) -> Path:
    """An OpenDocument sheet of those rows."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet><table:table table:name="F">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{space}:manifest:1.0"/>')
        archive.writestr("content.xml", content)
    return path


def cell(text: str, times: int = 1) -> str:
    """A cell of text of an OpenDocument sheet, repeated."""
    return (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{times}"><text:p>{text}</text:p>'
        "</table:table-cell>"
    )


def far_repeats(path: Path) -> Path:
    """An OpenDocument sheet whose one cell is repeated over all of it."""
    return document(path, f'<table:table-row table:number-rows-repeated="1048576">{cell("x", 16384)}</table:table-row>')


def far_emptiness(path: Path) -> Path:
    """Rows of an OpenDocument sheet that hold a thousand empty cells before a filled one."""
    empty = '<table:table-cell table:number-columns-repeated="1000"/>'
    return document(path, f"<table:table-row>{empty}{cell('x')}</table:table-row>" * 20_000)


def long_document(path: Path) -> Path:
    """An OpenDocument sheet of 80 MB whose last rows lie far away."""
    row = f"<table:table-row>{cell('x' * 3_000) * 3}</table:table-row>\n"
    far = '<table:table-row table:number-rows-repeated="900000"><table:table-cell/></table:table-row>'
    noise = f"<!--{os.urandom(600_000).hex()}-->"
    return document(path, noise + row * 9_000 + far + f"<table:table-row>{cell('x', 50)}</table:table-row>")


def spaces(path: Path) -> Path:
    """An OpenDocument sheet whose one cell holds two thousand million spaces, in ten letters."""
    wide = cell('<text:s text:c="2000000000"/>x')
    return document(path, f"<table:table-row>{wide}{wide}{wide}</table:table-row>" * 2)


def wide(path: Path) -> Path:
    """A sheet of 600 filled columns."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Large")
        for row in range(2):
            sheet.write_row(row, 0, [f"c{column}" for column in range(600)])
    return path


def nested(path: Path) -> Path:
    """Archives in an archive."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"0" * 1_000_000)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(10):
            archive.writestr(f"{number}.zip", inner.getvalue())
    return path


def encrypted(path: Path) -> Path:
    """An OLE container that holds an encrypted package, as Excel writes a workbook with a password."""
    path.write_bytes(_OLE + bytes(4000) + "EncryptedPackage".encode("utf-16-le") + bytes(4000))
    return path


def other_ole(path: Path) -> Path:
    """An OLE container that is no workbook."""
    path.write_bytes(_OLE + bytes(8000))
    return path


def swollen_gzip(path: Path) -> Path:
    """150 MB of text in 150 kB."""
    with gzip.open(path, "wb") as sink:
        for _ in range(150):
            sink.write(b"0;" * 500_000)
    return path


def swollen_ledger(path: Path) -> Path:
    """A FEC of 2 GB in 2 MB: the same archive many times over, as the format allows."""
    header, zeros = (gzip.compress(text) for text in ("\t".join(TITLES).encode() + b"\n", b"0\t" * 500_000))
    path.write_bytes(header + zeros * 2000)
    return path


def endless_ledger(path: Path) -> Path:
    """A FEC whose second line is 40 MB long."""
    path.write_bytes("\t".join(TITLES).encode() + b"\n" + b"0\t" * 20_000_000)
    return path


def cut_ledger(path: Path) -> Path:
    """The first half of a compressed FEC."""
    lines = b"".join(b"VE\tVentes\t%d\t20240101\t411000\n" % number for number in range(20_000))
    return cut(path, gzip.compress("\t".join(TITLES).encode() + b"\n" + lines), 30_000)


def holes(path: Path) -> Path:
    """A text file of 10 GB, nearly all of it a hole: it takes no room on the disk."""
    with path.open("wb") as sink:
        sink.write(TEXT.encode())
        sink.truncate(10_000_000_000)
    return path


def pipe(path: Path) -> Path:
    """A named pipe that nobody writes to."""
    os.mkfifo(path)
    return path


def itself(path: Path) -> Path:
    """A link to itself."""
    path.symlink_to(path)
    return path


def cut(path: Path, content: bytes, at: int) -> Path:
    """The first bytes of a file."""
    path.write_bytes(content[:at])
    return path
