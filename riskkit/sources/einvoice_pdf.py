"""The invoice data inside a Factur-X PDF (ZUGFeRD 2 and XRechnung PDFs too)."""

from __future__ import annotations

import logging
import zlib
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, LimitReachedError, PyPdfError

from riskkit.errors import DataError, message
from riskkit.sources.einvoice_xml import MAX_BYTES, too_large

NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
_MAX_PDF_BYTES = 100_000_000
# A broken PDF makes its reader fail in all these ways; each is the file's fault and none is the program's.
_BROKEN = (PyPdfError, KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError, OverflowError,
           AssertionError, NotImplementedError, OSError, EOFError, zlib.error)  # fmt: skip


def embedded_xml(path: Path, *, file: str) -> bytes:
    """The XML that a PDF carries. `DataError` for a PDF without any, protected, damaged or swollen beyond reason."""
    if path.stat().st_size > _MAX_PDF_BYTES:
        raise too_large(file, path.stat().st_size)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with path.open("rb") as handle:
            reader = PdfReader(handle)
            if reader.is_encrypted and not reader.decrypt(""):
                raise _protected(file)
            content = _invoice_data(reader)
    except (LimitReachedError, MemoryError):
        raise too_large(file, path.stat().st_size) from None
    except FileNotDecryptedError:
        raise _protected(file) from None
    except _BROKEN as fault:
        if isinstance(fault, DataError):
            raise
        raise DataError(
            message("{file} is a damaged PDF and cannot be opened. Ask for the invoice again.", file=file)
        ) from None
    if content is None:
        raise DataError(
            message(
                "{file} is a PDF without invoice data inside: it is not a Factur-X invoice, only a picture of one. Ask "
                "for the electronic invoice, or for an Excel or CSV export.",
                file=file,
            )
        )
    if len(content) > MAX_BYTES:
        raise too_large(file, len(content))
    return content


def _invoice_data(reader: PdfReader) -> bytes | None:
    attached = {str(entry.name).lower(): entry for entry in reader.attachment_list}
    named = [attached[name] for name in NAMES if name in attached]
    others = [entry for name, entry in sorted(attached.items()) if name.endswith(".xml")]
    chosen = named or (others if len(others) == 1 else [])
    return bytes(chosen[0].content) if chosen else None


def _protected(file: str) -> DataError:
    return DataError(message("{file} is protected by a password. Save it without one and try again.", file=file))
