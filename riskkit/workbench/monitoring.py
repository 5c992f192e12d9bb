"""What changed between two runs of a portfolio: alerts, migration of classes, and their digest in files."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from riskkit.engine import write_parquet
from riskkit.errors import UsageError, message
from riskkit.exhibits.alert_digest import make_alert_digest
from riskkit.exhibits.language import Language
from riskkit.models.alerts import Alert, WatchedRun, class_migration, find_alerts
from riskkit.policy import POLICY_FILE, read_policy
from riskkit.policy_scores import ScoringPolicy
from riskkit.schemas import Column, Table
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.run_folder import MANIFEST
from riskkit.workbench.stored_run import read_table

ALERTS_TABLE, ALERTS_PAGE = "alerts.parquet", "alerts.html"

ALERTS = Table(
    "alerts",
    "something that changed between two runs (written by `riskkit compare --out`, in no run)",
    (
        Column("customer_id", "text", "the customer"),
        Column("name", "text", "its name", nullable=True),
        Column(
            "kind",
            "text",
            "event_<kind>, class_worse, class_better, in_event, habit_break, limit_overrun or limit_near",
        ),
        Column("severity", "text", "critical, high, medium or info"),
        Column("reason", "text", "what happened, with its money, in the language asked"),
        Column("advice", "text", "what to do"),
        Column("owed_cents", "cents", "what the customer owes at the later date"),
    ),
)


@dataclass(frozen=True)
class Monitoring:
    """Alerts (`ALERTS`) and migration of classes between two dates, in the reader's language."""

    company: str
    before: dt.date
    after: dt.date
    currency: str
    alerts: pd.DataFrame
    migration: pd.DataFrame
    remarks: tuple[str, ...]


def monitor(before: Path, after: Path, *, words: Language) -> Monitoring | None:
    """What changed from a run to a later one; None when a run was made before scores were kept.

    The policy is that of the later run. `UsageError` when the first run is not the older one.
    """
    manifests = [read_manifest(folder) for folder in (before, after)]
    days = [dt.date.fromisoformat(str(manifest["as_of"])) for manifest in manifests]
    if not all((folder / "tables" / "scores.parquet").is_file() for folder in (before, after)):
        return None
    if days[0] > days[1]:
        raise UsageError(
            message(
                "The first run, of {before}, is later than the second, of {after}. Give the older one first.",
                before=days[0],
                after=days[1],
            )
        )
    rules = read_policy(after / POLICY_FILE)
    policy, shares = rules.scores, rules.decisions.limits.alert_shares
    currency = str(manifests[1]["currency"])
    watched = [
        watch(folder, as_of=day, currency=currency, shares=shares)
        for folder, day in zip((before, after), days, strict=True)
    ]
    names = watched[1].scores.set_index("customer_id")["name"]
    return Monitoring(
        company=str(manifests[1]["portfolio"]),
        before=days[0],
        after=days[1],
        currency=currency,
        alerts=alert_table(find_alerts(watched[0], watched[1], policy=policy), names, words),
        migration=class_migration(watched[0], watched[1]),
        remarks=_remarks(after, policy, words),
    )


def watch(folder: Path, *, as_of: dt.date, currency: str, shares: Sequence[float]) -> WatchedRun:
    """What monitoring reads of a run; shares are the parts of a limit whose use raises an alert."""
    scores = read_table(folder, "scores")
    cents = {f"{name}_cents": to_cents(scores[f"{name}_amount"]) for name in ("open", "overdue")}
    known = scores.assign(**cents).merge(limits_in_use(folder, shares=shares), on="customer_id", how="left")
    return WatchedRun(as_of=as_of, currency=currency, scores=known, events=read_table(folder, "events"))


def limits_in_use(folder: Path, *, shares: Sequence[float]) -> pd.DataFrame:
    """The limit of each customer of a run and its use: customer_id and `LIMIT_USE`.

    The limit in force by the client's file, else what a bureau advises, else the limit proposed. A run made before
    limits were proposed has only the second; its exposure is what is owed.
    """
    bureau = read_table(folder, "enrichment").dropna(subset=["bureau_limit_amount"]).drop_duplicates("customer_id")
    advised = bureau.set_index("customer_id")["bureau_limit_amount"]
    if (folder / "tables" / "credit_limits.parquet").is_file():
        limits = read_table(folder, "credit_limits")
        in_force, proposed, exposure = (limits[f"{name}_amount"] for name in ("current_limit", "limit", "net_exposure"))
    else:
        limits = read_table(folder, "scores")
        exposure = limits["open_amount"]
        in_force = proposed = pd.Series(float("nan"), index=limits.index)
    given = {"in_force": in_force, "bureau": limits["customer_id"].map(advised), "proposed": proposed}
    found = pd.DataFrame({source: values.astype("float64") for source, values in given.items()}, index=limits.index)
    limit = found.bfill(axis=1).iloc[:, 0]
    source = found.notna().idxmax(axis=1).astype("str").where(limit.notna())
    used = exposure.astype("float64") / limit.where(limit > 0)
    reached = pd.concat([(used >= share - 1e-12) * share for share in shares], axis=1).max(axis=1)
    return pd.DataFrame(
        {
            "customer_id": limits["customer_id"],
            "limit_source": source,
            "limit_cents": to_cents(limit),
            "net_exposure_cents": to_cents(exposure),
            "reached_share": reached,
        }
    )


def to_cents(amounts: pd.Series) -> pd.Series:
    """Whole cents of amounts in currency units; missing where they are."""
    return (amounts.astype("float64") * 100).round().astype("Int64")


def write_monitoring(found: Monitoring, folder: Path, *, words: Language) -> tuple[Path, Path]:
    """Write the alerts as a table and as a page, in a folder that is not a run."""
    if (folder / MANIFEST).exists():
        raise UsageError(
            message("'{folder}' is a run, which nothing is added to. Give another folder.", folder=folder.name)
        )
    folder.mkdir(parents=True, exist_ok=True)
    table, page = folder / ALERTS_TABLE, folder / ALERTS_PAGE
    write_parquet(found.alerts, table)
    shown = found.alerts.assign(owed_amount=found.alerts["owed_cents"] / 100)
    text = make_alert_digest(
        shown,
        found.migration,
        company=found.company,
        before=found.before,
        after=found.after,
        language=words.code,
        currency=found.currency,
        remarks=found.remarks,
    )
    aside = page.with_name(f".{page.name}.{os.getpid()}")
    aside.write_text(text, encoding="utf-8")
    os.replace(aside, page)
    return table, page


def alert_table(alerts: list[Alert], names: pd.Series, words: Language) -> pd.DataFrame:
    """The alerts as `ALERTS`, in the reader's language; names by customer_id."""
    rows = [
        (
            each.customer_id,
            names.get(each.customer_id),
            each.kind,
            each.severity,
            words.say(each.reason),
            words.say(each.advice),
            each.owed_cents,
        )
        for each in alerts
    ]
    return ALERTS.conform(pd.DataFrame(rows, columns=ALERTS.names)) if rows else ALERTS.empty()


def _remarks(after: Path, policy: ScoringPolicy, words: Language) -> tuple[str, ...]:
    """What the drift of the scores of the later run advises."""
    drift = read_table(after, "score_drift")
    whole = drift[drift["figure"] == "probability"]
    moved = drift.loc[drift["has_moved"], "figure"].nunique()
    said = [
        words.text(
            "Score over {months} months: stability index {psi} since it was fitted.",
            months=int(row["horizon_months"]),
            psi=words.number(float(row["psi"]), digits=2),
        )
        for _, row in whole.iterrows()
    ]
    if moved:
        said.append(
            words.text(
                "{count:figure|figures} moved past the limit of {limit}: a new fit is advised.",
                count=int(moved),
                limit=words.number(policy.drift_psi, digits=2),
            )
        )
    return tuple(said)
