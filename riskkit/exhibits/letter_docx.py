"""A letter from a docx template that anyone can edit: fields replaced in its runs, rows of invoices repeated."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskkit.errors import DataError, message
from riskkit.exhibits.letter_fields import FIELD, Rows, Values, fill, unknown_field

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph


def fill_docx(template: Path, values: Values, rows: Rows) -> bytes:
    """The document with its fields replaced.

    A paragraph left empty by its fields goes; a table whose repeated row has nothing to repeat goes too. Formatting is
    that of the run in which a field begins. Raises `DataError` for a file that is no docx, and for unknown fields.
    """
    from docx import Document
    from docx.opc.exceptions import OpcError

    try:
        document = Document(str(template))
    except (OpcError, ValueError, KeyError, OSError, SyntaxError, zipfile.BadZipFile) as fault:
        raise DataError(
            message("{file} cannot be read as a .docx document. Save it again, or remove it to use the one shipped.",
                    file=template.name)
        ) from fault  # fmt: skip
    name = template.name
    parts = [document, *(part for section in document.sections for part in (section.header, section.footer))]
    for part in parts:
        for table in list(part.tables):
            _repeat(table, values, rows, file=name)
        for paragraph in list(_paragraphs(part)):
            _replace(paragraph, values, file=name)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _paragraphs(part: Any) -> Iterator[Paragraph]:
    """Paragraphs of a part, those of its tables included."""
    yield from part.paragraphs
    for table in part.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from _paragraphs(cell)


def _repeat(table: Any, values: Values, rows: Rows, *, file: str) -> None:
    for row in list(table.rows):
        held = {match[1] or match[2] for cell in row.cells for match in FIELD.finditer(cell.text)}
        marks = [mark for mark in rows if mark in held]
        if not marks:
            continue
        for each in rows[marks[0]]:
            made = copy.deepcopy(row._tr)
            row._tr.addprevious(made)
            for cell in type(row)(made, table).cells:
                for paragraph in _paragraphs(cell):
                    _replace(paragraph, {**values, **each}, file=file)
        row._tr.getparent().remove(row._tr)
        if not rows[marks[0]]:
            table._tbl.getparent().remove(table._tbl)
            return


def _replace(paragraph: Paragraph, values: Values, *, file: str) -> None:
    """Replace the fields of a paragraph; a field that Word has cut into several runs is put back in the first."""
    runs = paragraph.runs
    text = "".join(run.text for run in runs)
    found = list(FIELD.finditer(text))
    if not found:
        return
    starts = [sum(len(run.text) for run in runs[:rank]) for rank in range(len(runs))]
    pieces = [run.text for run in runs]
    for match in reversed(found):
        name = match[1] or match[2]
        if name is not None and name not in values:
            raise unknown_field(name, file=file)
        said = fill(match[0], values, file=file)
        first = max(rank for rank, start in enumerate(starts) if start <= match.start())
        for rank in range(len(runs) - 1, first - 1, -1):
            low = max(match.start() - starts[rank], 0)
            high = min(match.end() - starts[rank], len(runs[rank].text))
            if low < high or rank == first:
                pieces[rank] = pieces[rank][:low] + (said if rank == first else "") + pieces[rank][high:]
    for run, piece in zip(runs, pieces, strict=True):
        if run.text != piece:
            run.text = piece
    if not "".join(pieces).strip() and paragraph._p.getparent().tag.endswith("}body"):
        paragraph._p.getparent().remove(paragraph._p)
