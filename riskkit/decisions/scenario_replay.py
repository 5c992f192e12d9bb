"""What changes when levers are pulled: the weeks ahead paid twice, as they were and as the scenario would have it.

- terms: due by the new terms, paid pass-through × (change of the due day) earlier, at least a day after its issue; a
  customer that pays once a month moves by whole months, as often as the change holds them;
- dunning: a share of its days late is saved, also on items open today;
- deposit: part of it comes with the order; discount: takers pay early, less the discount;
- limits and lost sales: part of the invoices is not issued.

A draw weighs customers by a Bayesian bootstrap (which of them buy next year, and how they pay) and their invoices by a
Poisson one (how many, of what size), all of them by the growth of sales, and draws each reaction from its range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskkit.decisions.scenario_ahead import HORIZON, MOST_MONTHS, WEEKS, Ahead, OpenNow
from riskkit.models.pass_through import NEVER, Days, Floats
from riskkit.policy_scenarios import Range, Scenario, ScenariosPolicy

MONTH_DAYS = 30.44
REACTION_DRAWS = 40
WEEK_ENDS = 7 * np.arange(1, WEEKS + 1)


@dataclass(frozen=True)
class Effects:
    """What each draw gives: arrays draws × weeks (cents, cumulated), and one value a draw (cents).

    `freed` is cash that comes more than without the scenario, `receivables` what is owed more (below 0: less), both at
    the end of each week; `overdue` likewise. `long_run` is the cash freed by terms once all invoices bear them.
    """

    freed: Floats
    receivables: Floats
    overdue: Floats
    base_receivables: Floats
    base_overdue: Floats
    long_run: Floats
    discount_cost: Floats
    lost_sales: Floats


def play(
    ahead: Ahead,
    opened: OpenNow,
    scenario: Scenario,
    *,
    blocked: Floats,
    growth: float,
    reactions: dict[str, Range],
    policy: ScenariosPolicy,
    seed: int,
) -> Effects:
    """The effects of a scenario over the weeks ahead, draw by draw.

    Parameters
    ----------
    ahead, opened
        Invoices to come and open items of the customers concerned.
    scenario
        Levers pulled.
    blocked
        Share of each customer's new sales that a smaller limit stops, by customer code.
    growth
        Sales of the weeks ahead ÷ those of the same weeks of last year.
    reactions
        Ranges by name of `Reactions`: pass_through, followers_share, discount_takers_share, dunning_gain_share,
        lost_sales_share.
    policy
        Draws, spreads, days between order and invoice.
    seed
        Of the draws.

    """
    generator = np.random.default_rng(seed)
    each = -(-policy.draws // REACTION_DRAWS)
    parts = []
    for _ in range(REACTION_DRAWS):
        drawn = {name: float(draw(value, generator.random())) for name, value in reactions.items()}
        weights = _weights(ahead, growth, policy.reactions.growth_spread, each, generator)
        chance = generator.random(len(ahead.cents))
        parts.append(_played(ahead, opened, scenario, drawn, blocked, weights, chance, policy))
    names = (
        "freed",
        "receivables",
        "overdue",
        "base_receivables",
        "base_overdue",
        "long_run",
        "discount_cost",
        "lost_sales",
    )
    return Effects(**{name: np.concatenate([getattr(part, name) for part in parts])[: policy.draws] for name in names})


def draw(value: Range, chance: float | Floats) -> Floats:
    """The value of a range at a chance between 0 and 1: straight between its ends and its middle."""
    ends = [value.low, value.low, value.middle, value.high, value.high]
    return np.asarray(np.interp(chance, [0.0, 0.025, 0.5, 0.975, 1.0], ends), dtype=np.float64)


def _weights(ahead: Ahead, growth: float, spread: float, count: int, generator: np.random.Generator) -> Floats:
    invoices = generator.poisson(1.0, (count, len(ahead.cents)))
    customers = int(ahead.customer.max()) + 1 if len(ahead.customer) else 1
    active = generator.exponential(1.0, (count, customers))
    grown = growth * np.exp(spread * generator.standard_normal((count, 1)) - spread**2 / 2)
    weights: Floats = invoices * active[:, ahead.customer] * grown * ahead.weight
    return weights


def _played(
    ahead: Ahead,
    opened: OpenNow,
    scenario: Scenario,
    drawn: dict[str, float],
    blocked: Floats,
    weights: Floats,
    chance: Floats,
    policy: ScenariosPolicy,
) -> Effects:
    """The effects under one draw of the reactions, for each row of weights."""
    gain = drawn["dunning_gain_share"] if scenario.dunning else 0.0
    harder = bool(scenario.deposit_share) or bool((ahead.new_due < ahead.due).any())
    lost = drawn["lost_sales_share"] if harder else 0.0
    lost_by = np.clip(lost + blocked[ahead.customer], 0.0, 1.0)
    paid = _paid_then(ahead, chance, pass_through=drawn["pass_through"], gain=gain)
    late = _open_late(ahead.due, ahead.paid, ahead.issue)
    new_late = _open_late(ahead.new_due, paid, ahead.issue)
    came = (ahead.paid[:, None] <= WEEK_ENDS).astype(np.float64)
    comes = (paid[:, None] <= WEEK_ENDS).astype(np.float64)
    taken = drawn["discount_takers_share"] if scenario.discount_rate else 0.0
    early = ahead.issue + scenario.discount_days
    takes = ahead.is_paid & (early < paid)
    discounted = (early[:, None] <= WEEK_ENDS) * (1 - scenario.discount_rate)
    comes = np.where(takes[:, None], (1 - taken) * comes + taken * discounted, comes)
    ordered = ahead.issue - policy.deposit_lead_days
    asked = (ordered > 0) & ahead.is_paid
    part = scenario.deposit_share * drawn["followers_share"] * asked[:, None]
    comes = (1 - part) * comes + part * (ordered[:, None] <= WEEK_ENDS)
    kept = (1 - lost_by)[:, None]
    money = weights * ahead.cents
    issued = (ahead.issue[:, None] <= WEEK_ENDS).astype(np.float64)
    sooner, opened_now, opened_late, opened_late_then = _sooner(opened, gain)
    length = (ahead.due - ahead.new_due) * drawn["pass_through"] * ahead.is_paid
    freed = money @ (kept * comes - came) + sooner
    return Effects(
        freed=freed,
        receivables=-freed - money @ ((1 - kept) * issued),
        overdue=money @ (kept * (1 - part) * new_late - late) + (opened_late_then - opened_late),
        base_receivables=money @ (issued - came) + opened_now,
        base_overdue=money @ late + opened_late,
        long_run=money @ length / HORIZON,
        discount_cost=taken * scenario.discount_rate * (money @ takes.astype(np.float64)),
        lost_sales=money @ lost_by,
    )


def _paid_then(ahead: Ahead, chance: Floats, *, pass_through: float, gain: float) -> Days:
    """When each invoice is paid with the levers on terms and dunning; `chance` places it between two pay days."""
    moved = pass_through * (ahead.new_due - ahead.due) - gain * np.maximum(ahead.paid - ahead.due, 0)
    then = np.maximum(ahead.paid + np.rint(moved).astype(np.int64), np.minimum(ahead.issue + 1, ahead.paid))
    jumps = np.clip(np.floor(chance - moved / MONTH_DAYS), 0, MOST_MONTHS).astype(np.int64)
    months = np.concatenate([ahead.paid[:, None], ahead.months_before], axis=1)
    earlier = np.maximum(months[np.arange(len(jumps)), jumps], np.minimum(ahead.issue + 1, ahead.paid))
    monthly = (ahead.months_before[:, 0] > -NEVER) & (moved <= 0)
    return np.where(ahead.is_paid, np.where(monthly, earlier, then), NEVER)


def _open_late(due: Days, paid: Days, issue: Days) -> Floats:
    """1 where an invoice is issued, due and not paid at the end of each week."""
    late: Floats = ((issue[:, None] <= WEEK_ENDS) & (due[:, None] < WEEK_ENDS) & (paid[:, None] > WEEK_ENDS)).astype(
        np.float64
    )
    return late


def _sooner(opened: OpenNow, gain: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Cash that dunning brings earlier on open items, what is left of them, and what of it is late without and with."""
    ends = np.broadcast_to(WEEK_ENDS.astype(np.float64), (len(opened.cents), WEEKS))
    start = np.maximum(opened.due, 0)[:, None].astype(np.float64)
    later = np.where(ends > start, start + (ends - start) / max(1 - gain, 1e-6), ends)
    by, then = opened.paid_by(ends), opened.paid_by(later)
    late = opened.due[:, None] < WEEK_ENDS
    sooner: Floats = opened.cents @ (then - by)
    left: Floats = opened.cents @ (1 - by)
    return sooner, left, opened.cents @ ((1 - by) * late), opened.cents @ ((1 - then) * late)
