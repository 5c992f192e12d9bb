"""Segments and their axes in words, and how customers spread over them."""

from __future__ import annotations

import pandas as pd

from riskkit.errors import Message, message
from riskkit.exhibits.language import Language

SEGMENTS: dict[str, Message] = {
    "critical": message("Key and at risk"),
    "protect": message("To be secured"),
    "dormant": message("Dormant"),
    "firm": message("To be pressed"),
    "negotiate": message("Key and late"),
    "remind": message("To be reminded"),
    "observe": message("To be observed"),
    "develop": message("To be developed"),
    "trust": message("Trusted"),
    "catch_all": message("One-off customers"),
}
BEHAVIOURS: dict[str, Message] = {
    "good": message("pays well"),
    "late": message("pays late"),
    "bad": message("pays badly"),
    "unknown": message("behaviour not known"),
}
RELATIONS: dict[str, Message] = {
    "key": message("key customer"),
    "regular": message("regular customer"),
    "new": message("new customer"),
    "dormant": message("dormant customer"),
}


def segment_name(code: str, words: Language) -> str:
    """What a segment is called; one of the client's own policy is called as the policy says."""
    return words.say(SEGMENTS[code]) if code in SEGMENTS else code


def segment_rows(segments: pd.DataFrame) -> pd.DataFrame:
    """One row a segment, the largest overdue first.

    From: segments of a run.
    To:   segment, customers_count, sales_12m_amount, open_amount, overdue_amount, strategy.
    """
    grouped = segments.groupby("segment", as_index=False).agg(
        customers_count=("customer_id", "size"),
        sales_12m_amount=("sales_12m_amount", "sum"),
        open_amount=("open_amount", "sum"),
        overdue_amount=("overdue_amount", "sum"),
        strategy=("strategy", "first"),
    )
    money = ["sales_12m_amount", "open_amount", "overdue_amount"]
    grouped = grouped.astype(dict.fromkeys(money, "float64"))
    return grouped.sort_values(["overdue_amount", "open_amount"], ascending=False, ignore_index=True)
