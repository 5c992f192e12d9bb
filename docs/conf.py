"""How Sphinx builds the site: `make site` writes it to build/site, and a broken link is an error.

Pages for users are French (`index.md`, `guide/`); pages for contributors are English. Nothing of the site is fetched
from elsewhere: no web font, no script of a network.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from riskkit import __version__

project = "riskkit"
author = "riskkit"
project_copyright = "licence MIT"
version = release = __version__
language = "fr"
locale_dirs = ["locale"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
root_doc = "index"
exclude_patterns: list[str] = []
smartquotes_action = "D"  # dashes only: the pages are typeset where they are written
default_role = "code"

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = False

html_theme = "furo"
html_title = f"riskkit {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5a7d", "color-brand-content": "#0b5a7d"},
    "dark_css_variables": {"color-brand-primary": "#7cc4e4", "color-brand-content": "#7cc4e4"},
}


def _is_french(page: str) -> bool:
    return page.startswith("guide/") or page in ("index", "search", "genindex", "py-modindex")


def _page_language(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Say in which language a page is, for who listens to it or has it translated."""
    context["language"] = "fr" if _is_french(page) else "en"


def setup(app: Sphinx) -> None:
    """Give each page its language."""
    app.connect("html-page-context", _page_language)
