"""What a file really is, whatever its name says, and whether it is safe to open."""

from __future__ import annotations

import gzip
import hashlib
import html
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from riskkit.errors import DataError, Message, message

_MAX_BYTES = 2_000_000_000
_MAX_RATIO = 200
_RATIO_COUNTS_FROM = 100_000_000
_FORMULA_SCAN_BYTES = 64_000_000
_DAMAGED_ARCHIVE = (
    zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError, ValueError, KeyError,
)  # fmt: skip
_OFFICE_FILES = {
    "word/document.xml": message("a Word document"),
    "ppt/presentation.xml": message("a PowerPoint presentation"),
}
_LEGACY_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# A formula whose value was never computed: <c r="B2"><f>1+1</f></c>, or with an empty <v/>.
_FORMULA_WITHOUT_VALUE = re.compile(
    rb'<c [^>]*?r="([A-Z]+[0-9]+)"[^>]*><f[^>]*?(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>'
)


def sha256(path: Path) -> str:
    """Digest of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def kind_of_file(path: Path) -> str:
    """What the bytes are: `workbook` (xlsx, xlsm, xls, ods), `gzip` or `text`. `DataError` for anything else."""
    if path.is_dir():
        raise DataError(message("{file} is a folder. Give the files it holds.", file=path.name))
    if not path.exists():
        raise DataError(message("{file} does not exist. Check the path.", file=str(path)))
    if not path.is_file():
        raise DataError(message("{file} is a device or a pipe, not a file. Give an Excel or CSV file.", file=str(path)))
    try:
        with path.open("rb") as handle:
            start = handle.read(4096)
    except OSError:
        raise DataError(not_readable(path)) from None
    if not start.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise DataError(message("{file} is empty. Ask for the file again.", file=path.name))
    if start.startswith(b"PK"):
        return _check_archive(path)
    if start.startswith(_LEGACY_EXCEL):
        with path.open("rb") as handle:
            if _ENCRYPTED in handle.read():
                raise DataError(
                    message("{file} is protected by a password. Save it without one and try again.", file=path.name)
                )
        return "workbook"
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    if start.startswith(b"%PDF"):
        raise DataError(
            message(
                "{file} is a PDF, not a spreadsheet. Ask for the Excel or CSV export it was printed from.",
                file=path.name,
            )
        )
    if re.match(rb"\s*(<!doctype html|<html|<table|<\?xml)", start.removeprefix(b"\xef\xbb\xbf"), re.IGNORECASE):
        raise DataError(
            message(
                "{file} is a web page or XML under a spreadsheet's name. Open it in Excel and save it as .xlsx.",
                file=path.name,
            )
        )
    is_wide = start.startswith((b"\xff\xfe", b"\xfe\xff")) or _zero_side(start) is not None
    if not is_wide and (b"\x00" in start or _control_share(start) > 0.05):
        raise DataError(
            message("{file} is neither a spreadsheet nor a text table. Give an Excel or CSV file.", file=path.name)
        )
    return "text"


def unpacked(path: Path, *, folder: Path) -> Path:
    """The text of a .gz file, written into `folder`; refused when it swells beyond reason."""
    target = folder / f"{path.stem}-{sha256(path)[:12]}"
    packed_bytes, written = path.stat().st_size, 0
    try:
        with gzip.open(path, "rb") as source, target.open("wb") as sink:
            while block := source.read(1 << 20):
                written += len(block)
                refuse_swelling(path, packed_bytes=packed_bytes, unpacked_bytes=written)
                sink.write(block)
    except (EOFError, OSError, zlib.error):
        raise DataError(damaged(path)) from None
    if written == 0:
        raise DataError(message("{file} is empty. Ask for the file again.", file=path.name))
    return target


def check_formulas(path: Path) -> None:
    """`DataError` when a workbook holds formulas whose values were never computed: they would read as empty."""
    if not zipfile.is_zipfile(path):
        return
    cells: list[bytes] = []
    try:
        with zipfile.ZipFile(path) as archive:
            sheets = [i for i in archive.infolist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", i.filename)]
            if sum(i.file_size for i in sheets) <= _FORMULA_SCAN_BYTES:
                for sheet in sheets:
                    cells += _FORMULA_WITHOUT_VALUE.findall(archive.read(sheet))
    except _DAMAGED_ARCHIVE:
        raise DataError(damaged(path)) from None
    if cells:
        raise DataError(
            message(
                "{file}: {count:formula|formulas} {count:?has|have} no computed value, first in cell {cell}. Open "
                "the file in Excel or LibreOffice, save it, and try again.",
                file=path.name,
                count=len(cells),
                cell=cells[0].decode("ascii"),
            )
        )


def hidden_sheets(path: Path) -> list[str]:
    """The names of a workbook's hidden sheets, from its list of sheets alone; empty for formats other than .xlsx."""
    if not zipfile.is_zipfile(path):
        return []
    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                return []
            listed = archive.read("xl/workbook.xml")
    except _DAMAGED_ARCHIVE:
        raise DataError(damaged(path)) from None
    tags = [tag.decode("utf-8", "replace") for tag in re.findall(rb"<(?:\w+:)?sheet\s[^>]*>", listed)]
    hidden = [tag for tag in tags if re.search(r"""\sstate=["'](hidden|veryHidden)["']""", tag)]
    names = [re.search(r"""\sname=(?:"([^"]*)"|'([^']*)')""", tag) for tag in hidden]
    return [html.unescape(found[1] or found[2] or "") for found in names if found]


def _check_archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            encrypted = any(member.flag_bits & 1 for member in members)
            ods = b""
            if "META-INF/manifest.xml" in names and archive.getinfo("META-INF/manifest.xml").file_size < 10_000_000:
                ods = archive.read("META-INF/manifest.xml")
    except _DAMAGED_ARCHIVE:
        raise DataError(damaged(path)) from None
    if encrypted or b"encryption-data" in ods:
        raise DataError(
            message("{file} is protected by a password. Save it without one and try again.", file=path.name)
        )
    refuse_swelling(path, packed_bytes=path.stat().st_size, unpacked_bytes=sum(member.file_size for member in members))
    other = next((words for member, words in _OFFICE_FILES.items() if member in names), None)
    if other is not None:
        raise DataError(
            message("{file} is {kind}, not a spreadsheet. Ask for the Excel or CSV export of what it shows.",
                    file=path.name, kind=other)
        )  # fmt: skip
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise DataError(
            message("{file} is an archive, not a spreadsheet. Unpack it and give the files it holds.", file=path.name)
        )
    return "workbook"


def refuse_swelling(path: Path, *, packed_bytes: int, unpacked_bytes: int, is_streamed: bool = False) -> None:
    """`DataError` for an archive that swells beyond reason, or is too large to be unpacked (unless it is streamed)."""
    swells = unpacked_bytes > _RATIO_COUNTS_FROM and unpacked_bytes > _MAX_RATIO * max(packed_bytes, 1)
    if swells or (unpacked_bytes > _MAX_BYTES and not is_streamed):
        raise DataError(
            message(
                "{file} unpacks to {megabytes} MB or more from {packed} MB: it is refused as unsafe. Ask for the "
                "file as CSV.",
                file=path.name,
                megabytes=unpacked_bytes // 1_000_000,
                packed=packed_bytes // 1_000_000,
            )
        )


def damaged(path: Path) -> Message:
    """What to say of a file whose contents do not hold together."""
    return message("{file} is damaged or incomplete and cannot be opened. Ask for the file again.", file=path.name)


def not_readable(path: Path) -> Message:
    """What to say of a file that the system refuses to open or stops giving."""
    return message(
        "{file} cannot be opened: it is locked by another program, has been moved, or you may not read it. Close it in "
        "Excel, check your rights, and try again.",
        file=path.name,
    )


def stamps(paths: Iterable[Path]) -> dict[Path, tuple[int, int] | None]:
    """The size and the time of change of each file, to tell whether one changes while it is read."""
    return {path: _stamp(path) for path in paths}


def check_unchanged(before: Mapping[Path, tuple[int, int] | None]) -> None:
    """`DataError` when a file is not what it was: rows of two versions could be mixed."""
    changed = [path for path, stamp in before.items() if _stamp(path) != stamp]
    if changed:
        raise DataError(
            *(
                message(
                    "{file} changed while it was read. Nothing was kept: wait until it is saved, and try again.",
                    file=path.name,
                )
                for path in changed
            )
        )


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _zero_side(start: bytes) -> str | None:
    """`even` or `odd` when one byte in two is zero, as two bytes a letter leave them; None for other texts."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if min(even, odd) > len(start) // 40:
        return None
    return "odd" if odd > len(start) // 4 else "even" if even > len(start) // 4 else None


def _control_share(start: bytes) -> float:
    controls = sum(1 for byte in start if byte < 9 or 13 < byte < 32)
    return controls / max(len(start), 1)
