"""What payments share, and the spread of the company's cash that follows.

Invoices are not paid independently: a customer pays its invoices in one run, a sector slows down together, a season
or a closed August moves everybody. How early or late an item is against its own forecast is a normal score

    z = √ρ_all·A + √ρ_segment·S + √ρ_customer·C + √(1 − ρ)·ε

with one A for the company, one S a segment and one C a customer. The three shares ρ are the mean products of scores
of pairs of items on past dates (pairs of one customer, of one segment, of all), so they hold whatever was shared then.
Drawing A, S, C and ε gives the cash of every day together; its quantiles are the intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskkit.models.pieces import CASH, Days, Floats, Pieces

PRIOR = (0.02, 0.02, 0.30)
PRIOR_DATES = 1.0
"""Shares assumed of all, segment and customer before any past is known, and how many past dates they are worth."""
MOST_ITEMS = 800
_NODES = 9


@dataclass(frozen=True)
class Shares:
    """Shares of the variance of scores that all items, those of a segment and those of a customer have in common."""

    company: float
    segment: float
    customer: float


@dataclass(frozen=True)
class PairSums:
    """Sums of products of scores over pairs of items at a date, and how many pairs: of all, a segment, a customer."""

    products: Floats
    pairs: Floats


def normal_scores(owed: Floats, wait: Days, *, seed: int) -> Floats:
    """Score of each open piece: how late its cash came against its own forecast.

    From: `owed` (see `Payments`), `wait` (see `first_cash`). A day's probability is spread evenly inside the day; what
    had not come by the end of the horizon is drawn above it.
    To:   standard normal where the forecast is right.
    """
    from scipy.special import ndtri

    days = owed.shape[1]
    left = 1 - owed
    row = np.arange(len(owed))
    high = np.where(wait < days, left[row, np.minimum(wait, days - 1)], 1.0)
    low = np.where(wait > 0, left[row, np.clip(wait - 1, 0, days - 1)], 0.0)
    share = low + (high - low) * np.random.default_rng(seed).random(len(owed))
    scores: Floats = ndtri(np.clip(share, 1e-4, 1 - 1e-4))
    return scores


def first_cash(pieces: Pieces, outcomes: Pieces, *, days: int) -> Days:
    """Days from the date to the first cash of each open piece, from 0; `days` where none came within them."""
    came = (outcomes.exit == CASH) & (outcomes.out > pieces.as_of) & (outcomes.issue <= pieces.as_of)
    when = outcomes.only(came & (outcomes.out <= pieces.as_of + days))
    first: dict[tuple[int, int, int, int], int] = {}
    for key, out in zip(_keys(when), when.out.tolist(), strict=True):
        first[key] = min(out, first.get(key, out))
    waits = [first.get(key, pieces.as_of + days + 1) - pieces.as_of - 1 for key in _keys(pieces)]
    return np.minimum(np.array(waits, dtype=np.int64).reshape(len(pieces)), days)


def _keys(pieces: Pieces) -> list[tuple[int, int, int, int]]:
    """What tells an item: customer, dates and amount. Twins are alike, so that taking one for the other is harmless."""
    columns = (pieces.customer, pieces.issue, pieces.due, pieces.item_cents)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def pair_sums(scores: Floats, customer: Days, segment: Days) -> PairSums:
    """Products of the scores of pairs at one date: all pairs, those inside segments, those inside customers."""
    products, pairs = [], []
    for group in (np.zeros(len(scores), dtype=np.int64), segment[customer], customer):
        total, count = np.bincount(group, scores), np.bincount(group)
        square = np.bincount(group, scores**2)
        products.append(float((total**2 - square).sum() / 2))
        pairs.append(float((count * (count - 1.0)).sum() / 2))
    return PairSums(np.array(products), np.array(pairs))


def shares_of(past: list[PairSums]) -> Shares:
    """The shares over past dates, each date counting once, drawn towards `PRIOR`; each between 0 and 0.9 together.

    Pairs of one customer share everything, pairs of a segment the segment and the company, others the company only:
    the three means are differenced.
    """
    means = [np.where(date.pairs > 0, date.products / np.maximum(date.pairs, 1.0), np.nan) for date in past]
    prior = np.cumsum(PRIOR)
    table = np.vstack([*means, prior])
    weight = np.where(np.isnan(table), 0.0, np.append(np.ones(len(means)), PRIOR_DATES)[:, None])
    nested = (np.nan_to_num(table) * weight).sum(axis=0) / weight.sum(axis=0)
    company = float(np.clip(nested[0], 0.0, 0.5))
    segment = float(np.clip(nested[1] - company, 0.0, 0.5))
    customer = float(np.clip(nested[2] - company - segment, 0.0, 0.9 - company - segment))
    return Shares(company, segment, customer)


def draw_cash(pieces: Pieces, cash: Floats, segment: Days, *, shares: Shares, draws: int, seed: int) -> Floats:
    """Cash of each day in each draw, cents: an array draws × days.

    From: open pieces, their shares of cash by day. The `MOST_ITEMS` largest are drawn one by one; the others, segment
    by segment, are their expectation given what is shared, with the noise of their own around it.
    """
    from scipy.special import ndtr

    generator = np.random.default_rng(seed)
    days = cash.shape[1]
    common = generator.standard_normal(draws) * np.sqrt(shares.company)
    segments = common + generator.standard_normal((int(segment.max()) + 1, draws)) * np.sqrt(shares.segment)
    order = np.argsort(-pieces.cents, kind="stable")
    large, small = np.sort(order[:MOST_ITEMS]), np.sort(order[MOST_ITEMS:])
    customers, place = np.unique(pieces.customer[large], return_inverse=True)
    own = generator.standard_normal((len(customers), draws)) * np.sqrt(shares.customer)
    rest = np.sqrt(max(1 - shares.company - shares.segment - shares.customer, 0.0))
    drawn = np.zeros(draws * (days + 1))
    at = np.arange(draws) * (days + 1)
    cumulated = np.cumsum(cash[large], axis=1)
    for rank, item in enumerate(large):
        shared = segments[segment[pieces.customer[item]]] + own[place[rank]]
        day = np.searchsorted(cumulated[rank], ndtr(shared + rest * generator.standard_normal(draws)), side="right")
        drawn[at + day] += pieces.cents[item]
    result: Floats = drawn.reshape(draws, days + 1)[:, :days]
    if len(small):
        result = result + _draw_small(pieces.only(small), cash[small], segment, segments, shares, generator)
    return result


def _draw_small(
    pieces: Pieces, cash: Floats, segment: Days, segments: Floats, shares: Shares, generator: np.random.Generator
) -> Floats:
    """Cash of many small items: expected given the shared score of their segment, with independent gamma noise.

    Days are drawn apart, which errs on the wide side for long periods.
    """
    from scipy.special import ndtr, ndtri

    draws, days = segments.shape[1], cash.shape[1]
    spread = np.sqrt(shares.company + shares.segment)
    nodes = np.linspace(-3.5, 3.5, _NODES) * max(spread, 1e-9)
    left = np.sqrt(1 - spread**2)
    within = ndtri(np.clip(np.cumsum(cash, axis=1), 1e-12, 1 - 1e-12))
    cents = pieces.cents.astype(float)
    total = np.zeros((draws, days))
    for group in np.unique(segment[pieces.customer]):
        rows = segment[pieces.customer] == group
        curves = np.stack([cents[rows] @ ndtr((within[rows] - node) / left) for node in nodes])
        place = np.clip((segments[group] - nodes[0]) / (nodes[1] - nodes[0]), 0, _NODES - 1.000001)
        low, part = place.astype(np.int64), (place % 1)[:, None]
        total += np.diff(curves[low] * (1 - part) + curves[low + 1] * part, axis=1, prepend=0.0)
    variance = (cents**2) @ (cash * (1 - cash))
    mean = np.maximum(total, 1e-9)
    noisy: Floats = generator.gamma(mean**2 / np.maximum(variance, 1e-9), np.maximum(variance, 1e-9) / mean)
    return noisy
