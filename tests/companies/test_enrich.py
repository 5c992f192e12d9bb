"""Customers enriched from several providers: preference, sources, dates, and what the client gave left as it was."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from riskkit.companies.enrich import coverage, enrich_customers
from riskkit.companies.enrich_fields import FIELDS
from riskkit.errors import DataError, message

AS_OF = dt.date(2024, 6, 30)
A, B = "732829320", "552100554"


class Known:
    """A provider that knows what it is given."""

    def __init__(self, name, *rows, fails=False):
        self.name, self.rows, self.fails = name, rows, fails
        self.fields = tuple({key for row in rows for key in row} - {"siren", "date"})
        self.notes = ()
        self.asked = None

    def lookup(self, sirens, *, as_of):
        self.asked = list(sirens)
        if self.fails:
            raise DataError(message("{file} does not exist. Correct its name in portfolio.yaml.", file="x.csv"))
        frame = pd.DataFrame([{"date": "2024-01-01", **row} for row in self.rows])
        return frame.assign(source=self.name, date=pd.to_datetime(frame["date"]))


def customers(**columns):
    return pd.DataFrame(
        {"customer_id": ["C1", "C2", "C3", "C4"], "siren": pd.Series([A, B, A, None], dtype="str"), **columns}
    )


def enriched(*providers, **columns):
    return enrich_customers(customers(**columns), providers, as_of=AS_OF)


def test_the_first_provider_that_knows_gives_the_value_with_its_source_and_date():
    found = enriched(
        Known("Sirene", {"siren": A, "naf_code": "43.21A", "naf_version": "rev2", "legal_form_code": None}),
        Known("Autre", {"siren": A, "naf_code": "62.01Z", "legal_form_code": "5499", "date": "2023-03-03"}),
    ).customers.set_index("customer_id")
    assert found.loc["C1", ["naf_code", "naf_code_source", "naf_code_date"]].tolist() == [
        "43.21A", "Sirene", pd.Timestamp("2024-01-01"),
    ]  # fmt: skip
    assert found.loc["C1", ["legal_form_code", "legal_form_code_source"]].tolist() == ["5499", "Autre"]
    assert found.loc["C1", "legal_form_code_date"] == pd.Timestamp("2023-03-03")
    assert found.loc["C3", "naf_code"] == "43.21A"  # the other account of the same company
    assert found.loc["C2"][["naf_code", "naf_code_source"]].isna().all()


def test_labels_and_vat_come_from_the_codes():
    unit = {"siren": B, "naf_code": "43.21A", "naf_version": "rev2", "legal_form_code": "5710", "headcount_code": "12"}
    found = enriched(Known("Sirene", unit)).customers.set_index("customer_id")  # fmt: skip
    assert found.loc["C2", "activity_label"].startswith("Travaux d'installation électrique")
    assert found.loc["C2", "activity_label_source"] == "Sirene"
    assert "actions simplifiée" in found.loc["C2", "legal_form_label"]
    assert found.loc["C2", "headcount_label"] == "20 à 49 salariés"
    assert found.loc["C2", "vat_number"] == "FR96552100554"  # key of the glossary
    assert pd.isna(found.loc["C4", "vat_number"])


def test_what_the_client_gave_is_never_touched():
    given = customers(naf_code=["62.01Z", None, "62.01Z", "43.21A"], state=["bon", "x", None, "y"])
    result = enrich_customers(
        given, [Known("Sirene", {"siren": A, "naf_code": "43.21A", "naf_version": "rev2"})], as_of=AS_OF
    )
    pd.testing.assert_frame_equal(result.customers[given.columns.tolist()], given)
    assert result.customers.columns[: given.shape[1]].tolist() == given.columns.tolist()
    assert result.columns["naf_code"] == "found_naf_code"
    assert result.customers["found_naf_code"].tolist()[0] == "43.21A"
    assert result.columns["state"] == "found_state"
    assert any("2 customers have another NAF code" in str(note) for note in result.notes)


def test_every_field_has_its_value_its_source_and_its_date():
    result = enriched(Known("Sirene", {"siren": A, "naf_code": "43.21A", "naf_version": "rev2"}))
    for field in FIELDS:
        column = result.columns[field.name]
        assert {column, f"{column}_source", f"{column}_date"} <= set(result.customers.columns)


@pytest.mark.parametrize(
    ("first", "second", "state", "source"),
    [
        (("in_bonis", "2024-06-30"), ("ceased", "2023-01-01"), "ceased", "Second"),
        (("liquidation", "2023-05-01"), ("ceased", "2024-02-01"), "ceased", "Second"),
        (("liquidation", "2024-05-01"), ("ceased", "2023-02-01"), "liquidation", "First"),
        (("liquidation", "2024-05-01"), ("in_bonis", "2024-06-30"), "liquidation", "First"),
    ],
)
def test_a_fact_prevails_over_its_absence_and_the_later_fact_over_the_earlier(first, second, state, source):
    found = enriched(
        Known("First", {"siren": A, "state": first[0], "date": first[1]}),
        Known("Second", {"siren": A, "state": second[0], "date": second[1]}),
    ).customers
    assert found.loc[0, ["state", "state_source"]].tolist() == [state, source]
    assert found.loc[3, "state"] == "unknown"


def test_a_provider_that_fails_does_not_stop_the_others():
    result = enriched(Known("Absent", fails=True), Known("Bureau", {"siren": A, "bureau_limit_cents": 500_000}))
    assert result.customers.loc[0, "bureau_limit_cents"] == 500_000
    assert any("Absent: nothing was added" in str(note) for note in result.notes)


def test_providers_are_asked_once_for_each_company():
    provider = Known("Sirene", {"siren": A, "naf_code": "43.21A"})
    enriched(provider)
    assert provider.asked == [B, A]


def test_a_measure_says_why_it_is_blank_and_ranks_when_there_are_peers():
    sirens = pd.Series(pd.Series(range(300)).map(lambda n: f"{n:08d}"))
    portfolio = pd.DataFrame({"customer_id": sirens, "siren": sirens.map(lambda n: "9" + n)})
    rows = [
        {"siren": siren, "naf_code": "43.21A", "naf_version": "rev2", "gearing": float(rank) if rank else None,
         "gearing_reason": None if rank else "equity_not_positive", "gearing_change": 0.5}
        for rank, siren in enumerate(portfolio["siren"][:22])
    ]  # fmt: skip
    found = enrich_customers(portfolio, [Known("bilans.csv", *rows)], as_of=AS_OF).customers
    assert found.loc[0, "gearing_reason"] == "equity_not_positive"
    assert found["gearing_quantile"].tolist()[1:22] == pytest.approx([rank / 20 for rank in range(21)])
    assert found.loc[1, "gearing_change"] == 0.5
    assert found["gearing_quantile"].iloc[22:].isna().all()


def test_coverage_counts_customers_and_exposure():
    result = enriched(Known("Sirene", {"siren": A, "naf_code": "43.21A", "naf_version": "rev2"}))
    table = coverage(result, exposure_cents=pd.Series([100, 200, 300, 400])).set_index("field")
    assert table.loc["siren", ["count", "customers", "share"]].tolist() == [3, 4, 0.75]
    assert table.loc["naf_code", ["count", "exposure_share"]].tolist() == [2, 0.4]  # (100 + 300) ÷ 1 000
    assert table.loc["state", "count"] == 0  # unknown is not coverage
    assert coverage(result)["exposure_share"].isna().all()


def test_without_any_siren_or_provider_nothing_breaks():
    nobody = customers().assign(siren=pd.Series([None] * 4, dtype="str"))
    result = enrich_customers(nobody, [Known("Sirene", {"siren": A, "naf_code": "43.21A"})], as_of=AS_OF)
    assert (result.customers["state"] == "unknown").all()
    assert len(enrich_customers(customers(), [], as_of=AS_OF).customers) == 4
    assert len(enrich_customers(customers().head(0), [], as_of=AS_OF).customers) == 0
