"""Scores of a bureau: the scale of their date, and the files they come in."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from riskkit.companies.bureau import RATINGS, BureauFile, latest_ratings, read_bureau
from riskkit.errors import DataError, UsageError
from riskkit.policy_companies import RISK_CLASSES, SCALE_0_100, BureauScale


@pytest.mark.parametrize(
    ("raw", "risk_class"),
    [("100", "1"), ("71", "1"), ("70", "2"), ("51", "2"), ("50", "3"), ("30", "3"), ("29", "4"), ("21", "4"),
     ("20", "5"), ("1", "5"), ("0", "failed"), ("0.0", "failed"), ("71.0", "1"), ("NC", "unknown"), ("nc", "unknown"),
     ("", "unknown")],
)  # fmt: skip
def test_the_known_scale_of_a_hundred(raw, risk_class):
    assert SCALE_0_100.read(raw) == (risk_class, "")


@pytest.mark.parametrize("raw", ["101", "-3", "70.5", "B+"])
def test_off_the_scale_is_unknown_and_said(raw):
    assert SCALE_0_100.read(raw) == ("unknown", "off_scale")


@given(st.text(max_size=6) | st.integers(-5, 120).map(str))
def test_every_raw_value_has_a_class(raw):
    assert SCALE_0_100.read(raw)[0] in RISK_CLASSES


def test_a_scale_that_contradicts_itself_is_refused():
    with pytest.raises(ValidationError, match="overlap"):
        BureauScale(
            name="x", ranges=[{"low": 0, "high": 50, "risk_class": 5}, {"low": 50, "high": 100, "risk_class": 1}]
        )
    with pytest.raises(ValidationError, match="ranges or codes"):
        BureauScale(name="x")


def letters(name, codes, **dates):
    return BureauScale(name=name, codes=codes, failed=("H",), **dates)


OLD = letters("grade", {"A": 1, "B": 2, "C": 3}, valid_to=dt.date(2022, 12, 31))
NEW = letters("grade", {"A": 1, "B": 1, "C": 4}, valid_from=dt.date(2023, 1, 1))


def write(tmp_path, text):
    (tmp_path / "export.csv").write_text(text, "utf-8")
    return tmp_path


def test_one_code_has_two_meanings_when_the_scale_changes(tmp_path):
    folder = write(tmp_path, "SIREN;Date score;Cotation\n732829320;31/12/2022;C\n732829320;01/01/2023;C\n")
    settings = BureauFile(file="export.csv", provider="Bureau", scale="grade")
    ratings = read_bureau(settings, folder=folder, scales=(OLD, NEW)).ratings
    assert ratings["risk_class"].tolist() == ["3", "4"]
    assert ratings["scale"].tolist() == ["grade@1900-01-01", "grade@2023-01-01"]


def test_two_scales_in_force_on_one_day_are_refused(tmp_path):
    folder = write(tmp_path, "SIREN;Date score;Cotation\n732829320;31/12/2022;C\n")
    endless = OLD.model_copy(update={"valid_to": None})
    with pytest.raises(UsageError, match="given twice on 2023-01-01"):
        read_bureau(BureauFile(file="export.csv", provider="B", scale="grade"), folder=folder, scales=(endless, NEW))


def test_a_scale_that_the_policy_lacks_is_named(tmp_path):
    with pytest.raises(UsageError, match="'stars' is not in the policy"):
        read_bureau(BureauFile(file="export.csv", provider="B", scale="stars"), folder=tmp_path)


def test_an_export_is_read_by_mapping_with_its_limit_and_days(tmp_path):
    folder = write(
        tmp_path,
        "Identifiant société;Points;Encours max;Retard\n"
        "732 829 320;64;15 000,50;12,5\n"
        "94130994;0;0;-2\n"
        "552100554;NC;;\n"
        "000000000;80;1;1\n"
        "552032534;250;1;1\n",
    )
    settings = BureauFile(
        file="export.csv", provider="Bureau", rating_date=dt.date(2024, 5, 31),
        columns={"siren": "Identifiant société", "score": "Points", "limit": "Encours max", "dbt": "Retard"},
    )  # fmt: skip
    read = read_bureau(settings, folder=folder)
    by_siren = read.ratings.set_index("siren")
    assert read.ratings.columns.tolist() == RATINGS.names
    assert by_siren.loc["732829320", ["risk_class", "limit_cents", "dbt_days"]].tolist() == ["2", 1_500_050, 12.5]
    assert by_siren.loc["094130994", ["risk_class", "limit_cents", "dbt_days"]].tolist() == ["failed", 0, -2.0]
    assert by_siren.loc["552100554", "risk_class"] == "unknown"
    assert by_siren.loc["552100554", ["limit_cents", "dbt_days"]].isna().all()
    assert by_siren.loc["552032534", "risk_class"] == "unknown"
    assert set(read.ratings["rating_date"]) == {pd.Timestamp("2024-05-31")}
    said = [str(note) for note in read.notes]
    assert any("1 opinion has no valid SIREN" in note for note in said)
    assert any("1 score is not on its scale, first '250'" in note for note in said)


def test_an_export_without_any_date_is_refused(tmp_path):
    folder = write(tmp_path, "SIREN;Score\n732829320;64\n552100554;3\n")
    with pytest.raises(DataError, match="rating_date"):
        read_bureau(BureauFile(file="export.csv", provider="B"), folder=folder)


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path):
    folder = write(tmp_path, "SIREN;Score;Date\n732829320;64;2024-01-01\n")
    settings = BureauFile(file="export.csv", provider="B", columns={"limit": "Encours"})
    with pytest.raises(DataError, match=r"'Encours'.*SIREN, Score, Date"):
        read_bureau(settings, folder=folder)


def test_later_opinions_do_not_exist(tmp_path):
    folder = write(
        tmp_path, "SIREN;Date score;Score\n732829320;15/01/2024;80\n732829320;15/03/2024;25\n552100554;20/03/2024;60\n"
    )
    ratings = read_bureau(BureauFile(file="export.csv", provider="B"), folder=folder).ratings
    assert latest_ratings(ratings, as_of=dt.date(2024, 3, 14))["risk_class"].tolist() == ["1"]
    assert latest_ratings(ratings, as_of=dt.date(2024, 3, 15))["risk_class"].tolist() == ["4"]
    assert latest_ratings(ratings, as_of=dt.date(2024, 12, 31)).set_index("siren")["raw"].to_dict() == {
        "732829320": "25", "552100554": "60",
    }  # fmt: skip
    assert latest_ratings(ratings, as_of=dt.date(2024, 12, 31), provider="other").empty
