"""Payment terms: reading them, computing due dates, and inferring them where a ledger has none.

A term code is `<days>[FM[<day of month>]]` or `FM<days>`:

- `30`: 30 days after the issue date;
- `45FM`: 45 days after the issue date, then the end of that month;
- `FM45`: the end of the month of issue, then 45 days. Both readings of "45 jours fin de mois" are lawful [L441-10];
- `30FM10`: as `30FM`, then the 10th of the following month.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.errors import Message, message

CANDIDATES = ("0", "10", "15", "30", "45", "60", "30FM", "45FM", "FM45", "60FM", "30FM10", "30FM15")
MIN_INVOICES = 30
MIN_SHARE = 0.2
EARLY_DAYS, LATE_DAYS = 2, 5

_CODE = re.compile(r"^(?:(?P<days>\d{1,3})(?P<end>FM(?P<day>\d{1,2})?)?|FM(?P<after>\d{1,3}))$")
_CASH = re.compile(r"COMPTANT|RECEPTION|IMMEDIAT|CASH|ON RECEIPT", re.IGNORECASE)
_WORDS = re.compile(
    r"^(?:A\s+)?(?P<days>\d{1,3})\s*(?:JOURS?|JRS?|J|D|DAYS?)?\s*(?:NETS?|DATE DE FACTURE|DF)?\s*"
    r"(?:(?P<end>FIN\s+DE\s+MOIS|FDM|F\.?M\.?|EOM|END OF MONTH)\s*(?:LE\s+|\+\s*)?(?P<day>\d{1,2})?)?$"
)


@dataclass(frozen=True)
class Terms:
    """One payment term. `end_of_month` is "", "after" (days, then month end) or "before" (month end, then days)."""

    days: int
    end_of_month: str = ""
    day_of_month: int = 0

    @property
    def code(self) -> str:
        """The term code, see the module."""
        if self.end_of_month == "before":
            return f"FM{self.days}"
        return f"{self.days}{'FM' if self.end_of_month else ''}{self.day_of_month or ''}"


@dataclass(frozen=True)
class TermsChoice:
    """The terms used where an item has no due date, and where they come from.

    `source` is "file" (every item has its due date), "none" (balances, none with a due date), "parameter", "inferred"
    or "legal". `share` is the share of settled invoices paid around the date that inferred terms give; NaN otherwise.
    """

    code: str
    source: str
    share: float
    note: Message


def parse_terms(text: str) -> Terms | None:
    """Terms from what a person or an accounting system writes (`30FM`, `45 jours fin de mois`, `60NET`, `comptant`).

    "45 jours fin de mois" reads as 45 days, then month end; write `FM45` for the other computation. None when the
    text is not understood or exceeds 365 days.
    """
    tidy = " ".join(text.upper().replace("É", "E").replace("À", "A").replace("È", "E").split())
    code = _CODE.match(tidy.replace(" ", ""))
    if code:
        if code["after"]:
            return Terms(int(code["after"]), "before") if int(code["after"]) <= 365 else None
        return _checked(int(code["days"]), bool(code["end"]), int(code["day"] or 0))
    words = _WORDS.match(tidy)
    if words:
        return _checked(int(words["days"]), bool(words["end"]), int(words["day"] or 0) if words["end"] else 0)
    return Terms(0) if _CASH.search(tidy) else None


def _checked(days: int, end: bool, day: int) -> Terms | None:
    if days > 365 or day > 31:
        return None
    return Terms(days, "after" if end else "", day)


def due_dates(issue: pd.Series, terms: Terms) -> pd.Series:
    """Due date of each issue date. From: dates. To: dates, missing where the issue date is."""
    days = pd.Timedelta(days=terms.days)
    month_end = pd.offsets.MonthEnd(0)
    if terms.end_of_month == "before":
        return issue + month_end + days
    due = issue + days
    if not terms.end_of_month:
        return due
    due = due + month_end
    if terms.day_of_month:
        last = (due + pd.offsets.MonthEnd(1)).dt.day
        day = np.minimum(terms.day_of_month, last)
        due = due + pd.to_timedelta(day, unit="D")
    return due


def due_calendar(issue_days: pd.Series, codes: list[str]) -> pd.DataFrame:
    """Due date of every (term code, issue date) in use: a small table to join instead of date arithmetic.

    From: distinct issue dates; term codes that `parse_terms` understands. To: terms_code, issue_date, terms_due_date.
    """
    issue = pd.Series(pd.to_datetime(issue_days.dropna().unique()), dtype="datetime64[us]")
    rows = []
    for code in codes:
        terms = parse_terms(code)
        if terms is None:
            raise ValueError(f"term code {code!r} is not understood")
        rows.append(pd.DataFrame({"terms_code": code, "issue_date": issue, "terms_due_date": due_dates(issue, terms)}))
    columns = {"terms_code": "str", "issue_date": "datetime64[us]", "terms_due_date": "datetime64[us]"}
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(columns))
    return table.astype(columns)


def infer_terms(settled: pd.DataFrame, *, legal_days: int) -> TermsChoice:
    """Company-wide terms read from when customers pay.

    From: settled (issue_date, settled_date), one row per invoice paid in full and known at the valuation date.
    To:   the candidate of `CANDIDATES` around which most invoices are paid, or the legal default when fewer than
          `MIN_INVOICES` invoices or less than `MIN_SHARE` of them stand around any candidate.

    Notes
    -----
    An invoice stands around a candidate when it is paid between 2 days before and 5 days after its date. Habitual
    lateness shared by all customers cannot be told from longer terms: the note says so, and a parameter overrides it.
    """
    invoices = len(settled)
    if invoices >= MIN_INVOICES:
        issue, paid = settled["issue_date"], settled["settled_date"]
        shares = {}
        for code in CANDIDATES:
            late = (paid - due_dates(issue, parse_terms(code) or Terms(0))).dt.days
            shares[code] = float(((late >= -EARLY_DAYS) & (late <= LATE_DAYS)).mean())
        best = max(shares, key=lambda code: shares[code])
        if shares[best] >= MIN_SHARE:
            note = message(
                "Where the files give no due date, terms of {code} days are inferred: {share} % of {count} settled "
                "invoices are paid around that date. If everyone pays late, this reads lateness as terms: give --terms "
                "then.",
                code=best,
                share=round(100 * shares[best]),
                count=invoices,
            )
            return TermsChoice(best, "inferred", shares[best], note)
    note = message(
        "Where the files give no due date, the legal default of {days} days is used (Code de commerce, L441-10): "
        "{count:settled invoice|settled invoices} {count:?shows|show} no clear habit. Give --terms to change it.",
        count=invoices,
        days=legal_days,
    )
    return TermsChoice(str(legal_days), "legal", float("nan"), note)
