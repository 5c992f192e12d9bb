"""What `riskkit check` prints: what was read, file by file, what was understood, and what was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.errors import Money, message
from riskkit.exhibits.language import Language
from riskkit.exhibits.source_words import field_text, kind_text

if TYPE_CHECKING:
    from riskkit.sources.mapping_spec import TableSpec
    from riskkit.sources.reading import Reading, SourceFile

FILE_COLUMNS = ("File", "Kind", "Rows", "Accepted", "Set aside", "Amount", "Amount aside")
_SHOWN_APART = 10


def reading_lines(reading: Reading, words: Language, *, name: str) -> list[str]:
    """What was read, file by file, what was set aside by reason, and the remarks."""
    from riskkit.workbench.cli_text import table

    rows = [_file_row(source, reading, words) for source in grouped(reading.files, words)]
    return [
        _title(reading, words, name),
        *table([[words.text(title) for title in FILE_COLUMNS], *rows]),
        *(f"  – {each}" for each in _aside_lines(reading, words)),
        *(f"  – {words.say(note)}" for note in reading.notes),
        *_missing(reading, words),
    ]


def understood_lines(specs: Sequence[TableSpec], words: Language) -> list[str]:
    """Which column was read as what, and what a person should confirm."""
    lines = []
    for spec in specs:
        mapped = ", ".join(f"{field_text(field, words)} ← {header}" for field, header in spec.columns.items())
        pairs = ", ".join(f"{due} → {amount}" for due, amount in spec.instalments)
        shown = ", ".join(filter(None, (mapped, pairs)))
        understood = words.text("{file}: {kind}", file=spec.label, kind=kind_text(spec.kind, words))
        lines.append(f"  {understood}" + (f" ({shown})" if shown else ""))
        if spec.doubtful:
            lines.append(
                "    "
                + words.text(
                    "to confirm: {fields}", fields=", ".join(field_text(field, words) for field in spec.doubtful)
                )
            )
        if spec.unused and spec.kind != "customers":
            lines.append("    " + words.text("columns not used: {headers}", headers=", ".join(spec.unused)))
    return lines


def grouped(files: Sequence[SourceFile], words: Language) -> list[SourceFile]:
    """The files, those of a folder of many electronic invoices as one."""
    documents = [source for source in files if source.kind == "electronic_invoices"]
    if len(documents) <= _SHOWN_APART:
        return list(files)
    sums = ("rows_read", "rows_accepted", "rows_rejected", "accepted_cents", "rejected_cents", "total_cents")
    together = replace(
        documents[0],
        file=words.text("{count:electronic invoice|electronic invoices}", count=len(documents)),
        **{name: sum(getattr(source, name) for source in documents) for name in sums},
    )
    return [together, *(source for source in files if source.kind != "electronic_invoices")]


def _title(reading: Reading, words: Language, name: str) -> str:
    from riskkit.sources.reading import NEVER

    if reading.latest_date == NEVER:
        return words.text("{name}: no dated movement", name=name)
    return words.text(
        "{name}: known from {first} to {latest}", name=name, first=reading.coverage_start, latest=reading.latest_date
    )


def _file_row(source: SourceFile, reading: Reading, words: Language) -> list[str]:
    foreign = reading.rejects[
        reading.rejects["reason"].eq("other_currency") & reading.rejects["source_file"].eq(_bare(source.file))
    ]
    aside = words.money(source.rejected_cents - int(foreign["amount_cents"].sum()), currency=reading.currency)
    if len(foreign):
        aside = words.text("{money} and other currencies", money=aside)
    return [
        source.file if source.kind != "electronic_invoices" else Path(source.file).name,
        kind_text(source.kind, words),
        words.show(source.rows_read),
        words.show(source.rows_accepted),
        words.show(source.rows_rejected),
        words.money(source.accepted_cents, currency=reading.currency),
        aside,
    ]


def _bare(label: str) -> str:
    return label.split(" [")[0]


def _aside_lines(reading: Reading, words: Language) -> list[str]:
    from riskkit.workbench.stored_run import reason_text

    many = {source.file for source in reading.files if source.kind == "electronic_invoices"}
    rejects = reading.rejects
    if len(many) > _SHOWN_APART:
        shown = rejects["source_file"].where(
            ~rejects["source_file"].isin(many),
            words.text("{count:electronic invoice|electronic invoices}", count=len(many)),
        )
        rejects = rejects.assign(source_file=shown)
    groups = rejects.groupby(["source_file", "reason"], sort=False).agg(
        rows=("source_line", "size"), first=("source_line", "min"), cents=("amount_cents", "sum")
    )
    lines = []
    for (file, reason), rows, first, cents in groups.itertuples(name=None):
        values = {"file": str(file), "count": int(rows), "reason": message(reason_text(str(reason))),
                  "line": int(first)}  # fmt: skip
        if rows == 1:
            lines.append(words.text("{file}: line {line} set aside, {money} ({reason})", file=str(file),
                                    money=words.text("no amount") if not cents else Money(int(cents), reading.currency),
                                    line=int(first), reason=values["reason"]))  # fmt: skip
        elif reason == "other_currency" or not cents:
            lines.append(words.text("{file}: {count:row|rows} set aside ({reason}), first at line {line}", **values))
        else:
            money = Money(int(cents), reading.currency)
            lines.append(
                words.text(
                    "{file}: {count:row|rows}, {money}, set aside ({reason}), first at line {line}",
                    money=money,
                    **values,
                )
            )
    return lines


def _missing(reading: Reading, words: Language) -> list[str]:
    if reading.rows("invoices"):
        return []
    return [
        words.text(
            "These files are understood, and hold no invoice that can be used: a diagnostic needs a list of invoices "
            "with amounts, customers and dates, a ledger (FEC) or an aged balance. Add one."
        )
    ]
