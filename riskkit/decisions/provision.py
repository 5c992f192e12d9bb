"""Provision for losses: the IFRS 9 matrix and the French item-by-item rule, side by side for each open item.

IFRS 9, simplified approach [20]: balance of each age × loss rate of the age × outlook factor, tax included; claims on a
company in a procedure, or judged by hand, are assessed one by one. French tax rule [3]: claim by claim, without tax,
and only where an event makes the loss probable: a procedure, a dispute, a judgment of one's own. Lateness alone is not
enough. Both are before credit insurance and before unapplied credits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from riskkit.ledger.open_items import bucket_codes
from riskkit.policy_decisions import DecisionsPolicy, ProvisionPolicy
from riskkit.schemas import Column, Table

PROVISION = Table(
    "provision",
    "an open item, what IFRS 9 expects to lose of it and what the French rule allows to set aside",
    (
        Column("item_id", "text", "the item"),
        Column("customer_id", "text", "who owes it"),
        Column("customer_name", "text", "its name", nullable=True),
        Column("bucket", "text", "ageing bucket"),
        Column("open_cents", "cents", "what is still owed, tax included"),
        Column("ground", "text", "event that makes a loss probable: stated (by hand), procedure, dispute, or none"),
        Column("ifrs_method", "text", "matrix (loss rate of the age), or individual (stated, procedure)"),
        Column("ifrs_rate", "number", "loss rate applied, outlook included"),
        Column("ifrs_cents", "cents", "expected loss, tax included"),
        Column("claim_excl_tax_cents", "cents", "what is still owed, without tax"),
        Column("excl_tax_source", "text", "file (the invoice says it) or assumed (VAT rate of the policy)"),
        Column("statutory_share", "number", "part of the claim that is compromised; 0 without an event"),
        Column("statutory_cents", "cents", "provision that the French rule allows, without tax"),
        Column("reason", "text", "why, in the language of the run"),
    ),
)
PROVISION_MATRIX = Table(
    "provision_matrix",
    "an ageing bucket of the IFRS 9 matrix",
    (
        Column("bucket", "text", "ageing bucket"),
        Column("balance_cents", "cents", "open items assessed by the matrix, tax included"),
        Column("individual_cents", "cents", "open items of that age assessed one by one"),
        Column("loss_rate", "number", "loss rate of the past, or stated"),
        Column("outlook_factor", "number", "forward-looking factor of the policy"),
        Column("outlook_reason", "text", "why that factor", nullable=True),
        Column("applied_rate", "number", "loss rate × factor, at most 1"),
        Column("expected_loss_cents", "cents", "Σ over items of balance × applied rate, each item to the cent"),
        Column("expected_loss_low_cents", "cents", "at the lower end of the loss rate's interval", nullable=True),
        Column("expected_loss_high_cents", "cents", "at its upper end", nullable=True),
        Column("source", "text", "where the rate comes from: see loss_rates; stated (policy), average (undated items)"),
    ),
)
INDIVIDUAL = ("stated", "procedure")


def applied_rates(
    loss_rates: pd.DataFrame, balances: Mapping[str, int], *, edges: tuple[int, ...], policy: ProvisionPolicy
) -> pd.DataFrame:
    """The rate applied to each bucket: bucket, loss_rate, loss_low, loss_high, applied_rate, source.

    Parameters
    ----------
    loss_rates
        `models.flow_to_loss.LOSS_RATES`; rates that the past does not give are those of the policy.
    balances
        Open cents by bucket: undated items take the average rate of the others where the past says nothing of them.
    edges
        Upper edges of the ageing buckets.

    """
    codes = bucket_codes(edges)
    found = loss_rates.set_index("bucket").reindex(codes)
    late = pd.Series([*edges, edges[-1] + 1], index=codes[:-1])
    stated = late.map(lambda days: _stated_rate(int(days), policy=policy)).reindex(codes)
    rate = found["loss_rate"].fillna(stated)
    source = found["source"].astype("str").mask(found["loss_rate"].isna(), "stated")
    undated = codes[-1]
    if pd.isna(rate[undated]):
        held = pd.Series(balances, dtype="float64").reindex(codes[:-1]).fillna(0.0)
        total = float(held.sum())
        rate[undated] = float((held * rate[codes[:-1]]).sum() / total) if total > 0 else float(rate[codes[:-1]].max())
        source[undated] = "average"
    return pd.DataFrame(
        {
            "bucket": codes,
            "loss_rate": rate.to_numpy(),
            "loss_low": found["loss_low"].to_numpy(dtype="float64"),
            "loss_high": found["loss_high"].to_numpy(dtype="float64"),
            "applied_rate": (rate * policy.outlook_factor).clip(upper=1.0).to_numpy(),
            "source": source.to_numpy(),
        }
    )


def _stated_rate(days: int, *, policy: ProvisionPolicy) -> float:
    """Rate of the policy for items up to so many days past due."""
    reached = [rate for upper, rate in policy.fallback_rates.items() if days <= upper]
    return reached[0] if reached else list(policy.fallback_rates.values())[-1]


def provision_items(
    open_items: pd.DataFrame,
    *,
    states: pd.Series,
    excl_tax: pd.DataFrame,
    rates: pd.DataFrame,
    as_of: dt.date,
    policy: DecisionsPolicy,
) -> pd.DataFrame:
    """Both provisions of each open item: `PROVISION` but for its reason, in their order.

    From: `OPEN_ITEMS` struck at `as_of`.

    Parameters
    ----------
    states
        State of each customer's company at `as_of`, by customer_id.
    excl_tax
        item_id, amount_cents and excl_tax_cents of the items whose amount without tax is known.
    rates
        `applied_rates`.
    as_of
        Disputes later than that are not known.

    """
    rules = policy.provision
    ground, share = _grounds(open_items, states, as_of=as_of, policy=policy)
    individual = ground.isin(INDIVIDUAL)
    by_age = open_items["bucket"].map(rates.set_index("bucket")["applied_rate"]).astype("float64")
    rate = by_age.mask(individual, share)
    claim, source = _without_tax(open_items, excl_tax, vat_rate=rules.vat_rate)
    return pd.DataFrame(
        {
            **{name: open_items[name] for name in ("item_id", "customer_id", "customer_name", "bucket", "open_cents")},
            "ground": ground,
            "ifrs_method": np.where(individual, "individual", "matrix"),
            "ifrs_rate": rate,
            "ifrs_cents": (open_items["open_cents"] * rate).round().astype("int64"),
            "claim_excl_tax_cents": claim,
            "excl_tax_source": source,
            "statutory_share": share,
            "statutory_cents": (claim * share).round().astype("int64"),
        },
        index=open_items.index,
    )


def _grounds(
    items: pd.DataFrame, states: pd.Series, *, as_of: dt.date, policy: DecisionsPolicy
) -> tuple[pd.Series, pd.Series]:
    """The event that makes a loss probable, and the part compromised; a judgment by hand comes before the others."""
    stated = items["customer_id"].map(policy.provision.stated_shares).astype("float64")
    state = items["customer_id"].map(states)
    procedure = state.map(policy.losses.procedure_loss_shares).astype("float64")
    disputed = items["dispute_date"].notna() & (items["dispute_date"] <= pd.Timestamp(as_of))
    dispute = pd.Series(np.where(disputed, policy.provision.dispute_loss_share, np.nan), index=items.index)
    ground = pd.Series("none", index=items.index, dtype="str")
    for name, part in (("dispute", dispute), ("procedure", procedure), ("stated", stated)):
        ground = ground.mask(part.notna(), name)
    return ground, stated.fillna(procedure).fillna(dispute).fillna(0.0)


def _without_tax(items: pd.DataFrame, excl_tax: pd.DataFrame, *, vat_rate: float) -> tuple[pd.Series, pd.Series]:
    """What is still owed of each item without tax, in the proportion of its invoice, and where that comes from."""
    known = excl_tax[(excl_tax["amount_cents"] > 0) & excl_tax["excl_tax_cents"].notna()].drop_duplicates("item_id")
    part = (known["excl_tax_cents"].astype("float64") / known["amount_cents"]).set_axis(known["item_id"])
    shares = items["item_id"].map(part).astype("float64")
    inside = shares.where((shares > 0) & (shares <= 1))
    claim = (items["open_cents"] * inside.fillna(1 / (1 + vat_rate))).round().astype("int64")
    return claim, pd.Series(np.where(inside.notna(), "file", "assumed"), index=items.index, dtype="str")


def provision_matrix(items: pd.DataFrame, rates: pd.DataFrame, *, policy: ProvisionPolicy) -> pd.DataFrame:
    """The matrix by age: `PROVISION_MATRIX`.

    From: `provision_items` and `applied_rates`. The balances of both methods add up to the open items.
    """
    by_matrix = items[items["ifrs_method"] == "matrix"].groupby("bucket")[["open_cents", "ifrs_cents"]].sum()
    one_by_one = items[items["ifrs_method"] == "individual"].groupby("bucket")["open_cents"].sum()
    table = rates.join(by_matrix, on="bucket")
    balance = table["open_cents"].fillna(0).astype("int64")
    ends = {
        f"expected_loss_{end}_cents": (balance * (table[f"loss_{end}"] * policy.outlook_factor).clip(upper=1.0)).round()
        for end in ("low", "high")
    }
    return PROVISION_MATRIX.conform(
        table.assign(
            balance_cents=balance,
            individual_cents=table["bucket"].map(one_by_one).fillna(0).astype("int64"),
            outlook_factor=policy.outlook_factor,
            outlook_reason=policy.outlook_reason or None,
            expected_loss_cents=table["ifrs_cents"].fillna(0).astype("int64"),
            **ends,
        )
    )[PROVISION_MATRIX.names]


def provision_difference(items: pd.DataFrame) -> dict[str, int]:
    """Why the two totals differ, in cents: no_event + individual + dispute = ifrs − statutory.

    From: `provision_items`.
    To:   ifrs, statutory, no_event (expected losses without an event, that the French rule refuses), individual (the
          tax on claims assessed one by one), dispute (what is set aside for disputes beyond their expected loss, < 0).
    """
    gap = items["ifrs_cents"] - items["statutory_cents"]
    return {
        "ifrs": int(items["ifrs_cents"].sum()),
        "statutory": int(items["statutory_cents"].sum()),
        "no_event": int(gap[items["ground"] == "none"].sum()),
        "individual": int(gap[items["ground"].isin(INDIVIDUAL)].sum()),
        "dispute": int(gap[items["ground"] == "dispute"].sum()),
    }
