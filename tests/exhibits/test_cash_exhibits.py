"""Figures and tables of the cash forecast: what they say, and that nothing overlaps."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from riskkit.exhibits.cash_exhibits import backtest_table, cash_table, items_table, late_table
from riskkit.exhibits.cash_words import METHODS, REASONS, backtest_finding, cash_finding, late_finding
from riskkit.exhibits.figure import figure_title
from riskkit.exhibits.plot_cash import plot_cash_backtest, plot_cash_forecast
from riskkit.models.cash_backtest import METHOD_NAMES
from riskkit.models.cash_baselines import BASELINES

STARTS = pd.date_range("2024-07-01", periods=13, freq="7D").astype("datetime64[us]")


def made_forecast(*, with_bands: bool = True) -> pd.DataFrame:
    base = np.linspace(310_000, 20_000, 13)
    parts = []
    for level, wide in ((0.5, 0.2), (0.8, 0.4), (0.95, 0.6)):
        weeks = pd.DataFrame(
            {"source": "open_items", "period_kind": "week", "period_start": STARTS,
             "period_end": STARTS + pd.Timedelta(days=6), "level": level, "low_amount": base * (1 - wide),
             "base_amount": base, "high_amount": base * (1 + wide), "due_amount": base[::-1]}
        )  # fmt: skip
        total = weeks.iloc[[0]].assign(
            period_kind="total", period_end=STARTS[-1], low_amount=1_800_000.0, base_amount=2_145_000.0,
            high_amount=2_400_000.0, due_amount=float(base.sum()),
        )  # fmt: skip
        parts += [weeks, total]
    table = pd.concat(parts, ignore_index=True)
    return table if with_bands else table.assign(low_amount=np.nan, high_amount=np.nan, base_amount=table["due_amount"])


def made_summary() -> pd.DataFrame:
    methods = list(METHODS)
    rates = np.linspace(0.21, 1.04, len(methods))
    return pd.DataFrame(
        {"method": methods, "is_chosen": [name == "model" for name in methods], "dates_count": 9, "weeks_count": 102,
         "weekly_wape_rate": rates, "low_rate": rates * 0.9, "high_rate": rates * 1.1,
         "four_week_error_rate": rates / 3, "item_loss": np.nan, "coverage_50_rate": np.nan,
         "coverage_80_rate": np.nan, "coverage_95_rate": np.nan}
    )  # fmt: skip


def made_customers() -> pd.DataFrame:
    return pd.DataFrame(
        {"customer_id": ["A", "B"], "customer_name": ["<b>Alpha</b>", None], "open_amount": [100.0, 40.0],
         "expected_amount": [80.0, 30.0], "late_amount": [90.0, 10.0], "later_amount": [15.0, 5.0],
         "never_amount": [5.0, 5.0], "late_days": [12.0, np.nan], "settled_count": [30, 2]}
    )  # fmt: skip


def drawn_ticks(figure: Figure) -> list[Text]:
    """Tick labels inside their axis; matplotlib keeps some beyond it that it never draws."""
    labels = []
    for axes in figure.axes:
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            labels += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return labels


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("with_bands", [True, False])
@pytest.mark.parametrize("size", [(4.0, 2.5), (3.2, 2.2), (8.0, 3.4)])
def test_no_text_overlaps_another_or_leaves_the_figure(language, with_bands, size):
    figures = (
        plot_cash_forecast(made_forecast(with_bands=with_bands), language=language, size=size),
        plot_cash_backtest(made_summary(), language=language, size=size),
    )
    for figure in figures:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        shown = [text for text in (*figure.texts, *drawn_ticks(figure)) if text.get_text()]
        boxes = [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in shown]
        for text, box in boxes:
            assert figure.bbox.x0 - 1 <= box.x0 <= box.x1 <= figure.bbox.x1 + 1, text
            assert figure.bbox.y0 - 1 <= box.y0 <= box.y1 <= figure.bbox.y1 + 1, text
        for (one, first), (other, second) in combinations(boxes, 2):
            assert not first.shrunk(0.98, 0.9).overlaps(second.shrunk(0.98, 0.9)), (one, other)


def test_the_title_is_the_finding():
    figure = plot_cash_forecast(made_forecast(), language="fr")
    assert figure_title(figure) == (
        "2,1 M€ à encaisser d’ici 13 semaines : entre 1,8 M€ et 2,4 M€, huit chances sur dix"
    ).replace(" M€", "\u00a0M€").replace(" :", "\u00a0:")
    assert "non calculables" in cash_finding(made_forecast(with_bands=False), language="fr")
    assert backtest_finding(made_summary(), language="en").startswith("Over 9 past dates")
    assert late_finding(made_customers(), language="en") == "€100 is late or expected late; 1 customer makes half of it"


def test_the_bars_are_the_weeks_and_their_bands():
    forecast = made_forecast()
    axes = plot_cash_forecast(forecast, language="fr").axes[0]
    heights = [patch.get_height() for patch in axes.patches]
    weeks = forecast[forecast["period_kind"] == "week"].sort_values(["level", "period_start"], ascending=[False, True])
    assert heights == pytest.approx((weeks["high_amount"] - weeks["low_amount"]).tolist())
    assert axes.lines[0].get_ydata().tolist() == pytest.approx(np.linspace(20_000, 310_000, 13).tolist())


def test_empty_states_are_sentences():
    nothing = made_forecast().assign(base_amount=0.0, due_amount=0.0, low_amount=0.0, high_amount=0.0)
    said = " ".join(text.get_text() for text in plot_cash_forecast(nothing, language="fr").texts)
    assert "Rien n’est ouvert à cette date" in said
    assert "rien n’est ouvert" in cash_finding(nothing, language="fr")
    assert "trop court" in backtest_table(made_summary().head(0), language="fr")
    assert "Aucun retard" in late_table(made_customers().head(0), language="fr")


def test_tables_show_their_rows_and_escape_names():
    html = late_table(made_customers(), language="fr")
    assert "&lt;b&gt;Alpha" in html
    assert "<b>Alpha" not in html
    assert html.count("<tr>") == 3
    weeks = cash_table(made_forecast(), language="fr")
    assert "13 semaines" in weeks
    assert weeks.count("<tr>") == 15
    items = pd.DataFrame(
        {"item_id": ["F1"], "invoice_number": [None], "customer_id": ["A"], "customer_name": ["Alpha"],
         "open_amount": [12.5], "due_date": [STARTS[0]], "expected_date": [STARTS[1]], "low_date": [STARTS[0]],
         "high_date": [pd.NaT], "paid_28d_share": [0.8], "reason": ["dispute"], "evidence": ["customer"]}
    )  # fmt: skip
    assert "litige" in items_table(items, language="fr")


def test_every_code_has_its_words():
    assert set(METHODS) == {*BASELINES, *METHOD_NAMES.values()}
    assert set(REASONS) == {"procedure", "dispute", "habit", "segment", "due_date"}
