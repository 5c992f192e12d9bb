"""What is behind the unpaid: the tables of a run that follow from its snapshot alone."""

from __future__ import annotations

import pandas as pd

from riskkit.ledger.balances_past import (
    AGEING_HISTORY,
    ITEM_TRANSITIONS,
    NET_ROLL_RATES,
    ageing_history,
    item_transitions,
    month_end_balances,
    net_roll_rates,
    open_spans,
)
from riskkit.ledger.book import Book
from riskkit.ledger.cohorts import COHORTS, cohorts
from riskkit.ledger.due_days import DUE_CALENDAR, open_by_due_day
from riskkit.ledger.group_measures import GROUP_MEASURES, dimensions_of, group_measures
from riskkit.ledger.items_settled import SettledLedger, settled_ledger
from riskkit.ledger.payer_profiles import DELAY_DISTRIBUTION, PAYER_PROFILES, delay_distribution, payer_profiles
from riskkit.ledger.penalties import CLAIMABLE_PENALTIES, claimable_penalties
from riskkit.ledger.seasonality import SEASONALITY, seasonality
from riskkit.ledger.snapshot import History, Snapshot
from riskkit.policy import Policy

LEDGER_TABLES = (
    AGEING_HISTORY,
    COHORTS,
    ITEM_TRANSITIONS,
    NET_ROLL_RATES,
    SEASONALITY,
    PAYER_PROFILES,
    DELAY_DISTRIBUTION,
    CLAIMABLE_PENALTIES,
    DUE_CALENDAR,
    GROUP_MEASURES,
)


def measured_groups(
    history: History, book: Book, customers: pd.DataFrame, *, policy: Policy
) -> dict[str, pd.DataFrame]:
    """`GROUP_MEASURES` for each column of customers that makes groups, those of the client's file included."""
    table = group_measures(
        book, history.sums, customers, dimensions=dimensions_of(customers), dates=history.dates, policy=policy
    )
    return {GROUP_MEASURES.name: table}


def ledger_tables(snapshot: Snapshot, book: Book, *, policy: Policy) -> dict[str, pd.DataFrame]:
    """The tables of the past of a ledger, by name: `LEDGER_TABLES` but `GROUP_MEASURES`."""
    ledger = settled_ledger(snapshot, book, policy=policy)
    profiles = payer_profiles(ledger)
    return {
        **past_balances(ledger),
        COHORTS.name: cohorts(ledger),
        SEASONALITY.name: seasonality(ledger),
        PAYER_PROFILES.name: profiles,
        DELAY_DISTRIBUTION.name: delay_distribution(ledger, profiles),
        CLAIMABLE_PENALTIES.name: claimable_penalties(ledger),
        DUE_CALENDAR.name: open_by_due_day(snapshot.items),
    }


def past_balances(ledger: SettledLedger) -> dict[str, pd.DataFrame]:
    """Ages over time, their transitions and roll rates, from one set of spans."""
    edges = ledger.policy.ageing_edges_days
    balances = month_end_balances(open_spans(ledger), last_month=ledger.last_month, edges=edges)
    ageing = ageing_history(balances, ledger=ledger)
    return {
        AGEING_HISTORY.name: ageing,
        ITEM_TRANSITIONS.name: item_transitions(balances, ledger=ledger),
        NET_ROLL_RATES.name: net_roll_rates(ageing, edges=edges),
    }
