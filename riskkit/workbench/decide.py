"""A new order answered from a run: the same call for the command line, a notebook and the dashboard; and its log.

The log is `decisions.jsonl` beside the runs of the portfolio: one JSON object a line, only ever added to. Each line
holds the digest of the one before it, so that a line changed or taken away later shows.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from riskkit.companies.identifiers import repair_siren
from riskkit.decisions.new_order import Answer, Buyer, answer_order, new_customer
from riskkit.errors import DataError, UsageError, message
from riskkit.exhibits.language import language as language_of
from riskkit.policy import Policy, read_policy
from riskkit.sources.quality_terms import legal_term
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.stored_run import read_table

LOG_FILE = "decisions.jsonl"
START = "0" * 64


@dataclass(frozen=True)
class Decision:
    """An answer, to whom, from which run, and what was logged of it."""

    answer: Answer
    customer_id: str | None
    siren: str | None
    name: str
    run: Path
    currency: str
    record: dict[str, Any]
    log: Path


def decide(
    run: Path,
    *,
    amount_cents: int,
    customer_id: str | None = None,
    siren: str | None = None,
    terms_days: int | None = None,
    author: str = "",
    language: str = "fr",
    log: bool = True,
) -> Decision:
    """The answer to an order, logged.

    Parameters
    ----------
    run
        Folder of a run.
    amount_cents
        The order, tax included.
    customer_id, siren
        Who orders: one of the two. A SIREN that the ledger does not hold is a new customer.
    terms_days
        Terms asked; None: its usual ones.
    author
        Who decides; empty: that of the policy.
    language
        Of the reasons kept in the log.
    log
        False answers without logging (to try).

    Raises
    ------
    UsageError
        No such customer, a SIREN whose key is wrong, an amount that is none, or a run made before limits were kept.

    """
    manifest, policy = read_manifest(run), read_policy(run / "policy.yaml")
    if amount_cents <= 0:
        raise UsageError(message("An order has an amount above 0. Give it with --amount, tax included."))
    if not (run / "tables" / "terms.parquet").is_file():
        raise UsageError(message("This run was made before terms were kept. Make it again with riskkit run."))
    found = _account(run, customer_id=customer_id, siren=siren)
    currency = str(manifest["currency"])
    held = None if found is None or pd.isna(found["siren"]) else str(found["siren"])
    number = read_siren(siren or "") if found is None else held
    limits = read_table(run, "credit_limits")
    buyer = (
        new_customer(str(number), policy=policy.decisions, loss_parts=_usual_parts(limits))
        if found is None
        else _buyer(run, found, limits, policy=policy)
    )
    answer = answer_order(
        buyer, amount_cents=amount_cents, terms_days=terms_days,
        legal=legal_term(policy.decisions.terms.activity), currency=currency, policy=policy.decisions,
    )  # fmt: skip
    account = None if found is None else str(found["customer_id"])
    record = _record(answer, buyer, customer_id=account, siren=number, manifest=manifest, language=language,
                     author=author or policy.decisions.orders.author)  # fmt: skip
    path = run.resolve().parent / LOG_FILE
    if log:
        record = append_decision(path, record)
    return Decision(answer, account, number, buyer.name, run, currency, record, path)


def _account(run: Path, *, customer_id: str | None, siren: str | None) -> pd.Series | None:
    """The row of the customer; None for a SIREN that no customer of the run has."""
    customers = read_table(run, "customers")
    if (customer_id is None) == (siren is None):
        raise UsageError(message("Name who orders with --customer or with --siren, one of the two."))
    if customer_id is not None:
        rows = customers[customers["customer_id"] == customer_id]
        if rows.empty:
            raise UsageError(
                message(
                    "There is no customer '{customer}' in this run. Give its account code, or --siren.",
                    customer=customer_id,
                )
            )
        return rows.iloc[0]
    number = read_siren(siren or "")
    if number is None:
        raise UsageError(message("'{siren}' is no SIREN: nine digits whose key is right. Check it.", siren=siren))
    rows = customers[customers["siren"] == number]
    if len(rows) > 1:
        raise UsageError(message("SIREN {siren} has {count:account|accounts} here: {accounts}. Name one with "
                                 "--customer.",
                                 siren=number, count=len(rows),
                                 accounts=", ".join(rows["customer_id"].head(5))))  # fmt: skip
    return rows.iloc[0] if len(rows) else None


def read_siren(text: str) -> str | None:
    """The SIREN of what a person types (spaces, a SIRET, a VAT number); None when its key is wrong."""
    found = repair_siren(pd.Series([text], dtype="str"))["siren"].iloc[0]
    return None if pd.isna(found) else str(found)


def _usual_parts(limits: pd.DataFrame) -> tuple[float, float, float]:
    """Part of a claim lost once an event has come, of customers in no procedure: value, low, high."""
    return _parts(limits[limits["probability_source"] != "event"])


def _parts(limits: pd.DataFrame) -> tuple[float, float, float]:
    rows = limits[limits["expected_loss_amount"] > 0]
    value = float(limits["loss_given_event"].median()) if len(limits) else 1.0
    if rows.empty:
        return value, value, value
    whole, low, high = (float(rows[f"expected_loss{end}_amount"].sum()) for end in ("", "_low", "_high"))
    return value, value * low / whole, min(value * high / whole, 1.0)


def _buyer(run: Path, account: pd.Series, limits: pd.DataFrame, *, policy: Policy) -> Buyer:
    """What the tables of the run say of a customer."""
    who = str(account["customer_id"])
    limit = limits[limits["customer_id"] == who].iloc[0]
    terms = read_table(run, "terms").set_index("customer_id").loc[[who]].iloc[0]
    owed = read_table(run, "open_items")
    owed = owed[(owed["customer_id"] == who) & owed["dispute_date"].isna()]
    late = owed[(owed["days_past_due"] > 0).fillna(value=False)]
    old = late[late["days_past_due"] >= policy.decisions.orders.blocked_overdue_days]
    in_force = limit["current_limit_amount"]
    granted = limit["limit_amount"] if pd.isna(in_force) else in_force
    return Buyer(
        name=str(account["name"]) if pd.notna(account["name"]) else who,
        is_known=True,
        is_catch_all=bool(account["is_catch_all"]),
        state=str(account["state"]),
        risk_level=str(limit["risk_level"]),
        limit_cents=None if pd.isna(granted) else round(100 * float(granted)),
        net_exposure_cents=round(100 * float(limit["net_exposure_amount"])),
        overdue_cents=round(100 * float(late["open_amount"].sum())),
        old_overdue_cents=round(100 * float(old["open_amount"].sum())),
        oldest_days=int(late["days_past_due"].max()) if len(late) else 0,
        usual_days=None if pd.isna(terms["current_days"]) else round(float(terms["current_days"])),
        recommended_days=_longest_days(terms, policy=policy),
        late_days=0.0 if pd.isna(terms["late_days"]) else float(terms["late_days"]),
        probability_12m=float(limit["probability_12m"]),
        loss_parts=_parts(limits[limits["customer_id"] == who]),
    )


def _longest_days(terms: pd.Series, *, policy: Policy) -> int:
    """Longest terms for the risk and the profile of a customer, whatever its own are today; 0 where it pays first."""
    rules = policy.decisions.terms
    if int(terms["recommended_days"]) == 0:
        return 0
    by_level = rules.days_by_level[str(terms["risk_level"])]
    return min(by_level, rules.days_by_profile.get(str(terms["profile"]), by_level))


def _record(
    answer: Answer,
    buyer: Buyer,
    *,
    customer_id: str | None,
    siren: str | None,
    manifest: Any,
    language: str,
    author: str,
) -> dict[str, Any]:
    """What is kept of a decision, in currency units."""
    words = language_of(language)
    value, low, high = (cents / 100 for cents in answer.expected_loss_cents)
    return {
        "verdict": answer.verdict,
        "customer_id": customer_id,
        "siren": siren,
        "name": buyer.name,
        "amount": answer.amount_cents / 100,
        "deposit_amount": answer.deposit_cents / 100,
        "terms_days": answer.terms_days,
        "terms_asked_are_lawful": answer.is_lawful,
        "approver": answer.approver,
        "limit_amount": answer.limit_cents / 100,
        "used_before_amount": answer.used_before_cents / 100,
        "used_after_amount": answer.used_after_cents / 100,
        "expected_loss_amount": value,
        "expected_loss_low_amount": low,
        "expected_loss_high_amount": high,
        "reasons": [words.say(reason) for reason in answer.reasons],
        "currency": manifest["currency"],
        "portfolio": manifest["portfolio"],
        "run_as_of": manifest["as_of"],
        "policy_sha256": manifest["policy_sha256"],
        "author": author,
    }


def append_decision(path: Path, record: dict[str, Any]) -> dict[str, Any]:
    """The record with its time, its rank and the digest of the line before it, added at the end of the log.

    `DataError` when the log cannot be written, or when its lines do not follow one another.
    """
    try:
        with path.open("a+", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            handle.seek(0)
            lines = handle.read().splitlines()
            broken = broken_line(lines)
            if broken:
                raise DataError(
                    message(
                        "{file}, line {line}: the log was changed by hand and nothing is added to it. Put the file "
                        "back as it was, or set it aside.",
                        file=path.name,
                        line=broken,
                    )
                )
            kept = {
                "rank": len(lines) + 1,
                "decided_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                **record,
                "previous": _digest(lines[-1]) if lines else START,
            }
            handle.write(json.dumps(kept, ensure_ascii=False) + "\n")
            handle.flush()
    except OSError as fault:
        raise DataError(
            message(
                "The decision cannot be logged in {file}: {fault}. Nothing is decided.",
                file=str(path),
                fault=str(fault.strerror),
            )
        ) from None
    return kept


def broken_line(lines: list[str]) -> int:
    """Number of the first line of a log that does not hold the digest of the one before it; 0 when all do."""
    before = START
    for number, line in enumerate(lines, start=1):
        try:
            held = json.loads(line).get("previous")
        except (json.JSONDecodeError, AttributeError):
            return number
        if held != before:
            return number
        before = _digest(line)
    return 0


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
