"""axe-core on a page: what it finds that is serious or worse, as its own words say it."""

from __future__ import annotations

from importlib.resources import files

_RUN = """
async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const bad = found.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  return bad.flatMap((v) => v.nodes.slice(0, 3).map((n) => v.id + ": " + n.html.slice(0, 160)));
}
"""


def serious_faults(page) -> list[str]:
    """Rule and element of each serious or critical finding (a few of each rule); none on a page that may be shown."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    return page.evaluate(_RUN)
