"""A real dashboard server and a real browser: Debian's Chromium, driven by Playwright, without its own downloads."""

from __future__ import annotations

import json
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from riskkit.workbench.server import Dashboard, serve_dashboard

CHECKOUT = Path(__file__).resolve().parents[2]
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

IMPORTS = """
import io, os
import ipywidgets as w
from IPython.display import display
from riskkit.workbench.visit import query_parameters
"""
# A page with everything the platform promises something about: what the visitor asked for, a callback, the run folder,
# hostile markup as a customer's name could hold it, a fault on demand.
PAGE = """
asked = query_parameters()
if asked.get("page") == "fault":
    secret_of_the_kernel = 1 / 0
print("SHOULD NOT BE SEEN")
count = w.HTML("<span data-testid='count'>0</span>")
button = w.Button(description="plus un")
def more(_):
    more.done += 1
    count.value = f"<span data-testid='count'>{more.done}</span>"
    where = f"data-rk-address='page=clients&filters={more.done}' data-rk-title='Clients {more.done}'"
    address.value = f"<span {where}></span>"
more.done = 0
button.on_click(more)
address = w.HTML("")
hostile = "<img src=x onerror='window.robbed=1'><script>window.robbed=1</script>"
hostile = hostile if asked.get("page") == "hostile" else ""
display(w.VBox([
    w.HTML(f"<p data-testid='asked'>{sorted(asked.items())}</p>{hostile}"),
    w.HTML(f"<p data-testid='run'>{os.environ['RISKKIT_RUN']}</p><p data-testid='pid'>{os.getpid()}</p>"),
    button, count, address,
    w.HTML("<a data-testid='mail' href='mailto:compta@example.com'>courriel</a>"
           "<a data-testid='file' download='a.csv' href='data:text/csv,a;b'>fichier</a>"),
    w.HTML("<div data-testid='ready'>prêt</div>"),
]))
"""


@dataclass(frozen=True)
class Answer:
    """What the server answered to a plain request."""

    status: int
    text: str
    headers: Mapping[str, str]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object, **_options: object) -> None:
        return None


def ask(
    dashboard: Dashboard,
    path: str,
    *,
    token: bool = False,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """One request without a browser, redirects not followed, the path sent as it is written."""
    sent = dict(headers or {}) | ({"Authorization": f"token {dashboard.token}"} if token else {})
    request = urllib.request.Request(f"http://127.0.0.1:{dashboard.port}{path}", data=body, headers=sent)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=10) as answer:
            return Answer(answer.status, answer.read().decode(errors="replace"), answer.headers)
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.read().decode(errors="replace"), refused.headers)


def kernels(dashboard: Dashboard) -> dict[str, int]:
    """The counts of the server's kernels."""
    counts: dict[str, int] = json.loads(ask(dashboard, "/api/status", token=True).text)
    return counts


def eventually(condition: Callable[[], bool], *, seconds: float = 10.0) -> bool:
    """Whether the condition becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def write_notebook(path: Path, *cells: str) -> Path:
    """A minimal notebook of code cells."""
    content = {
        "cells": [
            {"cell_type": "code", "execution_count": None, "id": f"c{i}", "metadata": {}, "outputs": [], "source": cell}
            for i, cell in enumerate(cells)
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "title": "Tableau de bord",
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "private.csv").write_text("customer;amount\nSECRET;1\n")
    return write_notebook(folder / "app.ipynb", IMPORTS, PAGE)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="session")
def importable() -> Iterator[None]:
    """The server and its kernels import riskkit from this checkout, installed or not."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(CHECKOUT), *filter(None, [before])])
    yield
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="session")
def dashboard(notebook: Path, run_folder: Path, importable: None) -> Iterator[Dashboard]:
    """A server whose kernels start when a page is opened."""
    with serve_dashboard(run_folder, notebook=notebook, preheated=0) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine: install Debian's package 'chromium' to run the browser tests")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (make test installs it)"
    )
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, args=list(CHROMIUM_ARGUMENTS))
        yield running
        running.close()


@pytest.fixture
def context(browser) -> Iterator[object]:
    """A fresh browser profile: no cookie of another test. Its tabs are closed one by one, as a person would."""
    fresh = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 1600})
    yield fresh
    for tab in fresh.pages:
        tab.wait_for_load_state()  # a tab closed while it loads may not say goodbye; its kernel then lives a minute
        tab.close()
    fresh.close()


@pytest.fixture
def page(context) -> object:
    """One empty tab."""
    return context.new_page()


def open_page(page, dashboard: Dashboard, query: str = "", *, wait_for: str = "ready") -> None:
    """Open the dashboard with its token and wait for the last thing it draws."""
    page.goto(dashboard.url + query, wait_until="commit")
    page.get_by_test_id(wait_for).wait_for(timeout=30_000)
