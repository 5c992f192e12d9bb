"""The frames that figures take, from a view of a run: in currency units, labels in the reader's language."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.ledger.panel import Panel
from riskkit.ledger.panel_view import View


def groups_frame(panel: Panel, view: View) -> pd.DataFrame:
    """The groups with `label`, every amount in currency units (`<name>_amount`), shares and lifts as they are."""
    labels = panel.attributes[view.by].labels
    frame = view.groups.drop(columns=[*panel.buckets, "open", "overdue", "unapplied", "sales_12m", "sales", "excess"])
    money = {f"{code}_amount": view.groups[code] / 100 for code in panel.buckets}
    return frame.assign(
        label=[labels[int(code)] for code in view.groups["code"]],
        **money,
    ).assign(open_items_amount=view.groups["open"] / 100)


def overdue_amounts(view: View) -> pd.Series:
    """The overdue of each customer, currency units."""
    return view.customers["overdue"] / 100


def history_frame(panel: Panel, view: View) -> pd.DataFrame:
    """The month ends with `as_of` and one `<bucket>_amount` a bucket."""
    amounts = {f"{code}_amount": view.history[code] / 100 for code in panel.buckets}
    return view.history[["as_of"]].assign(**amounts)


def dues_frame(panel: Panel, view: View) -> pd.DataFrame:
    """The open items kept: due_date (missing when unknown) and open_amount."""
    shown = panel.items.shown[["due_date"]].iloc[view.items].reset_index(drop=True)
    return shown.assign(open_amount=np.asarray(panel.items.facts.cents[view.items]) / 100)
