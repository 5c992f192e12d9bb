"""`riskkit batch`: its options, and what it does and prints."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from pathlib import Path

from riskkit.exhibits.language import Language


def add_batch(parser: ArgumentParser, words: Language) -> None:
    """Add the options of the command."""

    def at_least_one(text: str) -> int:
        if not text.isdigit() or int(text) < 1:
            raise ArgumentTypeError(words.text("'{text}' is not a number of runs: 1 or more.", text=text))
        return int(text)

    parser.add_argument("folders", nargs="+", metavar=words.text("FOLDER"), help=words.text("folders of portfolios"))
    parser.add_argument(
        "--workers",
        type=at_least_one,
        metavar="N",
        help=words.text("runs at once; without it: as many as cores and free memory allow"),
    )
    parser.add_argument("--no-notebooks", action="store_true", help=words.text("tables and reports only: much faster"))
    parser.add_argument(
        "--again", action="store_true", help=words.text("make every run again, even of what has not changed")
    )
    parser.add_argument(
        "--out", metavar=words.text("FOLDER"), default="reports",
        help=words.text("folder of the runs and of the summary; without it: reports"),
    )  # fmt: skip
    parser.add_argument(
        "--cluster", metavar=words.text("ADDRESS"),
        help=words.text("address of a Dask scheduler (tcp://…:8786) whose machines share these folders"),
    )  # fmt: skip


def run_batch(asked: Namespace, words: Language) -> int:
    """Run the portfolios, write the summary, and return the exit code of the worst."""
    from riskkit.workbench.batch_display import BatchDisplay
    from riskkit.workbench.batch_jobs import find_portfolios, plan_batch
    from riskkit.workbench.batch_memory import most_workers, usable_bytes
    from riskkit.workbench.batch_run import run_jobs
    from riskkit.workbench.batch_summary import write_summary
    from riskkit.workbench.batch_work import Demands, Outcome
    from riskkit.workbench.cli_text import shown_path

    demands = Demands(asked.as_of, asked.language, not asked.no_notebooks, Path(asked.out))
    plan = plan_batch(find_portfolios(asked.folders), demands, again=asked.again)
    known = [Outcome(folder, "unchanged", run=run) for folder, run in plan.unchanged]
    refused = [
        Outcome(folder, "failed", messages=tuple(map(words.say, fault.messages)), exit_code=fault.exit_code)
        for folder, fault in plan.refused
    ]
    count = len(plan.jobs) + len(known) + len(refused)
    if known:
        _print([words.text("{count:portfolio|portfolios} unchanged: the runs are kept.", count=len(known))])
    with BatchDisplay(count, words, known=len(known)) as display:
        for outcome in refused:
            display.ended(outcome)
        if asked.cluster:
            from riskkit.workbench.batch_cluster import run_on_cluster

            ended = run_on_cluster(plan.jobs, demands, address=asked.cluster, watcher=display, words=words)
        else:
            workers = min(asked.workers or most_workers(), max(len(plan.jobs), 1))
            ended = run_jobs(
                plan.jobs, demands, workers=workers, memory_bytes=usable_bytes(), watcher=display, words=words
            )
    outcomes = [*known, *refused, *ended]
    page, book = write_summary(outcomes, demands.root, words)
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    _print(
        [
            "",
            words.text("{done} done, {failed} failed.", done=count - len(failed), failed=len(failed)),
            words.text("Summary: {page}; workbook: {book}", page=shown_path(page), book=shown_path(book)),
        ]
    )
    if failed:
        again = words.text("Correct what failed and start the same command again: only what is missing is made.")
        _print([again])
    return max((outcome.exit_code for outcome in outcomes), default=0)


def _print(lines: Sequence[str]) -> None:
    print("\n".join(lines), flush=True)
