"""What a benchmark does in a browser's tab, timed inside the page; every wait of it ends in an error, never in silence.

A promise handed to Playwright is awaited for ever, and a tab that is not in front is given no frame: so the tab used is
brought to the front, what is timed is left in the page, and the wait for it has a limit outside the page.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from playwright.sync_api import TimeoutError as TooLate

LIMIT_SECONDS = 60.0
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
_READY = """
const look = () => {
  const seen = document.querySelector("[data-testid=ready]");
  if (!seen || !seen.getClientRects().length) return requestAnimationFrame(look);
  const told = document.documentElement.dataset;
  requestAnimationFrame(() => setTimeout(() => { told.benchReady = performance.now() / 1000; }, 0));
};
look();
"""
_TIMED = """
([css, rank, option, wanted]) => {
  const told = document.documentElement.dataset;
  delete told.benchTimed;
  const target = Array.from(document.querySelectorAll(css)).filter((e) => e.getClientRects().length)[rank];
  if (!target) throw new Error("nothing matches " + css);
  const before = (document.querySelector(wanted) || {}).outerHTML;
  const start = performance.now();
  const watch = () => {
    const now = document.querySelector(wanted);
    if (!now || now.outerHTML === before) return requestAnimationFrame(watch);
    requestAnimationFrame(() => setTimeout(() => { told.benchTimed = (performance.now() - start) / 1000; }, 0));
  };
  if (target.tagName === "SELECT") {
    target.selectedIndex = option;
    target.dispatchEvent(new Event("change", { bubbles: true }));
  } else target.click();
  watch();
}
"""
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"


def launch(driver: Playwright) -> Browser:
    """Debian's Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return driver.chromium.launch(executable_path=chromium, args=list(_ARGUMENTS))


def profile(browser: Browser) -> BrowserContext:
    """A browser that has seen nothing yet, on a desktop, in French."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    context.set_default_timeout(LIMIT_SECONDS * 1000)
    context.add_init_script(_READY)
    return context


def opened(context: BrowserContext, address: str) -> Page:
    """A new tab with the address, its last part drawn."""
    page = context.new_page()
    load(page, address)
    return page


def load(page: Page, address: str) -> float:
    """Seconds from the start of the navigation to the frame after its last part was drawn."""
    page.bring_to_front()
    page.goto(address, wait_until="commit")
    return _told(page, "ready", f"{address} is not ready")


def timed(page: Page, css: str, rank: int, option: int = 0, wanted: str = "") -> float:
    """Seconds from a click or choice to the frame after what follows (`wanted`) was drawn."""
    page.bring_to_front()
    page.evaluate(_TIMED, [css, rank, option, wanted])
    return _told(page, "timed", f"nothing changed at {wanted} after {css} {rank}")


def loads(context: BrowserContext, first: str, address: str, *, count: int, waiting: Callable[[], None]) -> tuple[
    list[float], list[float]
]:  # fmt: skip
    """First paint and readiness of that many loads of one tab, after one not counted that fills the browser's cache."""
    page = opened(context, first)
    paints, ready = [], []
    for _ in range(count):
        waiting()
        ready.append(load(page, address))
        paints.append(float(page.evaluate(_PAINT)))
    page.close()
    return paints, ready


def tree_megabytes(pid: int) -> float:
    """Proportional set size of a process and all under it: memory that several share is counted once."""
    return sum(_pss(each) for each in (pid, *_children(pid)))


def settled_megabytes(pid: int) -> float:
    """The same, once kernels that start or end have done so: the least of a few readings."""
    readings = []
    for _ in range(4):
        time.sleep(2)
        readings.append(tree_megabytes(pid))
    return min(readings)


def _told(page: Page, name: str, complaint: str) -> float:
    mark = page.locator(f"html[data-bench-{name}]")
    try:
        mark.wait_for(state="attached", timeout=LIMIT_SECONDS * 1000)
    except TooLate as late:
        raise TimeoutError(f"{complaint} after {LIMIT_SECONDS:.0f} s; the page says: {_said(page)}") from late
    return float(mark.get_attribute(f"data-bench-{name}") or "nan")


def _said(page: Page) -> str:
    return page.locator("body").inner_text(timeout=5_000)[:500]


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += [int(entry.name), *_children(int(entry.name))]
    return found


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
