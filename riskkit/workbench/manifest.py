"""The manifest of a run: what was read, with which settings, what came out, and the digest of every file made.

Money is written as JSON numbers with two decimals, computed from integer cents. Nothing in it names a folder of the
machine. Keys keep their order; lists are sorted.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskkit import __version__
from riskkit.errors import Message, UsageError, message
from riskkit.exhibits.language import Language
from riskkit.workbench.run_folder import MANIFEST

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.ledger.snapshot import Snapshot
    from riskkit.sources.reading import Reading

SCHEMA_VERSION = 1
"""Layout of a run folder. A table or a key more needs no new version: readers take what a run has."""
_DECIMAL = "\u0000decimal:"


@dataclass(frozen=True)
class NotebookResult:
    """How a notebook ended: `status` is "done" or "failed"."""

    name: str
    status: str
    seconds: float


def make_manifest(
    reading: Reading,
    snapshot: Snapshot,
    *,
    portfolio: str,
    policy_sha256: str,
    language: Language,
    findings: Iterable[Message] = (),
    notes: Iterable[Message] = (),
) -> dict[str, Any]:
    """What is known of a run before its notebooks: `notebooks` and `outputs` are empty until `finish_manifest`.

    Parameters
    ----------
    reading
        What was read from the files.
    snapshot
        The ledger struck at the date of the run.
    portfolio
        Name of the portfolio.
    policy_sha256
        Digest of the policy in force.
    language
        Language of the run, in which reasons, findings and notes are written.
    findings
        Sentences about the sectors behind the overdue amount.
    notes
        What the run itself has to say, before what the reading has.

    """
    kpis, not_computable = _kpis(snapshot, language)
    return {
        "schema_version": SCHEMA_VERSION,
        "riskkit_version": __version__,
        "portfolio": portfolio,
        "as_of": snapshot.as_of.isoformat(),
        "currency": snapshot.currency,
        "language": language.code,
        "policy_sha256": policy_sha256,
        "coverage_start": snapshot.coverage_start.isoformat(),
        "latest_date": reading.latest_date.isoformat(),
        "terms": {
            "code": snapshot.terms.code,
            "source": snapshot.terms.source,
            "share": _number(snapshot.terms.share),
            "note": language.say(snapshot.terms.note),
        },
        "sources": [
            {
                "file": Path(source.file).name,
                "sha256": source.sha256,
                "kind": source.kind,
                "rows_read": source.rows_read,
                "rows_accepted": source.rows_accepted,
                "rows_rejected": source.rows_rejected,
                "amount_accepted": money(source.accepted_cents),
                "amount_rejected": money(source.rejected_cents),
            }
            for source in sorted(reading.files, key=lambda source: (source.file, source.kind))
        ],
        "set_aside": _set_aside(reading.rejects),
        "reconciliation": {name: money(cents) for name, cents in snapshot.reconciliation.items()},
        "matching": {name: _number(share) for name, share in snapshot.matching.items()},
        "kpis": kpis,
        "not_computable": not_computable,
        "findings": [language.say(finding) for finding in findings],
        "notes": [language.say(note) for note in (*notes, *reading.notes)],
        "notebooks": [],
        "outputs": [],
    }


def finish_manifest(
    manifest: Mapping[str, Any], *, folder: Path, notebooks: Iterable[NotebookResult]
) -> dict[str, Any]:
    """The manifest with how each notebook ended and the digest of every file now in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {
        **manifest,
        "notebooks": [
            {"name": done.name, "status": done.status, "seconds": round(done.seconds, 2)}
            for done in sorted(notebooks, key=lambda done: done.name)
        ],
        "outputs": [{"file": path.relative_to(folder).as_posix(), "sha256": _digest(path)} for path in files],
    }


def write_manifest(manifest: Mapping[str, Any], folder: Path) -> None:
    """Write `manifest.json`; decimals keep their two digits."""
    text = json.dumps(manifest, ensure_ascii=False, indent=2, allow_nan=False, default=_tagged)
    bare = re.sub(r'"\\u0000decimal:(-?\d+\.\d+)"', r"\1", text)
    (folder / MANIFEST).write_text(bare + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run; amounts come back as `Decimal`. `UsageError` when it is none or of a newer version."""
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError):
        raise UsageError(
            message(
                "'{folder}' is not the folder of a finished run: it has no readable manifest.json.", folder=str(folder)
            )
        ) from None
    version = found.get("schema_version") if isinstance(found, dict) else None
    if not isinstance(version, int) or version < 1:
        raise UsageError(message("'{folder}' has a manifest.json that is not that of a run.", folder=str(folder)))
    if version > SCHEMA_VERSION:
        raise UsageError(
            message(
                "The run in '{folder}' was made by riskkit {made}, newer than this one ({ours}): it cannot be read "
                "without loss. Update riskkit, or run the portfolio again with this version.",
                folder=str(folder),
                made=str(found.get("riskkit_version", "?")),
                ours=__version__,
            )
        )
    return found


def money(cents: int) -> Decimal:
    """Cents as an exact decimal of two digits."""
    return Decimal(int(cents)).scaleb(-2)


def _set_aside(rejects: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows and money set aside by reason; `is_repeat` for rows that repeat what another file says."""
    from riskkit.sources.reading import REPEATS

    by_reason = rejects.groupby("reason")["amount_cents"].agg(["size", "sum"])
    return [
        {"reason": str(reason), "rows": int(rows), "amount": money(cents), "is_repeat": reason in REPEATS}
        for reason, rows, cents in by_reason.itertuples(name=None)
    ]


def _kpis(snapshot: Snapshot, language: Language) -> tuple[dict[str, Any], dict[str, str]]:
    kpis: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    for name, measure in snapshot.measures.items():
        if measure.value is None or not math.isfinite(measure.value):
            kpis[name] = None
            reasons[name] = language.say(measure.reason) if measure.reason else ""
        elif name.endswith("_amount"):
            kpis[name] = money(round(measure.value))
        else:
            kpis[name] = _number(measure.value)
    return kpis, reasons


def _number(value: float | None) -> float | int | None:
    if value is None or not math.isfinite(value):
        return None
    return value if isinstance(value, int) else round(float(value), 6)


def _tagged(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{_DECIMAL}{value}"
    raise TypeError(f"{type(value).__name__} has no place in a manifest")


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
