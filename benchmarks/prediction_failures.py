"""Sample portfolios whose failures are known: is a failing customer watched in time, by payments and by a bureau."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.prediction_ibm import row
from benchmarks.sample_ledger import sample_book
from riskkit.companies.bureau import BureauFile, latest_ratings, read_bureau
from riskkit.ledger.snapshot import choose_terms, strike_history
from riskkit.models.customer_features import customer_sums
from riskkit.models.failure_watch import failure_odds, watched
from riskkit.models.habit_break import habit_breaks
from riskkit.models.validation import auc, wilson
from riskkit.policy import Policy
from riskkit.sources.sample import Sample, SampleSpec, make_sample
from riskkit.sources.sample_ratings import HORIZON_DAYS, write_ratings

SEEDS, MORE_SEEDS = range(2_000, 2_006), range(2_000, 2_030)
FIRST_DAYS = 540
EARLIEST_DAYS, LEAD_DAYS = 270, 60
TELLING_DAYS = (60, 210)
"""Invoices due so many days before a failure are late for its sake, and due when a flag is still in time."""
EPOCH = dt.date(1970, 1, 1).toordinal()


def failure_rows() -> list[dict[str, Any]]:
    """Failing customers flagged at least 60 days before their failure, a tenth of the customers flagged each month."""
    found = pd.concat([flags(seed) for seed in MORE_SEEDS], ignore_index=True)
    few = found[found["seed"].isin(SEEDS)]
    return [
        *_measure(few, "sample", by="payments"),
        *_measure(found, "sample_30", by="payments"),
        *_measure(few, "sample_rated", by="both"),
        *_measure(found, "sample_30_rated", by="both"),
        row("auc_planted_bureau_score", "sample_30_rated", float(found.groupby("seed")["bureau_auc"].first().mean()),
            None, len(MORE_SEEDS), {"asked_of_the_sample": 0.78}),
    ]  # fmt: skip


def _measure(found: pd.DataFrame, dataset: str, *, by: str) -> list[dict[str, Any]]:
    failing, others = found[found["fails"]], found[~found["fails"]]
    told = failing.loc[failing["invoices"] >= 2, f"seen_{by}"].astype("float64")
    seen, once = failing[f"seen_{by}"].astype("float64"), failing[f"seen_last_{by}"].astype("float64")
    beside = {"most_flagged_each_month": Policy().scores.watch_share}
    return [
        row("failing_flagged_60_days_before", dataset, float(seen.mean()), _interval(seen), len(seen),
            {**beside, "others_flagged_in_as_many_months": float(others[f"seen_{by}"].mean())}),
        row("failing_with_two_invoices_flagged_60_days_before", dataset, float(told.mean()), _interval(told),
            len(told), {}),
        row("failing_flagged_at_60_to_90_days", dataset, float(once.mean()), _interval(once), len(once), beside),
    ]  # fmt: skip


def _interval(values: pd.Series) -> tuple[float, float]:
    return wilson(float(values.sum()), len(values))


def flags(seed: int) -> pd.DataFrame:
    """Whether each customer is flagged at a month end of the 60 to 270 days before its failure (or before the end)."""
    spec, policy = SampleSpec(seed=seed), Policy()
    sample = make_sample(spec)
    book = sample_book(sample, policy=policy)
    terms = choose_terms(book, as_of=spec.end_date, policy=policy)
    history = strike_history(book, as_of=spec.end_date, policy=policy, terms=terms)
    sectors = sample.customers.set_index("customer_id")["section"]
    breaks = habit_breaks(history.items, sectors=sectors, connection=book.connection)
    nobody = sample.customers.loc[sample.customers["is_catch_all"], "customer_id"]
    sums = customer_sums(history.items, policy=policy.scores)
    known = sums.loc[(sums["window_count"] > 0) & ~sums["customer_id"].isin(nobody), ["as_of", "customer_id"]]
    known = known.merge(breaks[["as_of", "customer_id", "break_odds"]], on=["as_of", "customer_id"], how="left")
    failed_day = _days(sample.truth.habits.set_index("customer_id")["failure_date"])
    known["fail_day"] = known["customer_id"].map(failed_day)
    active = known[~(known["fail_day"] <= known["as_of"])].reset_index(drop=True)
    active["score"], active["bureau_class"] = _bureau(sample, active)
    unknown = pd.Series(np.nan, index=active.index)
    for by, classes in (("payments", unknown), ("both", active["bureau_class"])):
        odds = failure_odds(active["break_odds"], classes, policy=policy.scores)
        active[by] = False
        for _, now in odds.groupby(active["as_of"]):
            everyone = pd.Series(data=True, index=now.index)
            active.loc[now.index, by] = watched(now, everyone, policy=policy.scores)
    rated = active[active["score"].notna()]
    soon = ((rated["fail_day"] - rated["as_of"]) <= HORIZON_DAYS).to_numpy(dtype="float64")
    first, last = spec.start_date.toordinal() + FIRST_DAYS, int(known["as_of"].max())
    return _by_customer(active, _dues(sample), first=first, last=last).assign(
        seed=seed, bureau_auc=auc(-rated["score"].to_numpy(dtype="float64"), soon)
    )


def _by_customer(active: pd.DataFrame, dues: pd.DataFrame, *, first: int, last: int) -> pd.DataFrame:
    """One row per customer that fails between the two days, or never: was it flagged in time."""
    rows = []
    due_days = dict(list(dues.groupby("customer_id")["due_day"]))
    for customer, own in active.groupby("customer_id"):
        end = own["fail_day"].iloc[0]
        fails = bool(first < end <= last)
        if end == end and not fails:
            continue
        reference = end if fails else float(last)
        lead = reference - own["as_of"]
        told = int((reference - due_days[customer]).between(*TELLING_DAYS).sum()) if customer in due_days else 0
        seen = {
            f"{name}_{by}": bool((own[by] & lead.between(LEAD_DAYS, until)).any())
            for by in ("payments", "both")
            for name, until in (("seen", EARLIEST_DAYS), ("seen_last", LEAD_DAYS + 30))
        }
        rows.append({"customer_id": customer, "fails": fails, "invoices": told, **seen})
    return pd.DataFrame(rows)


def _dues(sample: Sample) -> pd.DataFrame:
    owed = sample.invoices[sample.invoices["kind"] != "credit_note"]
    return pd.DataFrame({"customer_id": owed["customer_id"], "due_day": _days(owed["due_date"])})


def _days(dates: pd.Series) -> pd.Series:
    """Day numbers of dates, NaN where missing."""
    days = (pd.to_datetime(dates) - pd.Timestamp(1970, 1, 1)).dt.days
    return days.astype("float64") + EPOCH


def _bureau(sample: Sample, active: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The last score and class known of each customer at each date, read from the bureau's file as a run reads it."""
    with TemporaryDirectory() as folder:
        path = write_ratings(Path(folder) / "notations.csv", sample)
        ratings = read_bureau(BureauFile(file=path.name, provider="bureau"), folder=Path(folder)).ratings
    siren = active["customer_id"].map(sample.customers.set_index("customer_id")["siren"])
    score, risk_class = (pd.Series(np.nan, index=active.index) for _ in range(2))
    for day, now in siren.groupby(active["as_of"]):
        latest = latest_ratings(ratings, as_of=dt.date.fromordinal(int(str(day)))).set_index("siren")
        score.loc[now.index] = pd.to_numeric(now.map(latest["raw"]), errors="coerce").astype("float64")
        risk_class.loc[now.index] = pd.to_numeric(now.map(latest["risk_class"]), errors="coerce").astype("float64")
    return score, risk_class
