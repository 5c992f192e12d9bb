"""From a portfolio to the tables of a run: every stage called once, in order, in this process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from riskkit.engine import write_parquet
from riskkit.errors import DataError, Message, message
from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import Snapshot, choose_terms, strike, strike_history
from riskkit.models.cash_forecast import forecast_cash
from riskkit.models.invoice_risk import invoice_risk
from riskkit.sources.quality import make_quality
from riskkit.sources.quality_tables import RECONCILIATION
from riskkit.sources.reading import Reading
from riskkit.sources.stored import StoredTable
from riskkit.workbench.actions_stage import plan
from riskkit.workbench.advice_stage import advise
from riskkit.workbench.companies_stage import Identified, identify_companies
from riskkit.workbench.companies_tables import company_notes, company_tables
from riskkit.workbench.decisions_stage import decide_customers
from riskkit.workbench.drivers_stage import explain_unpaid
from riskkit.workbench.dunning_stage import dun_customers
from riskkit.workbench.ledger_stage import ledger_tables, measured_groups
from riskkit.workbench.payers_stage import group_payers
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.progress import Progress
from riskkit.workbench.scores_stage import Scored, read_given, score_customers


@dataclass(frozen=True)
class Composition:
    """What a run is made of: what was read, the ledger struck, the tables (money in cents), what was found."""

    reading: Reading
    snapshot: Snapshot
    tables: Mapping[str, pd.DataFrame | StoredTable]
    findings: tuple[Message, ...]
    notes: tuple[Message, ...]
    identified: Identified
    scored: Scored


def compose(portfolio: Portfolio, *, as_of: dt.date | None, language: str, progress: Progress) -> Composition:
    """Read, identify, settle, measure and compare: the tables of a run, in memory.

    Parameters
    ----------
    portfolio
        Sources and policy.
    as_of
        Valuation date, inclusive; None takes the latest date found in the files.
    language
        Of the labels that are data (sectors).
    progress
        Told which stage begins.

    Raises
    ------
    DataError, ReconciliationError
        A file cannot be read, nothing is known at `as_of`, or a total does not tie.

    """
    policy = portfolio.policy
    progress.stage("read")
    begun: list[str] = []
    count = len(portfolio.settings.sources)

    def file_begins(name: str) -> None:
        progress.part("read", min(len(begun) / count, 1.0))
        begun.append(name)

    given = read_given(portfolio)
    reading = portfolio.read(as_of=as_of, progress=file_begins)
    date, notes = _valuation_date(reading, as_of)
    identified = identify_companies(reading, portfolio=portfolio, as_of=date, language=language)
    reading, customers = identified.reading, identified.customers
    progress.stage("settle")
    book = Book.from_reading(reading, policy=policy, balance=portfolio.settings.balance_sheet)
    terms = choose_terms(book, as_of=date, policy=policy, terms=portfolio.settings.terms or None)
    snapshot = strike(book, as_of=date, policy=policy, terms=terms)
    progress.stage("measure")
    history = strike_history(book, as_of=date, policy=policy, terms=terms)
    behind = ledger_tables(snapshot, book, policy=policy)
    behind |= measured_groups(history, book, customers, policy=policy)
    said = portfolio.settings.control
    quality = make_quality(reading, as_of=date, customers=customers, control=said.control if said else None)
    progress.stage("sectors")
    explained = explain_unpaid(reading, customers, snapshot, history.months, policy=policy, language=language)
    progress.stage("scores")
    scored = score_customers(book, history, snapshot, identified, given=given, portfolio=portfolio, language=language)
    by_invoice = invoice_risk(
        history, snapshot.open_items, customers, as_of=date, connection=book.connection, policy=policy
    )
    progress.stage("forecast")
    forecast = forecast_cash(
        book, customers, reading.events, snapshot.open_items, as_of=date, policy=policy, terms_code=terms.code
    )
    decided = decide_customers(
        snapshot, identified, scored.tables["scores"], behind=behind, portfolio=portfolio, language=language
    )
    dunned = dun_customers(
        snapshot, identified, forecast.tables["payment_time"], portfolio=portfolio, language=language
    )
    advice = advise(
        snapshot, identified, decided, behind=behind, legal_delays=quality.legal_delays,
        payment_time=forecast.tables["payment_time"], book=book, portfolio=portfolio, language=language,
    )  # fmt: skip
    payers = group_payers(reading, snapshot, behind["payer_profiles"], seed=policy.seed, language=language)
    planned = plan(
        snapshot, identified, {**decided.tables, **dunned.tables, **advice.tables}, policy=policy, language=language
    )
    return Composition(
        reading=reading,
        snapshot=snapshot,
        tables={
            "invoices": reading.held("invoices"),
            "payments": reading.held("payments"),
            "rejects": reading.rejects,
            **company_tables(identified, snapshot.ageing),
            "open_items": snapshot.open_items,
            "unapplied": snapshot.unapplied,
            "ageing": snapshot.ageing,
            "measures": history.measures,
            "customer_months": history.months,
            **explained.tables,
            **behind,
            "quality": quality.quality,
            "quality_rows": quality.rows,
            "quality_grades": quality.grades,
            "legal_delays": quality.legal_delays,
            **scored.tables,
            "invoice_risk": by_invoice.invoices,
            "invoice_risk_results": by_invoice.results,
            **forecast.tables,
            **decided.tables,
            **dunned.tables,
            **advice.tables,
            **planned,
            **payers.tables,
            "reconciliation_lines": quality.reconciliation if len(quality.reconciliation) else RECONCILIATION.empty(),
        },
        findings=explained.findings,
        notes=(
            *notes,
            *company_notes(identified, snapshot.ageing, as_of=date),
            *scored.notes,
            *by_invoice.notes,
            *forecast.notes,
            *decided.notes,
            *dunned.notes,
            *advice.notes,
            *payers.notes,
        ),
        identified=identified,
        scored=scored,
    )


def write_tables(tables: Mapping[str, pd.DataFrame | StoredTable], folder: Path) -> None:
    """Write each table as `<name>.parquet`, amounts in currency units."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in sorted(tables.items()):
        path = folder / f"{name}.parquet"
        if isinstance(table, StoredTable):
            table.write_amounts(path)
        else:
            write_parquet(table, path)


def _valuation_date(reading: Reading, as_of: dt.date | None) -> tuple[dt.date, tuple[Message, ...]]:
    """The date of the run, and what is to be said of it."""
    latest, first = reading.latest_date, reading.coverage_start
    if as_of is None:
        return latest, (message("Without --as-of: the latest date found in the files, {date}.", date=latest),)
    if as_of < first:
        raise DataError(
            message(
                "Nothing can be said at {as_of}: the files begin on {first}. Choose a date from {first} to {latest}, "
                "or add the files of earlier years.",
                as_of=as_of,
                first=first,
                latest=latest,
            )
        )
    if as_of > latest:
        note = message(
            "The date asked, {as_of}, is later than anything in the files ({latest}): what was issued or paid in "
            "between is not known.",
            as_of=as_of,
            latest=latest,
        )
        return as_of, (note,)
    return as_of, ()
