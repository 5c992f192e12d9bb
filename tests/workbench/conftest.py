"""A tiny company's files, and one run made of them for the whole session."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import FinishedRun, make_run

AS_OF = dt.date(2024, 3, 31)

INVOICES = """N° facture;Code client;Client;Date facture;Date échéance;Montant TTC
F1;C1;Durand SA;05/01/2024;04/02/2024;1 200,00
F2;C1;Durand SA;15/02/2024;16/03/2024;600,50
F3;C2;Martin & Fils;20/02/2024;31/03/2024;350,00
F4;C3;Petit SARL;10/03/2024;09/04/2024;99,99
"""
PAYMENTS = """Date règlement;Code client;Client;Facture;Montant
10/02/2024;C1;Durand SA;F1;1 200,00
20/03/2024;C2;Martin & Fils;F3;100,00
"""


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a CSV of invoices and one of payments. Nothing here depends on the folder's own name."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "factures.csv").write_text(INVOICES, encoding="utf-8")
    (folder / "paiements.csv").write_text(PAYMENTS, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def finished(company: Path, tmp_path_factory: pytest.TempPathFactory) -> FinishedRun:
    """The run of the tiny company at the end of March 2024, notebooks and documents included."""
    files = [company / "factures.csv", company / "paiements.csv"]
    folder = tmp_path_factory.mktemp("reports") / "run"
    portfolio = Portfolio.from_files(files, name="Tiny & Co")
    return make_run(portfolio, as_of=AS_OF, folder=folder, show_progress=False)


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Path]:
    """An empty current folder."""
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)
