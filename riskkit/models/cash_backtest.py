"""The forecast tested on past dates: what each method would have said with what was known then, against what came.

Weekly WAPE (weighted absolute percentage error) is

    Σ_dates Σ_weeks |forecast − actual| ÷ Σ_dates Σ_weeks actual

where week k of a date holds days 7k − 6 to 7k after it, and both sides are the cash, in euros, that settles items
open at the date. Cash of invoices issued later is on neither side. Only weeks over at the valuation date count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from riskkit.models.cash_baselines import BASELINES
from riskkit.models.cash_spread import BLOCKS, CashSpread, PastPeriods, block_bounds, block_sums, period_shock
from riskkit.models.delay_intervals import delay_scores, replay
from riskkit.models.forecast_tables import CASH_BACKTEST, CASH_BACKTEST_SUMMARY
from riskkit.models.payment_pool import PastChances, pool_weights, pooled, weekly_left
from riskkit.models.payment_time import CustomerFacts, Payments, fit_payment_time
from riskkit.models.pieces import CASH, Days, Floats, Pieces
from riskkit.models.shared_effects import PairSums, draw_cash, first_cash, normal_scores, pair_sums, shares_of
from riskkit.policy_forecast import HORIZON_DAYS, HORIZON_WEEKS, LEVELS, ForecastPolicy

SIMPLE, FULL = "curve_calendar", "calendar"
"""Layers of a run: all customers alike with their pay days, and each with its habit."""
POOL = "pool"
METHOD_NAMES = {POOL: "model", SIMPLE: "shared_curve", FULL: "own_habits"}
"""Their average by past success is the model (`payment_pool`)."""
BACKTEST_DRAWS = 250
ITEM_LEVEL = 0.8
"""Level of the interval of each item's payment date."""
_BOOTSTRAP = 1_000
_FOUR_WEEKS = 4


@dataclass
class PastErrors:
    """What past dates taught, in order of dates: products of scores, periods by kind, each with when it was known.

    `items` holds, by layer, the day of each date and the scores of the items open then (see `delay_intervals`).
    """

    pairs: list[tuple[int, PairSums]] = field(default_factory=list)
    items: dict[str, list[tuple[int, Floats]]] = field(default_factory=dict)
    chances: list[PastChances] = field(default_factory=list)
    periods: dict[str, list[tuple[int, PastPeriods]]] = field(default_factory=lambda: {kind: [] for kind in BLOCKS})

    def shares_at(self, day: int) -> list[PairSums]:
        """Products of scores known by that day."""
        return [sums for known, sums in self.pairs if known <= day]

    def weights_at(self, day: int) -> Floats:
        """Weights of `SIMPLE` and `FULL` in the pool, from what was known by that day."""
        return pool_weights(self.chances, known_day=day, models=2)

    def item_share(self, layer: str) -> float:
        """Central share of an item's distribution that keeps the promise of `ITEM_LEVEL`."""
        if layer not in self.items:
            return ITEM_LEVEL
        given = np.concatenate([np.full(len(scores), day) for day, scores in self.items[layer]])
        scores = np.concatenate([scores for _, scores in self.items[layer]])
        return replay(given, given + HORIZON_DAYS, scores, level=ITEM_LEVEL)[1].share

    def shocks_at(self, day: int) -> dict[str, float]:
        """τ by kind of period from the periods that were over by that day."""
        return {
            kind: period_shock([past for known, past in seen if known <= day]) for kind, seen in self.periods.items()
        }


@dataclass(frozen=True)
class Backtest:
    """Rows and summary (see `forecast_tables`), what past errors say of the spread, and the layer that won."""

    rows: pd.DataFrame
    summary: pd.DataFrame
    errors: PastErrors
    layer: str


def backtest_cash(
    pieces: Mapping[dt.date, Pieces],
    outcomes: Pieces,
    *,
    facts: CustomerFacts,
    policy: ForecastPolicy,
    seed: int,
    layers: Sequence[str] = (SIMPLE, FULL),
    baselines: bool = True,
) -> Backtest:
    """Forecast each past date as it was, and compare.

    Parameters
    ----------
    pieces
        Struck at each past date.
    outcomes
        Struck at the valuation date: the cash that came.
    facts
        Dated facts; each date uses those it knew.
    policy
        As for a forecast.
    seed
        Of the draws.
    layers
        Layers that are compared, the simplest first. The pool of `SIMPLE` and `FULL` is added, and kept only where it
        beats `SIMPLE` on items: the mean of −log of the probability given to the week in which an item's cash came.
    baselines
        False leaves the simple rules out.

    """
    rows: list[pd.DataFrame] = []
    errors, losses = PastErrors(), dict[str, list[Floats]]()
    for date in sorted(pieces):
        past = pieces[date]
        days = min(HORIZON_DAYS, outcomes.as_of - past.as_of) // 7 * 7
        if days < 7 or not past.is_open.any():
            continue
        actual = actual_cash(past, outcomes)[:days]
        forecasts = {name: rule(past) for name, rule in BASELINES.items()} if baselines else {}
        opened = past.only(past.is_open)
        wait = first_cash(opened, outcomes, days=days)
        told = _told(past, opened, facts, errors, layers, policy=policy, seed=seed)
        for layer, expected in told.items():
            name = METHOD_NAMES.get(layer, layer)
            forecasts[name] = opened.cents @ expected.cash
            losses.setdefault(name, []).append(_item_losses(expected.owed, wait, days))
            if days == HORIZON_DAYS:
                errors.items.setdefault(layer, []).append((past.as_of, delay_scores(1 - expected.owed, wait + 1)))
        spread = None
        if told:
            best = told[list(told)[-1]]
            spread = _spread(opened, best.cash, facts, errors, seed=seed)
            if days == HORIZON_DAYS:
                scores = normal_scores(best.owed, wait, seed=seed)
                sums = pair_sums(scores, opened.customer, facts.segment)
                errors.pairs.append((past.as_of + HORIZON_DAYS, sums))
        if POOL in told:
            left = np.stack([weekly_left(told[layer].owed) for layer in (SIMPLE, FULL)])
            errors.chances.append(PastChances(past.as_of, left, wait))
        rows += [_week_rows(date, name, cash[:days], actual, spread) for name, cash in forecasts.items()]
        if spread is not None:
            _remember(errors, past.as_of, spread, actual)
    table = CASH_BACKTEST.conform(pd.concat(rows, ignore_index=True)) if rows else CASH_BACKTEST.empty()
    item_loss = {name: float(np.concatenate(parts).mean()) for name, parts in losses.items()}
    layer = _winner(item_loss)
    summary = summarise(table, chosen=METHOD_NAMES.get(layer, layer), item_loss=item_loss, seed=seed)
    return Backtest(table, summary, errors, layer)


def _told(
    past: Pieces,
    opened: Pieces,
    facts: CustomerFacts,
    errors: PastErrors,
    layers: Sequence[str],
    *,
    policy: ForecastPolicy,
    seed: int,
) -> dict[str, Payments]:
    """What each layer says of the open items at a past date, the pool last; empty with too little history."""
    told = {}
    for layer in layers:
        model = fit_payment_time(past, facts=facts, policy=policy, seed=seed, layer=layer)
        if model is not None:
            told[layer] = model.predict(opened)
    if SIMPLE in told and FULL in told:
        told[POOL] = pooled([told[SIMPLE], told[FULL]], errors.weights_at(past.as_of))
    return told


def actual_cash(pieces: Pieces, outcomes: Pieces) -> Floats:
    """Cash of each day of the horizon that settled items open at the date of `pieces`, cents."""
    later = (outcomes.exit == CASH) & (outcomes.issue <= pieces.as_of) & (outcomes.out > pieces.as_of)
    came = outcomes.only(later & (outcomes.out <= pieces.as_of + HORIZON_DAYS))
    return np.bincount(came.out - pieces.as_of - 1, came.cents, HORIZON_DAYS)[:HORIZON_DAYS].astype(np.float64)


def summarise(rows: pd.DataFrame, *, chosen: str, item_loss: Mapping[str, float], seed: int) -> pd.DataFrame:
    """Errors and coverage of each method over its rows (see `CASH_BACKTEST_SUMMARY`)."""
    lines = []
    for method, own in rows.groupby("method", sort=False):
        table = own.assign(miss=(own["expected_cents"] - own["actual_cents"]).abs())
        by_date = table.groupby("as_of")[["miss", "actual_cents"]].sum().to_numpy(dtype=float)
        low, high = _bootstrap(by_date, seed)
        early = table[table["week"] <= _FOUR_WEEKS].groupby("as_of")[["expected_cents", "actual_cents", "week"]]
        four = early.agg({"expected_cents": "sum", "actual_cents": "sum", "week": "max"})
        four = four[four["week"] == _FOUR_WEEKS]
        missed = float((four["expected_cents"] - four["actual_cents"]).abs().sum())
        lines.append(
            {
                "method": method,
                "is_chosen": method == chosen,
                "dates_count": len(by_date),
                "weeks_count": len(table),
                "weekly_wape_rate": _ratio(by_date[:, 0].sum(), by_date[:, 1].sum()),
                "low_rate": low,
                "high_rate": high,
                "four_week_error_rate": _ratio(missed, float(four["actual_cents"].sum())),
                "item_loss": item_loss.get(str(method), float("nan")),
                **{f"coverage_{round(100 * level)}_rate": _coverage(table, round(100 * level)) for level in LEVELS},
            }
        )
    return CASH_BACKTEST_SUMMARY.conform(pd.DataFrame(lines, columns=CASH_BACKTEST_SUMMARY.names))


def _spread(opened: Pieces, cash: Floats, facts: CustomerFacts, errors: PastErrors, *, seed: int) -> CashSpread:
    """The spread as it would have been given at the date: past errors that were known then, and no other."""
    shares = shares_of(errors.shares_at(opened.as_of))
    draws = draw_cash(opened, cash, facts.segment, shares=shares, draws=BACKTEST_DRAWS, seed=seed)
    return CashSpread(draws, opened.cents @ cash, errors.shocks_at(opened.as_of), seed)


def _remember(errors: PastErrors, day: int, spread: CashSpread, actual: Floats) -> None:
    """Keep the periods of a date that are over, each with the day on which it was."""
    for kind in BLOCKS:
        bounds = block_bounds(kind, len(actual))
        if len(bounds) < 2:
            continue
        expected, variance = spread.moments(bounds)
        came = block_sums(actual, bounds)
        for block, end in enumerate(bounds[1:].tolist()):
            kept = slice(block, block + 1)
            errors.periods[kind].append((day + end, PastPeriods(expected[kept], variance[kept], came[kept])))


def _week_rows(date: dt.date, method: str, cash: Floats, actual: Floats, spread: CashSpread | None) -> pd.DataFrame:
    weeks = len(actual) // 7
    rows = pd.DataFrame(
        {
            "as_of": pd.Timestamp(date),
            "method": method,
            "week": np.arange(1, weeks + 1),
            "expected_cents": np.round(cash.reshape(weeks, 7).sum(axis=1)).astype(np.int64),
            "actual_cents": np.round(actual.reshape(weeks, 7).sum(axis=1)).astype(np.int64),
        }
    )
    if spread is not None and method in METHOD_NAMES.values():
        bounds = np.arange(0, HORIZON_WEEKS + 1) * 7
        for level, (low, high) in zip(LEVELS, spread.intervals(bounds, kind="week", levels=LEVELS), strict=True):
            name = round(100 * level)
            rows[f"low_{name}_cents"] = np.floor(low[:weeks]).astype(np.int64)
            rows[f"high_{name}_cents"] = np.ceil(high[:weeks]).astype(np.int64)
    return rows


def _item_losses(owed: Floats, wait: Days, days: int) -> Floats:
    """−log of the probability given to the week in which each item left, or to its staying longer."""
    edges = np.arange(0, days + 1, 7)
    left = np.concatenate([np.zeros((len(owed), 1)), 1 - owed[:, edges[1:] - 1], np.ones((len(owed), 1))], axis=1)
    week = np.minimum(wait // 7, len(edges) - 1)
    row = np.arange(len(owed))
    losses: Floats = -np.log(np.maximum(left[row, week + 1] - left[row, week], 1e-4))
    return losses


def _winner(item_loss: Mapping[str, float]) -> str:
    """The pool, or the simple layer where that gave the items of past dates a better chance."""
    simple, pool = (item_loss.get(METHOD_NAMES[layer]) for layer in (SIMPLE, POOL))
    return SIMPLE if simple is not None and pool is not None and simple < pool else POOL


def _coverage(rows: pd.DataFrame, level: int) -> float:
    low, high = rows[f"low_{level}_cents"], rows[f"high_{level}_cents"]
    if low.isna().any() or rows.empty:
        return float("nan")
    return float(((rows["actual_cents"] >= low) & (rows["actual_cents"] <= high)).mean())


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _bootstrap(by_date: Floats, seed: int) -> tuple[float, float]:
    """95 % interval of a ratio of sums over dates drawn again with replacement; missing with fewer than three dates."""
    if len(by_date) < 3 or by_date[:, 1].sum() <= 0:
        return float("nan"), float("nan")
    drawn = np.random.default_rng(seed).integers(len(by_date), size=(_BOOTSTRAP, len(by_date)))
    sums = by_date[drawn].sum(axis=1)
    rates = sums[:, 0] / np.maximum(sums[:, 1], 1.0)
    low, high = np.quantile(rates, [0.025, 0.975])
    return float(low), float(high)
