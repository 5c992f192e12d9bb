"""Sectors: NAF levels from codes, labels, and the sentences a director reads."""

import numpy as np
import pandas as pd
import pytest

from riskkit.engine import read_parquet, write_parquet
from riskkit.exhibits.language import language
from riskkit.ledger import attribution
from riskkit.ledger.sectors import SECTORS, attribute_sectors, finding_sentences, sectors_in_cents
from tests.ledger.test_attribution import simulated

CODES = ["43.21A", "25.62B", "46.69B", "49.41A", "70.22Z", "56.10A", "28.99B", "10.71C", "62.01Z", "01.11Z"]


def customers(*, seed=1, planted=0.35):
    """A simulated ledger whose groups are NAF codes; the first one, electrical installation, is the late one."""
    frame = simulated(seed=seed, planted=planted)
    return frame.assign(naf_code=[CODES[int(group[1:])] for group in frame["group"]]).drop(columns="group")


def sectors_of(frame, **options):
    return attribute_sectors(frame, draws=200, confidence=0.95, seed=3, **options)


def test_levels_are_derived_from_the_naf_code_and_labelled():
    table = sectors_of(customers())
    assert table.columns.tolist() == SECTORS.names
    sections = table[table["level"] == "section"].set_index("code")
    # codes 43→F, 25 28 10→C, 46→G, 49→H, 70→M, 56→I, 62→J, 01→A
    assert set(sections.index) == {"F", "C", "G", "H", "M", "I", "J", "A"}
    assert sections.loc["F", "label"] == "Construction"
    divisions = table[table["level"] == "division"].set_index("code")
    assert divisions.loc[["43", "25", "28", "10"], "parent_code"].tolist() == ["F", "C", "C", "C"]
    assert sections["parent_code"].isna().all()


def test_levels_already_given_are_used_as_they_are():
    frame = customers()
    with_levels = frame.assign(section="F", division="43").drop(columns="naf_code")
    assert sectors_of(with_levels)["code"].tolist() == ["F", "43"]


def test_labels_in_english_on_request():
    labels = sectors_of(customers(), language="en").set_index("code")["label"]
    assert labels["I"] == "Accommodation and food services"


def test_each_level_holds_the_whole_ledger():
    frame = customers()
    frame.loc[:40, "naf_code"] = None
    sums = sectors_of(frame).groupby("level")[["open_items_cents", "overdue_cents", "excess_overdue_cents"]].sum()
    for level in ("section", "division"):
        assert sums.loc[level, "open_items_cents"] == frame["open_items_cents"].sum()
        assert sums.loc[level, "excess_overdue_cents"] == 0


def test_the_planted_sector_is_stated_once_with_its_interval_and_euros():
    table = sectors_of(customers())
    assert table.loc[table["is_finding"], "code"].tolist() == ["F", "43"]
    sentences = finding_sentences(table)
    assert len(sentences) == 1  # division 43 says nothing that section F does not
    row = table[table["code"] == "F"].iloc[0]
    french = language("fr").say(sentences[0])
    assert french.startswith(
        f"Le secteur F (construction) porte {round(100 * row['overdue_share'])}\u00a0% des impayés ["
    )
    assert "€ de plus que sa part de l’encours." in french
    assert language("en").say(sentences[0]).startswith("Sector F (construction) carries ")


def test_sentence_by_hand():
    row = {
        "level": "section",
        "code": "F",
        "label": "Construction",
        "customers_count": 30,
        "overdue_customers_count": 20,
        "is_finding": True,
        "sales_12m_cents": 19_000_000,
        "sales_share": 0.19,
        "open_items_cents": 1,
        "exposure_share": 0.24,
        "overdue_cents": 41,
        "overdue_share": 0.412,
        "overdue_share_low": 0.363,
        "overdue_share_high": 0.457,
        "excess_overdue_cents": 31_200_000,
    }
    other = row | {"code": "G", "label": "Commerce", "is_finding": False}
    spoken = [language("fr").say(m) for m in finding_sentences(SECTORS.conform(pd.DataFrame([row, other])))]
    assert [s.replace("\u202f", " ").replace("\u00a0", " ") for s in spoken] == [
        "Le secteur F (construction) porte 41 % des impayés [36 ; 46] pour 19 % du chiffre d’affaires et 24 % de"
        " l’encours ; 312 k€ de plus que sa part de l’encours."
    ]


def test_a_division_is_stated_when_its_section_is_not_a_finding():
    table = sectors_of(customers())
    table.loc[table["code"] == "F", "is_finding"] = False
    assert language("fr").say(finding_sentences(table)[0]).startswith("La division 43 (")


def test_nothing_stands_out_is_a_sentence():
    sentences = finding_sentences(sectors_of(customers(seed=6, planted=0.0)))
    assert language("fr").say(sentences[0]).startswith("Aucun secteur ne se détache\u00a0: sur 8 examinés")


def test_one_customer_posing_as_a_sector_is_named():
    frame = customers(seed=6, planted=0.0)
    giant = frame.index[frame["naf_code"] == "56.10A"][0]
    frame.loc[giant, ["open_items_cents", "overdue_cents"]] = [frame["open_items_cents"].sum() // 4] * 2
    sentences = [language("en").say(m) for m in finding_sentences(sectors_of(frame))]
    assert any(f"but Client {giant} alone makes" in s and s.startswith("Sector I ") for s in sentences)
    assert any(s.startswith("No sector stands out") for s in sentences)


def test_unknown_codes_are_told_in_money():
    frame = customers()
    known = frame.index < 40
    frame["naf_code"] = frame["naf_code"].where(known)
    last = finding_sentences(sectors_of(frame))[-1]
    unknown = frame.loc[~known]
    share = unknown["open_items_cents"].sum() / frame["open_items_cents"].sum()
    euros = language("fr").compact_money(int(unknown["open_items_cents"].sum()))
    assert euros in language("fr").say(last)
    assert (
        language("fr").say(last).startswith(f"Le secteur est inconnu pour {round(100 * share)}\u00a0% de l’encours (")
    )


@pytest.mark.parametrize(
    ("changes", "beginning"),
    [
        ({"overdue_cents": 0}, "Rien n’est échu"),
        ({"naf_code": "43.21A"}, "Tous les clients sont d’un seul secteur (construction)"),
        ({"naf_code": None}, "Le secteur est inconnu pour 100\u00a0% de l’encours"),
    ],
)
def test_what_cannot_be_judged_is_said(changes, beginning):
    sentences = finding_sentences(sectors_of(customers().assign(**changes)))
    assert len(sentences) == 1
    assert language("fr").say(sentences[0]).startswith(beginning)


def test_no_customer_is_said():
    assert len(finding_sentences(sectors_of(customers().iloc[:0]))) == 1


def test_every_reason_has_its_french():
    french = language("fr")
    reasons = [value for value in vars(attribution).values() if hasattr(value, "template")]
    assert len(reasons) == 9
    for reason in reasons:
        assert french.say(reason) != reason.template


def test_table_of_a_run_reads_back_to_the_cent(tmp_path):
    table = sectors_of(customers().assign(sales_12m_cents=0))  # missing sales shares on purpose
    write_parquet(table, tmp_path / "sectors.parquet")
    people = read_parquet(tmp_path / "sectors.parquet")
    assert {"sales_12m_amount", "excess_overdue_low_amount", "overdue_share"} <= set(people.columns)
    back = sectors_in_cents(people)
    pd.testing.assert_frame_equal(back, table)
    assert np.isnan(back["sales_share"]).all()
    assert "sales" not in str(finding_sentences(back)[0])
