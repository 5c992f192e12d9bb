"""The sheet every figure is drawn on, measured in inches so that nothing can overlap, and its ways out: SVG and PNG."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from functools import cache

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from riskkit.exhibits.fragment import Html, clean, escape
from riskkit.exhibits.theme import DARK, FIGURE_FONT, FONT_SIZES, LIGHT, Mode, Palette, Size, palette

_MARGIN = 0.06  # inches around everything
_LEADING = 1.3
_HINTING = 1.03  # a screen rounds each letter up a little


@dataclass(frozen=True)
class Sheet:
    """A figure under construction; places are inches from its lower left corner. `top` is the room under the title."""

    figure: Figure
    colours: Palette
    width: float
    height: float
    top: float

    def axes(self, left: float, bottom: float, right: float, top: float) -> Axes:
        """Axes between those places, with the theme's quiet frame: a base line, no box."""
        place = (left / self.width, bottom / self.height, (right - left) / self.width, (top - bottom) / self.height)
        drawn: Axes = self.figure.add_axes(place)
        drawn.set_facecolor("none")
        for side, spine in drawn.spines.items():
            spine.set_visible(side == "bottom")
            spine.set_color(self.colours.quiet)
            spine.set_linewidth(0.8)
        drawn.tick_params(
            colors=self.colours.quiet, labelsize=FONT_SIZES["small"], labelfontfamily=FIGURE_FONT, length=0, pad=3
        )
        return drawn

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: str = "label",
        colour: str | None = None,
        bold: bool = False,
        ha: str = "left",
        va: str = "baseline",
    ) -> Text:
        """Plain text at a place; never read as mathematics, whatever a customer is called."""
        return self.figure.text(
            x / self.width,
            y / self.height,
            legible(text),
            fontsize=FONT_SIZES[size],
            color=colour or self.colours.ink,
            fontweight="bold" if bold else "normal",
            fontfamily=FIGURE_FONT,
            ha=ha,
            va=va,
            parse_math=False,
        )

    def nothing(self, sentence: str) -> Figure:
        """The figure with one sentence instead of a drawing: what an empty exhibit says."""
        room = self.width - 6 * _MARGIN
        lines = wrap(sentence, room, lines=6)
        middle = self.top / 2 + len(lines) * line_height("label") / 2
        for rank, line in enumerate(lines):
            place = middle - (rank + 0.8) * line_height("label")
            self.write(self.width / 2, place, line, colour=self.colours.quiet, ha="center")
        return self.figure


def make_sheet(title: str, description: str, *, size: Size, mode: Mode, titled: bool = True) -> Sheet:
    """A sheet with its title written (or only kept for screen readers when `titled` is False)."""
    colours = palette(mode)
    figure = Figure(figsize=size, facecolor=colours.ground)
    figure.set_label(f"{clean(title)}\n{clean(description)}")
    width, height = size
    top = height - _MARGIN
    sheet = Sheet(figure=figure, colours=colours, width=width, height=height, top=top)
    if not titled:
        return sheet
    for line in wrap(title, width - 2 * _MARGIN, size="title", bold=True, lines=3):
        top -= line_height("title")
        sheet.write(_MARGIN, top + 0.04, line, size="title", bold=True)
    return Sheet(figure=figure, colours=colours, width=width, height=height, top=top - 0.06)


def line_height(size: str) -> float:
    """Height of one line of text of that size name, inches."""
    return FONT_SIZES[size] * _LEADING / 72


@cache
def text_width(text: str, size: str = "label", bold: bool = False) -> float:
    """Width of a text as it will be drawn, inches."""
    font = FontProperties(family=FIGURE_FONT, size=FONT_SIZES[size], weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(legible(text), font, ismath=False)
    return float(width) / 72 * _HINTING


def wrap(text: str, width: float, *, size: str = "label", bold: bool = False, lines: int = 2) -> list[str]:
    """The text in at most `lines` lines of that width in inches, of like length; the rest ends in an ellipsis."""
    widest = _wrap(text, width, size, bold, lines)
    if len(widest) < 2 or widest[-1].endswith("…"):
        return widest
    for tenth in range(5, 10):
        narrower = _wrap(text, width * tenth / 10, size, bold, lines)
        if len(narrower) == len(widest) and not any(line.endswith("…") for line in narrower):
            return narrower
    return widest


def _wrap(text: str, width: float, size: str, bold: bool, lines: int) -> list[str]:
    done: list[str] = []
    words = text.split(" ")
    while words and len(done) < lines - 1:
        count = 1
        while count < len(words) and text_width(" ".join(words[: count + 1]), size, bold) <= width:
            count += 1
        done.append(fit(" ".join(words[:count]), width, size=size, bold=bold))
        words = words[count:]
    return [*done, fit(" ".join(words), width, size=size, bold=bold)] if words else done


def fit(text: str, width: float, *, size: str = "label", bold: bool = False) -> str:
    """The text, cut with an ellipsis when it is wider than `width` inches."""
    if text_width(text, size, bold) <= width:
        return text
    kept = len(text)
    while kept > 1 and text_width(text[:kept].rstrip() + "…", size, bold) > width:
        kept -= 1
    return text[:kept].rstrip() + "…"


def brief(text: str, *, characters: int = 44) -> str:
    """A name as a title can hold it: its first words, and an ellipsis where some are left out."""
    if len(text) <= characters:
        return text
    return text[: characters - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def legible(text: str) -> str:
    """The text with characters that the font cannot draw shown as a white square."""
    known = _characters()
    return "".join(c if ord(c) in known else "□" for c in clean(text).replace("\n", " ").replace("\t", " "))


@cache
def _characters() -> frozenset[int]:
    return frozenset(get_font(findfont(FIGURE_FONT)).get_charmap())


def figure_title(figure: Figure) -> str:
    """The finding the figure states, whether or not it is written on it."""
    return str(figure.get_label()).partition("\n")[0]


def figure_svg(figure: Figure, *, title: str | None = None, description: str | None = None) -> Html:
    """The figure as inline SVG: text as outlines, one image to a screen reader, no id shared with another figure.

    Colours of the theme become custom properties with the drawn colour behind them: inside a page the figure follows
    the page's mode, elsewhere it looks as drawn.
    """
    own_title, _, own_description = str(figure.get_label()).partition("\n")
    shown_title, shown_description = title or own_title, description or own_description
    written = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "riskkit", "path.simplify": True}):
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawn = written.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    key = "rk" + hashlib.sha256((drawn + shown_title).encode()).hexdigest()[:10]
    drawn = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', drawn)
    drawn = re.sub(r'href="#([^"]+)"', rf'href="#{key}-\1"', drawn)
    drawn = re.sub(r"url\(#([^)]+)\)", rf"url(#{key}-\1)", drawn)
    for colours in (LIGHT, DARK):
        for name, colour in colours.items():
            drawn = re.sub(rf": {colour}(?=[;\"])", f": var(--rk-{name}, {colour})", drawn)
    drawn = re.sub(r"\s*\n\s*", "\n", drawn)
    label = f'<title id="{key}-t">{escape(shown_title)}</title><desc id="{key}-d">{escape(shown_description)}</desc>'
    head, _, body = drawn.partition(">")
    return Html(f'{head} class="rk-svg" role="img" aria-labelledby="{key}-t" aria-describedby="{key}-d">{label}{body}')


def figure_png(figure: Figure, *, dpi: int = 144) -> bytes:
    """The figure as a PNG image of that resolution."""
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=dpi, metadata={"Software": None})
    return written.getvalue()
