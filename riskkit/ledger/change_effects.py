"""What moved receivables, the overdue amount and DSO between two dates: volume, calendar, mix, behaviour, old balances.

An amount owed is written, at each date t, as

    amount = S × (Σ over customers g and ages a of  w_g × p_ga × u_ga  +  rest ÷ S)

with S the billing of the window, w_g the customer's part of it (mix), p_ga the part of the customer's billing that is
of the age band `a` (calendar), u_ga the part of that billing still owed, or overdue (behaviour); `rest` is what
is owed on anything else: items older than the window, unallocated payments, customers billed nothing on balance.
DSO is the amount ÷ S × the days of the window, so that growth alone (S) leaves it unchanged.

Each change is split by the Shapley value of the factors: the mean, over every order in which the factors could have
moved, of what each adds. It depends on no order and its parts add up to the change exactly (Shapley 1953; Ang 2004 for
its use on sums of products). A customer without billing at one date has there no calendar and no behaviour of its own:
it takes those of the other date, so that who comes or goes is mix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

EFFECTS = ("volume", "calendar", "mix", "behaviour", "old", "window")
BAND_EDGES = (30, 60, 90, 180)
"""Ages of billing, in days, at which one band ends: fine enough for the calendar, wide enough that a customer who buys
now and then is in the same band at both dates."""
_LEAST_NET_SHARE = 0.1
"""Net billing of a customer under this part of what was billed and credited to it makes no shares: it is `rest`."""


@dataclass(frozen=True)
class Position:
    """What is owed at a date. Money in cents.

    `cells`: customer_id, block (number of the age band, 0 the youngest), sales_cents, owed_cents: billing of the window
    by age, and what is owed on it. `rest`: owed_cents by customer_id, everything else (unallocated payments negative).
    `days`: length of the window.
    """

    cells: pd.DataFrame
    rest: pd.Series
    days: int

    @property
    def sales_cents(self) -> int:
        """Billing of the window."""
        return int(self.cells["sales_cents"].sum())

    @property
    def owed_cents(self) -> int:
        """All that is owed."""
        return int(self.cells["owed_cents"].sum()) + int(self.rest.sum())


@dataclass(frozen=True)
class Factors:
    """The factors of two positions, customer by customer.

    `sales`, `rest`: 2 × customers, cents. `inner[x, y]`: Σ over ages of the calendar of date x × the behaviour of date
    y, by customer, a share of billing. `shared_sales_share`: part of the later billing that has billing of the same
    customer and age at the earlier date.
    """

    customers: pd.Index
    sales: np.ndarray
    rest: np.ndarray
    inner: np.ndarray
    whole: tuple[int, int]
    shared_sales_share: float


def change_factors(before: Position, after: Position) -> Factors:
    """The factors of two positions. Both must have positive billing."""
    cells = before.cells.merge(after.cells, on=["customer_id", "block"], how="outer", suffixes=("_0", "_1"))
    rests = pd.concat([before.rest.rename(0), after.rest.rename(1)], axis=1)
    customers = pd.Index(sorted({*cells["customer_id"], *rests.index}), name="customer_id")
    rows = customers.get_indexer(pd.Index(cells["customer_id"]))
    width = int(cells["block"].max()) + 1 if len(cells) else 1
    sold, owed = (np.zeros((2, len(customers), width)) for _ in range(2))
    for date in (0, 1):
        sold[date, rows, cells["block"]] = cells[f"sales_cents_{date}"].fillna(0).to_numpy("float64")
        owed[date, rows, cells["block"]] = cells[f"owed_cents_{date}"].fillna(0).to_numpy("float64")
    net, gross = sold.sum(axis=2), np.abs(sold).sum(axis=2)
    ruled = net > _LEAST_NET_SHARE * gross
    billed = (sold != 0) & ruled[:, :, None]
    rest = rests.reindex(customers).fillna(0).to_numpy("float64").T + np.where(billed, 0, owed).sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        calendar = np.where(ruled[:, :, None], sold / net[:, :, None], np.nan)
        behaviour = np.where(billed, owed / sold, np.nan)
    calendar, behaviour = (np.nan_to_num(_lend(part)) for part in (calendar, behaviour))
    inner = np.einsum("xga,yga->xyg", calendar, behaviour)
    shared = sold[1][(sold[0] != 0) & (sold[1] != 0)].sum() / sold[1].sum()
    return Factors(
        customers, np.where(ruled, net, 0), rest, inner, (before.sales_cents, after.sales_cents), float(shared)
    )


def effects_by_customer(factors: Factors) -> pd.DataFrame:
    """calendar, mix, behaviour and old, by customer_id, as changes of what is owed for one unit of billing.

    The mix of a customer is told against the mean of the portfolio: who weighs more and owes less than the mean has a
    negative one. Where some customers have no share of billing (see `Factors`) the sums by customer of the mix do not
    tell the whole: `split_change` does.
    """
    weights = factors.sales / np.array(factors.whole)[:, None]
    mean = float(np.mean([(weights[t] * factors.inner[t, t]).sum() for t in (0, 1)]))
    terms = weights[:, None, None, :] * factors.inner[None]
    parts = _shapley(terms)
    old = factors.rest / np.array(factors.whole)[:, None]
    return pd.DataFrame(
        {
            "calendar": parts["calendar"],
            "mix": parts["mix"] - (weights[1] - weights[0]) * mean,
            "behaviour": parts["behaviour"],
            "old": old[1] - old[0],
        },
        index=factors.customers,
    )


def split_change(factors: Factors, times: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """The effects on what is owed for one unit of billing, and its level before and after: `level_0`, `level_1`.

    Parameters
    ----------
    factors
        Of the two dates.
    times
        Draws × customers: how many times each customer counts; None counts each once.

    """
    counts = np.ones((1, len(factors.customers))) if times is None else times
    sales = np.stack([counts @ (factors.sales[t] + 0.0) for t in (0, 1)])
    # what is billed on balance to customers without shares stays in the whole
    aside = np.array(factors.whole) - factors.sales.sum(axis=1)
    whole = sales + aside[:, None]
    terms = np.empty((2, 2, 2, len(counts)))
    for t in (0, 1):
        for x in (0, 1):
            for y in (0, 1):
                terms[t, x, y] = counts @ (factors.sales[t] * factors.inner[x, y]) / whole[t]
    old = np.stack([counts @ factors.rest[t] for t in (0, 1)]) / whole
    parts = _shapley(terms)
    return {
        **parts,
        "old": old[1] - old[0],
        "level_0": terms[0, 0, 0] + old[0],
        "level_1": terms[1, 1, 1] + old[1],
        "sales_0": whole[0],
        "sales_1": whole[1],
    }


def _shapley(terms: np.ndarray) -> dict[str, np.ndarray]:
    """Mean over the six orders of three factors; `terms[w, p, u]` is the sum with each factor of date 0 or 1."""
    t = terms
    return {
        "mix": (t[1, 0, 0] - t[0, 0, 0]) / 3 + (t[1, 1, 0] - t[0, 1, 0] + t[1, 0, 1] - t[0, 0, 1]) / 6
        + (t[1, 1, 1] - t[0, 1, 1]) / 3,
        "calendar": (t[0, 1, 0] - t[0, 0, 0]) / 3 + (t[1, 1, 0] - t[1, 0, 0] + t[0, 1, 1] - t[0, 0, 1]) / 6
        + (t[1, 1, 1] - t[1, 0, 1]) / 3,
        "behaviour": (t[0, 0, 1] - t[0, 0, 0]) / 3 + (t[1, 0, 1] - t[1, 0, 0] + t[0, 1, 1] - t[0, 1, 0]) / 6
        + (t[1, 1, 1] - t[1, 1, 0]) / 3,
    }  # fmt: skip


def amount_effects(parts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The effects on an amount, in cents: volume is the change of billing at the mean level."""
    sales = (parts["sales_0"] + parts["sales_1"]) / 2
    level = (parts["level_0"] + parts["level_1"]) / 2
    made = {name: parts[name] * sales for name in ("calendar", "mix", "behaviour", "old")}
    return {"volume": (parts["sales_1"] - parts["sales_0"]) * level, **made, "window": np.zeros_like(level)}


def days_effects(parts: dict[str, np.ndarray], *, days: tuple[int, int]) -> dict[str, np.ndarray]:
    """The effects on DSO, in days: `window` is that of the days of the sales window, `volume` none."""
    mean, level = (days[0] + days[1]) / 2, (parts["level_0"] + parts["level_1"]) / 2
    made = {name: parts[name] * mean for name in ("calendar", "mix", "behaviour", "old")}
    return {"volume": np.zeros_like(level), **made, "window": level * (days[1] - days[0])}


def whole_units(effects: dict[str, float], total: int) -> dict[str, int]:
    """The effects as whole units that add up to `total`: rounded down, then up where most was cut."""
    down = {name: int(np.floor(value)) for name, value in effects.items()}
    left = total - sum(down.values())
    order = sorted(effects, key=lambda name: down[name] - effects[name])
    if not 0 <= left <= len(order):
        raise ValueError(f"effects of {sum(effects.values())} do not add up to {total}")
    return {name: down[name] + (name in order[:left]) for name in effects}


def _lend(part: np.ndarray) -> np.ndarray:
    """What is not known at one date, as at the other."""
    return np.stack([np.where(np.isnan(part[t]), part[1 - t], part[t]) for t in (0, 1)])
