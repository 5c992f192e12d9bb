"""One design system: colours, bucket colours, fonts and spacing, for figures, documents and dashboard pages.

The palette keeps apart what colour-blind readers confuse (blue against orange, never red against green alone), and the
ageing buckets darken step by step, so that a black and white print still reads. Everything else asks this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Literal

from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb

from riskkit.errors import UsageError, message

Mode = Literal["light", "dark"]
Size = tuple[float, float]

FIGURE_FONT = "DejaVu Sans"  # ships with matplotlib: the same outlines on every machine
PAGE_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif'
FIGURE_SIZE: Size = (4.0, 2.5)  # inches; half a page or a whole phone, at nearly its own size
EMPTY_HEIGHT = 1.4  # inches, of a figure that only says why there is nothing to draw
FONT_SIZES = {"title": 10.5, "label": 8.5, "small": 7.5}
SPACING_REM = {"xs": 0.25, "s": 0.5, "m": 1.0, "l": 1.5, "xl": 2.5}


@dataclass(frozen=True)
class Palette:
    """The colours of one mode, as `#rrggbb`; each is also a CSS custom property `--rk-…` of the same name.

    No two are equal inside a mode: `figure_svg` turns each back into its property.
    """

    ground: str
    raised: str
    ink: str
    quiet: str
    line: str
    accent: str
    accent_ink: str
    contrast: str
    neutral: str
    good: str
    bad: str
    warn: str
    warn_ink: str
    warn_line: str

    def items(self) -> list[tuple[str, str]]:
        """CSS property names (without dashes in front) and colours."""
        return [(field.name.replace("_", "-"), getattr(self, field.name)) for field in fields(self)]


LIGHT = Palette(
    ground="#ffffff",
    raised="#f5f6f8",
    ink="#1b1f24",
    quiet="#57606a",
    line="#d0d7de",
    accent="#0b5a7d",
    accent_ink="#fefefe",
    contrast="#b0501a",
    neutral="#646e78",
    good="#0f6b5c",
    bad="#a8321f",
    warn="#fff4d6",
    warn_ink="#5c3b00",
    warn_line="#d4a72c",
)
DARK = Palette(
    ground="#14181d",
    raised="#1d232a",
    ink="#e8ebee",
    quiet="#a3adb8",
    line="#39424d",
    accent="#7cc4e4",
    accent_ink="#0c1a22",
    contrast="#f2a56d",
    neutral="#98a2ad",
    good="#6fd0bb",
    bad="#ff9a86",
    warn="#3a2e0d",
    warn_ink="#ffe3a1",
    warn_line="#8a6d1c",
)

BUCKET_COLOURS: dict[str, str] = {
    "not_due": "#d3e4f0",
    "d1_30": "#f0bb52",
    "d31_60": "#dd8636",
    "d61_90": "#bd4e2a",
    "d91_180": "#8c2547",
    "over_180": "#471140",
    "undated": "#8d97a1",
}
BUCKET_EDGE = "#7f95a6"
_ON_LIGHT, _ON_DARK = "#1b1f25", "#fffffe"  # fixed inks over a bucket; one bit away from ink and ground on purpose
_BUCKET = re.compile(r"not_due|undated|d(\d+)_(\d+)|over_(\d+)")


def palette(mode: Mode) -> Palette:
    """The colours of a mode, `light` or `dark`."""
    if mode not in ("light", "dark"):
        raise UsageError(message("Colour mode '{mode}' is not known. Choose light or dark.", mode=mode))
    return LIGHT if mode == "light" else DARK


def sort_buckets(codes: Iterable[str]) -> list[str]:
    """Bucket codes from not due to the oldest, undated last; names that are not bucket codes are left out."""

    def rank(code: str) -> tuple[int, int]:
        found = _BUCKET.fullmatch(code)
        assert found is not None  # noqa: S101 - filtered just below
        if code in ("not_due", "undated"):
            return (0 if code == "not_due" else 2, 0)
        return (1, int(found[1]) if found[1] else int(found[3]) + 1)

    return sorted((code for code in codes if _BUCKET.fullmatch(code)), key=rank)


def bucket_bounds(code: str) -> tuple[int | None, int | None]:
    """First and last day past due of a bucket; `None` where it has no such bound."""
    found = _BUCKET.fullmatch(code)
    if found is None or code in ("not_due", "undated"):
        return (None, None)
    return (int(found[1]), int(found[2])) if found[1] else (int(found[3]) + 1, None)


def bucket_colours(codes: Iterable[str]) -> dict[str, str]:
    """The colour of each bucket. The default buckets always have theirs; other edges get steps of the same ramp."""
    ordered = sort_buckets(codes)
    if all(code in BUCKET_COLOURS for code in ordered):
        return {code: BUCKET_COLOURS[code] for code in ordered}
    ramp = LinearSegmentedColormap.from_list(
        "overdue", [BUCKET_COLOURS[code] for code in ("d1_30", "d31_60", "d61_90", "d91_180", "over_180")]
    )
    overdue = [code for code in ordered if code not in ("not_due", "undated")]
    steps = {code: to_hex(ramp(rank / max(1, len(overdue) - 1))) for rank, code in enumerate(overdue)}
    return {code: steps.get(code) or BUCKET_COLOURS[code] for code in ordered}


def luminance(colour: str) -> float:
    """Relative luminance of a colour, 0 black to 1 white, as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast_ratio(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2 defines it, 1 to 21; text needs 4.5."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour: str) -> str:
    """The text colour that reads best over a bucket colour, the same in both modes."""
    return max((_ON_LIGHT, _ON_DARK), key=lambda ink: contrast_ratio(ink, colour))


def _properties(colours: Palette) -> str:
    return " ".join(f"--rk-{name}: {colour};" for name, colour in colours.items())


@cache
def css_text() -> str:
    """The style sheet of every page: custom properties of both modes, then the components.

    Dark follows the reader's system on screen unless `data-rk-theme` on the root says otherwise, follows JupyterLab's
    theme inside it, and is never used in print.
    """
    common = [f"--rk-space-{name}: {size}rem;" for name, size in SPACING_REM.items()]
    common += [f"--rk-bucket-{code.replace('_', '-')}: {colour};" for code, colour in BUCKET_COLOURS.items()]
    common += [f"--rk-bucket-edge: {BUCKET_EDGE};", f"--rk-font: {PAGE_FONT};"]
    dark = _properties(DARK)
    lines = [
        f":root {{ color-scheme: light; {' '.join(common)} {_properties(LIGHT)} }}",
        "@media screen and (prefers-color-scheme: dark) {"
        f' :root:not([data-rk-theme="light"]):not(:has(body[data-jp-theme-light])) {{ color-scheme: dark; {dark} }} }}',
        "@media screen {"
        f' :root[data-rk-theme="dark"], body[data-jp-theme-light="false"] {{ color-scheme: dark; {dark} }} }}',
    ]
    return "\n".join([*lines, style_resource("components.css")])


@cache
def style_resource(name: str) -> str:
    """The text of a file of `riskkit/exhibits/style`: a style sheet or the small sorting script."""
    return resources.files("riskkit.exhibits").joinpath("style", name).read_text(encoding="utf-8")


def ramp_is_ordered() -> bool:
    """True while every bucket, from not due to the oldest, is darker than the one before it."""
    ramp = [luminance(colour) for code, colour in BUCKET_COLOURS.items() if code != "undated"]
    return all(before > after for before, after in pairwise(ramp))
