"""Electronic invoices (Factur-X PDF, UN/CEFACT CII and UBL 2.1 XML), one by one or by the folder → canonical tables.

`read_electronic_invoices` is the way in. How a document is read is in `einvoice_cii` and `einvoice_ubl`, which ones
are kept in `einvoice_sorting`, what they become in `einvoice_tables`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from riskkit.errors import DataError, Message, Money, UsageError, message, raise_all
from riskkit.schemas import REJECTS
from riskkit.sources import einvoice_tables as tables
from riskkit.sources.container import sha256
from riskkit.sources.einvoice_cii import cii_fields
from riskkit.sources.einvoice_document import ElectronicInvoice
from riskkit.sources.einvoice_fields import checked
from riskkit.sources.einvoice_pdf import embedded_xml
from riskkit.sources.einvoice_sorting import REASONS, company_of, main_currency, set_aside, sorting_notes
from riskkit.sources.einvoice_ubl import ubl_fields
from riskkit.sources.einvoice_xml import MAX_BYTES, local_name, read_xml, too_large
from riskkit.sources.reading import Reading, SourceFile

__all__ = ["REASONS", "electronic_invoice_files", "looks_like_electronic_invoice", "read_electronic_invoices"]

KIND = "electronic_invoices"
INVOICE_SUFFIXES = (".pdf", ".xml")
_FAULTS_SHOWN = 10
_ROOT = re.compile(r"<(?![?!])(?:([\w.-]+):)?(\w+)[\s>]")
_NAMESPACES = {"CrossIndustryInvoice": "uncefact", "Invoice": "ubl:schema", "CreditNote": "ubl:schema"}


def looks_like_electronic_invoice(path: Path) -> bool:
    """Whether a file is an electronic invoice, whatever its name; a folder is, when one of its files is."""
    if path.is_dir():
        return any(looks_like_electronic_invoice(file) for file in electronic_invoice_files(path))
    try:
        with path.open("rb") as handle:
            start = handle.read(16_384)
        if start.startswith(b"%PDF"):
            return bool(embedded_xml(path, file=path.name))
    except (OSError, DataError):
        return False
    is_utf16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = start.decode("utf-16" if is_utf16 else "utf-8", errors="replace")
    root = _ROOT.search(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
    return root is not None and root.group(2) in _NAMESPACES and _NAMESPACES[root.group(2)] in text


def electronic_invoice_files(folder: Path) -> list[Path]:
    """The PDF and XML files of a folder and its sub-folders, in order of name; links are not followed."""
    found = []
    for place, _, names in os.walk(folder):
        found += [Path(place) / name for name in names if name.lower().endswith(INVOICE_SUFFIXES)]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def read_electronic_invoices(
    paths: Sequence[Path],
    *,
    company_siren: str | None = None,
    currency: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Electronic invoices as canonical tables: what the company issued, and the customers they name.

    Parameters
    ----------
    paths
        Files, or folders of them.
    company_siren
        The company whose receivables are read; without it, the one that most documents name.
    currency
        Currency kept; without it, the most frequent one. Others are set aside: nothing is converted without a rate.
    progress
        Receives the name of each file as its reading begins.

    Notes
    -----
    Each file is one row of the account, kept or set aside with a reason. A file that cannot be read is set aside and
    said in a note; `DataError` when none can, or when the company issued none.
    """
    names = _named(paths)
    documents: list[ElectronicInvoice] = []
    faults: dict[str, tuple[Message, ...]] = {}
    for name, path in names.items():
        if progress is not None:
            progress(name)
        try:
            documents.append(read_document(path, file=name))
        except DataError as fault:
            faults[name] = fault.messages
    if not documents:
        raise_all(DataError, (each for found in faults.values() for each in found))
    company = company_of(documents, siren=company_siren)
    reasons = set_aside(documents, company=company, currency=currency)
    kept = [document for document, reason in zip(documents, reasons, strict=True) if reason is None]
    if not kept:
        raise DataError(*sorting_notes(documents, reasons))
    ids = tables.customer_ids(kept)
    invoices = tables.invoice_table(kept, ids)
    notes = [_summary(kept, names, company), *sorting_notes(documents, reasons), *_doubts(kept)]
    notes += _fault_notes(faults)
    why = {document.file: reason for document, reason in zip(documents, reasons, strict=True)}
    cents = {document.file: document.signed_cents for document in documents}
    return Reading(
        files=tuple(_account(name, path, why.get(name, "unreadable_file"), cents) for name, path in names.items()),
        currency=currency or main_currency(kept),
        coverage_start=min(document.issue_date for document in kept),
        latest_date=max(document.issue_date for document in kept),
        due_dates="file" if invoices["due_date"].notna().any() else "none",
        invoices=invoices,
        payments=tables.prepaid_table(kept, ids),
        customers=tables.customer_table(kept, ids),
        rejects=_rejects(documents, why, tuple(faults)),
        notes=tuple(notes),
    )


def read_document(path: Path, *, file: str) -> ElectronicInvoice:
    """One file as an electronic invoice; `file` is what messages call it. `DataError` says what is wrong with it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as handle:
            start = handle.read(5)
        if start == b"%PDF-":
            content = embedded_xml(path, file=file)
        elif size > MAX_BYTES:
            raise too_large(file, size)
        else:
            content = path.read_bytes()
    except OSError:
        raise DataError(
            message("{file} cannot be opened. Check that it exists and that you may read it.", file=file)
        ) from None
    if not content.strip():
        raise DataError(message("{file} is empty. Ask for the file again.", file=file))
    root = read_xml(content, file=file)
    kind = local_name(root)
    if kind == "CrossIndustryInvoice":
        return checked(cii_fields(root), file=file)
    if kind in ("Invoice", "CreditNote"):
        return checked(ubl_fields(root), file=file)
    raise DataError(
        message(
            "{file} is XML, but not an invoice that is known (Factur-X, CII D16B or D22B, UBL 2.1): its root is "
            "'{root}'.",
            file=file,
            root=kind[:60],
        )
    )


def _named(paths: Sequence[Path]) -> dict[str, Path]:
    """Each file once, under the shortest name that no other bears."""
    files: list[tuple[Path, Path]] = []
    for path in paths:
        files += [(each, path) for each in electronic_invoice_files(path)] if path.is_dir() else [(path, path.parent)]
    named: dict[str, Path] = {}
    for path, home in files:
        short, long = path.relative_to(home).as_posix(), path.as_posix()
        if path not in named.values():
            named[short if short not in named else long] = path
    if not named:
        raise UsageError(message("No electronic invoice was given. Name at least one file."))
    return named


def _account(name: str, path: Path, reason: str | None, cents: dict[str, int]) -> SourceFile:
    money, is_kept = cents.get(name, 0), reason is None
    return SourceFile(
        file=name, sha256=sha256(path) if path.is_file() else "", kind=KIND, rows_read=1, rows_accepted=int(is_kept),
        rows_rejected=int(not is_kept), accepted_cents=money if is_kept else 0,
        rejected_cents=0 if is_kept else money, total_cents=money,
    )  # fmt: skip


def _rejects(documents: Sequence[ElectronicInvoice], why: dict[str, str | None], broken: Sequence[str]) -> pd.DataFrame:
    rows = [
        (document.file, 1, "invoices", why[document.file], document.signed_cents,
         f"{document.number}|{document.issue_date}|{document.buyer.name or document.buyer.key}")
        for document in documents
        if why[document.file]
    ] + [(name, 1, "invoices", "unreadable_file", 0, None) for name in broken]  # fmt: skip
    return pd.DataFrame(rows, columns=REJECTS.names) if rows else REJECTS.empty()


def _fault_notes(faults: dict[str, tuple[Message, ...]]) -> list[Message]:
    every = [each for found in faults.values() for each in found]
    if len(every) <= _FAULTS_SHOWN:
        return every
    return [
        *every[:_FAULTS_SHOWN],
        message(
            "{count:more PDF or XML file|more PDF or XML files} cannot be read as invoices; {count:?it is|they are} "
            "among the rows set aside.",
            count=len(faults) - _FAULTS_SHOWN,
        ),
    ]


def _summary(kept: Sequence[ElectronicInvoice], names: dict[str, Path], company: str) -> Message:
    return message(
        "{count} of {total} electronic invoices {count:?was|were} issued by {company}: {money} in all, "
        "{credits:credit note|credit notes} and {deposits:deposit|deposits} among them.",
        count=len(kept),
        total=len(names),
        company=next(document.seller.name or company for document in kept),
        money=Money(sum(document.signed_cents for document in kept), kept[0].currency),
        credits=sum(document.kind == "credit_note" for document in kept),
        deposits=sum(document.kind == "deposit" for document in kept),
    )


def _doubts(kept: Sequence[ElectronicInvoice]) -> list[Message]:
    """What is kept and should be looked at: totals that do not add up, amounts said to be paid before."""
    notes = []
    wrong = [
        document
        for document in kept
        if document.excl_tax_cents is not None
        and document.tax_cents is not None
        and document.excl_tax_cents + document.tax_cents != document.total_cents
    ]
    if wrong:
        gap = sum(d.total_cents - (d.excl_tax_cents or 0) - (d.tax_cents or 0) for d in wrong)
        notes.append(
            message(
                "{count:electronic invoice|electronic invoices} {count:?has|have} a total that is not "
                "{count:?its|their} amount without tax plus tax ({money} in all, first {number} in {file}). The "
                "total is believed.",
                count=len(wrong), money=Money(gap, wrong[0].currency), number=wrong[0].number, file=wrong[0].file,
            )
        )  # fmt: skip
    prepaid = [document for document in kept if document.prepaid_cents]
    if prepaid:
        notes.append(
            message(
                "{count:electronic invoice|electronic invoices} {count:?says|say} that {money} was paid before "
                "{count:?it was|they were} issued: that is taken off what {count:?it leaves|they leave} to pay, and "
                "says nothing of delays.",
                count=len(prepaid),
                money=Money(sum(document.prepaid_cents for document in prepaid), prepaid[0].currency),
            )
        )
    return notes
