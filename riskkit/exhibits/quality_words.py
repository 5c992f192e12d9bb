"""The quality report in words: dimensions, severities, counts, and the sentence of each finding."""

from __future__ import annotations

import math

import pandas as pd

from riskkit.errors import Money, message
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.sources.quality_tables import unpack_message

OVERALL = "overall"
_DIMENSIONS = {
    "completeness": message("Completeness"),
    "validity": message("Validity"),
    "uniqueness": message("Uniqueness"),
    "consistency": message("Consistency"),
    "timeliness": message("Continuity in time"),
    "reconciliation": message("Reconciliation"),
    "conformity": message("Legal payment terms"),
    OVERALL: message("Overall"),
}
_SEVERITIES = {
    "blocking": message("blocking"),
    "important": message("important"),
    "minor": message("minor"),
    "fact": message("for information"),
}
_BASES = {
    "invoices": message("{share} of invoices"),
    "payments": message("{share} of payments"),
    "movements": message("{share} of movements"),
    "exposure": message("{share} of balances"),
    "control": message("{share} of the control total"),
}


def dimension_name(code: str, language: str) -> str:
    """A dimension as people read it."""
    words = language_of(language)
    return words.say(_DIMENSIONS[code]) if code in _DIMENSIONS else code


def severity_name(code: str, language: str) -> str:
    """A severity as people read it; `fact` is a finding that weighs on no grade."""
    words = language_of(language)
    return words.say(_SEVERITIES[code]) if code in _SEVERITIES else code


def severity_of(row: pd.Series) -> str:
    """The severity of a finding, or `fact` when it weighs on no grade."""
    return str(row["severity"]) if bool(row["is_graded"]) else "fact"


def say_packed(text: object, language: str) -> str:
    """A message kept as JSON, in the reader's language."""
    return language_of(language).say(unpack_message(str(text)))


def quality_amount(frame: pd.DataFrame, name: str = "amount") -> pd.Series:
    """Amounts of a quality table in currency units, whether it was just made or read from a run."""
    shown = name if name == "amount" else f"{name}_amount"
    return frame[shown].astype("float64") if shown in frame else frame[f"{name}_cents"].astype("float64") / 100


def count_text(row: pd.Series, words: Language) -> str:
    """How many rows, customers or months."""
    count = int(row["rows_count"])
    if row["counted"] == "customers":
        return words.text("{count:customer|customers}", count=count) if count > 1 else words.text("1 customer")
    if row["counted"] == "months":
        return words.text("{count:month|months}", count=count) if count > 1 else words.text("1 month")
    return words.text("{count:row|rows}", count=count) if count > 1 else words.text("1 row")


def share_text(row: pd.Series, words: Language) -> str:
    """The share with what it is a share of; empty when there is none."""
    share = float(row["share_of_amount"])
    if math.isnan(share) or share == 0 or str(row["base"]) not in _BASES:
        return ""
    shown = words.text("less than {share}", share=words.share(0.001, digits=1)) if 0 < share < 0.001 else ""
    return words.text(_BASES[str(row["base"])].template, share=shown or words.share(share, digits=1))


def example_of(row: pd.Series, words: Language) -> str:
    """The first example and where it stands: file and line."""
    parts = [str(row["example"])] if pd.notna(row["example"]) else []
    if pd.notna(row["source_line"]):
        place = words.text("{file}, line {line}", file=str(row["source_file"]), line=str(int(row["source_line"])))
        parts.append(place)
    return " – ".join(parts)


def finding_sentence(row: pd.Series, *, language: str, currency: str, amount: float) -> str:
    """One finding as a sentence: what, how many, how much, and what it changes."""
    words = language_of(language)
    label, effect = say_packed(row["label"], language), say_packed(row["effect"], language)
    share = share_text(row, words)
    values = {"label": label, "count": count_text(row, words), "money": Money(round(amount * 100), currency)}
    if round(amount * 100) == 0:
        said = words.text("{label}: {count}.", label=label, count=values["count"])
    elif share:
        said = words.text("{label}: {count}, {money} ({share}).", share=share, **values)
    else:
        said = words.text("{label}: {count}, {money}.", **values)
    return f"{said} {effect}"


def quality_finding(quality: pd.DataFrame, grades: pd.DataFrame, *, language: str) -> str:
    """What the report states first: the overall grade and its main reason."""
    words = language_of(language)
    overall = grades[grades["dimension"] == OVERALL]
    if overall.empty or not len(quality) or not quality["is_graded"].any():
        return words.text("Nothing found in the files that weighs on the figures")
    first = overall.iloc[0]
    letter, reason = str(first["grade"]), say_packed(first["reason"], language).rstrip(".")
    if letter == "A":
        return words.text("Files graded A: what is wrong in them hardly weighs")
    return words.text("Files graded {grade}. {reason}", grade=letter, reason=reason)
