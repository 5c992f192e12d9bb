"""NAF, legal forms, headcount bands and départements shipped with the package."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from riskkit.companies.nomenclature import (
    departements_of_postcodes,
    label_headcount,
    label_legal_form,
    load_departements,
    load_headcount_bands,
    load_legal_forms,
    load_naf,
    naf_label,
    naf_levels,
    naf_status,
    normalise_naf,
)
from riskkit.errors import UsageError

REFERENCE = Path(__file__).parents[2].parent / "shared" / "data" / "ref"
needs_reference = pytest.mark.skipif(not REFERENCE.exists(), reason="../shared/data/ref is not on this machine")


def words(label: str) -> str:
    """Letters and digits only: spacing, capitals and apostrophes differ between INSEE's own files."""
    return "".join(c for c in label.replace("&nbsp;", "").lower() if c.isalnum())


def test_rev2_has_its_five_official_levels() -> None:
    # INSEE: 21 sections, 88 divisions, 272 groups, 615 classes, 732 sub-classes
    assert load_naf()["level"].value_counts().sort_index().to_dict() == {1: 21, 2: 88, 3: 272, 4: 615, 5: 732}


def test_2025_has_its_four_levels_above_the_sub_classes() -> None:
    # INSEE and Eurostat: 22 sections, 87 divisions, 287 groups, 651 classes
    assert load_naf("2025")["level"].value_counts().sort_index().to_dict() == {1: 22, 2: 87, 3: 287, 4: 651}


def test_2025_knows_its_classes_and_says_what_it_has_no_word_for() -> None:
    codes = pd.Series(["62.10Y", "62.1", "62.10", "62.99Y", "62.9"])  # there is no class 62.99
    assert naf_status(codes, version="2025").tolist() == ["ok", "partial", "partial", "unknown", "partial"]
    assert naf_label("62.10", "en", short=False, version="2025") == "Computer programming activities"
    assert naf_label("62.10", "fr", short=False, version="2025") is None


@pytest.mark.parametrize("version", ["rev2", "2025"])
def test_codes_are_unique_and_every_parent_is_one_level_up(version: str) -> None:
    naf = load_naf(version)
    level = naf.set_index("code")["level"]
    assert level.index.is_unique
    children = naf[naf["level"] > 1]
    assert (children["parent"].map(level) == children["level"] - 1).all()
    assert naf.loc[naf["level"] == 1, "parent"].isna().all()


@pytest.mark.parametrize("version", ["rev2", "2025"])
def test_labels_are_there_and_the_short_ones_fit_a_chart(version: str) -> None:
    naf = load_naf(version)
    top = naf[naf["level"] <= 2]
    french = top if version == "2025" else naf
    assert french[["label_fr", "short_fr"]].notna().all(axis=None)
    assert naf[["label_fr", "label_en"]].notna().any(axis=1).all()
    assert top[["label_en", "short_en"]].notna().all(axis=None)
    assert naf["short_fr"].str.len().max() <= 40
    assert top["short_en"].str.len().max() <= 40
    assert top.loc[top["level"] == 2, "short_fr"].is_unique
    assert top.loc[top["level"] == 2, "short_en"].is_unique


def test_changing_a_loaded_table_does_not_change_the_next_one() -> None:
    mine = load_naf()
    mine.loc[0, "label_fr"] = "x"
    assert load_naf().loc[0, "label_fr"] == "Agriculture, sylviculture et pêche"


def test_unknown_version_is_refused() -> None:
    with pytest.raises(UsageError, match="Unknown NAF version rev3"):
        load_naf("rev3")


def test_codes_are_written_as_insee_prints_them() -> None:
    codes = pd.Series(["4321A", "43.21 a", "43.21A", "45.2R", "43.21", "NC", None, "99.99Z"], index=[3] * 8)
    assert normalise_naf(codes).fillna("").tolist() == ["43.21A"] * 3 + [""] * 5
    expected = ["ok"] * 3 + ["rev1", "partial", "missing", "missing", "unknown"]
    assert naf_status(codes).tolist() == expected


def test_codes_of_the_other_version_are_told_not_converted() -> None:
    # 62.10Y is a sub-class of NAF 2025, 62.01Z of NAF rev. 2
    codes = pd.Series(["62.10Y", "62.01Z"])
    assert naf_status(codes).tolist() == ["2025", "ok"]
    assert naf_status(codes, version="2025").tolist() == ["ok", "rev2"]
    assert normalise_naf(codes, version="2025").fillna("").tolist() == ["62.10Y", ""]
    assert naf_levels(codes, version="2025")["section"].fillna("").tolist() == ["K", ""]


def test_levels_of_codes_of_any_depth() -> None:
    levels = naf_levels(pd.Series(["4321A", "43.2", "4321", "F", "432", "45.2R", None], index=list("abcdefg")))
    assert list(levels.columns) == ["section", "division", "group", "class", "subclass"]
    assert levels.fillna("").to_numpy().tolist() == [
        ["F", "43", "43.2", "43.21", "43.21A"],
        ["F", "43", "43.2", "", ""],
        ["F", "43", "43.2", "43.21", ""],
        ["F", "", "", "", ""],
        [""] * 5,  # three digits: a group, or something that lost a digit
        [""] * 5,
        [""] * 5,
    ]
    assert levels.index.tolist() == list("abcdefg")


def test_levels_agree_with_the_parents_of_every_subclass() -> None:
    naf = load_naf().set_index("code")
    subclasses = pd.Series(naf.index[naf["level"] == 5])
    levels = naf_levels(subclasses)
    assert (levels["class"] == subclasses.map(naf["parent"])).all()
    assert (levels["section"] == levels["division"].map(naf["parent"])).all()


def test_labels_in_both_languages() -> None:
    assert naf_label("F") == "Construction"
    assert naf_label("43") == "Travaux de construction spécialisés"
    assert naf_label("43", "en") == "Specialised construction"
    assert naf_label("43", "en", short=False) == "Specialised construction activities"
    assert naf_label("4321a", short=False) == "Travaux d'installation électrique dans tous locaux"
    assert naf_label("43.21A", "en", short=False) == naf_label("43.21A", short=False)  # no English below divisions
    assert naf_label("K") != naf_label("K", version="2025")  # one letter, two meanings
    assert naf_label("45.2R") is None


def test_legal_forms_by_code_and_by_family() -> None:
    assert label_legal_form("5499.0", short=True) == "SARL"
    assert label_legal_form("5710", "en") == "Simplified joint-stock company"
    assert label_legal_form("9220", short=True) == "Association déclarée"
    assert label_legal_form("5590") == "Société anonyme à conseil d'administration"  # not shipped: level II
    assert label_legal_form("") is None
    assert label_legal_form("0") is None


def test_headcount_bands_are_ordered_and_labelled() -> None:
    bands = load_headcount_bands()
    assert len(bands) == 16
    assert bands["code"].is_unique
    bounded = bands.dropna(subset=["lower"])
    assert (bounded["lower"].iloc[1:].to_numpy() == bounded["upper"].iloc[:-1].to_numpy() + 1).all()
    assert label_headcount("12") == "20 à 49 salariés"
    assert label_headcount("1", short=True) == "1-2"
    assert label_headcount("nn", "en", short=True) == "Not an employer or unknown"
    assert label_headcount("99") is None


def test_departements_of_postcodes_with_corsica_and_overseas() -> None:
    codes = pd.Series(["84200.0", "1000", "20000", "20200", "97410", "97150", "98000", "SW1A", None, "75008"])
    expected = ["84", "01", "2A", "2B", "974", "978", "", "", "", "75"]
    assert departements_of_postcodes(codes).fillna("").tolist() == expected
    places = load_departements()
    assert places["region_code"].nunique() == 18
    assert places["region_code"].notna().sum() == 101


@needs_reference
def test_rev2_labels_equal_the_reference_at_every_level() -> None:
    ours = load_naf().set_index("code")["label_fr"]
    compared = 0
    for level in range(1, 6):
        with (REFERENCE / f"naf_rev2_niveau{level}.csv").open(encoding="utf-8-sig") as stream:
            for code, label in list(csv.reader(stream, delimiter=";"))[1:]:
                dotted = code if len(code) < 3 else f"{code[:2]}.{code[2:]}"
                first_part = ours[dotted].split(" ;")[0]  # the reference cuts some labels at their semicolon
                assert words(label) in (words(ours[dotted]), words(first_part)), code
                compared += 1
    assert compared == 1728


@needs_reference
def test_2025_divisions_and_section_labels_equal_the_reference() -> None:
    reference = pd.read_csv(REFERENCE / "naf_2025_sous_classes.csv", dtype=str)
    levels = naf_levels(reference["niv5"], version="2025")
    for column, name in (("niv1", "section"), ("niv2", "division"), ("niv3", "group"), ("niv4", "class")):
        assert levels[name].tolist() == reference[column].tolist()
    shipped = load_naf("2025").groupby("level")["code"].agg(set)
    for level, column in enumerate(("niv1", "niv2", "niv3", "niv4"), start=1):
        assert shipped[level] == set(reference[column])
    assert (naf_status(reference["niv5"], version="2025") == "ok").all()
    sections = reference.drop_duplicates("niv1").set_index("niv1")["niv1_libelle"]
    ours = load_naf("2025").set_index("code")["label_fr"]
    assert {c: words(ours[c]) for c in sections.index} == {c: words(label) for c, label in sections.items()}


@needs_reference
def test_legal_forms_and_departements_equal_the_reference() -> None:
    reference = json.loads((REFERENCE / "natures-juridiques.json").read_text(encoding="utf-8"))
    forms = load_legal_forms().set_index("code")["label_fr"]
    detailed = forms[forms.index.str.len() == 4].drop(["5498", "5720"])  # withdrawn from the list, still met
    assert {c: words(label) for c, label in detailed.items()} == {c: words(reference[c]) for c in detailed.index}
    departements = json.loads((REFERENCE / "departements.json").read_text(encoding="utf-8"))
    assert load_departements().set_index("code")["label"].to_dict() == departements
    regions = json.loads((REFERENCE / "regions.json").read_text(encoding="utf-8"))
    assert load_departements().dropna().set_index("region_code")["region"].to_dict() == regions
    assert set(load_headcount_bands()["code"]) == set(json.loads((REFERENCE / "tranches-effectifs.json").read_text()))


@needs_reference
def test_every_legal_form_of_the_list_gets_a_label() -> None:
    reference = json.loads((REFERENCE / "natures-juridiques.json").read_text(encoding="utf-8"))
    assert [code for code in reference if label_legal_form(code) is None] == ["0000"]
