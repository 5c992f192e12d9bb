"""Customers to watch for failure: how their payments depart from their habit, and what a bureau says of them.

`failure_odds` is the likelihood of what is seen if the customer is about to fail over that if it is not: the
`break_odds` of its payments times a ratio per bureau class, the middle class and an unknown one changing nothing. The
ratio (`watch_class_ratio`) is below what classes say of failure by themselves: a rating lasts and a break of habit is
news, and places on the list that are held by lasting bad ratings are not there for news.
"""

from __future__ import annotations

import pandas as pd

from riskkit.policy_scores import ScoringPolicy

MIDDLE_CLASS = 3


def failure_odds(break_odds: pd.Series, bureau_class: pd.Series, *, policy: ScoringPolicy) -> pd.Series:
    """How many times likelier what is seen of each customer is before a failure; 1 says nothing.

    From: break_odds (`HABIT_BREAKS`, missing without invoices in the window); bureau_class 1 (safest) to 5, missing
          when unknown.
    To:   floats in their order, missing where neither is known.
    """
    steps = bureau_class.astype("float64") - MIDDLE_CLASS
    odds = break_odds.astype("float64").fillna(1.0) * policy.watch_class_ratio ** steps.fillna(0.0)
    return odds.where(break_odds.notna() | bureau_class.notna())


def watched(odds: pd.Series, active: pd.Series, *, policy: ScoringPolicy) -> pd.Series:
    """The customers to watch: the `watch_share` of active ones whose odds are highest, and above 1; the rest False.

    `active` are customers who bought in the window or owe something, and have not failed.
    """
    places = int(policy.watch_share * int(active.sum()))
    rank = odds.where(active).rank(ascending=False, method="first")
    return (rank <= places) & (odds > 1)
