"""The client's own file of customers, given back enriched, in the folder of a run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from riskkit.companies.client_file import read_client_file
from riskkit.exhibits.enriched_columns import added_columns
from riskkit.exhibits.enriched_figures import figure_columns
from riskkit.exhibits.enriched_workbook import client_lines, listed_customers, write_enriched_workbook
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.workbook.client_sheet import client_sheet
from riskkit.exhibits.workbook.sheet import Sheet
from riskkit.workbench.companies_tables import exposure
from riskkit.workbench.compose import Composition
from riskkit.workbench.portfolio import Portfolio

WORKBOOK = "clients_enrichis.xlsx"
FIGURE_TABLES = ("ageing", "scores", "score_notes", "credit_limits")


def write_enriched(composition: Composition, *, portfolio: Portfolio, folder: Path, language: str) -> None:
    """Write `clients_enrichis.xlsx` where the portfolio has a file of customers.

    Of several files of customers, the first comes back: the others' customers are in the tables of the run.
    """
    identified = composition.identified
    files = [spec for spec in portfolio.settings.sources if spec.kind == "customers"]
    if not files:
        return
    spec, held = files[0], _figure_tables(composition)
    owners = identified.enrichment.customers["customer_id"]
    write_enriched_workbook(
        folder / WORKBOOK,
        enrichment=identified.enrichment,
        as_of=composition.snapshot.as_of,
        language_code=language,
        client_file=read_client_file(portfolio.folder / spec.file, sheet=spec.sheet, header_row=spec.header_row),
        to_confirm=identified.matching.pairs_to_confirm,
        exposure_cents=exposure(identified.customers, composition.snapshot.ageing),
        figures=figure_columns(owners, held, language_of(language)),
    )


def customers_sheet(composition: Composition, *, portfolio: Portfolio, language: str) -> Sheet | None:
    """The first file of customers with what was found, as a sheet; a plain list of them where there is none."""
    words, enrichment = language_of(language), composition.identified.enrichment
    files = [spec for spec in portfolio.settings.sources if spec.kind == "customers"]
    held = _figure_tables(composition)
    client = listed_customers(enrichment, words)
    if files:
        spec = files[0]
        client = read_client_file(portfolio.folder / spec.file, sheet=spec.sheet, header_row=spec.header_row)
    added = [
        *added_columns(enrichment, words),
        *figure_columns(enrichment.customers["customer_id"], held, words),
    ]
    return client_sheet(client, client_lines(enrichment.customers, client), added, words)


def _figure_tables(composition: Composition) -> dict[str, pd.DataFrame]:
    """The tables of the run whose figures stand beside each customer."""
    tables = composition.tables
    return {name: table for name in FIGURE_TABLES if isinstance(table := tables.get(name), pd.DataFrame)}
