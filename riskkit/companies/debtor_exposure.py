"""What each debtor and each group owes, all their accounts together."""

from __future__ import annotations

import pandas as pd

from riskkit.companies.same_debtor import consolidate_exposure
from riskkit.schemas import Column, Table

SUMS = ("open_items_cents", "overdue_cents", "unapplied_cents", "receivables_cents")

DEBTOR_EXPOSURE = Table(
    "debtor_exposure",
    "a debtor, or a group of debtors, with what all its accounts owe",
    (
        Column("level", "text", "debtor or group"),
        Column("debtor_id", "text", "its key in the table debtors (debtor_id or group_id)"),
        Column("name", "text", "name of its account that owes most", nullable=True),
        Column("siren", "text", "SIREN of that account, missing when unknown", nullable=True),
        Column("accounts_count", "integer", "accounts of the ledger that are its own"),
        *(
            Column(name, "cents", f"{name.removesuffix('_cents').replace('_', ' ')} of all its accounts")
            for name in SUMS
        ),
    ),
)


def debtor_exposure(ageing: pd.DataFrame, debtors: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Exposure by debtor and by group.

    From: ageing (`ledger.ageing.AGEING`), debtors (`same_debtor.DEBTORS`), customers (customer_id, name, siren).
    To:   `DEBTOR_EXPOSURE`, largest first inside each level; each level adds up to the ageing.
    """
    owed = ageing[["customer_id", *SUMS]]
    first = owed.sort_values(["receivables_cents", "customer_id"], ascending=[False, True], kind="stable")
    named = customers.set_index("customer_id")[["name", "siren"]]
    levels = []
    for level, key in (("debtor", "debtor_id"), ("group", "group_id")):
        sums = consolidate_exposure(owed, debtors, by=key).rename(columns={key: "debtor_id"})
        owner = first["customer_id"].map(debtors.set_index("customer_id")[key]).fillna(first["customer_id"])
        heads = first.assign(debtor_id=owner).drop_duplicates("debtor_id").set_index("debtor_id")["customer_id"]
        head = sums["debtor_id"].map(heads)
        sums = sums.assign(level=level, name=head.map(named["name"]), siren=head.map(named["siren"]))
        levels.append(sums.sort_values(["receivables_cents", "debtor_id"], ascending=[False, True], kind="stable"))
    return DEBTOR_EXPOSURE.conform(pd.concat(levels, ignore_index=True))[DEBTOR_EXPOSURE.names]
