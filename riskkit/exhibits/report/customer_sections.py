"""Sections of the report on customers: the map of risk, and whom to act on."""

from __future__ import annotations

from typing import Any

from riskkit.exhibits.action_exhibits import claims_table, owners_table, plan_finding, plan_table
from riskkit.exhibits.fragment import Html
from riskkit.exhibits.plot_score_classes import classes_finding, plot_score_classes
from riskkit.exhibits.report.section import WIDE, Material, Section, drawing, sub_title
from riskkit.exhibits.score_report import levels_table, scores_table

CUSTOMERS, LINES = 12, 15


def risk_section(material: Material) -> Section:
    """Five classes and three levels, then the customers most at risk with their reasons."""
    words, run, scores = material.words, material.run, material.table("scores")
    title = words.text("Who will not pay")
    if scores is None:
        return Section(title)
    given: dict[str, Any] = {"language": material.language, "currency": run.currency}
    unknown = scores[scores["risk_level"] == "unknown"]
    lead = [f"{classes_finding(scores, **given)}."]
    if len(unknown):
        lead.append(
            words.text(
                "Nothing can be said of {count:customer|customers}, who {count:?owes|owe} {money}: no good risk, no "
                "bad one.",
                count=len(unknown), money=material.money(float(unknown["open_amount"].sum())),
            )
        )  # fmt: skip
    parts = [
        drawing(plot_score_classes(scores, size=WIDE, titled=False, **given)),
        levels_table(scores, **given),
        sub_title(words.text("Customers most at risk, and why")),
        scores_table(scores, count=CUSTOMERS, **given),
    ]
    return Section(title, lead, parts, key="risk")


def plan_section(material: Material) -> Section:
    """The action plan, by what is at stake: what, why, who, by when; claims to declare; owners."""
    words, run, actions = material.words, material.run, material.table("actions")
    title = words.text("Customers to act on")
    if actions is None:
        return Section(title)
    given: dict[str, Any] = {"language": material.language, "currency": run.currency}
    parts: list[Html] = [plan_table(actions, count=LINES, **given)]
    dunning, owners = material.table("dunning"), material.table("owners")
    if dunning is not None and (dunning["step"] == "claim").any():
        parts += [sub_title(words.text("Claims to declare")), claims_table(dunning, **given)]
    if owners is not None:
        parts += [sub_title(words.text("By owner")), owners_table(owners, **given)]
    return Section(title, [f"{plan_finding(actions, words, currency=run.currency)}."], parts, key="plan")
