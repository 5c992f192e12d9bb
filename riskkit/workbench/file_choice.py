"""What files a person means on the command line: names, folders, patterns, tables of a database; and copying them."""

from __future__ import annotations

import glob
import shutil
from collections.abc import Sequence
from pathlib import Path

from riskkit.errors import Message, UsageError, message, raise_all

KNOWN_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".txt", ".gz", ".parquet")


def expand_files(texts: Sequence[str]) -> list[Path | str]:
    """The sources that were meant: each file, those of a folder that can be read, those that a pattern finds.

    A folder that holds electronic invoices, itself or below, is one source; its Parquet files and spreadsheets are one
    each. A table of a database stays text. `UsageError` lists every text that names nothing. A file named twice
    counts once.
    """
    from riskkit.sources.database_names import database_table, is_database_table

    found: dict[Path | str, Path | str] = {}
    faults: list[Message] = []
    for text in texts:
        if is_database_table(text):
            database_table(text)
            found[text] = text
            continue
        path = Path(text)
        if path.is_dir():
            meant, missing = _in_folder(path)
        elif path.exists():
            meant, missing = [path], message("")
        else:
            meant = sorted(Path(match) for match in glob.glob(text) if Path(match).is_file())
            missing = message("File '{file}' does not exist. Check its name and its folder.", file=text)
        if not meant:
            faults.append(missing)
        found.update({each.resolve(): each for each in meant})
    raise_all(UsageError, faults)
    return list(found.values())


def copied_files(sources: Sequence[Path | str], folder: Path) -> list[Path | str]:
    """Copies of the files in `folder`, none over another; of a folder, its electronic invoices only."""
    from riskkit.sources.electronic_invoices import electronic_invoice_files

    folder.mkdir(parents=True, exist_ok=True)
    copies: list[Path | str] = []
    for source in sources:
        if isinstance(source, str):
            copies.append(source)
            continue
        target = _free_place(folder, source)
        if source.is_dir():
            for file in electronic_invoice_files(source):
                place = target / file.relative_to(source)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, place)
        else:
            shutil.copy2(source, target)
        copies.append(target)
    return copies


def _in_folder(folder: Path) -> tuple[list[Path], Message]:
    from riskkit.sources.database import parquet_files
    from riskkit.sources.electronic_invoices import electronic_invoice_files, looks_like_electronic_invoice

    files = [path for path in folder.iterdir() if path.is_file() and _is_source(path)]
    found = sorted({*files, *parquet_files(folder)})
    documents = electronic_invoice_files(folder)
    if documents and looks_like_electronic_invoice(folder):
        return [folder, *found], message("")
    if documents:
        return found, message(
            "Folder '{folder}' holds {count:PDF or XML file|PDF or XML files}, and none is an electronic invoice: a "
            "PDF must carry its data (Factur-X), XML must be CII or UBL. It holds no spreadsheet or ledger either.",
            folder=str(folder),
            count=len(documents),
        )
    return found, message("Folder '{folder}' holds no spreadsheet, CSV file or ledger.", folder=str(folder))


def _is_source(path: Path) -> bool:
    return not path.name.startswith((".", "~$")) and path.suffix.lower() in KNOWN_SUFFIXES


def _free_place(folder: Path, source: Path) -> Path:
    """Where a copy goes: under its own name, or with that of its folder before it when the name is taken."""
    own = source.absolute()
    names = [own.name, f"{own.parent.name}-{own.name}"]
    names += [f"{own.parent.name}-{rank}-{own.name}" for rank in range(2, 1000)]
    return next(folder / name for name in names if not (folder / name).exists())
