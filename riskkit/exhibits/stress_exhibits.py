"""Stress tests: what each shock takes from the cash of 13 weeks, and what breaks the treasury."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from riskkit.exhibits.figure import fit, line_height, make_sheet, text_width
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.tables import TableColumn, make_table
from riskkit.exhibits.theme import FIGURE_SIZE, Mode, Size


def stress_finding(stress: pd.DataFrame, *, language: str, currency: str = "EUR") -> str:
    """What breaks the treasury, or the largest shock."""
    words = language_of(language)
    if stress.empty:
        return words.text("Nothing to come: there is no cash to put under stress")
    sizes = stress[stress["size"].notna()].set_index("shock")["size"]
    if "reverse_delay" in sizes and "reverse_top" in sizes:
        return words.text(
            "{days} of delay for all, or the failure of {count} large {count:?debtor|debtors}, breaks the treasury",
            days=words.days(float(sizes["reverse_delay"]), digits=1), count=int(sizes["reverse_top"]),
        )  # fmt: skip
    worst = stress.sort_values("missing_amount", kind="stable").iloc[-1]
    missing = words.compact_money(100 * float(worst["missing_amount"]), currency=currency)
    return words.text("At most {missing} would be missing in 13 weeks: {title}", missing=missing,
                      title=str(worst["title"]))  # fmt: skip


def stress_table(stress: pd.DataFrame, *, language: str, currency: str = "EUR") -> Html:
    """A line a shock: cash missing, weeks of cash, loss; of reverse stress, the smallest shock that breaks."""
    words = language_of(language)
    if stress.empty:
        return element("p", stress_finding(stress, language=language), class_="rk-nothing")
    money = ["missing_amount", "loss_amount"]
    solved = stress["shock"].str.startswith("reverse")
    shown = stress.astype(dict.fromkeys(money, "float64")).assign(title=stress["title"].mask(solved, stress["reason"]))
    columns = [
        TableColumn("title", words.text("Shock")),
        TableColumn("missing_amount", words.text("Missing in 13 weeks"), "money"),
        TableColumn("weeks_of_cash", words.text("Weeks of cash"), "number"),
        TableColumn("loss_amount", words.text("Lost in the end"), "money"),
        TableColumn("breaks_in_week", words.text("Breaks in week"), "count"),
    ]
    caption = stress_finding(stress, language=language, currency=currency)
    return make_table(shown, columns, language=language, caption=caption, currency=currency, sortable=False)


def plot_stress(
    stress: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size = FIGURE_SIZE,
    titled: bool = True,
) -> Figure:
    """A bar a shock: cash missing in 13 weeks, the interval where failures are drawn; in colour those that break."""
    words = language_of(language)
    finding = stress_finding(stress, language=language, currency=currency)
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    rows = stress[~stress["shock"].str.startswith("reverse")] if len(stress) else stress
    if rows.empty:
        return sheet.nothing(stress_finding(stress, language=language, currency=currency))
    values = rows["missing_amount"].astype("float64").tolist()
    highest = max([*values, *rows["missing_high_amount"].dropna().astype("float64").tolist(), 1.0])
    shown = [words.compact_money(100 * value, currency=currency) for value in values]
    left, right = 0.06, sheet.width - max(text_width(text, "small", True) for text in shown) - 0.16
    top = sheet.top - line_height("small") * 1.4
    said = words.text("missing in 13 weeks; orange: the treasury breaks")
    sheet.write(left, sheet.top - 0.12, fit(said, sheet.width - 0.12, size="small"), size="small",
                colour=sheet.colours.quiet)  # fmt: skip
    room = (top - 0.06) / len(rows)
    axes = sheet.axes(left, 0.06, right, top)
    axes.set_xlim(0, highest * 1.02)
    axes.set_ylim(0, len(rows))
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    for rank, (row, value, text) in enumerate(zip(rows.to_dict("records"), values, shown, strict=True)):
        place = len(rows) - rank - 0.72
        breaks = pd.notna(row["breaks_in_week"])
        axes.barh(place, value, height=0.34, lw=0, color=sheet.colours.contrast if breaks else sheet.colours.accent)
        if pd.notna(row["missing_low_amount"]):
            axes.hlines(place, float(row["missing_low_amount"]), float(row["missing_high_amount"]),
                        color=sheet.colours.ink, lw=1.0)  # fmt: skip
        base = 0.06 + (len(rows) - rank) * room
        label = fit(str(row["title"]), sheet.width - 0.12, size="small")
        sheet.write(left, base - room * 0.42, label, size="small")
        sheet.write(right + 0.08, base - room * 0.72 - line_height("small") / 3, text, size="small", bold=True)
    return sheet.figure
