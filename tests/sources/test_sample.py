"""The sample portfolio: its planted truth, its arithmetic, and that nothing in it is later than its end date."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.fr import siren as siren_number

from riskkit.sources.sample import Driver, Sample, SampleSpec, TermsChange, make_sample
from riskkit.sources.sample_calendar import business_day, day_number, due_days, pay_day
from riskkit.sources.sample_customers import PROCEDURES
from riskkit.sources.sample_orders import with_tax
from riskkit.sources.sample_parquet import write_sample_parquet
from riskkit.sources.sample_spec import COMPANY_SIREN

SMALL = SampleSpec(seed=5, customers=120, invoices=3_000, months=20, end_date=dt.date(2024, 5, 17))


@pytest.fixture(scope="module")
def sample() -> Sample:
    return make_sample(SampleSpec())


@pytest.fixture(scope="module")
def small() -> Sample:
    return make_sample(SMALL)


def _day(year: int, month: int, day: int) -> np.ndarray:
    return np.array([day_number(dt.date(year, month, day))])


def _open_by_loops(sample: Sample) -> dict[str, int]:
    """Open cents per invoice at the end date, one row at a time from the frames and the allocations."""
    still_open = {row.invoice_id: row.amount_cents for row in sample.invoices.itertuples() if row.kind != "credit_note"}
    for row in sample.truth.allocations.itertuples():
        still_open[row.invoice_id] -= row.amount_cents
    return still_open


def test_size_is_what_the_spec_asks(sample: Sample) -> None:
    assert len(sample.customers) == 600
    assert (sample.invoices["kind"] == "invoice").sum() == 20_000
    assert sample.invoices["issue_date"].min() >= pd.Timestamp(2023, 1, 1)
    assert sample.invoices["issue_date"].dt.to_period("M").nunique() == 36
    assert sample.customers["division"].nunique() >= 12


def test_naf_codes_are_in_the_nomenclature(sample: Sample) -> None:
    path = Path(__file__).parents[2] / "riskkit" / "companies" / "nomenclature_data" / "naf_rev2.csv"
    if not path.exists():
        pytest.skip("the nomenclature table is not in this checkout")
    known = path.read_text(encoding="utf-8")
    assert all(code in known for code in sample.customers["naf_code"].dropna().unique())


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_construction_makes_forty_percent_of_the_overdue_with_twenty_of_the_sales(seed: int) -> None:
    made = make_sample(SampleSpec(seed=seed))
    section = made.customers.set_index("customer_id")["section"]
    items = made.invoices.assign(section=made.invoices["customer_id"].map(section))
    sales = items.groupby("section")["amount_cents"].sum()["F"] / items["amount_cents"].sum()
    still_open = pd.Series(_open_by_loops(made))
    late = items[items["due_date"] < pd.Timestamp(made.spec.end_date)].set_index("invoice_id")
    overdue = still_open.reindex(late.index).dropna()
    share = overdue[late.loc[overdue.index, "section"] == "F"].sum() / overdue.sum()
    assert abs(sales - 0.20) < 0.04
    assert abs(share - 0.40) < 0.05
    planted = made.truth.drivers[0]
    assert share == pytest.approx(planted.overdue_share, abs=1e-12)
    assert sales == pytest.approx(planted.sales_share, abs=1e-12)


def test_construction_is_later_in_winter_and_the_others_are_not(sample: Sample) -> None:
    meant = sample.truth.allocations.merge(sample.payments[["payment_id", "payment_date"]], on="payment_id")
    meant = meant.merge(sample.invoices[["invoice_id", "customer_id", "due_date", "dispute_date"]], on="invoice_id")
    meant = meant[meant["dispute_date"].isna() & (meant["due_date"] < pd.Timestamp(2025, 6, 30))]
    late = (meant["payment_date"] - meant["due_date"]).dt.days
    built = meant["customer_id"].map(sample.customers.set_index("customer_id")["section"]).eq("F").to_numpy()
    cold = meant["due_date"].dt.month.isin([11, 12, 1, 2]).to_numpy()
    assert late[built & cold].median() > late[built & ~cold].median() + 3
    assert abs(late[~built & cold].median() - late[~built & ~cold].median()) < 2
    assert late[built].mean() > late[~built].mean() + 5


def test_open_items_and_unapplied_cash_tie_to_the_ledger(small: Sample) -> None:
    receivables = small.invoices["amount_cents"].sum() - small.payments["amount_cents"].sum()
    assert small.truth.open_cents - small.truth.unapplied_cents == receivables
    still_open = _open_by_loops(small)
    assert sum(still_open.values()) == small.truth.open_cents
    assert min(still_open.values()) >= 0


def test_nothing_is_dated_after_the_end(small: Sample) -> None:
    end = pd.Timestamp(SMALL.end_date)
    assert small.invoices["issue_date"].max() <= end
    assert small.invoices["dispute_date"].max() <= end
    assert small.payments["payment_date"].max() <= end
    assert small.events["event_date"].max() <= end
    assert small.truth.future_payments["payment_date"].min() > end


def test_future_payments_never_exceed_what_is_open(small: Sample) -> None:
    coming = small.truth.future_payments.groupby("invoice_id")["amount_cents"].sum()
    still_open = pd.Series(_open_by_loops(small))
    assert (coming <= still_open.reindex(coming.index)).all()


def test_every_incident_of_a_ledger_is_there(sample: Sample) -> None:
    invoices, payments, truth = sample.invoices, sample.payments, sample.truth
    assert {"invoice", "deposit", "credit_note"} == set(invoices["kind"])
    assert (invoices.loc[invoices["kind"] == "credit_note", "amount_cents"] <= 0).all()
    assert invoices["dispute_date"].notna().sum() > 300
    assert invoices["credited_invoice_id"].notna().sum() > 200
    assert (invoices["deposit_invoice_id"].notna() & invoices["deposit_excl_tax_cents"].gt(0)).sum() > 100
    assert payments["kind"].eq("write_off").sum() > 10
    assert payments.loc[payments["kind"] == "payment", "invoice_id"].isna().sum() > 300
    assert truth.unapplied_cents > 0
    assert payments.groupby("invoice_id").size().gt(1).sum() > 500  # partial payments
    assert payments[payments["kind"] == "payment"].groupby("reference").size().gt(1).sum() > 1_000
    assert {"receivership", "liquidation"} <= set(sample.events["kind"]) <= set(PROCEDURES)
    assert 15 <= sample.events["customer_id"].nunique() <= 60
    assert truth.habits["is_sliding"].any()


def test_transfers_name_one_customer_and_one_day(sample: Sample) -> None:
    transfers = sample.payments.groupby("reference")
    assert transfers["customer_id"].nunique().max() == 1
    assert transfers["payment_date"].nunique().max() == 1


def test_catch_all_accounts_mix_buyers_without_identity(sample: Sample) -> None:
    mixed = sample.customers[sample.customers["is_catch_all"]]
    assert mixed["customer_id"].tolist() == ["9DIVERS", "9COMPT"]
    assert mixed[["siren", "naf_code"]].isna().all(axis=None)
    bought = sample.invoices[sample.invoices["customer_id"] == "9DIVERS"]
    assert bought["buyer"].nunique() > 50


def test_a_failed_customer_buys_and_pays_no_more(sample: Sample) -> None:
    opened = sample.events.groupby("customer_id")["event_date"].min()
    for frame, date in ((sample.invoices, "issue_date"), (sample.payments, "payment_date")):
        rows = frame[frame["customer_id"].isin(opened.index) & ~frame["kind"].isin(["credit_note", "write_off"])]
        assert (rows[date] < rows["customer_id"].map(opened)).all()


def test_delays_rise_in_the_months_before_a_failure() -> None:
    made = make_sample(SampleSpec(customers=2_000, invoices=40_000, yearly_failure_rate=0.08, drivers=()))
    opened = made.events.groupby("customer_id")["event_date"].min()
    meant = made.truth.allocations.merge(made.payments, on="payment_id", suffixes=("", "_paid"))
    meant = meant.merge(made.invoices[["invoice_id", "due_date"]], on="invoice_id")
    meant = meant[meant["customer_id"].isin(opened.index) & (meant["kind"] == "payment")]
    before = (meant["customer_id"].map(opened) - meant["due_date"]).dt.days
    late = (meant["payment_date"] - meant["due_date"]).dt.days
    # paid ones only: the latest are never paid, so the rise seen here is smaller than the rise planted
    assert late[before.between(60, 150)].median() > late[before > 300].median() + 5


def test_sirens_are_valid_and_distinct_and_no_name_twice(sample: Sample) -> None:
    sirens = sample.customers["siren"].dropna()
    assert sirens.is_unique
    assert all(siren_number.is_valid(value) for value in [COMPANY_SIREN, *sirens])
    assert sirens.str.startswith("099").sum() > 10
    assert (sirens.str.startswith("099") | sirens.str.startswith("99")).all()
    assert sample.customers["name"].is_unique
    assert sample.customers["customer_id"].is_unique


def test_same_spec_same_frames_and_another_seed_another_ledger(small: Sample) -> None:
    again, other = make_sample(SMALL), make_sample(replace(SMALL, seed=6))
    for name in ("customers", "invoices", "payments", "events"):
        pd.testing.assert_frame_equal(getattr(small, name), getattr(again, name))
    assert not small.invoices["amount_cents"].equals(other.invoices["amount_cents"])


def test_lateness_changes_payments_and_nothing_that_was_sold() -> None:
    plain = make_sample(replace(SMALL, drivers=(Driver(lateness=1.0, winter=1.0),)))
    late = make_sample(replace(SMALL, drivers=(Driver(lateness=4.0),)))
    sold = ["customer_id", "kind", "issue_date", "due_date", "amount_cents"]
    ours = [
        frame[frame["kind"] != "credit_note"][sold].reset_index(drop=True) for frame in (plain.invoices, late.invoices)
    ]
    pd.testing.assert_frame_equal(*ours)
    assert late.truth.drivers[0].overdue_share > plain.truth.drivers[0].overdue_share + 0.1


def test_no_driver_plants_no_group() -> None:
    assert make_sample(replace(SMALL, drivers=())).truth.drivers == ()


def test_two_drivers_both_reach_their_share() -> None:
    region = Driver(where=(("region", "Grand Est"),), overdue_share=0.25, sales_share=None)
    planted = make_sample(SampleSpec(seed=3, drivers=(Driver(), region))).truth.drivers
    assert [round(driver.overdue_share, 2) for driver in planted] == [0.40, 0.25]
    assert all(driver.lateness > 1 for driver in planted)


def test_an_interaction_concerns_only_the_customers_in_both_groups() -> None:
    both = (("section", "F"), ("region", "Auvergne-Rhône-Alpes"))
    made = make_sample(SampleSpec(seed=3, drivers=(Driver(where=both, overdue_share=0.25, sales_share=0.06),)))
    inside = made.truth.habits["driver_0"]
    assert (made.customers.loc[inside, ["section", "region"]] == ["F", "Auvergne-Rhône-Alpes"]).all(axis=None)
    assert made.truth.drivers[0].overdue_share == pytest.approx(0.25, abs=0.02)
    assert made.truth.drivers[0].sales_share == pytest.approx(0.06, abs=0.01)


def test_one_customer_can_pose_as_a_sector() -> None:
    alone = Driver(where=(("division", "28"),), overdue_share=0.30, sales_share=None, one_customer=True)
    made = make_sample(SampleSpec(seed=3, drivers=(alone,)))
    habits = made.truth.habits.set_index("customer_id")
    group = habits[habits["driver_0"]]
    culprit = made.truth.drivers[0].one_customer_id
    assert made.truth.drivers[0].overdue_share == pytest.approx(0.30, abs=0.02)
    assert group.loc[culprit, "overdue_cents"] / group["overdue_cents"].sum() > 0.6


def test_change_of_terms_moves_due_dates_and_payments_from_its_date() -> None:
    change = TermsChange(where=(("section", "F"),), terms="30", from_date=dt.date(2024, 1, 1), pass_through=0.8)
    spec = replace(SMALL, drivers=(Driver(lateness=2.0),))
    before, after = make_sample(spec), make_sample(replace(spec, terms_change=change))
    pair = before.invoices.merge(after.invoices, on="invoice_id", suffixes=("", "_new"))
    pair = pair[pair["kind"] == "invoice"]
    built = pair["customer_id"].map(before.customers.set_index("customer_id")["section"]).eq("F")
    moved = pair[built & (pair["issue_date"] >= pd.Timestamp(2024, 1, 1))]
    assert len(moved) > 20
    assert ((moved["due_date_new"] - moved["issue_date"]).dt.days == 30).all()
    rest = pair.drop(moved.index)
    assert (rest["due_date"] == rest["due_date_new"]).all()
    assert after.truth.open_cents < before.truth.open_cents


def test_terms_pay_days_and_tax_by_hand() -> None:
    # 15 Jan 2024: +30 = 14 Feb; +45 = 29 Feb, a month end; +60 = 15 Mar; +30 then month end = 29 Feb (leap year)
    issue = np.repeat(_day(2024, 1, 15), 4)
    due = due_days(issue, np.arange(4)).astype("datetime64[D]")
    assert due.astype(str).tolist() == ["2024-02-14", "2024-02-29", "2024-03-15", "2024-02-29"]
    # Sunday 5 May 2024 → Monday 6; the 10th is a Friday; the 25th a Saturday → Monday 27; 31 May a Friday
    paid = pay_day(np.repeat(_day(2024, 5, 5), 4), np.arange(4)).astype("datetime64[D]")
    assert paid.astype(str).tolist() == ["2024-05-06", "2024-05-10", "2024-05-27", "2024-05-31"]
    # past the 25th → the 25th of June; 1 May is a holiday, 2 May a Thursday
    assert pay_day(_day(2024, 5, 26), np.array([2])) == _day(2024, 6, 25)
    assert business_day(_day(2024, 5, 1)) == _day(2024, 5, 2)
    # 20 % of 12.34 is 2.468 → 2.47; of 0.02 is 0.004 → 0.00; of 0.03 is 0.006 → 0.01
    assert with_tax(np.array([1234, 2, 3])).tolist() == [1481, 2, 4]


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    customers=st.integers(4, 60),
    months=st.integers(1, 40),
    share=st.sampled_from([0.0, 0.05, 1.0]),
)
def test_any_size_ties_to_the_cent(seed: int, customers: int, months: int, share: float) -> None:
    spec = SampleSpec(
        seed=seed,
        customers=customers,
        invoices=customers * 5,
        months=months,
        partial_share=share,
        lost_reference_share=share,
        dispute_share=share / 2,
        rebate_share=share / 2,
    )
    made = make_sample(spec)
    receivables = made.invoices["amount_cents"].sum() - made.payments["amount_cents"].sum()
    assert made.truth.open_cents - made.truth.unapplied_cents == receivables
    assert (made.invoices["kind"] == "invoice").sum() == customers * 5
    assert min(_open_by_loops(made).values()) >= 0


def test_parquet_holds_the_same_ledger_as_memory(tmp_path: Path, small: Sample) -> None:
    folders = write_sample_parquet(tmp_path, SMALL)
    for name, frame, key in (
        ("invoices", small.invoices.drop(columns="buyer"), "invoice_id"),
        ("payments", small.payments, "payment_id"),
        ("customers", small.customers, "customer_id"),
        ("events", small.events, "customer_id"),
    ):
        kept = duckdb.read_parquet(str(folders[name] / "*.parquet")).df()
        assert kept.columns.tolist() == frame.columns.tolist()
        merged = [
            part.astype(str).replace({"nan": "None", "<NA>": "None"}).sort_values([key, part.columns[-1]])
            for part in (kept, frame)
        ]
        assert merged[0].to_numpy().tolist() == merged[1].to_numpy().tolist()


def test_a_sample_of_several_blocks_numbers_everything_once(tmp_path: Path) -> None:
    spec = SampleSpec(seed=1, customers=40_100, invoices=40_100, months=6)
    assert spec.blocks == 3
    folders = write_sample_parquet(tmp_path, spec)
    counts = duckdb.sql(
        f"SELECT count(*), count(DISTINCT invoice_id), count(*) FILTER (kind = 'invoice') "  # noqa: S608
        f"FROM '{folders['invoices']}/*.parquet'"
    ).fetchall()
    assert counts[0][0] == counts[0][1]
    assert counts[0][2] == 40_100
    names = duckdb.sql(
        f"SELECT count(*), count(DISTINCT customer_id), count(DISTINCT siren) "  # noqa: S608
        f"FROM '{folders['customers']}/*.parquet'"
    ).fetchall()
    assert names == [(40_100, 40_100, 40_098)]  # the two catch-all accounts have no SIREN


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: SampleSpec(customers=2), "4 customers"),
        (lambda: Driver(where=(("colour", "red"),)), "group of customers"),
        (lambda: Driver(overdue_share=1.2), "between 0 and 1"),
        (lambda: Driver(lateness=0), "above 0"),
        (lambda: TermsChange((("section", "F"),), "90", dt.date(2024, 1, 1)), "terms are one of"),
    ],
)
def test_an_impossible_spec_is_refused(wrong, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wrong()
