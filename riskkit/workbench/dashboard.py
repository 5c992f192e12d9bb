"""The dashboard: one application, one kernel a reader, its pages drawn from the tables of a run.

`show()` is all that `pages/app.ipynb` calls. It works in JupyterLab too, on the folder given to it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from functools import cache
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
from riskkit.workbench.dashboard_runs import RunShelf, hold_run
from riskkit.workbench.dashboard_state import NAMES, PAGES, AppState
from riskkit.workbench.visit import query_parameters

QUIET_SECONDS, PAUSE_SECONDS, REFRESH_SECONDS = 1.5, 0.1, 3.0


def show(run_folder: str | Path = "") -> None:
    """Draw the page that the visited address asks for.

    Parameters
    ----------
    run_folder
        The folder of a finished run. Empty: the one the server was started for.

    """
    if os.environ.get("VOILA_PREHEAT") == "True":
        load_pages()
    asked = query_parameters(names=NAMES)  # waits for the visitor: what a later run replaced must not be read before
    usual = os.environ.get("RISKKIT_LANGUAGE", "fr")
    language = next((code for code in (asked.get("language"), usual) if code in LANGUAGES), LANGUAGES[0])
    try:
        shelf = RunShelf.beside(_folder(run_folder))
        default = _default(shelf)
        app = App(shelf, default=default, state=default.read(asked, dates=shelf.folders))
        app.draw()
        display(app.widget)  # type: ignore[no-untyped-call]
        app.idle = lambda: _prepare_quietly(app)
        _prepare_quietly(app)
        _refresh_often(app)
    except Exception as fault:  # noqa: BLE001 - the edge of the page: reported in full in the log, shown as one sentence
        notice = element("div", fault_notice(fault, language=language), class_="rk rk-app", data_testid="ready")
        display(w.HTML(value=notice))  # type: ignore[no-untyped-call]


@cache
def load_pages() -> None:
    """Before a visitor comes: load the pages' code, the catalogue and the fonts. No figure of a run."""
    for page in PAGES:
        import_module(f"riskkit.workbench.views.{page}")
    usual = os.environ.get("RISKKIT_LANGUAGE", LANGUAGES[0])
    said = language_of(usual if usual in LANGUAGES else LANGUAGES[0]).text("Overview")
    figure_svg(make_sheet(said, said, size=(2.0, 1.0), mode="light").nothing(said))


def rehearse() -> Iterator[None]:
    """In the process that kernels are copied from: read the run and draw its pages as most visitors will ask for them.

    What is drawn stays with the run, so that a visitor's kernel finds it; a little at each step. A run written in its
    place later is read anew. The widgets made on the way are nobody's: `forget_widgets` in each copy.
    """
    try:
        shelf = RunShelf.beside(_folder(""))
        for day in filter(None, (shelf.served, shelf.before(shelf.served))):
            hold_run(shelf.folders[day])
            yield
        default = _default(shelf)
        app = App(shelf, default=default, state=default)
        app.draw()
        yield
        yield from app.prepare()
    except UsageError:  # no run yet, or not a finished one: who opens the page is told
        return
    except Exception as fault:  # noqa: BLE001 - nobody asked for it yet: reported in the log
        record_fault(fault)


def forget_widgets() -> None:
    """Let go of every widget this process has made."""
    w.Widget.close_all()


def _default(shelf: RunShelf) -> AppState:
    usual = os.environ.get("RISKKIT_LANGUAGE", "fr")
    return AppState(as_of=shelf.served, language=usual if usual in LANGUAGES else LANGUAGES[0])


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
