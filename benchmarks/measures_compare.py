"""Whether the tables of riskkit and of the SQL written by hand are equal: integers exactly, other numbers to 1e-9."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from riskkit.ledger.month_calendar import last_whole_month, month_of
from riskkit.ledger.open_items import bucket_codes
from riskkit.ledger.seasonality import month_effects
from riskkit.policy import Policy

Compared = tuple[list[Any], list[Any]]


def _stored(path: Path) -> pd.DataFrame:
    with duckdb.connect() as connection:
        frame: pd.DataFrame = connection.read_parquet(str(path)).df()
    return frame


def check_equal(folder: Path, *, as_of: dt.date) -> None:
    """`ValueError` where a table of riskkit is not that of the SQL."""
    own, hand = (
        {path.stem: _stored(path) for path in sorted((folder / side).iterdir())} for side in ("riskkit", "sql")
    )
    for name, columns in COMPARED.items():
        ours, theirs = columns(own[name], hand[name], as_of)
        for left, right in zip(ours, theirs, strict=True):
            left, right = np.asarray(left, dtype="float64"), np.asarray(right, dtype="float64")
            if len(left) != len(right) or not np.allclose(left, right, rtol=1e-9, atol=1e-9, equal_nan=True):
                raise ValueError(f"{name}: the two sides differ")
        if not len(ours[0]):
            raise ValueError(f"{name}: nothing was compared")


_CODES = {code: number for number, code in enumerate([*bucket_codes((0, 30, 60, 90, 180)), "settled", "written_off"])}


def _columns(frame: pd.DataFrame, *names: str) -> list[pd.Series]:
    return [frame[name] for name in names]


def _compare_ageing(own: pd.DataFrame, hand: pd.DataFrame, as_of: dt.date) -> Compared:
    some = own[own["items_count"] > 0]
    keys = [_months(some["month_end"]), some["bucket"].map(_CODES)]
    return [*keys, *_columns(some, "items_count", "open_cents")], _columns(hand, "month", "bucket", "items", "cents")


def _compare_transitions(own: pd.DataFrame, hand: pd.DataFrame, as_of: dt.date) -> Compared:
    every = own[own["period"] == "all"]
    keys = [every["from_bucket"].map(_CODES), every["to_bucket"].map(_CODES)]
    return [*keys, *_columns(every, "items_count", "amount_cents", "probability", "amount_share")], _columns(
        hand, "f", "t", "items", "cents", "probability", "share"
    )


def _compare_rolls(own: pd.DataFrame, hand: pd.DataFrame, as_of: dt.date) -> Compared:
    keys = [_months(own["month_end"]), own["from_bucket"].map(_CODES)]
    return [*keys, *_columns(own, "from_cents", "to_cents", "rate")], _columns(
        hand, "month", "bucket", "from_cents", "to_cents", "rate"
    )


def _compare_cohorts(own: pd.DataFrame, hand: pd.DataFrame, as_of: dt.date) -> Compared:
    names = ("months_since", "items_count", "billed_cents", "collected_cents", "credited_cents", "written_off_cents",
             "other_cents")  # fmt: skip
    theirs = _columns(hand, "cohort", "since", "items", "billed", "paid", "credited", "written_off", "other")
    return [_months(own["billing_month"]), *_columns(own, *names)], theirs


def _compare_seasons(own: pd.DataFrame, hand: pd.DataFrame, as_of: dt.date) -> Compared:
    """The effects of the hand-made series, by the same least squares: only the series are compared."""
    series = hand.set_index("month")
    series.index = series.index.astype("int64")
    last = month_of(as_of)
    parts = {"sales_amount": ("sales", last, True), "unpaid_after_30_days_share": ("unpaid", last - 1, False),
             "days_late_capped_days": ("days", last_whole_month(as_of - dt.timedelta(90)), False)}  # fmt: skip
    tables = [
        month_effects(
            series[column].loc[:end].dropna(), measure=name, is_relative=relative, confidence=Policy().confidence
        )
        for name, (column, end, relative) in parts.items()
    ]
    theirs = pd.concat(tables, ignore_index=True)
    names = ("calendar_month", "effect", "low", "high", "months_count")
    return _columns(own, *names), _columns(theirs, *names)


def _compare_profiles(own: pd.DataFrame, hand: pd.DataFrame, as_of: dt.date) -> Compared:
    names = ("items_count", "open_items_count", "amount_cents", "mean_days_late", "late_share", "spread_days")
    theirs = _columns(hand, "half", "items", "open_items", "kept", "mean", "late_share", "spread")
    return [_halves(own["period_start"]), *_columns(own, *names)], theirs


def _compare_delays(own: pd.DataFrame, hand: pd.DataFrame, as_of: dt.date) -> Compared:
    parts = own[(own["profile"] != "all")].assign(place=own.groupby("profile").cumcount())
    parts = parts[parts["items_count"] > 0].sort_values(["profile", "place"])
    return _columns(parts, "place", "items_count", "open_items_count", "amount_cents"), _columns(
        hand, "place", "items", "open_items", "kept"
    )


def _compare_penalties(own: pd.DataFrame, hand: pd.DataFrame, as_of: dt.date) -> Compared:
    theirs = [hand["half"], hand["cent_days"] / 100, hand["invoices"]]
    return [_halves(own["period_start"]), *_columns(own, "late_amount_days", "invoices_count")], theirs


def _compare_dues(own: pd.DataFrame, hand: pd.DataFrame, as_of: dt.date) -> Compared:
    names = ("items_count", "customers_count", "open_cents", "disputed_cents")
    return _columns(own, *names), _columns(hand, "items", "customers", "open", "disputed")


def _compare_groups(own: pd.DataFrame, hand: pd.DataFrame, as_of: dt.date) -> Compared:
    keys = ["dimension", "group"]
    wide = own.pivot_table(index=keys, columns="measure", values="value", sort=True)
    theirs = hand.set_index(keys).sort_index()
    if wide.index.tolist() != theirs.index.tolist():
        raise ValueError("group_measures: the two sides have different groups")
    return _columns(wide, *theirs.columns), _columns(theirs, *theirs.columns)


def _months(dates: pd.Series) -> pd.Series:
    return dates.dt.year * 12 + dates.dt.month - 1


def _halves(dates: pd.Series) -> pd.Series:
    return dates.dt.year * 2 + (dates.dt.month > 6)


COMPARED: dict[str, Callable[[pd.DataFrame, pd.DataFrame, dt.date], Compared]] = {
    "ageing_history": _compare_ageing,
    "item_transitions": _compare_transitions,
    "net_roll_rates": _compare_rolls,
    "cohorts": _compare_cohorts,
    "seasonality": _compare_seasons,
    "payer_profiles": _compare_profiles,
    "delay_distribution": _compare_delays,
    "claimable_penalties": _compare_penalties,
    "due_calendar": _compare_dues,
    "group_measures": _compare_groups,
}
