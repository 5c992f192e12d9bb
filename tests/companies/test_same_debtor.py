"""One debtor under several accounts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.companies.same_debtor import DEBTORS, consolidate_exposure, same_debtor
from riskkit.policy_companies import DebtorPolicy

LEDGER = Path(__file__).parents[2].parent / "shared" / "data" / "ar" / "highradius_open_items.csv.gz"
needs_ledger = pytest.mark.skipif(not LEDGER.exists(), reason="../shared/data/ar is not on this machine")


def accounts(*rows: tuple) -> pd.DataFrame:
    columns = ["customer_id", "name", "siren", "address"]
    return pd.DataFrame([(*row, *[None] * (4 - len(row))) for row in rows], columns=columns).astype("str")


def debtors_of(customers: pd.DataFrame, **options) -> dict[str, str]:
    found = same_debtor(customers, **options)
    assert list(found.columns) == DEBTORS.names
    return dict(zip(found["customer_id"], found["debtor_id"], strict=True))


def test_accounts_of_one_siren_are_one_debtor_whatever_their_names():
    found = same_debtor(accounts(("B", "ALPHA", "732829320"), ("A", "OMEGA", "732829320"), ("C", "GAMMA")))
    assert found["debtor_id"].tolist() == ["A", "A", "C"]
    assert found["reason"].tolist() == ["same_siren", "same_siren", "single"]
    assert found["probability"].tolist() == [1.0, 1.0, 1.0]


def test_two_siren_are_never_one_debtor_and_leave_a_nameless_third_alone():
    rows = accounts(("A", "HORIZON", "732829320"), ("B", "HORIZON", "404833048"), ("C", "HORIZON SARL"))
    assert debtors_of(rows) == {"A": "A", "B": "B", "C": "C"}


def test_an_account_without_siren_joins_the_one_of_its_name():
    rows = accounts(("B", "Kéraudren SARL", "732829320"), ("A", "ETS KERAUDREN"), ("C", "TRANSPORTS KERAUDREN"))
    found = same_debtor(rows)
    assert found["debtor_id"].tolist() == ["A", "A", "C"]
    assert found["probability"].tolist() == [0.97, 1.0, 1.0]


def test_towns_far_apart_keep_namesakes_apart():
    rows = accounts(("A", "GARAGE DU PORT", None, "29200 BREST"), ("B", "GARAGE DU PORT", None, "13001 MARSEILLE"),
                    ("C", "GARAGE DU PORT", None, "29000 QUIMPER"))  # fmt: skip
    assert debtors_of(rows) == {"A": "A", "B": "B", "C": "A"}


def test_a_slip_of_the_pen_is_the_same_debtor_in_one_postcode_or_below_the_threshold():
    rows = accounts(("A", "KERAUDREN"), ("B", "KERAUDRAN"), ("C", "ATELIER 12345"), ("D", "ATELIER 12346"))
    assert debtors_of(rows) == {"A": "A", "B": "B", "C": "C", "D": "D"}
    generous = DebtorPolicy(same_debtor_probability=0.6)
    assert debtors_of(rows, thresholds=generous) == {"A": "A", "B": "A", "C": "C", "D": "D"}
    placed = accounts(("A", "KERAUDREN", None, "4 rue du Port 29200 BREST"), ("B", "KERAUDRAN", None, "29200 Brest"),
                      ("C", "KERAUDRIN", None, "29000 QUIMPER"))  # fmt: skip
    assert debtors_of(placed) == {"A": "A", "B": "A", "C": "C"}
    assert same_debtor(placed)["reason"].tolist() == ["nearly_same_name_and_place"] * 2 + ["single"]


def test_a_name_that_chance_repeats_needs_one_address():
    """MARTIN and TRANSPORTS are each in six names of eleven: 5 × 5 ÷ 11 namesakes are expected by chance alone."""
    towns = ("BREST", "QUIMPER", "VANNES", "RENNES", "NANTES")
    others = [(f"X{n}", f"MARTIN {town}") for n, town in enumerate(towns)]
    others += [(f"Y{n}", f"TRANSPORTS {town}") for n, town in enumerate(towns)]
    one, two = "4 rue du Port 29200 BREST", "9 rue de la Gare 29200 BREST"
    rows = accounts(("A", "MARTIN TRANSPORTS", None, one), ("B", "TRANSPORTS MARTIN SARL", None, one),
                    ("C", "MARTIN TRANSPORTS", None, two), ("D", "MARTIN TRANSPORTS"), ("E", "HORIZON BLEU"),
                    ("F", "HORIZON BLEU"), *others)  # fmt: skip
    found = debtors_of(rows)
    assert {key: found[key] for key in "ABCDEF"} == {"A": "A", "B": "A", "C": "C", "D": "D", "E": "E", "F": "E"}


def test_catch_all_accounts_are_nobodys():
    rows = accounts(("A", "CLIENTS DIVERS"), ("B", "CLIENTS DIVERS")).assign(is_catch_all=True)
    assert debtors_of(rows) == {"A": "A", "B": "B"}


def test_groups_follow_the_parents_to_the_top_even_in_a_circle():
    rows = accounts(("A", "ONE", "000000018"), ("B", "TWO", "000000026"), ("C", "THREE"), ("D", "FOUR", "000000042"))
    parents = pd.DataFrame(
        {"siren": ["000000018", "000000026", "000000042"], "parent_siren": ["000000026", "000000034", "000000042"]}
    )
    found = same_debtor(rows, parents=parents).set_index("customer_id")["group_id"]
    assert found.to_dict() == {"A": "000000034", "B": "000000034", "C": "C", "D": "000000042"}


def test_consolidated_exposure_adds_up_to_the_ledger():
    rows = accounts(("A", "HORIZON"), ("B", "HORIZON SARL"), ("C", "OTHER"))
    ageing = pd.DataFrame({"customer_id": ["A", "B", "B", "C", "Z"], "open_cents": [100, 20, 3, 4_000, 50_000]})
    found = consolidate_exposure(ageing, same_debtor(rows))
    # A + B: 100 + 20 + 3; Z is an account nobody described
    assert found.to_dict("list") == {
        "debtor_id": ["A", "C", "Z"], "accounts_count": [2, 1, 1], "open_cents": [123, 4_000, 50_000],
    }  # fmt: skip


@given(st.lists(st.sampled_from(["HORIZON", "HORIZON SA", "Horizont", "LAC BLEU", "BLEU LAC", "X", ""]), max_size=8))
def test_every_account_has_one_debtor_that_is_its_own_debtor(names):
    found = same_debtor(accounts(*((f"{n:02d}", name) for n, name in enumerate(names))))
    heads = found.set_index("customer_id")["debtor_id"]
    assert len(found) == len(names)
    assert (heads[heads.unique()] == heads.unique()).all()
    assert (found["debtor_id"] <= found["customer_id"]).all()


@needs_ledger
def test_one_customer_under_many_suffixes_is_one_debtor():
    read = pd.read_csv(LEDGER, dtype="str").drop_duplicates(["cust_number", "name_customer"])
    rows = pd.DataFrame(
        {"customer_id": read["cust_number"] + "|" + read["name_customer"], "name": read["name_customer"]}
    )
    rows = rows.reset_index(drop=True)
    found = same_debtor(rows)
    stem = rows["name"].str.strip().str.split().str[0]
    assert len(set(found.loc[stem == "WAL-MAR", "debtor_id"])) == 1
    assert (stem == "WAL-MAR").sum() > 10
    # The ledger's own number is the truth: names of one number must meet again.
    number = read["cust_number"].reset_index(drop=True)
    together = found["debtor_id"].groupby(number).nunique()
    assert together.eq(1).mean() > 0.9  # the rest changed names, or were cut (KROGE, KROGER)
