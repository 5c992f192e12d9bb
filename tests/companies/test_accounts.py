"""Accounts of companies: reading, published formulas, and comparisons."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.companies.account_comparison import latest_measures, sector_quantiles, yearly_changes
from riskkit.companies.account_measures import MEASURES, REASONS, altman_z, altman_zone, measure_accounts
from riskkit.companies.accounts import ACCOUNTS, ITEMS, known_accounts, read_accounts, read_published_ratios
from riskkit.errors import UsageError

WHOLE = {
    "total_assets": 1_000, "current_assets": 500, "current_liabilities": 300, "equity": 330, "retained_earnings": 80,
    "total_debts": 670, "financial_debts": 250, "long_term_debts": 170, "cash": 85, "receivables": 200,
    "supplier_debts": 120, "sales_excl_tax": 1_000, "purchases_excl_tax": 600, "value_added": 400, "ebitda": 90,
    "ebit": 60, "financial_charges": 20, "staff_costs": 300, "net_income": 40,
}  # fmt: skip


def year(closing="2023-12-31", *, siren="732829320", months=12, is_confidential=False, **items):
    """One financial year, items in euros."""
    return ACCOUNTS.conform(
        pd.DataFrame(
            [
                {"siren": siren, "closing_date": closing, "known_date": closing, "currency": "EUR", "months": months,
                 "is_confidential": is_confidential, "source_file": "bilans.csv", "source_line": 2,
                 **{f"{name}_cents": value * 100 for name, value in items.items() if value is not None}}
            ]
        )
    )  # fmt: skip


def measured(**changes):
    return measure_accounts(year(**{**WHOLE, **changes})).iloc[0]


def test_altman_published_example():
    # 6.56 × 0.2 + 3.26 × 0.08 + 6.72 × 0.06 + 1.05 × 330/670 = 1.3120 + 0.2608 + 0.4032 + 0.5172
    z = altman_z(working_capital=pd.Series([0.2]), retained_earnings=pd.Series([0.08]), ebit=pd.Series([0.06]),
                 equity=pd.Series([330 / 670]))  # fmt: skip
    assert round(z[0], 4) == 2.4932
    assert round(measured()["altman_z"], 4) == 2.4932  # the same shares, from items
    assert altman_zone(pd.Series([1.0, 2.4932, 2.7, np.nan])).tolist()[:3] == ["distress", "grey", "safe"]


def test_conan_holder_by_hand():
    # 24 × 90/670 + 22 × (330 + 170)/1000 + 16 × (200 + 85)/1000 − 87 × 20/1000 − 10 × 300/400
    # = 3.2239 + 11 + 4.56 − 1.74 − 7.5
    assert round(measured()["conan_holder"], 4) == 9.5439


def test_gearing_and_solvency_by_hand():
    assert measured()["gearing"] == pytest.approx((250 - 85) / 330)  # 0.5
    assert measured()["solvency_ratio"] == pytest.approx(1_000 / 670)


def test_days_are_on_one_tax_basis():
    # 200 TTC ÷ (1 000 HT × 1.2) × 365 = 60.83; 120 ÷ (600 × 1.2) × 365 = 60.83; 120 ÷ 600 × 360 = 72
    assert round(measured()["dso_days"], 2) == 60.83
    assert round(measured()["dpo_days"], 2) == 60.83
    assert measured()["dpo_purchases_days"] == pytest.approx(72)


def test_a_short_year_is_brought_to_twelve_months():
    half = measure_accounts(year(months=6, **{**WHOLE, "sales_excl_tax": 500})).iloc[0]
    assert round(half["dso_days"], 2) == 60.83  # half the sales in half the days


@pytest.mark.parametrize("equity", [0, -50])
def test_without_equity_gearing_is_a_flag_and_not_a_ratio(equity):
    row = measured(equity=equity)
    assert np.isnan(row["gearing"])
    assert row["gearing_reason"] == "equity_not_positive"
    assert row["altman_z"] == pytest.approx(2.4932 - 1.05 * (330 - equity) / 670, abs=1e-4)


@pytest.mark.parametrize(
    ("changes", "measure", "reason"),
    [
        ({"total_debts": 0}, "solvency_ratio", "no_debts"),
        ({"sales_excl_tax": 0}, "dso_days", "no_sales"),
        ({"purchases_excl_tax": 0}, "dpo_days", "no_purchases"),
        ({"value_added": -10}, "conan_holder", "no_value_added"),
        ({"total_assets": 0}, "altman_z", "no_assets"),
        ({"ebit": None}, "altman_z", "missing_items"),
        ({"financial_debts": None, "equity": -1}, "gearing", "equity_not_positive"),
    ],
)
def test_what_cannot_be_computed_says_why(changes, measure, reason):
    row = measured(**changes)
    assert np.isnan(row[measure])
    assert row[f"{measure}_reason"] == reason
    assert reason in REASONS


def test_confidential_accounts_are_a_normal_case():
    row = measure_accounts(year(is_confidential=True)).iloc[0]
    assert all(np.isnan(row[name]) for name in MEASURES)
    assert {row[f"{name}_reason"] for name in MEASURES} == {"confidential"}


@given(st.dictionaries(st.sampled_from(list(ITEMS)), st.integers(-10_000, 10_000) | st.none(), max_size=len(ITEMS)))
def test_a_measure_is_a_number_or_a_reason_and_never_both(items):
    row = measure_accounts(year(**items)).iloc[0]
    for name in MEASURES:
        assert np.isfinite(row[name]) == pd.isna(row[f"{name}_reason"])


def test_a_file_of_items_is_read_by_its_usual_headers(tmp_path):
    path = tmp_path / "bilans.csv"
    path.write_text(
        "SIREN;Date de clôture;Type de bilan;Confidentialité;Chiffre d'affaires;Capitaux propres;Total actif\n"
        "732829320.0;31/12/2022;C;Public;1 234;-56,5;2 000\n"
        "732829320;31/12/2023;C;Confidentiel;;;\n"
        "732829320;31/12/2023;K;Public;9 999;9 999;9 999\n"
        "NC;31/12/2023;C;Public;1;1;1\n",
        "utf-8",
    )
    read = read_accounts(path, unit="thousands")
    assert read.accounts["closing_date"].dt.year.tolist() == [2022, 2023]
    assert read.accounts["sales_excl_tax_cents"].tolist()[0] == 123_400_000
    assert read.accounts["equity_cents"].tolist()[0] == -5_650_000
    assert read.accounts["is_confidential"].tolist() == [False, True]
    said = " ".join(str(note) for note in read.notes)
    assert "1 consolidated" in said
    assert "1 row has no valid SIREN" in said
    assert "1 of 2 financial years is confidential" in said


def test_an_unknown_unit_is_refused(tmp_path):
    with pytest.raises(UsageError, match="thousands"):
        read_accounts(tmp_path / "x.csv", unit="k€")


def test_accounts_are_known_when_filed_or_after_the_legal_delay(tmp_path):
    path = tmp_path / "bilans.csv"
    path.write_text("SIREN;Date de cloture;Date depot;CA\n732829320;2022-12-31;2023-05-02;5\n"
                    "732829320;2023-12-31;;6\n", "utf-8")  # fmt: skip
    accounts = read_accounts(path).accounts
    assert len(known_accounts(accounts, as_of=dt.date(2023, 5, 1))) == 0
    assert len(known_accounts(accounts, as_of=dt.date(2023, 5, 2))) == 1
    # 31 December 2023 + 214 days = 1 August 2024 (2024 has 366 days: 31 + 29 + 31 + 30 + 31 + 30 + 31 = 213 to 31 July)
    assert len(known_accounts(accounts, as_of=dt.date(2024, 7, 31))) == 1
    assert len(known_accounts(accounts, as_of=dt.date(2024, 8, 1))) == 2


def test_quantiles_need_twenty_peers():
    companies = pd.DataFrame({"siren": [f"{n:09d}" for n in range(41)], "gearing": [float(n) for n in range(41)]})
    sectors = pd.Series(["43"] * 21 + ["62"] * 20, index=companies["siren"])
    ranked = sector_quantiles(companies, sectors=sectors, names=["gearing"]).set_index("siren")
    # 21 companies: 20 peers each; the lowest is above none, the middle one above ten of twenty
    assert ranked["gearing_quantile"].iloc[[0, 10, 20]].tolist() == [0.0, 0.5, 1.0]
    assert ranked["gearing_peers"].iloc[0] == 20
    assert set(ranked["gearing_quantile_reason"].iloc[21:]) == {"too_few_peers"}


def test_quantiles_count_ties_half_and_leave_out_what_is_not_measured():
    companies = pd.DataFrame({"siren": ["a", "b", "c", "d", "e"], "gearing": [1.0, 1.0, 2.0, np.nan, 3.0]})
    sectors = pd.Series({"a": "43", "b": "43", "c": "43", "d": "43", "e": None})
    ranked = sector_quantiles(companies, sectors=sectors, names=["gearing"], min_peers=2).set_index("siren")
    assert ranked["gearing_quantile"].tolist()[:3] == [0.25, 0.25, 1.0]  # a: none below, one tie of two peers
    assert ranked["gearing_quantile_reason"].tolist()[3:] == ["not_measured", "unknown_sector"]


def test_change_is_over_one_year_and_a_gap_is_not_a_year():
    years = pd.DataFrame(
        {"siren": ["a", "a", "a", "b"],
         "closing_date": pd.to_datetime(["2023-12-31", "2022-12-31", "2019-12-31", "2023-12-31"]),
         "known_date": pd.NaT, "gearing": [0.8, 0.5, 0.1, 0.3]}
    )  # fmt: skip
    changes = yearly_changes(years, names=["gearing"])
    assert changes["gearing_change"].tolist()[0] == pytest.approx(0.3)
    assert changes["gearing_change_reason"].tolist()[1:] == ["no_previous_year"] * 3
    assert latest_measures(years)["gearing"].tolist() == [0.8, 0.3]


def test_published_ratios_are_kept_and_a_zero_of_days_is_an_absence():
    record = {"siren": "552032534", "date_cloture_exercice": "2023-12-31", "type_bilan": "C", "chiffre_d_affaires": 100,
              "credit_clients_jours": 0.0, "taux_d_endettement": 85.6}  # fmt: skip
    accounts = read_published_ratios([record], source_file="api").accounts
    assert accounts["given_debt_ratio"].tolist() == [85.6]
    assert accounts["sales_excl_tax_cents"].tolist() == [10_000]
    assert accounts["given_dso_days"].isna().all()


def test_real_published_ratios(shared_data):
    path = shared_data / "ratios" / "ratios_inpi_bce_api_552032534.json"
    read = read_accounts(path)
    kinds = [record["fields"]["type_bilan"] for record in json.loads(path.read_text("utf-8"))["records"]]
    assert kinds.count("K") == 5  # five of the ten records are consolidated
    assert read.accounts["closing_date"].dt.year.tolist() == [2019, 2020, 2021, 2022, 2023]
    measures = measure_accounts(read.accounts)
    assert measures["dso_days"].tolist()[0] == 167.454  # as published for 2019; zero afterwards
    assert set(measures["dso_days_reason"].iloc[1:]) == {"missing_items"}
    assert measures["altman_z_reason"].tolist() == ["missing_items"] * 5
