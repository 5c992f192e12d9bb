"""The files against a control total (balance of account 411, aged balance), and the gap line by line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.sources.control import Control
from riskkit.sources.quality_evidence import Evidence, Found, example_text
from riskkit.sources.quality_orphans import copies_and_orphans
from riskkit.sources.quality_tables import RECONCILIATION, pack_message
from riskkit.sources.reading import Reading

MOST_BLOCKS = 3
HEAVY_GAP_SHARE = 0.001
_CAUSES = {
    "later": message("Movements dated after {day} are in the control total"),
    "rejects": message("Rows set aside are in the control total"),
    "unnamed": message("Payments that name no invoice are not in the control total"),
    "orphans": message("Payments of unknown invoices are not in the control total"),
    "duplicates": message("Invoices given twice are in the control total once"),
    "credit_notes": message("Credit notes are not in the control total"),
    "openings": message("Opening balances without detail are not in the control total"),
    "credit_balances": message("Customers in credit are not in the control total"),
    "catch_all": message("Accounts that mix several customers are not in the control total"),
}


def ledger_control(reading: Reading) -> Control | None:
    """The balance of account 411 at the end of a reading's last French ledger; None without one."""
    ledgers = [source for source in reading.files if source.kind == "fec"]
    return Control(reading.latest_date, ledgers[-1].total_cents) if ledgers else None


def reconcile(evidence: Evidence, control: Control, *, found: Sequence[Found]) -> tuple[list[Found], pd.DataFrame]:
    """The finding on the gap, if there is one, and its parts (`RECONCILIATION`), which add up to it exactly.

    Parameters
    ----------
    evidence
        The files.
    control
        What they should add up to.
    found
        Findings already made: duplicates and orphan payments may explain the gap.

    Notes
    -----
    With a list by customer each customer's difference is a part, and proven. Without one, sums that may be missing on
    one side (later movements, rows set aside, credit notes, unnamed payments …) are tried alone, then two and three
    together, then with one single movement; a sum that agrees to the cent is a possible cause, not a proof.
    """
    expected = control.total
    if expected is None:
        return [], RECONCILIATION.empty()
    movements = _movements(evidence)
    known = movements[movements["day"] <= pd.Timestamp(control.date)]
    ours = int(known["cents"].sum())
    gap = ours - expected
    if control.customers is not None:
        parts = _by_customer(known, control.customers, evidence)
        parts += _remainder(gap - sum(int(str(part["amount_cents"])) for part in parts))
    elif gap:
        parts = _by_sums(gap, movements, control, evidence, found)
    else:
        parts = []
    if not parts and not gap:
        return [], RECONCILIATION.empty()
    table = RECONCILIATION.conform(pd.DataFrame(parts).reindex(columns=RECONCILIATION.names))
    if not gap:
        return [], table
    explained = int(table.loc[table["cause"] != "unexplained", "amount_cents"].sum())
    code = evidence.currency
    values = {
        "ours": Money(ours, code),
        "control": Money(expected, code),
        "day": control.date,
        "explained": Money(explained, code),
    }
    rows = pd.DataFrame(
        {"table": "control", "row_id": "control", "source_file": None, "source_line": None, "amount_cents": [gap]}
    )
    heavy = abs(gap) > HEAVY_GAP_SHARE * max(abs(expected), abs(ours), 1)
    return [Found("reconciliation_gap", rows, "", values, "blocking" if heavy else "important", 1)], table


def _movements(evidence: Evidence) -> pd.DataFrame:
    """Every movement, signed as it changes what is owed: customer_id, day, cents, name, source_file, source_line."""
    shown = ["customer_id", "source_file", "source_line"]
    bills = evidence.invoices[shown].assign(
        day=evidence.invoices["issue_date"],
        cents=evidence.invoices["amount_cents"],
        name=evidence.invoices["invoice_number"],
    )
    paid = evidence.payments[shown].assign(
        day=evidence.payments["payment_date"],
        cents=-evidence.payments["amount_cents"],
        name=evidence.payments["reference"],
    )
    return pd.concat([bills, paid], ignore_index=True)


def _part(cause: str, cents: int, words: Message, *, is_proven: bool = False, **where: object) -> dict[str, object]:
    return {
        "cause": cause,
        "amount_cents": cents,
        "is_proven": is_proven,
        "explanation": pack_message(words),
        "customer_id": None,
        "source_file": None,
        "source_line": None,
        **where,
    }


def _remainder(cents: int) -> list[dict[str, object]]:
    return [_part("unexplained", cents, message("Nothing found that explains this part"))] if cents else []


def _by_customer(known: pd.DataFrame, expected: pd.DataFrame, evidence: Evidence) -> list[dict[str, object]]:
    """One part for each customer whose balances differ, with the one movement of that amount where there is one."""
    theirs = expected.groupby("customer_id")["balance_cents"].sum()
    ours = known.groupby("customer_id")["cents"].sum()
    both = pd.DataFrame({"ours": ours, "theirs": theirs})
    gaps = (both["ours"].fillna(0) - both["theirs"].fillna(0)).astype("int64")
    gaps = gaps[gaps != 0]
    single = known.assign(gap=known["customer_id"].map(gaps))
    single = single[single["cents"] == single["gap"]].drop_duplicates("customer_id").set_index("customer_id")
    names = evidence.customers.set_index("customer_id")["name"]
    parts = []
    for key, cents in gaps.sort_values(key=abs, ascending=False, kind="stable").items():
        customer = str(key)
        label = example_text(names.get(customer), customer)
        if customer in single.index:
            row = single.loc[customer]
            words = message("{customer}: this movement alone is the difference ({name})", customer=label,
                            name=example_text(row["name"]) or f"{row['day']:%Y-%m-%d}")  # fmt: skip
            where = {"source_file": row["source_file"], "source_line": row["source_line"]}
        else:
            where = {}
            if customer not in theirs.index:
                words = message("{customer}: not in the control list", customer=label)
            elif customer not in ours.index:
                words = message("{customer}: in the control list, not in the files", customer=label)
            else:
                words = message("{customer}: the balances differ", customer=label)
        parts.append(_part("customer", int(cents), words, is_proven=True, customer_id=customer, **where))
    return parts


def _blocks(
    movements: pd.DataFrame, control: Control, evidence: Evidence, found: Sequence[Found]
) -> list[tuple[str, int]]:
    """Sums that one side may hold and the other not: what each adds to files less control."""
    later = movements["day"] > pd.Timestamp(control.date)
    known = movements[~later]
    invoices = evidence.invoices[evidence.invoices["issue_date"] <= pd.Timestamp(control.date)]
    balances = known.groupby("customer_id")["cents"].sum()
    mixed = evidence.customers.loc[evidence.customers["is_catch_all"], "customer_id"]
    aside = evidence.rejects.assign(sign=np.where(evidence.rejects["table"] == "payments", 1, -1))
    real = aside[~aside["reason"].isin(("fec_opening_chained", "total_row", "repeated_header", "remark_row"))]
    other = copies_and_orphans(list(found)).set_index("code")["cents"]
    sums = {
        "later": -int(movements.loc[later, "cents"].sum()),
        "rejects": int((real["amount_cents"] * real["sign"]).sum()),
        "unnamed": int(other.get("payment_without_reference", 0)),
        "orphans": int(other.get("orphan_payment", 0)),
        "duplicates": int(other.get("duplicate_invoice", 0)),
        "credit_notes": int(invoices.loc[invoices["kind"] == "credit_note", "amount_cents"].sum()),
        "openings": int(invoices.loc[invoices["kind"] == "opening", "amount_cents"].sum()),
        "credit_balances": int(balances[balances < 0].sum()),
        "catch_all": int(balances.reindex(mixed, fill_value=0).sum()),
    }
    return [(cause, cents) for cause, cents in sums.items() if cents]


def _by_sums(
    gap: int, movements: pd.DataFrame, control: Control, evidence: Evidence, found: Sequence[Found]
) -> list[dict[str, object]]:
    blocks = _blocks(movements, control, evidence, found)
    subsets = [part for size in range(MOST_BLOCKS + 1) for part in combinations(blocks, size)]
    for subset in subsets[1:]:
        if sum(cents for _, cents in subset) == gap:
            return [_block_part(cause, cents, control) for cause, cents in subset]
    for subset in subsets[: 1 + len(blocks)]:
        left = gap - sum(cents for _, cents in subset)
        single = _single(left, movements, control)
        if single is not None:
            return [*[_block_part(cause, cents, control) for cause, cents in subset], single]
    return _remainder(gap)


def _block_part(cause: str, cents: int, control: Control) -> dict[str, object]:
    words = _CAUSES[cause]
    return _part(cause, cents, Message(words.template, {"day": control.date} if cause == "later" else {}))


def _single(cents: int, movements: pd.DataFrame, control: Control) -> dict[str, object] | None:
    """The one movement that is this amount, or half of it with the wrong sign."""
    known = movements[movements["day"] <= pd.Timestamp(control.date)]
    alone = known[known["cents"] == cents]
    turned = known[known["cents"] * 2 == cents]
    if alone.empty and turned.empty:
        return None
    chosen = alone if len(alone) else turned
    row = chosen.iloc[0]
    label = example_text(row["name"], row["customer_id"])
    if len(alone):
        words = message("A movement of this amount: {name} (candidates: {count})", name=label, count=len(chosen))
    else:
        words = message("A movement of half this amount, perhaps with the wrong sign: {name} (candidates: {count})",
                        name=label, count=len(chosen))  # fmt: skip
    return _part(
        "single" if len(alone) else "sign", cents, words, customer_id=row["customer_id"],
        source_file=row["source_file"], source_line=row["source_line"],
    )  # fmt: skip
