"""Segments, worklist, limits, provision and plan: what titles say is in the data, and empty ones say so."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.decisions.actions import ACTIONS
from riskkit.decisions.credit_limits import CREDIT_LIMITS
from riskkit.decisions.dunning_items import DUNNING_ITEMS
from riskkit.decisions.dunning_table import DUNNING
from riskkit.decisions.owners import OWNERS
from riskkit.decisions.provision import PROVISION
from riskkit.decisions.segments import SEGMENTS
from riskkit.engine import amount_name
from riskkit.exhibits.action_exhibits import (
    claims_table,
    limits_table,
    owners_table,
    plan_table,
    stops_table,
    worklist_table,
)
from riskkit.exhibits.figure import figure_svg, figure_title
from riskkit.exhibits.plot_limits import plot_limits
from riskkit.exhibits.plot_provision import plot_provision, provision_steps
from riskkit.exhibits.plot_segment_map import plot_segment_map
from riskkit.exhibits.plot_worklist import plot_worklist
from riskkit.exhibits.segment_exhibits import clusters_table, segments_table, square_table
from riskkit.models.payer_clusters import PAYER_CLUSTERS


def shown(table, frame=None):
    """A table of a run as exhibits read it: amounts in currency units."""
    made = table.empty() if frame is None else frame
    names = {column.name: amount_name(column.name) for column in table if column.kind == "cents"}
    return made.rename(columns=names)


EMPTY = [
    (plot_segment_map, SEGMENTS), (plot_worklist, DUNNING), (plot_limits, CREDIT_LIMITS), (plot_provision, PROVISION),
    (worklist_table, DUNNING), (claims_table, DUNNING), (stops_table, DUNNING_ITEMS), (limits_table, CREDIT_LIMITS),
    (plan_table, ACTIONS), (owners_table, OWNERS), (segments_table, SEGMENTS), (square_table, SEGMENTS),
]  # fmt: skip


@pytest.mark.parametrize(("exhibit", "table"), EMPTY, ids=lambda each: getattr(each, "__name__", ""))
@pytest.mark.parametrize("code", ["fr", "en"])
def test_an_empty_exhibit_says_something(exhibit, table, code):
    made = exhibit(shown(table), language=code)
    assert len(figure_title(made) if hasattr(made, "savefig") else str(made)) > 15


def test_no_stable_group_is_said():
    assert "aucun groupe stable" in str(clusters_table(PAYER_CLUSTERS.empty(), language="fr"))


def test_the_steps_between_the_two_provisions_add_up():
    frame = pd.DataFrame(
        {"ifrs_amount": [10.0, 80.0, 5.0], "statutory_amount": [0.0, 60.0, 50.0],
         "ground": ["none", "procedure", "dispute"]}
    )  # fmt: skip
    steps = provision_steps(frame)
    assert steps == {"ifrs": 95.0, "statutory": 110.0, "no_event": 10.0, "individual": 20.0, "dispute": -45.0}
    assert steps["ifrs"] - steps["no_event"] - steps["individual"] - steps["dispute"] == steps["statutory"]
    assert figure_title(plot_provision(frame, language="en")).startswith("To set aside: €95 by IFRS 9, €110 by the")


def test_the_title_of_the_worklist_is_what_its_actions_bring():
    frame = pd.DataFrame(
        {"is_today": [True] * 3 + [False], "rank": [1, 2, 3, 4], "gain_amount": [100.0, 50.0, 50.0, 900.0],
         "gain_low_amount": [10.0] * 4, "gain_high_amount": [200.0] * 4, "amount": [500.0, 900.0, 100.0, 9.0]}
    )  # fmt: skip
    figure = plot_worklist(frame, language="en")
    assert figure_title(figure) == "Today's 3 actions should bring €200 more; the first 3 make 100% of it"
    curves = [line.get_ydata().tolist() for line in figure.axes[0].get_lines()]
    assert curves == [[0.0, 100.0, 150.0, 200.0], [0.0, 50.0, 150.0, 200.0]]


def test_the_map_holds_every_euro_that_is_owed_and_no_name_breaks_it():
    rows = [("good", "low", 100.0, 0.0), ("late", "high", 300.0, 200.0), ("unknown", "unknown", 0.0, 0.0)]
    frame = pd.DataFrame(rows, columns=["behaviour", "insolvency", "open_amount", "overdue_amount"])
    frame = frame.assign(segment="protect", customer_id=["A", "B", "C"], sales_12m_amount=0.0, strategy="x")
    figure = plot_segment_map(frame, language="en")
    assert "€200 overdue, 100% of all that is" in figure_title(figure)
    assert len(figure.artists) == 3  # two discs of what is owed, one of what is overdue
    assert "<svg" in figure_svg(figure)
