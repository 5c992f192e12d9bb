"""A fitted score in files: plain numbers in JSON, trees in a skops file that is read only if it holds nothing else.

Nothing is pickled. The JSON names the digest of the data and of the policy, and that of the trees.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from riskkit.errors import DataError, message
from riskkit.models.calibration import Calibration
from riskkit.models.challenger import TRUSTED_TYPES, Challenger
from riskkit.models.champion import CustomerRate, Model
from riskkit.models.drift import Distribution
from riskkit.models.fitted_score import FittedScore
from riskkit.models.new_customers import NewCustomerRates
from riskkit.models.risk_levels import SCORE_THRESHOLDS
from riskkit.models.scorecard import Scorecard
from riskkit.policy_scores import ScoringPolicy

FORMAT = 1
_WHAT_IS_PREDICTED = (
    "event_days", "event_min_amount", "window_days", "recent_days", "late_after_days", "broken_after_days",
    "prior_count", "sector_prior_customers",
)  # fmt: skip


def policy_digest(policy: ScoringPolicy) -> str:
    """Digest of the part of the policy that changes what a score predicts or reads."""
    values = policy.model_dump(include=set(_WHAT_IS_PREDICTED), mode="json")
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def write_score(score: FittedScore, folder: Path, *, policy: ScoringPolicy, version: str) -> Path:
    """Write `score_<months>m.json`, and `score_<months>m.skops` when the champion is made of trees."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"score_{score.horizon}m"
    content: dict[str, Any] = {
        "format": FORMAT,
        "riskkit_version": version,
        "horizon_months": score.horizon,
        "fitted_day": score.fitted_day,
        "data_sha256": score.data_sha256,
        "policy_sha256": policy_digest(policy),
        "cases": score.cases,
        "customers": score.customers,
        "events": score.events,
        "champion": score.champion.name,
        "level_error": score.level_error,
        "calibration": {"shift": score.calibration.shift, "stretch": score.calibration.stretch},
        "scorecard": score.scorecard.to_dict(),
        "thresholds": score.thresholds.to_dict("records"),
        "learned": {
            name: {"edges": list(part.edges), "shares": list(part.shares)} for name, part in score.learned.items()
        },
        "new_customers": None
        if score.new_customers is None
        else {
            "rate": score.new_customers.rate,
            "sections": dict(score.new_customers.sections),
            "cases": score.new_customers.cases,
            "events": score.new_customers.events,
        },
    }
    if isinstance(score.champion, CustomerRate):
        content["customer_rate"] = {"constant": score.champion.constant, "slope": score.champion.slope}
    if isinstance(score.champion, Challenger):
        import skops.io

        trees = skops.io.dumps(score.champion.trees)
        (folder / f"{stem}.skops").write_bytes(trees)
        content["challenger"] = {
            "figures": list(score.champion.figures),
            "file": f"{stem}.skops",
            "sha256": hashlib.sha256(trees).hexdigest(),
        }
    path = folder / f"{stem}.json"
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    return path


def read_score(path: Path, *, policy: ScoringPolicy) -> FittedScore:
    """A score written by `write_score`. `DataError` when it is damaged, or predicts something else than the policy."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise KeyError("format")
        if content["policy_sha256"] != policy_digest(policy):
            raise DataError(
                message(
                    "{file} predicts another event than the policy asks (days past due, windows …). Give the policy it "
                    "was fitted with, or remove score_model from portfolio.yaml to fit it again.",
                    file=path.name,
                )
            )
        return _built(content, path.parent)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        if isinstance(fault, DataError):
            raise
        raise DataError(
            message(
                "{file} is not a score that riskkit wrote, or was changed. Remove score_model from portfolio.yaml to "
                "fit it again.",
                file=path.name,
            )
        ) from fault


def _built(content: dict[str, Any], folder: Path) -> FittedScore:
    import pandas as pd

    scorecard = Scorecard.from_dict(content["scorecard"])
    new = content["new_customers"]
    return FittedScore(
        horizon=int(content["horizon_months"]),
        champion=_champion(content, folder, scorecard),
        scorecard=scorecard,
        calibration=Calibration(float(content["calibration"]["shift"]), float(content["calibration"]["stretch"])),
        new_customers=None
        if new is None
        else NewCustomerRates(float(new["rate"]), dict(new["sections"]), int(new["cases"]), int(new["events"])),
        thresholds=SCORE_THRESHOLDS.conform(pd.DataFrame(content["thresholds"])),
        learned={
            name: Distribution(tuple(part["edges"]), tuple(part["shares"])) for name, part in content["learned"].items()
        },
        fitted_day=int(content["fitted_day"]),
        cases=int(content["cases"]),
        customers=int(content["customers"]),
        events=int(content["events"]),
        data_sha256=str(content["data_sha256"]),
        level_error=float(content["level_error"]),
    )


def _champion(content: dict[str, Any], folder: Path, scorecard: Scorecard) -> Model:
    if content["champion"] == "scorecard":
        return scorecard
    if content["champion"] == "customer_rate":
        return CustomerRate(float(content["customer_rate"]["constant"]), float(content["customer_rate"]["slope"]))
    import skops.io

    kept = content["challenger"]
    trees = (folder / Path(kept["file"]).name).read_bytes()
    if hashlib.sha256(trees).hexdigest() != kept["sha256"]:
        raise ValueError("the trees are not those that were written")
    foreign = set(skops.io.get_untrusted_types(data=trees)) - set(TRUSTED_TYPES)
    if foreign:
        raise ValueError(f"types that a score does not hold: {sorted(foreign)}")
    return Challenger(skops.io.loads(trees, trusted=list(TRUSTED_TYPES)), tuple(kept["figures"]))
