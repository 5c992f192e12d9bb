"""The driver search and its sentences: planted groups and pairs found once, customers named, nothing invented."""

import numpy as np
import pandas as pd
import pytest

from riskkit.engine import read_parquet, write_parquet
from riskkit.exhibits.language import language
from riskkit.ledger.attribution import ATTRIBUTION
from riskkit.ledger.driver_sentences import draws_sentence, driver_sentences, run_sentences
from riskkit.ledger.drivers import DRIVERS
from riskkit.ledger.group_search import (
    greatest_by_chance,
    p_values,
    pair_groups,
    residuals,
    single_groups,
    spread,
    statistic,
    without_repeats,
)
from tests.ledger.portfolios import attributed, drivers_of, simulated

FRENCH, ENGLISH = language("fr"), language("en")


def told(customers, held, words=FRENCH):
    sentences = driver_sentences(drivers_of(customers, held), attributed(customers, held))
    return [words.say(sentence).replace("\u202f", " ").replace("\u00a0", " ") for sentence in sentences]


def late_more(customers, held, inside, part):
    """The ledger with `part` of the open items of some customers late on top."""
    late = np.where(
        inside,
        np.minimum(held["overdue_cents"] + part * held["open_items_cents"], held["open_items_cents"]),
        held["overdue_cents"],
    )
    return held.assign(overdue_cents=late.astype("int64"))


def test_residuals_by_hand():
    # Stratum 0: u 30, 10 of e 100, 100: R 0.2: 10, −10. Stratum 1: u 5, 0 of e 10, 40: R 0.1: 4, −4.
    beyond = residuals(np.array([30.0, 10, 5, 0]), np.array([100.0, 100, 10, 40]), np.array([0, 0, 1, 1]))
    assert beyond == pytest.approx([10, -10, 4, -4])


def test_statistic_by_hand():
    # r = 3, −1, −1, −1 in one stratum of 4; group {0, 1}: f = 1/2, excess 2.
    # own: (1 − 2f)·(9 + 1) + f²·12 = 0 + 3 = 3. Dealt anew: n(1 − f)·Σr²/(N − 1) = 2·½·12/3 = 4. Error √(3.5).
    codes = pd.DataFrame({"x": ["a", "a", "b", "b"]})
    groups, strata, beyond = single_groups(codes, ["x"]), np.zeros(4, dtype=np.int64), np.array([3.0, -1, -1, -1])
    of = spread(groups.members, beyond, strata)
    assert of.dealt == pytest.approx([4, 4])
    assert statistic(groups.members, of, beyond[:, None])[:, 0] == pytest.approx([2 / 3.5**0.5, -2 / 3.5**0.5])


def test_variance_of_dealing_anew_by_enumeration():
    # All 6 ways to deal r = 3, −1, −1, −1 to a group of two: excess 2 three times, −2 three times: variance 4.
    import itertools

    r = [3.0, -1.0, -1.0, -1.0]
    sums = [r[a] + r[b] for a, b in itertools.combinations(range(4), 2)]
    assert np.mean(np.square(sums)) == pytest.approx(4.0)


def test_pairs_and_repeats():
    codes = pd.DataFrame({"x": list("aabbb"), "y": list("pqppp"), "z": list("ccddd")})
    singles = single_groups(codes, ["x", "y", "z"])
    assert [c[0] for c in singles.conditions] == [
        ("x", "a"),
        ("x", "b"),
        ("y", "p"),
        ("y", "q"),
        ("z", "c"),
        ("z", "d"),
    ]
    own = without_repeats(singles)  # z says what x says
    assert [c[0][0] for c in own.conditions] == ["x", "x", "y", "y"]
    pairs = pair_groups(own, dimension=["x", "x", "y", "y"], min_customers=2)
    assert pairs.conditions == ((("x", "b"), ("y", "p")),)
    assert pairs.inside(0).tolist() == [False, False, True, True, True]
    assert len(without_repeats(pairs, known=[own])) == 0  # the members of x = b


def test_chance_of_each_family_is_exact_when_nothing_matters():
    generator = np.random.default_rng(5)
    hits = 0
    for seed in range(200):
        codes = pd.DataFrame({f"x{n}": generator.integers(6, size=120).astype(str) for n in range(3)})
        groups = single_groups(codes, list(codes))
        strata = generator.integers(3, size=120)
        beyond = residuals(np.exp(generator.normal(0, 1.5, 120)) * generator.random(120), np.ones(120), strata)
        observed = statistic(groups.members, spread(groups.members, beyond, strata), beyond[:, None])[:, 0]
        (greatest,) = greatest_by_chance([groups], beyond, strata, draws=99, seed=seed)
        hits += p_values(observed, greatest).min() <= 0.10
    assert 9 <= hits <= 33  # binomial(200, 0.10): 99.8 % of the time


def test_planted_sector_is_told_once_with_its_uncertainty():
    customers, held = simulated(seed=1, planted=0.35)
    drivers = drivers_of(customers, held)
    assert drivers[["kind", "level", "code"]].to_numpy().tolist() == [["group", "section", "F"]]
    row = drivers.iloc[0]
    late = (customers["naf_code"] == "43.21A").to_numpy()
    assert row["overdue_cents"] == held.loc[late, "overdue_cents"].sum()
    assert row["overdue_share_low"] < row["overdue_share"] < row["overdue_share_high"]
    assert row["survives_within_both"]
    (sentence,) = told(customers, held)
    percent = round(100 * row["overdue_share"])
    assert sentence.startswith(f"Le secteur F (construction) porte {percent} % des impayés [")
    assert sentence.endswith("de plus que sa part ; l’effet subsiste à taille et délai égaux.")


def test_drivers_and_attribution_say_the_same_of_a_group():
    customers, held = simulated(seed=1, planted=0.35)
    driver = drivers_of(customers, held).iloc[0]
    row = attributed(customers, held).set_index(["level", "code"]).loc[("section", "F")]
    for name in ("customers_count", "overdue_cents", "excess_overdue_cents", "overdue_share", "overdue_share_low",
                 "lift_high", "sales_share", "largest_customer_share", "corrected_p"):  # fmt: skip
        assert driver[name] == pytest.approx(row[name], rel=1e-9, abs=1)
    assert driver["within_both_lift"] == pytest.approx(row["adjusted_lift"], rel=1e-6)


def test_sentence_by_hand():
    row = {
        "rank": 1, "kind": "group", "level": "section", "code": "F", "label": "Construction", "customers_count": 30,
        "overdue_customers_count": 20, "sales_share": 0.19, "exposure_share": 0.24, "open_items_cents": 1,
        "overdue_cents": 41, "overdue_share": 0.412, "overdue_share_low": 0.363, "overdue_share_high": 0.457,
        "lift": 1.7, "excess_overdue_cents": 31_200_000, "largest_customer_share": 0.1,
        "largest_customer_name": "A", "survives_within_size": True, "survives_within_terms": True,
        "survives_within_both": True,
    }  # fmt: skip
    table = attributed(*simulated(seed=1))
    (sentence,) = driver_sentences(DRIVERS.conform(pd.DataFrame([row])), table)
    assert FRENCH.say(sentence).replace("\u202f", " ").replace("\u00a0", " ") == (
        "Le secteur F (construction) porte 41 % des impayés [36 ; 46] pour 19 % du chiffre d’affaires et 24 % de"
        " l’encours ; 312 k€ de plus que sa part ; l’effet subsiste à taille et délai égaux."
    )
    assert ENGLISH.say(sentence) == (
        "Sector F (construction) carries 41% of what is overdue [36; 46] for 19% of sales and 24% of receivables;"
        " €312k more than its share; the effect remains at equal size and terms."
    )


def test_a_planted_pair_is_told_as_a_crossing():
    customers, held = simulated(seed=12, customers=900)
    inside = (customers["legal_form"] == "SARL") & (customers["x_canal"] == "web")
    held = late_more(customers, held, inside, 0.45)
    drivers = drivers_of(customers, held)
    assert drivers["kind"].tolist() == ["pair"]
    conditions = {tuple(drivers[["level", "code"]].iloc[0]), tuple(drivers[["second_level", "second_code"]].iloc[0])}
    assert conditions == {("legal_form", "SARL"), ("x_canal", "web")}
    assert told(customers, held)[0].startswith("Le croisement « forme juridique SARL × canal : web » porte ")


def test_two_drivers_are_both_told_and_only_they():
    customers, held = simulated(seed=3, customers=900, planted=0.35)
    held = late_more(customers, held, customers["sales_person"] == "Alix", 0.25)
    drivers = drivers_of(customers, held)
    assert set(zip(drivers["level"], drivers["code"], strict=True)) == {("section", "F"), ("sales_person", "Alix")}
    assert drivers["rank"].tolist() == [1, 2]
    assert drivers["excess_overdue_cents"].is_monotonic_decreasing


def test_one_customer_posing_as_a_sector_is_named_as_a_customer():
    customers, held = simulated(seed=6)
    giant = customers.index[customers["naf_code"] == "56.10A"][0]
    held.loc[giant, ["open_items_cents", "overdue_cents"]] = held["open_items_cents"].sum() // 4
    drivers = drivers_of(customers, held)
    assert drivers[["kind", "code", "second_code"]].to_numpy().tolist() == [["customer", f"C{giant:05}", "I"]]
    sentences = told(customers, held)
    assert sentences[0].startswith("Aucun groupe ne se détache : sur ")
    assert sentences[1].startswith(f"Client C{giant:05} porte à lui seul ")
    assert "(secteur I (" in sentences[1]
    customers.loc[giant, "is_catch_all"] = True
    assert drivers_of(customers, held).empty  # a catch-all account is nobody


def test_short_terms_are_not_a_driver_by_themselves():
    customers, held = simulated(seed=8)
    held = late_more(customers, held, customers["payment_terms"] == "30", 0.4)
    assert drivers_of(customers, held).empty


@pytest.mark.parametrize(
    ("change", "beginning"),
    [
        ({"held": {"overdue_cents": 0}}, "Rien n’est échu à cette date"),
        ({"customers": {"naf_code": None}}, "Aucun groupe ne se détache"),
        ({}, "Aucun groupe ne se détache"),
    ],
)
def test_nothing_to_tell_is_told(change, beginning):
    customers, held = simulated(seed=6)
    sentences = told(customers.assign(**change.get("customers", {})), held.assign(**change.get("held", {})))
    assert sentences[0].startswith(beginning)
    if "customers" in change:
        assert sentences[-1] == "Le secteur d’aucun client n’est connu : complétez le SIREN ou le code NAF."


def test_no_customer_is_told():
    customers, held = simulated(seed=6, customers=60)
    assert len(told(customers.iloc[:0], held.iloc[:0])) == 1


def test_unknown_sectors_are_told_in_money():
    customers, held = simulated(seed=6)
    unknown = customers.index >= 40
    customers["naf_code"] = customers["naf_code"].where(~unknown)
    share = held.loc[unknown, "open_items_cents"].sum() / held["open_items_cents"].sum()
    assert told(customers, held)[-1].startswith(f"Le secteur est inconnu pour {round(100 * share)} % de l’encours (")


def test_tables_of_a_run_say_the_same(tmp_path):
    customers, held = simulated(seed=1, planted=0.35)
    drivers, table = drivers_of(customers, held), attributed(customers, held)
    for name, frame in (("drivers", drivers), ("attribution", table)):
        write_parquet(frame, tmp_path / f"{name}.parquet")
    read = [read_parquet(tmp_path / f"{name}.parquet") for name in ("drivers", "attribution")]
    said = [str(s) for s in run_sentences(*read, currency="EUR")]
    assert said == [str(s) for s in driver_sentences(drivers, table)]
    assert table.columns.tolist() == ATTRIBUTION.names


def test_order_and_scale_change_no_driver():
    customers, held = simulated(seed=1, planted=0.35)
    order = np.random.default_rng(1).permutation(len(held))
    shuffled = drivers_of(customers.iloc[order].reset_index(drop=True), held.iloc[order].reset_index(drop=True))
    pd.testing.assert_frame_equal(shuffled, drivers_of(customers, held))
    cents = ["open_items_cents", "overdue_cents", "sales_12m_cents"]
    larger = drivers_of(customers, held.assign(**{c: held[c] * 3 for c in cents}))
    assert larger["lift"].tolist() == pytest.approx(shuffled["lift"].tolist())
    assert larger["corrected_p"].tolist() == shuffled["corrected_p"].tolist()


def test_fewer_draws_than_asked_are_said():
    assert draws_sentence(30_000, draws=2_000) == []  # 60 million drawn customers: the most
    (said,) = draws_sentence(200_000, draws=2_000)
    assert "300 tirages de clients au lieu des 2\u202f000" in FRENCH.say(said)
    assert draws_sentence(5_000_000, draws=200) == []  # never fewer than 200
