"""BODACC notices read: the records of the public API, saved files of notices, and flat extracts of judgments.

A notice holds two dates. The judgment dates the fact; the publication makes it known to all. `event_date`, the day
from which the product knows, is the publication when the file gives it, and the judgment when it does not.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from riskkit.companies.bodacc_kinds import NOTHING, Meaning, judgment_meaning
from riskkit.companies.identifiers import repair_siren, valid_siren
from riskkit.companies.named_columns import Field, read_columns
from riskkit.errors import DataError, Message, message
from riskkit.schemas import Column, Table
from riskkit.sources.parsing import read_dates

FACTS = Table(
    "facts",
    "a dated fact about a company, before it is tied to the customers of a portfolio",
    (
        Column(
            "siren", "text", "SIREN of the company; missing when the file gives none that can be read", nullable=True
        ),
        Column("event_date", "date", "when it became known: publication, or judgment where no publication is given"),
        Column("kind", "text", "kind of event"),
        Column("state_after", "text", "state it leaves the company in; missing when it changes none", nullable=True),
        Column("judgment_date", "date", "when it was judged", nullable=True),
        Column("annulled_date", "date", "since when it is known to be annulled", nullable=True),
        Column("amount_cents", "cents", "money it concerns, minor units", nullable=True),
        Column("label", "text", "its own words", nullable=True),
        Column("source_file", "text", "name of the file it was read from"),
        Column("source_line", "integer", "line of that file, or rank of the notice in it"),
    ),
)

_FLAT = {
    "siren": Field("text", ("rcs", "registre", "numero siren", "siren number"), required=True),
    "judgment_date": Field("date", ("date", "date jugement", "date du jugement")),
    "publication_date": Field("date", ("dateparution", "date parution", "publication")),
    "nature": Field("text", ("nature jugement", "nature du jugement", "libelle"), required=True),
}
_JUDGMENT_KEYS = ("jugement", "contenu")
_FAMILIES = {
    "radiation": "radiation",
    "radiations": "radiation",
    "collective": "judgment",
    "procedures collectives": "judgment",
}


@dataclass(frozen=True)
class Notices:
    """Facts found in BODACC files, one row per company and judgment, and what the reading has to say."""

    facts: pd.DataFrame
    notes: tuple[Message, ...] = ()


def read_bodacc(paths: Iterable[Path]) -> Notices:
    """The facts of every BODACC file given; a folder stands for the files in it.

    From: API replies and saved notices (`.json`, `.jsonl`, `.gz`), flat extracts (`.csv`, `.xlsx`) that give a SIREN,
          a date and a nature.
    To:   `FACTS`, sorted by date; the same judgment published twice is kept once, at its first publication.
    """
    rows: list[dict[str, Any]] = []
    for path in bodacc_files(paths):
        rows.extend(_flat_rows(path) if _is_flat(path) else _notice_rows(_records(path), source_file=path.name))
    return _gathered(rows)


def read_bodacc_records(records: Sequence[Mapping[str, Any]], *, source_file: str) -> Notices:
    """The facts of records already in memory, as the API gives them (`fields` around the values or not)."""
    return _gathered(list(_notice_rows(records, source_file=source_file)))


def bodacc_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, a folder standing for those in it. `DataError` when one does not exist."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise DataError(message("{file} does not exist. Correct its name in portfolio.yaml.", file=path.name))
        found.extend(sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path])
    return found


def _is_flat(path: Path) -> bool:
    return not path.name.lower().removesuffix(".gz").endswith((".json", ".jsonl", ".ndjson"))


def _records(path: Path) -> list[Mapping[str, Any]]:
    """The records of a JSON file: a list, an API reply (`records`, `results`), or one record per line."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = content.decode("utf-8-sig")
        if path.name.lower().removesuffix(".gz").endswith(("jsonl", "ndjson")):
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        read = json.loads(text)
    except (ValueError, OSError, EOFError) as fault:
        raise DataError(
            message(
                "{file} is not a whole JSON file ({fault}). Download it again.", file=path.name, fault=str(fault)[:80]
            )
        ) from None
    if isinstance(read, Mapping):
        read = next((read[key] for key in ("records", "results", "data") if isinstance(read.get(key), list)), [read])
    return [record for record in read if isinstance(record, Mapping)]


def _notice_rows(records: Iterable[Mapping[str, Any]], *, source_file: str) -> Iterator[dict[str, Any]]:
    """One row per notice and per company it names."""
    for rank, record in enumerate(records, start=1):
        fields = record.get("fields", record)
        judgment = next((_inner(fields[key]) for key in _JUDGMENT_KEYS if fields.get(key)), {})
        meaning = _meaning(fields, judgment)
        for raw in _registrations(fields.get("registre")) or [""]:
            yield {
                "siren_raw": raw or None,
                "kind": meaning.kind,
                "state_after": meaning.state_after,
                "is_understood": meaning.is_understood,
                "judgment_raw": judgment.get("date"),
                "publication_raw": fields.get("dateparution") or fields.get("date_parution"),
                "label": judgment.get("nature") or fields.get("familleavis_lib") or fields.get("famille"),
                "notice_id": fields.get("id") or None,
                "annuls": _annulled_notice(fields),
                "source_file": source_file,
                "source_line": rank,
            }


def _meaning(fields: Mapping[str, Any], judgment: Mapping[str, Any]) -> Meaning:
    """What one notice means, by its family. Sales, creations and filings of accounts are no event."""
    if judgment.get("nature") or judgment.get("famille"):
        return judgment_meaning(
            str(judgment.get("nature") or ""),
            family=str(judgment.get("famille") or ""),
            details=str(judgment.get("complementJugement") or ""),
        )
    family = str(fields.get("familleavis") or fields.get("familleavis_lib") or fields.get("famille") or "").lower()
    return Meaning("cessation", "ceased") if _FAMILIES.get(family) == "radiation" else NOTHING


def _inner(value: object) -> Mapping[str, Any]:
    """JSON inside a string, as BODACC publishes its judgments; blank when it is neither JSON nor an object."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, Mapping) else {}


def _registrations(registre: object) -> list[str]:
    """Numbers of a `registre`: a list or a text with commas, each number given with and without spaces."""
    parts = registre if isinstance(registre, list) else str(registre or "").split(",")
    return list(dict.fromkeys(number for part in parts if (number := re.sub(r"\s", "", str(part)))))


def _annulled_notice(fields: Mapping[str, Any]) -> str | None:
    """Identifier of the notice that this one annuls (letter of the part, issue, number), or None."""
    kind = str(fields.get("typeavis") or fields.get("typeavis_lib") or fields.get("type_annonce") or "").lower()
    previous = _inner(fields.get("parutionavisprecedent"))
    if "annul" not in kind or not previous:
        return None
    part = str(previous.get("nomPublication") or "").strip()[-1:]
    return f"{part}{previous.get('numeroParution', '')}{previous.get('numeroAnnonce', '')}"


def _flat_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a flat extract: SIREN, date, nature."""
    frame = read_columns(path, fields=_FLAT)
    for row in frame.to_dict("records"):
        meaning = judgment_meaning(str(row["nature"]), details=str(row["nature"]))
        yield {
            "siren_raw": row["siren"] if pd.notna(row["siren"]) else None,
            "kind": meaning.kind,
            "state_after": meaning.state_after,
            "is_understood": meaning.is_understood,
            "judgment_raw": _iso(row.get("judgment_date")),
            "publication_raw": _iso(row.get("publication_date")),
            "label": row["nature"],
            "notice_id": None,
            "annuls": None,
            "source_file": path.name,
            "source_line": row["source_line"],
        }


def _iso(day: object) -> str | None:
    return day.date().isoformat() if isinstance(day, pd.Timestamp) else None


def _gathered(rows: list[dict[str, Any]]) -> Notices:
    """Rows of all files → facts: identifiers repaired, dates read, annulments applied, repeats removed."""
    if not rows:
        return Notices(FACTS.empty())
    notices = pd.DataFrame(rows)
    read = repair_siren(notices["siren_raw"].astype("str"))
    judged = pd.to_datetime(pd.Series(read_dates([_text(v) for v in notices["judgment_raw"]])))
    published = pd.to_datetime(pd.Series(read_dates([_text(v) for v in notices["publication_raw"]])))
    notices = notices.assign(siren=read["siren"], judgment_date=judged, event_date=published.fillna(judged))
    is_annulment = notices["annuls"].notna()
    since = notices[is_annulment].groupby("annuls")["event_date"].min()
    annulled = pd.to_datetime(pd.Series([since.get(notice) for notice in notices["notice_id"]], index=notices.index))
    facts = notices.assign(annulled_date=annulled)[notices["kind"].notna() & ~is_annulment]
    usable = facts["siren"].notna() & facts["event_date"].notna()
    kept = FACTS.conform(facts[usable])[FACTS.names]
    kept = kept.sort_values(["event_date", "judgment_date", "source_file", "source_line"], kind="stable")
    judgment = kept["judgment_date"].fillna(kept["event_date"])
    repeated = kept.assign(judgment=judgment).duplicated(["siren", "kind", "state_after", "judgment", "annulled_date"])
    notes = _notes(
        notices,
        facts[~usable],
        repeats=int(repeated.sum()),
        repaired=read[usable.reindex(read.index, fill_value=False)],
    )
    return Notices(kept[~repeated].reset_index(drop=True), tuple(notes))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _notes(notices: pd.DataFrame, lost: pd.DataFrame, *, repeats: int, repaired: pd.DataFrame) -> Iterator[Message]:
    """What was read, what was no event, what could not be used."""
    silent = int((notices["kind"].isna() & notices["is_understood"]).sum())
    yield message(
        "BODACC: {count:notice|notices} read; {silent} {silent:?is a filing, a list of claims or another notice|are "
        "filings, lists of claims or other notices} without effect on a company's state, {repeats} "
        "{repeats:?repeats|repeat} a judgment.",
        count=len(notices),
        silent=silent,
        repeats=repeats,
    )
    zeros = int(repaired["repair"].str.contains("leading_zero").sum())
    if zeros:
        yield message(
            "BODACC: {count} SIREN had lost {count:?its|their} leading zero and {count:?was|were} repaired.",
            count=zeros,
        )
    unread = notices[~notices["is_understood"]]
    if len(unread):
        yield message(
            "BODACC: {count:notice|notices} {count:?has|have} a nature that is not known, first '{nature}'. "
            "{count:?It is|They are} left out: read {count:?it|them}.",
            count=len(unread),
            nature=str(unread["label"].iloc[0])[:80],
        )
    if len(lost):
        yield message(
            "BODACC: {count:notice|notices} {count:?names|name} no valid SIREN or no date, first '{raw}'. {count:?It "
            "is|They are} left out.",
            count=len(lost),
            raw=str(lost["siren_raw"].iloc[0]),
        )


def searched_siren(sirens: Iterable[str]) -> frozenset[str]:
    """The valid SIREN among those that a source was asked about: absence of notice then means something."""
    asked = pd.Series(list(sirens), dtype="str")
    return frozenset(asked[valid_siren(asked)])
