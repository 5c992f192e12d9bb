"""The site is built without a warning, asks nothing of a network, and its French is typeset."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT

FETCHED = re.compile(r"""(?:src=|<link[^>]+href=|url\(|@import\s+)["']?(?:https?:)?//[^"')\s>]+""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make site` does."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(DOCS), str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    pages = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert len(pages) > 10
    assert [(page.name, found) for page in pages for found in FETCHED.findall(page.read_text("utf-8"))] == []


def test_each_page_says_its_language_and_is_reached_from_the_menu(site: Path) -> None:
    menu = (site / "index.html").read_text("utf-8")
    for source in DOCS.rglob("*.md"):
        page = source.relative_to(DOCS).with_suffix(".html").as_posix()
        french = page == "index.html" or page.startswith("guide/")
        said = re.search(r'<html[^>]* lang="(\w+)"', (site / page).read_text("utf-8"))
        assert said is not None
        assert said[1] == ("fr" if french else "en"), page
        assert page == "index.html" or f'href="{page}"' in menu, page


def test_french_pages_are_typeset() -> None:
    command = [sys.executable, "scripts/typeset_french.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_pictures_are_small_and_each_is_shown() -> None:
    shown = set(re.findall(r"images/([\w-]+\.png)", "".join(p.read_text("utf-8") for p in DOCS.rglob("*.md"))))
    pictures = {path.name: path.stat().st_size for path in (DOCS / "images").iterdir()}
    assert set(pictures) == shown
    assert max(pictures.values()) < 120_000
