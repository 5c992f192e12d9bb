"""Who owes most, and how late: one bar per customer, cut by age."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.figure import Sheet, fit, line_height, make_sheet, text_width, wrap
from riskkit.exhibits.findings import debtors_finding
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.plot_ageing import draw_part
from riskkit.exhibits.run_tables import ageing_totals
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size, bucket_colours

_ROW = 0.29  # inches a customer


def plot_top_debtors(
    ageing: pd.DataFrame,
    *,
    language: str,
    count: int = 10,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size | None = None,
    titled: bool = True,
) -> Figure:
    """The customers with the largest open items, their items by age, the amount at the end of the bar.

    From: ageing, one row per customer. Without `size` the height follows the number of customers.
    """
    words = language_of(language)
    rows = ageing[ageing["open_items_amount"] > 0].nlargest(count, "open_items_amount") if len(ageing) else ageing
    finding = debtors_finding(ageing, language=language)
    amounts = [words.money(round(value * 100), currency=currency, digits=0) for value in rows["open_items_amount"]]
    names = [str(name) for name in rows["customer_name"]]
    description = "; ".join(f"{name}: {amount}" for name, amount in zip(names, amounts, strict=True))
    height = max(1.9, 1.25 + _ROW * len(names)) if names else EMPTY_HEIGHT
    sheet = make_sheet(finding, description or finding, size=size or (FIGURE_SIZE[0], height), mode=mode, titled=titled)
    if not names:
        return sheet.nothing(words.text("No customer owes anything at this date."))
    totals = ageing_totals(rows)
    codes = [code for code, total in totals.items() if round(total, 2)]
    top = draw_bucket_legend(sheet, codes, language) - 0.08
    left = 0.06 + min(max(text_width(name) for name in names), sheet.width * 0.4) + 0.12
    right = sheet.width - max(text_width(amount, "small", True) for amount in amounts) - 0.14
    step = min(0.32, (top - 0.06) / len(names))
    small = step > 2 * line_height("small") * 0.88 and max(text_width(name) for name in names) > left - 0.14
    colours = bucket_colours(ageing_totals(ageing))
    largest = float(rows["open_items_amount"].max())
    for rank, (_, row) in enumerate(rows.iterrows()):
        middle = top - (rank + 0.5) * step
        _write_name(sheet, names[rank], left - 0.1, middle, small=small)
        start = left
        for code in codes:
            part = (right - left) * max(float(row[f"{code}_amount"]), 0.0) / largest
            if part > 0:
                draw_part(sheet, start, middle - step * 0.32, part, step * 0.64, colour=colours[code], edge=False)
            start += part
        draw_part(sheet, left, middle - step * 0.32, start - left, step * 0.64, colour="none")
        sheet.write(start + 0.07, middle, amounts[rank], size="small", bold=True, va="center")
    return sheet.figure


def _write_name(sheet: Sheet, name: str, right: float, middle: float, *, small: bool) -> None:
    """The name on one line, or on two small ones."""
    room = right - 0.04
    lines = wrap(name, room, size="small", lines=2) if small else [fit(name, room)]
    leading = line_height("small") * 0.88
    for number, line in enumerate(lines):
        place = middle + (len(lines) / 2 - number - 0.5) * leading
        sheet.write(right, place, line, size="small" if small else "label", ha="right", va="center")


def draw_bucket_legend(sheet: Sheet, codes: list[str], language: str) -> float:
    """Swatches and names in as many lines as they need; the place under the last one, in inches."""
    colours = bucket_colours(codes)
    x, y = 0.06, sheet.top - 0.13
    for code in codes:
        label = bucket_label(code, language)
        width = 0.17 + text_width(label, "small") + 0.16
        if x + width - 0.16 > sheet.width - 0.04 and x > 0.06:
            x, y = 0.06, y - 0.19
        draw_part(sheet, x, y - 0.01, 0.11, 0.11, colour=colours[code])
        sheet.write(x + 0.17, y, label, size="small", colour=sheet.colours.quiet)
        x += width
    return y - 0.04
