"""The dashboard in Chromium, on the sample and on 100,000 invoices, beside a plain Voila notebook on the same runs.

The plain notebook is what one writes with pandas, matplotlib and ipywidgets: three pages chosen in a list (measures,
three charts, customers filtered by sector as `to_html`, cash of 13 weeks), served by Voila as it comes, its kernel
preheated too. Loads are timed in the page, from the start of the navigation to the frame after its last part was drawn;
choices from the click to the frame after what follows was drawn. Warm: the browser has the files, a kernel waits. Cold:
neither. Memory is the proportional set size of the kernels of three viewers who saw every page, divided by three.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from riskkit.sources.sample import SampleSpec, write_sample
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import make_tables
from riskkit.workbench.server import serve_dashboard

PACKAGES = ("ipywidgets", "matplotlib", "pandas", "playwright", "voila")
DATASETS = {"sample": SampleSpec(), "invoices_1e5": SampleSpec(customers=3_000, invoices=100_000)}
LOADS, COLD_LOADS, ROUNDS, FILTERS, VIEWERS = 7, 3, 3, 20, 3
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
_READY = """
window.riskkitReady = new Promise((done) => {
  const look = () => {
    const seen = document.querySelector("[data-testid=ready]");
    if (!seen || !seen.getClientRects().length) return false;
    requestAnimationFrame(() => setTimeout(() => done(performance.now() / 1000), 0));
    return true;
  };
  const watch = () => { if (!look()) requestAnimationFrame(watch); };
  watch();
});
"""
_TIMED = """
([css, rank, option, wanted]) => new Promise((done, fail) => {
  const target = Array.from(document.querySelectorAll(css)).filter((e) => e.getClientRects().length)[rank];
  if (!target) return fail(new Error("nothing matches " + css));
  const before = (document.querySelector(wanted) || {}).outerHTML;
  const end = Date.now() + 20000;
  const watch = () => {
    const now = document.querySelector(wanted);
    if (now && now.outerHTML !== before) {
      return requestAnimationFrame(() => setTimeout(() => done((performance.now() - start) / 1000), 0));
    }
    if (Date.now() > end) return fail(new Error("nothing changed at " + wanted));
    requestAnimationFrame(watch);
  };
  const start = performance.now();
  if (target.tagName === "SELECT") {
    target.selectedIndex = option;
    target.dispatchEvent(new Event("change", { bubbles: true }));
  } else target.click();
  watch();
})
"""
_PLAIN = """
import io, os
from pathlib import Path
import ipywidgets as w
import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure
tables = Path(os.environ["RISKKIT_RUN"]) / "tables"
names = ("customers", "open_items", "ageing", "measures", "scores", "cash_forecast")
customers, items, ageing, measures, scores, cash = (pd.read_parquet(tables / f"{n}.parquet") for n in names)
money = [c for f in (items, ageing, cash) for c in f.columns if c.endswith("_amount")]
items, ageing, cash = (f.astype({c: "float64" for c in f.columns if c in money}) for f in (items, ageing, cash))
page = w.Dropdown(options=["mesures", "clients", "tresorerie"])
sector = w.Dropdown(options=["", *sorted(customers["section"].dropna().unique())])
page.add_class("plain-page"); sector.add_class("plain-sector")
body, count = w.VBox(), 0
status = w.HTML()
def image(figure):
    made = io.BytesIO()
    figure.savefig(made, format="png", dpi=72)
    return w.Image(value=made.getvalue(), format="png")
def chart(values, kind):
    figure = Figure(figsize=(5, 3), layout="constrained")
    values.plot(kind=kind, ax=figure.subplots())
    return image(figure)
def draw(_=None):
    global count
    if page.value == "mesures":
        wide = measures.pivot(index="as_of", columns="measure", values="value")
        names = ["receivables_amount", "overdue_amount", "overdue_share", "dso_days"]
        last = wide[[n for n in names if n in wide]].tail(1).T.to_html()
        top = ageing.nlargest(10, "receivables_amount").to_html()
        buckets = ageing[[c for c in ageing.columns if c.startswith(("d", "not", "over_"))]].sum()
        charts = [chart(buckets, "bar"), chart(wide["overdue_share"], "line"), chart(wide["dso_days"], "line")]
        body.children = [w.HTML(last), *charts, w.HTML(top)]
    elif page.value == "clients":
        kept = customers if not sector.value else customers[customers["section"] == sector.value]
        found = kept[["customer_id", "name"]].merge(ageing, on="customer_id").merge(
            scores[["customer_id", "risk_class"]], on="customer_id")
        body.children = [w.HTML(found.nlargest(25, "overdue_amount").to_html())]
    else:
        weeks = cash[(cash["period_kind"] == "week") & (cash["level"].round(2) == 0.8)]
        weeks = weeks.set_index("period_start")[["low_amount", "base_amount", "high_amount"]]
        body.children = [chart(weeks, "line"), w.HTML(weeks.to_html())]
    count += 1
    status.value = f"<i data-testid='status' data-drawn='{count}'></i>"
page.observe(draw, names="value"); sector.observe(draw, names="value")
draw()
display(w.VBox([page, sector, body, status, w.HTML("<p data-testid='ready'>fin</p>")]))
"""


def rows() -> list[dict[str, Any]]:
    """Rows of `benchmarks/results/dashboard.json`."""
    found = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        for dataset, spec in DATASETS.items():
            folder = Path(name, dataset)
            run = _make_run(folder, spec)
            browser = driver.chromium.launch(executable_path=chromium, args=list(_ARGUMENTS))
            found += _measured(browser, run, folder, dataset)
            browser.close()
    return found


def _measured(browser: Browser, run: Path, folder: Path, dataset: str) -> list[dict[str, Any]]:
    ours, plain = _warm(browser, run), _plain_warm(browser, run, folder)
    cold = [_cold_load(browser, run) for _ in range(COLD_LOADS)]
    made = [
        _row("first_paint_s_warm", dataset, ours["paint"], plain["paint"]),
        _row("ready_s_warm", dataset, ours["ready"], plain["ready"]),
        _row("ready_s_cold", dataset, cold, None),
        _row("page_change_s_median", dataset, ours["change"], plain["change"]),
        _row("page_first_visit_s_median", dataset, ours["visit"], None),
        _row("filter_redraw_s_median", dataset, ours["filter"], plain["filter"]),
    ]
    memory = _row("mb_per_viewer", dataset, [ours["mb"]], [plain["mb"]])
    return [*made, memory | {"unit": "MB", "n": VIEWERS}]


def _warm(browser: Browser, run: Path) -> dict[str, Any]:
    with serve_dashboard(run, preheated=1) as served:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
        context.add_init_script(_READY)
        address = served.url.partition("?")[0]
        loads = _loads(context, served.url, address, waiting=lambda: _waits(served))
        page = _open(context, address)
        pages = page.locator("nav.rk-pages a").count()
        visit = [_timed(page, "nav.rk-pages a", rank, wanted="[data-rk-page]") for rank in range(1, pages)]
        change = [_timed(page, "nav.rk-pages a", rank, wanted="[data-rk-page]")
                  for _ in range(ROUNDS) for rank in range(pages)]  # fmt: skip
        page.goto(f"{address}?page=unpaid", wait_until="commit")
        page.evaluate("window.riskkitReady")
        page.get_by_test_id("panel-status").wait_for(state="attached")
        redraw = []
        for turn in range(FILTERS // 2):
            redraw.append(_timed(page, ".rk-value select", 0, 1 + turn % 5, "[data-testid=panel-status]"))
            redraw.append(_timed(page, ".rk-trail .rk-away", 0, wanted="[data-testid=panel-status]"))
        tabs = [_open(context, address) for _ in range(VIEWERS)]
        for tab in tabs:
            for rank in range(1, pages):
                _timed(tab, "nav.rk-pages a", rank, wanted="[data-rk-page]")
        page.close()
        time.sleep(3)
        memory = _memory(served.process.pid, kernels=VIEWERS)
        context.close()
    return {**loads, "visit": visit, "change": change, "filter": redraw, "mb": memory}


def _plain_warm(browser: Browser, run: Path, folder: Path) -> dict[str, Any]:
    with _plain_server(run, folder) as (address, pid):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
        context.add_init_script(_READY)
        loads = _loads(context, address, address, waiting=lambda: time.sleep(6))
        page = _open(context, address)
        status = "[data-testid=status]"
        change = [_timed(page, ".plain-page select", 0, option, status)
                  for _ in range(ROUNDS) for option in (1, 2, 0)]  # fmt: skip
        _timed(page, ".plain-page select", 0, 1, status)
        redraw = [_timed(page, ".plain-sector select", 0, option, status)
                  for _ in range(FILTERS // 4) for option in (1, 2, 3, 0)]  # fmt: skip
        tabs = [_open(context, address) for _ in range(VIEWERS)]
        for tab in tabs:
            for option in (1, 2):
                _timed(tab, ".plain-page select", 0, option, status)
        memory = _memory(pid, kernels=VIEWERS)
        context.close()
    return {**loads, "change": change, "filter": redraw, "mb": memory}


def _loads(context: BrowserContext, first: str, address: str, *, waiting: Any) -> dict[str, list[float]]:
    """Loads of one tab, the first not counted: it fills the browser's cache."""
    page = context.new_page()
    page.goto(first, wait_until="commit")
    page.evaluate("window.riskkitReady")
    paints, ready = [], []
    for _ in range(LOADS):
        waiting()
        page.goto(address, wait_until="commit")
        ready.append(float(page.evaluate("window.riskkitReady")))
        paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
        paints.append(float(page.evaluate(paint)))
    page.close()
    return {"paint": paints, "ready": ready}


def _cold_load(browser: Browser, run: Path) -> float:
    with serve_dashboard(run, preheated=0) as served:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
        context.add_init_script(_READY)
        page = context.new_page()
        start = time.perf_counter()
        page.goto(served.url, wait_until="commit")
        page.evaluate("window.riskkitReady")
        seconds = time.perf_counter() - start
        context.close()
    return seconds


def _open(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.evaluate("window.riskkitReady")
    return page


def _timed(page: Page, css: str, rank: int, option: int = 0, wanted: str = "") -> float:
    return float(page.evaluate(_TIMED, [css, rank, option, wanted]))


def _waits(served: Any) -> None:
    """Wait until a kernel is ready for the next visitor, and its imports are done."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{served.port}/api/status", headers={"Authorization": f"token {served.token}"}
    )
    for _ in range(300):
        with urllib.request.urlopen(asked) as answer:  # noqa: S310 - the address of our own server
            if json.loads(answer.read())["waiting"] >= 1:
                break
        time.sleep(0.1)
    time.sleep(5)


@contextmanager
def _plain_server(run: Path, folder: Path) -> Iterator[tuple[str, int]]:
    place = folder / "plain"
    place.mkdir()
    notebook = place / "plain.ipynb"
    code = {"cell_type": "code", "execution_count": None, "id": "p", "metadata": {}, "outputs": [], "source": _PLAIN}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {"cells": [code], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    notebook.write_text(json.dumps(content), encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "voila", str(notebook), "--no-browser", f"--port={port}", "--preheat_kernel=True",
               "--pool_size=1"]  # fmt: skip
    server = subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=place, env={**os.environ, "RISKKIT_RUN": str(run)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        time.sleep(5)
        yield f"http://127.0.0.1:{port}/", server.pid
    finally:
        server.terminate()
        server.wait(20)


def _memory(pid: int, *, kernels: int) -> float:
    """Megabytes of the largest kernels under a server, shared pages divided among those who share them, on average."""
    sizes = sorted((_pss(child) for child in _children(pid)), reverse=True)
    return sum(sizes[:kernels]) / kernels


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += [int(entry.name), *_children(int(entry.name))]
    return found


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _make_run(folder: Path, spec: SampleSpec) -> Path:
    written = write_sample(folder / "sources", spec)
    files = [written.customers, written.invoices, written.payments]
    portfolio = Portfolio.from_files(files, name="Exemple", folder=folder)
    return make_tables(portfolio, as_of=spec.end_date, folder=folder / "reports" / "run").folder


def _row(measure: str, dataset: str, values: list[float], plain: list[float] | None) -> dict[str, Any]:
    return {
        "measure": measure,
        "dataset": dataset,
        "value": statistics.median(values),
        "low": min(values),
        "high": max(values),
        "unit": "s",
        "baselines": {} if plain is None else {"plain_voila": statistics.median(plain)},
        "n": len(values),
    }
