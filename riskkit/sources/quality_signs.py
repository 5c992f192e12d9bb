"""Amounts whose sign, currency or tax does not go with what they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.sources.quality_evidence import Evidence, Found, found_in, is_ledger_row

VAT_RATES = (0.0, 0.021, 0.055, 0.10, 0.20)
HIGHEST_RATE = 0.205
OVERSEAS_RATES = (0.009, 0.0105, 0.0175, 0.085, 0.13)
ROUNDING_CENTS, ROUNDING_SHARE = 5, 0.0005


def find_signs(evidence: Evidence) -> list[Found]:
    """Findings on signs and on the mix of currencies."""
    invoices, payments = evidence.invoices, evidence.payments
    kind, amount = invoices["kind"], invoices["amount_cents"]
    wrong = (payments["kind"].isin(("payment", "write_off")) & (payments["amount_cents"] < 0)) | (
        (payments["kind"] == "refund") & (payments["amount_cents"] > 0)
    )
    return [
        *found_in("negative_invoice", invoices[kind.isin(("invoice", "deposit")) & (amount < 0)], "invoices"),
        *_like_invoices(evidence),
        *found_in("positive_credit_note", invoices[(kind == "credit_note") & (amount > 0)], "invoices"),
        *found_in("payment_sign", payments[wrong], "payments"),
        *found_in("zero_amount", invoices[amount == 0], "invoices"),
        *_currencies(invoices),
    ]


def find_taxes(evidence: Evidence) -> list[Found]:
    """Findings on the basis of amounts, where the files give both with and without tax.

    A rate is odd when it is none of the French ones (overseas and Corsica included); an invoice that mixes rates looks
    the same, so an odd rate is minor. Above the highest rate, or with a smaller amount with tax, it is a fault.
    """
    invoices = evidence.invoices
    both = invoices["excl_tax_cents"].notna() & (invoices["amount_cents"] != 0)
    if not both.any():
        return []
    taxed = invoices[both]
    amount = taxed["amount_cents"].to_numpy(dtype="float64")
    excl = taxed["excl_tax_cents"].to_numpy(dtype="float64")
    room = np.maximum(ROUNDING_CENTS, ROUNDING_SHARE * np.abs(amount))
    above = (np.abs(excl) > np.abs(amount) + room) | (excl * amount < 0)
    french = (taxed["currency"] == "EUR").to_numpy()
    beyond = french & ~above & (np.abs(amount) > np.abs(excl) * (1 + HIGHEST_RATE) + room)
    known = np.zeros(len(taxed), dtype=bool)
    for rate in (*VAT_RATES, *OVERSEAS_RATES):
        known |= np.abs(amount - excl * (1 + rate)) <= room
    untaxed = np.abs(amount - excl) <= room
    has_tax = pd.Series(~untaxed & ~above, index=taxed.index).groupby(taxed["customer_key"]).transform("any")
    return [
        *found_in("tax_excl_above_incl", taxed[above], "invoices"),
        *found_in("tax_rate_impossible", taxed[beyond], "invoices", values={"rate": 100 * HIGHEST_RATE}),
        *found_in("tax_rate_odd", taxed[french & ~known & ~above & ~beyond], "invoices"),
        *found_in("tax_basis_mix", taxed[untaxed & ~above & has_tax.to_numpy()], "invoices"),
    ]


def _like_invoices(evidence: Evidence) -> list[Found]:
    """Negative rows of tables whose number has the letters of an invoice number: readers take them as credit notes."""
    invoices = evidence.invoices
    negative = invoices[(invoices["kind"] == "credit_note") & (invoices["amount_cents"] < 0)]
    negative = negative[~is_ledger_row(negative, evidence) & (negative["reference"] == negative["invoice_number"])]
    if negative.empty:
        return []
    billed = invoices[invoices["kind"] == "invoice"]
    series = set(_letters(billed["invoice_number"]).dropna().unique()) - {""}
    named = invoices[invoices["kind"] == "credit_note"]
    own = set(_letters(named["invoice_number"]).dropna().unique()) - series
    return (
        []
        if own
        else found_in("negative_like_invoice", negative[_letters(negative["invoice_number"]).isin(series)], "invoices")
    )


def _letters(numbers: pd.Series) -> pd.Series:
    return numbers.str.extract(r"^([A-Za-z]+)", expand=False).str.upper()


def _currencies(invoices: pd.DataFrame) -> list[Found]:
    counts = invoices["currency"].value_counts()
    if len(counts) < 2:
        return []
    others = invoices[invoices["currency"] != counts.index[0]]
    values = {"main": str(counts.index[0]), "others": ", ".join(map(str, counts.index[1:]))}
    return found_in("currency_mix", others, "invoices", values=values)
