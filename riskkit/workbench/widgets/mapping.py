"""A form to correct which column holds what: first rows, a choice per field, and a button that saves the settings."""

from __future__ import annotations

import html
from pathlib import Path

import ipywidgets

from riskkit.errors import RiskkitError
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.source_words import field_text, kind_text
from riskkit.sources.database_names import is_database_table
from riskkit.sources.mapping import SURE, infer_specs
from riskkit.sources.mapping_preview import Preview, changed, fields_to_show, preview
from riskkit.sources.mapping_spec import TABLE_KINDS, TableSpec
from riskkit.workbench.portfolio import SETTINGS_FILE, Portfolio
from riskkit.workbench.settings_file import save_sources

_ROWS = 5
_CELL = "style='padding:2px 16px 2px 0;text-align:left;white-space:nowrap'"
_WIDTH = ipywidgets.Layout(width="40rem")


def mapping_form(portfolio_folder: str, *, language: str = "fr") -> ipywidgets.Widget:
    """The form for every table of a portfolio; an empty text when no portfolio is given.

    Fields to confirm come first, with what was guessed and how sure it is. « Enregistrer » checks the choices and
    writes `portfolio.yaml` at once, or says what is wrong and writes nothing.
    """
    if not portfolio_folder:
        return ipywidgets.HTML("")
    return MappingForm(Portfolio.open(Path(portfolio_folder)), language_of(language)).view


class MappingForm:
    """The form and what it holds: `choices` by table and field, `save`, and the `view` to display."""

    def __init__(self, portfolio: Portfolio, words: Language) -> None:
        self.portfolio = portfolio
        self.words = words
        self.specs = [_with_confidence(spec, portfolio.folder) for spec in portfolio.settings.sources]
        self.choices: list[dict[str, ipywidgets.Dropdown]] = []
        self.said = ipywidgets.HTML("")
        self.button = ipywidgets.Button(description=words.text("Save"), button_style="primary")
        self.button.on_click(lambda _: self.save())
        parts = [self._table(spec) for spec in self.specs]
        title = ipywidgets.HTML(f"<h3>{html.escape(words.text('Which column holds what'))}</h3>")
        self.view = ipywidgets.VBox([title, *parts, self.button, self.said])

    def save(self) -> bool:
        """Check the choices and write the settings; whether they were written."""
        specs = [
            changed(spec, {field: choice.value or None for field, choice in chosen.items()}) if chosen else spec
            for spec, chosen in zip(self.specs, self.choices, strict=True)
        ]
        try:
            self.portfolio.with_sources(specs).read()
        except RiskkitError as fault:
            said = " ".join(self.words.say(each) for each in fault.messages)
            self.said.value = html.escape(self.words.text("Nothing saved: {fault}", fault=said))
            return False
        path = self.portfolio.folder / SETTINGS_FILE
        save_sources(path, specs)
        self.said.value = html.escape(
            self.words.text("Saved in {file}. The same file next month will need no question.", file=path.name)
        )
        return True

    def _table(self, spec: TableSpec) -> ipywidgets.Widget:
        shown = fields_to_show(spec)
        if not shown:
            self.choices.append({})
            return ipywidgets.HTML(
                f"<p>{html.escape(spec.label)} · {html.escape(kind_text(spec.kind, self.words))}</p>"
            )
        seen = preview(spec, folder=self.portfolio.folder)
        none = (self.words.text("(none)"), "")
        chosen = {
            field: ipywidgets.Dropdown(
                options=[none, *((header, header) for header in seen.headers)],
                value=next((h for h in seen.headers if h == spec.columns.get(field)), ""),
                description=field_text(field, self.words),
                style={"description_width": "16rem"},
                layout=_WIDTH,
            )
            for field in shown
        }
        self.choices.append(chosen)
        rows = [ipywidgets.HBox([choice, ipywidgets.HTML(self._sure(spec, field))]) for field, choice in chosen.items()]
        kind = html.escape(kind_text(spec.kind, self.words))
        head = ipywidgets.HTML(f"<h4>{html.escape(spec.label)} · {kind}</h4>{self._first_rows(spec, seen)}")
        return ipywidgets.VBox([head, *rows])

    def _sure(self, spec: TableSpec, field: str) -> str:
        sure = spec.confidence.get(field)
        if sure is None:
            return ""
        mark = f" · <b>{html.escape(self.words.text('to confirm'))}</b>" if sure < SURE else ""
        return f"{html.escape(self.words.share(sure))}{mark}"

    def _first_rows(self, spec: TableSpec, seen: Preview) -> str:
        cells = "".join(f"<th scope='col' {_CELL}>{html.escape(header)}</th>" for header in seen.headers)
        body = "".join(
            "<tr>" + "".join(f"<td {_CELL}>{html.escape(cell[:40])}</td>" for cell in row) + "</tr>"
            for row in seen.rows[:_ROWS]
        )
        caption = html.escape(self.words.text("The first rows of {file}", file=spec.label))
        return (
            f"<div style='overflow-x:auto'><table><caption style='text-align:left'>{caption}</caption>"
            f"<thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>"
        )


def _with_confidence(spec: TableSpec, folder: Path) -> TableSpec:
    """The specification with how sure an inference would be of each of its columns, where it says the same."""
    if spec.kind not in TABLE_KINDS or spec.confirmed:
        return spec
    source = spec.file if is_database_table(spec.file) else folder / spec.file
    for guess in infer_specs([source]):
        if guess.sheet == spec.sheet and guess.kind == spec.kind:
            same = {
                field: sure
                for field, sure in guess.confidence.items()
                if spec.columns.get(field) == guess.columns[field]
            }
            return spec.model_copy(update={"confidence": same})
    return spec
