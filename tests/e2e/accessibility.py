"""Checks of a page as a person meets it without a mouse or without good eyes: names, roles, headings, contrast.

Written for what the pages hold, after WCAG 2.2 (1.3.1, 1.4.3, 2.4.6, 2.5.8, 4.1.2), without a library.
"""

from __future__ import annotations

FAULTS = r"""
() => {
  const faults = [];
  const seen = (e) => e.getClientRects().length && getComputedStyle(e).visibility !== "hidden";
  const root = document.querySelector("#rendered_cells");
  const name = (e) => {
    const by = e.getAttribute("aria-labelledby");
    if (by) return by.split(" ").map((id) => (document.getElementById(id) || {}).textContent || "").join(" ").trim();
    if (e.getAttribute("aria-label")) return e.getAttribute("aria-label").trim();
    if (e.labels && e.labels.length) return Array.from(e.labels).map((l) => l.textContent).join(" ").trim();
    if (e.tagName === "svg") return ((e.querySelector("title") || {}).textContent || "").trim();
    return (e.textContent || e.getAttribute("title") || e.getAttribute("placeholder") || "").trim();
  };
  const tell = (rule, e) => faults.push(rule + ": " + e.outerHTML.slice(0, 140));
  root.querySelectorAll("a[href], button, select, input, textarea, [role=button], summary, form").forEach((e) => {
    if (seen(e) && e.tagName !== "FORM" && !name(e)) tell("no name", e);
  });
  root.querySelectorAll("svg[role=img], img").forEach((e) => {
    if (seen(e) && !name(e) && e.getAttribute("alt") === null) tell("picture without a name", e);
  });
  root.querySelectorAll("svg:not([role]):not([aria-hidden])").forEach((e) => {
    if (seen(e)) tell("picture without a role", e);
  });
  root.querySelectorAll("table").forEach((e) => {
    if (seen(e) && !e.querySelector("th")) tell("table without headings", e);
  });
  root.querySelectorAll("[role=region]").forEach((e) => { if (seen(e) && !name(e)) tell("region without a name", e); });
  if (Array.from(root.querySelectorAll("h1")).filter(seen).length !== 1) faults.push("not exactly one h1");
  let level = 1;
  Array.from(root.querySelectorAll("h1, h2, h3, h4")).filter(seen).forEach((e) => {
    const found = Number(e.tagName[1]);
    if (found > level + 1) tell("heading level skipped", e);
    level = found;
  });
  const ids = Array.from(document.querySelectorAll("[id]")).map((e) => e.id);
  const twice = ids.filter((id, i) => id && ids.indexOf(id) !== i);
  if (twice.length) faults.push("id given twice: " + twice[0]);

  const numbers = (colour) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const p = canvas.getImageData(0, 0, 1, 1).data;
    return [p[0], p[1], p[2], p[3] / 255];
  };
  const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3])).concat(1);
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0) layers.unshift(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const light = (c) => {
    const [r, g, b] = c.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const checked = new Set();
  root.querySelectorAll("*").forEach((e) => {
    const own = Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim());
    const apart = "svg, [aria-hidden=true], [hidden], .rk-hidden, :disabled, option, style, script";
    if (!own || !seen(e) || e.closest(apart)) return;
    const style = getComputedStyle(e);
    const below = ground(e);
    const ink = over(numbers(style.color), below);
    const key = ink.join() + below.join();
    if (checked.has(key)) return;
    checked.add(key);
    const [dark, bright] = [light(ink), light(below)].sort((a, b) => a - b);
    const ratio = (bright + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) tell("contrast " + ratio.toFixed(2), e);
  });
  return faults;
}
"""


def faults(page) -> list[str]:
    """What is wrong on the page now; each rule with the element that breaks it."""
    found: list[str] = page.evaluate(FAULTS)
    return found


def small_targets(page) -> list[str]:
    """What is too small for a finger (WCAG 2.2, 2.5.8: 24 px), links inside sentences and tables left out."""
    found: list[str] = page.evaluate(
        """() => Array.from(document.querySelectorAll("#rendered_cells :is(button, select, input, summary)"))
        .filter((e) => e.getClientRects().length && !e.closest("td, th, li, .rk-boxes"))
        .filter((e) => e.getBoundingClientRect().height < 24).map((e) => e.outerHTML.slice(0, 120))"""
    )
    return found
