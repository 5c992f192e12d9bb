"""What a letter says of a customer: its invoices, its penalties by half-year, the law they rest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.exhibits.fragment import clean
from riskkit.exhibits.language import Language
from riskkit.exhibits.letter_fields import LETTER_FIELDS

_LATE = {
    "ecb": message(
        "Late-payment penalties are due by law and without a reminder (article L441-10, II of the French Commercial "
        "Code), at the rate of the European Central Bank's latest refinancing operation plus 10 points, as in force "
        "on 1 January for the first half-year and on 1 July for the second. For each late invoice, fixed compensation"
        " of recovery costs of {indemnity} (article D441-5); further compensation may be claimed on evidence."
    ),
    "public": message(
        "Late-payment interest is due by law and without formality (articles L2192-13 and R2192-31 of the French "
        "Public Procurement Code), at the rate of the European Central Bank's latest main refinancing operation plus "
        "8 points, as in force on the first day of the half-year. For each late invoice, fixed compensation of "
        "recovery costs of {indemnity} (article D2192-35); further compensation may be claimed on evidence."
    ),
    "contract": message(
        "Late-payment penalties are due by law and without a reminder (article L441-10, II of the French Commercial "
        "Code), at the rate of our general terms of sale. For each late invoice, fixed compensation of recovery costs"
        " of {indemnity} (article D441-5); further compensation may be claimed on evidence."
    ),
    "floor": message(
        "Late-payment penalties are due by law and without a reminder (article L441-10, II of the French Commercial "
        "Code), at three times the legal interest rate, the lowest that the law allows. For each late invoice, fixed "
        "compensation of recovery costs of {indemnity} (article D441-5); further compensation may be claimed on "
        "evidence."
    ),
}
_PROCEDURES = {
    "safeguard": message("safeguard"),
    "receivership": message("receivership"),
    "liquidation": message("judicial liquidation"),
}
_MISSING = {
    "sender_address": message("[our address to be completed]"),
    "sender_contact": message("[telephone, e-mail to be completed]"),
    "sender_siren": message("[our SIREN to be completed]"),
    "iban": message("[IBAN to be completed]"),
    "bic": message("[BIC to be completed]"),
    "signatory": message("[name to be completed]"),
    "signatory_role": message("[role to be completed]"),
    "town": message("[town to be completed]"),
    "court": message("[court to be completed]"),
    "representative": message("[creditors' representative to be completed]"),
    "security": message("[guarantees to be stated, else strike out]"),
    "customer_address": message("[address to be completed]"),
    "customer_siren": message("[SIREN to be completed]"),
    "judged_on": message("[date of the judgment to be completed]"),
    "published_on": message("[date of the notice to be completed]"),
    "claim_deadline": message("[two months from the notice]"),
}


@dataclass(frozen=True)
class LetterFacts:
    """One letter to make: whom to, about which items, what is claimed.

    `customer` has customer_id, name, address, postcode, town, siren (missing: said as to be completed); `sender` the
    fields of the sender by name, empty where unknown. `items` are the open items (invoice_number, item_id, issue_date,
    due_date, days_past_due, open_cents), `penalties` their `ITEM_PENALTIES`, `late_count` the invoices that owe the
    indemnity; penalties are counted until `until`. `procedure` has state, judged_on, published_on and claim_deadline,
    or is None.
    """

    customer: Mapping[str, Any]
    sender: Mapping[str, str]
    items: pd.DataFrame
    penalties: pd.DataFrame
    late_count: int
    indemnity_cents: int
    as_of: dt.date
    until: dt.date
    pay_by: dt.date
    notice_days: int
    currency: str
    prescription_date: dt.date | None = None
    procedure: Mapping[str, Any] | None = None


def letter_values(facts: LetterFacts, words: Language) -> dict[str, str]:
    """The text of each of `LETTER_FIELDS`; what is not known asks to be completed."""
    opened = int(facts.items["open_cents"].sum())
    penalties = int(facts.penalties["penalties_cents"].fillna(0).sum())
    indemnities = facts.late_count * facts.indemnity_cents

    def money(cents: int) -> str:
        return words.money(cents, currency=facts.currency)

    day = words.date(facts.as_of, style="long")
    values = {
        **dict(facts.sender),
        **_customer(facts.customer),
        **_procedure(facts, words, money),
        "date": day,
        "date_short": words.date(facts.as_of),
        "place_date": words.text("on {day}", day=day),
        "items_count": str(len(facts.items)),
        "items_said": words.text("{count:invoice|invoices} overdue", count=len(facts.items)),
        "total_open": money(opened),
        "total_penalties": money(penalties),
        "total_indemnities": money(indemnities),
        "total_claim": money(opened + penalties + indemnities),
        "late_count": str(facts.late_count),
        "indemnity": money(facts.indemnity_cents),
        "penalties_until": words.date(facts.until),
        "pay_by": words.date(facts.pay_by, style="long"),
        "notice_days": str(facts.notice_days),
        "penalties_basis": words.say(_basis(facts)) if len(facts.penalties) else "",
        "penalties_notice": _notice(facts, penalties, indemnities, words),
        "penalties_note": _note(facts, words),
        "prescription_date": words.date(facts.prescription_date) if facts.prescription_date else "–",
    }
    said = {name: clean(str(values.get(name) or "")) for name in LETTER_FIELDS}
    return {name: text or (words.say(_MISSING[name]) if name in _MISSING else "") for name, text in said.items()} | {
        "sender_address_line": ", ".join(
            (said["sender_address"] or words.say(_MISSING["sender_address"])).splitlines()
        ),
        "customer_address_line": ", ".join(
            (said["customer_address"] or words.say(_MISSING["customer_address"])).splitlines()
        ),
    }


def letter_rows(facts: LetterFacts, words: Language) -> dict[str, list[dict[str, str]]]:
    """Rows of invoices, oldest due first, and of half-years of penalties, by the field that marks them."""
    ordered = facts.items.sort_values(["due_date", "item_id"], kind="stable")
    invoices = [
        {
            "invoice": clean(str(item["invoice_number"] if pd.notna(item["invoice_number"]) else item["item_id"])),
            "issued": words.date(item["issue_date"]),
            "due": words.date(item["due_date"]) if pd.notna(item["due_date"]) else "–",
            "days": str(max(int(item["days_past_due"]), 0)) if pd.notna(item["days_past_due"]) else "–",
            "open": words.money(int(item["open_cents"]), currency=facts.currency),
        }
        for item in ordered.to_dict("records")
    ]
    periods = [
        {
            "half_year": f"S{1 + half % 2} {half // 2}",
            "from_date": words.date(part["from_date"].min()),
            "to_date": words.date(part["to_date"].max()),
            "rate": words.share(float(part["rate"].iloc[0]), digits=2) if part["rate"].notna().all() else "–",
            "period_penalties": words.money(int(part["penalties_cents"].sum()), currency=facts.currency)
            if part["penalties_cents"].notna().all()
            else "–",
        }
        for half, part in ((key, facts.penalties[facts.penalties["half"] == key]) for key in _halves(facts))
    ]
    return {"invoice": invoices, "half_year": periods}


def _halves(facts: LetterFacts) -> list[int]:
    return sorted({int(half) for half in facts.penalties["half"].tolist()})


def _customer(customer: Mapping[str, Any]) -> dict[str, str]:
    given = {name: "" if pd.isna(value) else str(value) for name, value in customer.items()}
    place = " ".join(part for part in (given.get("postcode", ""), given.get("town", "")) if part)
    street = given.get("address", "").strip()
    if place and street.endswith(place):
        street = street.removesuffix(place).rstrip(" ,")
    address = "\n".join(part for part in (*street.split(", "), place) if part)
    return {
        "customer_id": given["customer_id"],
        "customer_name": given.get("name") or given["customer_id"],
        "customer_address": address,
        "customer_siren": given.get("siren", ""),
    }


def _procedure(facts: LetterFacts, words: Language, money: Any) -> dict[str, str]:
    if facts.procedure is None:
        return {}
    said = facts.procedure
    dates = {name: said[name] for name in ("judged_on", "published_on", "claim_deadline") if pd.notna(said[name])}
    judged = dates.get("judged_on", pd.Timestamp(facts.as_of))
    due = facts.items["due_date"] <= judged
    return {
        "procedure": words.say(_PROCEDURES[str(said["state"])]),
        **{name: words.date(day) for name, day in dates.items()},
        "due_before": money(int(facts.items.loc[due, "open_cents"].sum())),
        "due_after": money(int(facts.items.loc[~due, "open_cents"].sum())),
    }


def _basis(facts: LetterFacts) -> Message:
    sources = [source for source in facts.penalties["rate_source"] if source in _LATE]
    said = _LATE[sources[-1] if sources else "ecb"]
    return Message(said.template, {"indemnity": Money(facts.indemnity_cents, facts.currency)})


def _notice(facts: LetterFacts, penalties: int, indemnities: int, words: Language) -> str:
    if facts.penalties.empty:
        return ""
    owed = message(
        "At {date} they come to {penalties} and {indemnities}.",
        date=facts.as_of, penalties=Money(penalties, facts.currency), indemnities=Money(indemnities, facts.currency),
    )  # fmt: skip
    return f"{words.say(_basis(facts))} {words.say(owed)}"


def _note(facts: LetterFacts, words: Language) -> str:
    """Why some half-years have no penalties; empty where all have."""
    unknown = facts.penalties[facts.penalties["penalties_cents"].isna()]
    if unknown.empty:
        return ""
    reason = unknown["reason"].iloc[0]
    since = unknown["from_date"].min()
    return words.text("Penalties from {date} on are not counted: {reason}.", date=since, reason=words.say(reason))
