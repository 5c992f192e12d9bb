"""Lines of account 411 as invoices, credit notes and settlements, by what stands against them in their entry.

Names of journals decide only where the other accounts of the entry do not. The date is always that of the entry, so
that balances at a date tie to the ledger; an item brought forward keeps the earlier date of its piece.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.sources.fec_references import quoted_references, reference_key

_SALES_JOURNAL = r"\bVENTE|FACTUR|\bVTE?S?\b|\bVEN\b|\bVE\b|\bVTE"
_BANK_JOURNAL = r"BANQUE|\bBQ|CAISSE|REGLEMENT|ENCAISS|REMISE|TRESORERIE|\bCCP\b"
_CREDIT_NOTE_WORDS = r"\bAVOIR|\bAV\b"
_ITEM_NUMBER = r"\b[A-Z]{1,4}[ -]?[0-9]{3,}\b|\b[0-9]{5,}\b"


def with_nature(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines with `nature`: opening, sale, bank, loss or other.

    Counterparts: 70 (or other income with VAT) is a sale; 51, 53, 54, 58 the bank; 654 or 6714 covering the line a
    loss. An entry with both a sale and the bank is read by side. Where only VAT, 418, 419, 487 or a suspense account
    stands against the line, or nothing does, the journal decides: what its clear entries are, else its name.
    """
    debit = lines["signed_cents"] > 0
    sale = lines["has_revenue"] | (lines["has_product"] & lines["has_vat"]) | (lines["has_deposit"] & lines["has_vat"])
    loss = lines["has_loss"] & ~debit & (lines["loss_and_vat_cents"] >= -lines["signed_cents"])
    conditions = [
        lines["is_opening"],
        loss,
        sale & lines["has_bank"] & debit,
        lines["has_bank"],
        sale,
    ]
    nature = pd.Series(np.select(conditions, ["opening", "loss", "sale", "bank", "sale"], "other"), index=lines.index)
    alone = ~lines["has_pending"] & ~lines["has_result"] & (lines["gap"] != 0)
    doubtful = (nature == "other") & (alone | (lines["has_pending"] & ~lines["has_result"]))
    if doubtful.any():
        nature = nature.where(~doubtful, _journal_nature(lines, nature))
    return lines.assign(nature=nature)


def _journal_nature(lines: pd.DataFrame, nature: pd.Series) -> pd.Series:
    """The nature of each line's journal: that of most of its clear lines, else the one its name tells, else other."""
    journal = lines["file"] + "|" + lines["journal"]
    clear = nature.isin(["sale", "bank"])
    majority = nature[clear].groupby(journal[clear]).agg(lambda seen: seen.mode().iloc[0])
    names = (lines["journal"] + " " + lines["journal_label"]).str.upper()
    names = names.str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
    by_name = np.select(
        [names.str.contains(_SALES_JOURNAL), names.str.contains(_BANK_JOURNAL)], ["sale", "bank"], "other"
    )
    return journal.map(majority).fillna(pd.Series(by_name, index=lines.index))


def with_openings_read(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines with `is_itemised` (an opening line that is one item) and `issue_date`.

    An opening line is an item when it keeps a date before the period, when its customer has several lines on the same
    side, or when its piece or label holds a document number; else it is a balance. Needs `period_start`.
    """
    opening = lines["nature"] == "opening"
    known_piece = lines["piece_date"].notna() & (lines["piece_date"] <= lines["date"])
    issued = lines["piece_date"].where(opening & known_piece, lines["date"])
    text = (lines["piece"] + " " + lines["label"]).str.upper()
    side = lines["signed_cents"] > 0
    crowd = opening.groupby([lines["file"], lines["customer_id"], side]).transform("sum")
    numbered = text.str.contains(_ITEM_NUMBER)
    itemised = opening & ((issued < lines["period_start"]) | (crowd > 1) | numbered)
    return lines.assign(is_itemised=itemised, issue_date=issued)


def make_invoices(lines: pd.DataFrame, *, currency: str) -> pd.DataFrame:
    """Lines that change what is owed by being issued: every debit but refunds, and the credits of sales.

    Tax is known where the entry has one line on 411: its VAT is then the invoice's.
    """
    debit = lines["signed_cents"] > 0
    opening = lines["nature"] == "opening"
    sale = lines["nature"] == "sale"
    credit_note = ~debit & (sale | (lines["is_itemised"] & _looks_credit_note(lines)))
    kept = (lines["signed_cents"] != 0) & (credit_note | (debit & (lines["nature"] != "bank")))
    kind = np.select(
        [
            credit_note,
            opening & lines["is_itemised"],
            opening,
            sale & lines["has_deposit"] & ~lines["has_product"],
            sale,
        ],
        ["credit_note", "invoice", "opening", "deposit", "invoice"],
        "other",
    )
    has_tax = sale & ~lines["has_bank"] & (lines["receivable_lines"] == 1) & (lines["gap"] == 0)
    invoices = pd.DataFrame(
        {
            "invoice_id": lines["file"] + ":" + lines["line"].astype("str"),
            "invoice_number": lines["piece"].replace("", None),
            "customer_id": lines["customer_id"],
            "kind": kind,
            "is_sale": sale,
            "issue_date": lines["issue_date"],
            "amount_cents": lines["signed_cents"],
            "excl_tax_cents": (lines["signed_cents"] - lines["vat_cents"]).astype("Int64").where(has_tax),
            "currency": currency,
            "reference": _own_references(lines),
            "lettering": lines["letter_key"],
            "lettering_date": lines["letter_date"],
            "source_file": lines["file"],
            "source_line": lines["line"],
        }
    )
    return invoices[kept].reset_index(drop=True)


def make_payments(lines: pd.DataFrame, invoices: pd.DataFrame, *, currency: str) -> pd.DataFrame:
    """The lines that `make_invoices` left: settlements, write-offs, refunds, other credits; credits are positive.

    A credit brought forward is a payment when it is an item (cash received before the period and not used yet), and
    `other` when it is a mere balance.
    """
    taken = set(invoices["invoice_id"])
    identity = lines["file"] + ":" + lines["line"].astype("str")
    left = lines[(lines["signed_cents"] != 0) & ~identity.isin(taken)]
    bank = left["nature"] == "bank"
    kind = np.select(
        [
            bank & (left["signed_cents"] > 0),
            bank | left["is_itemised"],
            left["nature"] == "loss",
        ],
        ["refund", "payment", "write_off"],
        "other",
    )
    issued = invoices.rename(columns={"issue_date": "date"})
    return pd.DataFrame(
        {
            "payment_id": left["file"] + ":" + left["line"].astype("str"),
            "customer_id": left["customer_id"],
            "kind": kind,
            "payment_date": left["issue_date"],
            "amount_cents": -left["signed_cents"],
            "currency": currency,
            "reference": quoted_references(left, issued[issued["amount_cents"] > 0]),
            "lettering": left["letter_key"],
            "lettering_date": left["letter_date"],
            "source_file": left["file"],
            "source_line": left["line"],
        }
    ).reset_index(drop=True)


def _own_references(lines: pd.DataFrame) -> pd.Series:
    """Reference of each line; missing where customers share the piece (a month, a batch): it names no invoice."""
    keys = reference_key(lines["piece"])
    users = lines["customer_id"].groupby([lines["file"], keys]).transform("nunique")
    return keys.where(users == 1)


def _looks_credit_note(lines: pd.DataFrame) -> pd.Series:
    """Whether the piece starts as the ledger's own credit notes do (letters no invoice uses), or the words say so."""
    letters = lines["piece"].str.upper().str.extract(r"^([A-Z]+)", expand=False)
    sale = lines["nature"] == "sale"
    used_by_credits = set(letters[sale & (lines["signed_cents"] < 0)].dropna())
    used_by_debits = set(letters[sale & (lines["signed_cents"] > 0)].dropna())
    own = letters.isin(used_by_credits - used_by_debits)
    said = (lines["piece"] + " " + lines["label"]).str.upper().str.contains(_CREDIT_NOTE_WORDS)
    return own | said | letters.isin(["AV", "AVR", "AVO"])
