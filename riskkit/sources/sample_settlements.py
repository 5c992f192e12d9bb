"""When the sample's customers pay: the truth model of delays, and the lateness that a planted driver needs.

An invoice of customer i due on day d is paid on the first pay day of i on or after

    expected day + (m_i + 6) × k_i × w × s × ε − 6,    and at least one day after its issue

with m_i the customer's mean delay, k_i the product of the latenesses of the drivers it belongs to (1 for none), w the
driver's winter factor when d falls from November to February, ε log-normal with mean 1 (σ = 0.6), and s = 1 + 4u² with
u rising from 0 to 1 over the 270 days before the customer's failure, which also add 15u days. Deposits take 30 % of
the delay. From the day of failure nothing is paid; part of it is written off later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from riskkit.sources.sample_calendar import NEVER, Days, business_day, day_number, month_of, pay_day
from riskkit.sources.sample_customers import SLIDE_DAYS, Floats, Population
from riskkit.sources.sample_orders import CREDITED, DEPOSIT, NEVER_PAID, PAID_LATE, Orders, largest_member
from riskkit.sources.sample_spec import Driver, SampleSpec

LOWEST, HIGHEST = 0.2, 40.0
"""Latenesses that are searched."""


@dataclass(frozen=True)
class Settlements:
    """Up to two payments and a write-off per item of `Orders`; days are `NEVER` and cents 0 where there is none."""

    first_day: Days
    first_cents: Days
    second_day: Days
    second_cents: Days
    write_off_day: Days
    write_off_cents: Days


def plan_settlements(
    spec: SampleSpec, orders: Orders, population: Population, *, latenesses: tuple[float, ...]
) -> Settlements:
    """Every settlement of the orders, also after the end date. One lateness per driver of `spec`."""
    buyer = orders.customer
    target = orders.expected_day + np.round(_delays(spec, orders, population, latenesses)).astype(np.int64)
    target = np.maximum(target, orders.issue + 1)
    credited = orders.credit_day < NEVER
    target = np.where(credited & (target < orders.credit_day + 5), orders.credit_day + 5, target)
    late = orders.outcome == PAID_LATE
    target = np.where(late, np.maximum(target, np.where(late, orders.dispute_day, 0) + orders.hold), target)
    stuck = (orders.outcome == CREDITED) & ~credited
    unpaid = (orders.outcome == NEVER_PAID) | stuck
    failure = population.failure_day[buyer]
    rest = orders.amount - orders.credit_amount
    short = np.round(rest * orders.short_share).astype(np.int64)
    cash = rest - short
    first = np.where(orders.first_share < 1, np.round(cash * orders.first_share), cash).astype(np.int64)
    first_day = pay_day(target, population.pay_rule[buyer])
    second_day = pay_day(first_day + orders.second_gap, population.pay_rule[buyer])
    first_paid = ~unpaid & (first > 0) & (first_day < failure)
    second_paid = ~unpaid & (cash > first) & (second_day < failure)
    paid = np.where(first_paid, first, 0) + np.where(second_paid, cash - first, 0)
    closed = np.where(cash > first, second_day, first_day)
    small_day = business_day(closed + 120)
    small = ~unpaid & (short > 0) & orders.short_written_off & (small_day < failure)
    given_up = population.write_off_day[buyer]
    lost = (given_up < NEVER) & (rest > paid) & ~small
    return Settlements(
        first_day=np.where(first_paid, first_day, NEVER),
        first_cents=np.where(first_paid, first, 0),
        second_day=np.where(second_paid, second_day, NEVER),
        second_cents=np.where(second_paid, cash - first, 0),
        write_off_day=np.where(small, small_day, np.where(lost, business_day(np.where(lost, given_up, 0)), NEVER)),
        write_off_cents=np.where(small, short, np.where(lost, rest - paid, 0)),
    )


def _delays(spec: SampleSpec, orders: Orders, population: Population, latenesses: tuple[float, ...]) -> Floats:
    """Delay of each item past the day its customer is expected to pay, in days."""
    buyer = orders.customer
    month = month_of(orders.due)
    cold = (month >= 11) | (month <= 2)
    factor = np.ones(len(buyer))
    for driver, lateness in zip(spec.drivers, latenesses, strict=True):
        factor *= np.where(late_members(driver, population)[buyer], lateness * np.where(cold, driver.winter, 1.0), 1.0)
    slide = np.clip((orders.due - population.failure_day[buyer] + SLIDE_DAYS) / SLIDE_DAYS, 0.0, 1.0)
    usual = (population.mean_delay[buyer] + 6.0) * factor * (1 + 4 * slide**2) * orders.noise - 6.0 + 15 * slide
    return np.where(orders.kind == DEPOSIT, 0.3 * usual, usual)


def late_members(driver: Driver, population: Population) -> npt.NDArray[np.bool_]:
    """True for the customers that a driver makes late: its group, or only the largest customer of it."""
    inside = driver.members(population.frame).to_numpy(dtype=bool)
    if driver.one_customer and inside.any():
        inside = np.arange(len(inside)) == largest_member(inside, population)
    return np.asarray(inside, dtype=np.bool_)


def open_cents(orders: Orders, settlements: Settlements, *, day: int) -> Days:
    """Open amount of each item at the end of `day`, every settlement on the item it was meant for."""
    known = orders.issue <= day
    settled = (
        np.where(orders.credit_day <= day, orders.credit_amount, 0)
        + np.where(settlements.first_day <= day, settlements.first_cents, 0)
        + np.where(settlements.second_day <= day, settlements.second_cents, 0)
        + np.where(settlements.write_off_day <= day, settlements.write_off_cents, 0)
    )
    return np.where(known, orders.amount - settled, 0)


def solve_latenesses(spec: SampleSpec, orders: Orders, population: Population) -> tuple[float, ...]:
    """The lateness of each driver; unknown ones by bisection so that each group reaches its share of the overdue."""
    current = [driver.lateness or 1.0 for driver in spec.drivers]
    unknown = [index for index, driver in enumerate(spec.drivers) if driver.lateness is None]
    day = day_number(spec.end_date)
    rounds = 1 if len(unknown) == 1 else 4
    for index in unknown * rounds:
        inside = spec.drivers[index].members(population.frame).to_numpy()[orders.customer]
        low, high = np.log(LOWEST), np.log(HIGHEST)
        for _ in range(14):
            current[index] = float(np.exp((low + high) / 2))
            plan = plan_settlements(spec, orders, population, latenesses=tuple(current))
            overdue = np.where(orders.due < day, open_cents(orders, plan, day=day), 0)
            enough = overdue[inside].sum() >= spec.drivers[index].overdue_share * overdue.sum()
            low, high = (low, np.log(current[index])) if enough else (np.log(current[index]), high)
    return tuple(round(lateness, 4) for lateness in current)


def with_latenesses(spec: SampleSpec, latenesses: tuple[float, ...]) -> SampleSpec:
    """The spec with every lateness set, so that other blocks and other seeds share the same law."""
    drivers = tuple(replace(driver, lateness=k) for driver, k in zip(spec.drivers, latenesses, strict=True))
    return replace(spec, drivers=drivers)
