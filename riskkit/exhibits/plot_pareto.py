"""How few customers hold the overdue money."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from riskkit.exhibits.figure import make_sheet, text_width
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size

MOST = 0.8
Amounts = npt.NDArray[np.float64]


def plot_pareto(
    amounts: pd.Series, *, language: str, mode: Mode = "light", size: Size = FIGURE_SIZE, titled: bool = True
) -> Figure:
    """Share of the overdue held by the customers who owe most, the largest first, and how many hold four fifths.

    From: amounts, the overdue of each customer in any unit; those not above 0 are left out.
    """
    words = language_of(language)
    held = np.sort(amounts[amounts > 0].to_numpy(dtype="float64"))[::-1]
    finding = pareto_finding(held, words)
    size = size if len(held) else (size[0], EMPTY_HEIGHT)
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    if not len(held):
        return sheet.nothing(words.text("No customer has anything overdue."))
    shares = np.concatenate([[0.0], np.cumsum(held) / held.sum()])
    ranks = np.arange(len(shares))
    axes = sheet.axes(0.5, 0.36, sheet.width - 0.16, sheet.top - 0.24)
    heading = words.text("share of the overdue")
    sheet.write(0.06, sheet.top - 0.12, heading, size="small", colour=sheet.colours.quiet)
    axes.fill_between(ranks, shares, color=sheet.colours.accent, alpha=0.12, lw=0)
    axes.plot(ranks, shares, color=sheet.colours.accent, lw=2)
    count = most_count(held)
    reached = float(shares[count])
    axes.plot([0, count, count], [reached, reached, 0], color=sheet.colours.contrast, lw=1.2, ls=(0, (3, 2)))
    axes.plot([count], [reached], "o", ms=6, color=sheet.colours.contrast, zorder=4, clip_on=False)
    axes.set(xlim=(0, len(held)), ylim=(0, 1.0))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.share(value)))
    axes.set_yticks([0, 0.5, 1.0])
    axes.grid(axis="y", color=sheet.colours.line, lw=0.6)
    axes.set_axisbelow(True)
    last = words.number(float(len(held)), digits=0)
    axes.set_xticks([0, len(held)], ["0", last])
    first_label, last_label = axes.get_xticklabels()
    first_label.set_horizontalalignment("left")
    last_label.set_horizontalalignment("right")
    place = axes.get_position()
    middle = (place.x0 + place.width / 2) * sheet.width
    below = words.text("late customers, largest first")
    sheet.write(middle, place.y0 * sheet.height - 0.17, below, size="small", colour=sheet.colours.quiet, ha="center")
    said = words.text("{count:customer|customers}: {share}", count=count, share=words.share(reached))
    x = (place.x0 + place.width * count / len(held)) * sheet.width
    y = (place.y0 + place.height * reached) * sheet.height
    to_left = x + 0.12 + text_width(said, "small", True) > sheet.width - 0.06
    sheet.write(
        x - 0.1 if to_left else x + 0.1, y - 0.2, said, size="small", bold=True, ha="right" if to_left else "left"
    )
    return sheet.figure


def most_count(held: Amounts) -> int:
    """How many of the amounts, largest first, make at least `MOST` of them all."""
    return int(np.searchsorted(np.cumsum(held), MOST * held.sum() - 1e-9)) + 1


def pareto_finding(held: Amounts, words: Language) -> str:
    """How many customers hold four fifths of the overdue."""
    if not len(held):
        return words.text("No customer has anything overdue")
    count = most_count(held)
    if count == 1:
        return words.text(
            "One customer holds {share} of the overdue money", share=words.share(float(held[0] / held.sum()))
        )
    return words.text(
        "{count:customer|customers}, {part} of those who are late, {count:?holds|hold} {share} of the overdue",
        count=count,
        part=words.share(count / len(held)),
        share=words.share(float(held[:count].sum() / held.sum())),
    )
