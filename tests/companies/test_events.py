"""Facts tied to customers, and the state of a company at a date."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.companies.bodacc import FACTS, read_bodacc
from riskkit.companies.events import COMPANY_EVENTS, STATES, company_states, read_facts, tie_events
from riskkit.errors import DataError

SIREN = "732829320"
CUSTOMERS = pd.DataFrame(
    {"customer_id": ["C1", "C2", "C3", "C4"], "siren": pd.Series([SIREN, SIREN, "552100554", None], dtype="str")}
)
AFTER = {"safeguard": "safeguard", "receivership": "receivership", "liquidation": "liquidation"}


def facts(*rows, siren=SIREN):
    """Facts of one company: (known, judged, kind, state after)."""
    return FACTS.conform(
        pd.DataFrame(
            [
                {"siren": siren, "event_date": known, "judgment_date": judged, "kind": kind, "state_after": after,
                 "source_file": "bodacc.json", "source_line": rank}
                for rank, (known, judged, kind, after) in enumerate(rows, start=1)
            ]
        )
    )  # fmt: skip


def state_at(table, day, customer="C1", **options):
    events = tie_events(table, customers=CUSTOMERS)
    states = company_states(events, as_of=dt.date.fromisoformat(day), customers=CUSTOMERS, **options)
    return states.set_index("customer_id").loc[customer]


OPENED = ("2024-03-14", "2024-03-05", "receivership", "receivership")
CONVERTED = ("2024-06-20", "2024-06-11", "liquidation", "liquidation")


def test_a_procedure_is_known_from_its_publication_and_not_before():
    story = facts(OPENED, CONVERTED)
    assert state_at(story, "2024-03-13")["state"] == "unknown"
    assert state_at(story, "2024-03-14")["state"] == "receivership"
    assert state_at(story, "2024-06-19")["state"] == "receivership"
    in_liquidation = state_at(story, "2024-06-20")
    assert in_liquidation["state"] == "liquidation"
    assert in_liquidation["since_date"] == pd.Timestamp("2024-06-11")
    assert in_liquidation["source_line"] == 2


def test_every_account_of_a_company_has_its_facts_and_others_have_none():
    events = tie_events(facts(OPENED), customers=CUSTOMERS)
    assert events["customer_id"].tolist() == ["C1", "C2"]
    assert events.columns.tolist() == COMPANY_EVENTS.names
    assert state_at(facts(OPENED), "2024-04-01", customer="C3")["state"] == "unknown"


def test_in_bonis_needs_a_source_that_was_asked():
    searched = {"552100554"}
    assert state_at(facts(OPENED), "2024-04-01", customer="C3", searched=searched)["state"] == "in_bonis"
    assert state_at(facts(OPENED), "2024-04-01", customer="C4", searched=searched)["state"] == "unknown"


def test_a_late_publication_of_an_old_judgment_does_not_undo_a_younger_one():
    late = ("2024-09-01", "2024-03-05", "receivership", "receivership")
    assert state_at(facts(CONVERTED, late), "2024-10-01")["state"] == "liquidation"


def test_of_two_judgments_of_one_day_the_gravest_remains():
    conversion = ("2024-03-14", "2024-03-05", "liquidation", "liquidation")
    assert state_at(facts(conversion, OPENED), "2024-04-01")["state"] == "liquidation"


def test_a_plan_keeps_the_procedure_and_says_so_until_it_is_carried_out():
    story = facts(
        OPENED,
        ("2024-12-01", "2024-11-20", "plan", "receivership"),
        ("2026-01-10", "2026-01-02", "closing", "in_bonis"),
    )
    under_plan = state_at(story, "2025-01-01")
    assert (under_plan["state"], under_plan["is_under_plan"]) == ("receivership", True)
    assert under_plan["since_date"] == pd.Timestamp("2024-11-20")
    done = state_at(story, "2026-02-01")
    assert (done["state"], done["is_under_plan"]) == ("in_bonis", False)


def test_a_plan_of_sale_changes_no_state():
    story = facts(CONVERTED, ("2024-07-10", "2024-07-01", "plan", None))
    assert state_at(story, "2024-08-01")["state"] == "liquidation"


def test_a_closing_ends_a_liquidation():
    story = facts(CONVERTED, ("2025-06-10", "2025-06-01", "closing", "ceased"))
    assert state_at(story, "2025-06-09")["state"] == "liquidation"
    assert state_at(story, "2025-06-10")["state"] == "ceased"


def test_privileges_and_disputes_change_no_state():
    assert state_at(facts(("2024-01-05", None, "privilege", None)), "2024-02-01")["state"] == "unknown"


def test_an_annulled_judgment_counts_until_its_annulment_is_known():
    annulled = facts(OPENED).assign(annulled_date=pd.Timestamp("2024-05-02"))
    assert state_at(annulled, "2024-05-01")["state"] == "receivership"
    assert state_at(annulled, "2024-05-02")["state"] == "unknown"


def test_plain_events_of_the_client_are_enough():
    events = pd.DataFrame(
        {"customer_id": ["C4", "C4"], "event_date": ["2024-01-10", "2025-02-01"], "kind": ["receivership", "closing"],
         "source_file": "evenements.csv", "source_line": [2, 3]}
    )  # fmt: skip
    at = [
        company_states(events, as_of=dt.date(year, 6, 1), customers=CUSTOMERS)
        .set_index("customer_id")
        .loc["C4", "state"]
        for year in (2023, 2024, 2025)
    ]
    assert at == ["unknown", "receivership", "in_bonis"]


@given(
    st.lists(
        st.tuples(st.dates(dt.date(2020, 1, 1), dt.date(2024, 12, 31)), st.sampled_from(sorted(AFTER))), max_size=6
    ),
    st.dates(dt.date(2020, 1, 1), dt.date(2024, 12, 31)),
)
def test_later_facts_do_not_exist(story, as_of):
    rows = [(day.isoformat(), None, kind, AFTER[kind]) for day, kind in story]
    known = [row for row in rows if row[0] <= as_of.isoformat()]
    whole = state_at(facts(*rows), as_of.isoformat()) if rows else None
    if whole is not None:
        assert whole["state"] in STATES
        expected = state_at(facts(*known), as_of.isoformat())["state"] if known else "unknown"
        assert whole["state"] == expected


def test_privileges_protests_and_disputes_of_a_file(tmp_path):
    path = tmp_path / "privileges.csv"
    path.write_text(
        "SIREN;Date inscription;Nature;Montant\n"
        "732 829 320;12/02/2024;Privilège URSSAF;12 345,60\n"
        "732829320;03/04/2024;Protêt;1 000,00\n"
        "552100554;;Privilège du Trésor;500,00\n"
        "732829320;05/04/2024;Mainlevée de privilège;12 345,60\n",
        "utf-8",
    )
    read, notes = read_facts(path)
    assert read["kind"].tolist() == ["privilege", "protest", "release"]
    assert read["amount_cents"].tolist() == [1_234_560, 100_000, 1_234_560]
    assert read["source_line"].tolist() == [2, 3, 5]
    assert "1 row (500.00 EUR)" in str(notes[0])
    assert len(tie_events(read, customers=CUSTOMERS)) == 6  # three facts on both accounts of the company


def test_facts_on_an_account_without_siren_follow_the_account(tmp_path):
    path = tmp_path / "litiges.csv"
    path.write_text("Code client;Date;Type\nC4;2024-02-12;Litige\nC9;2024-02-12;Litige\n", "utf-8")
    read, _ = read_facts(path)
    assert tie_events(read, customers=CUSTOMERS)["customer_id"].tolist() == ["C4"]


def test_a_file_that_names_no_company_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("Date;Nature\n2024-02-12;Litige\n2024-02-13;Litige\n", "utf-8")
    with pytest.raises(DataError, match="neither a SIREN"):
        read_facts(path)


def test_real_companies_are_in_liquidation_after_their_judgment_and_not_before(shared_data):
    read = read_bodacc([shared_data / "bodacc" / "bodacc_liquidations_2021_effectifs.csv"]).facts
    customers = pd.DataFrame({"customer_id": ["A", "B", "C"], "siren": ["345086177", "094130994", "792480048"]})
    events = tie_events(read, customers=customers)

    def states(year, month, day):
        return company_states(events, as_of=dt.date(year, month, day), customers=customers)["state"].tolist()

    assert states(2021, 3, 7) == ["unknown", "unknown", "unknown"]
    assert states(2021, 4, 14) == ["liquidation", "unknown", "liquidation"]  # judged on 14 April and 8 March
    assert states(2021, 9, 10) == ["liquidation", "liquidation", "ceased"]  # the last one closed on 6 September
