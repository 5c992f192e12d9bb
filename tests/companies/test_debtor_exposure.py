"""What debtors and groups owe, added up by hand."""

from __future__ import annotations

import pandas as pd

from riskkit.companies.debtor_exposure import debtor_exposure
from riskkit.companies.same_debtor import same_debtor


def test_accounts_of_one_debtor_and_debtors_of_one_group_add_up():
    customers = pd.DataFrame(
        {"customer_id": ["A", "B", "C", "D"], "name": ["Wal-Mar", "Wal-Mar bis", "Fille", "Seul"],
         "siren": ["732829320", "732829320", "552100554", None]}
    )  # fmt: skip
    parents = pd.DataFrame({"siren": ["552100554"], "parent_siren": ["732829320"]})
    ageing = pd.DataFrame(
        {"customer_id": ["A", "B", "C", "D"], "open_items_cents": [100, 300, 50, 7], "overdue_cents": [10, 0, 50, 0],
         "unapplied_cents": [0, 20, 0, 0], "receivables_cents": [100, 280, 50, 7]}
    )  # fmt: skip
    rows = debtor_exposure(ageing, same_debtor(customers, parents=parents), customers)
    told = rows[["level", "debtor_id", "name", "accounts_count", "receivables_cents", "overdue_cents"]]
    assert told.to_numpy().tolist() == [
        ["debtor", "A", "Wal-Mar bis", 2, 380, 10],  # 100 + 280; the name is that of the account that owes most
        ["debtor", "C", "Fille", 1, 50, 50],
        ["debtor", "D", "Seul", 1, 7, 0],
        ["group", "732829320", "Wal-Mar bis", 3, 430, 60],  # 380 + 50
        ["group", "D", "Seul", 1, 7, 0],
    ]
