"""The panel of a run of 100,000 invoices in Chromium, beside the same page as one writes it with pandas and matplotlib.

Timed in the page: from the reader's choice to the frame after every place has been redrawn. The two pages take turns in
one run. The plain one filters the run's tables with pandas, draws its charts with matplotlib (object API, PNG, 72 dpi)
and writes its table with `to_html`: groups, ages, months, the twenty largest customers.
"""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, sync_playwright

from riskkit.sources.sample import SampleSpec, write_sample
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import make_tables
from riskkit.workbench.server import serve_dashboard

PACKAGES = ("ipywidgets", "matplotlib", "numpy", "pandas", "playwright", "voila")
SPEC = SampleSpec(customers=3_000, invoices=100_000)
FILTERS, DRILLS, SORTS = 40, 20, 20
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")

_PANEL = """
import os
from pathlib import Path
import ipywidgets as w
from IPython.display import display
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.theme import css_text
from riskkit.workbench.widgets.explorer import open_explorer
panel = open_explorer(Path(os.environ["RISKKIT_RUN"]), language="fr")
display(w.VBox([w.HTML(element("style", Html(css_text()))), panel.widget, w.HTML("<i data-testid='ready'></i>")]))
"""
_PLAIN = """
import io, os
from pathlib import Path
import ipywidgets as w
import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure
from riskkit.engine import read_parquet
tables = Path(os.environ["RISKKIT_RUN"]) / "tables"
customers, items, months, invoices = (
    read_parquet(tables / f"{name}.parquet") for name in ("customers", "open_items", "customer_months", "invoices"))
items = items.merge(customers[["customer_id", "section", "division", "postcode"]], on="customer_id", how="left")
months = months.merge(customers[["customer_id", "section"]], on="customer_id", how="left")
invoices = invoices.merge(customers[["customer_id", "section"]], on="customer_id", how="left")
sections = sorted(items["section"].dropna().unique())
choice = w.Dropdown(options=[("tous", ""), *[(s, s) for s in sections]])
choice.add_class("plain-choice")
images, table, status = [w.Image(format="png") for _ in range(3)], w.HTML(), w.HTML()
count = 0
def png(figure):
    made = io.BytesIO()
    figure.savefig(made, format="png", dpi=72)
    return made.getvalue()
def draw(_):
    global count
    kept = items if not choice.value else items[items["section"] == choice.value]
    past = months if not choice.value else months[months["section"] == choice.value]
    sold = invoices if not choice.value else invoices[invoices["section"] == choice.value]
    late = kept[kept["days_past_due"].fillna(0) > 0]
    by = "division" if choice.value else "section"
    sums = {"overdue": late.groupby(by)["open_amount"].sum(), "open": kept.groupby(by)["open_amount"].sum()}
    shares = pd.DataFrame(sums)
    shares = (shares / shares.sum()).sort_values("overdue", ascending=False).head(12)
    groups = Figure(figsize=(8, 4), layout="constrained")
    axes = groups.subplots()
    axes.barh(shares.index, shares["overdue"])
    axes.plot(shares["open"], shares.index, "|", ms=16)
    axes.set_title(f"{len(kept)} factures, ventes {sold['amount'].sum():,.0f}")
    ages = Figure(figsize=(5, 2.5), layout="constrained")
    ages.subplots().bar(*zip(*kept.groupby("bucket")["open_amount"].sum().items()))
    names = [n for n in past.columns if n.endswith("_amount") and n[0] in "do" and n != "open_items_amount"]
    history = past.groupby("as_of")[names].sum()
    areas = Figure(figsize=(5, 2.5), layout="constrained")
    areas.subplots().stackplot(history.index, history.T.to_numpy())
    for image, figure in zip(images, (groups, ages, areas)):
        image.value = png(figure)
    largest = late.groupby("customer_name")["open_amount"].agg(["sum", "size"]).nlargest(20, "sum")
    table.value = largest.to_html()
    count += 1
    status.value = f"<i data-testid='panel-status' data-rk-drawn='{count}'></i>"
choice.observe(draw, names="value")
draw(None)
page = w.VBox([choice, *images, table, status, w.HTML("<i data-testid='ready'></i>")])
page.add_class("rk-explorer")
display(page)
"""
_TIMED = """
([css, rank, option]) => new Promise((done, fail) => {
  const status = () => document.querySelector("[data-testid=panel-status]");
  const before = status().dataset.rkDrawn, target = document.querySelectorAll(css)[rank];
  if (!target) return fail(new Error("nothing matches " + css));
  const seen = new MutationObserver(() => {
    if (!status() || status().dataset.rkDrawn === before) return;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => done((performance.now() - start) / 1000), 0));
  });
  seen.observe(document.querySelector(".rk-explorer"), { subtree: true, childList: true });
  setTimeout(() => fail(new Error("never redrawn after " + css)), 20000);
  const start = performance.now();
  if (target.tagName !== "SELECT") return target.click();
  target.selectedIndex = option;
  target.dispatchEvent(new Event("change", { bubbles: true }));
})
"""


def rows() -> list[dict[str, Any]]:
    """Rows of `benchmarks/results/panel.json`."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        run = _make_run(folder)
        with _opened(driver, run, folder, _PANEL) as panel, _opened(driver, run, folder, _PLAIN) as plain:
            filters, plainly = [], []
            for turn in range(FILTERS // 2):
                option = 1 + turn % 6
                filters.append(_timed(panel, ".rk-value select", option=option))
                plainly.append(_timed(plain, ".plain-choice select", option=option))
                filters.append(_timed(panel, ".rk-trail .rk-away"))
                plainly.append(_timed(plain, ".plain-choice select", option=0))
            drills, sorts = [], []
            for turn in range(DRILLS // 2):
                drills.append(_timed(panel, "[data-testid=panel-groups] .rk-act", rank=turn % 4))
                drills.append(_timed(panel, "[data-testid=panel-groups] .rk-act"))
                _timed(panel, ".rk-trail .rk-act")
            for turn in range(SORTS):
                sorts.append(_timed(panel, "[data-testid=panel-customers] .rk-sort", rank=turn % 4))
    peer = {"pandas_matplotlib": statistics.median(plainly)}
    peer_high = {"pandas_matplotlib": _high(plainly)}
    return [
        _row("filter_redraw_s_median", statistics.median(filters), len(filters), peer),
        _row("filter_redraw_s_p95", _high(filters), len(filters), peer_high),
        _row("filter_redraw_ratio_to_plain", statistics.median(filters) / statistics.median(plainly), len(filters), {}),
        _row("drill_down_s_median", statistics.median(drills), len(drills), {}),
        _row("drill_down_s_p95", _high(drills), len(drills), {}),
        _row("table_sort_s_median", statistics.median(sorts), len(sorts), {}),
        _row("table_sort_s_p95", _high(sorts), len(sorts), {}),
    ]


def _make_run(folder: Path) -> Path:
    written = write_sample(folder / "sources", SPEC)
    files = [written.customers, written.invoices, written.payments]
    portfolio = Portfolio.from_files(files, name="Exemple", folder=folder)
    return make_tables(portfolio, as_of=SPEC.end_date, folder=folder / "reports" / "run").folder


@contextmanager
def _opened(driver: Playwright, run: Path, folder: Path, cell: str) -> Iterator[Page]:
    """A page that runs that cell on the run, open in a browser of its own and ready."""
    notebook = folder / f"page_{len(cell)}" / "app.ipynb"
    notebook.parent.mkdir()
    code = {"cell_type": "code", "execution_count": None, "id": "page", "metadata": {}, "outputs": [], "source": cell}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {"cells": [code], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    notebook.write_text(json.dumps(content), encoding="utf-8")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with serve_dashboard(run, notebook=notebook, preheated=0) as served:
        running = driver.chromium.launch(executable_path=chromium, args=list(_ARGUMENTS))
        page = running.new_page(viewport={"width": 1440, "height": 900})
        page.goto(served.url, wait_until="commit")
        page.get_by_test_id("ready").wait_for(timeout=60_000, state="attached")
        page.get_by_test_id("panel-status").wait_for(timeout=60_000, state="attached")
        yield page
        running.close()


def _timed(page: Page, css: str, *, rank: int = 0, option: int = 0) -> float:
    return float(page.evaluate(_TIMED, [css, rank, option]))


def _high(seconds: list[float]) -> float:
    return sorted(seconds)[max(0, -(-95 * len(seconds) // 100) - 1)]


def _row(measure: str, value: float, count: int, baselines: dict[str, float]) -> dict[str, Any]:
    unit = "ratio" if "ratio" in measure else "s"
    return {
        "measure": measure,
        "dataset": "invoices_1e5",
        "value": value,
        "low": None,
        "high": None,
        "unit": unit,
        "baselines": baselines,
        "n": count,
    }
