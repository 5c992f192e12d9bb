"""Take the pictures of the documentation from a run of the demonstration: docs/images/*.png.

`make demo`, then `make pictures` (or `make pictures ARGS="path/of/a/run"`). Needs Chromium. Each picture is reduced to
a palette, so that it weighs little in the repository.
"""

from __future__ import annotations

import html
import io
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from riskkit.exhibits.language import language
from riskkit.workbench.cli_text import run_lines
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.server import serve_dashboard

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    "overview": "tableau-de-bord",
    "unpaid": "impayes",
    "customers": "clients",
    "segments": "segments",
    "cash": "tresorerie",
    "actions": "actions",
    "simulator": "simulateur",
    "quality": "qualite",
    "method": "methode",
}
"""Pages of the dashboard by name, and the picture of each."""
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 120_000
WIDE = {"width": 1320, "height": 840}
TERMINAL = """<style>body{margin:0;background:#fff}
pre{margin:0;padding:18px 22px;background:#14181d;color:#e8ebee;white-space:pre-wrap;
font:14px/1.5 "DejaVu Sans Mono",monospace;width:980px;box-sizing:border-box}b{color:#7cc4e4;font-weight:400}
</style><pre><b>$ %s</b>
%s</pre>"""


def main() -> int:
    """Take every picture again."""
    run = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "reports" / "demo" / "2025-12-31").resolve()
    if not (run / "manifest.json").is_file():
        sys.stderr.write(f"{run} is not a run: make one with `make demo`.\n")
        return 2
    IMAGES.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(locale="fr-FR", viewport=WIDE)
        _terminal(page, "terminal-demo", "riskkit demo", _lines(run))
        _terminal(page, "terminal-check", "riskkit check portfolios/demo", _said(run, "check", "portfolios/demo"))
        page.goto((run / "diagnostic.html").as_uri())
        _save("diagnostic", page.screenshot())
        with serve_dashboard(run, read_only=True) as dashboard:
            page.goto(dashboard.url)
            page.locator("nav.rk-pages").wait_for(timeout=60_000)
            for place, (name, picture) in enumerate(PAGES.items()):
                page.locator("nav.rk-pages a").nth(place).click()
                page.locator(f"[data-rk-page={name}]").wait_for(state="attached", timeout=60_000)
                page.locator("html:not([data-rk-busy])").wait_for(state="attached", timeout=60_000)
                page.wait_for_timeout(1_500)  # what moves into place has come to rest
                _save(picture, page.screenshot())
        browser.close()
    return 0


def _lines(run: Path) -> str:
    """What the terminal says of a run, as it says it in the folder that holds `portfolios` and `reports`."""
    lines = run_lines(read_manifest(run), run.relative_to(run.parents[2]), language("fr"))
    return "\n".join(lines).strip()


def _said(run: Path, *arguments: str) -> str:
    """What a command prints in the folder that holds `portfolios` and `reports`."""
    program = Path(sys.executable).with_name("riskkit")
    home = run.parents[2]
    done = subprocess.run([program, *arguments], cwd=home, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _terminal(page: Page, name: str, command: str, said: str) -> None:
    """The picture of a command and of what it printed."""
    page.set_content(TERMINAL % (html.escape(command), html.escape(said)))
    _save(name, page.locator("pre").screenshot())


def _save(name: str, picture: bytes) -> None:
    """Write a picture with a palette of 128 colours; `SystemExit` when it is still too heavy."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    path = IMAGES / f"{name}.png"
    image.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        sys.exit(f"{path.name} weighs {path.stat().st_size} bytes, at most {MOST_BYTES}.")


if __name__ == "__main__":
    sys.exit(main())
