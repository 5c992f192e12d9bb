"""The commands of the command line, one function each: they call the workbench and print what came out."""

from __future__ import annotations

import glob
import shutil
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from riskkit.errors import Message, RiskkitError, UsageError, message, raise_all
from riskkit.exhibits.language import Language
from riskkit.workbench.cli_text import compare_lines, program, reading_lines, run_lines, shown_path, table
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.run_folder import latest_run

KNOWN_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".txt", ".gz")
REPORTS = Path("reports")


def diagnose(asked: Namespace, words: Language) -> int:
    """`riskkit diagnose`: the whole job on raw files."""
    from riskkit.workbench.portfolio import Portfolio
    from riskkit.workbench.run import make_run

    portfolio = Portfolio.from_files(
        expand_files(asked.files),
        name=asked.name,
        language=words.code,
        currency=asked.currency,
        terms=asked.terms,
    )
    folder = Path(asked.out) if asked.out else None
    finished = make_run(portfolio, as_of=asked.as_of, folder=folder, language=words.code)
    _print(run_lines(finished.manifest, finished.folder, words))
    settings = shown_path(finished.folder / "portfolio.yaml")
    _print(
        [
            words.text(
                "Columns misread? Correct {file}, then: {program} run {folder}",
                program=program(),
                file=settings,
                folder=shown_path(finished.folder),
            )
        ]
    )
    return 0


def init(asked: Namespace, words: Language) -> int:
    """`riskkit init`: a portfolio folder from files, its settings inferred."""
    from riskkit.workbench.portfolio import SETTINGS_FILE, Portfolio
    from riskkit.workbench.questions import confirmed_specs

    folder = Path(asked.folder)
    if (folder / SETTINGS_FILE).exists():
        raise UsageError(
            message(
                "'{folder}' already is a portfolio, and it is not touched. Choose another folder.", folder=str(folder)
            )
        )
    files = expand_files(asked.files)
    known = Portfolio.open(Path(asked.like)).settings.sources if asked.like else ()
    Portfolio.from_files(files, known=known)  # refuses files that cannot be read, before anything is copied
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    copied = [Path(shutil.copy2(path, folder / "sources" / path.name)) for path in files]
    portfolio = Portfolio.from_files(
        copied,
        name=folder.absolute().name,
        language=words.code,
        currency=asked.currency,
        terms=asked.terms,
        folder=folder,
        known=known,
    )
    if sys.stdin.isatty() and not asked.yes:
        sources = confirmed_specs(portfolio.settings.sources, folder=folder, words=words)
        portfolio = portfolio.with_sources(sources)
    portfolio.write(folder)
    _print([words.text("Portfolio made: {folder}", folder=shown_path(folder))])
    for spec in portfolio.settings.sources:
        mapped = ", ".join(f"{field} ← {header}" for field, header in spec.columns.items())
        _print([f"  {spec.label}: {spec.kind}" + (f" ({mapped})" if mapped else "")])
        if spec.doubtful:
            _print(["    " + words.text("to confirm: {fields}", fields=", ".join(spec.doubtful))])
    _print(
        [
            words.text(
                "Next: {program} check {folder}, then {program} run {folder}",
                program=program(),
                folder=shown_path(folder),
            )
        ]
    )
    return 0


def check(asked: Namespace, words: Language) -> int:
    """`riskkit check`: what is read, what is set aside, and why."""
    from riskkit.workbench.portfolio import Portfolio

    portfolio = Portfolio.open(Path(asked.folder))
    _print(reading_lines(portfolio.read(as_of=asked.as_of), words, name=portfolio.name))
    return 0


def run(asked: Namespace, words: Language) -> int:
    """`riskkit run`: one portfolio at a date."""
    from riskkit.workbench.portfolio import Portfolio
    from riskkit.workbench.run import make_run

    portfolio = Portfolio.open(Path(asked.folder))
    finished = make_run(portfolio, as_of=asked.as_of, language=asked.language, only=asked.only)
    _print(run_lines(finished.manifest, finished.folder, words))
    return 0


def batch(asked: Namespace, words: Language) -> int:
    """`riskkit batch`: several portfolios one after the other; the exit code is that of the worst."""
    from riskkit.workbench.cli import show_error, show_internal_fault
    from riskkit.workbench.portfolio import SETTINGS_FILE, Portfolio
    from riskkit.workbench.run import make_run

    folders = [folder for text in asked.folders for folder in _portfolios(Path(text), SETTINGS_FILE)]
    codes, rows = [0], []
    for position, folder in enumerate(folders, start=1):
        _print(
            [
                words.text(
                    "[{position}/{count}] {folder}", position=position, count=len(folders), folder=shown_path(folder)
                )
            ]
        )
        try:
            finished = make_run(Portfolio.open(folder), as_of=asked.as_of, language=asked.language)
        except RiskkitError as fault:
            codes.append(show_error(fault, words))
            rows.append([shown_path(folder), words.text("failed"), words.say(fault.messages[0])])
        except Exception as fault:  # noqa: BLE001 - one portfolio never stops the others; the fault is reported in full
            codes.append(show_internal_fault(fault, words))
            rows.append([shown_path(folder), words.text("failed"), words.text("internal fault")])
        else:
            rows.append([shown_path(folder), words.text("done"), shown_path(finished.folder)])
    _print(["", *table(rows)])
    failed = len(codes) - 1
    _print([words.text("{done} done, {failed} failed.", done=len(folders) - failed, failed=failed)])
    return max(codes)


def dashboard(asked: Namespace, words: Language) -> int:
    """`riskkit dashboard`: serve a run until interrupted."""
    from riskkit.workbench.server import serve_dashboard

    folder = latest_run(Path(asked.run)) if asked.run else latest_run(REPORTS)
    if folder is None:
        where = asked.run or str(REPORTS)
        raise UsageError(
            message("There is no run in '{folder}'. Make one with riskkit demo or riskkit run.", folder=where)
        )
    read_manifest(folder)
    browser = sys.stdout.isatty() and not asked.no_browser
    with serve_dashboard(folder, port=asked.port, language=words.code, open_browser=browser) as served:
        _print(
            [
                words.text("Run shown: {folder}", folder=shown_path(folder)),
                words.text("Dashboard: {url}", url=served.url),
                words.text(
                    "This address holds the key: give it only to who may see the run. Ctrl-C stops the dashboard."
                ),
            ]
        )
        try:
            code = served.wait()
        except KeyboardInterrupt:
            _print(["", words.text("Dashboard stopped.")])
            return 0
    if code:
        raise UsageError(message("The dashboard stopped by itself. Its log is {file}.", file=str(served.log_file)))
    return 0


def demo(asked: Namespace, words: Language) -> int:
    """`riskkit demo`: the demonstration portfolio and its whole diagnostic."""
    from riskkit.workbench.demo import PORTFOLIO, demo_portfolio
    from riskkit.workbench.run import make_run

    _print(
        [
            words.text(
                "Demonstration: a fictional company, 600 customers, 36 months. Portfolio: {folder}",
                folder=str(PORTFOLIO),
            )
        ]
    )
    finished = make_run(demo_portfolio(language=words.code), as_of=None, language=words.code)
    _print(run_lines(finished.manifest, finished.folder, words))
    return 0


def compare(asked: Namespace, words: Language) -> int:
    """`riskkit compare`: the measures of two runs side by side."""
    _print(compare_lines([read_manifest(Path(run)) for run in asked.runs], words))
    return 0


def expand_files(texts: Sequence[str]) -> list[Path]:
    """The files that were meant: each file, those of a folder that can be read, those that a pattern finds.

    `UsageError` lists every text that names nothing. A file named twice counts once.
    """
    found: dict[Path, Path] = {}
    faults: list[Message] = []
    for text in texts:
        path = Path(text)
        if path.is_dir():
            meant = sorted(p for p in path.iterdir() if p.is_file() and _is_source(p))
            missing = message("Folder '{folder}' holds no spreadsheet, CSV file or ledger.", folder=text)
        elif path.exists():
            meant, missing = [path], message("")
        else:
            meant = sorted(Path(match) for match in glob.glob(text) if Path(match).is_file())
            missing = message("File '{file}' does not exist. Check its name and its folder.", file=text)
        if not meant:
            faults.append(missing)
        found.update({each.resolve(): each for each in meant})
    raise_all(UsageError, faults)
    return list(found.values())


def _is_source(path: Path) -> bool:
    return not path.name.startswith((".", "~$")) and path.suffix.lower() in KNOWN_SUFFIXES


def _portfolios(folder: Path, settings_file: str) -> list[Path]:
    """The folder itself, or the portfolios in it when it is a folder of portfolios."""
    inside = sorted(path.parent for path in folder.glob(f"*/{settings_file}"))
    return inside if inside and not (folder / settings_file).exists() else [folder]


def _print(lines: Sequence[str]) -> None:
    print("\n".join(lines), flush=True)
