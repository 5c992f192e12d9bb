"""The form of matches: one pair at a time, each answer kept at once, a confirmed customer asked no more."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.companies.match_answers import read_answers, save_answer
from riskkit.errors import DataError
from riskkit.exhibits.language import language
from riskkit.workbench.widgets.matches import MatchesForm

PAIRS = pd.DataFrame(
    [
        ("C1", "990017766", 0.8, "Bétons <b>X</b>", "Évry", "BETONS X", "91000 EVRY", "same_name+namesakes", "f1"),
        ("C1", "980006852", 0.2, "Bétons <b>X</b>", "Évry", "BETONS X", "91000 EVRY", "same_name+closed", "f1"),
        ("C2", "993818889", 0.6, "Herdelle", None, "EMBALLAGES HERDELLE", None, "name_in_part", "f2"),
    ],
    columns=["customer_id", "siren", "probability", "name", "address", "matched_name", "matched_address", "reasons",
             "fingerprint"],
)  # fmt: skip


@pytest.fixture
def answers(tmp_path):
    return tmp_path / "matches_answers.csv"


def test_a_confirmed_pair_settles_its_customer(answers):
    form = MatchesForm(PAIRS, answers, language("fr"))
    assert "Bétons &lt;b&gt;X" in form.shown.value  # a name is never markup
    form.confirm.click()
    assert read_answers(answers).to_dict("records") == [
        {"fingerprint": "f1", "siren": "990017766", "answer": "confirmed"}
    ]
    assert "EMBALLAGES HERDELLE" in form.shown.value
    form.refuse.click()
    assert form.confirm.disabled
    assert answers.name in form.shown.value
    # asked once: the same pairs leave nothing to answer
    assert MatchesForm(PAIRS, answers, language("fr")).pairs == []


def test_a_pair_left_for_later_is_asked_again(answers):
    form = MatchesForm(PAIRS, answers, language("fr"))
    form.postpone.click()
    form.refuse.click()
    form.postpone.click()
    assert "2" in form.shown.value
    assert [pair["siren"] for pair in MatchesForm(PAIRS, answers, language("fr")).pairs] == ["990017766", "993818889"]


def test_an_answer_that_cannot_be_kept_says_so_and_stays_on_its_pair(answers):
    form = MatchesForm(PAIRS, answers, language("fr"))
    answers.write_text("ceci,n'est,pas\n1,2,3\n", encoding="utf-8")
    assert not form.answer("confirmed")
    assert "n’est pas un fichier de réponses" in form.said.value
    assert form.pairs[0]["siren"] == "990017766"


def test_a_new_answer_replaces_the_old_one_and_a_spreadsheets_lost_zero_comes_back(answers):
    save_answer(answers, fingerprint="f", siren="099020265", answer="refused")
    save_answer(answers, fingerprint="f", siren="099020265", answer="confirmed")
    assert read_answers(answers)["answer"].tolist() == ["confirmed"]
    answers.write_text("fingerprint,siren,answer\nf,99020265,confirmed\ng,,refused\n", encoding="utf-8")
    assert read_answers(answers)["siren"].tolist() == ["099020265", ""]
    assert [path.name for path in answers.parent.iterdir()] == [answers.name]


def test_a_file_that_is_not_of_answers_is_refused_by_name(answers):
    answers.write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(DataError, match=answers.name):
        read_answers(answers)
