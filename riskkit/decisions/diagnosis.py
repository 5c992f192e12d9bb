"""The company's dependence on its debtors and its place in the matrix, in sentences."""

from __future__ import annotations

import pandas as pd

from riskkit.decisions.matrix import strategy
from riskkit.errors import Message, Money, message


def diagnosis_sentences(concentration: pd.DataFrame, matrix: pd.DataFrame, *, currency: str) -> list[Message]:
    """How few debtors the company hangs on, what the loss of the largest would do, and the strategy of its cell."""
    owed = concentration.iloc[0]
    if int(owed["debtors_count"]) == 0:
        return []
    sentences = [
        message(
            "{count:debtor|debtors} {count:?carries|carry} {share}% of the open items of the {all} who owe "
            "something; they weigh as much as {number:equal debtor|equal debtors}.",
            count=int(owed["pareto_count"]),
            share=round(100 * float(owed["pareto_amount_share"])),
            all=int(owed["debtors_count"]),
            number=round(float(owed["effective_number"])),
        )
    ]
    if pd.notna(owed["largest_open_cash_share"]):
        sentences.append(
            message(
                "Losing the largest debtor, {name}, would cost {open} at once ({open_share}% of the cash of the year)"
                " and {cash} of receipts a year ({cash_share}%).",
                name=str(owed["largest_name"]),
                open=Money(int(owed["largest_open_items_cents"]), currency, compact=True),
                open_share=round(100 * float(owed["largest_open_cash_share"])),
                cash=Money(int(owed["largest_cash_12m_cents"]), currency, compact=True),
                cash_share=round(100 * float(owed["largest_cash_share"])),
            )
        )
    return [*sentences, strategy(str(matrix["cell"].iloc[0]))]
