"""The figures of what is behind the unpaid: what they draw is what they are given; no text touches another."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from riskkit.exhibits.figure import figure_title
from riskkit.exhibits.heat_cells import _RAMP
from riskkit.exhibits.plot_age_heat import plot_age_heat
from riskkit.exhibits.plot_ageing_history import plot_ageing_history
from riskkit.exhibits.plot_cohorts import plot_cohorts
from riskkit.exhibits.plot_delays import plot_delays
from riskkit.exhibits.plot_dues import plot_dues, week_amounts
from riskkit.exhibits.plot_lift import plot_lift
from riskkit.exhibits.plot_pareto import plot_pareto
from riskkit.exhibits.plot_seasonality import plot_seasonality
from riskkit.exhibits.plot_transitions import plot_transitions
from riskkit.exhibits.theme import luminance
from tests.exhibits import unpaid_frames as made
from tests.exhibits.test_figures import drawn_ticks, texts

HEADS = 5  # numbers in the heads of the buckets: 30, 60, 90, 180 and 180 again

FIGURES: dict[str, Callable[[int, str], Figure]] = {
    "pareto": lambda n, code: plot_pareto(made.overdue(n), language=code),
    "lift": lambda n, code: plot_lift(made.groups(n), language=code, count=40),
    "age_heat": lambda n, code: plot_age_heat(made.groups(n), language=code, count=40),
    "ageing_history": lambda n, code: plot_ageing_history(made.history(n), language=code),
    "dues": lambda n, code: plot_dues(made.dues(n * 20), as_of=made.AS_OF, language=code),
    "cohorts": lambda n, code: plot_cohorts(made.cohorts(n), language=code),
    "transitions": lambda _, code: plot_transitions(made.transitions(), language=code),
    "seasonality": lambda n, code: plot_seasonality(made.seasonality({8: n / 4, 2: -3}), language=code),
    "seasonality_sales": lambda _, code: plot_seasonality(
        made.seasonality({8: -9, 12: 5}), language=code, measure="sales_amount"
    ),
    "seasonality_unpaid": lambda _, code: plot_seasonality(
        made.seasonality({8: 6}), language=code, measure="unpaid_after_30_days_share"
    ),
    "delays": lambda _, code: plot_delays(made.delays(), language=code),
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("count", [1, 3, 40])
@pytest.mark.parametrize("name", FIGURES)
def test_no_text_overlaps_another_or_leaves_the_figure(name: str, count: int, language: str) -> None:
    figure = FIGURES[name](count, language)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    shown = [t for t in [*figure.texts, *drawn_ticks(figure)] if t.get_text()]
    boxes = [(t.get_text(), t.get_window_extent(canvas.get_renderer())) for t in shown]
    for text, box in boxes:
        assert figure.bbox.x0 - 1 <= box.x0 <= box.x1 <= figure.bbox.x1 + 1, text
        assert figure.bbox.y0 - 1 <= box.y0 <= box.y1 <= figure.bbox.y1 + 1, text
    for (one, first), (other, second) in combinations(boxes, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert wide < 1 or high < 0.25 * min(first.height, second.height), (one, other)
    assert figure_title(figure)[:20] in " ".join(text.get_text() for text in figure.texts)


def test_pareto_finds_by_hand_how_many_hold_four_fifths() -> None:
    # 60 + 25 = 85 of 100: two of four customers; 60 alone is not enough
    figure = plot_pareto(pd.Series([10.0, 60.0, 25.0, 5.0, 0.0, -3.0]), language="en")
    assert figure_title(figure) == "2 customers, 50% of those who are late, hold 85% of the overdue"
    curve = figure.axes[0].lines[0]
    assert curve.get_ydata() == pytest.approx([0, 0.6, 0.85, 0.95, 1.0])


def test_pareto_of_one_customer_says_one() -> None:
    assert figure_title(plot_pareto(pd.Series([5.0]), language="en")).startswith("One customer")


def test_lift_marks_are_the_ratios_and_full_only_above_one() -> None:
    rows = made.groups(3)
    figure = plot_lift(rows, language="en")
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [float(dot.get_xdata()[0]) for dot in dots] == pytest.approx(rows["lift"].to_list())
    full = [dot.get_markerfacecolor() == dot.get_markeredgecolor() for dot in dots]
    assert full == (rows["lift_low"] > 1).to_list()
    assert "1.7 times" in figure_title(figure)


def test_heat_writes_whole_percentages_of_each_row() -> None:
    rows = made.groups(3)
    written = [text for text in texts(plot_age_heat(rows, language="en")) if text.isdigit()][HEADS:]
    shares = rows[[f"{code}_amount" for code in made.BUCKETS]].div(rows["open_items_amount"], axis=0)
    assert written == [f"{round(100 * share)}" for share in shares.to_numpy().ravel()]


def test_heat_darkens_so_that_black_and_white_reads_the_same() -> None:
    steps = [
        luminance("#{:02x}{:02x}{:02x}".format(*(round(255 * c) for c in to_rgb(_RAMP(x)))))
        for x in np.linspace(0, 1, 20)
    ]
    assert steps == sorted(steps, reverse=True)


def test_transitions_keep_the_probabilities_and_say_who_grows_older() -> None:
    figure = plot_transitions(made.transitions(), language="en")
    # d1_30: 28 % go to the next bucket, 1 % is written off
    assert "28% grow older" in figure_title(figure)
    written = [text for text in texts(figure) if text.isdigit()][HEADS:]
    assert written[:4] == ["60", "20", "20", "0"]


def test_weeks_of_dues_by_hand_lose_no_euro() -> None:
    days = {-1: 1.0, 0: 2.0, 7: 4.0, 8: 8.0, 91: 16.0, 92: 32.0}
    dues = pd.DataFrame(
        {
            "due_date": [pd.Timestamp(made.AS_OF) + pd.Timedelta(days=d) for d in days],
            "open_amount": list(days.values()),
        }
    )
    late, weeks, later = week_amounts(dues, as_of=made.AS_OF)
    # due today is not overdue; days 0 to 7 are the first week, 8 the second, 91 the thirteenth
    assert (late, weeks[0], weeks[1], weeks[12], later) == (1.0, 6.0, 8.0, 16.0, 32.0)
    assert late + sum(weeks) + later == 63.0
    bars = plot_dues(dues, as_of=made.AS_OF, language="fr").axes[0].patches
    assert [bar.get_height() for bar in bars] == [late, *weeks, later]


def test_dues_without_a_date_are_said_not_drawn() -> None:
    dues = pd.concat([made.dues(20), pd.DataFrame({"due_date": [pd.NaT], "open_amount": [12_000.0]})])
    assert any("12\u00a0k€ sans date" in text for text in texts(plot_dues(dues, as_of=made.AS_OF, language="fr")))


def test_ageing_history_stacks_the_oldest_at_the_bottom() -> None:
    history = made.history(14)
    figure = plot_ageing_history(history, language="en")
    bands = figure.axes[0].collections
    assert bands[0].get_paths()[0].vertices[:, 1].max() == pytest.approx(history["over_180_amount"].max())
    top = max(band.get_paths()[0].vertices[:, 1].max() for band in bands)
    assert top == pytest.approx(history.drop(columns="as_of").sum(axis=1).max())


def test_cohorts_compare_six_months_with_the_same_a_year_before() -> None:
    cohorts = made.cohorts(24)
    at_two = cohorts[cohorts["months_since"] == 2].sort_values("billing_month")["collected_share"]
    figure = plot_cohorts(cohorts, language="en")
    assert f"{at_two.iloc[-6:].mean():.0%} of" in figure_title(figure)
    assert f"{at_two.iloc[-18:-12].mean():.0%} a year" in figure_title(figure)


def test_seasonality_names_only_a_month_whose_interval_excludes_zero() -> None:
    assert "août" in figure_title(plot_seasonality(made.seasonality({8: 6.0}), language="fr"))
    assert "beyond chance" in figure_title(plot_seasonality(made.seasonality({}), language="en"))
    short = made.seasonality({}).assign(effect=np.nan)
    assert any("Two whole years" in text for text in texts(plot_seasonality(short, language="en")))


def test_delays_say_what_part_comes_long_after_its_date() -> None:
    delays = made.delays()
    whole = delays[delays["profile"] == "all"]
    late = whole.loc[whole["low_days"] >= 30, "amount"].sum() / whole["amount"].sum()
    figure = plot_delays(delays, language="en")
    assert f"{late:.0%} of amounts" in figure_title(figure)
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights == pytest.approx(delays[delays["profile"] == "punctual"]["amount_share"].to_list())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_to_draw_is_a_sentence(language: str) -> None:
    empty = (
        plot_pareto(pd.Series(dtype="float64"), language=language),
        plot_lift(made.groups(0), language=language),
        plot_age_heat(made.groups(0), language=language),
        plot_ageing_history(made.history(1), language=language),
        plot_dues(made.dues(0), as_of=made.AS_OF, language=language),
        plot_cohorts(made.cohorts(0), language=language),
        plot_transitions(made.transitions().head(0), language=language),
        plot_seasonality(made.seasonality({}).head(0), language=language),
        plot_delays(made.delays().head(0), language=language),
    )
    for figure in empty:
        assert not figure.axes
        assert len(figure.texts) >= 2
