"""Sheets with a row a customer: ageing, scores with their reasons, limits, and the worklist of the day."""

from __future__ import annotations

import pandas as pd

from riskkit.decisions.dunning_reasons import STEP_WORDS
from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.language import Language
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.run_tables import ageing_buckets
from riskkit.exhibits.score_words import CLASSES, DECIDERS, LEVELS
from riskkit.exhibits.workbook.item_sheets import cells
from riskkit.exhibits.workbook.sheet import Sheet, SheetChart, SheetColumn


def ageing_sheet(material: Material) -> Sheet | None:
    """What each customer owes by age, unapplied money apart."""
    words, ageing = material.words, material.run.ageing
    if ageing.empty:
        return None
    rows = ageing.sort_values(["open_items_amount", "customer_id"], ascending=[False, True])
    buckets = [
        (bucket_label(code, material.language), f"{code}_amount")
        for code in ageing_buckets(ageing)
        if code != "undated" or rows["undated_amount"].sum()
    ]
    total = words.text("Open items")
    columns = [
        SheetColumn(words.text("Account"), "text", cells(rows["customer_id"]), width=14),
        SheetColumn(words.text("Customer"), "text", cells(rows["customer_name"]), width=32),
        *[SheetColumn(label, "money", cells(rows[name]), is_total=True) for label, name in buckets],
        SheetColumn(total, "money", cells(rows["open_items_amount"]), is_total=True, colour="bar"),
        SheetColumn(words.text("Overdue"), "money", cells(rows["overdue_amount"]), is_total=True),
        SheetColumn(words.text("Unapplied"), "money", cells(rows["unapplied_amount"]), is_total=True),
        SheetColumn(words.text("Net"), "money", cells(rows["receivables_amount"]), is_total=True),
        SheetColumn(words.text("Oldest, days"), "count", cells(rows["oldest_days_past_due"]), colour="late"),
    ]
    chart = SheetChart("column", words.text("Open items by age"), "", [label for label, _ in buckets], of_totals=True)
    note = words.text("What is owed by age at the date; money received and not yet matched is apart and nets no age.")
    return Sheet(words.text("Ageing"), "riskkit_ageing", note, columns, chart, parts=[label for label, _ in buckets])


def _who(rows: pd.DataFrame, words: Language) -> list[SheetColumn]:
    """Account, name and class of each customer: the first columns of what is said of customers."""
    classes = [words.say(CLASSES[str(code)]) for code in rows["risk_class"]]
    return [
        SheetColumn(words.text("Account"), "text", cells(rows["customer_id"]), width=14),
        SheetColumn(words.text("Customer"), "text", cells(rows["name"]), width=32),
        SheetColumn(words.text("Class"), "text", classes, colour="class", width=16),
    ]


def scores_sheet(material: Material) -> Sheet | None:
    """The class of each customer, who decided it, its chance where there is one, and its reasons."""
    words, scores = material.words, material.table("scores")
    if scores is None:
        return None
    rows = scores.sort_values(["open_amount", "customer_id"], ascending=[False, True])
    chances = [name for name in ("probability_6m", "probability_12m") if name in rows and rows[name].notna().any()]
    columns = [
        *_who(rows, words),
        SheetColumn(
            words.text("Risk"), "text", [words.say(LEVELS[str(code)]) for code in rows["risk_level"]], width=12
        ),
        SheetColumn(words.text("Decided by"), "text", [words.say(DECIDERS[str(code)]) for code in rows["decided_by"]]),
        *[
            SheetColumn(
                words.text("Chance, {months} months", months=name.split("_")[1].rstrip("m")), "share", cells(rows[name])
            )
            for name in chances
        ],
        SheetColumn(words.text("Owed"), "money", cells(rows["open_amount"]), is_total=True, colour="bar"),
        SheetColumn(words.text("Overdue"), "money", cells(rows["overdue_amount"]), is_total=True),
        *[
            SheetColumn(words.text("Reason {rank}", rank=rank), "wide", cells(rows[f"reason_{rank}"]), width=44)
            for rank in (1, 2, 3)
        ],
    ]
    note = words.text("Class 1 very low to 5 very high risk; the chance is of a serious delay, blank where not known.")
    return Sheet(words.text("Scores"), "riskkit_scores", note, columns)


def limits_sheet(material: Material) -> Sheet | None:
    """What each customer may owe, what it owes, what is over, and the loss expected."""
    words, limits = material.words, material.table("credit_limits")
    if limits is None:
        return None
    rows = limits.sort_values(["over_limit_amount", "customer_id"], ascending=[False, True])
    columns = [
        *_who(rows, words),
        SheetColumn(words.text("Limit in force"), "money", cells(rows["current_limit_amount"])),
        SheetColumn(words.text("Advised limit"), "money", cells(rows["limit_amount"]), is_total=True),
        SheetColumn(words.text("Insured"), "money", cells(rows["insured_amount"]), is_total=True),
        SheetColumn(words.text("Net exposure"), "money", cells(rows["net_exposure_amount"]), is_total=True),
        SheetColumn(
            words.text("Over the limit"), "money", cells(rows["over_limit_amount"]), is_total=True, colour="bar"
        ),
        SheetColumn(words.text("Expected loss"), "money", cells(rows["expected_loss_amount"]), is_total=True),
        SheetColumn(words.text("Loss, low"), "money", cells(rows["expected_loss_low_amount"]), is_total=True),
        SheetColumn(words.text("Loss, high"), "money", cells(rows["expected_loss_high_amount"]), is_total=True),
        SheetColumn(words.text("Review"), "date", cells(rows["review_date"])),
        SheetColumn(words.text("Why"), "wide", cells(rows["reason_1"])),
    ]
    note = words.text("The most to be owed at once, by the rules of the policy; the loss is that of 12 months.")
    return Sheet(words.text("Credit limits"), "riskkit_limits", note, columns)


def worklist_sheet(material: Material) -> Sheet | None:
    """Whom to dun today, by what it should bring."""
    words, dunning = material.words, material.table("dunning")
    if dunning is None:
        return None
    rows = dunning[dunning["is_today"] & (dunning["step"] != "none")].sort_values(["rank", "customer_id"])
    if rows.empty:
        return None
    steps = [words.say(STEP_WORDS[str(step)]) for step in rows["step"]]
    columns = [
        SheetColumn(words.text("No."), "count", cells(rows["rank"]), width=7),
        SheetColumn(words.text("Account"), "text", cells(rows["customer_id"]), width=14),
        SheetColumn(words.text("Customer"), "text", cells(rows["name"]), width=32),
        SheetColumn(words.text("Who"), "text", cells(rows["owner"])),
        SheetColumn(words.text("Step"), "text", [f"{step[:1].upper()}{step[1:]}" for step in steps], width=28),
        SheetColumn(words.text("Amount"), "money", cells(rows["amount"]), is_total=True, colour="bar"),
        SheetColumn(words.text("Oldest, days"), "count", cells(rows["oldest_days"]), colour="late"),
        SheetColumn(words.text("Expected gain"), "money", cells(rows["gain_amount"]), is_total=True),
        SheetColumn(words.text("Gain, low"), "money", cells(rows["gain_low_amount"])),
        SheetColumn(words.text("Gain, high"), "money", cells(rows["gain_high_amount"])),
        SheetColumn(words.text("By"), "date", cells(rows["do_by"])),
        SheetColumn(words.text("Why"), "wide", cells(rows["reason_1"])),
        SheetColumn(words.text("To be known"), "wide", cells(rows["reason_2"])),
    ]
    note = words.text("The gain is the cash that the step brings by the horizon beyond what would come anyway.")
    return Sheet(words.text("Worklist"), "riskkit_worklist", note, columns, frozen=3)
