"""The dashboard: one application, one kernel a reader, its pages drawn from the tables of a run.

`show()` is all that `pages/app.ipynb` calls. It works in JupyterLab too, on the folder given to it.
"""

from __future__ import annotations

import asyncio
import os
from importlib import import_module
from pathlib import Path

import ipywidgets as w
from IPython.display import display

from riskkit.errors import UsageError, message
from riskkit.exhibits.figure import figure_svg, make_sheet
from riskkit.exhibits.fragment import element
from riskkit.exhibits.language import LANGUAGES
from riskkit.exhibits.language import language as language_of
from riskkit.workbench.dashboard_app import App
from riskkit.workbench.dashboard_fault import fault_notice, record_fault
from riskkit.workbench.dashboard_runs import RunShelf
from riskkit.workbench.dashboard_state import NAMES, AppState
from riskkit.workbench.visit import query_parameters

QUIET_SECONDS, PAUSE_SECONDS, REFRESH_SECONDS = 1.5, 0.1, 3.0


def show(run_folder: str | Path = "") -> None:
    """Draw the page that the visited address asks for.

    Parameters
    ----------
    run_folder
        The folder of a finished run. Empty: the one the server was started for.

    """
    _warm_up()
    asked = query_parameters(names=NAMES)  # waits for the visitor: what a later run replaced must not be read before
    usual = os.environ.get("RISKKIT_LANGUAGE", "fr")
    language = next((code for code in (asked.get("language"), usual) if code in LANGUAGES), LANGUAGES[0])
    try:
        shelf = RunShelf.beside(_folder(run_folder))
        default = AppState(as_of=shelf.served, language=usual if usual in LANGUAGES else LANGUAGES[0])
        app = App(shelf, default=default, state=default.read(asked, dates=shelf.folders))
        app.draw()
        display(app.widget)  # type: ignore[no-untyped-call]
        app.idle = lambda: _prepare_quietly(app)
        _prepare_quietly(app)
        _refresh_often(app)
    except Exception as fault:  # noqa: BLE001 - the edge of the page: reported in full in the log, shown as one sentence
        notice = element("div", fault_notice(fault, language=language), class_="rk rk-app", data_testid="ready")
        display(w.HTML(value=notice))  # type: ignore[no-untyped-call]


def _warm_up() -> None:
    """In a kernel that waits for a visitor: load the pages' code, the catalogue and the fonts. No figure of a run."""
    if os.environ.get("VOILA_PREHEAT") != "True":
        return
    for page in ("overview", "unpaid", "customers", "cash", "segments", "actions", "simulator", "quality", "method"):
        import_module(f"riskkit.workbench.views.{page}")
    usual = os.environ.get("RISKKIT_LANGUAGE", LANGUAGES[0])
    said = language_of(usual if usual in LANGUAGES else LANGUAGES[0]).text("Overview")
    figure_svg(make_sheet(said, said, size=(2.0, 1.0), mode="light").nothing(said))


def _prepare_quietly(app: App) -> None:
    """Between the reader's choices, draw what may be chosen next. What fails here is said when it is chosen."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # not in a kernel
        return
    steps = app.prepare()

    def step() -> None:
        try:
            next(steps)
        except StopIteration:
            return
        except Exception as fault:  # noqa: BLE001 - nobody asked for it yet: reported in the log
            record_fault(fault)
            return
        loop.call_later(PAUSE_SECONDS, step)

    loop.call_later(QUIET_SECONDS, step)


def _refresh_often(app: App) -> None:
    """Look every few seconds whether another viewer recorded something; a fault there is for the log."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # not in a kernel
        return

    def look() -> None:
        try:
            app.refresh()
        except Exception as fault:  # noqa: BLE001 - nobody asked for it: reported in the log
            record_fault(fault)
        loop.call_later(REFRESH_SECONDS, look)

    loop.call_later(REFRESH_SECONDS, look)


def _folder(given: str | Path) -> Path:
    folder = str(given) or os.environ.get("RISKKIT_RUN", "")
    if not folder:
        raise UsageError(message("There is no run to show. Give the folder of a finished run."))
    return Path(folder)
