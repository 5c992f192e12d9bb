"""What drives the unpaid, in sentences: each finding with its uncertainty, or that nothing stands out."""

from __future__ import annotations

import pandas as pd

from riskkit.engine import amount_name
from riskkit.errors import Message, Money, message
from riskkit.ledger.attribution import ATTRIBUTION, NO_DUE_DATE
from riskkit.ledger.customer_resampling import draws_made
from riskkit.ledger.dimensions import SECTOR_LEVELS, SIZE_LEVELS, UNKNOWN
from riskkit.ledger.drivers import DRIVERS
from riskkit.schemas import Table

WORTH_A_WORD_SHARE = 0.10  # a part of exposure that deserves a sentence of its own

_NOUNS = {
    "section": message("sector {code} ({label})"),
    "division": message("division {code} ({label})"),
    "group": message("NAF group {code} ({label})"),
    "class": message("NAF class {code} ({label})"),
    "subclass": message("NAF sub-class {code} ({label})"),
    "region": message("region {label}"),
    "headcount": message("headcount band {label}"),
    "size": message("sales decile {label}"),
    "age": message("age of relation “{label}”"),
    "legal_form": message("legal form {label}"),
    "terms": message("terms {label}"),
    "sales_person": message("sales person {label}"),
    "payment_method": message("payment method {label}"),
}
_SUBJECTS = {
    "section": message("Sector {code} ({label})"),
    "division": message("Division {code} ({label})"),
    "group": message("NAF group {code} ({label})"),
    "class": message("NAF class {code} ({label})"),
    "subclass": message("NAF sub-class {code} ({label})"),
    "region": message("Region {label}"),
    "headcount": message("Headcount band {label}"),
    "size": message("Sales decile {label}"),
    "age": message("Age of relation “{label}”"),
    "legal_form": message("Legal form {label}"),
    "sales_person": message("Sales person {label}"),
    "payment_method": message("Payment method {label}"),
}


def driver_sentences(drivers: pd.DataFrame, attribution: pd.DataFrame, *, currency: str = "EUR") -> list[Message]:
    """What was found, in sentences: drivers in order of rank, then what limits the search.

    From: `drivers.DRIVERS` and `attribution.ATTRIBUTION`, in cents.
    To:   at least one sentence; that nothing stands out, or cannot be judged, is a sentence too.
    """
    if attribution.empty:
        return [message("There is no customer to attribute the overdue to.")]
    if attribution["reason"].eq(NO_DUE_DATE.template).any():
        return [NO_DUE_DATE]
    if attribution["overdue_cents"].sum() <= 0:
        return [message("Nothing is overdue at this date: there is nothing to explain.")]
    groups = drivers[drivers["kind"] != "customer"]
    sentences = [
        _customer(row) if row["kind"] == "customer" else _driver(row, currency=currency)
        for _, row in drivers.iterrows()
    ]
    if groups.empty:
        sentences.insert(0, _nothing(attribution))
    return [*sentences, *_limits(attribution, currency=currency)]


def draws_sentence(customers_count: int, *, draws: int) -> list[Message]:
    """That intervals rest on fewer draws than the policy asks, where they do."""
    made = draws_made(draws, customers_count=customers_count)
    if made == draws:
        return []
    return [
        message(
            "With {count:customer|customers}, intervals rest on {made} draws of customers instead of the {draws} asked"
            " by the policy: their ends are less fine, not biased.",
            count=customers_count, made=made, draws=draws,
        )
    ]  # fmt: skip


def in_cents(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """A table of a run, read back in currency units, as its contract again."""
    cents = [column.name for column in table if column.kind == "cents"]
    amounts = {name: (frame[amount_name(name)].astype("float64") * 100).round().astype("Int64") for name in cents}
    return table.conform(frame.assign(**amounts))[table.names]


def run_sentences(drivers: pd.DataFrame, attribution: pd.DataFrame, *, currency: str) -> list[Message]:
    """`driver_sentences` of the tables of a run, in currency units."""
    return driver_sentences(in_cents(drivers, DRIVERS), in_cents(attribution, ATTRIBUTION), currency=currency)


def _driver(row: pd.Series, *, currency: str) -> Message:
    values = {
        "group": _subject(row),
        "share": _percent(row["overdue_share"]),
        "low": _percent(row["overdue_share_low"]),
        "high": _percent(row["overdue_share_high"]),
        "exposure": _percent(row["exposure_share"]),
        "excess": Money(int(row["excess_overdue_cents"]), currency, compact=True),
        "survives": _survives(row),
    }
    if pd.isna(row["sales_share"]):
        return message(
            "{group} carries {share}% of what is overdue [{low}; {high}] for {exposure}% of receivables; {excess} more"
            " than its share; {survives}.",
            **values,
        )
    return message(
        "{group} carries {share}% of what is overdue [{low}; {high}] for {sales}% of sales and {exposure}% of"
        " receivables; {excess} more than its share; {survives}.",
        sales=_percent(row["sales_share"]),
        **values,
    )


def _survives(row: pd.Series) -> Message:
    if row["survives_within_both"]:
        return message("the effect remains at equal size and terms")
    if row["survives_within_terms"] and row["level"] in SIZE_LEVELS:
        return message("the effect remains at equal terms")
    if row["survives_within_size"]:
        return message("the effect remains at equal size, not at equal terms")
    if row["survives_within_terms"]:
        return message("the effect remains at equal terms, not at equal size")
    return message("the effect does not remain at equal size and terms")


def _customer(row: pd.Series) -> Message:
    values = {
        "customer": str(row["label"]),
        "share": _percent(row["overdue_share"]),
        "exposure": _percent(row["exposure_share"]),
    }
    if pd.isna(row["second_level"]):
        return message(
            "{customer} alone carries {share}% of what is overdue for {exposure}% of receivables: one customer, not a"
            " group.",
            **values,
        )
    return message(
        "{customer} alone carries {share}% of what is overdue for {exposure}% of receivables, and most of what"
        " {group} owes late: look at the customer, not at the sector.",
        group=_named(str(row["second_level"]), str(row["second_code"]), str(row["second_label"])),
        **values,
    )


def _nothing(attribution: pd.DataFrame) -> Message:
    searched = attribution[~attribution["is_unknown"] & (attribution["level"] != "terms")]
    if searched.empty:
        return message("Nothing is known of the customers that could explain what is overdue.")
    return message(
        "No group stands out: of {count} groups searched along {dimensions} dimensions, and their pairs, none has more"
        " overdue than its share of receivables beyond what chance between customers explains.",
        count=len(searched),
        dimensions=int(searched["dimension"].nunique()),
    )


def _limits(attribution: pd.DataFrame, *, currency: str) -> list[Message]:
    """That the sector of much of the receivables is not known."""
    sectors = attribution[attribution["dimension"] == "sector"]
    if sectors.empty:
        return [message("The sector of no customer is known: complete the SIREN or the NAF code.")]
    first = sectors[(sectors["level"] == sectors["level"].iloc[0]) & (sectors["code"] == UNKNOWN)]
    large = first[first["exposure_share"] >= WORTH_A_WORD_SHARE]
    return [
        message(
            "The sector is unknown for {share}% of receivables ({amount}, of which {overdue} overdue): complete the"
            " SIREN or the NAF code of these customers.",
            share=_percent(row["exposure_share"]),
            amount=Money(int(row["open_items_cents"]), currency, compact=True),
            overdue=Money(int(row["overdue_cents"]), currency, compact=True),
        )
        for _, row in large.iterrows()
    ]


def _subject(row: pd.Series) -> Message:
    """The driver as the subject of a sentence."""
    first = (str(row["level"]), str(row["code"]), str(row["label"]))
    if row["kind"] == "group":
        known = _SUBJECTS.get(first[0])
        if known is None:
            return message("The group “{column}: {label}”", column=_column(first[0]), label=first[2])
        return Message(known.template, {"code": first[1], "label": _inside(*first)})
    second = (str(row["second_level"]), str(row["second_code"]), str(row["second_label"]))
    return message("The crossing “{first} × {second}”", first=_named(*first), second=_named(*second))


def _named(level: str, code: str, label: str) -> Message:
    """A group as it is named inside a sentence."""
    known = _NOUNS.get(level)
    if known is None:
        return message("{column}: {label}", column=_column(level), label=label)
    return Message(known.template, {"code": code, "label": _inside(level, code, label)})


def _inside(level: str, code: str, label: str) -> str:
    """A label as it reads inside a sentence: a sector's first letter small, unless it opens an acronym."""
    if level not in SECTOR_LEVELS or label[1:2].isupper():
        return label
    return label[:1].lower() + label[1:]


def _column(level: str) -> str:
    return level.removeprefix("x_").replace("_", " ")


def _percent(share: float) -> int:
    return round(100 * float(share))
