"""The summary of a batch: the portfolios ranked, their worst customers, and what failed and why."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from riskkit.exhibits.batch_page import batch_headings, batch_page, batch_sheets
from riskkit.exhibits.language import Language
from riskkit.exhibits.page_workbook import page_workbook
from riskkit.workbench.batch_work import Outcome
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.stored_run import read_table

PAGE, WORKBOOK = "synthese.html", "synthese.xlsx"
WORST_EACH = 5
_KPIS = ("receivables_amount", "overdue_amount", "overdue_share", "dso_days")
_HIGH = ("4", "5")


def write_summary(outcomes: Sequence[Outcome], root: Path, words: Language) -> tuple[Path, Path]:
    """Write `synthese.html` and `synthese.xlsx` where the runs are, whole or not at all.

    Amounts are those of each portfolio's own currency; portfolios of another currency are ranked apart.
    """
    done = [(outcome, read_manifest(outcome.run)) for outcome in outcomes if outcome.run is not None]
    portfolios = rank([portfolio_row(outcome, manifest, root) for outcome, manifest in done])
    worst = worst_customers((outcome.run, manifest) for outcome, manifest in done if outcome.run is not None)
    failed = pd.DataFrame(
        [
            {"portfolio": outcome.folder.name, "why": " ".join(outcome.messages)}
            for outcome in outcomes
            if outcome.state == "failed"
        ],
        columns=["portfolio", "why"],
    )
    days = [dt.date.fromisoformat(str(manifest["as_of"])) for _, manifest in done]
    root.mkdir(parents=True, exist_ok=True)
    page = batch_page(portfolios, worst, failed, days=days, language=words.code)
    _write(root / PAGE, page.encode("utf-8"))
    if days:
        sheets = batch_sheets(portfolios, worst, failed, language=words.code)
        title = words.text("Summary of portfolios")
        headings = batch_headings(language=words.code)
        book = page_workbook(sheets, company=title, as_of=max(days), language=words.code, headings=headings)
        _write(root / WORKBOOK, book)
    return root / PAGE, root / WORKBOOK


def portfolio_row(outcome: Outcome, manifest: Mapping[str, Any], root: Path) -> dict[str, object]:
    """What is said of one portfolio: owed, overdue, DSO, expected loss, customers of high risk, where its report is."""
    run = outcome.run
    assert run is not None  # noqa: S101 - asked only of those that have a run
    kpis = {name: _number(manifest["kpis"].get(name)) for name in _KPIS}
    losses = customer_losses(run)
    scores = read_table(run, "scores")
    return {
        "portfolio": manifest["portfolio"],
        "as_of": pd.Timestamp(str(manifest["as_of"])),
        "currency": manifest["currency"],
        **kpis,
        "expected_loss_amount": float(losses["loss_cents"].sum()) / 100,
        "high_risk_count": int(scores["risk_class"].isin(_HIGH).sum()),
        "state": outcome.state,
        "report": Path(os.path.relpath(run / "diagnostic.html", root)).as_posix(),
    }


def rank(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """The portfolios by expected loss, the largest first, each currency apart; ties by overdue amount, then name."""
    columns = [
        "rank", "portfolio", "as_of", "currency", *_KPIS, "expected_loss_amount", "high_risk_count", "state", "report",
    ]  # fmt: skip
    frame = pd.DataFrame(list(rows), columns=columns[1:])
    if frame.empty:
        return pd.DataFrame(columns=columns)
    owed = frame.groupby("currency")["receivables_amount"].transform("count")
    frame = frame.assign(size=owed).sort_values(
        ["size", "currency", "expected_loss_amount", "overdue_amount", "portfolio"],
        ascending=[False, True, False, False, True],
    )
    frame["rank"] = frame.groupby("currency", sort=False).cumcount() + 1
    return frame[columns].reset_index(drop=True)


def worst_customers(runs: Iterable[tuple[Path, Mapping[str, Any]]], *, each: int = WORST_EACH) -> pd.DataFrame:
    """The customers of each portfolio from whom most is expected to be lost, the largest loss first."""
    columns = [
        "portfolio", "customer_id", "name", "currency", "risk_class", "open_amount", "overdue_amount",
        "expected_loss_amount",
    ]  # fmt: skip
    parts = []
    for run, manifest in runs:
        losses = customer_losses(run).nlargest(each, "loss_cents")
        known = losses[losses["loss_cents"] > 0].merge(read_table(run, "scores"), on="customer_id", how="left")
        parts.append(
            known.assign(
                portfolio=manifest["portfolio"],
                currency=manifest["currency"],
                expected_loss_amount=known["loss_cents"].astype("float64") / 100,
            )[columns]
        )
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts).sort_values(
        ["currency", "expected_loss_amount"], ascending=[True, False], ignore_index=True
    )


def customer_losses(run: Path) -> pd.DataFrame:
    """customer_id and loss_cents: what IFRS 9 expects to lose of the items of each customer."""
    provision = read_table(run, "provision")
    cents = (provision["ifrs_amount"].astype("float64") * 100).round().astype("int64")
    found = cents.groupby(provision["customer_id"].astype("str")).sum()
    return found.rename("loss_cents").rename_axis("customer_id").reset_index()


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_bytes(content)
    os.replace(aside, path)
