"""What the commands print: plain lines in the reader's language, from manifests and readings."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from riskkit.decisions.dunning_reasons import STEP_WORDS
from riskkit.exhibits.language import Language
from riskkit.exhibits.measure_targets import own_names, words_of
from riskkit.exhibits.measure_words import show_measure

NOTES_SHOWN = 3
HEADLINES = ("receivables_amount", "overdue_amount", "overdue_share", "dso_days", "countback_dso_days")


def run_lines(manifest: Mapping[str, Any], folder: Path, words: Language) -> list[str]:
    """The summary of a run: headline measures, checks, findings, and where things are."""
    names = (*HEADLINES, *own_names(manifest))
    rows = [[f"  {words.say(words_of(manifest, name).label)}", _measure(name, manifest, words)] for name in names]
    difference = manifest["reconciliation"]["difference"]
    rows.append([f"  {words.text('Difference with the files')}", _money(difference, manifest["currency"], words)])
    if manifest["matching"]:
        rows.append([f"  {words.text('Money received, matched by')}", matching_text(manifest["matching"], words)])
    if manifest.get("companies"):
        rows.append([f"  {words.text('Customers with a SIREN')}", identified_text(manifest["companies"], words)])
    if manifest.get("scores"):
        rows.append([f"  {words.text('Customers by risk')}", risk_text(manifest["scores"], words)])
    for is_repeat, label in (
        (True, words.text("Already in another file (openings, repeats)")),
        (False, words.text("Set aside (see rejects)")),
    ):
        aside = [reason for reason in manifest["set_aside"] if reason["is_repeat"] == is_repeat]
        if aside:
            amount = _money(sum(reason["amount"] for reason in aside), manifest["currency"], words)
            count = sum(reason["rows"] for reason in aside)
            rows.append([f"  {label}", words.text("{rows:row|rows}, {amount}", rows=count, amount=amount)])
    return [
        "",
        words.text("{portfolio} on {as_of}", portfolio=manifest["portfolio"], as_of=_date(manifest["as_of"], words)),
        *table(rows),
        *(f"  • {finding}" for finding in manifest["findings"]),
        f"  – {manifest['terms']['note']}",
        *_notes(manifest["notes"], folder, words),
        words.text("Report: {file}", file=shown_path(folder / "diagnostic.html")),
        words.text("Dashboard: {program} dashboard {folder}", program=program(), folder=shown_path(folder)),
    ]


def letter_lines(counts: Mapping[str, int], folder: Path, words: Language) -> list[str]:
    """How many letters of each step were written, where, and that none was sent."""
    said = [f"{words.say(STEP_WORDS[step])} : {count}" for step, count in counts.items()]
    done = words.text("Written in {folder}; nothing was sent. Read each before sending it.", folder=shown_path(folder))
    return [*said, done]


def compare_lines(manifests: Sequence[Mapping[str, Any]], words: Language) -> list[str]:
    """The measures of two runs side by side, and what moved from the first to the second."""
    before, after = manifests
    header = [
        words.text("Measure"),
        _date(before["as_of"], words),
        _date(after["as_of"], words),
        words.text("Change"),
    ]
    names = [name for name in after["kpis"] if name in before["kpis"]]
    rows = [
        [
            words.say(words_of(after, name).label),
            *(show_measure(name, _value(run, name), words.code, currency=run["currency"]) for run in (before, after)),
            _change(name, before, after, words),
        ]
        for name in names
    ]
    title = [str(manifest["portfolio"]) for manifest in manifests]
    lines = [title[0] if title[0] == title[1] else " / ".join(title), *table([header, *rows])]
    if before["policy_sha256"] != after["policy_sha256"]:
        lines.append(words.text("The two runs used different policies: part of the change may come from there."))
    if before["currency"] != after["currency"]:
        lines.append(words.text("The two runs are not in the same currency: amounts do not compare."))
    return lines


def matching_text(matching: Mapping[str, Any], words: Language) -> str:
    """The share of received money matched each way, largest first."""
    names = {
        "lettering": words.text("lettering"),
        "reference": words.text("reference"),
        "fifo": words.text("oldest first"),
        "none": words.text("not matched"),
    }
    shares = sorted(matching.items(), key=lambda pair: -float(pair[1] or 0))
    return ", ".join(
        f"{names.get(name, name)} {words.share(float(share), digits=1)}" for name, share in shares if share
    )


def risk_text(scores: Mapping[str, Any], words: Language) -> str:
    """How many customers are of high, moderate and low risk, and of how many nothing is known."""
    return words.text(
        "high {high}, moderate {moderate}, low {low}, not known {unknown}",
        **{level: int(count) for level, count in scores["levels"].items()},
    )


def identified_text(companies: Mapping[str, Any], words: Language) -> str:
    """How many customers have a SIREN, and how many of those were found in the register or are for a person to tell."""
    shown = words.text("{known} of {count}", known=companies["with_siren"], count=companies["customers"])
    parts = [
        words.text("{count} found in the register", count=companies["matched"]) if companies["matched"] else "",
        words.text("{count} to confirm", count=companies["to_confirm"]) if companies["to_confirm"] else "",
    ]
    told = ", ".join(filter(None, parts))
    return f"{shown} ({told})" if told else shown


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as aligned lines; the first column is text, the others are set to the right where they are figures."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if position and _is_figure(cell) else cell.ljust(width)
            for position, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def program() -> str:
    """How the user starts riskkit: by its name when that is on the path, else as it was started."""
    if shutil.which("riskkit"):
        return "riskkit"
    started = Path(sys.argv[0])
    return shown_path(started) if started.name == "riskkit" else "riskkit"


def shown_path(path: Path) -> str:
    """A path as the user would type it: relative to the current folder when it lies below."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _notes(notes: Sequence[str], folder: Path, words: Language) -> list[str]:
    """The first remarks, and where the others are."""
    lines = [f"  – {note}" for note in notes[:NOTES_SHOWN]]
    if len(notes) > NOTES_SHOWN:
        file = shown_path(folder / "01_ingestion.html")
        more = words.text(
            "{count:more remark|more remarks} on the files: {file}", count=len(notes) - NOTES_SHOWN, file=file
        )
        lines.append(f"  – {more}")
    return lines


def _measure(name: str, manifest: Mapping[str, Any], words: Language) -> str:
    value = manifest["kpis"].get(name)
    if value is None:
        reason = manifest["not_computable"].get(name)
        return words.text("not computable") + (f" ({reason})" if reason else "")
    if name.endswith("_amount"):
        return _money(value, manifest["currency"], words)
    return show_measure(name, float(value), words.code, currency=manifest["currency"])


def _money(amount: Decimal | float, currency: str, words: Language) -> str:
    return words.money(round(Decimal(amount) * 100), currency=currency)


def _value(manifest: Mapping[str, Any], name: str) -> float | None:
    value = manifest["kpis"][name]
    return None if value is None else float(value)


def _change(name: str, before: Mapping[str, Any], after: Mapping[str, Any], words: Language) -> str:
    values = _value(before, name), _value(after, name)
    if values[0] is None or values[1] is None:
        return "–"
    moved = values[1] - values[0]
    if name.endswith(("_share", "_rate")):
        shown = words.text("{move} pts", move=words.number(abs(moved) * 100, digits=1))
    else:
        shown = show_measure(name, abs(moved), words.code, currency=after["currency"])
    return f"{'+' if moved > 0 else '−' if moved < 0 else ''}{shown}"


def _date(iso: str, words: Language) -> str:
    import datetime as dt

    return words.date(dt.date.fromisoformat(iso))


def _is_figure(cell: str) -> bool:
    return cell[:1].isdigit() or cell[:1] in "+−-–€$£"
