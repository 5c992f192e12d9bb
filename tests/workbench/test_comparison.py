"""Two runs of one company compared: effects tied to both manifests, risks, the forecast, and what is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from riskkit.engine import read_parquet
from riskkit.errors import UsageError
from riskkit.workbench.cli import main
from riskkit.workbench.comparison import compare_runs, risk_moves
from riskkit.workbench.forecast_outcome import cash_received
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import make_tables
from tests.workbench.conftest import AS_OF
from tests.workbench.test_cli import plain

FEBRUARY = dt.date(2024, 2, 29)


@pytest.fixture(scope="module")
def runs(company: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The tiny company at the end of February and of March."""
    root = tmp_path_factory.mktemp("compared")
    portfolio = Portfolio.from_files([company / "factures.csv", company / "paiements.csv"], name="<Tiny> & Co")
    for day in (FEBRUARY, AS_OF):
        make_tables(portfolio, as_of=day, folder=root / day.isoformat())
    return root / FEBRUARY.isoformat(), root / AS_OF.isoformat()


def test_effects_are_those_of_a_hand_calculation_and_add_up_to_the_measures(runs: tuple[Path, Path]) -> None:
    found = compare_runs(*runs).effects.set_index(["measure", "effect"])
    kpis = [read_manifest(run)["kpis"] for run in runs]
    for measure in ("receivables_amount", "overdue_amount", "dso_days"):
        lines = found.loc[measure]
        assert float(lines.loc["total", "change"]) == pytest.approx(
            float(kpis[1][measure]) - float(kpis[0][measure]), abs=1e-5
        )
        digits = 6 if measure == "dso_days" else 2
        parts = lines.drop(index="total")["change"]
        assert round(sum(round(part * 10**digits) for part in parts)) == round(
            float(lines.loc["total", "change"]) * 10**digits
        )
        assert lines["low"].isna().all()  # three customers are too few to draw from
    # billed 1200.00 + 600.50 + 350.00 = 2150.50 then, 2250.49 now; owed 950.50 then, 950.49 now
    # volume: 99.99 × (950.50/2150.50 + 950.49/2250.49) / 2 = 99.99 × 0.432169 = 43.21
    assert found.loc[("receivables_amount", "volume"), "change"] == 43.21
    assert found.loc[("receivables_amount", "total"), "change"] == -0.01
    # 56 days of ledger then (5 January to 29 February), 87 now: 31 × 0.432169 = 13.39725
    assert found.loc[("dso_days", "window"), "change"] == pytest.approx(13.39725, abs=1e-4)
    assert found.loc[("dso_days", "volume"), "change"] == 0


def test_a_first_run_that_is_not_older_is_refused(runs: tuple[Path, Path]) -> None:
    with pytest.raises(UsageError, match="is not older than the second"):
        compare_runs(runs[1], runs[0])


def test_the_command_writes_a_page_a_workbook_and_tables(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *map(str, runs), "--out", str(tmp_path / "out")]) == 0
    said = plain(capsys.readouterr().out)
    assert "Ce qui a bougé, et pourquoi" in said
    assert "DSO simple : de 25 jours à 37 jours ; première cause" in said
    page = plain((tmp_path / "out" / "comparaison.html").read_text(encoding="utf-8"))
    assert "&lt;Tiny&gt; &amp; Co : ce qui a bougé du 29/02/2024 au 31/03/2024" in page
    assert "Volume : la facturation de la fenêtre" in page
    book = load_workbook(tmp_path / "out" / "comparaison.xlsx")
    assert book.sheetnames == ["Effets", "Par client", "Risques", "Prévision de trésorerie"]
    kept = read_parquet(tmp_path / "out" / "change_effects.parquet")
    totals = kept[kept["effect"] == "total"].set_index("measure")["change"]
    assert totals["receivables_amount"] == -0.01


def scores(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "risk_class", "open_amount", "overdue_amount"])
    return frame.assign(name=frame["customer_id"].str.lower(), reason_1="because")


def test_risks_are_new_or_resolved_and_other_moves_are_told_apart() -> None:
    before = scores(("A", "2", 10, 0), ("B", "5", 80, 80), ("C", "1", 5, 0), ("D", "3", 7, 1), ("E", "4", 9, 9))
    after = scores(("A", "4", 50, 20), ("C", "2", 6, 0), ("D", "3", 7, 1), ("E", "5", 9, 9), ("F", "unknown", 1, 0))
    moves = risk_moves(before, after).set_index("customer_id")
    # B owes nothing any more; D did not move; F is new and nothing is known of it
    assert dict(moves["move"]) == {"B": "resolved", "A": "new_risk", "E": "worse", "C": "worse"}
    assert (moves.loc["B", "overdue_before_cents"], moves.loc["B", "overdue_after_cents"]) == (8000, 0)
    assert list(moves.index) == ["B", "A", "E", "C"]


def test_cash_of_a_forecast_is_what_was_open_then_and_never_more_than_was_paid() -> None:
    day = pd.Timestamp("2024-01-31")

    def items(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
        frame = pd.DataFrame(rows, columns=["customer_id", "invoice_number", "amount", "open_amount"])
        return frame.assign(issue_date=pd.Timestamp("2024-01-10"))

    before = items(("A", "1", 100, 100), ("A", "2", 50, 50), ("B", "3", 80, 80), ("C", "4", 30, 30))
    after = items(("A", "2", 50, 20), ("C", "4", 30, 30))
    payments = pd.DataFrame(
        [
            ("A", "payment", "2024-02-03", 90.0),
            ("A", "payment", "2024-02-09", 400.0),  # for an invoice issued since: A's open items took 130 in all
            ("B", "payment", "2024-02-05", 60.0),  # the rest of B's 80 was credited: no cash
            ("B", "write_off", "2024-02-05", 20.0),
            ("C", "payment", "2024-01-31", 5.0),  # before
        ],
        columns=["customer_id", "kind", "payment_date", "amount"],
    ).assign(payment_date=lambda frame: pd.to_datetime(frame["payment_date"]))
    ends = [day + pd.Timedelta(days=7 * week) for week in (1, 2)]
    # first week: A 90 + B 60; second: A 130 − 90
    assert cash_received(before, after, payments, start=day, ends=ends) == [15_000, 4_000]
