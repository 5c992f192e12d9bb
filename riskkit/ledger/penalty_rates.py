"""Yearly rates of late-payment penalties by half-year (Code de commerce, L441-10 II; Code de la commande publique).

By default: the ECB main refinancing rate in force on 1 January or 1 July, plus 10 points; public buyers: plus 8
points. A contract rate holds instead, but never under three times the legal interest rate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from riskkit.errors import Message, message
from riskkit.ledger.formulas import NotComputableError
from riskkit.ledger.month_calendar import half_start
from riskkit.policy_measures import PenaltyPolicy

KNOWN_UNTIL = dt.date(2025, 12, 31)
"""Last day until which the two tables below are known to hold; `measures.penalties.known_until` extends them."""

ECB_RATES: Mapping[dt.date, float] = {
    dt.date(2016, 3, 16): 0.0000,
    dt.date(2022, 7, 27): 0.0050,
    dt.date(2022, 9, 14): 0.0125,
    dt.date(2022, 11, 2): 0.0200,
    dt.date(2022, 12, 21): 0.0250,
    dt.date(2023, 2, 8): 0.0300,
    dt.date(2023, 3, 22): 0.0350,
    dt.date(2023, 5, 10): 0.0375,
    dt.date(2023, 6, 21): 0.0400,
    dt.date(2023, 8, 2): 0.0425,
    dt.date(2023, 9, 20): 0.0450,
    dt.date(2024, 6, 12): 0.0425,
    dt.date(2024, 9, 18): 0.0365,
    dt.date(2024, 10, 23): 0.0340,
    dt.date(2024, 12, 18): 0.0315,
    dt.date(2025, 2, 5): 0.0290,
    dt.date(2025, 3, 12): 0.0265,
    dt.date(2025, 4, 23): 0.0240,
    dt.date(2025, 6, 11): 0.0215,
}
"""ECB main refinancing operations, fixed rate, by the day it takes effect."""

LEGAL_RATES: Mapping[dt.date, float] = {
    dt.date(2020, 1, 1): 0.0087,
    dt.date(2020, 7, 1): 0.0084,
    dt.date(2021, 1, 1): 0.0079,
    dt.date(2021, 7, 1): 0.0076,
    dt.date(2022, 1, 1): 0.0076,
    dt.date(2022, 7, 1): 0.0077,
    dt.date(2023, 1, 1): 0.0206,
    dt.date(2023, 7, 1): 0.0422,
    dt.date(2024, 1, 1): 0.0507,
    dt.date(2024, 7, 1): 0.0492,
    dt.date(2025, 1, 1): 0.0371,
    dt.date(2025, 7, 1): 0.0276,
}
"""Legal interest rate of professional creditors, by first day of the half-year (arrêtés, Journal officiel)."""


def penalty_rate(half: int, *, is_public: bool, policy: PenaltyPolicy) -> tuple[float, str]:
    """Yearly rate of a half-year, and where it comes from: ecb, public, contract or floor (3 × legal rate).

    `NotComputableError` when the tables do not reach that half-year.

    Examples
    --------
    >>> penalty_rate(2024 * 2, is_public=False, policy=PenaltyPolicy())
    (0.145, 'ecb')
    >>> penalty_rate(2024 * 2 + 1, is_public=True, policy=PenaltyPolicy())
    (0.1225, 'public')
    """
    start = half_start(half)
    known_until = policy.known_until or KNOWN_UNTIL
    if start > known_until:
        raise NotComputableError(_past_the_end(known_until))
    if is_public:
        return round(_in_force(policy, start) + policy.public_points, 6), "public"
    if policy.contract_rate is None:
        return round(_in_force(policy, start) + policy.points, 6), "ecb"
    legal = {**LEGAL_RATES, **policy.legal_rates}.get(start)
    if legal is None:
        raise NotComputableError(
            message("the legal interest rate from {start} is not known: add it to measures.penalties.legal_rates",
                    start=start)
        )  # fmt: skip
    floor = round(3 * legal, 6)
    return (policy.contract_rate, "contract") if policy.contract_rate >= floor else (floor, "floor")


def _in_force(policy: PenaltyPolicy, day: dt.date) -> float:
    rates = {**ECB_RATES, **policy.ecb_rates}
    known = [start for start in rates if start <= day]
    if not known:
        raise NotComputableError(
            message("the ECB rate on {day} is not known: add it to measures.penalties.ecb_rates", day=day)
        )
    return rates[max(known)]


def _past_the_end(known_until: dt.date) -> Message:
    return message(
        "the rates are known until {until}: add later ones and measures.penalties.known_until to the policy",
        until=known_until,
    )
