"""What enrichment adds, as columns ready to be written: titles, values in words, styles and widths."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from riskkit.companies.account_comparison import COMPARISON_REASONS
from riskkit.companies.account_measures import REASONS
from riskkit.companies.client_file import Cell
from riskkit.companies.enrich import Enrichment
from riskkit.companies.enrich_fields import FIELDS, RANKED, EnrichedField, rank_title
from riskkit.companies.events import write_state
from riskkit.errors import Message, message
from riskkit.exhibits.language import Language

_CLASSES = {"failed": message("failed company"), "unknown": message("not known")}
_VERSIONS = {"rev2": message("NAF rev. 2"), "2025": message("NAF 2025")}
_WIDTHS = {"text": 18, "date": 12, "amount": 16, "number": 10, "days": 10, "share": 10, "flag": 10}
_LABELS = ("official_name", "activity_label", "legal_form_label")


@dataclass(frozen=True)
class AddedColumn:
    """One column added: its title and meaning, its values in row order, and how they look."""

    title: str
    meaning: str
    values: list[Cell]
    style: str
    width: int


def added_columns(enrichment: Enrichment, words: Language) -> list[AddedColumn]:
    """The columns of every field that is known for one customer at least, each with its source and its date."""
    columns: list[AddedColumn] = []
    for field in FIELDS:
        column = enrichment.columns.get(field.name)  # none in a run that looked nothing up
        if column is not None and known(enrichment.customers[column]).any():
            columns.extend(_field_columns(field, enrichment.customers, column, words))
    return columns


def known(values: pd.Series) -> pd.Series:
    """Which values say something: not missing, and not the class of what is unknown."""
    return values.notna() & ~values.isin(["unknown"])


def _field_columns(field: EnrichedField, customers: pd.DataFrame, column: str, words: Language) -> list[AddedColumn]:
    title = words.say(field.title)
    values, source = customers[column], customers[f"{column}_source"]
    if f"{column}_reason" in customers:
        source = source.where(values.notna(), customers[f"{column}_reason"].map(_reason_words(words)))
    style = {"text": "text", "flag": "text"}.get(field.kind, field.kind)
    width = 32 if field.name in _LABELS else _WIDTHS[field.kind]
    columns = [
        AddedColumn(title, words.say(field.meaning), _shown(field, values, words), style, width),
        AddedColumn(words.text("{field}: source", field=title), "", _cells(source), "quiet", 18),
        AddedColumn(
            words.text("{field}: date", field=title), "", _cells(customers[f"{column}_date"]), "quiet_date", 12
        ),
    ]
    rank, change = (words.say(name) for name in rank_title(field.name)) if field.name in RANKED else ("", "")
    if f"{column}_quantile" in customers:
        meaning = words.text("Share of the companies of its NAF division, in this portfolio, that are below it.")
        columns.append(AddedColumn(rank, meaning, _cells(customers[f"{column}_quantile"]), "share", 12))
    if f"{column}_change" in customers:
        meaning = words.text("This financial year less the one before.")
        columns.append(AddedColumn(change, meaning, _cells(customers[f"{column}_change"]), "number", 12))
    return columns


def _reason_words(words: Language) -> dict[str, str]:
    return {code: words.say(sentence) for code, sentence in {**REASONS, **COMPARISON_REASONS}.items()}


def _shown(field: EnrichedField, values: pd.Series, words: Language) -> list[Cell]:
    """The values of a field as a reader expects them: euros, words for codes of ours."""
    if field.kind == "amount":
        return [None if pd.isna(cents) else int(cents) / 100 for cents in values]
    if field.kind == "flag":
        yes, no = words.text("yes"), words.text("no")
        return [None if pd.isna(flag) else (yes if flag else no) for flag in values]
    if field.name == "state":
        return [words.say(write_state(state)) for state in values]
    translated: dict[str, Message] = {"bureau_class": _CLASSES, "naf_version": _VERSIONS}.get(field.name, {})
    said: dict[Cell, str] = {code: words.say(sentence) for code, sentence in translated.items()}
    return [said.get(cell, cell) for cell in _cells(values)]


def _cells(values: pd.Series) -> list[Cell]:
    """Missing values as None, timestamps as dates, the rest as it is."""
    return [
        None if pd.isna(value) else value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
        for value in values
    ]
