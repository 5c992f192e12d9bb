"""Build `riskkit/companies/nomenclature_data/naf_2025.csv`: the levels of NAF 2025.

Sections and divisions were typed from the official list and are kept as they are. Groups and classes are those of
NACE Rev. 2.1, which NAF 2025 keeps whole: their codes and English labels come from the Python package `naceconverter`
(MIT licence). Sub-classes and French labels below divisions are in no package: `--insee FILE` adds them from INSEE's
list of sub-classes, which a maintainer downloads (columns niv5, niv4, niv3, niv2, niv1, niv5_libelle).

Use: `python scripts/build_naf_2025.py` (fetches the pinned wheel with pip), or `--wheel FILE` for one already there.
The output is the same bytes every time; a different package content, or a count that is not the official one, stops
the build.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE, VERSION = "naceconverter", "1.0.1"
MEMBER = "naceconverter/nacecodes.csv"
MEMBER_SHA256 = "bc360c82a7c38abd630c75a46738143011403eee2ab51bf664065712d126b5ae"
TARGET = Path(__file__).parents[1] / "riskkit" / "companies" / "nomenclature_data" / "naf_2025.csv"
COLUMNS = ("code", "level", "label_fr", "label_en", "short_fr", "short_en", "parent")
EXPECTED_ROWS = {1: 22, 2: 87, 3: 287, 4: 651}
SUBCLASSES = 747

Row = dict[str, str]


def read_package(wheel: Path) -> list[Row]:
    """Groups and classes of NACE Rev. 2.1, with their parents and English labels."""
    with zipfile.ZipFile(wheel) as archive:
        content = archive.read(MEMBER)
    digest = hashlib.sha256(content).hexdigest()
    if digest != MEMBER_SHA256:
        raise ValueError(f"{MEMBER}: sha256 {digest}, expected {MEMBER_SHA256}; review the file, then the pin")
    given = csv.DictReader(io.StringIO(content.decode("utf-8")), delimiter=";")
    return [
        _row(code=row["code"], level=row["level"], parent=row["parentCode"], label_en=" ".join(row["name"].split()))
        for row in given
        if row["level"] in ("3", "4")  # the fifth level there is another country's
    ]


def add_insee(rows: list[Row], path: Path) -> list[Row]:
    """The rows with INSEE's sub-classes; a class with one sub-class bears its French label."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        given = list(csv.DictReader(stream))
    children: dict[str, list[str]] = {}
    for row in given:
        children.setdefault(row["niv4"], []).append(row["niv5_libelle"])
    alone = {code: labels[0] for code, labels in children.items() if len(labels) == 1}
    rows = [row | {"label_fr": row["label_fr"] or alone.get(row["code"], "")} for row in rows]
    found = [_row(code=row["niv5"], level="5", parent=row["niv4"], label_fr=row["niv5_libelle"]) for row in given]
    if len(found) != SUBCLASSES:
        raise ValueError(f"{path.name}: {len(found)} sub-classes, INSEE publishes {SUBCLASSES}")
    return rows + found


def check_rows(rows: list[Row]) -> None:
    """Stop unless every level has its official count, every parent exists and every code is there once."""
    codes = {row["code"] for row in rows}
    for level, expected in EXPECTED_ROWS.items():
        found = sum(row["level"] == str(level) for row in rows)
        if found != expected:
            raise ValueError(f"level {level}: {found} rows, {expected} are published")
    orphans = [row["code"] for row in rows if row["parent"] not in codes and row["level"] != "1"]
    if orphans or len(codes) != len(rows):
        raise ValueError(f"orphans {orphans[:3]}, {len(rows) - len(codes)} repeats")


def main() -> None:
    """Read the typed levels, the package and INSEE's list where it is given; write the table by level and code."""
    parser = argparse.ArgumentParser(description="Build the NAF 2025 table.")
    parser.add_argument("--wheel", type=Path, help=f"wheel of {PACKAGE} {VERSION} already downloaded")
    parser.add_argument("--insee", type=Path, help="INSEE's list of the sub-classes of NAF 2025, CSV")
    parser.add_argument("--out", type=Path, default=TARGET, help="file to write")
    arguments = parser.parse_args()
    with TARGET.open(encoding="utf-8", newline="") as stream:
        typed = [row for row in csv.DictReader(stream) if row["level"] in ("1", "2")]
    with tempfile.TemporaryDirectory() as folder:
        rows = typed + sorted(read_package(arguments.wheel or _fetch(Path(folder))), key=lambda row: row["code"])
    if arguments.insee:
        rows = add_insee(rows, arguments.insee)
    check_rows(rows)
    with arguments.out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{arguments.out}: {len(rows)} rows")


def _fetch(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "-d", str(folder)]
    subprocess.run([*command, f"{PACKAGE}=={VERSION}"], check=True)
    return next(folder.glob(f"{PACKAGE}-*.whl"))


def _row(**given: str) -> Row:
    return dict.fromkeys(COLUMNS, "") | given


if __name__ == "__main__":
    main()
