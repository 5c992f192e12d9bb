"""The comparison of two runs in files: a page, a workbook, and its tables."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from riskkit.engine import write_parquet
from riskkit.errors import UsageError, message
from riskkit.exhibits.comparison_page import comparison_page
from riskkit.exhibits.language import Language
from riskkit.exhibits.page_workbook import page_workbook
from riskkit.workbench.comparison import CHANGE_EFFECTS, RISK_MOVES, Comparison
from riskkit.workbench.forecast_outcome import FORECAST_OUTCOMES
from riskkit.workbench.run_folder import MANIFEST

PAGE, WORKBOOK = "comparaison.html", "comparaison.xlsx"


def write_comparison(found: Comparison, folder: Path, *, words: Language) -> tuple[Path, Path]:
    """Write `comparaison.html`, `comparaison.xlsx` and the tables in a folder that is not a run."""
    if (folder / MANIFEST).exists():
        raise UsageError(
            message("'{folder}' is a run, which nothing is added to. Give another folder.", folder=folder.name)
        )
    folder.mkdir(parents=True, exist_ok=True)
    moves, forecast = (_in_units(frame) for frame in (found.moves, found.forecast))
    page = comparison_page(
        found.effects, found.customers, moves, forecast,
        company=found.company, days=(found.before, found.after), shared_sales_share=found.shared_sales_share,
        is_new_policy=found.is_new_policy, language=words.code, currency=found.currency,
    )  # fmt: skip
    sheets = {
        words.text("Effects"): found.effects,
        words.text("By customer"): found.customers,
        words.text("Risks"): moves,
        words.text("Cash forecast"): forecast,
    }
    title = f"{found.company} {found.before.isoformat()}"
    book = page_workbook(sheets, company=title, as_of=found.after, language=words.code, headings=_headings(words))
    tables = {CHANGE_EFFECTS.name: found.effects, RISK_MOVES.name: found.moves, FORECAST_OUTCOMES.name: found.forecast}
    for name, table in tables.items():
        write_parquet(table, folder / f"{name}.parquet")
    for name, content in ((PAGE, page.encode("utf-8")), (WORKBOOK, book)):
        aside = folder / f".{name}.{os.getpid()}"
        aside.write_bytes(content)
        os.replace(aside, folder / name)
    return folder / PAGE, folder / WORKBOOK


def _in_units(frame: pd.DataFrame) -> pd.DataFrame:
    """Cents as amounts."""
    cents = [name for name in frame.columns if name.endswith("_cents")]
    made = frame.assign(**{name: frame[name].astype("float64") / 100 for name in cents})
    return made.rename(columns={name: f"{name.removesuffix('_cents')}_amount" for name in cents})


def _headings(words: Language) -> dict[str, str]:
    return {
        "measure": words.text("Measure"),
        "effect": words.text("Effect"),
        "before": words.text("Value then"),
        "after": words.text("Value now"),
        "change": words.text("Change"),
        "low": words.text("Low end"),
        "high": words.text("High end"),
        "customer_id": words.text("Account"),
        "name": words.text("Customer"),
        "calendar": words.text("calendar of billing"),
        "mix": words.text("customer mix"),
        "behaviour": words.text("payment behaviour"),
        "old": words.text("old balances"),
        "move": words.text("Move"),
        "class_before": words.text("Class then"),
        "class_after": words.text("Class now"),
        "open_before_amount": words.text("Owed then"),
        "open_after_amount": words.text("Owed now"),
        "overdue_before_amount": words.text("Overdue then"),
        "overdue_after_amount": words.text("Overdue now"),
        "reason": words.text("Why"),
        "period_kind": words.text("Period"),
        "period_start": words.text("First day"),
        "period_end": words.text("Last day"),
        "base_amount": words.text("Expected"),
        "due_amount": words.text("Fell due"),
        "low_amount": words.text("Low end"),
        "high_amount": words.text("High end"),
        "real_amount": words.text("Came in"),
        "is_covered": words.text("In the interval"),
    }
