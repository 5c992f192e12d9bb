"""Questions in the terminal: one for each column that was not surely understood, with its first values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from riskkit.exhibits.language import Language
from riskkit.exhibits.source_words import field_text
from riskkit.sources.mapping_preview import Preview, changed, preview
from riskkit.sources.mapping_spec import TableSpec

Ask = Callable[[str], str]
_MOST_HEADERS = 40


def confirmed_specs(
    specs: Sequence[TableSpec],
    *,
    folder: Path,
    words: Language,
    ask: Ask = input,
    show: Callable[[str], None] = print,
) -> list[TableSpec]:
    """The specifications with each doubtful column confirmed or corrected by a person.

    Parameters
    ----------
    specs
        As inferred; those without a doubt are returned as they are.
    folder
        What their files are relative to.
    words
        The language of the questions.
    ask, show
        How a line is asked and printed.

    Notes
    -----
    Enter accepts the column guessed, a number names another, 0 none. The end of the input accepts everything left.
    """
    answered = []
    for spec in specs:
        if not spec.doubtful:
            answered.append(spec)
            continue
        seen = preview(spec, folder=folder)
        columns: dict[str, str | None] = {}
        for field in spec.doubtful:
            columns[field] = _answer(spec, field, seen, words, ask=ask, show=show)
        answered.append(changed(spec, columns))
    return answered


def _answer(
    spec: TableSpec, field: str, seen: Preview, words: Language, *, ask: Ask, show: Callable[[str], None]
) -> str | None:
    guessed = spec.columns[field]
    show("")
    show(words.text("Which column is {field} in {file}?", field=field_text(field, words), file=spec.label))
    show(
        "  "
        + words.text(
            "Guessed: {header} ({share}). First values: {values}",
            header=guessed,
            share=words.share(spec.confidence.get(field, 0.0)),
            values=" · ".join(seen.values(guessed)),
        )
    )
    headers = seen.headers[:_MOST_HEADERS]
    for rank, header in enumerate(headers, start=1):
        show(f"  {rank:>3}  {header}  ({' · '.join(seen.values(header, count=2))})")
    while True:
        try:
            said = ask("  " + words.text("Enter to accept, a number to choose, 0 for none:") + " ").strip()
        except EOFError:
            return guessed
        if not said:
            return guessed
        if said.isdigit() and int(said) <= len(headers):
            return headers[int(said) - 1] if int(said) else None
        show("  " + words.text("Please answer with a number from 0 to {count}.", count=len(headers)))
