"""How each customer pays, half-year after half-year, and how the delays of each kind of payer are spread.

Facts are the items that fell due in the half-year: days late are those of their settlement, or of `as_of` for what is
still open. Open overdue items are included: without them the worst payers look best. Profiles, in the order of
`PROFILES`, with bounds from the policy: punctual, slightly_late, late, very_late by mean days late (by euro); irregular
where the days vary more than they average; unknown with too few items.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from riskkit.engine import Lazy
from riskkit.ledger.book import BEHAVIOUR_KINDS
from riskkit.ledger.items_settled import SettledLedger
from riskkit.ledger.month_calendar import half_starts
from riskkit.policy_measures import ProfilePolicy
from riskkit.schemas import Column, Table

c = nw.col
PROFILES = ("punctual", "slightly_late", "late", "very_late", "irregular", "unknown")
BINS = (-30, -15, -5, 0, 5, 15, 30, 45, 60, 90, 120, 180)
"""Upper edges of the bins of days late; a last bin has none."""

PAYER_PROFILES = Table(
    "payer_profiles",
    "a customer in a half-year in which something of its fell due",
    (
        Column("customer_id", "text", "the customer"),
        Column("period_start", "date", "first day of the half-year of the due dates"),
        Column("period_end", "date", "its last day, or the date of the run"),
        Column("profile", "text", "punctual, slightly_late, late, very_late, irregular or unknown (too few items)"),
        Column("items_count", "integer", "items that fell due, not cancelled in full"),
        Column("open_items_count", "integer", "of these, items still open at the date of the run"),
        Column("amount_cents", "cents", "what fell due, less what credit notes cancelled"),
        Column("mean_days_late", "number", "mean days late by euro; days in advance count as negative"),
        Column("mean_low_days", "number", "lower end of the mean's interval; missing with one item", nullable=True),
        Column("mean_high_days", "number", "upper end of the mean's interval", nullable=True),
        Column("spread_days", "number", "standard deviation of days late, by euro", nullable=True),
        Column("late_share", "number", "part of the amount settled, or still open, after the due date"),
        Column("previous_profile", "text", "profile in the half-year before; missing without one", nullable=True),
        Column("evolution", "text", "better, worse, stable, changed (to or from irregular), or unknown"),
    ),
)
DELAY_DISTRIBUTION = Table(
    "delay_distribution",
    "a range of days late among the items of the payers of one profile, or of all",
    (
        Column("profile", "text", "latest profile of the customer; all"),
        Column("low_days", "number", "days late above this; missing for the first range", nullable=True),
        Column("high_days", "number", "up to this, inclusive; missing for the last range", nullable=True),
        Column("items_count", "integer", "items settled in full, or open past their due date, over the last 12 months"),
        Column("open_items_count", "integer", "of these, items still open: their days will still grow"),
        Column("amount_cents", "cents", "their amount, less what credit notes cancelled"),
        Column("items_share", "number", "share of the profile's items"),
        Column("amount_share", "number", "share of the profile's amount"),
    ),
)


def dated_facts(ledger: SettledLedger) -> Lazy:
    """Items that fell due by `as_of` and say something of payment: customer_id, due_day, kept, late_days, is_open."""
    as_of = ledger.as_of.toordinal()
    kept = c("cents") - c("credited")
    known = ledger.items.filter(c("kind").is_in(BEHAVIOUR_KINDS) & (kept > 0))
    known = known.filter(((c("due_day") <= as_of) | ~c("settled_day").is_null()) & ~c("due_day").is_null())
    settled = nw.when(c("settled_day").is_null()).then(nw.lit(as_of)).otherwise(c("settled_day"))
    return known.select(
        "customer_id",
        "due_day",
        "due_half",
        kept=kept,
        late_days=settled - c("due_day"),
        is_open=nw.when(c("settled_day").is_null()).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64),
    ).filter(c("due_day") <= as_of)


def payer_profiles(ledger: SettledLedger) -> pd.DataFrame:
    """The profile of each payer in each half-year, and its evolution: `PAYER_PROFILES`."""
    weight, late = c("kept").cast(nw.Float64), c("late_days").cast(nw.Float64)
    grouped = (
        dated_facts(ledger)
        .group_by("customer_id", "due_half")
        .agg(
            nw.len().cast(nw.Int64).alias("items"),
            c("is_open").sum().cast(nw.Int64),
            c("kept").sum().cast(nw.Int64),
            (c("kept") * c("late_days")).sum().cast(nw.Int64).alias("weighted"),
            (weight * late * late).sum().alias("squared"),
            (weight * weight).sum().alias("weights_squared"),
            nw.when(c("late_days") > 0).then(c("kept")).otherwise(nw.lit(0)).sum().cast(nw.Int64).alias("late"),
        )
    )
    sums: pd.DataFrame = grouped.collect(backend="pandas").to_native()
    return profile_table(sums, ledger=ledger)


def profile_table(sums: pd.DataFrame, *, ledger: SettledLedger) -> pd.DataFrame:
    """Profiles from the sums by customer and half-year (see `payer_profiles`)."""
    policy = ledger.policy.measures.profiles
    sums = sums.sort_values(["customer_id", "due_half"], ignore_index=True)
    mean = sums["weighted"] / sums["kept"]
    variance = (sums["squared"] / sums["kept"] - mean**2).clip(lower=0)
    effective = sums["kept"].astype("float64") ** 2 / sums["weights_squared"]
    margin = _student(ledger.policy.confidence, effective) * np.sqrt(
        variance / (effective - 1).where(effective > 1.001)
    )
    profile = classify(mean, np.sqrt(variance), sums["items"], policy=policy)
    follows = (sums["customer_id"] == sums["customer_id"].shift(1)) & (
        sums["due_half"] == sums["due_half"].shift(1) + 1
    )
    previous = profile.shift(1).where(follows)
    # cast: without any row there is nothing to tell pandas that these are dates
    starts, ends = half_starts(sums["due_half"]), half_starts(sums["due_half"] + 1) - pd.Timedelta(days=1)
    ends = ends.astype("datetime64[us]")
    return PAYER_PROFILES.conform(
        pd.DataFrame(
            {
                "customer_id": sums["customer_id"],
                "period_start": starts,
                "period_end": ends.where(ends <= pd.Timestamp(ledger.as_of), pd.Timestamp(ledger.as_of)),
                "profile": profile,
                "items_count": sums["items"],
                "open_items_count": sums["is_open"],
                "amount_cents": sums["kept"],
                "mean_days_late": mean,
                "mean_low_days": mean - margin,
                "mean_high_days": mean + margin,
                "spread_days": np.sqrt(variance),
                "late_share": sums["late"] / sums["kept"],
                "previous_profile": previous,
                "evolution": _evolution(previous, profile),
            }
        )
    )


def classify(mean: pd.Series, spread: pd.Series, items: pd.Series, *, policy: ProfilePolicy) -> pd.Series:
    """Profile from the mean days late, their standard deviation and the number of items (see the module)."""
    irregular = (spread >= policy.irregular_days) & (spread > mean.abs())
    profile = np.select(
        [
            items < policy.min_items,
            irregular,
            mean <= policy.punctual_days,
            mean <= policy.slightly_late_days,
            mean <= policy.late_days,
        ],
        ["unknown", "irregular", "punctual", "slightly_late", "late"],
        default="very_late",
    )
    return pd.Series(profile, index=mean.index, dtype="str")


def _evolution(before: pd.Series, now: pd.Series) -> pd.Series:
    rank = {name: number for number, name in enumerate(PROFILES[:4])}
    step = now.map(rank).astype("float64") - before.map(rank).astype("float64")
    known = before.notna() & (before != "unknown") & (now != "unknown")
    changed = np.where(before == now, "stable", "changed")
    moved = np.select([step < 0, step > 0, step == 0], ["better", "worse", "stable"], default=changed)
    return pd.Series(np.where(known, moved, "unknown"), index=now.index, dtype="str")


def _student(confidence: float, effective: pd.Series) -> pd.Series:
    """Two-sided Student quantile for that many effective items."""
    from scipy.stats import t

    freedom = np.maximum(effective.to_numpy(dtype="float64") - 1, 1e-9)
    return pd.Series(t.ppf((1 + confidence) / 2, freedom), index=effective.index)


def delay_distribution(ledger: SettledLedger, profiles: pd.DataFrame) -> pd.DataFrame:
    """How days late spread over the last twelve months, for the payers of each profile: `DELAY_DISTRIBUTION`.

    The profile of a customer is its latest one. Ranges without items are kept, with 0.
    """
    as_of = ledger.as_of.toordinal()
    number = nw.lit(len(BINS))
    for place, edge in reversed(list(enumerate(BINS))):
        number = nw.when(c("late_days") <= edge).then(nw.lit(place)).otherwise(number)
    recent = dated_facts(ledger).filter(c("due_day") > as_of - 365).with_columns(range=number.cast(nw.Int64))
    grouped = recent.group_by("customer_id", "range").agg(
        nw.len().cast(nw.Int64).alias("items"), c("is_open").sum().cast(nw.Int64), c("kept").sum().cast(nw.Int64)
    )
    sums: pd.DataFrame = grouped.collect(backend="pandas").to_native()
    latest = profiles.drop_duplicates("customer_id", keep="last").set_index("customer_id")["profile"]
    sums["profile"] = sums["customer_id"].map(latest)
    both = pd.concat([sums, sums.assign(profile="all")], ignore_index=True)
    index = pd.MultiIndex.from_product([["all", *PROFILES], range(len(BINS) + 1)], names=["profile", "range"])
    table = both.groupby(["profile", "range"])[["items", "is_open", "kept"]].sum().reindex(index, fill_value=0)
    whole = table.groupby(level="profile").transform("sum")
    edges = pd.Series([np.nan, *BINS, np.nan], dtype="float64")
    places = table.index.get_level_values("range")
    return DELAY_DISTRIBUTION.conform(
        pd.DataFrame(
            {
                "profile": table.index.get_level_values("profile"),
                "low_days": edges.to_numpy()[places],
                "high_days": edges.to_numpy()[places + 1],
                "items_count": table["items"].to_numpy(),
                "open_items_count": table["is_open"].to_numpy(),
                "amount_cents": table["kept"].to_numpy(),
                "items_share": (table["items"] / whole["items"].where(whole["items"] > 0)).fillna(0).to_numpy(),
                "amount_share": (table["kept"] / whole["kept"].where(whole["kept"] > 0)).fillna(0).to_numpy(),
            }
        )
    )
