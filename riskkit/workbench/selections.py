"""Selections kept under a name beside the runs of a portfolio: what an analyst filtered on, to use again."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from riskkit.errors import UsageError, message
from riskkit.ledger.panel_view import Selection
from riskkit.policy import validation_messages

FOLDER = "selections"
_NAME = re.compile(r"\w[\w '’().,&+–-]{0,58}[\w).]|\w")
_FILES_KEPT = 200

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Amount = Annotated[float, Field(ge=0, le=1e13)]


class SavedSelection(BaseModel):
    """What `selections/<name>.yaml` holds. Months are 2024-03; amounts are in the portfolio's currency."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=60)]
    by: Annotated[str, Field(max_length=80)] = ""
    filters: dict[str, tuple[str, ...]] = {}
    month_from: Month | None = None
    month_to: Month | None = None
    amount_from: Amount | None = None
    amount_to: Amount | None = None

    @model_validator(mode="after")
    def _named(self) -> SavedSelection:
        if _NAME.fullmatch(self.name) is None:
            raise ValueError("letters, digits, spaces and simple punctuation only")
        return self

    @property
    def selection(self) -> Selection:
        """The selection itself."""
        return Selection(
            filters=tuple(self.filters.items()),
            month_from=_month(self.month_from),
            month_to=_month(self.month_to),
            amount_from_cents=None if self.amount_from is None else round(self.amount_from * 100),
            amount_to_cents=None if self.amount_to is None else round(self.amount_to * 100),
        )


def save_selection(folder: Path, name: str, selection: Selection, *, by: str) -> Path:
    """Keep a selection under a name in `folder/selections`, in place of one of the same name. Returns its file.

    `UsageError` when the name cannot be used; an `OSError` when the folder cannot be written.
    """
    wanted = " ".join(name.split())
    if _NAME.fullmatch(wanted) is None:
        raise UsageError(
            message("'{name}' cannot name a selection. Use up to 60 letters, digits, spaces or dashes.", name=name[:80])
        )
    months = [
        None if month is None else f"{month[0]:04}-{month[1]:02}"
        for month in (selection.month_from, selection.month_to)
    ]
    amounts = [None if c is None else c / 100 for c in (selection.amount_from_cents, selection.amount_to_cents)]
    saved = SavedSelection(
        name=wanted,
        by=by,
        filters=dict(selection.filters),
        month_from=months[0],
        month_to=months[1],
        amount_from=amounts[0],
        amount_to=amounts[1],
    )
    path = folder / FOLDER / f"{_stem(wanted)}.yaml"
    path.parent.mkdir(exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    kept = saved.model_dump(exclude_none=True, mode="json")
    aside.write_text(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False), encoding="utf-8")
    os.replace(aside, path)
    return path


def read_selection(folder: Path, name: str) -> SavedSelection:
    """A selection kept under that name. `UsageError` when there is none, or its file was changed to what cannot be."""
    path = folder / FOLDER / f"{_stem(name)}.yaml"
    if not path.is_file():
        known = ", ".join(saved_names(folder)) or "–"
        raise UsageError(message("There is no selection '{name}'. Known: {known}.", name=name[:80], known=known))
    try:
        return SavedSelection.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except ValidationError as fault:
        raise UsageError(*validation_messages(fault, file=path.name)) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise UsageError(
            message(
                "The selection {file} cannot be read: {fault}. Save it again.", file=path.name, fault=str(fault)[:200]
            )
        ) from None


def saved_names(folder: Path) -> list[str]:
    """Names of the selections kept, in order; a file that is not one is passed over."""
    found = []
    for path in sorted((folder / FOLDER).glob("*.yaml"))[:_FILES_KEPT]:
        try:
            found.append(read_selection(folder, path.stem).name)
        except UsageError:
            continue
    return sorted(found, key=str.casefold)


def _stem(name: str) -> str:
    """The file of a name: no accents, no capitals, only letters, digits and dashes: it stays in its folder."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "selection"


def _month(text: str | None) -> tuple[int, int] | None:
    return None if text is None else (int(text[:4]), int(text[5:]))
