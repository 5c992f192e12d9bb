"""What the receivables should be by another document: a control total, or an aged balance read beside the invoices."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from riskkit.sources.tabular import plain


@dataclass(frozen=True)
class Control:
    """What the receivables should be: a total at a date and, when known, each customer's balance.

    `customers`: customer_id, balance_cents. `total_cents` is their sum when it is not given.
    """

    date: dt.date
    total_cents: int | None = None
    customers: pd.DataFrame | None = None

    @property
    def total(self) -> int | None:
        """The total expected, or None when nothing says it."""
        if self.total_cents is not None:
            return self.total_cents
        return None if self.customers is None else int(self.customers["balance_cents"].sum())


def balance_control(items: pd.DataFrame, names: pd.DataFrame, *, struck: dt.date, customers: pd.DataFrame) -> Control:
    """The balances of an aged balance as a control of other files.

    From: items (customer_id, amount_cents) and names (customer_id, name) of the balance; customers of the other files.
    To:   a control whose customers bear the codes of the other files, by code, else by a name that one alone bears.
    """
    balances = items.groupby("customer_id", sort=False)["amount_cents"].sum()
    known = set(customers["customer_id"])
    named = customers[customers["name"].notna()]
    keys = named["name"].map(plain)
    alone = ~keys.duplicated(keep=False)
    by_name = dict(zip(keys[alone], named.loc[alone, "customer_id"], strict=True))
    said = names.set_index("customer_id")["name"]
    codes = []
    for code in map(str, balances.index):
        name = said.get(code)
        other = by_name.get(plain(name)) if isinstance(name, str) else None
        codes.append(code if code in known or other is None else other)
    owed = pd.Series(balances.to_numpy(), index=pd.Index(codes, name="customer_id"), name="balance_cents")
    return Control(struck, customers=owed.groupby(level=0, sort=False).sum().reset_index())
