"""The fields that enrichment may add: name, kind of value, title and meaning, in the order in which they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from riskkit.companies.account_measures import MEASURES
from riskkit.errors import Message, message


@dataclass(frozen=True)
class EnrichedField:
    """A field: `kind` is text, date, amount (minor units), number, days, share or flag."""

    name: str
    kind: str
    title: Message
    meaning: Message


_IDENTITY = (
    EnrichedField("company_siren", "text", message("SIREN found"),
                  message("SIREN of the company: your own, repaired if need be, or found in the register.")),
    EnrichedField("official_name", "text", message("Official name"), message("Name registered by INSEE.")),
    EnrichedField("vat_number", "text", message("VAT number"),
                  message("Computed from the SIREN; whether it is in use is for VIES to say.")),
    EnrichedField("naf_code", "text", message("NAF code"), message("Main activity; its nomenclature is beside it.")),
    EnrichedField("naf_version", "text", message("NAF version"),
                  message("rev2 until 31 December 2026, 2025 from 1 January 2027.")),
    EnrichedField("activity_label", "text", message("Activity"), message("Official label of the NAF code.")),
    EnrichedField("legal_form_code", "text", message("Legal form code"), message("INSEE legal form, four digits.")),
    EnrichedField("legal_form_label", "text", message("Legal form"), message("Official label of the legal form.")),
    EnrichedField("headcount_code", "text", message("Headcount code"),
                  message("INSEE headcount band; NN: no staff or not known.")),
    EnrichedField("headcount_label", "text", message("Headcount"), message("Label of the headcount band.")),
    EnrichedField("creation_date", "date", message("Created on"), message("Creation of the company.")),
    EnrichedField("directors", "text", message("Directors"),
                  message("As registered on the day of the answer; not shown for an earlier valuation date.")),
)  # fmt: skip
_STATE = (
    EnrichedField("state", "text", message("State"),
                  message("Procedure in force, or ceased; unknown where no source was asked. Date: the judgment.")),
    EnrichedField("is_under_plan", "flag", message("Under a plan"),
                  message("True while a plan of safeguard, continuation or sale is carried out.")),
)  # fmt: skip
_ACCOUNTS = (
    EnrichedField("sales_excl_tax_cents", "amount", message("Sales without tax"), message("Last accounts known.")),
    EnrichedField("equity_cents", "amount", message("Equity"), message("Last accounts known.")),
    EnrichedField("net_income_cents", "amount", message("Net result"), message("Last accounts known.")),
    EnrichedField("gearing", "number", message("Gearing"),
                  message("Financial debts less cash ÷ equity; below 1 is sound. Blank if equity is not positive.")),
    EnrichedField("solvency_ratio", "number", message("General solvency"), message("Assets ÷ debts; above 1.")),
    EnrichedField("altman_z", "number", message("Altman Z''"), message("Above 2.6 safe, below 1.1 distress.")),
    EnrichedField("conan_holder", "number", message("Conan-Holder"),
                  message("Score of 1979 on industrial firms: a signal, not a probability.")),
    EnrichedField("dso_days", "days", message("Its customer credit, days"),
                  message("Receivables ÷ sales with tax × 365: how long the company waits for its own money.")),
    EnrichedField("dpo_days", "days", message("Its supplier credit, days"),
                  message("Supplier debts ÷ purchases with tax × 365: how long it makes its suppliers wait.")),
)  # fmt: skip
_BUREAU = (
    EnrichedField("bureau_score", "text", message("Bureau score"), message("As given by the bureau.")),
    EnrichedField("bureau_class", "text", message("Bureau class"),
                  message("1 very low risk to 5 very high, failed, unknown; by the scale in force at its date.")),
    EnrichedField("bureau_limit_cents", "amount", message("Bureau credit limit"), message("As advised by the bureau.")),
    EnrichedField("bureau_dbt_days", "days", message("Bureau days beyond terms"), message("As seen by the bureau.")),
)  # fmt: skip

RANKED = tuple(name for name in MEASURES if name != "dpo_purchases_days")
"""Measures that are set against the sector."""

FIELDS = (*_IDENTITY, *_STATE, *_ACCOUNTS, *_BUREAU)
"""Every field, in order. Each adds three columns: its value, `<field>_source`, `<field>_date`."""


def rank_title(measure: str) -> tuple[Message, Message]:
    """Titles of the sector quantile and of the yearly change of a measure."""
    return (
        message("{measure}: rank in its sector", measure=MEASURES[measure]),
        message("{measure}: change over a year", measure=MEASURES[measure]),
    )
