"""Build `riskkit/companies/nomenclature_data/naf_rev2.csv` from the Python package `pynsee`.

The package (published by INSEE, MIT licence) carries INSEE's own NAF rev. 2 files; this script joins four of them
into one table of 1,728 rows: 21 sections, 88 divisions, 272 groups, 615 classes and 732 sub-classes. The other
files of the folder are typed by hand from the official lists; `SOURCES.md` beside them says which.

Use: `python scripts/build_nomenclature.py` (fetches the pinned wheel with pip), or `--wheel FILE` for one already
there. The output is the same bytes every time; a different package content stops the build.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE, VERSION = "pynsee", "0.3.0"
ARCHIVE = "pynsee/metadata/data/naf.zip"
ARCHIVE_SHA256 = "31c9cd218593f81a03cf5c2bd09c20cb0d5d4cd7aded47bc672ae4f26f54c801"
TARGET = Path(__file__).parents[1] / "riskkit" / "companies" / "nomenclature_data" / "naf_rev2.csv"
COLUMNS = ("code", "level", "label_fr", "label_en", "short_fr", "parent")
EXPECTED_ROWS = {1: 21, 2: 88, 3: 272, 4: 615, 5: 732}
LEVEL_OF_LENGTH = {1: 1, 2: 2, 4: 3, 5: 4, 6: 5}


def fetch_wheel(folder: Path) -> Path:
    """Download the pinned wheel of the package into `folder`, without its dependencies."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "-d", str(folder)]
    subprocess.run([*command, f"{PACKAGE}=={VERSION}"], check=True)
    return next(folder.glob(f"{PACKAGE}-*.whl"))


def open_archive(wheel: Path) -> zipfile.ZipFile:
    """Open the zip of NAF files inside the wheel, after checking that it is the one this script knows."""
    with zipfile.ZipFile(wheel) as outer:
        content = outer.read(ARCHIVE)
    digest = hashlib.sha256(content).hexdigest()
    if digest != ARCHIVE_SHA256:
        raise ValueError(f"{ARCHIVE}: sha256 {digest}, expected {ARCHIVE_SHA256}; review the file, then the pin")
    return zipfile.ZipFile(io.BytesIO(content))


def read_rows(archive: zipfile.ZipFile, name: str) -> list[list[str]]:
    """Rows of one semicolon file (windows-1252, line breaks inside quoted headers), header dropped."""
    text = archive.read(f"naf2008/{name}").decode("cp1252")
    return [[clean(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")][1:]


def clean(cell: str) -> str:
    """One line, single spaces, ordinary apostrophes; square metres and capital É as INSEE prints them elsewhere."""
    line = " ".join(cell.replace("\u2019", "'").split())
    return re.sub(r"^Edition\b", "Édition", re.sub(r"\bm2(?=et\b)", "m² ", line).replace("m2", "m²"))


def sentence_case(label: str) -> str:
    """Section labels are printed in capitals; none holds a proper noun."""
    return label[:1].upper() + label[1:].lower()


def build_rows(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    """Five levels with parents, ordered by section then code as INSEE prints them."""
    sections = {row[3]: row[4] for row in read_rows(archive, "naf2008_5_niveaux.csv")}  # division → section
    english = {row[1]: sentence_case(row[2]) for row in read_rows(archive, "int_eng_na_2008_a21.csv")}
    english |= {row[2]: row[3] for row in read_rows(archive, "int_eng_na_2008_a88.csv")}
    rows = []
    for _, printed_code, label, _, short in read_rows(archive, "int_courts_naf_rev_2.csv"):
        code = printed_code.removeprefix("SECTION ")
        if not code:
            continue
        level = LEVEL_OF_LENGTH[len(code)]
        label_fr = sentence_case(label) if level == 1 else label
        short_fr = "" if level <= 2 else short  # sections and divisions: see naf_rev2_short.csv
        parent = {1: "", 2: sections.get(code, ""), 3: code[:2], 4: code[:4], 5: code[:5]}[level]
        label_en = english[code] if level <= 2 else ""
        rows.append(dict(zip(COLUMNS, (code, str(level), label_fr, label_en, short_fr, parent), strict=True)))
    return rows


def check_rows(rows: list[dict[str, str]]) -> None:
    """Stop unless every level has its official count, every parent exists and every label is there."""
    codes = {row["code"] for row in rows}
    for level, expected in EXPECTED_ROWS.items():
        found = sum(row["level"] == str(level) for row in rows)
        if found != expected:
            raise ValueError(f"level {level}: {found} rows, INSEE publishes {expected}")
    orphans = [row["code"] for row in rows if row["parent"] not in codes and row["level"] != "1"]
    unlabelled = [row["code"] for row in rows if not row["label_fr"]]
    if orphans or unlabelled or len(codes) != len(rows):
        raise ValueError(f"orphans {orphans[:3]}, without label {unlabelled[:3]}, {len(rows) - len(codes)} repeats")


def main() -> None:
    """Read the package, check the counts, write the table."""
    parser = argparse.ArgumentParser(description="Build the NAF rev. 2 table from the package pynsee.")
    parser.add_argument("--wheel", type=Path, help=f"wheel of {PACKAGE} {VERSION} already downloaded")
    parser.add_argument("--out", type=Path, default=TARGET, help="file to write")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel = arguments.wheel or fetch_wheel(Path(folder))
        rows = build_rows(open_archive(wheel))
    check_rows(rows)
    with arguments.out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{arguments.out}: {len(rows)} rows from {PACKAGE} {VERSION}")


if __name__ == "__main__":
    main()
