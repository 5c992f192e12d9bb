"""What is on a panel, kept: as a selection under a name beside the runs, or as an Excel file to download."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w

from riskkit.errors import RiskkitError, message
from riskkit.exhibits.fragment import element
from riskkit.exhibits.language import Language
from riskkit.ledger.panel import Panel
from riskkit.ledger.panel_view import View
from riskkit.workbench.selections import SavedSelection, read_selection, save_selection, saved_names

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Guard = Callable[[Callable[[Any], None]], Callable[[Any], None]]


class ViewKeeper:
    """The widgets that keep a view. `export_box` and `kept_box` are shown by the panel; `forget` drops a stale export.

    Parameters
    ----------
    panel, words, company
        Of the panel.
    folder
        Where selections are kept; None offers none.
    current
        The view on the panel now.
    opened
        Called with a kept selection that the reader chose.
    guard
        Wraps a callback so that what fails in it is said on the panel.
    label_of
        Names a column.

    """

    def __init__(
        self,
        panel: Panel,
        words: Language,
        *,
        company: str,
        folder: Path | None,
        current: Callable[[], View],
        opened: Callable[[SavedSelection], None],
        guard: Guard,
        label_of: Callable[[str], str],
    ) -> None:
        self.panel, self.words, self.company, self.folder = panel, words, company, folder
        self.current, self.opened, self.label_of = current, opened, label_of
        self.export = w.Button(description=words.text("Export to Excel"))
        self.link, self.said = w.HTML(), w.HTML()
        self.saved = w.Dropdown(description=words.text("Saved views"))
        self.name = w.Text(placeholder=words.text("Name of this view"), description=words.text("Save as"))
        self.save = w.Button(description=words.text("Save the view"))
        self._list()
        self.export.on_click(guard(lambda _: self._export()))
        self.save.on_click(guard(lambda _: self._save()))
        self.saved.observe(guard(lambda change: self._open(change["new"])), names="value")

    @property
    def tools(self) -> list[w.Widget]:
        """The export and, where selections can be kept, what keeps them."""
        kept = [self.saved, self.name, self.save, self.said] if self.folder is not None else []
        return [self.export, self.link, *kept]

    def forget(self) -> None:
        """What was made of another view is not offered any more."""
        self.link.value = self.said.value = ""

    def _export(self) -> None:
        from riskkit.exhibits.panel_workbook import panel_workbook

        view = self.current()
        made = panel_workbook(self.panel, view, self.words, company=self.company, label_of=self.label_of)
        file = f"{self.words.text('selection')}_{self.panel.as_of.isoformat()}.xlsx"
        said = self.words.text("Download {file} ({rows:invoice|invoices})", file=file, rows=len(view.items))
        link = f"data:{_EXCEL};base64,{base64.b64encode(made).decode()}"
        self.link.value = element("a", said, href=link, download=file, data_testid="panel-download")

    def _save(self) -> None:
        if self.folder is None:
            return
        view = self.current()
        try:
            path = save_selection(self.folder, self.name.value, view.selection, by=view.by)
        except OSError as fault:
            reason = str(fault.strerror)
            raise RiskkitError(
                message("The view could not be saved: {fault}. Check the rights on the folder.", fault=reason)
            ) from fault
        said = self.words.text("View saved in {file}; a report can use it by its name.", file=path.name)
        self.said.value = element("p", said, class_="rk-note", role="status", data_testid="panel-saved")
        self._list()

    def _open(self, name: str) -> None:
        if self.folder is not None and name:
            self.opened(read_selection(self.folder, name))

    def _list(self) -> None:
        if self.folder is not None:
            names = [(name, name) for name in saved_names(self.folder)]
            self.saved.options = [(self.words.text("Choose…"), ""), *names]
            self.saved.value = ""
