"""The tables of a ledger's past by plain loops over lines settled by the loops of `oracle`: the second route."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from tests.ledger.oracle import Line, settle_by_hand

Month = tuple[int, int]


@dataclass(frozen=True)
class Flow:
    """What of a debit a credit settled, and when."""

    item: Line
    way: str
    day: dt.date
    cents: int


@dataclass(frozen=True)
class Past:
    """Items known at a date, and what settled them."""

    items: list[Line]
    flows: list[Flow]
    as_of: dt.date

    @property
    def behaving(self) -> list[Line]:
        return [x for x in self.items if x.kind in ("invoice", "deposit")]


def settled_past(lines: list[Line], as_of: dt.date) -> Past:
    """Settle lines by loops, and keep each pair as a flow."""
    known, pairs = settle_by_hand(lines, as_of)
    by_id = {x.line: x for x in known}
    flows = []
    for (debit, credit, _method), cents in pairs.items():
        item, paid = by_id[debit], by_id[credit]
        way = {"credit_note": "credited", "write_off": "written_off"}.get(paid.kind, "other")
        way = "paid" if paid.kind in ("payment", "refund") else way
        flows.append(Flow(item, way, max(item.day, paid.day), cents))
    return Past([x for x in known if x.cents > 0], flows, as_of)


def month_ends(first: dt.date, last: dt.date) -> list[dt.date]:
    """Month ends from the month of `first` to the last that `last` reaches."""
    ends, day = [], first.replace(day=1)
    while (end := next_month(day) - dt.timedelta(1)) <= last:
        ends.append(end)
        day = next_month(day)
    return ends


def next_month(day: dt.date) -> dt.date:
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


def bucket(late: int | None) -> str:
    if late is None:
        return "undated"
    for edge, code in ((0, "not_due"), (30, "d1_30"), (60, "d31_60"), (90, "d61_90"), (180, "d91_180")):
        if late <= edge:
            return code
    return "over_180"


def ages_by_hand(
    past: Past, ends: list[dt.date]
) -> tuple[dict[tuple[dt.date, str], int], dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Open cents by month end and bucket; items and cents that moved from a bucket to the next month's state."""
    by_age: dict[tuple[dt.date, str], int] = defaultdict(int)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    cents_moved: dict[tuple[str, str], int] = defaultdict(int)
    flows: dict[str, list[Flow]] = defaultdict(list)
    for flow in past.flows:
        flows[flow.item.line].append(flow)
    for item in past.items:
        before: tuple[str, int, dt.date] | None = None
        for end in ends:
            if item.day > end:
                continue
            left = item.cents - sum(f.cents for f in flows[item.line] if f.day <= end)
            age = bucket((end - item.due).days if item.due else None)
            if before:
                code, was, day = before
                between = [f for f in flows[item.line] if day < f.day <= end]
                lost = sum(f.cents for f in between if f.way == "written_off")
                if left:
                    counts[code, age] += 1
                    cents_moved[code, age] += left
                else:
                    counts[code, "written_off" if lost else "settled"] += 1
                cents_moved[code, "written_off"] += lost
                cents_moved[code, "settled"] += was - left - lost
            if left:
                by_age[end, age] += left
            before = (age, left, end) if left else None
            if not left:
                break
    clean = [{key: n for key, n in table.items() if n} for table in (by_age, counts, cents_moved)]
    return clean[0], clean[1], clean[2]


def cohorts_by_hand(past: Past) -> dict[tuple[Month, int, str], int]:
    """Cents by billing month, months since and way, cumulated."""
    found: dict[tuple[Month, int, str], int] = defaultdict(int)
    for flow in past.flows:
        if flow.item.kind in ("invoice", "deposit"):
            start = flow.item.day
            since = (flow.day.year - start.year) * 12 + flow.day.month - start.month
            horizon = (past.as_of.year - start.year) * 12 + past.as_of.month - start.month
            for later in range(since, horizon + 1):
                found[(start.year, start.month), later, flow.way] += flow.cents
    return dict(found)


def profiles_by_hand(past: Past) -> dict[tuple[str, dt.date], tuple[int, int, float]]:
    """By customer and half-year of due dates: items, cents due, mean days late by euro."""
    parts: dict[tuple[str, dt.date], list[tuple[int, int]]] = defaultdict(list)
    for item in past.behaving:
        kept = item.cents - item.credited
        if item.due and item.due <= past.as_of and kept > 0:
            day = max(d for d, _ in item.moves) if not item.left else past.as_of
            half = dt.date(item.due.year, 7 if item.due.month > 6 else 1, 1)
            parts[item.customer, half].append((kept, (day - item.due).days))
    return {
        key: (len(rows), sum(k for k, _ in rows), sum(k * d for k, d in rows) / sum(k for k, _ in rows))
        for key, rows in parts.items()
    }


def seasons_by_hand(past: Past) -> tuple[dict[Month, float], dict[Month, float]]:
    """By month of due dates: the share unpaid 30 days after, and the mean days late between 0 and 90."""
    due: dict[Month, int] = defaultdict(int)
    unpaid: dict[Month, int] = defaultdict(int)
    days: dict[Month, int] = defaultdict(int)
    for item in past.behaving:
        if item.due:
            month = (item.due.year, item.due.month)
            due[month] += item.cents - item.credited
            unpaid[month] += item.cents - item.credited
            days[month] += 90 * item.left
    for flow in past.flows:
        if flow.item.kind in ("invoice", "deposit") and flow.item.due and flow.way != "credited":
            month = (flow.item.due.year, flow.item.due.month)
            late = (flow.day - flow.item.due).days
            unpaid[month] -= flow.cents if late <= 30 else 0
            days[month] += flow.cents * min(max(late, 0), 90)
    some = [month for month, cents in due.items() if cents > 0]
    return {m: unpaid[m] / due[m] for m in some}, {m: days[m] / due[m] for m in some}


def penalties_by_hand(past: Past) -> tuple[dict[tuple[str, dt.date], int], dict[tuple[str, dt.date], int]]:
    """By customer and half-year, counting day by day: cents × days late, and invoices that became late."""
    cent_days: dict[tuple[str, dt.date], int] = defaultdict(int)
    late: dict[tuple[str, dt.date], set[str]] = defaultdict(set)
    stretches = [(f.item, f.cents, f.day) for f in past.flows if f.way in ("paid", "other")]
    stretches += [(x, x.left, past.as_of) for x in past.items if x.left]
    for item, cents, end in stretches:
        if item.kind not in ("invoice", "deposit") or not item.due or end <= item.due:
            continue
        day = item.due + dt.timedelta(1)
        late[item.customer, dt.date(day.year, 7 if day.month > 6 else 1, 1)].add(item.line)
        while day <= end:
            cent_days[item.customer, dt.date(day.year, 7 if day.month > 6 else 1, 1)] += cents
            day += dt.timedelta(1)
    return dict(cent_days), {key: len(items) for key, items in late.items()}


def check_tables(lines: list[Line], tables: dict[str, pd.DataFrame], *, as_of: dt.date, start: dt.date) -> None:
    """Fail where a table is not what the loops say."""
    past = settled_past(lines, as_of)
    _check_ages(past, tables, start)
    _check_cohorts(past, tables["cohorts"], start)
    profiles = {
        (r.customer_id, r.period_start.date()): (r.items_count, r.amount_cents, r.mean_days_late)
        for r in tables["payer_profiles"].itertuples()
    }
    expected = profiles_by_hand(past)
    assert profiles.keys() == expected.keys()
    for key, (items, cents, mean) in expected.items():
        assert profiles[key][:2] == (items, cents)
        assert abs(profiles[key][2] - mean) < 1e-9
    spread = tables["delay_distribution"].query("profile == 'all'")
    recent = [x for x in past.behaving if x.due and as_of - dt.timedelta(365) < x.due <= as_of]
    assert spread["amount_cents"].sum() == sum(x.cents - x.credited for x in recent)
    cent_days, invoices = penalties_by_hand(past)
    rows = list(tables["claimable_penalties"].itertuples())
    assert {(r.customer_id, r.period_start.date()): round(r.late_amount_days * 100) for r in rows if r.late_days} == (
        cent_days
    )
    assert {(r.customer_id, r.period_start.date()): r.invoices_count for r in rows if r.invoices_count} == invoices
    assert tables["due_calendar"]["open_cents"].sum() == sum(x.left for x in past.items)


def _check_ages(past: Past, tables: dict[str, pd.DataFrame], start: dt.date) -> None:
    by_age, counts, cents = ages_by_hand(past, month_ends(start, past.as_of))
    history = tables["ageing_history"]
    assert {(r.month_end.date(), r.bucket): r.open_cents for r in history.itertuples() if r.open_cents} == by_age
    moves = [r for r in tables["item_transitions"].itertuples() if r.period == "all"]
    assert {(r.from_bucket, r.to_bucket): r.items_count for r in moves if r.items_count} == counts
    assert {(r.from_bucket, r.to_bucket): r.amount_cents for r in moves if r.amount_cents} == cents
    for _, rows in tables["item_transitions"].groupby(["period", "from_bucket"]):
        assert abs(rows["probability"].sum() - 1) < 1e-12
    for r in tables["net_roll_rates"].itertuples():
        before = (r.month_end.date().replace(day=1)) - dt.timedelta(1)
        assert r.from_cents == by_age.get((before, r.from_bucket), 0)
        assert r.to_cents == by_age.get((r.month_end.date(), r.to_bucket), 0)
        if r.from_cents:
            assert abs(r.rate - r.to_cents / r.from_cents) < 1e-12


def _check_cohorts(past: Past, table: pd.DataFrame, start: dt.date) -> None:
    expected = cohorts_by_hand(past)
    columns = {"paid": "collected_cents", "credited": "credited_cents", "written_off": "written_off_cents",
               "other": "other_cents"}  # fmt: skip
    for row in table.to_dict("records"):
        month = (row["billing_month"].year, row["billing_month"].month)
        for way, column in columns.items():
            assert row[column] == expected.get((month, row["months_since"], way), 0)
    billed: dict[Month, int] = defaultdict(int)
    for item in past.behaving:
        if item.day >= start.replace(day=1):
            billed[item.day.year, item.day.month] += item.cents
    first = table[table["months_since"] == 0]
    assert {(r.billing_month.year, r.billing_month.month): r.billed_cents for r in first.itertuples()} == dict(billed)
