"""Which customer a bank movement comes from: the one invoice or customer its texts name, or nobody."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import pandas as pd

from riskkit.sources.cfonb import Movement
from riskkit.sources.reading import Reading
from riskkit.sources.tabular import plain

REASONS = {
    "money_out": "money that goes out",
    "unmatched_credit": "money that comes in and names no known invoice or customer for sure",
    "several_customers": "money that comes in and names several customers",
    "already_recorded": "a payment that the other files already hold",
    "other_currency": "another currency",
}
_QUOTED_WITHIN_DAYS = 730
_SAME_PAYMENT_DAYS = 7
_SHORTEST_BARE_NUMBER = 5
_SHORTEST_NAME = 4
_BOUNCED = re.compile(r"\b(impaye|impayee|impayes|rejet|rejete|retour|rej|imp)\b")
_EVERYDAY_TEXT = """
sarl sasu eurl societe entreprise etablissements groupe group france francaise francais service services
conseil conseils international industrie industries distribution holding compagnie company virement
virements vir sepa instantane recu emis client clients facture factures reglement paiement prelevement prlv
remise cheque cheques paris lyon marseille lille bordeaux toulouse nantes saint sainte association commune
mairie ville syndicat batiment travaux construction transport transports commerce commercial maison general
generale nord sud ouest atelier ateliers agence centre solutions technologies technique techniques divers
"""
_EVERYDAY = frozenset(_EVERYDAY_TEXT.split())


@dataclass(frozen=True)
class Finding:
    """What a movement is: a payment or refund of a customer, its invoice when exactly one is named; else a reason."""

    customer_id: str | None = None
    reference: str | None = None
    reason: str | None = None
    kind: str = "payment"


@dataclass(frozen=True)
class _Invoice:
    customer_id: str
    number: str
    day: dt.date
    cents: int


class Matcher:
    """The invoices and customers of a reading, ready to be found in the texts of bank movements.

    A movement is matched by an invoice number that only one customer bears; failing that, by a word that only one
    customer's name holds together with the exact amount of one of that customer's invoices not yet settled.
    """

    def __init__(self, ledger: Reading) -> None:
        self._currency = ledger.currency
        self._by_number: dict[str, list[_Invoice]] = defaultdict(list)
        self._by_customer: dict[str, list[_Invoice]] = defaultdict(list)
        invoices = ledger.invoices[ledger.invoices["amount_cents"] > 0]
        for customer, number, day, cents in zip(
            invoices["customer_id"], invoices["invoice_number"], invoices["issue_date"],
            invoices["amount_cents"], strict=True,
        ):  # fmt: skip
            found = _Invoice(str(customer), str(number), day.date(), int(cents))
            self._by_customer[found.customer_id].append(found)
            if isinstance(number, str):
                self._by_number[_number_key(number)].append(found)
        self._by_word = _distinct_words(ledger.customers)
        self._settled = Counter(ledger.payments["reference"].dropna().astype("str"))
        self._recorded: dict[tuple[str, int], list[dt.date]] = defaultdict(list)
        for customer, cents, day in zip(
            ledger.payments["customer_id"], ledger.payments["amount_cents"], ledger.payments["payment_date"],
            strict=True,
        ):  # fmt: skip
            self._recorded[str(customer), int(cents)].append(day.date())

    def find(self, movement: Movement, *, currency: str) -> Finding:
        """What one movement is. A payment found is remembered: it settles its invoice for the movements after it."""
        if currency != self._currency:
            return Finding(reason="other_currency")
        texts = " | ".join(movement.texts)
        bounced = movement.cents < 0 and (movement.is_returned or bool(_BOUNCED.search(plain(movement.label))))
        if movement.cents <= 0 and not bounced:
            return Finding(reason="money_out")
        found = self._by_quoted_number(movement, texts)
        if found is None and not bounced:
            found = self._by_name_and_amount(movement, texts)
        if found is None:
            return Finding(reason="money_out" if bounced else "unmatched_credit")
        if found.customer_id is None:
            return found
        if self._is_recorded(found.customer_id, movement):
            return Finding(reason="already_recorded")
        if found.reference is not None and not bounced:
            self._settled[found.reference] += 1
        return Finding(found.customer_id, found.reference, kind="refund" if bounced else "payment")

    def _by_quoted_number(self, movement: Movement, texts: str) -> Finding | None:
        named: dict[tuple[str, str], _Invoice] = {}
        for key, is_bare in _quoted_keys(texts):
            for invoice in self._by_number.get(key, []):
                age = (movement.day - invoice.day).days
                is_sure = not is_bare or invoice.cents == abs(movement.cents) or self._names(texts, invoice.customer_id)
                if 0 <= age <= _QUOTED_WITHIN_DAYS and is_sure:
                    named[invoice.customer_id, invoice.number] = invoice
        customers = {customer for customer, _ in named}
        if len(customers) > 1:
            return Finding(reason="several_customers")
        if not named:
            return None
        numbers = sorted(number for _, number in named)
        return Finding(customers.pop(), numbers[0] if len(numbers) == 1 else None)

    def _by_name_and_amount(self, movement: Movement, texts: str) -> Finding | None:
        customers = {self._by_word[word] for word in plain(texts).split() if word in self._by_word}
        if len(customers) > 1:
            return Finding(reason="several_customers")
        if not customers:
            return None
        customer = customers.pop()
        equal = [
            invoice
            for invoice in self._by_customer[customer]
            if invoice.cents == movement.cents
            and 0 <= (movement.day - invoice.day).days <= _QUOTED_WITHIN_DAYS
            and not self._settled[invoice.number]
        ]
        if not equal:
            recorded = self._is_recorded(customer, movement)
            return Finding(reason="already_recorded") if recorded else None
        return Finding(customer, equal[0].number if len(equal) == 1 else None)

    def _names(self, texts: str, customer: str) -> bool:
        return any(self._by_word.get(word) == customer for word in plain(texts).split())

    def _is_recorded(self, customer: str, movement: Movement) -> bool:
        """Whether a payment of that customer, amount and week is known; each known one answers for one movement."""
        days = self._recorded.get((customer, movement.cents), [])
        near = [day for day in days if abs((day - movement.day).days) <= _SAME_PAYMENT_DAYS]
        if near:
            days.remove(min(near, key=lambda day: abs((day - movement.day).days)))
        return bool(near)


def _distinct_words(customers: pd.DataFrame) -> dict[str, str]:
    """Words of customers' names that one customer alone bears, everyday words left out."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for customer, name in zip(customers["customer_id"], customers["name"], strict=True):
        for word in plain(name).split() if isinstance(name, str) else []:
            bearers[word].add(str(customer))
    catch_all = set(customers.loc[customers["is_catch_all"], "customer_id"].astype("str"))
    return {
        word: next(iter(found))
        for word, found in bearers.items()
        if len(found) == 1 and not found & catch_all and word.isalpha()
        and len(word) >= _SHORTEST_NAME and word not in _EVERYDAY
    }  # fmt: skip


def _quoted_keys(texts: str) -> list[tuple[str, bool]]:
    """What of the texts could be an invoice number, as `_number_key` writes it, and whether it is digits alone."""
    shown = texts.upper()
    words = re.findall(r"[A-Z0-9]+", shown)
    words += re.findall(r"[A-Z0-9]+(?:[-/._][A-Z0-9]+)+", shown)
    words += ["".join(pair) for pair in re.findall(r"\b([A-Z]{1,4})[ .\-/]+([0-9]{3,})\b", shown)]
    keys = dict.fromkeys(_number_key(word) for word in words)
    return [
        (key, key.isdigit())
        for key in keys
        if re.search("[0-9]{3}", key) and (not key.isdigit() or len(key) >= _SHORTEST_BARE_NUMBER)
    ]


def _number_key(number: str) -> str:
    """An invoice number as people quote it: capitals and digits, no zeros before the digits (fa 0001300: FA1300)."""
    return re.sub(r"^([A-Z]*)0+(?=[0-9])", r"\1", re.sub(r"[^A-Z0-9]", "", number.upper()))
