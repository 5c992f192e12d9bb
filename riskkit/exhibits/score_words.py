"""The words of scores: classes, levels, who decided, candidates, figures."""

from __future__ import annotations

import math

from riskkit.errors import Message, message
from riskkit.exhibits.language import Language

CLASSES: dict[str, Message] = {
    "1": message("1 – very low"),
    "2": message("2 – low"),
    "3": message("3 – moderate"),
    "4": message("4 – high"),
    "5": message("5 – very high"),
    "unknown": message("not known"),
}
LEVELS: dict[str, Message] = {
    "low": message("low"),
    "moderate": message("moderate"),
    "high": message("high"),
    "unknown": message("not known"),
}
DECIDERS: dict[str, Message] = {
    "grid": message("grid"),
    "event": message("legal event"),
    "override": message("by hand"),
    "nothing": message("–"),
}
CANDIDATES: dict[str, Message] = {
    "customer_rate": message("Customer's own rate"),
    "scorecard": message("Scorecard"),
    "challenger": message("Trees"),
}
FAMILIES: dict[str, Message] = {
    "behaviour": message("payment behaviour"),
    "relation": message("relation"),
    "solvency": message("solvency"),
}
_SHARES = frozenset({"shrunk_late_rate", "broken_share", "overdue_share", "disputed_share", "sector_default_rate"})
_WHOLE = frozenset({"window_count", "oldest_overdue_days", "dbt_days", "recent_dbt_days", "dbt_trend_days"})


def show_figure(name: str, value: float, words: Language) -> str:
    """A value of a figure as people read it: shares in percent, amounts behind a logarithm in money."""
    if math.isnan(value):
        return "–"
    if name in _SHARES:
        return words.share(value)
    if name == "log_window_amount":
        return words.compact_money(100 * math.expm1(value))
    return words.number(value, digits=0 if name in _WHOLE else 1)


def show_bin(name: str, above: float, up_to: float, words: Language) -> str:
    """A bin of a figure in words: no more than, more than, or between."""
    low, high = show_figure(name, above, words), show_figure(name, up_to, words)
    if math.isnan(above) and math.isnan(up_to):
        return words.text("any known value")
    if math.isnan(above):
        return words.text("up to {high}", high=high)
    return (
        words.text("above {low}", low=low) if math.isnan(up_to) else words.text("{low} to {high}", low=low, high=high)
    )
