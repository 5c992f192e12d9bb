"""SIREN, SIRET and VAT numbers: check digits, keys, and what spreadsheets do to them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest
import stdnum.fr.siren
import stdnum.fr.siret
import stdnum.fr.tva
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from riskkit.companies.identifiers import (
    REPAIRS,
    format_siren,
    is_siren,
    is_siret,
    repair_siren,
    repair_siret,
    siren_from_vat,
    valid_siren,
    valid_siret,
    vat_from_siren,
)

REAL = Path(__file__).parents[2].parent / "shared" / "data"
needs_real = pytest.mark.skipif(not REAL.exists(), reason="../shared/data is not on this machine")
bodies = st.text("0123456789", min_size=8, max_size=8).filter(lambda b: not b.startswith("000"))
sirens = bodies.map(lambda body: body + luhn.calc_check_digit(body))


def repaired(value: object) -> tuple[object, str]:
    row = repair_siren(pd.Series([value], dtype=object)).iloc[0]
    return (None if pd.isna(row["siren"]) else row["siren"]), row["repair"]


def test_luhn_by_hand() -> None:
    # 732829320 from the right, every second digit doubled: 0 + 4 + 3 + 1+8 + 2 + 1+6 + 2 + 6 + 7 = 40, a multiple of 10
    assert is_siren("732829320")
    assert valid_siren(pd.Series(["732829320"])).tolist() == [True]
    assert not is_siren("732829321")


def test_vat_key_of_published_numbers() -> None:
    # 404833048 mod 97 = 56, (12 + 3 × 56) mod 97 = 180 − 97 = 83; 552100554 mod 97 = 28, (12 + 84) mod 97 = 96
    assert vat_from_siren(pd.Series(["404833048", "552100554"])).tolist() == ["FR83404833048", "FR96552100554"]


def test_vat_of_what_is_not_a_siren_is_missing() -> None:
    assert vat_from_siren(pd.Series(["123456789", None, ""], index=[7, 7, 9])).isna().all()


@given(st.lists(sirens, max_size=20))
def test_vat_goes_both_ways_and_agrees_with_stdnum(numbers: list[str]) -> None:
    series = pd.Series(numbers, dtype="str")
    vat = vat_from_siren(series)
    assert siren_from_vat(vat).tolist() == numbers
    assert [v[2:] for v in vat] == [stdnum.fr.siren.to_tva(n) for n in numbers]


def test_vat_with_a_wrong_key_gives_no_siren() -> None:
    read = siren_from_vat(pd.Series(["FR84404833048", "fr 83 404 833 048", "83404833048", "DE123456789", None]))
    assert read.fillna("").tolist() == ["", "404833048", "404833048", "", ""]


def test_lettered_vat_keys_are_read() -> None:
    # the example of python-stdnum's documentation: new-style key with a letter
    assert siren_from_vat(pd.Series(["FRK7399859412"])).tolist() == ["399859412"]


@given(st.lists(st.text("0123456789", min_size=8, max_size=10), max_size=30))
def test_siren_check_agrees_with_stdnum(numbers: list[str]) -> None:
    expected = [stdnum.fr.siren.is_valid(n) and not n.startswith("000") for n in numbers]
    assert valid_siren(pd.Series(numbers, dtype="str")).tolist() == expected


@given(st.lists(st.one_of(sirens, st.just("356000000")), max_size=20), st.integers(0, 99_999))
def test_siret_check_agrees_with_stdnum(numbers: list[str], establishment: int) -> None:
    sirets = [f"{n}{establishment:05d}" for n in numbers]
    assert valid_siret(pd.Series(sirets, dtype="str")).tolist() == [stdnum.fr.siret.is_valid(s) for s in sirets]


def test_la_poste_establishments_are_checked_by_their_digit_sum() -> None:
    # 3+5+6 + 4+9+8+3+7 = 45, a multiple of 5 though Luhn fails; …49838 sums to 46; the head office passes Luhn
    numbers = pd.Series(["35600000049837", "35600000049838", "35600000000048"])
    assert valid_siret(numbers).tolist() == [True, False, True]
    assert is_siret("356 000 000 49837")
    assert not luhn.is_valid("35600000049837")
    assert repair_siren(numbers)["siren"].fillna("").tolist() == ["356000000", "", "356000000"]


@pytest.mark.parametrize(
    ("raw", "repair"),
    [
        ("732829320", "none"),
        ("732829320.0", "float"),
        ("732829320,00", "float"),
        (732829320, "none"),
        (732829320.0, "float"),
        ("732 829 320", "spaces"),
        ("732\u00a0829\u202f320", "spaces"),
        ("732.829.320", "spaces"),
        ("732-829-320", "spaces"),
        (" 732829320\t", "spaces"),
        ("'732829320", "spaces"),
        ("\ufeff732829320", "spaces"),
        ("7.3282932E+08", "scientific"),
        ("7,3282932e+8", "scientific"),
        ("73282932000074", "siret"),
        ("732 829 320 00074", "spaces+siret"),
        ("732829320.00074", "spaces+siret"),
        ("73282932000074.0", "float+siret"),
        ("FR44732829320", "vat"),
        ("fr 44 732 829 320", "spaces+vat"),
        ("44732829320", "vat"),
        ("SIREN : 732 829 320", "spaces+label"),
        ("RCS Lyon B 732 829 320", "spaces+label"),
        ("732829320RCS PARIS", "spaces+label"),
        ("SIRET73282932000074", "label+siret"),
    ],
)
def test_each_way_a_siren_is_broken(raw: object, repair: str) -> None:
    # 732829320: VAT key (12 + 3 × (732829320 mod 97 = 43)) mod 97 = 141 − 97 = 44; SIRET of the stdnum documentation
    assert repaired(raw) == ("732829320", repair)
    assert set(repair.split("+")) <= set(REPAIRS)


def test_lost_leading_zero_is_put_back_only_if_the_check_digit_agrees() -> None:
    # 005520135 from the right: 5 + 6 + 1 + 0 + 2 + 1+0 + 5 + 0 + 0 = 20; ending in 6 it would be 21
    assert repaired("05520135") == ("005520135", "leading_zero")
    assert repaired("05520136") == (None, "invalid")
    assert repaired("05520135.0") == ("005520135", "float+leading_zero")
    assert repaired("5520135") == (None, "invalid")  # two zeros lost: seven digits are too often something else


@pytest.mark.parametrize(
    "raw", ["NC", "n/a", "N.C.", "", "  ", None, float("nan"), "-", "néant", "0", "000000000", "#N/A"]
)
def test_nothing_said_is_missing(raw: object) -> None:
    assert repaired(raw) == (None, "missing")


@pytest.mark.parametrize(
    "raw",
    [
        "123456789",  # 9 + 16−9 + 7 + 12−9 + 5 + 8 + 3 + 4 + 1 = 47
        "7.33E+08",  # digits hidden by the display
        "FR45732829320",  # wrong key around a good SIREN
        "73282932000075",  # wrong SIRET around a good SIREN
        "7328293,20",  # an amount
        "12-05-2021",
        "000123457",
        "DE811907980",
        "Martin",
        "73282932O",  # the letter O
        "٧٣٢٨٢٩٣٢٠",  # digits, but not ours
    ],
)
def test_what_does_not_check_is_set_aside(raw: str) -> None:
    assert repaired(raw) == (None, "invalid")


@given(sirens)
def test_one_digit_hidden_by_a_rounded_display_is_settled_by_luhn(siren: str) -> None:
    # of the ten numbers that round to the same eight digits, the only one that passes and ends in 0 is itself
    shown = f"{round(int(siren), -1) / 10**8:.7f}E+08"
    assert repaired(shown)[0] in (None, siren)


@given(sirens.filter(lambda siren: not siren.startswith("00")))
def test_a_siren_read_as_a_float_is_recovered(siren: str) -> None:
    assert repaired(float(siren))[0] == siren
    assert repaired(str(int(siren)))[0] == siren


@given(st.lists(st.one_of(st.text(max_size=20), sirens, st.text("0123456789., -EFR+", max_size=18)), max_size=15))
def test_every_row_comes_back_with_its_raw_value_and_never_an_unchecked_siren(values: list[str]) -> None:
    raw = pd.Series(values, dtype=object, index=range(10, 10 + len(values)))
    before = raw.copy()
    out = repair_siren(raw)
    pd.testing.assert_series_equal(raw, before)
    assert list(out.columns) == ["siren", "repair", "raw"]
    assert out.index.equals(raw.index)
    assert out["raw"].tolist() == values
    assert valid_siren(out["siren"].dropna()).all()
    assert (out["siren"].isna() == out["repair"].isin(["missing", "invalid"])).all()


def test_repeated_index_and_missing_values_keep_their_rows() -> None:
    out = repair_siren(pd.Series(["NC", "732829320.0", None, "732829320"], index=[1, 1, 2, 2], name="Siren"))
    assert out["repair"].tolist() == ["missing", "float", "missing", "none"]
    assert out.index.tolist() == [1, 1, 2, 2]


def test_numeric_columns_are_accepted() -> None:
    assert repair_siren(pd.Series([732829320, 552100554]))["siren"].tolist() == ["732829320", "552100554"]
    assert repair_siren(pd.Series([732829320.0, None]))["repair"].tolist() == ["float", "missing"]
    assert repair_siren(pd.Series([], dtype=object)).empty


def test_siret_is_repaired_and_a_lone_siren_is_not_one() -> None:
    out = repair_siret(pd.Series(["732 829 320 00074", "73282932000074.0", "732829320", "", "5520135000012"]))
    assert out["siret"].fillna("").tolist()[:4] == ["73282932000074", "73282932000074", "", ""]
    assert out["repair"].tolist()[:4] == ["spaces", "float", "invalid", "missing"]


def test_siren_is_shown_in_threes() -> None:
    assert format_siren("732829320") == "732 829 320"


@needs_real
def test_real_sirens_are_all_accepted() -> None:
    with gzip.open(REAL / "sirene" / "sirene_numerique_ess_3667.csv.gz", "rt", encoding="utf-8-sig") as stream:
        raw = pd.read_csv(stream, dtype=str)["siren"]
    out = repair_siren(raw)
    assert len(raw) == 3667
    assert (out["repair"] == "invalid").sum() == 0
    assert [stdnum.fr.tva.is_valid(v) for v in vat_from_siren(out["siren"]).head(50)] == [True] * 50


@needs_real
def test_the_liquidation_list_that_lost_a_zero_gets_it_back() -> None:
    raw = pd.read_csv(REAL / "bodacc" / "bodacc_liquidations_2021_effectifs.csv", dtype=str).iloc[:, 0]
    out = repair_siren(raw)
    assert out["repair"].value_counts().to_dict() == {"none": len(raw) - 1, "leading_zero": 1}
