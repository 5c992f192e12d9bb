"""Showing exhibits inside a notebook: figures as SVG, tables as they are in documents, one style for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from riskkit.exhibits.document import content_policy, inline_svg
from riskkit.exhibits.figure import figure_svg, figure_title
from riskkit.exhibits.fragment import Html, element, escape
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import css_text, style_resource


@dataclass(frozen=True)
class Exhibit:
    """Something a notebook shows as the last value of a cell; `text` is what remains where HTML cannot be shown."""

    html: Html
    text: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """HTML, and plain text for what shows no HTML."""
        return {"text/html": str(self.html), "text/plain": self.text}


def show(exhibit: Figure | str, *, caption: str | None = None) -> Exhibit:
    """A figure, HTML made by this package, or plain text (which is escaped), with a line on how to read it."""
    if isinstance(exhibit, Figure):
        drawn, text = inline_svg(figure_svg(exhibit)), figure_title(exhibit)
        figure = element("figure", drawn, element("figcaption", caption) if caption else None, class_="rk-figure")
        return Exhibit(element("div", figure, class_="rk"), text)
    shown = Html(escape(exhibit)) if isinstance(exhibit, Html) else element("p", exhibit)
    note = element("p", caption, class_="rk-note") if caption else None
    return Exhibit(element("div", shown, note, class_="rk"), caption or "table")


def show_pair(one: Figure, other: Figure, *, caption: str | None = None) -> Exhibit:
    """Two figures side by side where there is room, one under the other on a phone, with a line under both."""
    drawn = [element("figure", inline_svg(figure_svg(figure)), class_="rk-figure") for figure in (one, other)]
    note = element("p", caption, class_="rk-note") if caption else None
    said = f"{figure_title(one)}\n{figure_title(other)}"
    return Exhibit(element("div", element("div", *drawn, class_="rk-duo"), note, class_="rk"), said)


def show_beside(text: Html, figure: Figure) -> Exhibit:
    """HTML made by this package with a figure beside it where there is room, under it on a phone."""
    drawn = element("figure", inline_svg(figure_svg(figure)), class_="rk-figure")
    return Exhibit(element("div", element("div", text, drawn, class_="rk-duo"), class_="rk"), figure_title(figure))


def exhibit_style() -> Exhibit:
    """The theme, shown once at the top of a notebook so that its exhibits look in JupyterLab as in the reports."""
    return Exhibit(element("style", Html(css_text())), "")


def notebook_resources(*, language: str) -> dict[str, dict[str, str]]:
    """What the nbconvert template `riskkit` needs: `HTMLExporter.from_notebook_node(notebook, resources=…)`."""
    words = language_of(language)
    script = style_resource("sort.js")
    return {
        "riskkit": {
            "language": language,
            "style": f"{css_text()}\n{style_resource('notebook.css')}",
            "script": script,
            "policy": content_policy(script),
            "failed": words.text("This step could not be computed; the reason is in the notebook kept with the run."),
        }
    }
