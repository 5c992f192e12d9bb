"""Titles state what the table says: both directions, edges, and nothing to say."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from riskkit.exhibits.findings import (
    ageing_finding,
    debtors_finding,
    dso_finding,
    nothing_overdue_text,
    overdue_finding,
    sector_rows,
    sectors_finding,
    trend_text,
)
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.run_tables import RunTables, measure_series, value_before
from riskkit.ledger.attribution import NO_DUE_DATE


def history(name: str, *points: tuple[str, float]) -> pd.DataFrame:
    rows = [(pd.Timestamp(day), name, value, None) for day, value in points]
    return pd.DataFrame(rows, columns=["as_of", "measure", "value", "reason"])


def ageing(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    """Customer, not due, 1–30 late, over 180 late."""
    frame = pd.DataFrame(rows, columns=["customer_name", "not_due_amount", "d1_30_amount", "over_180_amount"])
    frame["overdue_amount"] = frame["d1_30_amount"] + frame["over_180_amount"]
    frame["open_items_amount"] = frame["not_due_amount"] + frame["overdue_amount"]
    return frame


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (64.4, 58.2, "Le DSO a reculé de 6\u00a0jours en un an, à 58\u00a0jours"),  # 64 → 58
        (50.6, 58.2, "Le DSO a augmenté de 7\u00a0jours en un an, à 58\u00a0jours"),  # 51 → 58
        (57.4, 58.2, "Le DSO a augmenté de 1 jour en un an, à 58\u00a0jours"),  # 57 → 58
        (57.9, 58.2, "Le DSO est le même qu’il y a un an\u00a0: 58\u00a0jours"),  # both are 58 as shown
    ],
)
def test_dso_title_gives_direction_and_size_of_the_move_as_shown(before: float, now: float, said: str) -> None:
    measures = history("dso_days", ("2023-12-31", before), ("2024-06-30", 99.0), ("2024-12-31", now))
    assert dso_finding(measures, language="fr") == said


def test_dso_title_without_a_year_of_history_says_so() -> None:
    measures = history("dso_days", ("2024-10-31", 60.0), ("2024-12-31", 58.0))
    assert dso_finding(measures, language="en") == (
        "The DSO is 58 days; there is no figure a year earlier to compare it with"
    )


def test_dso_title_without_a_value_is_not_zero() -> None:
    assert dso_finding(history("dso_days"), language="fr") == "Le DSO n’est pas calculable"
    assert dso_finding(history("dso_days", ("2024-12-31", float("nan"))), language="en") == "The DSO is not computable"


def test_overdue_title_compares_with_a_year_ago() -> None:
    down = history("overdue_share", ("2023-12-31", 0.30), ("2024-12-31", 0.25))
    up = history("overdue_share", ("2023-12-31", 0.20), ("2024-12-31", 0.25))
    assert overdue_finding(down, language="en") == (
        "Overdue money makes 25.0% of the receivables, down from 30.0% a year ago"
    )
    assert "up from 20.0%" in overdue_finding(up, language="en")
    assert overdue_finding(history("overdue_share", ("2024-12-31", 0.0)), language="fr") == "Rien n’est en retard"


def test_year_before_is_the_same_month_end_also_in_leap_years() -> None:
    values = measure_series(history("m", ("2023-02-28", 1.0), ("2023-03-31", 2.0), ("2024-02-29", 3.0)), "m")
    assert value_before(values, months=12) == 1.0
    assert value_before(values, months=6) is None


def test_year_before_of_a_mid_month_date_is_the_nearest_month_end() -> None:
    values = measure_series(history("m", ("2023-05-31", 1.0), ("2023-06-30", 2.0), ("2024-06-20", 3.0)), "m")
    assert value_before(values, months=12) == 2.0  # 30 June is 10 days from 20 June 2023, 31 May is 20


def test_ageing_title_counts_overdue_and_old_money() -> None:
    # overdue 30 000 + 12 000 = 42 000, of which over 90 days 12 000
    table = ageing(("A", 100_000.0, 30_000.0, 0.0), ("B", 0.0, 0.0, 12_000.0))
    assert ageing_finding(table, language="en") == "€42k overdue, of which €12k for over 90 days"
    assert ageing_finding(table.head(1), language="en") == "€30k overdue, nothing for over 90 days"
    assert ageing_finding(table.assign(d1_30_amount=0.0, over_180_amount=0.0), language="fr") == "Rien n’est en retard"
    assert ageing_finding(table.head(0), language="fr") == "Aucune facture ouverte"


def test_debtors_title_counts_the_fewest_customers_who_hold_half() -> None:
    # overdue 40, 30, 20, 10: one holds 40 %, two hold 70 %
    table = ageing(("A", 0, 40, 0), ("B", 0, 30, 0), ("C", 0, 20, 0), ("D", 500, 10, 0))
    assert debtors_finding(table, language="en") == "2 customers hold 70% of the overdue money"
    one = ageing(("A", 0, 50, 0), ("B", 0, 50, 0))
    assert debtors_finding(one, language="en") == "One customer holds 50% of the overdue money"
    nothing_late = ageing(("A", 90, 0, 0), ("B", 10, 0, 0))
    assert (
        debtors_finding(nothing_late, language="en") == "One customer holds 90% of the open items; nothing is overdue"
    )
    assert debtors_finding(table.head(0), language="fr") == "Aucun client ne doit d’argent"


def test_sector_title_names_the_finding_or_says_there_is_none(run: RunTables) -> None:
    assert sectors_finding(run.sectors, language="fr") == (
        "Travaux de construction spécialisés\u00a0: 41\u00a0% des retards pour 20\u00a0% des factures ouvertes"
    )
    assert "Aucun secteur ne se détache" in sectors_finding(run.sectors.assign(is_finding=False), language="fr")
    unknown = run.sectors[run.sectors["code"] == "unknown"]
    assert sectors_finding(unknown, language="fr") == "Le secteur des clients n’est pas connu"
    assert sectors_finding(run.sectors.head(0), language="fr") == "Le secteur des clients n’est pas connu"
    none = run.sectors.assign(overdue_share=float("nan"))
    assert sectors_finding(none, language="fr") == "Rien n’est en retard"
    undated = none.assign(reason=NO_DUE_DATE.template)
    assert sectors_finding(undated, language="fr") == "Rien de ce qui est ouvert n’a d’échéance"
    assert nothing_overdue_text(undated, language_of("fr")) == language_of("fr").say(NO_DUE_DATE)


def test_sectors_are_shown_at_the_level_of_the_costliest_finding(run: RunTables) -> None:
    one = run.sectors.head(1)
    section = one.assign(level="section", label="Construction", excess_overdue_amount=one["excess_overdue_amount"] + 1)
    both = pd.concat([run.sectors, section], ignore_index=True)
    assert sectors_finding(both, language="fr").startswith("Construction\u00a0:")
    cheaper = both.assign(excess_overdue_amount=both["excess_overdue_amount"].where(both["level"] == "division", 0.0))
    assert sectors_finding(cheaper, language="fr").startswith("Travaux de construction")
    assert set(sector_rows(both.assign(is_finding=False))["level"]) == {"division"}


@pytest.mark.parametrize(
    ("name", "now", "before", "said"),
    [
        ("dso_days", 58.2, 64.4, "−6.2 days"),
        ("overdue_share", 0.25, 0.229, "+2.1 pts"),
        ("overdue_amount", 104.0, 100.0, "+4.0%"),
        ("overdue_amount", 100.0, 100.0, "unchanged"),
        ("overdue_amount", 5.0, 0.0, "nothing a year ago"),
        ("recovery_rate", 0.8004, 0.8, "unchanged"),
    ],
)
def test_trend_is_signed_and_in_the_unit_of_the_measure(name: str, now: float, before: float, said: str) -> None:
    assert trend_text(name, now, before, language="en") == said


def test_findings_leave_their_tables_alone(run: RunTables) -> None:
    before = run.ageing.copy(deep=True), run.sectors.copy(deep=True), run.measures.copy(deep=True)
    debtors_finding(run.ageing, language="fr")
    sectors_finding(run.sectors, language="fr")
    dso_finding(run.measures, language="fr")
    pd.testing.assert_frame_equal(run.ageing, before[0])
    pd.testing.assert_frame_equal(run.sectors, before[1])
    pd.testing.assert_frame_equal(run.measures, before[2])
    assert run.as_of == dt.date(2024, 12, 31)
