"""What moved between two runs and why: effects on receivables, overdue and DSO, risks, the forecast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riskkit.errors import ReconciliationError, UsageError, message
from riskkit.ledger.change_effects import (
    BAND_EDGES,
    EFFECTS,
    Position,
    amount_effects,
    change_factors,
    days_effects,
    effects_by_customer,
    split_change,
    whole_units,
)
from riskkit.policy import POLICY_FILE, read_policy
from riskkit.schemas import Column, Table
from riskkit.workbench.forecast_outcome import forecast_outcomes
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.stored_run import read_table

DRAWS = 500
_MICRO = 1_000_000
_HIGH = ("4", "5")

CHANGE_EFFECTS = Table(
    "change_effects",
    "an effect on a measure between two runs (written by `riskkit compare --out`, in no run)",
    (
        Column("measure", "text", "receivables_amount, overdue_amount or dso_days"),
        Column("effect", "text", "volume, calendar, mix, behaviour, old or window; total for the whole change"),
        Column("before", "number", "the measure at the first date (currency units or days), on the line total", True),
        Column("after", "number", "the measure at the second date, on the line total", True),
        Column(
            "change", "number", "what this moved; the effects add up to the total, to the cent and to the micro-day"
        ),
        Column("low", "number", "low end of its 95 % interval, customers drawn again; missing for fewer than 10", True),
        Column("high", "number", "high end", True),
    ),
)
RISK_MOVES = Table(
    "risk_moves",
    "a customer whose class of risk is not that of the first run (written by `riskkit compare --out`, in no run)",
    (
        Column("customer_id", "text", "the customer"),
        Column("name", "text", "its name", nullable=True),
        Column("move", "text", "new_risk (class 4 or 5 now, not then), resolved (then, not now), worse or better"),
        Column("class_before", "text", "class at the first date; missing when it was not a customer", nullable=True),
        Column("class_after", "text", "class at the second date; missing when it owes nothing any more", nullable=True),
        Column("open_before_cents", "cents", "what it owed"),
        Column("open_after_cents", "cents", "what it owes"),
        Column("overdue_before_cents", "cents", "of that, past due"),
        Column("overdue_after_cents", "cents", "of that, past due"),
        Column("reason", "text", "first reason of its class now", nullable=True),
    ),
)


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side.

    `effects`: `CHANGE_EFFECTS`. `customers`: customer_id, name, measure, and its part of calendar, mix, behaviour and
    old (currency units or days). `moves`: `RISK_MOVES`. `forecast`: `FORECAST_OUTCOMES`. `shared_sales_share`: part of
    the billing that both dates have customer by customer and age by age, on which alone behaviour is seen.
    """

    company: str
    before: dt.date
    after: dt.date
    currency: str
    effects: pd.DataFrame
    customers: pd.DataFrame
    moves: pd.DataFrame
    forecast: pd.DataFrame
    shared_sales_share: float
    is_new_policy: bool


def compare_runs(before: Path, after: Path) -> Comparison:
    """What moved from a run to a later one of the same currency.

    `UsageError` when the first is not the older, the currencies differ, or no sale of a window is known; a position
    that does not tie to the run's own measures raises `ReconciliationError`.
    """
    manifests = [read_manifest(folder) for folder in (before, after)]
    days = [dt.date.fromisoformat(str(manifest["as_of"])) for manifest in manifests]
    _check(manifests, days)
    effects, parts = [], []
    shared = 0.0
    names = read_table(after, "customers").set_index("customer_id")["name"]
    for amount in ("receivables_amount", "overdue_amount"):
        held = [position(folder, manifest, amount) for folder, manifest in zip((before, after), manifests, strict=True)]
        factors = change_factors(held[0], held[1])
        shared = factors.shared_sales_share
        draws = _draws(len(factors.customers))
        one, drawn = split_change(factors), split_change(factors, draws) if len(factors.customers) >= 10 else None
        by_customer = effects_by_customer(factors)
        sales = sum(factors.whole) / 2
        effects.append(_amount_lines(amount, held, one, drawn))
        parts.append(_parts(by_customer * sales / 100, names, amount))
        if amount == "receivables_amount":
            window = (held[0].days, held[1].days)
            effects.append(_days_lines(held, one, drawn, window))
            parts.append(_parts(by_customer * sum(window) / 2, names, "dso_days"))
    return Comparison(
        company=str(manifests[1]["portfolio"]),
        before=days[0],
        after=days[1],
        currency=str(manifests[1]["currency"]),
        effects=CHANGE_EFFECTS.conform(pd.concat(effects, ignore_index=True)),
        customers=pd.concat(parts, ignore_index=True),
        moves=risk_moves(read_table(before, "scores"), read_table(after, "scores")),
        forecast=forecast_outcomes(before, after, start=days[0], end=days[1]),
        shared_sales_share=shared,
        is_new_policy=manifests[0]["policy_sha256"] != manifests[1]["policy_sha256"],
    )


def position(folder: Path, manifest: Mapping[str, Any], amount: str) -> Position:
    """What is owed, or overdue, at the date of a run, by customer and age of billing; tied to the run's measures."""
    as_of = pd.Timestamp(str(manifest["as_of"]))
    first = pd.Timestamp(str(manifest["coverage_start"]))
    days = min(read_policy(folder / POLICY_FILE).dso_window_days, (as_of - first).days + 1)
    invoices = read_table(folder, "invoices")
    sold = invoices[
        invoices["is_sale"] & (invoices["issue_date"] > as_of - pd.Timedelta(days=days))
        & (invoices["issue_date"] <= as_of) & (invoices["issue_date"] >= first)
    ]  # fmt: skip
    items = read_table(folder, "open_items")
    if amount == "overdue_amount":
        items = items[items["days_past_due"].fillna(0) > 0]
    recent = (as_of - items["issue_date"]).dt.days < days
    keys = ["customer_id", "block"]
    billing = _by_block(sold, as_of, "amount").groupby(keys)["cents"].sum().rename("sales_cents")
    owed = _by_block(items[recent], as_of, "open_amount").groupby(keys)["cents"].sum().rename("owed_cents")
    cells = pd.concat([billing, owed], axis=1).fillna(0).astype("int64").reset_index()
    rest = _cents(items.loc[~recent, "open_amount"]).groupby(items.loc[~recent, "customer_id"]).sum()
    if amount == "receivables_amount":
        credits = read_table(folder, "unapplied")
        rest = rest.sub(_cents(credits["unapplied_amount"]).groupby(credits["customer_id"]).sum(), fill_value=0)
    made = Position(cells=cells, rest=rest.astype("int64"), days=days)
    _tie(made, manifest, amount)
    return made


def risk_moves(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Who changed class, the largest amounts first.

    From: scores of both runs (customer_id, name, risk_class, open_amount, overdue_amount, reason_1).
    To:   `RISK_MOVES`.
    """
    both = after.merge(before, on="customer_id", how="outer", suffixes=("", "_before"))
    then, now = both["risk_class_before"], both["risk_class"]
    high_then, high_now = then.isin(_HIGH), now.isin(_HIGH)
    ranks = {str(number): number for number in range(1, 6)}
    step = now.map(ranks).sub(then.map(ranks))
    move = pd.Series(None, index=both.index, dtype="object")
    move[step > 0], move[step < 0] = "worse", "better"
    move[high_now & ~high_then], move[high_then & ~high_now] = "new_risk", "resolved"
    cents = {
        f"{part}_{when}_cents": _cents(both[f"{part}_amount{suffix}"].fillna(0))
        for part in ("open", "overdue")
        for when, suffix in (("before", "_before"), ("after", ""))
    }
    made = both.assign(
        name=both["name"].fillna(both["name_before"]), move=move, class_before=then, class_after=now,
        reason=both["reason_1"], **cents,
    )  # fmt: skip
    kept = made[made["move"].notna()]
    weight = kept[["open_before_cents", "open_after_cents"]].max(axis=1)
    ordered = kept.assign(weight=weight).sort_values(["weight", "customer_id"], ascending=[False, True])
    return RISK_MOVES.conform(ordered[RISK_MOVES.names].reset_index(drop=True))


def _amount_lines(
    measure: str, held: list[Position], one: dict[str, np.ndarray], drawn: dict[str, np.ndarray] | None
) -> pd.DataFrame:
    before, after = (each.owed_cents for each in held)
    exact = whole_units({name: float(value[0]) for name, value in amount_effects(one).items()}, after - before)
    spread = amount_effects(drawn) if drawn else None
    return _lines(measure, exact, (before / 100, after / 100), spread, unit=100)


def _days_lines(
    held: list[Position], one: dict[str, np.ndarray], drawn: dict[str, np.ndarray] | None, window: tuple[int, int]
) -> pd.DataFrame:
    before, after = (each.owed_cents / each.sales_cents * each.days for each in held)
    effects = {name: float(value[0]) * _MICRO for name, value in days_effects(one, days=window).items()}
    exact = whole_units(effects, round(after * _MICRO) - round(before * _MICRO))
    spread = {name: value * _MICRO for name, value in days_effects(drawn, days=window).items()} if drawn else None
    return _lines("dso_days", exact, (before, after), spread, unit=_MICRO)


def _lines(
    measure: str,
    exact: dict[str, int],
    ends: tuple[float, float],
    spread: dict[str, np.ndarray] | None,
    *,
    unit: int,
) -> pd.DataFrame:
    rows: list[dict[str, object]] = [
        {
            "measure": measure,
            "effect": "total",
            "before": ends[0],
            "after": ends[1],
            "change": sum(exact.values()) / unit,
        }
    ]
    for name in EFFECTS:
        low, high = np.quantile(spread[name], (0.025, 0.975)) / unit if spread else (np.nan, np.nan)
        rows.append({"measure": measure, "effect": name, "change": exact[name] / unit, "low": low, "high": high})
    return pd.DataFrame(rows, columns=CHANGE_EFFECTS.names)


def _parts(by_customer: pd.DataFrame, names: pd.Series, measure: str) -> pd.DataFrame:
    made = by_customer.reset_index()
    made.insert(1, "name", made["customer_id"].map(names))
    made.insert(2, "measure", measure)
    return made


def _draws(customers: int) -> np.ndarray:
    """How many times each customer counts in each draw."""
    rng = np.random.default_rng(0)
    return rng.multinomial(customers, np.full(customers, 1 / max(customers, 1)), size=DRAWS).astype("float64")


def _by_block(frame: pd.DataFrame, as_of: pd.Timestamp, amount: str) -> pd.DataFrame:
    ages = (as_of - frame["issue_date"]).dt.days
    return frame.assign(block=np.digitize(ages, BAND_EDGES), cents=_cents(frame[amount]))


def _cents(amounts: pd.Series) -> pd.Series:
    return (amounts.astype("float64") * 100).round().astype("int64")


def _check(manifests: list[dict[str, Any]], days: list[dt.date]) -> None:
    if days[0] >= days[1]:
        raise UsageError(
            message(
                "The first run, of {before}, is not older than the second, of {after}: nothing moved between them.",
                before=days[0],
                after=days[1],
            )
        )
    if manifests[0]["currency"] != manifests[1]["currency"]:
        raise UsageError(message("The two runs are not in the same currency: amounts do not compare."))
    if any(manifest["kpis"]["dso_days"] is None for manifest in manifests):
        raise UsageError(message("The DSO of one of the runs is not computable: its change cannot be split."))


def _tie(made: Position, manifest: Mapping[str, Any], amount: str) -> None:
    found, said = made.owed_cents, round(float(manifest["kpis"][amount]) * 100)
    dso = made.sales_cents and float(manifest["kpis"]["receivables_amount"]) * 100 / made.sales_cents * made.days
    if found != said or abs(dso - float(manifest["kpis"]["dso_days"])) > 1e-5:
        raise ReconciliationError(
            message(
                "The tables of the run of {as_of} give {found} where its manifest says {said} ({measure}). Make it "
                "again.",
                as_of=str(manifest["as_of"]), found=found / 100, said=said / 100, measure=amount,
            )
        )  # fmt: skip
