"""Which groups of customers carry the overdue: shares, lift, excess, and whether chance explains them.

Works for any column of text on customers: sector, region, size, sales person. `sectors` applies it to NAF levels.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pandas as pd

from riskkit.errors import Message, message
from riskkit.ledger.customer_resampling import (
    Floats,
    GroupedPositions,
    corrected_p,
    eligible,
    excess_and_error,
    lifts,
    resampled_sums,
    studentised,
)
from riskkit.schemas import Column, Table

UNKNOWN = "unknown"
MIN_OVERDUE_CUSTOMERS = 5
MAX_LARGEST_SHARE = 0.5

POSITIONS = Table(
    "customer_positions",
    "what a customer owes and bought at a date; group columns follow",
    (
        Column("customer_id", "text", "the customer"),
        Column("name", "text", "name of the customer", nullable=True),
        Column("open_items_cents", "cents", "exposure: gross open items"),
        Column("overdue_cents", "cents", "the part of the open items past its due date"),
        Column("sales_12m_cents", "cents", "sales of the last twelve months"),
    ),
)

ATTRIBUTION = Table(
    "attribution",
    "a group of customers, at one level of grouping",
    (
        Column("level", "text", "the grouping: section, division, or the name of any column"),
        Column("code", "text", "the group; 'unknown' is a group of its own"),
        Column("label", "text", "name of the group for a reader"),
        Column("customers_count", "integer", "customers in the group"),
        Column("overdue_customers_count", "integer", "of these, customers with something overdue"),
        Column("sales_12m_cents", "cents", "sales of the last twelve months"),
        Column("sales_share", "number", "share of all sales; missing when sales are not positive", nullable=True),
        Column("open_items_cents", "cents", "exposure: gross open items"),
        Column("exposure_share", "number", "share of all open items", nullable=True),
        Column("overdue_cents", "cents", "overdue amount"),
        Column("overdue_share", "number", "share of everything overdue", nullable=True),
        Column("overdue_share_low", "number", "lower end of its bootstrap interval by customer", nullable=True),
        Column("overdue_share_high", "number", "upper end", nullable=True),
        Column("lift", "number", "overdue_share ÷ exposure_share", nullable=True),
        Column("lift_low", "number", "lower end of its bootstrap interval by customer", nullable=True),
        Column("lift_high", "number", "upper end", nullable=True),
        Column("sales_lift", "number", "overdue_share ÷ sales_share", nullable=True),
        Column("excess_overdue_cents", "cents", "overdue beyond the group's share of exposure; the sum is 0"),
        Column("excess_overdue_low_cents", "cents", "lower end of its interval", nullable=True),
        Column("excess_overdue_high_cents", "cents", "upper end", nullable=True),
        Column("largest_customer_share", "number", "its largest customer's part of its overdue", nullable=True),
        Column("largest_customer_name", "text", "name of that customer, or its id", nullable=True),
        Column("lift_without_largest", "number", "lift when that customer is left out of everything", nullable=True),
        Column("corrected_p", "number", "chance of such an excess, corrected for all groups searched", nullable=True),
        Column("is_finding", "flag", "True when the group stands out beyond chance, and not by one customer"),
        Column("reason", "text", "why there is no lift, or why a lift above 1 is not a finding", nullable=True),
    ),
)

NOTHING_OVERDUE = message("Nothing is overdue at this date: there is nothing to attribute.")
ONE_GROUP = message("All customers are in one group: there is nothing to compare it with.")
ALL_UNKNOWN = message("The group of every customer is unknown: there is nothing to compare.")
NO_EXPOSURE = message("No open item at this date.")
UNKNOWN_GROUP = message("Customers whose group is unknown do not make a group.")
FEW_CUSTOMERS = message("Fewer than five of its customers are overdue.")
ONE_CUSTOMER = message("One customer makes half of its overdue or more.")
LEANS_ON_LARGEST = message("Without its largest customer it no longer stands out.")
CHANCE = message("Chance between customers, over all groups searched, explains it.")


def attribute(
    customer_positions: pd.DataFrame, *, by: str, draws: int, confidence: float, seed: int, searches: int = 1
) -> pd.DataFrame:
    """Each group's part of the overdue against its part of exposure and of sales, largest overdue first.

    From: customer_positions (`POSITIONS` and the column `by`), one row per customer; a customer may have several rows
          when its open items fall in several groups, and is still drawn as a whole.
    To:   `ATTRIBUTION`, one row per group. Missing and empty groups are the group 'unknown'.

    Parameters
    ----------
    by
        Column of text that holds the group.
    draws, confidence, seed
        Of the bootstrap by customer. Intervals are percentiles; the same seed gives the same figures, whatever the
        order of rows.
    searches
        How many groupings are searched together for findings: the p-values are multiplied by it.

    Notes
    -----
    A group is a finding when all of this holds: its lift interval is above 1; its excess is beyond chance at
    (1 − confidence) ÷ 2 in a permutation test corrected for all groups searched; five of its customers or more are
    overdue; its largest one makes less than half of its overdue; and without that customer its excess is still
    significant by itself. Excess is rounded to the cent by largest remainders, so that it sums to 0 exactly.


    """
    rows = _grouped_rows(customer_positions, by=by)
    if rows.empty:
        return ATTRIBUTION.empty()
    groups = _group_sums(rows)
    total_exposure = max(int(groups["open_items_cents"].sum()), 1)
    positions = GroupedPositions(
        overdue=rows["overdue_cents"].to_numpy(np.float64) / total_exposure,
        exposure=rows["open_items_cents"].to_numpy(np.float64) / total_exposure,
        bounds=np.concatenate([[0], np.cumsum(rows.groupby("code", sort=True).size().to_numpy())]),
        customer=pd.factorize(rows["customer_id"])[0].astype(np.int64),
        customers_count=rows["customer_id"].nunique(),
    )
    groups["excess_overdue_cents"] = _excess_cents(groups)
    groups["overdue_share"], groups["lift"] = lifts(positions.sums())
    groups["sales_lift"] = groups["overdue_share"] / groups["sales_share"].where(groups["sales_share"] > 0)
    groups["level"], groups["label"] = by, groups["code"]
    comparable = len(groups) > 1 and groups["overdue_cents"].sum() > 0
    if comparable:
        groups = _with_evidence(groups, positions, draws=draws, confidence=confidence, seed=seed, searches=searches)
        groups.loc[groups["lift"].isna(), "reason"] = NO_EXPOSURE.template
        groups["excess_overdue_low_cents"] = (groups["excess_overdue_low_cents"] * total_exposure).round()
        groups["excess_overdue_high_cents"] = (groups["excess_overdue_high_cents"] * total_exposure).round()
    else:
        groups["lift"], groups["sales_lift"], groups["is_finding"] = np.nan, np.nan, False
        groups["reason"] = _why_not_comparable(groups).template
    ordered = groups.sort_values(["overdue_cents", "code"], ascending=[False, True])
    return ATTRIBUTION.conform(ordered)[ATTRIBUTION.names]


def _grouped_rows(customer_positions: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """One row per group and customer, in an order that does not depend on the order given."""
    codes = customer_positions[by].astype("str").str.strip()
    coded = POSITIONS.conform(customer_positions[POSITIONS.names])
    if (wrong := coded["overdue_cents"] > coded["open_items_cents"]).any():
        first = coded.loc[wrong, "customer_id"].iloc[0]
        raise ValueError(f"{int(wrong.sum())} customers have more overdue than open items, first {first}")
    coded["code"] = codes.where(codes.notna() & (codes != ""), UNKNOWN).to_numpy()
    amounts = {name: (name, "sum") for name in POSITIONS.names if name.endswith("_cents")}
    rows: pd.DataFrame = coded.groupby(["code", "customer_id"], sort=True, as_index=False).agg(
        name=("name", "first"), **amounts
    )
    return rows


def _group_sums(rows: pd.DataFrame) -> pd.DataFrame:
    """Amounts, counts, shares and the largest overdue customer of each group, sorted by code."""
    rows = rows.assign(is_overdue=rows["overdue_cents"] > 0)
    by_code = rows.groupby("code", sort=True)
    groups = by_code.agg(
        customers_count=("customer_id", "size"),
        overdue_customers_count=("is_overdue", "sum"),
        sales_12m_cents=("sales_12m_cents", "sum"),
        open_items_cents=("open_items_cents", "sum"),
        overdue_cents=("overdue_cents", "sum"),
    ).reset_index()
    largest = rows.loc[by_code["overdue_cents"].idxmax()].reset_index(drop=True)
    owes = groups["overdue_cents"] > 0
    groups["largest_customer_share"] = (largest["overdue_cents"] / groups["overdue_cents"].where(owes)).astype(float)
    groups["largest_customer_name"] = largest["name"].fillna(largest["customer_id"]).where(owes)
    for share, amount in (("sales_share", "sales_12m_cents"), ("exposure_share", "open_items_cents")):
        total = groups[amount].sum()
        groups[share] = groups[amount] / total if total > 0 else np.nan
    return groups


def _excess_cents(groups: pd.DataFrame) -> list[int]:
    """U_j − R·E_j in whole cents, R·E_j rounded by largest remainders so that it sums to U; exact integers."""
    exposures = [int(cents) for cents in groups["open_items_cents"]]
    overdue = [int(cents) for cents in groups["overdue_cents"]]
    total, exposure = sum(overdue), sum(exposures)
    if exposure <= 0:
        return [0 for _ in overdue]
    parts = [divmod(total * cents, exposure) for cents in exposures]
    missing = total - sum(whole for whole, _ in parts)
    by_remainder = sorted(range(len(parts)), key=lambda j: (-parts[j][1], j))
    topped = set(by_remainder[:missing])
    return [u - whole - (j in topped) for j, (u, (whole, _)) in enumerate(zip(overdue, parts, strict=True))]


def _with_evidence(
    groups: pd.DataFrame, positions: GroupedPositions, *, draws: int, confidence: float, seed: int, searches: int
) -> pd.DataFrame:
    """The groups with their intervals, corrected p-value, verdict and reason; interval ends of excess not scaled."""
    known = (groups["code"] != UNKNOWN).to_numpy()
    many = (groups["overdue_customers_count"] >= MIN_OVERDUE_CUSTOMERS).to_numpy()
    tested = known & eligible(positions, min_overdue=MIN_OVERDUE_CUSTOMERS, max_largest=MAX_LARGEST_SHARE)
    resampled = resampled_sums(positions, draws=draws, seed=seed)
    p_values = corrected_p(
        positions,
        tested=tested,
        min_overdue=MIN_OVERDUE_CUSTOMERS,
        max_largest=MAX_LARGEST_SHARE,
        draws=draws,
        seed=seed + 1,
    )
    p_values = np.minimum(p_values * searches, 1.0)
    lift_without, statistic_without = _without_largest(positions)
    tail = (1 - confidence) / 2
    share_draws, lift_draws = lifts(resampled)
    groups = groups.assign(lift_without_largest=lift_without, corrected_p=p_values)
    excess_draws = excess_and_error(resampled)[0]
    for name, drawn in (("overdue_share", share_draws), ("lift", lift_draws), ("excess_overdue", excess_draws)):
        low, high = _ends(drawn, tail=tail)
        suffix = "_cents" if name == "excess_overdue" else ""
        groups[f"{name}_low{suffix}"], groups[f"{name}_high{suffix}"] = low, high
    certain = (p_values <= tail) & (groups["lift_low"] > 1).to_numpy()
    stands = statistic_without > NormalDist().inv_cdf(confidence)
    above = (groups["lift"] > 1).to_numpy()
    groups["is_finding"] = tested & certain & stands
    groups["reason"] = pd.Series(None, index=groups.index, dtype="str")
    for holds, why in (
        (~stands, LEANS_ON_LARGEST),
        (~certain, CHANCE),
        (~tested, ONE_CUSTOMER),
        (~many, FEW_CUSTOMERS),
        (~known, UNKNOWN_GROUP),
    ):
        groups.loc[above & holds, "reason"] = why.template
    return groups


def _ends(drawn: Floats, *, tail: float) -> Floats:
    """Both percentile ends of each group over the draws that give it a value; NaN where none does."""
    ends = np.full((2, drawn.shape[1]), np.nan)
    for group in range(drawn.shape[1]):
        values = drawn[np.isfinite(drawn[:, group]), group]
        if len(values):
            ends[:, group] = np.quantile(values, [tail, 1 - tail])
    return ends


def _without_largest(positions: GroupedPositions) -> tuple[Floats, Floats]:
    """Lift and studentised excess of each group when its largest overdue customer is left out of everything."""
    terms, observed = positions.terms, positions.sums()
    lift, statistic = np.full(len(observed), np.nan), np.full(len(observed), -np.inf)
    for group, (a, b) in enumerate(pairwise(positions.bounds)):
        rest = observed.copy()
        rest[group] = np.maximum(rest[group] - terms[a + int(np.argmax(positions.overdue[a:b]))], 0.0)
        lift[group] = lifts(rest)[1][group]
        statistic[group] = studentised(*excess_and_error(rest))[group]
    return lift, statistic


def _why_not_comparable(groups: pd.DataFrame) -> Message:
    if groups["overdue_cents"].sum() <= 0:
        return NOTHING_OVERDUE
    return ALL_UNKNOWN if groups["code"].iloc[0] == UNKNOWN else ONE_GROUP
