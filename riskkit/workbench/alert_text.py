"""Alerts between two runs, as lines of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskkit.exhibits.alert_digest import SEVERITY_WORDS, digest_line, kind_word
from riskkit.exhibits.language import Language

if TYPE_CHECKING:
    import pandas as pd

ALERTS_SHOWN = 8


def alert_lines(alerts: pd.DataFrame, words: Language, *, currency: str) -> list[str]:
    """The first alerts to act on: customer, why, what to do.

    From: `monitoring.ALERTS`, money in cents.
    """
    shown = alerts.assign(owed_amount=alerts["owed_cents"] / 100)
    acted = shown[shown["severity"] != "info"]
    lines = [
        "",
        f"{words.text('Alerts')}{words.text(': ')}{digest_line(shown, language=words.code, currency=currency)}",
    ]
    for row in acted.head(ALERTS_SHOWN).to_dict("records"):
        name = row["name"] if isinstance(row["name"], str) else row["customer_id"]
        severity = words.say(SEVERITY_WORDS[str(row["severity"])])
        lines.append(f"  – {name} ({severity}, {kind_word(str(row['kind']), words)})")
        lines.append(f"    {row['reason']}")
        lines.append(f"    → {row['advice']}")
    if len(acted) > ALERTS_SHOWN:
        more = words.text(
            "{count:more alert|more alerts}: give --out to have them all", count=len(acted) - ALERTS_SHOWN
        )
        lines.append(f"  – {more}")
    return lines
