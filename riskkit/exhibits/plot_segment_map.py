"""Where the money is on two axes: how customers pay against whether they can; the overdue inside what is owed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from riskkit.exhibits.figure import Sheet, fit, line_height, make_sheet, text_width, wrap
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.score_words import LEVELS
from riskkit.exhibits.segment_words import BEHAVIOURS, segment_name, segment_rows
from riskkit.exhibits.theme import EMPTY_HEIGHT, Mode, Size

MAP_SIZE: Size = (4.0, 3.6)
_ROWS, _COLUMNS = ("good", "late", "bad", "unknown"), ("low", "moderate", "high", "unknown")


def plot_segment_map(
    segments: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size = MAP_SIZE,
    titled: bool = True,
) -> Figure:
    """Behaviour by insolvency: discs whose area is what is owed, the overdue dark inside."""
    words = language_of(language)
    finding = segment_finding(segments, language=language, currency=currency)
    held = segments["open_amount"].astype("float64")
    size = size if held.sum() > 0 else (size[0], EMPTY_HEIGHT)
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    if held.sum() <= 0:
        return sheet.nothing(words.text("Nothing is owed at this date."))
    sums = segments.assign(open=held, overdue=segments["overdue_amount"].astype("float64"))
    cells = sums.groupby(["behaviour", "insolvency"])[["open", "overdue"]].sum().reset_index()
    held_by = {
        (row["behaviour"], row["insolvency"]): (float(row["open"]), float(row["overdue"]))
        for row in cells.to_dict("records")
    }
    names = {row: words.say(BEHAVIOURS[row]) for row in _ROWS}
    left = min(max(text_width(name, "small") for name in names.values()) + 0.16, sheet.width * 0.25)
    bottom, top = 0.42, sheet.top - 0.34
    width, height = (sheet.width - left - 0.06) / len(_COLUMNS), (top - bottom) / len(_ROWS)
    _heads(sheet, words, left, width, top, bottom)
    most = float(cells["open"].max())
    full = min(width, height - line_height("small")) * 0.46
    for down, row in enumerate(_ROWS):
        middle = top - height * (down + 0.42)
        lines = wrap(names[row], left - 0.1, size="small")
        for rank, line in enumerate(lines):
            place = middle - 0.04 + (len(lines) / 2 - rank - 0.5) * line_height("small")
            sheet.write(0.06, place, line, size="small")
        for across, column in enumerate(_COLUMNS):
            if (row, column) in held_by:
                open_, overdue = held_by[row, column]
                centre = (left + width * (across + 0.5), middle)
                _discs(sheet, centre, full * np.sqrt(open_ / most), full * np.sqrt(overdue / most))
                said = words.compact_money(open_ * 100, currency=currency) if open_ else "–"
                place = middle - height * 0.5
                sheet.write(centre[0], place, fit(said, width, size="small"), size="small", ha="center",
                            colour=sheet.colours.quiet)  # fmt: skip
    return sheet.figure


def segment_finding(segments: pd.DataFrame, *, language: str, currency: str = "EUR") -> str:
    """Which segment holds most of the overdue."""
    words = language_of(language)
    rows = segment_rows(segments)
    whole = float(rows["overdue_amount"].sum())
    if whole <= 0:
        return words.text("Nothing is overdue: segments differ by what they buy and what they risk")
    first = rows.iloc[0]
    return words.text(
        "Segment “{segment}”: {count:customer|customers}, {money} overdue, {share} of all that is",
        segment=segment_name(str(first["segment"]), words),
        count=int(first["customers_count"]),
        money=words.compact_money(float(first["overdue_amount"]) * 100, currency=currency),
        share=words.share(float(first["overdue_amount"]) / whole),
    )


def _heads(sheet: Sheet, words: Language, left: float, width: float, top: float, bottom: float) -> None:
    quiet = sheet.colours.quiet
    heading = words.text("risk")
    sheet.write(0.06, top + 0.08, fit(heading, left - 0.1, size="small"), size="small", colour=quiet)
    for across, column in enumerate(_COLUMNS):
        said = fit(words.say(LEVELS[column]), width - 0.04, size="small")
        sheet.write(left + width * (across + 0.5), top + 0.08, said, size="small", ha="center")
    below = words.text("disc: what is owed; dark: the part of it that is overdue")
    sheet.write(0.06, 0.08, fit(below, sheet.width - 0.12, size="small"), size="small", colour=quiet)


def _discs(sheet: Sheet, centre: tuple[float, float], outer: float, inner: float) -> None:
    from matplotlib.patches import Ellipse

    for radius, alpha in ((outer, 0.25), (inner, 1.0)):
        if radius > 0:
            place = (centre[0] / sheet.width, centre[1] / sheet.height)
            disc = Ellipse(place, 2 * radius / sheet.width, 2 * radius / sheet.height, facecolor=sheet.colours.accent,
                           alpha=alpha, lw=0, transform=sheet.figure.transFigure)  # fmt: skip
            sheet.figure.add_artist(disc)
