"""What a workbook holds that is not read: errors in its cells, macros, links to other files."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from riskkit.errors import Message, message

_SCAN_BYTES = 64_000_000
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_ERROR = re.compile(rb"""<c\s(?=[^>]*\st=["']e["'])[^>]*?r=["']([A-Z]{1,3}[0-9]{1,7})["']""")


def workbook_notes(path: Path) -> list[Message]:
    """What a workbook holds that is not read: errors in cells (of a sheet not too large), macros, links to others."""
    if not zipfile.is_zipfile(path):
        return []
    notes, errors = [], list[bytes]()
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        sheets = [item for item in archive.infolist() if _SHEET.fullmatch(item.filename)]
        if sum(item.file_size for item in sheets) <= _SCAN_BYTES:
            for item in sheets:
                errors += _ERROR.findall(archive.read(item))
    if errors:
        notes.append(
            message(
                "{file}: {count:cell|cells} {count:?holds|hold} an Excel error such as #REF!, the first in {cell}: "
                "{count:?it is|they are} read as empty. Correct {count:?it|them} in Excel, or ask for the file again.",
                file=path.name,
                count=len(errors),
                cell=errors[0].decode("ascii"),
            )
        )
    if any(name.endswith("vbaProject.bin") for name in names):
        notes.append(message("{file} holds macros: they are neither read nor run.", file=path.name))
    if any(name.startswith("xl/externalLinks/") for name in names):
        notes.append(
            message(
                "{file} has links to other workbooks: they are not followed, and the values Excel last saved are read.",
                file=path.name,
            )
        )
    return notes
