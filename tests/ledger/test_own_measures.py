"""Measures of one's own: the grammar, its errors, and that nothing but arithmetic can ever run."""

from __future__ import annotations

import ast
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.errors import UsageError
from riskkit.exhibits.language import language
from riskkit.ledger.formulas import NotComputableError
from riskkit.ledger.own_check import check_own_measures
from riskkit.ledger.own_formula import FormulaError, evaluate, parse_formula
from riskkit.ledger.snapshot import choose_terms, measure_history, strike
from riskkit.policy import Policy
from tests.ledger.ledgers import DAY0, book_of, random_lines

FIGURES = {"a": 7.0, "b": -2.5, "c_amount": 100.0}


def _value(text: str) -> float:
    return evaluate(parse_formula(text), FIGURES.__getitem__)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) × 3", 9),
        ("8 / 2 / 2", 2),
        ("8 - 2 - 2", 4),
        ("-a + 10", 3),
        ("2 * -a", -14),
        ("0,5 * c_amount", 50),
        ("max(a; b; 3)", 7),
        ("min(a, b)", -2.5),
        ("abs(b) ÷ 5", 0.5),
        ("c_amount − a", 93),
    ],
)
def test_formulas_follow_arithmetic(text, expected):
    assert _value(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("a +", 4, "il manque un nombre"),
        ("a ** 2", 4, "il manque un nombre"),
        ("(a + 1", 7, "il manque"),
        ("a b", 3, "n’est pas attendu"),
        ("a % 2", 3, "n’est pas compris"),
        ("system(1)", 1, "n’existe pas"),
        ("min(a)", 1, "autre nombre d’arguments"),
        ("a; b", 2, "n’est pas attendu"),
        ("a.__class__", 2, "n’est pas compris"),
        ("'x'", 1, "n’est pas compris"),
        ("(" * 30 + "1" + ")" * 30, 22, "trop de parenthèses"),
    ],
)
def test_a_formula_that_cannot_be_read_says_what_and_where(text, position, said):
    with pytest.raises(FormulaError) as fault:
        parse_formula(text)
    assert fault.value.position == position
    assert said in language("fr").say(fault.value.problem)


_NUMBERS = st.integers(0, 50).map(str)
_TEXTS = st.recursive(
    st.one_of(_NUMBERS, st.sampled_from(["a", "b"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda text: f"-({text})"),
        st.tuples(inner, inner).map(lambda t: f"max({t[0]}; {t[1]})"),
    ),
    max_leaves=12,
)


@given(_TEXTS)
def test_two_routes_to_one_value(text):
    """Against the syntax tree of Python, walked here over the same operations."""

    def walk(node: ast.expr) -> float:
        if isinstance(node, ast.Constant):
            return float(node.value)  # type: ignore[arg-type]
        if isinstance(node, ast.Name):
            return FIGURES[node.id]
        if isinstance(node, ast.UnaryOp):
            return -walk(node.operand)
        if isinstance(node, ast.Call):
            return max(walk(part) for part in node.args)
        assert isinstance(node, ast.BinOp)
        left, right = walk(node.left), walk(node.right)
        return {ast.Add: left + right, ast.Sub: left - right, ast.Mult: left * right}[type(node.op)]

    assert _value(text) == pytest.approx(walk(ast.parse(text.replace(";", ","), mode="eval").body))


@given(st.text(max_size=40))
def test_any_text_is_a_formula_or_a_message(text):
    position = 1
    try:
        parse_formula(text)
    except FormulaError as fault:
        position = fault.position
    assert 1 <= position <= len(text) + 1


def test_a_division_by_zero_has_no_value_but_a_reason():
    with pytest.raises(NotComputableError, match="position 3"):
        _value("1 / (a - 7)")


def _policy(**measures: object) -> Policy:
    return Policy.model_validate({"measures": measures})


OWN = [
    {"name": "net_dispute_share", "label": "Litiges nets", "unit": "share",
     "formula": "disputed_amount / receivables_amount", "target": {"target": 0.02, "alert": 0.05}},
    {"name": "twice_overdue_amount", "label": "Échu × 2", "unit": "amount", "formula": "2 * overdue_amount"},
    {"name": "again_share", "label": "Encore", "unit": "share",
     "formula": "twice_overdue_amount / open_items_amount / 2"},
]  # fmt: skip


def test_every_fault_of_a_policy_is_said_at_once_with_its_key_in_french():
    bad = _policy(
        own=[
            {"name": "x_share", "label": "X", "unit": "share", "formula": "overdu_amount / sales_12m_amount"},
            {"name": "dso_days", "label": "X", "unit": "days", "formula": "1 +"},
        ],
        targets={"dso_dayz": {"target": 1, "alert": 2}},
    )
    with pytest.raises(UsageError) as fault:
        check_own_measures(bad)
    said = [language("fr").say(message).replace("\u00a0", " ") for message in fault.value.messages]
    assert said == [
        "policy.yaml : clé « measures.own.0.formula », position 1 de « overdu_amount / sales_12m_amount » : "
        "la grandeur « overdu_amount » n’existe pas (vouliez-vous dire overdue_amount ?).",
        "policy.yaml : clé « measures.own.1.name » : « dso_days » existe déjà. Choisissez un autre nom.",
        "policy.yaml : clé « measures.own.1.formula », position 4 de « 1 + » : "
        "il manque un nombre, une grandeur ou une parenthèse.",
        "policy.yaml : clé « measures.targets.dso_dayz » : aucune mesure ne porte ce nom "
        "(vouliez-vous dire dso_days ?).",
    ]


def test_own_measures_and_targets_appear_in_every_row_of_the_history():
    policy = _policy(own=OWN, targets={"overdue_share": {"target": 0.1, "alert": 0.9}})
    check_own_measures(policy)
    lines, as_of = random_lines(3), DAY0 + dt.timedelta(500)
    book = book_of(lines, policy=policy)
    terms = choose_terms(book, as_of=as_of, policy=policy)
    at = strike(book, as_of=as_of, policy=policy, terms=terms).measures
    shown = {name: measure.shown(name) for name, measure in at.items()}
    assert shown["twice_overdue_amount"] == pytest.approx(2 * shown["overdue_amount"])
    assert shown["again_share"] == pytest.approx(shown["overdue_amount"] / shown["open_items_amount"])
    history = measure_history(book, as_of=as_of, policy=policy, terms=terms)
    for name in ("net_dispute_share", "twice_overdue_amount", "again_share"):
        assert (history["measure"] == name).sum() == history["as_of"].nunique()
    rows = history[history["measure"] == "overdue_share"].dropna(subset=["value"])
    expected = rows["value"].map(lambda v: "green" if v <= 0.1 else "red" if v >= 0.9 else "orange")
    assert (rows["colour"] == expected).all()
    assert (rows["target"] == 0.1).all()
    assert history[history["measure"] == "dso_days"]["colour"].isna().all()
