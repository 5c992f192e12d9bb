"""Tables and cards: French figures, hostile text, totals that tie, reasons instead of zeros."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.errors import message
from riskkit.exhibits.cards import measure_card, measure_cards, sparkline
from riskkit.exhibits.debtor_table import debtors_table
from riskkit.exhibits.fragment import Html, element, escape
from riskkit.exhibits.language import language
from riskkit.exhibits.method import matching_table, not_computable_list, reconciliation_table, sources_table
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.sector_table import sectors_table
from riskkit.exhibits.tables import TableColumn, make_table, show_cell

NO_HISTORY = pd.Series(dtype="float64", index=pd.DatetimeIndex([]))


@given(st.text())
def test_no_text_gets_through_as_markup(text: str) -> None:
    shown = element("td", text, title=text)
    inside = shown.removeprefix("<td ").removesuffix("</td>")
    assert inside.count("<") == 0
    assert inside.count(">") == 1
    assert inside.count('"') == 2


def test_own_html_passes_and_control_characters_do_not() -> None:
    assert element("p", Html("<b>x</b>")) == "<p><b>x</b></p>"
    assert escape("a\x00\u202eb") == "ab"


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (1234567.5, "money", "1\u202f234\u202f568 €"),
        (-10029.0, "money", "−10\u202f029 €"),
        (0.1234, "share", "12,3\u00a0%"),
        (float("nan"), "money", "–"),
        (None, "days", "–"),
        (pd.NA, "count", "–"),
        (12, "days", "12\u00a0jours"),
        (pd.Timestamp("2024-03-01"), "date", "01/03/2024"),
        ("", "money", ""),
    ],
)
def test_cells_are_written_as_in_french(value: object, kind: str, said: str) -> None:
    shown = show_cell(value, kind, language("fr"))  # type: ignore[arg-type]
    assert shown.replace("\u00a0€", " €") == said


def test_table_has_caption_scopes_and_sort_keys() -> None:
    frame = pd.DataFrame({"name": ["<b>&", "B"], "amount": [1500.0, None]})
    columns = [TableColumn("name", "Client"), TableColumn("amount", "Solde", "money")]
    shown = make_table(frame, columns, language="fr", caption="Soldes", total={"name": "Total", "amount": 1500.0})
    assert "<caption>Soldes</caption>" in shown
    assert shown.count('scope="col"') == 2
    assert shown.count('scope="row"') == 3
    assert 'data-sort="1500.0"' in shown
    assert 'data-sort=""' in shown
    assert "&lt;b&gt;&amp;" in shown
    assert "<b>" not in shown


def test_debtors_tie_to_the_ageing_and_the_rest_stays_last(run: RunTables) -> None:
    shown = debtors_table(run.ageing, language="en", count=5)
    assert f"€{run.ageing['receivables_amount'].sum():,.0f}" in shown
    assert f"€{run.ageing['receivables_amount'].nlargest(5).iloc[-1]:,.0f}" in shown
    assert "17 other customers" in shown
    assert shown.index("17 other customers") > shown.index(f"{run.ageing['customer_name'].iloc[4][:8]}")
    assert "<script>" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Fils" in shown
    assert "rk-nothing" in debtors_table(run.ageing.head(0), language="en")


def test_credit_balances_and_customers_without_lateness_are_shown(run: RunTables) -> None:
    quiet = run.ageing.head(1).assign(oldest_days_past_due=pd.array([-12], dtype="Int64"), receivables_amount=-50.0)
    shown = debtors_table(quiet, language="en")
    assert "-12" not in shown.replace("data-sort", "")
    assert "−€50" in shown


def test_sector_table_marks_the_finding_and_says_what_to_do_when_unknown(run: RunTables) -> None:
    shown = sectors_table(run.sectors, language="fr")
    assert shown.count("rk-strong") == 1
    assert "code NAF" in sectors_table(run.sectors.head(0), language="fr")


def test_reconciliation_ends_on_the_difference_to_the_cent(run: RunTables) -> None:
    shown = reconciliation_table(run.manifest, language="fr").replace("\u202f", " ").replace("\u00a0", " ")
    assert "21 350 402,11 €" in shown
    assert shown.index("Écart") > shown.index("= factures ouvertes")
    assert "0,00 €" in shown[shown.index("Écart") :]
    assert "rk-nothing" in reconciliation_table({}, language="fr")
    assert "rk-nothing" in matching_table({"matching": {}}, language="fr")
    assert "règlements_2022_2024.csv" in sources_table(run.manifest, language="fr")


def test_card_judges_a_move_by_what_is_better() -> None:
    days = pd.date_range(end="2024-12-31", periods=13, freq="ME")
    falling = pd.Series([64.0] * 12 + [58.0], index=days)
    dso = measure_card("dso_days", 58.0, falling, language="fr")
    assert "rk-good" in dso
    assert "−6,0\u00a0jours" in dso
    assert "amélioration" in dso
    recovery = measure_card("recovery_rate", 0.58, falling / 100, language="fr")
    assert "rk-bad" in recovery
    neutral = measure_card("receivables_amount", 58.0, falling, language="fr")
    assert "rk-good" not in neutral
    assert "rk-bad" not in neutral


def test_card_without_value_says_not_computable_and_why_never_zero() -> None:
    reason = message("needs {days} days of ledger; {known} are known", days=365, known=40)
    card = measure_card("default_rate", None, NO_HISTORY, language="en", reason=reason)
    assert "not computable" in card
    assert "needs 365 days of ledger; 40 are known" in card
    assert ">0" not in card
    kept = {"template": "needs {days} days of ledger; {known} are known", "values": {"days": 365, "known": 40}}
    assert measure_card("default_rate", None, NO_HISTORY, language="en", reason=kept) == card
    assert "raison non précisée" in measure_card("default_rate", float("nan"), NO_HISTORY, language="fr")


def test_sparkline_ends_on_its_last_value_and_needs_three() -> None:
    assert sparkline(NO_HISTORY) == ""
    drawn = sparkline(pd.Series([1.0, 1.0, 1.0]))
    assert 'aria-hidden="true"' in drawn
    rising = sparkline(pd.Series([0.0, 1.0, 2.0]), width=84, height=24)
    assert 'points="2.0,21.0 41.5,12.0 81.0,3.0"' in rising  # 2 → 84 − 3 across, 24 − 3 → 3 up


def test_cards_and_reasons_of_a_run_without_any_measure(run: RunTables) -> None:
    names = run.manifest["kpis"]
    nothing = dataclasses.replace(
        run,
        manifest={
            "kpis": dict.fromkeys(names),
            "not_computable": dict.fromkeys(names, "nothing was due in the period"),
        },
        measures=run.measures.head(0),
    )
    assert measure_cards(nothing, language="en").count("not computable") == 8
    assert not_computable_list(nothing, language="en").count("<li>") == 1  # one reason, every measure under it
