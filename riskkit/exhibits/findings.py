"""The sentence each exhibit states, read off its finished table. Figures, documents and pages all say the same one."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.measure_words import show_measure
from riskkit.exhibits.run_tables import ageing_totals, measure_series, value_before
from riskkit.exhibits.theme import bucket_bounds
from riskkit.ledger.attribution import NO_DUE_DATE

SECTOR_UNKNOWN = "unknown"
OLD_DAYS = 90


def dso_finding(measures: pd.DataFrame, *, language: str, name: str = "dso_days") -> str:
    """How the DSO moved over a year, or over what history there is."""
    words = language_of(language)
    values = measure_series(measures, name)
    if values.empty:
        return words.text("The DSO is not computable")
    last = round(float(values.iloc[-1]))
    now = words.days(last)
    before = value_before(values, months=12)
    if before is None:
        return words.text("The DSO is {now}; there is no figure a year earlier to compare it with", now=now)
    moved = last - round(before)
    if not moved:
        return words.text("The DSO is the same as a year ago: {now}", now=now)
    if moved < 0:
        return words.text("The DSO fell by {moved} in one year, to {now}", moved=_days(words, -moved), now=now)
    return words.text("The DSO rose by {moved} in one year, to {now}", moved=_days(words, moved), now=now)


def overdue_finding(measures: pd.DataFrame, *, language: str) -> str:
    """What part of the receivables is overdue, and how that compares with a year ago."""
    words = language_of(language)
    values = measure_series(measures, "overdue_share")
    if values.empty:
        return words.text("The overdue share is not computable")
    last = round(float(values.iloc[-1]), 3)
    now = words.share(last, digits=1)
    if last == 0:
        return words.text("Nothing is overdue")
    before = value_before(values, months=12)
    if before is None:
        return words.text("Overdue money makes {now} of the receivables", now=now)
    then = words.share(before, digits=1)
    if last == round(before, 3):
        return words.text("Overdue money makes {now} of the receivables, as a year ago", now=now)
    if last < before:
        return words.text(
            "Overdue money makes {now} of the receivables, down from {then} a year ago", now=now, then=then
        )
    return words.text("Overdue money makes {now} of the receivables, up from {then} a year ago", now=now, then=then)


def ageing_finding(ageing: pd.DataFrame, *, language: str, currency: str = "EUR") -> str:
    """How much is overdue, and how much of it for long (buckets that start past `OLD_DAYS`)."""
    words = language_of(language)
    totals = ageing_totals(ageing)
    if round(sum(totals.values()), 2) == 0:
        return words.text("Nothing is open")
    overdue = sum(total for code, total in totals.items() if code not in ("not_due", "undated"))
    if round(overdue, 2) == 0:
        if totals.get("undated") and not totals.get("not_due"):
            return words.text("Nothing that is open has a due date")
        return words.text("Nothing is overdue")
    shown = words.compact_money(overdue * 100, currency=currency)
    old = sum(total for code, total in totals.items() if (bucket_bounds(code)[0] or 0) > OLD_DAYS)
    if round(old, 2) == 0:
        return words.text("{overdue} overdue, nothing for over {days} days", overdue=shown, days=OLD_DAYS)
    return words.text(
        "{overdue} overdue, of which {old} for over {days} days",
        overdue=shown,
        old=words.compact_money(old * 100, currency=currency),
        days=OLD_DAYS,
    )


def debtors_finding(ageing: pd.DataFrame, *, language: str, name: str = "overdue_amount") -> str:
    """How few customers hold half of the overdue money (of the open items when nothing is overdue)."""
    words = language_of(language)
    amounts = ageing[name][ageing[name] > 0].sort_values(ascending=False) if len(ageing) else pd.Series(dtype="float64")
    if amounts.empty:
        if name == "overdue_amount" and len(ageing):
            return debtors_finding(ageing, language=language, name="open_items_amount")
        return words.text("No customer owes anything")
    shares = (amounts / amounts.sum()).cumsum()
    count = int((shares < 0.5 - 1e-9).sum()) + 1
    share = words.share(float(shares.iloc[count - 1]))
    if name == "overdue_amount":
        if count == 1:
            return words.text("One customer holds {share} of the overdue money", share=share)
        return words.text(
            "{count:customer|customers} {count:?holds|hold} {share} of the overdue money", count=count, share=share
        )
    if count == 1:
        return words.text("One customer holds {share} of the open items; nothing is overdue", share=share)
    return words.text(
        "{count:customer|customers} {count:?holds|hold} {share} of the open items; nothing is overdue",
        count=count,
        share=share,
    )


def sector_rows(sectors: pd.DataFrame, *, level: str | None = None) -> pd.DataFrame:
    """The rows of one level: the one asked for, else that of the costliest finding, else divisions if any."""
    if sectors.empty:
        return sectors
    if level is None:
        known = sectors[sectors["code"] != SECTOR_UNKNOWN]
        found = known[known["is_finding"].astype(bool)]
        if len(found):
            level = str(found.sort_values("excess_overdue_amount")["level"].iloc[-1])
        else:
            levels = list((known if len(known) else sectors)["level"])
            level = "division" if "division" in levels else levels[0]
    rows = sectors[sectors["level"] == level]
    return rows.sort_values(["overdue_share", "exposure_share"], ascending=False, kind="stable")


def sectors_known(sectors: pd.DataFrame) -> bool:
    """True when at least one customer's sector is known."""
    return bool((sectors["code"] != SECTOR_UNKNOWN).any()) if len(sectors) else False


def nothing_overdue_text(sectors: pd.DataFrame, words: Language) -> str:
    """Why no sector can be behind the overdue money: there is none, or nothing that is open has a due date."""
    if _is_undated(sectors):
        return words.say(NO_DUE_DATE)
    return words.text("Nothing is overdue, so no sector can be behind it.")


def _is_undated(sectors: pd.DataFrame) -> bool:
    return "reason" in sectors and bool(sectors["reason"].eq(NO_DUE_DATE.template).any())


def leading_sector(sectors: pd.DataFrame) -> pd.Series | None:
    """The sector that is a finding and costs most more than its part; None when no sector is one."""
    rows = sector_rows(sectors)
    if rows.empty:
        return None
    found = rows[rows["is_finding"].astype(bool) & (rows["code"] != SECTOR_UNKNOWN)]
    return None if found.empty else found.sort_values("excess_overdue_amount", ascending=False).iloc[0]


def sectors_finding(sectors: pd.DataFrame, *, language: str) -> str:
    """Which sector makes more of the overdue money than its part of the open items, if any does for sure."""
    words = language_of(language)
    if not sectors_known(sectors):
        return words.text("The sector of the customers is not known")
    if not sectors["overdue_share"].notna().any():
        undated = words.text("Nothing that is open has a due date")
        return undated if _is_undated(sectors) else words.text("Nothing is overdue")
    leading = leading_sector(sectors)
    if leading is None:
        return words.text("No sector stands out: the gaps are within the uncertainty")
    return words.text(
        "{sector}: {overdue} of the overdue money, {exposure} of the open items",
        sector=str(leading["label"]),
        overdue=words.share(float(leading["overdue_share"])),
        exposure=words.share(float(leading["exposure_share"])),
    )


def trend_text(name: str, now: float, before: float, *, language: str) -> str:
    """The change of a measure as a signed figure in its unit: −6 days, +2.1 pts, +4 %."""
    words = language_of(language)
    moved = now - before
    sign = "+" if moved > 0 else "−"
    if name.endswith(("_share", "_rate")):
        points = round(abs(moved) * 100, 1)
        return words.text("unchanged") if not points else words.text("{move} pts", move=f"{sign}{words.number(points)}")
    if name.endswith("_days"):
        shown = show_measure(name, abs(moved), language)
        return words.text("unchanged") if round(abs(moved), 1) == 0 else f"{sign}{shown}"
    if not before:
        return words.text("unchanged") if not moved else words.text("nothing a year ago")
    ratio = round(abs(moved / before), 3)
    return words.text("unchanged") if not ratio else f"{sign}{words.share(ratio, digits=1)}"


def _days(words: Language, count: int) -> str:
    return words.text("1 day") if count == 1 else words.days(count)
