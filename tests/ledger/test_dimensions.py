"""Dimensions of customers: known columns fill theirs, others become groups, and every customer has one."""

import datetime as dt

import pandas as pd
import pytest

from riskkit.ledger.dimension_columns import OTHERS, read_column
from riskkit.ledger.dimensions import group_customers, relation_ages, sales_deciles
from riskkit.policy_drivers import DriverPolicy
from riskkit.schemas import SEVERAL_VALUES
from tests.ledger.portfolios import AS_OF, POLICY, simulated


def read(values, *, policy=POLICY, language="fr"):
    return read_column(pd.Series(values, dtype="str"), policy=policy, language=language)


def test_every_customer_has_a_group_at_each_level():
    customers, held = simulated(seed=1, customers=120)
    customers.loc[0, ["naf_code", "postcode", "legal_form", "payment_terms"]] = None
    grouping = group_customers(customers, held, as_of=AS_OF, policy=POLICY)
    assert grouping.codes.notna().all().all()
    assert grouping.codes.loc[0, ["section", "subclass", "region", "legal_form"]].tolist() == ["unknown"] * 4
    assert grouping.codes.loc[0, "terms"] == "about_30"  # its invoices run for 30 days
    assert [d.name for d in grouping.dimensions] == [
        "sector", "region", "size", "age", "legal_form", "terms", "sales_person", "x_canal",
    ]  # fmt: skip
    assert grouping.parent_level("division") == "section"
    assert grouping.parent_level("section") is None
    assert grouping.label("section", "F", language="fr") == "Construction"
    assert grouping.label("size", "10", language="fr") == "10 (plus gros)"


def test_columns_of_the_client_fill_the_dimension_they_name():
    customers, held = simulated(seed=1, customers=60)
    customers = customers.assign(
        x_region="Bretagne", x_effectif="12", x_mode_de_reglement="LCR", x_client_depuis="2010-05-01 00:00:00"
    )
    codes = group_customers(customers, held, as_of=AS_OF, policy=POLICY).codes
    assert set(codes["region"]) == {"Bretagne"}  # said, although postcodes tell other regions
    assert set(codes["headcount"]) == {"12"}
    assert set(codes["payment_method"]) == {"LCR"}
    assert set(codes["age"]) == {"over_10"}
    assert not {"x_region", "x_effectif", "x_mode_de_reglement", "x_client_depuis"} & set(codes)


def test_sales_deciles_by_hand():
    # 100 buyers of 1 to 100: ten in each tenth; who bought nothing, or only credit notes, has none.
    tenths = sales_deciles(pd.Series([0, -5, *range(1, 101)]))
    assert tenths.isna().tolist()[:2] == [True, True]
    assert tenths.value_counts().to_dict() == {f"{n:02d}": 10 for n in range(1, 11)}
    assert tenths.iloc[2] == "01"
    assert tenths.iloc[-1] == "10"
    assert sales_deciles(pd.Series([5] * 49)).isna().all()
    assert set(sales_deciles(pd.Series([5] * 60))) == {"01"}  # equal sales are never parted


def test_relation_ages_at_their_edges():
    since = pd.to_datetime(pd.Series(["2024-06-30", "2023-01-01", "2022-12-31", "2014-12-31", None]))
    ages = relation_ages(since, as_of=dt.date(2024, 12, 31))
    assert ages.tolist()[:4] == ["under_1", "1_2", "2_5", "over_10"]  # 0.5, 1.999, 2.001 and 10.0 years
    assert pd.isna(ages.iloc[4])


def test_words_stay_words_and_small_groups_go_together():
    policy = DriverPolicy(max_groups=3)
    found = read(["a"] * 9 + ["b"] * 8 + ["c"] * 2 + ["d"], policy=policy)
    assert found.codes.tolist() == ["a"] * 9 + ["b"] * 8 + [OTHERS] * 3
    assert found.labels == {OTHERS: "Autres"}


def test_numbers_are_cut_in_equal_counts():
    found = read([str(n) for n in range(1, 101)])
    assert found.codes.value_counts().to_dict() == {"01": 20, "02": 20, "03": 20, "04": 20, "05": 20}
    assert found.labels["01"] == "1 à 20"
    few = read(["1", "2"] * 10)  # two values are two words
    assert set(few.codes) == {"1", "2"}
    assert read(["1 200,50 €"] * 3 + [f"{n},5" for n in range(40)]).labels["05"].endswith("1\u202f200,5")


def test_dates_go_by_year():
    assert read(["2021-03-04", "05/06/2022"] * 6).codes.tolist() == ["2021", "2022"] * 6


@pytest.mark.parametrize(
    "values",
    [
        [f"dossier {n} rouge" for n in range(50)],  # different on each row: a name
        ["x"] * 50,  # one value
        [None] * 97 + ["a", "b", "a"],  # nearly empty
        ["", " "] * 5,
    ],
)
def test_columns_that_make_no_group_are_left_out(values):
    assert read(values) is None


def test_classes_of_numbers_are_written_as_their_reader_writes_them():
    limits = [f"{1_000_000 + 500 * n}.5" for n in range(60)]
    french, english = read(limits), read(limits, language="en")
    assert french.labels["01"] == "1\u202f000\u202f000,5 à 1\u202f005\u202f500,5"  # 60 values, 5 classes of 12
    assert english.labels["01"] == "1,000,000.5 to 1,005,500.5"


def test_a_customer_of_several_values_is_named_in_its_readers_language():
    customers, held = simulated(seed=1, customers=60)
    grouping = group_customers(
        customers.assign(x_gamme=["Neuf", SEVERAL_VALUES] * 30), held, as_of=AS_OF, policy=POLICY
    )
    assert grouping.label("x_gamme", SEVERAL_VALUES, language="fr") == "Plusieurs valeurs"
    assert grouping.label("x_gamme", "Neuf", language="fr") == "Neuf"
