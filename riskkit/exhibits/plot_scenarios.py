"""Cash freed week by week under each scenario, with its interval."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from riskkit.exhibits.figure import line_height, make_sheet, wrap
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.scenario_exhibits import concerned, scenario_finding
from riskkit.exhibits.theme import FIGURE_SIZE, Mode, Size


def plot_scenarios(
    weeks: pd.DataFrame,
    scenarios: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size = FIGURE_SIZE,
    titled: bool = True,
) -> Figure:
    """Cumulated cash beyond what would have come, a line a scenario; bands are the intervals of the policy.

    From: `scenario_weeks` and `scenarios` of a run.
    """
    words = language_of(language)
    finding = scenario_finding(scenarios, language=language, currency=currency)
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    if weeks.empty:
        return sheet.nothing(words.text("No scenario is declared in the policy"))
    titles = concerned(scenarios).drop_duplicates("scenario").set_index("scenario")["title"]
    if titles.empty:
        return sheet.nothing(words.text("No scenario concerns a customer"))
    colours = (sheet.colours.accent, sheet.colours.contrast, sheet.colours.neutral)
    styles, top = ("-", "--", ":"), sheet.top
    signs = ("—", "– –", "···")
    for name, colour, sign in zip(titles.index, colours, signs, strict=False):
        for line in wrap(f"{sign} {titles[name]}", sheet.width - 0.12, size="small", lines=2):
            top -= line_height("small") * 1.1
            sheet.write(0.06, top, line, size="small", colour=colour)
    axes = sheet.axes(0.66, 0.52, sheet.width - 0.14, top - 0.1)
    for name, colour, style in zip(titles.index, colours, styles, strict=False):
        own = weeks[weeks["scenario"] == name].sort_values("week")
        low, middle, high = (own[f"freed{end}_amount"].astype("float64") for end in ("_low", "", "_high"))
        axes.fill_between(own["week"], low, high, color=colour, alpha=0.16, lw=0)
        axes.plot(own["week"], middle, color=colour, lw=2.0, ls=style)
    if float(weeks["freed_low_amount"].astype("float64").min()) < 0:
        axes.axhline(0, color=sheet.colours.quiet, lw=0.8)
    axes.set_xlim(1, int(weeks["week"].max()))
    step = 2 if sheet.width > 4 else 4
    shown = list(range(1, int(weeks["week"].max()) + 1, step))
    axes.set_xticks(shown, [str(week) for week in shown])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, min_n_ticks=2))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: words.compact_money(value * 100, currency=currency) if value else "0")
    )
    axes.grid(axis="y", color=sheet.colours.line, lw=0.6)
    axes.set_axisbelow(True)
    said = words.text("weeks after the change")
    sheet.write(sheet.width - 0.14, 0.12, said, size="small", colour=sheet.colours.quiet, ha="right")
    return sheet.figure
