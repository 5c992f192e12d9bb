"""The dashboard in Chromium, on the sample and on 100,000 invoices, beside a plain Voila notebook on the same runs.

The plain notebook is what one writes with pandas, matplotlib and ipywidgets: three pages chosen in a list (measures,
three charts, customers filtered by sector as `to_html`, cash of 13 weeks), served by Voila as it comes, its kernel
preheated too. Loads are timed in the page, from the start of the navigation to the frame after its last part was drawn;
choices from the click to the frame after what follows was drawn. Warm: the browser has the files, a kernel waits. Cold:
neither, on a server that has just said that it can be opened. Memory is what the server and all under it grow by, as a
proportional set size (a page of memory that several processes share is divided among them), from one viewer to ten who
saw every page, divided by nine; a kernel that waits for the next visitor is in both.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.dashboard_plain import plain_server
from benchmarks.dashboard_tab import launch, load, loads, opened, profile, settled_megabytes, timed
from riskkit.sources.sample import SampleSpec, write_sample
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import make_tables
from riskkit.workbench.server import Dashboard, serve_dashboard

PACKAGES = ("ipywidgets", "matplotlib", "pandas", "playwright", "voila")
DATASETS = {"sample": SampleSpec(), "invoices_1e5": SampleSpec(customers=3_000, invoices=100_000)}
LOADS, COLD_LOADS, ROUNDS, FILTERS, VIEWERS = 7, 3, 3, 20, 10
_PAGE = "[data-rk-page]"
_LINKS = "nav.rk-pages a"


def rows() -> list[dict[str, Any]]:
    """Rows of `benchmarks/results/dashboard.json`."""
    found = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        for dataset, spec in DATASETS.items():
            folder = Path(name, dataset)
            run = make_run(folder, spec)
            browser = launch(driver)
            found += measured(browser, run, folder, dataset)
            browser.close()
    return found


def measured(browser: Browser, run: Path, folder: Path, dataset: str) -> list[dict[str, Any]]:
    """The rows of one run."""
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
        context = profile(browser)
        address = served.url.partition("?")[0]
        paint, ready = loads(context, served.url, address, count=LOADS, waiting=lambda: _waits(served))
        page = opened(context, address)
        pages = page.locator(_LINKS).count()
        visit = [timed(page, _LINKS, rank, wanted=_PAGE) for rank in range(1, pages)]
        change = [timed(page, _LINKS, rank, wanted=_PAGE) for _ in range(ROUNDS) for rank in range(pages)]
        load(page, f"{address}?page=unpaid")
        page.get_by_test_id("panel-status").wait_for(state="attached")
        redraw = []
        for turn in range(FILTERS // 2):
            redraw.append(timed(page, ".rk-value select", 0, 1 + turn % 5, "[data-testid=panel-status]"))
            redraw.append(timed(page, ".rk-trail .rk-away", 0, wanted="[data-testid=panel-status]"))
        page.close()

        def see_all(tab: Page) -> None:
            for rank in range(1, pages):
                timed(tab, _LINKS, rank, wanted=_PAGE)

        memory = _growth(context, address, served.process.pid, see_all)
        context.close()
    return {"paint": paint, "ready": ready, "visit": visit, "change": change, "filter": redraw, "mb": memory}


def _plain_warm(browser: Browser, run: Path, folder: Path) -> dict[str, Any]:
    with plain_server(run, folder) as (address, pid):
        context = profile(browser)
        paint, ready = loads(context, address, address, count=LOADS, waiting=lambda: time.sleep(6))
        page = opened(context, address)
        status = "[data-testid=status]"
        change = [timed(page, ".plain-page select", 0, option, status)
                  for _ in range(ROUNDS) for option in (1, 2, 0)]  # fmt: skip
        timed(page, ".plain-page select", 0, 1, status)
        redraw = [timed(page, ".plain-sector select", 0, option, status)
                  for _ in range(FILTERS // 4) for option in (1, 2, 3, 0)]  # fmt: skip
        page.close()

        def see_all(tab: Page) -> None:
            for option in (1, 2):
                timed(tab, ".plain-page select", 0, option, status)

        memory = _growth(context, address, pid, see_all)
        context.close()
    return {"paint": paint, "ready": ready, "change": change, "filter": redraw, "mb": memory}


def _growth(context: BrowserContext, address: str, pid: int, see_all: Callable[[Page], None]) -> float:
    """Megabytes that each viewer after the first adds to a server and all under it."""
    see_all(opened(context, address))
    one = settled_megabytes(pid)
    for _ in range(1, VIEWERS):
        time.sleep(2)  # a kernel is made ready again
        see_all(opened(context, address))
    return (settled_megabytes(pid) - one) / (VIEWERS - 1)


def _cold_load(browser: Browser, run: Path) -> float:
    with serve_dashboard(run, preheated=0) as served:
        context = profile(browser)
        page = context.new_page()
        start = time.perf_counter()
        load(page, served.url)
        seconds = time.perf_counter() - start
        context.close()
    return seconds


def _waits(served: Dashboard) -> None:
    """Wait until a kernel is ready for the next visitor, and its imports are done."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{served.port}/api/status", headers={"Authorization": f"token {served.token}"}
    )
    for _ in range(300):
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - the address of our own server
            if json.loads(answer.read())["waiting"] >= 1:
                time.sleep(5)
                return
        time.sleep(0.1)
    raise TimeoutError("no kernel is made ready for the next visitor")


def make_run(folder: Path, spec: SampleSpec) -> Path:
    """The folder of a run on a sample, without its notebooks."""
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
