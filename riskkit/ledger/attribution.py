"""Which groups of customers carry the overdue: shares, lift, excess in euros, and whether chance explains them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from riskkit.errors import Message, message
from riskkit.ledger.customer_resampling import resampled_intervals
from riskkit.ledger.dimensions import UNKNOWN, Grouping, dimension_of
from riskkit.ledger.driver_search import Search
from riskkit.ledger.equal_strata import adjusted
from riskkit.ledger.group_search import single_groups
from riskkit.policy_drivers import DriverPolicy
from riskkit.schemas import Column, Table

ATTRIBUTION = Table(
    "attribution",
    "a group of customers at one level of one dimension",
    (
        Column("dimension", "text", "sector, region, headcount, size, age, legal_form, terms, sales_person, "
               "payment_method, or a column of the client's file (x_…)"),
        Column("level", "text", "section, division, group, class or subclass of the sector; else the dimension"),
        Column("code", "text", "the group; 'unknown' is a group of its own"),
        Column("label", "text", "name of the group for a reader"),
        Column("parent_level", "text", "level of the group it is a part of; missing at the first level", nullable=True),
        Column("parent_code", "text", "group of the level above; missing at the first level", nullable=True),
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
        Column("excess_overdue_cents", "cents", "overdue beyond the group's share of exposure; a level sums to 0"),
        Column("excess_overdue_low_cents", "cents", "lower end of its interval", nullable=True),
        Column("excess_overdue_high_cents", "cents", "upper end", nullable=True),
        Column("adjusted_lift", "number", "overdue ÷ what its exposure would give at the rates of customers of equal "
               "size and terms", nullable=True),
        Column("adjusted_excess_cents", "cents", "overdue beyond that; a level sums to 0"),
        Column("largest_customer_share", "number", "its largest customer's part of its overdue", nullable=True),
        Column("largest_customer_name", "text", "name of that customer, or its id", nullable=True),
        Column("lift_without_largest", "number", "lift when that customer is left out of everything", nullable=True),
        Column("stable_months_count", "integer", "month ends looked back at, each from what was known then"),
        Column("same_sign_share", "number", "share of them at which the excess had the same sign", nullable=True),
        Column("same_rank_share", "number", "share of them at which it was as high in its level, one place more or "
               "less", nullable=True),
        Column("corrected_p", "number", "chance of such an excess at equal size and terms, corrected for all groups "
               "searched", nullable=True),
        Column("is_unknown", "flag", "True for the customers whose group is not known"),
        Column("is_finding", "flag", "True when the group stands out beyond chance, and not by one customer"),
        Column("reason", "text", "why there is no lift, or why a lift above 1 is not a finding", nullable=True),
    ),
)  # fmt: skip

NOTHING_OVERDUE = message("Nothing is overdue at this date: there is nothing to attribute.")
NO_DUE_DATE = message("Nothing that is open has a due date: what is overdue is not computable.")
ONE_GROUP = message("All customers are in one group: there is nothing to compare it with.")
ALL_UNKNOWN = message("The group of every customer is unknown: there is nothing to compare.")
NO_EXPOSURE = message("No open item at this date.")
UNKNOWN_GROUP = message("Customers whose group is unknown do not make a group.")
FEW_CUSTOMERS = message("Too few of its customers are overdue.")
ONE_CUSTOMER = message("One customer makes most of its overdue.")
LEANS_ON_LARGEST = message("Without its largest customer it no longer stands out.")
CHANCE = message("Chance between customers, over all groups searched, explains it.")
MECHANICAL = message("Terms move the overdue share by themselves: longer ones hold more that is not yet due.")


def attribute(
    positions: pd.DataFrame,
    grouping: Grouping,
    search: Search,
    *,
    policy: DriverPolicy,
    draws: int,
    confidence: float,
    seed: int,
    language: str = "fr",
) -> pd.DataFrame:
    """Each group's part of the overdue against its part of exposure and of sales, level by level.

    From: positions (`customer_positions.POSITIONS`), the groups of the same customers in the same order, and the search
          made on them.
    To:   `ATTRIBUTION`, largest overdue first within each level, stability left empty. Excess is rounded to the cent by
          largest remainders, so that each level sums to 0 exactly.

    Parameters
    ----------
    policy
        What a finding needs.
    draws, confidence, seed
        Of the bootstrap by customer. The same seed gives the same figures, whatever the order of rows.
    language
        Of the labels that are data.

    Notes
    -----
    A group is a finding when all of this holds: its excess at equal size and terms is beyond chance, corrected for all
    groups searched; the interval of its lift is above 1; enough of its customers are overdue; its largest one makes
    less than `max_largest_share` of its overdue; and without that customer it is still significant by itself.
    """
    levels = grouping.levels
    if positions.empty or not levels:
        return ATTRIBUTION.empty()
    tables = [_level_sums(positions, grouping, level, language=language) for level in levels]
    live = (positions["open_items_cents"] > 0).to_numpy()
    if live.any():
        _add_intervals(tables, positions, grouping, live, draws=draws, confidence=confidence, seed=seed)
    evidence = search.evidence()
    adjusted_cents = adjusted(positions, grouping.codes, count=policy.size_strata)
    for level, table in zip(levels, tables, strict=True):
        expected = table["code"].map(adjusted_cents[level])
        table["adjusted_excess_cents"] = table["overdue_cents"] - expected
        table["adjusted_lift"] = (table["overdue_cents"] / expected.where(expected > 0)).astype("float64")
        _judge(table, evidence.get(level, {}), level=level, policy=policy)
    whole = pd.concat([ATTRIBUTION.conform(table)[ATTRIBUTION.names] for table in tables], ignore_index=True)
    return whole


def _level_sums(positions: pd.DataFrame, grouping: Grouping, level: str, *, language: str) -> pd.DataFrame:
    """Amounts, counts, shares and the largest overdue customer of each group, largest overdue first."""
    rows = positions.assign(code=grouping.codes[level].to_numpy(), is_overdue=positions["overdue_cents"] > 0)
    rows = rows.sort_values("customer_id", kind="stable", ignore_index=True)
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
    amounts = {"sales_share": "sales_12m_cents", "exposure_share": "open_items_cents", "overdue_share": "overdue_cents"}
    for share, amount in amounts.items():
        total = groups[amount].sum()
        groups[share] = groups[amount] / total if total > 0 else np.nan
    groups["lift"] = groups["overdue_share"] / groups["exposure_share"].where(groups["exposure_share"] > 0)
    groups["sales_lift"] = groups["overdue_share"] / groups["sales_share"].where(groups["sales_share"] > 0)
    groups["excess_overdue_cents"] = excess_cents(groups["overdue_cents"], groups["open_items_cents"])
    groups["lift_without_largest"] = _lift_without(groups, largest)
    groups["dimension"], groups["level"] = dimension_of(level), level
    groups["label"] = [grouping.label(level, code, language=language) for code in groups["code"]]
    above = grouping.parent_level(level)
    if above is not None:
        pairs = pd.DataFrame({"code": grouping.codes[level], "above": grouping.codes[above]})
        parents = pairs[(pairs != UNKNOWN).all(axis=1)].drop_duplicates("code").set_index("code")["above"]
        groups["parent_code"] = groups["code"].map(parents)
        groups["parent_level"] = pd.Series(above, index=groups.index, dtype="str").where(groups["parent_code"].notna())
    groups["stable_months_count"] = 0
    return groups.sort_values(["overdue_cents", "code"], ascending=[False, True], ignore_index=True)


def _lift_without(groups: pd.DataFrame, largest: pd.DataFrame) -> pd.Series:
    """Lift of each group when its largest overdue customer is left out of everything."""
    owed = groups["overdue_cents"] - largest["overdue_cents"]
    exposed = groups["open_items_cents"] - largest["open_items_cents"]
    all_owed = groups["overdue_cents"].sum() - largest["overdue_cents"]
    all_exposed = groups["open_items_cents"].sum() - largest["open_items_cents"]
    lift: pd.Series = (owed / all_owed.where(all_owed > 0)) / (exposed / all_exposed.where(all_exposed > 0)).where(
        exposed > 0
    )
    return lift.astype("float64")


def excess_cents(overdue_cents: pd.Series, exposure_cents: pd.Series) -> list[int]:
    """U_j − R·E_j in whole cents, R·E_j rounded by largest remainders so that it sums to U; exact integers."""
    exposures = [int(cents) for cents in exposure_cents]
    overdue = [int(cents) for cents in overdue_cents]
    total, exposure = sum(overdue), sum(exposures)
    if exposure <= 0:
        return [0 for _ in overdue]
    parts = [divmod(total * cents, exposure) for cents in exposures]
    missing = total - sum(whole for whole, _ in parts)
    by_remainder = sorted(range(len(parts)), key=lambda j: (-parts[j][1], j))
    topped = set(by_remainder[:missing])
    return [u - whole - (j in topped) for j, (u, (whole, _)) in enumerate(zip(overdue, parts, strict=True))]


def _add_intervals(
    tables: list[pd.DataFrame],
    positions: pd.DataFrame,
    grouping: Grouping,
    live: np.ndarray[tuple[int], np.dtype[np.bool_]],
    *,
    draws: int,
    confidence: float,
    seed: int,
) -> None:
    """Intervals of every group of every level from the same draws, into the tables; customers in order of their ids."""
    order = np.argsort(positions["customer_id"].to_numpy(dtype=str), kind="stable")
    order = order[live[order]]
    groups = single_groups(grouping.codes.iloc[order], grouping.levels)
    found = resampled_intervals(
        groups.members,
        positions["overdue_cents"].to_numpy(np.float64)[order],
        positions["open_items_cents"].to_numpy(np.float64)[order],
        customers_count=len(positions),
        draws=draws,
        confidence=confidence,
        seed=seed,
    )
    place = {condition[0]: n for n, condition in enumerate(groups.conditions)}
    for table in tables:
        at = [place.get((level, code), -1) for level, code in zip(table["level"], table["code"], strict=True)]
        known = np.array(at) >= 0
        for name, ends in (("overdue_share", found.share), ("lift", found.lift), ("excess_overdue", found.excess)):
            for end, values in zip(("low", "high"), ends, strict=True):
                column = f"{name}_{end}" + ("_cents" if name == "excess_overdue" else "")
                taken = pd.Series(np.where(known, values[at], np.nan), index=table.index)
                table[column] = taken.round() if name == "excess_overdue" else taken


def _judge(
    table: pd.DataFrame, evidence: Mapping[str, tuple[float, bool]], *, level: str, policy: DriverPolicy
) -> None:
    """`corrected_p`, `is_finding`, `is_unknown` and `reason` of one level, into its table."""
    table["is_unknown"] = table["code"] == UNKNOWN
    table["corrected_p"] = [evidence.get(code, (np.nan, False))[0] for code in table["code"]]
    table["reason"] = pd.Series(None, index=table.index, dtype="str")
    table["is_finding"] = False
    if len(table) < 2 or table["overdue_cents"].sum() <= 0:
        table["reason"] = _why_not_comparable(table).template
        table[["lift", "sales_lift", "adjusted_lift"]] = np.nan
        return
    stands = pd.Series([evidence.get(code, (np.nan, False))[1] for code in table["code"]], index=table.index)
    certain = (table["corrected_p"] <= policy.false_alarm_rate) & (table["lift_low"] > 1)
    many = table["overdue_customers_count"] >= policy.min_overdue_customers
    spread = table["largest_customer_share"] < policy.max_largest_share
    searched = level != "terms"
    table["is_finding"] = certain & many & spread & stands & ~table["is_unknown"] & searched
    above = table["lift"] > 1
    for holds, why in (
        (~stands, LEANS_ON_LARGEST),
        (~certain, CHANCE),
        (~spread, ONE_CUSTOMER),
        (~many, FEW_CUSTOMERS),
        (pd.Series(not searched, index=table.index), MECHANICAL),
        (table["is_unknown"], UNKNOWN_GROUP),
    ):
        table.loc[above & holds, "reason"] = why.template
    table.loc[table["lift"].isna(), "reason"] = NO_EXPOSURE.template


def _why_not_comparable(table: pd.DataFrame) -> Message:
    if table["overdue_cents"].sum() <= 0:
        return NOTHING_OVERDUE
    return ALL_UNKNOWN if table["is_unknown"].all() else ONE_GROUP
