"""What a person answered about matches, kept beside the portfolio so that it is asked once."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Literal

import pandas as pd

from riskkit.companies.matching import ANSWER_COLUMNS
from riskkit.errors import DataError, Message, message

Answer = Literal["confirmed", "refused"]


def read_answers(path: Path) -> pd.DataFrame:
    """The answers kept in a file; none when there is no file yet. `DataError` when it is not one."""
    if not path.is_file():
        return pd.DataFrame({name: pd.Series(dtype="str") for name in ANSWER_COLUMNS})
    try:
        answers = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, OSError) as fault:
        raise DataError(_unreadable(path, str(fault))) from None
    missing = [name for name in ANSWER_COLUMNS if name not in answers]
    if missing:
        raise DataError(_unreadable(path, ", ".join(missing)))
    given = answers[list(ANSWER_COLUMNS)].astype("str")
    siren = given["siren"].str.strip()
    return given.assign(siren=siren.str.zfill(9).where(siren != "", ""))  # a spreadsheet eats leading zeros


def save_answer(path: Path, *, fingerprint: str, siren: str, answer: Answer) -> None:
    """Add an answer, aside and then renamed; a new answer about a pair replaces the old one.

    Parameters
    ----------
    path
        The file of answers, made when missing.
    fingerprint
        Of the customer (`matching.fingerprints`).
    siren
        The company asked about; blank with `refused` says that none of those shown fits.
    answer
        What the person said.

    """
    before = read_answers(path)
    same = (before["fingerprint"] == fingerprint) & (before["siren"] == siren)
    rows = [*before[~same].itertuples(index=False, name=None), (fingerprint, siren, answer)]
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(ANSWER_COLUMNS)
        writer.writerows(rows)
    os.replace(aside, path)


def _unreadable(path: Path, fault: str) -> Message:
    return message(
        "{file} is not a file of answers about matches ({fault}). Correct it, or delete it to answer again.",
        file=path.name,
        fault=fault[:80],
    )
