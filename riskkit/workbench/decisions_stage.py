"""What to do about each customer: one stage of a run, from classes, sums and losses to proposals with their reasons."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from riskkit.companies.credit_file import CREDIT_STATEMENTS, read_credit_file, statements_at
from riskkit.decisions.credit_limits import CREDIT_LIMITS, REASONS, credit_limits
from riskkit.decisions.limit_reasons import limit_notes, limit_reasons
from riskkit.decisions.segments import SEGMENTS, segment_customers, segment_notes, strategy_of
from riskkit.engine import connect
from riskkit.errors import Message
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.ledger.customer_positions import customer_positions
from riskkit.ledger.snapshot import Snapshot
from riskkit.models.flow_to_loss import LOSS_RATES, LossGivenEvent, loss_given_event, loss_rates
from riskkit.policy import Policy
from riskkit.workbench.companies_stage import Identified
from riskkit.workbench.companies_tables import enrichment_table, exposure
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.provision_stage import PROVISION_TABLES, set_aside

DECISION_TABLES = (CREDIT_LIMITS, SEGMENTS, LOSS_RATES, *PROVISION_TABLES)
PROFILE_HALF_YEARS = 2
"""Half-years in which the latest known profile of a customer is looked for."""
_STATED = [
    column.name for column in CREDIT_STATEMENTS if column.name not in ("customer_id", "source_file", "source_line")
]


@dataclass(frozen=True)
class Decided:
    """The tables of the stage, by name (money in cents), what is to be said, and the facts that limits read."""

    tables: dict[str, pd.DataFrame]
    notes: tuple[Message, ...]
    facts: pd.DataFrame


def decide_customers(
    snapshot: Snapshot,
    identified: Identified,
    scores: pd.DataFrame,
    *,
    behind: dict[str, pd.DataFrame],
    portfolio: Portfolio,
    language: str,
) -> Decided:
    """The segment of each customer, the credit that it may have, what is set aside, and the losses behind both.

    Parameters
    ----------
    snapshot
        The ledger at the date of the run.
    identified
        Customers and what is known of their companies.
    scores
        Their classes: the table `scores`.
    behind
        Tables of the ledger's past: `item_transitions` and `payer_profiles` are read.
    portfolio
        Its policy, and its file of limits, covers and orders if it has one.
    language
        Of the reasons.

    """
    policy = portfolio.policy
    rates = loss_rates(
        behind["item_transitions"], edges=policy.ageing_edges_days, policy=policy.decisions.losses,
        draws=policy.bootstrap_draws, confidence=policy.confidence, seed=policy.seed,
    )  # fmt: skip
    facts, said = _facts(snapshot, identified, scores, behind["payer_profiles"], portfolio=portfolio)
    limits = credit_limits(
        facts,
        own_sales_cents=int(facts["sales_12m_cents"].sum()),
        loss=_loss(rates, policy=policy),
        as_of=snapshot.as_of,
        policy=policy.decisions,
    )
    words, currency = language_of(language), snapshot.currency
    reasons = limit_reasons(limits, facts, currency=currency, policy=policy.decisions.limits)
    for rank, column in enumerate(REASONS):
        said_of = [pair[rank] for pair in reasons]
        texts = [None if text is None else words.say(text) for text in said_of]
        limits[column] = pd.Series(texts, index=limits.index, dtype="str")
    segments = _segments(facts, snapshot, policy=policy, words=words)
    provision, said_of_provision = set_aside(snapshot, identified, rates, policy=policy, language=language)
    return Decided(
        tables={
            CREDIT_LIMITS.name: CREDIT_LIMITS.conform(limits)[CREDIT_LIMITS.names],
            SEGMENTS.name: segments,
            LOSS_RATES.name: rates,
            **provision,
        },
        notes=(
            *said,
            *segment_notes(segments, currency=currency),
            *limit_notes(limits, currency=currency),
            *said_of_provision,
        ),
        facts=facts,
    )


def _segments(facts: pd.DataFrame, snapshot: Snapshot, *, policy: Policy, words: Language) -> pd.DataFrame:
    """The segment of each customer, its strategy said in the reader's language."""
    rules = policy.decisions.segments
    made = segment_customers(facts, coverage_start=snapshot.coverage_start, as_of=snapshot.as_of, policy=rules)
    said = {name: strategy_of(name, policy=rules) for name in made["segment"].unique()}
    texts = {name: text if isinstance(text, str) else words.say(text) for name, text in said.items()}
    return SEGMENTS.conform(made.assign(strategy=made["segment"].map(texts).astype("str")))[SEGMENTS.names]


def _loss(rates: pd.DataFrame, *, policy: Policy) -> LossGivenEvent:
    """What is lost once the event of the scores has come: by the ledger's own past, or else by the policy."""
    found = loss_given_event(rates, event_days=policy.scores.event_days, edges=policy.ageing_edges_days)
    if found is None:
        stated = policy.decisions.limits.loss_given_event
        return LossGivenEvent(stated, stated, stated)
    return found


def _facts(
    snapshot: Snapshot, identified: Identified, scores: pd.DataFrame, profiles: pd.DataFrame, *, portfolio: Portfolio
) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """What limits read of each customer, one row each in the order of the customers."""
    customers, reading, as_of = identified.customers.reset_index(drop=True), identified.reading, snapshot.as_of
    with connect() as connection:
        positions = customer_positions(
            customers, snapshot.ageing, invoices=reading.lazy("invoices", connection),
            payments=reading.lazy("payments", connection), as_of=as_of,
        )  # fmt: skip
    scored = scores.set_index("customer_id").rename(columns={"probability_12m": "probability"})
    facts = customers[["customer_id", "debtor_id", "name", "is_catch_all", "state"]].join(
        scored[["risk_class", "risk_level", "is_in_event", "probability"]], on="customer_id"
    )
    known = enrichment_table(identified).set_index("customer_id")
    known = known.reindex(columns=["equity_cents", "sales_excl_tax_cents", "equity_date"])
    named = {"sales_excl_tax_cents": "turnover_cents", "equity_date": "accounts_date"}
    facts = facts.join(known.rename(columns=named), on="customer_id")
    stated, notes = _statements(identified, portfolio=portfolio, snapshot=snapshot)
    facts = facts.join(stated.set_index("customer_id")[_STATED], on="customer_id")
    return facts.assign(
        receivables_cents=exposure(customers, snapshot.ageing).clip(lower=0),
        sales_12m_cents=positions["sales_12m_cents"],
        open_cents=positions["open_items_cents"],
        overdue_cents=positions["overdue_cents"],
        first_date=positions["first_date"],
        terms_days=positions["terms_days"],
        orders_cents=facts["orders_cents"].fillna(0).astype("int64"),
        to_invoice_cents=facts["to_invoice_cents"].fillna(0).astype("int64"),
        accounts_date=pd.to_datetime(facts["accounts_date"]),
        profile=facts["customer_id"].map(latest_profiles(profiles)).astype("str").fillna("unknown"),
    ), notes


def latest_profiles(profiles: pd.DataFrame) -> pd.Series:
    """The latest profile known of each customer over the last half-years, by customer.

    From: `PAYER_PROFILES`. A half-year with too few items is passed over.
    """
    last = sorted(profiles["period_start"].unique())[-PROFILE_HALF_YEARS:]
    known = profiles[profiles["period_start"].isin(last) & (profiles["profile"] != "unknown")]
    latest = known.sort_values("period_start").drop_duplicates("customer_id", keep="last")
    return latest.set_index("customer_id")["profile"]


def _statements(
    identified: Identified, *, portfolio: Portfolio, snapshot: Snapshot
) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """The limits, covers and orders stated by the date of the run; none without a file."""
    settings = portfolio.settings.companies.credit
    if settings is None:
        return CREDIT_STATEMENTS.empty(), ()
    read = read_credit_file(settings, identified.customers, folder=portfolio.folder, currency=snapshot.currency)
    return statements_at(read.statements, as_of=snapshot.as_of), read.notes
