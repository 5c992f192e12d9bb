"""What drives the unpaid: the groups, pairs of groups and single customers found, each with its evidence in euros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from riskkit.ledger.customer_resampling import resampled_intervals
from riskkit.ledger.dimensions import SIZE_LEVELS, Grouping
from riskkit.ledger.driver_choice import best_description, holds
from riskkit.ledger.driver_search import STANDS, Search, standing
from riskkit.ledger.equal_strata import strata_of
from riskkit.ledger.group_search import Condition, Flags, residuals
from riskkit.policy_drivers import DriverPolicy
from riskkit.schemas import Column, Table

DRIVERS = Table(
    "drivers",
    "a group, a pair of groups or a single customer that makes more of the unpaid than its share; none may be found",
    (
        Column("rank", "integer", "1 is the largest excess"),
        Column("kind", "text", "group, pair (both conditions hold) or customer"),
        Column("level", "text", "level of the first condition; `customer` for a customer"),
        Column("code", "text", "group of that level, or customer_id"),
        Column("label", "text", "its name for a reader"),
        Column("second_level", "text", "of a pair, level of the second condition; of a customer, the level of the "
               "group that it passes for", nullable=True),
        Column("second_code", "text", "group of that level", nullable=True),
        Column("second_label", "text", "its name for a reader", nullable=True),
        Column("customers_count", "integer", "customers that meet the conditions"),
        Column("overdue_customers_count", "integer", "of these, customers with something overdue"),
        Column("sales_share", "number", "share of the sales of twelve months", nullable=True),
        Column("exposure_share", "number", "share of all open items"),
        Column("open_items_cents", "cents", "its open items"),
        Column("overdue_cents", "cents", "its overdue amount"),
        Column("overdue_share", "number", "share of everything overdue"),
        Column("overdue_share_low", "number", "lower end of its bootstrap interval by customer", nullable=True),
        Column("overdue_share_high", "number", "upper end", nullable=True),
        Column("lift", "number", "overdue_share ÷ exposure_share"),
        Column("lift_low", "number", "lower end of its interval", nullable=True),
        Column("lift_high", "number", "upper end", nullable=True),
        Column("excess_overdue_cents", "cents", "overdue beyond its share of exposure"),
        Column("excess_overdue_low_cents", "cents", "lower end of its interval", nullable=True),
        Column("excess_overdue_high_cents", "cents", "upper end", nullable=True),
        Column("largest_customer_share", "number", "its largest customer's part of its overdue"),
        Column("largest_customer_name", "text", "name of that customer, or its id"),
        Column("corrected_p", "number", "chance of such an excess, corrected for all groups and pairs tried; missing "
               "for a customer", nullable=True),
        Column("within_size_lift", "number", "lift against customers of equal size; missing for a size", nullable=True),
        Column("within_terms_lift", "number", "lift against customers of equal terms", nullable=True),
        Column("within_both_lift", "number", "lift against customers of equal size and terms", nullable=True),
        Column("survives_within_size", "flag", "True when it stands out at equal size"),
        Column("survives_within_terms", "flag", "True when it stands out at equal terms"),
        Column("survives_within_both", "flag", "True when it stands out at equal size and terms"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class _Book:
    """What describing a driver needs, rows as in the search."""

    positions: pd.DataFrame
    grouping: Grouping
    search: Search
    policy: DriverPolicy
    draws: int
    confidence: float
    seed: int
    language: str


def find_drivers(
    positions: pd.DataFrame,
    grouping: Grouping,
    search: Search,
    *,
    draws: int,
    confidence: float,
    seed: int,
    is_catch_all: pd.Series | None = None,
    language: str = "fr",
) -> pd.DataFrame:
    """The drivers of the unpaid, largest excess first.

    From: positions (`customer_positions.POSITIONS`), the groups of the same customers and the search over them;
          is_catch_all, True for accounts that mix one-off customers, which are never named.
    To:   `DRIVERS`; empty when nothing stands out.

    Notes
    -----
    Each step announces the group or pair farthest beyond the chance of its own family (so that a pair pays for the
    many pairs tried), replaced by a wider group that holds it when what the wider one adds stands out as well. It must
    also have an interval of lift above 1, enough overdue customers, no customer that makes most of its overdue, and
    stand out without its largest one. A customer is named when it makes `customer_share` of everything overdue.
    """
    policy = search.policy
    book = _Book(positions, grouping, search, policy, draws, confidence, seed, language)
    if positions.empty or positions["overdue_cents"].sum() <= 0:
        return DRIVERS.empty()
    rows = [*_groups_found(book), *_customers_named(book, is_catch_all)]
    if not rows:
        return DRIVERS.empty()
    frame = pd.DataFrame(rows).sort_values(["excess_overdue_cents", "code"], ascending=[False, True], ignore_index=True)
    return DRIVERS.conform(frame.assign(rank=np.arange(1, len(frame) + 1)))[DRIVERS.names]


def _groups_found(book: _Book) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    search = book.search
    if not sum(map(len, search.families)):
        return found
    while len(found) < book.policy.max_findings:
        announced = _next_driver(search, book)
        if announced is None:
            return found
        row, inside = announced
        found.append(row)
        search = search.given(inside)
    return found


def _next_driver(search: Search, book: _Book) -> tuple[dict[str, Any], Flags] | None:
    """The first candidate that holds, with its members."""
    candidates = search.candidates()
    for candidate in candidates:
        chosen = best_description(candidate, candidates, search)
        groups = search.families[chosen.family]
        inside = groups.inside(chosen.group)
        if not holds(inside, chosen.family, search):
            continue
        row = _described(groups.conditions[chosen.group], inside, book)
        if row["lift_low"] > 1:
            return row | {"corrected_p": chosen.corrected_p}, inside
    return None


def _described(conditions: tuple[Condition, ...], inside: Flags, book: _Book) -> dict[str, Any]:
    """Figures of a group, of all its customers: those without an open item too."""
    from scipy import sparse

    codes, positions, search = book.grouping.codes, book.positions, book.search
    meets = np.ones(len(codes), dtype=np.bool_)
    for level, code in conditions:
        meets &= (codes[level] == code).to_numpy()
    members = positions[meets]
    ends = resampled_intervals(
        sparse.csr_matrix(inside[None, :].astype(np.float64)),
        positions["overdue_cents"].to_numpy(np.float64)[search.rows],
        positions["open_items_cents"].to_numpy(np.float64)[search.rows],
        customers_count=len(positions),
        draws=book.draws,
        confidence=book.confidence,
        seed=book.seed,
    )
    first, second = conditions[0], conditions[1] if len(conditions) > 1 else None
    return {
        "kind": "pair" if second else "group",
        "level": first[0],
        "code": first[1],
        "label": book.grouping.label(*first, language=book.language),
        "second_level": second[0] if second else None,
        "second_code": second[1] if second else None,
        "second_label": book.grouping.label(*second, language=book.language) if second else None,
        **_amounts(members, positions),
        "overdue_share_low": ends.share[0, 0],
        "overdue_share_high": ends.share[1, 0],
        "lift_low": ends.lift[0, 0],
        "lift_high": ends.lift[1, 0],
        "excess_overdue_low_cents": round(ends.excess[0, 0]),
        "excess_overdue_high_cents": round(ends.excess[1, 0]),
        **_within(conditions, inside, book),
    }


def _amounts(members: pd.DataFrame, positions: pd.DataFrame) -> dict[str, Any]:
    overdue, opened = int(members["overdue_cents"].sum()), int(members["open_items_cents"].sum())
    all_overdue, all_open = int(positions["overdue_cents"].sum()), int(positions["open_items_cents"].sum())
    sales = int(positions["sales_12m_cents"].sum())
    largest = members.sort_values(["overdue_cents", "customer_id"], ascending=[False, True]).iloc[0]
    named = largest["name"] if pd.notna(largest["name"]) else largest["customer_id"]
    return {
        "customers_count": len(members),
        "overdue_customers_count": int((members["overdue_cents"] > 0).sum()),
        "sales_share": int(members["sales_12m_cents"].sum()) / sales if sales > 0 else np.nan,
        "exposure_share": opened / all_open,
        "open_items_cents": opened,
        "overdue_cents": overdue,
        "overdue_share": overdue / all_overdue,
        "lift": (overdue / all_overdue) / (opened / all_open),
        "excess_overdue_cents": overdue - round(all_overdue * opened / all_open),
        "largest_customer_share": int(largest["overdue_cents"]) / overdue,
        "largest_customer_name": str(named),
    }


def _within(conditions: tuple[Condition, ...], inside: Flags, book: _Book) -> dict[str, Any]:
    """Lift against customers alike, and whether the group stands out among them."""
    search, count = book.search, book.policy.size_strata
    levels = [level for level, _ in conditions]
    result: dict[str, Any] = {}
    for name, level in (("size", "terms"), ("terms", SIZE_LEVELS[0]), ("both", "")):
        itself = (name != "terms" and set(levels) & set(SIZE_LEVELS)) and len(levels) == 1
        strata = strata_of(search.codes, search.sales_cents, count=count, level=level)
        beyond = residuals(search.overdue, search.exposure, strata)
        owed = float(search.overdue[inside].sum())
        expected = owed - float(beyond[inside].sum())
        result[f"within_{name}_lift"] = np.nan if itself or expected <= 0 else owed / expected
        result[f"survives_within_{name}"] = (
            not itself and standing(inside, search.overdue, search.exposure, strata) > STANDS
        )
    return result


def _customers_named(book: _Book, is_catch_all: pd.Series | None) -> list[dict[str, Any]]:
    """The customers who make a large part of everything overdue, more than their share of exposure."""
    positions, policy = book.positions, book.policy
    owed = positions["overdue_cents"] / positions["overdue_cents"].sum()
    share = positions["open_items_cents"] / positions["open_items_cents"].sum()
    large = (owed >= policy.customer_share) & (owed > share)
    if is_catch_all is not None:
        large &= ~is_catch_all.to_numpy(dtype=bool)
    rows = []
    for place in np.flatnonzero(large.to_numpy()).tolist():
        member = positions.iloc[[place]]
        name = str(member["name"].iloc[0]) if pd.notna(member["name"].iloc[0]) else str(member["customer_id"].iloc[0])
        row = {
            "kind": "customer",
            "level": "customer",
            "code": str(member["customer_id"].iloc[0]),
            "label": name,
            **_amounts(member, positions),
            **dict.fromkeys(("survives_within_size", "survives_within_terms", "survives_within_both"), False),
        }
        rows.append(row | _posing(place, book))
    return rows


def _posing(place: int, book: _Book) -> dict[str, Any]:
    """The widest sector that a customer passes for: it makes most of that sector's overdue."""
    positions, codes = book.positions, book.grouping.codes
    for level in (level for level in ("section", "division") if level in codes):
        group = codes[level] == codes[level].iloc[place]
        whole = int(positions.loc[group.to_numpy(), "overdue_cents"].sum())
        if int(positions["overdue_cents"].iloc[place]) >= book.policy.max_largest_share * whole:
            code = str(codes[level].iloc[place])
            return {
                "second_level": level,
                "second_code": code,
                "second_label": book.grouping.label(level, code, language=book.language),
            }
    return {}
