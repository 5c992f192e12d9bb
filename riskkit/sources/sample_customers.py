"""Customers of the sample portfolio: who they are, and the habits that decide when they pay.

Habits, one draw per customer, independent of sector, region and size (so that a group pays late only if planted):

- mean delay past due, in days: 55 % punctual, Gamma(2, 2); 35 % slow, Gamma(4, 4); 10 % late by habit, Gamma(6, 8);
- pay day: any day, the 10th, the 25th or the end of the month;
- failure: `yearly_failure_rate` of customers a year, likelier for the late and for driver groups (× 1.6), on a day
  drawn from 180 days after the start to 270 days after the end. Over the 270 days before it, delays slide (see
  `sample_ledger`). Failures after the end date are the customers sliding today.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.sources.sample_calendar import NEVER, Days, day_number
from riskkit.sources.sample_spec import TERM_CODES, SampleSpec
from riskkit.sources.sample_words import (
    CATCH_ALL,
    DIVISIONS,
    HEADCOUNT_BANDS,
    LEGAL_FORM_SHARES,
    LEGAL_FORMS,
    PAYMENT_METHOD_SHARES,
    PAYMENT_METHODS,
    REGIONS,
    addresses,
    business_names,
    sirens,
)

HABITS = ("punctual", "slow", "late by habit")
HABIT_SHARES = (0.55, 0.35, 0.10)
HABIT_GAMMA = ((2.0, 2.0), (4.0, 4.0), (6.0, 8.0))
PROCEDURES = ("safeguard", "receivership", "liquidation")
PROCEDURE_SHARES = (0.10, 0.40, 0.50)
TERM_SHARES = (0.35, 0.25, 0.20, 0.20)
PAY_RULE_SHARES = (0.45, 0.15, 0.15, 0.25)
CATCH_ALL_SALES, CATCH_ALL_INVOICES = 0.015, 0.02
SLIDE_DAYS = 270

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Population:
    """A block of customers: the frame people see, and arrays in its row order for the generator."""

    frame: pd.DataFrame
    sales_weight: Floats
    terms: Days
    first_day: Days
    last_day: Days
    habit: Days
    mean_delay: Floats
    pay_rule: Days
    failure_day: Days
    procedure: Days
    conversion_day: Days
    write_off_day: Days
    is_catch_all: npt.NDArray[np.bool_]


def _apportioned(rng: np.random.Generator, shares: Floats, count: int) -> Days:
    """`count` indices in proportion to `shares` (largest remainders), in random order."""
    exact = shares / shares.sum() * count
    whole = np.floor(exact).astype(np.int64)
    extra = np.argsort(whole - exact, kind="stable")[: count - whole.sum()]
    whole[extra] += 1
    return rng.permutation(np.repeat(np.arange(len(shares)), whole))


def make_population(spec: SampleSpec, rng: np.random.Generator, *, first_number: int, count: int) -> Population:
    """One block of customers, numbered from `first_number`. The first block ends with the catch-all accounts."""
    catch_all = len(CATCH_ALL) if first_number == 1 and count > 10 * len(CATCH_ALL) else 0
    is_catch_all = np.arange(count) >= count - catch_all
    division = np.full(count, -1, dtype=np.int64)
    division[~is_catch_all] = _apportioned(rng, np.array([d.sales_share for d in DIVISIONS]), count - catch_all)
    weight = _sales_weights(rng, division, is_catch_all)
    terms = rng.choice(len(TERM_CODES), count, p=TERM_SHARES)
    first, last, since = _activity(spec, rng, count)
    first[is_catch_all], last[is_catch_all] = day_number(spec.start_date), day_number(spec.end_date)
    terms[is_catch_all] = 0
    frame = _frame(spec, rng, numbers=np.arange(first_number, first_number + count), division=division, weight=weight)
    frame["payment_terms"] = np.array(TERM_CODES)[terms]
    frame["customer_since"] = since.astype("datetime64[D]").astype("datetime64[us]")
    frame["is_catch_all"] = is_catch_all
    _name_catch_alls(frame, catch_all)
    habit = rng.choice(len(HABITS), count, p=HABIT_SHARES)
    shape, scale = np.array(HABIT_GAMMA).T
    mean_delay = rng.gamma(shape[habit], scale[habit])
    failure, procedure, conversion, write_off = _failures(spec, rng, frame, habit=habit)
    return Population(
        frame=frame,
        sales_weight=weight,
        terms=terms,
        first_day=first,
        last_day=np.minimum(last, failure - 1),
        habit=habit,
        mean_delay=mean_delay,
        pay_rule=np.where(is_catch_all, 0, rng.choice(4, count, p=PAY_RULE_SHARES)),
        failure_day=failure,
        procedure=procedure,
        conversion_day=conversion,
        write_off_day=write_off,
        is_catch_all=is_catch_all,
    )


def _sales_weights(rng: np.random.Generator, division: Days, is_catch_all: npt.NDArray[np.bool_]) -> Floats:
    """Expected share of the block's sales: log-normal sizes, each division scaled to its share."""
    size = np.exp(0.9 * np.clip(rng.standard_normal(len(division)), -2.2, 2.2))
    for index, buyers in enumerate(DIVISIONS):
        inside = division == index
        if inside.any():
            size[inside] *= buyers.sales_share / size[inside].sum()
    size[is_catch_all] = 0.0
    size *= (1 - CATCH_ALL_SALES * is_catch_all.sum()) / size.sum()
    size[is_catch_all] = CATCH_ALL_SALES
    return size


def _activity(spec: SampleSpec, rng: np.random.Generator, count: int) -> tuple[Days, Days, Days]:
    """First and last day of buying inside the ledger, and the day the relation began: 20 % start, 12 % stop."""
    start, end = day_number(spec.start_date), day_number(spec.end_date)
    span = end - start
    begins = rng.random(count) < 0.20
    stops = rng.random(count) < 0.12
    first = np.where(begins, start + (span * 0.8 * rng.random(count)).astype(np.int64), start)
    last = np.where(stops, end - ((end - first) * 0.6 * rng.random(count)).astype(np.int64), end)
    since = np.where(begins, first, start - rng.integers(30, 5_000, count))
    return first, last, since


def _frame(
    spec: SampleSpec, rng: np.random.Generator, *, numbers: Days, division: Days, weight: Floats
) -> pd.DataFrame:
    count = len(numbers)
    form = rng.choice(len(LEGAL_FORMS), count, p=LEGAL_FORM_SHARES)
    forms = np.array(LEGAL_FORMS)[form]
    region = rng.choice(len(REGIONS), count, p=[r.share for r in REGIONS])
    pick, code = rng.random(count), rng.random(count)
    nearby = [REGIONS[r].towns for r in region.tolist()]
    towns = [choice[int(u * len(choice))] for choice, u in zip(nearby, pick.tolist(), strict=True)]
    nafs = [DIVISIONS[d].naf_codes for d in division.tolist()]
    naf = [codes[int(u * len(codes))] for codes, u in zip(nafs, code.tolist(), strict=True)]
    rank = np.argsort(np.argsort(weight + 0.4 * weight.mean() * rng.standard_normal(count))) / count
    methods = rng.choice(len(PAYMENT_METHODS), count, p=PAYMENT_METHOD_SHARES)
    band = np.minimum((rank * len(HEADCOUNT_BANDS)).astype(np.int64), len(HEADCOUNT_BANDS) - 1)
    return pd.DataFrame(
        {
            "customer_id": [f"C{number:05d}" for number in numbers.tolist()],
            "name": business_names(rng, division, forms.tolist()),
            "siren": pd.array(sirens(numbers, spec.seed), dtype="str"),
            "legal_form": pd.array(forms, dtype="str"),
            "address": addresses(rng, count),
            "postcode": [code for code, _ in towns],
            "town": [town for _, town in towns],
            "region": [REGIONS[r].name for r in region.tolist()],
            "country": "FR",
            "section": pd.array([DIVISIONS[d].section for d in division.tolist()], dtype="str"),
            "division": pd.array([c[:2] for c in naf], dtype="str"),
            "naf_code": pd.array(naf, dtype="str"),
            "headcount_band": pd.array(np.array(HEADCOUNT_BANDS)[band], dtype="str"),
            "payment_terms": "",
            "payment_method": np.array(PAYMENT_METHODS)[methods],
            "sales_person": [REGIONS[r].team for r in region.tolist()],
        }
    )


def _name_catch_alls(frame: pd.DataFrame, count: int) -> None:
    """Turn the last `count` rows of a new frame into accounts that mix one-off buyers: no identity of their own."""
    for offset in range(count):
        row = len(frame) - count + offset
        frame.loc[row, ["customer_id", "name"]] = CATCH_ALL[offset]
        unknown = ["siren", "legal_form", "section", "division", "naf_code", "headcount_band"]
        frame.loc[row, unknown] = pd.NA


def _failures(
    spec: SampleSpec, rng: np.random.Generator, frame: pd.DataFrame, *, habit: Days
) -> tuple[Days, Days, Days, Days]:
    """Failure day, procedure, conversion of a receivership into a liquidation, and write-off day; `NEVER` for none."""
    count = len(frame)
    low, high = day_number(spec.start_date) + 180, day_number(spec.end_date) + SLIDE_DAYS
    likelihood = np.array([0.6, 1.1, 2.4])[habit]
    for driver in spec.drivers:
        likelihood = likelihood * np.where(driver.members(frame), 1.6, 1.0)
    likelihood = np.where(frame["is_catch_all"], 0.0, likelihood)
    expected = spec.yearly_failure_rate * max(high - low, 0) / 365.25
    chance = np.minimum(likelihood * expected / max(likelihood.mean(), 1e-12), 0.9)
    fails = rng.random(count) < chance
    failure = np.where(fails, rng.integers(low, max(high, low + 1), count), NEVER)
    procedure = rng.choice(len(PROCEDURES), count, p=PROCEDURE_SHARES)
    converted = fails & (procedure == 1) & (rng.random(count) < 0.5)
    conversion = np.where(converted, failure + rng.integers(90, 300, count), NEVER)
    liquidation = np.where(fails & (procedure == 2), failure, conversion)
    given_up = (liquidation < NEVER) & (rng.random(count) < 0.8)
    write_off = np.where(given_up, liquidation + rng.integers(120, 330, count), NEVER)
    return failure, np.where(fails, procedure, -1), conversion, write_off


def make_events(population: Population, *, end_date: dt.date) -> pd.DataFrame:
    """Collective procedures published up to the end date: siren, customer_id, event_date, kind."""
    opened = pd.DataFrame(
        {
            "siren": population.frame["siren"],
            "customer_id": population.frame["customer_id"],
            "day": population.failure_day,
            "kind": pd.array([PROCEDURES[p] if p >= 0 else pd.NA for p in population.procedure.tolist()], dtype="str"),
        }
    )
    converted = opened.assign(day=population.conversion_day, kind="liquidation")
    judged = pd.concat([opened, converted], ignore_index=True)
    known = judged[judged["day"] <= day_number(end_date)].sort_values(["day", "customer_id"], ignore_index=True)
    dates = known["day"].to_numpy(dtype=np.int64).astype("datetime64[D]").astype("datetime64[us]")
    return known.assign(event_date=dates)[["siren", "customer_id", "event_date", "kind"]]
