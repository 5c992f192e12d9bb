"""Running one notebook: parameters checked, executed by papermill, cleaned of this machine's paths, published as HTML.

Heavy imports: this module is loaded by worker processes (`worker`), which a run starts through `crew`.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from nbformat.reader import NotJSONError
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook
from traitlets.config import Config

from riskkit.errors import Message, message
from riskkit.exhibits.language import language
from riskkit.workbench.crew import NotebookError
from riskkit.workbench.kernel import PreparedKernel, kernel_settings
from riskkit.workbench.manifest import NotebookResult
from riskkit.workbench.notebook_ids import settle_ids
from riskkit.workbench.parameters import check_parameters

WORKBENCH = Path(__file__).resolve().parent
TEMPLATES = WORKBENCH / "nbconvert"
TIMEOUT_SECONDS = 600
HIDDEN_TAG = "hidden"

OnCell = Callable[[int, int], None]
_read: Any = nbformat.read  # these three carry no types
_write: Any = nbformat.write
_Exporter: Any = HTMLExporter


@dataclass(frozen=True)
class NotebookOrder:
    """A notebook to run: where it is, the folder of the run being made, its parameters, its language.

    `style` is what the template of the published page needs (`exhibits.notebook.notebook_resources`).
    """

    notebook: Path
    run_folder: Path
    parameters: Mapping[str, Any]
    language: str
    style: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name of the notebook, without its extension."""
        return self.notebook.stem

    @property
    def executed(self) -> Path:
        """Where the executed notebook is written."""
        return self.run_folder / "notebooks" / self.notebook.name


class _Engine(NBClientEngine):  # type: ignore[misc]
    """Papermill's own engine, telling `on_cell` how far it is."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
        on_cell: OnCell | None = kwargs.pop("on_cell", None)
        done, complete = [0], nb_man.cell_complete

        def counted(*args: Any, **named: Any) -> Any:
            done[0] += 1
            if on_cell is not None:
                on_cell(done[0], len(nb_man.nb.cells))
            return complete(*args, **named)

        nb_man.cell_complete = counted
        return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)


papermill_engines.register("riskkit", _Engine)


def run_notebook(
    order: NotebookOrder,
    *,
    on_cell: OnCell | None = None,
    timeout: int = TIMEOUT_SECONDS,
    kernel: PreparedKernel | None = None,
) -> NotebookResult:
    """Run a notebook and write `notebooks/<name>.ipynb` and `<name>.html` in the folder of the run.

    Its kernel starts in `notebooks/`, so a parameter that names a file of the run is relative to that folder, and the
    executed notebook can be run again where it lies.

    Parameters
    ----------
    order
        What to run. `UsageError` when a parameter is unknown or of the wrong type.
    on_cell
        Called after each cell with the number done and the number of cells.
    timeout
        Seconds allowed to one cell.
    kernel
        One that was prepared; it is ended with the notebook. None starts one.

    Raises
    ------
    NotebookError
        A cell failed, took too long, or the kernel died. The notebook is left as far as it went.

    """
    parameters = check_parameters(order.notebook, order.parameters)
    started = time.perf_counter()
    source = _read(order.notebook, as_version=4)
    order.executed.parent.mkdir(parents=True, exist_ok=True)
    if kernel is not None:
        kernel.move_to(order.executed.parent)
    try:
        execute_notebook(
            source,
            str(order.executed).replace("{", "{{").replace("}", "}}"),
            parameters=dict(parameters),
            engine_name="riskkit",
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=order.executed.parent,
            request_save_on_cell_execute=True,  # what was done is there to look at even when the kernel dies
            autosave_cell_every=0,
            execution_timeout=timeout,
            config=kernel_settings(),
            km=kernel.manager if kernel else None,
            record_timing=False,
            on_cell=on_cell,
        )
    except (PapermillExecutionError, CellTimeoutError, DeadKernelError) as fault:
        raise NotebookError(_explain(fault, order)) from fault
    finally:
        if kernel is not None:
            kernel.stop()
        _scrub_file(order.executed)
    publish(order.executed, order.run_folder / f"{order.name}.html", code=order.language, style=order.style)
    return NotebookResult(order.name, "done", time.perf_counter() - started)


def publish(notebook: Path, html: Path, *, code: str, style: Mapping[str, Any]) -> None:
    """Write an executed notebook as one HTML file, without code and without any external address."""
    found = _read(notebook, as_version=4)
    settings = Config(
        {
            "HTMLExporter": {
                "exclude_input": True,
                "exclude_input_prompt": True,
                "exclude_output_prompt": True,
                "embed_images": True,
                "language_code": code,
            },
            "TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": {HIDDEN_TAG}},
        }
    )
    exporter = _Exporter(
        config=settings,
        extra_template_basedirs=[str(TEMPLATES)],
        template_name="riskkit",
    )
    title = language(code).text(str(found.metadata.get("title", notebook.stem)))
    found.metadata["title"] = title
    resources = {"metadata": {"name": title, "path": ""}, **style}
    body, _ = exporter.from_notebook_node(found, resources=resources)
    html.write_text(body, encoding="utf-8")


def _explain(fault: Exception, order: NotebookOrder) -> Message:
    if isinstance(fault, CellTimeoutError):
        return message("Notebook {notebook} took too long and was stopped.", notebook=order.notebook.name)
    if isinstance(fault, DeadKernelError):
        return message(
            "The process running notebook {notebook} died, most often for lack of memory. Close other programs, or "
            "lower memory_limit in policy.yaml, and run it again.",
            notebook=order.notebook.name,
        )
    return message(
        "Notebook {notebook} failed at cell {cell}: {kind}: {fault}",
        notebook=order.notebook.name,
        cell=int(getattr(fault, "exec_count", 0) or 0),
        kind=str(getattr(fault, "ename", type(fault).__name__)),
        fault=without_paths(str(getattr(fault, "evalue", fault)))[:500],
    )


def _scrub_file(executed: Path) -> None:
    """Take out of an executed notebook what libraries said of this machine: paths, clock, process, drawn names."""
    if not executed.exists():
        return
    try:
        notebook = _read(executed, as_version=4)
    except NotJSONError:  # half written: the disk is full, which the error on its way says
        executed.unlink()
        return
    papermill = notebook.metadata.get("papermill", {})
    notebook.metadata["papermill"] = {name: papermill[name] for name in ("parameters", "version") if name in papermill}
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            _scrub_output(output)
    settle_ids(notebook)
    _write(notebook, executed)


def _scrub_output(output: Any) -> None:
    match output.output_type:
        case "stream":
            output.text = without_paths(output.text)
        case "error":
            output.evalue = without_paths(output.evalue)
            output.traceback = [without_paths(line) for line in output.traceback]
        case _:
            for kind, value in output.get("data", {}).items():
                if isinstance(value, str) and not kind.startswith("image/"):
                    output.data[kind] = without_paths(value)


def without_paths(text: str) -> str:
    """The text with the folders of this machine shortened to `…`: environment, package, home, temporary, current."""
    return _private_folders().sub("…", text)


def _private_folders() -> re.Pattern[str]:
    named = {sys.prefix, sys.base_prefix, str(WORKBENCH.parent), str(Path.home()), tempfile.gettempdir(), os.getcwd()}
    folders = {str(form) for folder in named for form in (Path(folder), Path(folder).resolve()) if len(form.parts) > 1}
    longest_first = sorted(folders, key=lambda folder: (-len(folder), folder))
    return re.compile("|".join(rf"(?<![\w/.]){re.escape(folder)}(?=[/\s\"':),<]|$)" for folder in longest_first))
