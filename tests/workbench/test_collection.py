"""A log of actions named in `portfolio.yaml`: a promise that waits stops the dunning, a broken one is said."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from riskkit.companies.collection_log import CollectionFile
from riskkit.engine import read_parquet
from riskkit.errors import UsageError
from riskkit.workbench.letters import write_letters
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import make_tables

LOG = """Code client;Date;Action;Promesse;Montant promis
C1;{made};Appel;{promised};600,50
"""


def tables_with(company: Path, folder: Path, *, made: str, promised: str) -> Path:
    """A run of the tiny company at the end of March 2024, with one promise in its log."""
    home = folder / "home"
    shutil.copytree(company, home)
    (home / "relances.csv").write_text(LOG.format(made=made, promised=promised), encoding="utf-8")
    files = [home / "factures.csv", home / "paiements.csv"]
    portfolio = Portfolio.from_files(files, name="Tiny & Co", folder=home)
    settings = portfolio.settings.model_copy(update={"collection": CollectionFile(file="relances.csv")})
    portfolio = Portfolio(home, settings, portfolio.policy)
    return make_tables(portfolio, as_of=dt.date(2024, 3, 31), folder=folder / "run").folder


def test_a_promise_that_waits_is_left_alone_and_no_letter_is_written(company: Path, tmp_path: Path) -> None:
    run = tables_with(company, tmp_path, made="25/03/2024", promised="05/04/2024")
    row = read_parquet(run / "tables" / "dunning.parquet").set_index("customer_id").loc["C1"]
    assert [row["step"], row["stop"]] == ["none", "promise"]
    assert row["promised_on"] == pd.Timestamp("2024-04-05")
    assert "05/04/2024" in row["reason_1"]
    assert "relances.csv" in (run / "portfolio.yaml").read_text(encoding="utf-8")
    assert Portfolio.open(run).settings.collection is not None
    with pytest.raises(UsageError, match="no formal notice can be written"):
        write_letters(run, customer="C1", step="formal_notice", folder=tmp_path / "out")


def test_a_broken_promise_is_said_with_its_day(company: Path, tmp_path: Path) -> None:
    run = tables_with(company, tmp_path, made="18/03/2024", promised="20/03/2024")
    row = read_parquet(run / "tables" / "dunning.parquet").set_index("customer_id").loc["C1"]
    # three days of grace: broken from 24 March on
    assert row["step"] != "none"
    assert row["broken_promise_date"] == pd.Timestamp("2024-03-24")
    assert "24/03/2024" in row["reason_2"]
    promises = read_parquet(run / "tables" / "promises.parquet")
    assert promises[["status", "paid_amount"]].iloc[0].tolist() == ["broken", 0.0]
