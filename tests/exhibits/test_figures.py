"""What is on the figures: their findings, labels and units; nothing overlaps, nothing leaves the sheet."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import combinations, pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from riskkit.exhibits.figure import figure_png, figure_svg, figure_title, fit, text_width, wrap
from riskkit.exhibits.plot_ageing import plot_ageing
from riskkit.exhibits.plot_debtors import plot_top_debtors
from riskkit.exhibits.plot_dso import plot_dso_history, spread
from riskkit.exhibits.plot_overdue import plot_overdue_history
from riskkit.exhibits.plot_sectors import plot_sectors
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.theme import DARK, LIGHT, Mode

PLOTS: dict[str, Callable[[RunTables, str, Mode], Figure]] = {
    "dso": lambda run, language, mode: plot_dso_history(run.measures, language=language, mode=mode),
    "overdue": lambda run, language, mode: plot_overdue_history(run.measures, language=language, mode=mode),
    "ageing": lambda run, language, mode: plot_ageing(run.ageing, language=language, mode=mode),
    "debtors": lambda run, language, mode: plot_top_debtors(run.ageing, language=language, mode=mode),
    "sectors": lambda run, language, mode: plot_sectors(run.sectors, language=language, mode=mode),
}


def texts(figure: Figure) -> list[str]:
    ticks = [label.get_text() for axes in figure.axes for label in axes.get_xticklabels() + axes.get_yticklabels()]
    return [text.get_text() for text in figure.texts] + ticks


def drawn_ticks(figure: Figure) -> list[Text]:
    """Tick labels inside their axis; matplotlib keeps some beyond it that it never draws."""
    labels = []
    for axes in [axes for axes in figure.axes if axes.axison]:
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, sorted(axes.get_ylim()))):
            labels += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return labels


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", PLOTS)
def test_no_text_overlaps_another_or_leaves_the_figure(run: RunTables, name: str, language: str) -> None:
    figure = PLOTS[name](run, language, "light")
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


@pytest.mark.parametrize("name", PLOTS)
def test_title_is_written_or_kept_for_screen_readers(run: RunTables, name: str) -> None:
    figure = PLOTS[name](run, "fr", "light")
    written = " ".join(text.get_text() for text in figure.texts)
    assert figure_title(figure) in written
    assert "<title" in figure_svg(figure)


def test_axes_carry_units(run: RunTables) -> None:
    assert "jours" in texts(plot_dso_history(run.measures, language="fr"))
    assert "retards, EUR" in texts(plot_overdue_history(run.measures, language="fr"))
    assert "part du total,\u00a0%" in texts(plot_sectors(run.sectors, language="fr"))
    assert "open items by age, EUR" in texts(plot_ageing(run.ageing, language="en"))


def test_dso_lines_are_the_frame_and_end_with_their_value(run: RunTables) -> None:
    figure = plot_dso_history(run.measures, language="fr")
    rows = run.measures[run.measures["measure"] == "dso_days"]["value"].to_list()
    assert list(figure.axes[0].lines[0].get_ydata()) == rows
    assert {"DSO simple", "58\u00a0jours", "DSO par épuisement", "DSO optimal"} <= set(texts(figure))


def test_a_balance_in_credit_is_drawn_below_zero_not_cut_off(run: RunTables) -> None:
    dipped = run.measures.assign(value=run.measures["value"].where(run.measures.index % 36 != 20, -30.0))
    for figure in (plot_dso_history(dipped, language="fr"), plot_overdue_history(dipped, language="fr")):
        assert all(axes.get_ylim()[0] <= -30.0 for axes in figure.axes)


def test_ageing_amounts_are_those_of_the_table(run: RunTables) -> None:
    shown = texts(plot_ageing(run.ageing, language="en"))
    assert f"€{run.ageing['not_due_amount'].sum():,.0f}" in shown
    assert f"€{run.ageing['over_180_amount'].sum():,.0f}" in shown


def test_sector_marks_are_the_shares_and_only_the_finding_stands_out(run: RunTables) -> None:
    figure = plot_sectors(run.sectors, language="fr")
    lines = figure.axes[-1].lines
    assert [tuple(line.get_xdata()) for line in lines[:3]] == [(0.291, 0.538), (0.412,), (0.205, 0.205)]
    assert lines[0].get_color() == LIGHT.contrast
    assert lines[3].get_color() == LIGHT.accent


def test_a_name_is_never_read_as_mathematics(run: RunTables) -> None:
    figure = plot_top_debtors(run.ageing, language="fr")
    assert "Hôtel $x_1$ des" in " ".join(texts(figure))
    figure_png(figure, dpi=50)


def test_characters_the_font_lacks_become_a_square_without_a_warning(run: RunTables) -> None:
    odd = run.ageing.assign(customer_name="有限公司 \x00\u202e∑")
    figure = plot_top_debtors(odd, language="fr", count=2)
    assert "□□□□ ∑" in texts(figure)
    assert figure_png(figure, dpi=50).startswith(b"\x89PNG")


def test_svg_is_one_named_image_that_refers_to_nothing_outside(run: RunTables) -> None:
    drawn = figure_svg(plot_top_debtors(run.ageing, language="fr"))
    root = ET.fromstring(drawn)  # noqa: S314 - our own text
    assert root.get("role") == "img"
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert root.get("aria-labelledby") in ids
    assert len(ids) == len(set(ids))
    used = [node.get("href") for node in root.iter() if node.get("href")]
    assert all(href.startswith("#") and href[1:] in ids for href in used)
    assert "http" not in drawn.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "<script>" not in drawn
    assert "&lt;script&gt;alert(1)" in drawn  # the hostile name, in the description
    assert "<text" not in drawn  # outlines: the same look everywhere


def test_two_figures_on_one_page_share_no_id(run: RunTables) -> None:
    one = figure_svg(plot_dso_history(run.measures, language="fr"))
    other = figure_svg(plot_dso_history(run.measures, language="en"))
    ids = [{node.get("id") for node in ET.fromstring(svg).iter() if node.get("id")} for svg in (one, other)]  # noqa: S314
    assert not ids[0] & ids[1]


def test_svg_follows_the_page_and_is_the_same_each_time(run: RunTables) -> None:
    light = figure_svg(plot_ageing(run.ageing, language="fr"))
    assert f"var(--rk-ink, {LIGHT.ink})" in light
    assert light == figure_svg(plot_ageing(run.ageing, language="fr"))
    assert f"var(--rk-ink, {DARK.ink})" in figure_svg(plot_ageing(run.ageing, language="fr", mode="dark"))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_empty_tables_give_a_sentence_not_an_empty_chart(run: RunTables, mode: Mode) -> None:
    nothing = run.measures.head(0)
    assert "Le DSO n’est pas calculable" in texts(plot_dso_history(nothing, language="fr", mode=mode))
    one = run.measures[run.measures["as_of"] == pd.Timestamp(run.as_of)]
    assert any("une seule date" in text for text in texts(plot_dso_history(one, language="fr", mode=mode)))
    assert any("une seule date" in text for text in texts(plot_overdue_history(one, language="fr", mode=mode)))
    empty = run.ageing.head(0)
    assert "Aucune facture ouverte à cette date." in texts(plot_ageing(empty, language="fr", mode=mode))
    assert "Aucun client ne doit d’argent à cette date." in texts(plot_top_debtors(empty, language="fr", mode=mode))
    assert any("code NAF" in text for text in texts(plot_sectors(run.sectors.head(0), language="fr", mode=mode)))
    calm = run.sectors.assign(overdue_share=float("nan"), is_finding=False)
    assert any("aucun secteur" in text for text in texts(plot_sectors(calm, language="fr", mode=mode)))


def test_fitted_text_is_never_wider_than_its_room() -> None:
    name = "SOCIÉTÉ COOPÉRATIVE DES TRAVAUX PUBLICS ET D'ASSAINISSEMENT"
    assert text_width(fit(name, 1.5)) <= 1.5
    assert fit("court", 1.5) == "court"
    assert all(text_width(line) <= 1.5 for line in wrap(name, 1.5, lines=2))
    assert wrap("a b", 9.0) == ["a b"]


@given(st.lists(st.floats(0, 10), min_size=1, max_size=4).map(sorted))
def test_labels_are_spread_apart_in_order(wanted: list[float]) -> None:
    placed = spread(wanted, gap=1.0, low=-5.0, high=15.0)
    assert placed == sorted(placed)
    assert all(b - a >= 1.0 - 0.05 for a, b in pairwise(placed))
