"""The client's own file of customers, given back enriched, in the folder of a run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from riskkit.companies.client_file import read_client_file
from riskkit.exhibits.enriched_figures import figure_columns
from riskkit.exhibits.enriched_workbook import write_enriched_workbook
from riskkit.exhibits.language import language as language_of
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
    spec, tables = files[0], composition.tables
    held = {name: table for name in FIGURE_TABLES if isinstance(table := tables.get(name), pd.DataFrame)}
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
