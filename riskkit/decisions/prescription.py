"""Deadlines of the law on what is owed: prescription of a claim, and its declaration in a collective procedure.

Between traders a claim is barred five years after its due date (L110-4 C. com.), against a consumer two years after
(L218-2 C. conso., counted here from the issue date, the earliest that a judge may take), and a claim on the State or a
local authority on 31 December of the fourth year after that of its origin (loi n° 68-1250 du 31 décembre 1968, art. 1).
Reminders and formal notices do not interrupt it; a judicial demand (a payment order served), an enforcement or an
acknowledgement of the debt do (C. civ. 2240, 2241, 2244). No interruption is counted here: dates err on the early side.

A claim born before the opening judgment is declared within two months of the BODACC notice (R622-24 C. com.). A delay
in months ends on the day of the same number, or the last of the month, and the next working day where that is a
Saturday, a Sunday or a holiday (CPC 641, 642).
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from riskkit.models.business_days import CLOSED, business_days
from riskkit.policy_dunning import DunningPolicy
from riskkit.policy_measures import PenaltyPolicy

KINDS = ("trader", "consumer", "public")


def buyer_kinds(customers: pd.DataFrame, *, policy: DunningPolicy, penalties: PenaltyPolicy) -> pd.Series:
    """What the law sees in each customer: trader, consumer or public, in their order.

    From: customer_id, legal_form (missing: a trader). Codes of legal forms are those of INSEE; `policy` names the words
          and the customers that are consumers.
    """
    forms = customers["legal_form"].fillna("").astype("str").str.strip().str.lower()
    said = forms.isin([form.lower() for form in policy.consumer_legal_forms])
    consumer = said | customers["customer_id"].isin(policy.consumers)
    public = forms.str[:4].str.isdigit() & forms.str.startswith(penalties.public_legal_forms)
    return pd.Series("trader", index=customers.index, dtype="str").mask(public, "public").mask(consumer, "consumer")


def prescription_dates(items: pd.DataFrame, kinds: pd.Series, *, policy: DunningPolicy) -> pd.Series:
    """The last day on which each item can still be claimed in court, in their order.

    From: issue_date, due_date (missing: the issue date counts); `kinds` of their customers, in the same order.
    """
    due = items["due_date"].fillna(items["issue_date"])
    trader = due + pd.DateOffset(years=policy.trader_years)
    consumer = items["issue_date"] + pd.DateOffset(years=policy.consumer_years)
    year = items["issue_date"].dt.year + policy.public_years
    public = pd.to_datetime(year.astype("str") + "-12-31")
    dates = trader.mask(kinds == "consumer", consumer).mask(kinds == "public", public)
    return dates.astype("datetime64[us]")


def claim_deadline(published: dt.date, *, policy: DunningPolicy) -> dt.date:
    """The last day on which a claim can be declared, from the day of the BODACC notice.

    Examples
    --------
    >>> claim_deadline(dt.date(2025, 1, 16), policy=DunningPolicy())  # 16 March 2025 is a Sunday
    datetime.date(2025, 3, 17)
    >>> claim_deadline(dt.date(2024, 12, 31), policy=DunningPolicy())
    datetime.date(2025, 2, 28)
    """
    return working_day((pd.Timestamp(published) + pd.DateOffset(months=policy.claim_months)).date())


def working_day(day: dt.date, *, after: int = 0) -> dt.date:
    """That day if it is worked in France, else the next one that is; then so many working days later."""
    first = day.toordinal()
    kinds = business_days(first, first + 2 * after + 14).kind
    worked = [first + ahead for ahead, kind in enumerate(kinds.tolist()) if kind != CLOSED]
    return dt.date.fromordinal(worked[after])
