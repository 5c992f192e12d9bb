"""`riskkit compare`: what it prints and writes."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.errors import UsageError
from riskkit.exhibits.language import Language

if TYPE_CHECKING:
    from riskkit.workbench.comparison import Comparison


def run_compare(asked: Namespace, words: Language) -> int:
    """Print the measures side by side, why they moved, and the alerts; write pages, workbook and tables with --out."""
    from riskkit.exhibits.comparison_page import effect_sentences
    from riskkit.workbench.alert_text import alert_lines
    from riskkit.workbench.cli_text import compare_lines, shown_path
    from riskkit.workbench.comparison import compare_runs
    from riskkit.workbench.comparison_files import write_comparison
    from riskkit.workbench.manifest import read_manifest
    from riskkit.workbench.monitoring import monitor, write_monitoring

    before, after = (Path(run) for run in asked.runs)
    _print(compare_lines([read_manifest(before), read_manifest(after)], words))
    watched = monitor(before, after, words=words)
    if watched is None:
        _print([words.text("No alerts: a run was made before scores were kept. Run it again.")])
        return 0
    compared: Comparison | None = None
    try:
        compared = compare_runs(before, after)
        effects, currency = compared.effects, compared.currency
    except UsageError as refused:  # the alerts are worth having without it
        _print(["", *(words.say(said) for said in refused.messages)])
    else:
        said = effect_sentences(effects, language=words.code, currency=currency)
        _print(["", words.text("What moved, and why"), *(f"  • {sentence}" for sentence in said)])
    _print(alert_lines(watched.alerts, words, currency=watched.currency))
    if asked.out:
        table, page = write_monitoring(watched, Path(asked.out), words=words)
        _print([words.text("Digest: {page}; table: {table}", page=shown_path(page), table=shown_path(table))])
        if compared is not None:
            page, book = write_comparison(compared, Path(asked.out), words=words)
            _print([words.text("Comparison: {page}; workbook: {book}", page=shown_path(page), book=shown_path(book))])
    return 0


def _print(lines: Sequence[str]) -> None:
    print("\n".join(lines), flush=True)
