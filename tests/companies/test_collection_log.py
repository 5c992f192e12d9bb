"""The log of actions and promises: what is read of it, and when a promise is kept, waiting or broken."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from riskkit.companies.collection_log import CollectionFile, judge_promises, read_collection_log
from riskkit.errors import DataError

LOG = """Code client;Date;Action;Promesse;Montant promis
C1;02/12/2024;Appel téléphonique;20/12/2024;1 000,00
C1;10/12/2024;Relance par e-mail;;
C2;05/12/2024;Mise en demeure (LRAR);;
C3;06/12/2024;Requête en injonction de payer;;
C9;06/12/2024;Appel;31/12/2024;50,00
C2;20/12/2024;Déclaration de créance;;
"""


def read(tmp_path, text):
    (tmp_path / "relances.csv").write_text(text, encoding="utf-8")
    return read_collection_log(CollectionFile(file="relances.csv"), {"C1", "C2", "C3"}, folder=tmp_path, currency="EUR")


def test_actions_are_read_and_lines_of_no_customer_are_said(tmp_path):
    log = read(tmp_path, LOG)
    steps = list(zip(log.actions["customer_id"], log.actions["step"], strict=True))
    assert steps == [("C1", "call"), ("C1", "email"), ("C2", "formal_notice"), ("C2", "claim"), ("C3", "court_order")]
    assert log.actions["promised_cents"].iloc[0] == 100_000
    assert "1 line of the collection log (50.00 EUR promised)" in str(log.notes[0])


def test_a_promise_for_a_day_before_it_was_made_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"relances.csv, line 2: the promise"):
        read(tmp_path, LOG.replace("20/12/2024;1", "20/11/2024;1"))


@pytest.mark.parametrize(
    ("as_of", "paid", "status"),
    [
        ("2024-12-19", [], "waiting"),
        ("2024-12-23", [], "waiting"),  # the grace: 3 days
        ("2024-12-24", [], "broken"),
        ("2024-12-31", [("2024-12-23", 100_000)], "kept"),
        ("2024-12-31", [("2024-12-24", 100_000)], "broken"),  # paid, but too late
        ("2024-12-31", [("2024-12-02", 100_000)], "broken"),  # paid on the day of the promise: it was for the rest
        ("2024-12-10", [("2024-12-05", 40_000), ("2024-12-06", 60_000)], "kept"),
        ("2024-12-24", [("2024-12-05", 40_000), ("2024-12-24", 60_000)], "broken"),
    ],
)
def test_a_promise_is_judged_by_what_was_paid_by_its_day(tmp_path, as_of, paid, status):
    actions = read(tmp_path, LOG).actions
    cash = pd.DataFrame(paid, columns=["payment_date", "amount_cents"]).assign(customer_id="C1")
    cash["payment_date"] = pd.to_datetime(cash["payment_date"])
    made = judge_promises(actions, cash, as_of=dt.date.fromisoformat(as_of), grace_days=3)
    assert made["status"].tolist() == [status]
    known = made["known_date"].iloc[0]
    assert known == pd.Timestamp("2024-12-24") if status == "broken" else pd.isna(known)


def test_nothing_promised_later_is_known(tmp_path):
    actions = read(tmp_path, LOG).actions
    cash = pd.DataFrame({"customer_id": [], "payment_date": pd.to_datetime([]), "amount_cents": []})
    assert judge_promises(actions, cash, as_of=dt.date(2024, 12, 1), grace_days=3).empty
