"""Rows that were read and set aside, as findings: one for each reason."""

from __future__ import annotations

from riskkit.errors import Message, Money, message
from riskkit.sources.cells import REASONS as TABLE_REASONS
from riskkit.sources.fec_file import REASONS as LEDGER_REASONS
from riskkit.sources.quality_evidence import Evidence, Found
from riskkit.sources.quality_kinds import FindingKind

PREFIX = "rejected_"
_HARMLESS = ("total_row", "repeated_header", "remark_row", "fec_repeated_header", "fec_opening_chained",
             "duplicate_customer", "not_an_invoice")  # fmt: skip
_CONSISTENCY = ("other_currency", "unknown_invoice")


def find_rejects(evidence: Evidence) -> list[Found]:
    """Findings on rows set aside, one for each reason, money signs dropped; the net is said where it differs."""
    found = []
    for reason, rows in evidence.rejects.groupby("reason", sort=True):
        shown = rows[["table", "source_file", "source_line", "amount_cents"]].assign(
            row_id=rows["source_file"] + ":" + rows["source_line"].astype("str")
        )
        raw = rows["raw"].iloc[0]
        example = raw if isinstance(raw, str) else ""
        cents = rows["amount_cents"].fillna(0).astype("int64")
        net = Money(int(cents.sum()), evidence.currency)
        said = message(" (net: {net})", net=net) if abs(net.cents) != int(cents.abs().sum()) else ""
        found.append(Found(f"{PREFIX}{reason}", shown.assign(table="rejects"), example[:120], values={"net": said}))
    return found


def reject_kind(code: str) -> FindingKind:
    """The kind of finding that a reason for setting rows aside is."""
    reason = code.removeprefix(PREFIX)
    words: Message = Message(TABLE_REASONS.get(reason) or LEDGER_REASONS.get(reason) or reason)
    label = message("Set aside: {reason}{net}", reason=words, net="")
    if reason in _HARMLESS:
        return FindingKind(
            "reconciliation", "minor", "movements", label,
            message("Nothing: these rows are not movements of their own, and every one is in the table rejects."),
            message("Nothing."), is_graded=False,
        )  # fmt: skip
    dimension = "consistency" if reason in _CONSISTENCY else "validity"
    return FindingKind(
        "completeness" if reason.startswith("missing") else dimension, "important", "movements",
        label,
        message("This money is in no figure: balances and sales are wrong by as much."),
        message("Correct these rows, or ask for an export that holds what they lack; they are in the table rejects."),
    )  # fmt: skip
