"""Sections of the report on decisions: segments, credit limits, provision. Amounts are those of the run's tables."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.fragment import Html
from riskkit.exhibits.report.section import Material, Section
from riskkit.exhibits.score_words import LEVELS
from riskkit.exhibits.segment_words import segment_name, segment_rows
from riskkit.exhibits.tables import TableColumn, make_table

OVER_LIMIT = 12


def amount_of(table: pd.DataFrame, column: str) -> float:
    """Sum of a column of amounts, missing ones left out."""
    return float(pd.to_numeric(table[column], errors="coerce").fillna(0).sum())


def segments_section(material: Material) -> Section:
    """The segments, what each owes, and what is done with its customers."""
    words, segments = material.words, material.table("segments")
    if segments is None:
        return Section(words.text("Segments"))
    rows = segment_rows(segments)
    shown = rows.assign(name=[segment_name(str(code), words) for code in rows["segment"]])
    columns = [
        TableColumn("name", words.text("Segment")),
        TableColumn("customers_count", words.text("Customers"), "count"),
        TableColumn("open_amount", words.text("Owed"), "money"),
        TableColumn("overdue_amount", words.text("Overdue"), "money"),
        TableColumn("strategy", words.text("What to do")),
    ]
    total: dict[str, object] = {
        "name": words.text("Total"),
        **{name: float(rows[name].sum()) for name in ("customers_count", "open_amount", "overdue_amount")},
    }
    table = make_table(
        shown, columns, language=material.language, caption=words.text("Segments and what is done with them"),
        currency=material.run.currency, total=total,
    )  # fmt: skip
    return Section(words.text("Segments"), parts=[table])


def limits_section(material: Material) -> Section:
    """Who owes more than its limit, the largest excess first."""
    words, limits = material.words, material.table("credit_limits")
    title = words.text("Credit limits")
    if limits is None:
        return Section(title)
    over = limits[limits["over_limit_amount"] > 0].sort_values("over_limit_amount", ascending=False)
    if over.empty:
        return Section(title, [words.text("No customer owes more than its credit limit.")], key="limits")
    lead = words.text(
        "{count:customer|customers} {count:?owes|owe} more than {count:?its limit|their limits}: {amount} in all; the "
        "losses expected of all customers over a year are {loss}, between {low} and {high} by what is lost of a claim.",
        count=len(over),
        amount=material.money(amount_of(over, "over_limit_amount")),
        loss=material.money(amount_of(limits, "expected_loss_amount")),
        low=material.money(amount_of(limits, "expected_loss_low_amount")),
        high=material.money(amount_of(limits, "expected_loss_high_amount")),
    )
    return Section(title, [lead], [_over_table(material, over.head(OVER_LIMIT))], key="limits")


def _over_table(material: Material, over: pd.DataFrame) -> Html:
    words = material.words
    shown = over.assign(
        level=[words.say(LEVELS[str(level)]) for level in over["risk_level"]],
        owed=over["net_exposure_amount"],
    )
    columns = [
        TableColumn("name", words.text("Customer")),
        TableColumn("level", words.text("Risk")),
        TableColumn("owed", words.text("Owed, net of insurance"), "money"),
        TableColumn("limit_amount", words.text("Advised limit"), "money"),
        TableColumn("over_limit_amount", words.text("Over the limit"), "money"),
        TableColumn("reason_1", words.text("Why")),
    ]
    caption = words.text("The largest excesses over credit limits")
    return make_table(shown, columns, language=material.language, caption=caption, currency=material.run.currency)


def provision_section(material: Material) -> Section:
    """Both provisions side by side, and why they differ."""
    words, items, matrix = material.words, material.table("provision"), material.table("provision_matrix")
    title = words.text("Provision")
    if items is None or matrix is None:
        return Section(title)
    return Section(title, provision_lead(material), [_matrix_table(material, matrix)], key="provision")


def provision_lead(material: Material) -> list[str]:
    """What both provisions are, and why they differ; nothing for a run without them."""
    words, items, matrix = material.words, material.table("provision"), material.table("provision_matrix")
    if items is None or matrix is None:
        return []
    expected, statutory = amount_of(items, "ifrs_amount"), amount_of(items, "statutory_amount")
    lead = words.text(
        "Expected losses (IFRS 9) are {expected}, of which {pooled} by age, between {low} and {high}, and the rest "
        "item by item; the French provision without tax, item by item, is {statutory}.",
        expected=material.money(expected),
        pooled=material.money(amount_of(matrix, "expected_loss_amount")),
        low=material.money(amount_of(matrix, "expected_loss_low_amount")),
        high=material.money(amount_of(matrix, "expected_loss_high_amount")),
        statutory=material.money(statutory),
    )
    why = words.text(
        "They differ: IFRS 9 expects a loss on everything owed, tax included, by its age; French rules ask for an "
        "event that makes the loss of an item probable, and leave out the tax, which is recovered."
    )
    return [lead, why]


def _matrix_table(material: Material, matrix: pd.DataFrame) -> Html:
    from riskkit.exhibits.bucket_words import bucket_label

    words = material.words
    shown = matrix.assign(label=[bucket_label(str(code), material.language) for code in matrix["bucket"]])
    columns = [
        TableColumn("label", words.text("Age")),
        TableColumn("balance_amount", words.text("Owed"), "money"),
        TableColumn("individual_amount", words.text("Besides, item by item"), "money"),
        TableColumn("applied_rate", words.text("Loss rate"), "share"),
        TableColumn("expected_loss_amount", words.text("Expected loss"), "money"),
        TableColumn("expected_loss_low_amount", words.text("Low"), "money"),
        TableColumn("expected_loss_high_amount", words.text("High"), "money"),
    ]
    total: dict[str, object] = {
        "label": words.text("Total"),
        **{column: amount_of(matrix, column) for column in (
            "balance_amount", "individual_amount", "expected_loss_amount", "expected_loss_low_amount",
            "expected_loss_high_amount",
        )},
    }  # fmt: skip
    caption = words.text("Expected losses by age")
    return make_table(
        shown, columns, language=material.language, caption=caption, currency=material.run.currency, total=total
    )
