"""The style sheet of the dashboard: sent in the head of its page, so that nothing is ever shown undressed."""

from __future__ import annotations

import os
from pathlib import Path

from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.theme import css_text, style_resource

_STYLE = Path(__file__).resolve().parent / "pages" / "dashboard.css"


def page_style() -> str:
    """Colours, components, panels, pages: in this order, later rules win."""
    return "\n".join([css_text(), style_resource("panel.css"), _STYLE.read_text(encoding="utf-8")])


def style_unless_served() -> Html:
    """The style as an element where no server puts it in the head of the page, as in JupyterLab; else nothing."""
    return Html("") if "VOILA_APP_PORT" in os.environ else element("style", Html(page_style()))
