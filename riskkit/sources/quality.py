"""The quality report: what is wrong with files as they were read, how much money it concerns, what it changes.

`make_quality` is the way in. Each check is in the module of its noun (`quality_duplicates`, `quality_dates`, …), what
findings are called and how they weigh in `quality_kinds`, the rule of the grades in `quality_grades`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from riskkit.errors import Message, message
from riskkit.sources.control import Control
from riskkit.sources.quality_customers import find_customers
from riskkit.sources.quality_dates import find_dates
from riskkit.sources.quality_duplicates import find_duplicates
from riskkit.sources.quality_evidence import Evidence, Found, gather
from riskkit.sources.quality_grades import make_grades
from riskkit.sources.quality_holes import find_holes
from riskkit.sources.quality_kinds import FindingKind, row_or_ledger_kind
from riskkit.sources.quality_orphans import find_orphans
from riskkit.sources.quality_reconciliation import ledger_control, reconcile
from riskkit.sources.quality_rejects import PREFIX, find_rejects, reject_kind
from riskkit.sources.quality_signs import find_signs, find_taxes
from riskkit.sources.quality_tables import QUALITY, QUALITY_ROWS, SEVERITIES, pack_message
from riskkit.sources.quality_terms import find_terms, legal_term
from riskkit.sources.reading import Reading

__all__ = ["Control", "Quality", "make_quality"]


@dataclass(frozen=True)
class Quality:
    """The quality report as tables: see `quality_tables` for their columns.

    `quality` one row a finding, `rows` what each concerns, `grades` one row a dimension and the whole, `legal_delays`
    one row a customer with unlawful terms, `reconciliation` the parts of the gap to the control total.
    """

    quality: pd.DataFrame
    rows: pd.DataFrame
    grades: pd.DataFrame
    legal_delays: pd.DataFrame
    reconciliation: pd.DataFrame


def make_quality(
    reading: Reading,
    *,
    as_of: dt.date,
    customers: pd.DataFrame | None = None,
    control: Control | None = None,
    activity: str = "general",
) -> Quality:
    """The quality report of a reading. Nothing is corrected and nothing is dropped.

    Parameters
    ----------
    reading
        The files as they were read.
    as_of
        Valuation date: balances are struck then, and holes are looked for up to it. Rows dated later are no fault.
    customers
        The customers once identified (SIREN repaired); those of the reading otherwise.
    control
        What the receivables should be; without one, an aged balance read beside the invoices, else a French ledger's
        own account 411.
    activity
        Of the seller, a line of `legal_terms.yaml`: which payment terms the law allows.

    """
    term = legal_term(activity)
    evidence = gather(reading, as_of=as_of, customers=customers)
    unlawful, legal_delays = find_terms(evidence, term=term)
    found = [
        *find_duplicates(evidence),
        *find_dates(evidence),
        *find_signs(evidence),
        *find_taxes(evidence),
        *find_orphans(evidence),
        *find_customers(evidence),
        *find_holes(evidence),
        *find_rejects(evidence),
        *unlawful,
    ]
    control = control or reading.control or ledger_control(reading)
    bases = dict(evidence.bases)
    parts = pd.DataFrame()
    if control is not None and control.total is not None:
        gaps, parts = reconcile(evidence, control, found=found)
        found += gaps
        bases["control"] = abs(control.total)
    quality = _findings(found, bases)
    rows = _rows(found)
    unjudged = _unjudged(evidence, has_control=control is not None)
    grades = make_grades(quality, rows, bases=bases, unjudged=unjudged, currency=evidence.currency)
    return Quality(quality, rows, grades, legal_delays, parts)


def _unjudged(evidence: Evidence, *, has_control: bool) -> dict[str, Message]:
    unjudged = {}
    if not has_control:
        unjudged["reconciliation"] = message(
            "Not computable: no control total. Add the aged balance to the files, or write control: {{date, total}} in "
            "portfolio.yaml."
        )
    if not evidence.invoices["due_date"].notna().any():
        unjudged["conformity"] = message("Not computable: the files hold no due date.")
    return unjudged


def _kind(code: str) -> FindingKind:
    return reject_kind(code) if code.startswith(PREFIX) else row_or_ledger_kind(code)


def _findings(found: Sequence[Found], bases: dict[str, int]) -> pd.DataFrame:
    """Findings in words, most severe first, then by money."""
    if not found:
        return QUALITY.empty()
    table = pd.DataFrame([_finding(each, bases) for each in found], columns=QUALITY.names)
    order = table["severity"].map({severity: rank for rank, severity in enumerate(SEVERITIES)})
    table = table.assign(order=order + 10 * ~table["is_graded"]).sort_values(
        ["order", "amount_cents", "code"], ascending=[True, False, True]
    )
    return QUALITY.conform(table.drop(columns="order"))


def _finding(found: Found, bases: dict[str, int]) -> dict[str, object]:
    kind = _kind(found.code)
    cents = int(found.rows["amount_cents"].abs().sum())
    base = bases.get(kind.base, 0)
    first = found.rows.iloc[0]
    has_line = pd.notna(first["source_line"])
    texts = {
        name: pack_message(Message(words.template, dict(words.values) | dict(found.values)))
        for name, words in (("label", kind.label), ("effect", kind.effect), ("action", kind.action))
    }
    return {
        "code": found.code,
        "dimension": kind.dimension,
        "severity": found.severity or kind.severity,
        "is_graded": kind.is_graded,
        "counted": kind.counted,
        "rows_count": len(found.rows) if found.count is None else found.count,
        "amount_cents": cents,
        "base": kind.base,
        "share_of_amount": cents / base if base else float("nan"),
        "source_file": first["source_file"] if has_line else None,
        "source_line": int(first["source_line"]) if has_line else None,
        "example": found.example or None,
        **texts,
    }


def _rows(found: Sequence[Found]) -> pd.DataFrame:
    filled = [each.rows.assign(code=each.code) for each in found if len(each.rows)]
    if not filled:
        return QUALITY_ROWS.empty()
    whole = pd.concat([QUALITY_ROWS.conform(rows) for rows in filled], ignore_index=True)
    return whole[QUALITY_ROWS.names]
