"""A run: tables, notebooks and documents of a portfolio at a date, put in place whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskkit.errors import DataError, Message, RiskkitError, UsageError, message
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.workbench.brand_settings import read_brand
from riskkit.workbench.crew import Crew, NotebookError
from riskkit.workbench.inputs_digest import inputs_digest
from riskkit.workbench.manifest import NotebookResult, finish_manifest, make_manifest, write_manifest
from riskkit.workbench.passages import keep_passages, read_passages
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.progress import Progress
from riskkit.workbench.report_settings import read_comments
from riskkit.workbench.run_folder import building, check_writable, engine_fault, keep_failed

if TYPE_CHECKING:
    from riskkit.workbench.compose import Composition

WORKBENCH = Path(__file__).resolve().parent
REPORTS = Path("reports")
DIAGNOSTIC = "diagnostic.html"
MODEL_CARD = "model_card.html"
CELL_SECONDS = 600


@dataclass(frozen=True)
class FinishedRun:
    """A run in its place."""

    folder: Path
    manifest: Mapping[str, Any]


def report_folder(portfolio: Portfolio, as_of: dt.date, *, root: Path = REPORTS) -> Path:
    """Where the runs of a portfolio go: `reports/<portfolio>/<as_of>`."""
    return root / portfolio.folder_name / as_of.isoformat()


def make_run(
    portfolio: Portfolio,
    *,
    as_of: dt.date | None,
    folder: Path | None = None,
    language: str | None = None,
    only: str | None = None,
    with_notebooks: bool = True,
    processes: int = 2,
    root: Path = REPORTS,
    show_progress: bool | None = None,
    on_stage: Callable[[str], None] = lambda stage: None,
    notebooks: Path | None = None,
) -> FinishedRun:
    """Make a run. On any error nothing of it is left in its place, and an earlier run there is untouched.

    Parameters
    ----------
    portfolio
        What to run.
    as_of
        Valuation date; None takes the latest date found in the files.
    folder
        Where the run will be; None is `report_folder`.
    language
        Of texts and documents; None is that of the portfolio.
    only
        Name of the one notebook to run; None runs them all.
    with_notebooks
        Without them a run has its tables and its documents.
    processes
        Notebooks run at once.
    root
        Where `report_folder` is.
    show_progress
        None shows a progress bar on a terminal only.
    on_stage
        Told the name of each stage (`progress.STAGES`) as it begins.
    notebooks
        Folder of the notebooks; None is that of the product.

    """
    words = language_of(language or portfolio.settings.language)
    chosen = choose_notebooks(only, folder=notebooks) if with_notebooks else []
    digest = inputs_digest(portfolio, as_of=as_of, language=words.code, notebooks=tuple(path.stem for path in chosen))
    comments = read_comments(portfolio.settings.report, folder=portfolio.folder)
    read_passages(portfolio)  # a file that cannot be read is said before an hour of work
    brand = read_brand(portfolio.settings.report, folder=portfolio.folder)
    if folder or as_of:
        check_writable(folder or report_folder(portfolio, as_of or dt.date.min, root=root))
    size = min(processes, len(chosen))
    with Crew(size=size) as crew, Progress(words, show=show_progress, on_stage=on_stage) as progress:
        from riskkit.workbench.companies_workbook import customers_sheet
        from riskkit.workbench.compose import compose
        from riskkit.workbench.report_stage import write_report

        composition = compose(portfolio, as_of=as_of, language=words.code, progress=progress)
        manifest = {**_first_manifest(portfolio, composition, words), "inputs_sha256": digest}
        final = folder or report_folder(portfolio, composition.snapshot.as_of, root=root)
        with building(final) as aside:
            _write_inside(portfolio, composition, manifest, aside=aside, final=final, progress=progress)
            progress.stage("notebooks")
            results = _run_notebooks(crew, chosen, aside=aside, final=final, words=words, progress=progress)
            progress.stage("documents")
            _write_diagnostic(aside, words)
            _write_model_card(aside, words)
            passages = read_passages(portfolio, run_folder=final)
            customers = customers_sheet(composition, portfolio=portfolio, language=words.code)
            sections, said = write_report(
                aside, words, brand=brand, comments=comments, passages=passages, customers=customers
            )
            noted = {**manifest, "notes": [*map(words.say, said), *manifest["notes"]]}
            finished = finish_manifest(noted, folder=aside, notebooks=results)
            write_manifest(finished, aside)
        keep_passages(sections, words, portfolio=portfolio, run_folder=final)
    return FinishedRun(final, finished)


def make_tables(portfolio: Portfolio, *, as_of: dt.date | None, folder: Path) -> FinishedRun:
    """A run without notebooks or documents: its tables and its manifest."""
    from riskkit.workbench.compose import compose

    words = language_of(portfolio.settings.language)
    with Progress(words, show=False) as progress:
        composition = compose(portfolio, as_of=as_of, language=words.code, progress=progress)
        manifest = _first_manifest(portfolio, composition, words)
        with building(folder) as aside:
            _write_inside(portfolio, composition, manifest, aside=aside, final=folder, progress=progress)
            finished = finish_manifest(manifest, folder=aside, notebooks=())
            write_manifest(finished, aside)
    return FinishedRun(folder, finished)


def choose_notebooks(only: str | None = None, *, folder: Path | None = None) -> list[Path]:
    """The notebooks of the product, in order, or the one named: `02_sectors`, `02` and `sectors` are the same."""
    packaged = WORKBENCH / "notebooks"
    home = folder or (packaged if packaged.is_dir() else WORKBENCH.parents[1] / "notebooks")
    found = sorted(path for path in home.glob("*.ipynb") if not path.name.startswith("."))
    if only is None:
        return found
    wanted = only.removesuffix(".ipynb")
    named = [path for path in found if wanted in (path.stem, *path.stem.split("_", 1))]
    if not named:
        known = ", ".join(path.stem for path in found)
        raise UsageError(message("There is no notebook '{name}'. Choose among: {known}.", name=only, known=known))
    return named


def _first_manifest(portfolio: Portfolio, composition: Composition, words: Language) -> dict[str, Any]:
    from riskkit.exhibits.measure_targets import manifest_targets
    from riskkit.workbench.companies_tables import company_counts
    from riskkit.workbench.company_sources import company_sources

    made = make_manifest(
        composition.reading,
        composition.snapshot,
        portfolio=portfolio.name,
        policy_sha256=portfolio.policy.sha256,
        language=words,
        findings=composition.findings,
        notes=composition.notes,
    )
    return {
        **made,
        **manifest_targets(portfolio.policy, made["kpis"]),
        "companies": company_counts(composition.identified),
        "company_sources": company_sources(portfolio.settings.companies, folder=portfolio.folder),
        "scores": dict(composition.scored.counts),
    }


def _write_inside(
    portfolio: Portfolio,
    composition: Composition,
    manifest: Mapping[str, Any],
    *,
    aside: Path,
    final: Path,
    progress: Progress,
) -> None:
    from duckdb import IOException

    from riskkit.workbench.actions_stage import write_plan
    from riskkit.workbench.companies_workbook import write_enriched
    from riskkit.workbench.compose import write_tables
    from riskkit.workbench.scores_stage import write_scores

    progress.stage("tables")
    try:
        write_tables(composition.tables, aside / "tables")
        write_scores(composition.scored, aside, policy=portfolio.policy.scores)
        language = str(manifest["language"])
        write_enriched(composition, portfolio=portfolio, folder=aside, language=language)
        write_plan(composition.tables, composition.snapshot, folder=aside, company=portfolio.name, language=language)
    except IOException as fault:
        refused = engine_fault(str(fault))
        if refused is not None:
            raise refused from fault  # `building` says it
        raise DataError(
            message(
                "The tables of the run cannot be written: {fault}. Nothing was left half-written. Free some space or "
                "choose another folder.",
                fault=str(fault).splitlines()[0].replace(str(aside), final.name),
            )
        ) from fault
    portfolio.write(aside, final=final)
    write_manifest(manifest, aside)


def _run_notebooks(
    crew: Crew,
    chosen: list[Path],
    *,
    aside: Path,
    final: Path,
    words: Language,
    progress: Progress,
) -> list[NotebookResult]:
    """Run the notebooks; a failed one is kept under `failed/` and named in the error."""
    shares = dict.fromkeys((path.stem for path in chosen), 0.0)

    def count(name: str, done: int, of: int) -> None:
        shares[name] = done / of
        progress.part("notebooks", sum(shares.values()) / len(shares))

    from riskkit.exhibits.notebook import notebook_resources

    style = notebook_resources(language=words.code)
    orders = [
        {
            "notebook": str(path),
            "run_folder": str(aside),
            "parameters": {"run_folder": "..", "language": words.code},
            "language": words.code,
            "style": style,
            "timeout": CELL_SECONDS,
        }
        for path in chosen
    ]
    outcomes = crew.run(orders, on_cell=count)
    failed = {outcome.name: outcome.error for outcome in outcomes if outcome.error is not None}
    if failed:
        raise _failure(failed, aside=aside, final=final)
    return [outcome.result for outcome in outcomes if outcome.result is not None]


def _failure(failed: Mapping[str, RiskkitError], *, aside: Path, final: Path) -> RiskkitError:
    """One error for all: each message once; a notebook as far as it went is kept, unless the disk refused it."""
    messages: dict[str, Message] = {}
    for name, error in failed.items():
        messages |= {str(said): said for said in error.messages}
        executed = aside / "notebooks" / f"{name}.ipynb"
        if executed.exists() and isinstance(error, NotebookError):
            kept = keep_failed(executed, final=final)
            said = message("The notebook as far as it went: {file}.", file=str(kept))
            messages[str(said)] = said
    kinds = {type(error) for error in failed.values()}
    kind = kinds.pop() if len(kinds) == 1 else NotebookError
    return kind(*messages.values())


def _write_diagnostic(aside: Path, words: Language) -> None:
    from riskkit.exhibits.document import make_diagnostic
    from riskkit.workbench.stored_run import load_run

    text = make_diagnostic(load_run(aside), language=words.code)
    (aside / DIAGNOSTIC).write_text(text, encoding="utf-8")


def _write_model_card(aside: Path, words: Language) -> None:
    from riskkit.exhibits.model_card import SCORE_TABLES, make_model_card
    from riskkit.workbench.stored_run import load_run, read_tables

    tables = read_tables(aside, SCORE_TABLES)
    text = make_model_card(load_run(aside), tables, language=words.code)
    (aside / MODEL_CARD).write_text(text, encoding="utf-8")
