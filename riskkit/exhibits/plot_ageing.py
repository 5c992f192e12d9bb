"""How old the open items are: one bar, and what each part of it is."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.figure import Sheet, line_height, make_sheet, text_width
from riskkit.exhibits.findings import ageing_finding
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.run_tables import ageing_totals
from riskkit.exhibits.theme import BUCKET_EDGE, FIGURE_SIZE, Mode, Size, bucket_colours, ink_on


def plot_ageing(
    ageing: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size = FIGURE_SIZE,
    titled: bool = True,
) -> Figure:
    """The open items as one bar cut by age, and under it the amount and share of each part.

    From: ageing, one row per customer with `<bucket>_amount` columns.
    """
    words = language_of(language)
    totals = ageing_totals(ageing)
    everything = sum(totals.values())
    finding = ageing_finding(ageing, language=language, currency=currency)
    rows = [
        (
            code,
            bucket_label(code, language),
            words.money(round(total * 100), currency=currency, digits=0),
            words.share(total / everything if round(everything, 2) else float("nan"), digits=1),
        )
        for code, total in totals.items()
    ]
    description = "; ".join(f"{label}: {amount} ({share})" for _, label, amount, share in rows)
    sheet = make_sheet(finding, description or finding, size=size, mode=mode, titled=titled)
    if round(everything, 2) <= 0:
        return sheet.nothing(words.text("Nothing is open at this date."))
    heading = words.text("open items by age, {currency}", currency=currency)
    sheet.write(0.06, sheet.top - 0.13, heading, size="small", colour=sheet.colours.quiet)
    _draw_bar(sheet, totals, words, sheet.top - 0.24)
    _draw_rows(sheet, rows, totals, sheet.top - 0.24 - 0.46)
    return sheet.figure


def draw_part(
    sheet: Sheet,
    left: float,
    bottom: float,
    width: float,
    height: float,
    *,
    colour: str,
    gap: bool = False,
    edge: bool = True,
) -> None:
    """One coloured part of a bar, in inches; its edge makes the palest and the darkest stand out in both modes."""
    inset = 0.008 if gap and width > 0.03 else 0.0
    sheet.figure.add_artist(
        Rectangle(
            ((left + inset) / sheet.width, bottom / sheet.height),
            max(width - 2 * inset, 0.004) / sheet.width,
            height / sheet.height,
            facecolor=colour,
            edgecolor=BUCKET_EDGE,
            linewidth=0.5 if edge else 0.0,
            transform=sheet.figure.transFigure,
        )
    )


def _draw_bar(sheet: Sheet, totals: dict[str, float], words: Language, top: float) -> None:
    left, width, height = 0.06, sheet.width - 0.12, 0.36
    everything = sum(max(total, 0.0) for total in totals.values())
    colours = bucket_colours(totals)
    for code, total in totals.items():
        part = width * max(total, 0.0) / everything
        if part <= 0:
            continue
        draw_part(sheet, left, top - height, part, height, colour=colours[code], gap=True)
        shown = words.share(total / everything)
        if text_width(shown, "small", True) + 0.1 < part:
            middle = (left + part / 2, top - height / 2)
            sheet.write(*middle, shown, size="small", bold=True, colour=ink_on(colours[code]), ha="center", va="center")
        left += part


def _draw_rows(sheet: Sheet, rows: list[tuple[str, str, str, str]], totals: dict[str, float], top: float) -> None:
    step = min(0.3, (top - 0.1) / len(rows))
    colours = bucket_colours(totals)
    share_right = sheet.width - 0.06
    amount_right = share_right - max(text_width(share) for *_, share in rows) - 0.28
    for rank, (code, label, amount, share) in enumerate(rows):
        middle = top - (rank + 0.5) * step
        swatch = min(0.13, line_height("label") * 0.8)
        draw_part(sheet, 0.06, middle - swatch / 2, swatch, swatch, colour=colours[code])
        sheet.write(0.27, middle, label, va="center")
        sheet.write(amount_right, middle, amount, va="center", ha="right", bold=True)
        sheet.write(share_right, middle, share, va="center", ha="right", colour=sheet.colours.quiet)
