"""The first page: what was found, what it costs, what to do within 30, 60 and 90 days; every sentence is computed."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.report.money_at_stake import amount_of
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.steps import plan_steps
from riskkit.exhibits.summary import summary_sentences

Subject = tuple[str, str]


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
    return plan_steps(
        material.table("actions"),
        material.table("dunning"),
        material.table("scenarios"),
        material.table("cash_forecast"),
        as_of=pd.Timestamp(material.run.as_of),
        words=material.words,
        money=material.money,
    )
