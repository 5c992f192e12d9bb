"""Sections of the report on what the figures rest on: the files, the method, the words."""

from __future__ import annotations

from riskkit.errors import Message, message
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.measure_words import MEASURES
from riskkit.exhibits.method import (
    matching_table,
    not_computable_list,
    reconciliation_table,
    remarks_list,
    sources_table,
)
from riskkit.exhibits.quality_report import grade_rule, quality_remarks
from riskkit.exhibits.quality_words import dimension_name, quality_finding, say_packed
from riskkit.exhibits.report.figures_table import MEASURES as SHOWN
from riskkit.exhibits.report.section import Material, Section, paragraph, sub_title
from riskkit.exhibits.tables import TableColumn, make_table

TERMS: tuple[tuple[Message, Message], ...] = (
    (message("Open item"), message("What is left to pay of an invoice at the date, tax included.")),
    (
        message("Unapplied"),
        message("Money received that no invoice is known for; shown apart, never netted in an age."),
    ),
    (
        message("Interval"),
        message("Range that holds the true value in 95 cases out of 100, unless another share is said beside it."),
    ),
    (
        message("Risk class"),
        message("1 very low to 5 very high, by the grid of the policy; not known where nothing is known."),
    ),
    (
        message("Credit limit"),
        message("The most to be owed at once: the need of the customer, under caps of the policy, insurance included."),
    ),
    (
        message("Expected loss"),
        message("Probability of failure × what is lost of a failed claim × what is owed net of insurance, 12 months."),
    ),
    (
        message("IFRS 9 provision"),
        message("Losses expected of everything owed, by age, at rates read from the past of the ledger."),
    ),
    (
        message("French provision"),
        message("Losses made probable by an event, claim by claim, without the tax, which is recovered."),
    ),
    (
        message("Scenario"),
        message("The same weeks of the last years, paid as they were and as the change would have it: the difference."),
    ),
    (
        message("At stake"),
        message("The largest sum that an action on a customer concerns; sums of several actions are never added."),
    ),
)


def quality_section(material: Material) -> Section:
    """What was read, what is wrong in it and what that limits, and that the totals tie."""
    words, run = material.words, material.run
    parts: list[Html] = [sources_table(run.manifest, language=material.language, currency=run.currency)]
    quality, grades = material.table("quality"), material.table("quality_grades")
    lead: list[str] = []
    if quality is not None and grades is not None:
        lead = [f"{quality_finding(quality, grades, language=material.language).rstrip('.')}."]
        parts.append(_grades(material))
    if quality is not None:
        parts.append(sub_title(words.text("What was found, and what it changes")))
        parts.append(quality_remarks(quality, language=material.language, currency=run.currency))
    parts += [
        sub_title(words.text("Do the totals tie, to the cent?")),
        reconciliation_table(run.manifest, language=material.language, currency=run.currency),
        matching_table(run.manifest, language=material.language),
        sub_title(words.text("Measures not computable")),
        not_computable_list(run, language=material.language),
    ]
    return Section(words.text("Quality of the data and what it limits"), lead, parts, key="quality")


def _grades(material: Material) -> Html:
    words, grades = material.words, material.tables["quality_grades"]
    shown = grades.assign(
        name=[dimension_name(str(code), material.language) for code in grades["dimension"]],
        letter=[grade if isinstance(grade, str) else "–" for grade in grades["grade"]],
        why=[say_packed(reason, material.language) for reason in grades["reason"]],
        row_class=["strong" if code == "overall" else "" for code in grades["dimension"]],
    )
    columns = [
        TableColumn("name", words.text("Dimension")),
        TableColumn("letter", words.text("Grade")),
        TableColumn("why", words.text("Main reason")),
    ]
    caption = words.text("What the files are worth, from A to E")
    return make_table(shown, columns, language=material.language, caption=caption, sortable=False)


def method_section(material: Material) -> Section:
    """What made the figures, and what is to be known before believing them."""
    words, run = material.words, material.run
    made = words.text(
        "Made by riskkit {version}; policy {policy}. Nothing later than {day} is used.",
        version=str(run.manifest.get("riskkit_version", "")),
        policy=str(run.manifest.get("policy_sha256", ""))[:12],
        day=run.as_of,
    )
    parts: list[Html] = [
        paragraph(made),
        paragraph(grade_rule(language=material.language)),
        sub_title(words.text("Remarks")),
        remarks_list(run, language=material.language),
    ]
    return Section(words.text("Method"), parts=parts)


def glossary_section(material: Material) -> Section:
    """What each word and each measure of the report means, with its formula."""
    words, run = material.words, material.run
    terms = [(words.say(term), words.say(meaning), "") for term, meaning in TERMS]
    measures = [
        (words.say(MEASURES[name].label), words.say(MEASURES[name].definition), words.say(MEASURES[name].formula))
        for name in SHOWN
        if name in MEASURES and run.kpi(name) is not None
    ]
    entries = [
        element("div", element("dt", term), element("dd", meaning, " ", element("i", formula) if formula else None))
        for term, meaning, formula in sorted([*terms, *measures], key=lambda entry: entry[0].casefold())
    ]
    return Section(words.text("Glossary"), parts=[element("dl", *entries, class_="rk-definitions")])
