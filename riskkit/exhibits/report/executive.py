"""The first page: what was found, what it costs, what to do within 30, 60 and 90 days; every sentence is computed."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.findings import leading_sector, sectors_known
from riskkit.exhibits.report.money_at_stake import amount_of
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.summary import summary_sentences

Subject = tuple[str, str]
PROCEDURES = ("safeguard", "receivership", "liquidation")


def executive_parts(material: Material) -> list[tuple[str, list[Subject]]]:
    """Parts of the page, each a title and its sentences with their subjects; parts with nothing to say are left out."""
    words = material.words
    parts = [
        (words.text("What we found"), _found(material)),
        (words.text("What it costs"), _costs(material)),
        (words.text("What to do"), _steps(material)),
    ]
    return [(title, said) for title, said in parts if said]


def _found(material: Material) -> list[Subject]:
    """The summary but for what is not computable: the last section says it."""
    said = summary_sentences(material.run, language=material.language)
    return [(subject, sentence) for subject, sentence in said if subject != material.words.text("To be confirmed")]


def _costs(material: Material) -> list[Subject]:
    words, run = material.words, material.run
    said: list[Subject] = []
    day, late = run.kpi("dso_day_amount"), run.kpi("average_days_delinquent_days")
    if day and late and late > 0:
        said.append((
            words.text("Cash tied up"),
            words.text(
                "One day of DSO is {day} of cash; the {late} of lateness tie up {all}.",
                day=material.money(day), late=words.days(late), all=material.money(day * late),
            ),
        ))  # fmt: skip
    limits = material.table("credit_limits")
    if limits is not None:
        said.append((
            words.text("Expected losses"),
            words.text(
                "{loss} over a year, between {low} and {high} by what is lost of a claim.",
                loss=material.money(amount_of(limits, "expected_loss_amount")),
                low=material.money(amount_of(limits, "expected_loss_low_amount")),
                high=material.money(amount_of(limits, "expected_loss_high_amount")),
            ),
        ))  # fmt: skip
    penalties = material.table("claimable_penalties")
    if penalties is not None:
        said.append((
            words.text("Penalties not claimed"),
            words.text(
                "The law gives {penalties} of late-payment penalties and {indemnities} of 40 € indemnities on the past "
                "lateness read in the files.",
                penalties=material.money(amount_of(penalties, "penalties_amount")),
                indemnities=material.money(amount_of(penalties, "indemnities_amount")),
            ),
        ))  # fmt: skip
    return said


def _steps(material: Material) -> list[Subject]:
    words = material.words
    steps = (
        (words.text("Within 30 days"), [_call(material), _claims(material)]),
        (words.text("Within 60 days"), [_limits(material)]),
        (words.text("Within 90 days"), [_sector(material), _provision(material)]),
    )
    return [(when, " ".join(found)) for when, told in steps if (found := [one for one in told if one])]


def _call(material: Material) -> str:
    concentration = material.table("concentration")
    if concentration is None:
        return ""
    rows = concentration[concentration["basis"] == "overdue"]
    if rows.empty or pd.isna(rows["pareto_count"].iloc[0]) or not int(rows["pareto_count"].iloc[0]):
        return ""
    row = rows.iloc[0]
    return material.words.text(
        "Call the {count:debtor|debtors} who {count:?owes|owe} {share} of what is overdue ({amount}), the largest "
        "first.",
        count=int(row["pareto_count"]),
        share=material.words.share(float(row["pareto_amount_share"])),
        amount=material.money(float(row["total_amount"]) * float(row["pareto_amount_share"])),
    )


def _claims(material: Material) -> str:
    """Customers in a procedure who owe something: their claims have a deadline."""
    states, ageing = material.table("company_states"), material.run.ageing
    if states is None or ageing.empty:
        return ""
    held = states.loc[states["state"].isin(PROCEDURES), "customer_id"]
    owing = ageing[ageing["customer_id"].isin(held) & (ageing["open_items_amount"] > 0)]
    if owing.empty:
        return ""
    return material.words.text(
        "Check that the claims on {count:customer|customers} in a procedure are declared ({amount}): two months from "
        "the notice, no more.",
        count=len(owing),
        amount=material.money(amount_of(owing, "open_items_amount")),
    )


def _limits(material: Material) -> str:
    limits = material.table("credit_limits")
    if limits is None:
        return ""
    over: pd.DataFrame = limits[limits["over_limit_amount"] > 0]
    if over.empty:
        return ""
    return material.words.text(
        "Bring {count:customer|customers} back under {count:?its limit|their limits}: {amount} in excess.",
        count=len(over),
        amount=material.money(amount_of(over, "over_limit_amount")),
    )


def _sector(material: Material) -> str:
    run = material.run
    leading = leading_sector(run.sectors) if sectors_known(run.sectors) else None
    if leading is None:
        return ""
    return material.words.text(
        "Tighten terms and deposits of the sector {sector}: {excess} overdue above its part.",
        sector=str(leading["label"]),
        excess=material.money(float(leading["excess_overdue_amount"])),
    )


def _provision(material: Material) -> str:
    items = material.table("provision")
    if items is None:
        return ""
    return material.words.text(
        "Book the provision: {expected} by IFRS 9, {statutory} by French rules.",
        expected=material.money(amount_of(items, "ifrs_amount")),
        statutory=material.money(amount_of(items, "statutory_amount")),
    )
