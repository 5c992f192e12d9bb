"""What is behind the unpaid: one stage of a run, from positions of customers to drivers, sentences and the matrix."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from riskkit.decisions.diagnosis import diagnosis_sentences
from riskkit.decisions.matrix import place_company
from riskkit.engine import connect
from riskkit.errors import Message
from riskkit.ledger.attribution import NO_DUE_DATE, NOTHING_OVERDUE, attribute
from riskkit.ledger.customer_positions import customer_positions
from riskkit.ledger.dependence import concentration_table
from riskkit.ledger.dimensions import group_customers
from riskkit.ledger.driver_search import prepare_search
from riskkit.ledger.driver_sentences import draws_sentence, driver_sentences
from riskkit.ledger.drivers import find_drivers
from riskkit.ledger.sectors import sector_attribution
from riskkit.ledger.snapshot import Snapshot
from riskkit.ledger.stability import with_stability
from riskkit.policy import Policy
from riskkit.sources.reading import Reading


@dataclass(frozen=True)
class Explained:
    """The tables of the stage, by name, and what they say."""

    tables: dict[str, pd.DataFrame]
    findings: tuple[Message, ...]


def explain_unpaid(
    reading: Reading,
    customers: pd.DataFrame,
    snapshot: Snapshot,
    months: pd.DataFrame,
    *,
    policy: Policy,
    language: str,
) -> Explained:
    """Attribute the unpaid along every dimension, search what drives it, and place the company.

    From: what was read, the customers of the run, the ledger struck, and its month ends (`customer_months`).
    To:   the tables attribution, sectors, drivers, concentration and receivables_matrix, and their sentences.
    """
    as_of = snapshot.as_of
    with connect() as connection:
        positions = customer_positions(
            customers,
            snapshot.ageing,
            invoices=reading.lazy("invoices", connection),
            payments=reading.lazy("payments", connection),
            as_of=as_of,
        )
    grouping = group_customers(customers, positions, as_of=as_of, policy=policy.drivers, language=language)
    search = prepare_search(positions, grouping, policy=policy.drivers, seed=policy.seed)
    draws, confidence, seed = policy.bootstrap_draws, policy.confidence, policy.seed
    attribution = attribute(
        positions, grouping, search, policy=policy.drivers, draws=draws, confidence=confidence, seed=seed,
        language=language,
    )  # fmt: skip
    attribution = with_stability(
        attribution, months, grouping, positions["customer_id"], count=policy.drivers.stable_months
    )
    if snapshot.measures["overdue_amount"].value is None:
        said = attribution["reason"].mask(attribution["reason"].eq(NOTHING_OVERDUE.template), NO_DUE_DATE.template)
        attribution = attribution.assign(reason=said)
    drivers = find_drivers(
        positions, grouping, search, draws=draws, confidence=confidence, seed=seed,
        is_catch_all=customers["is_catch_all"], language=language,
    )  # fmt: skip
    concentration = concentration_table(positions, customers)
    dso = snapshot.measures["dso_days"].value
    matrix = place_company(
        receivables_days=None if dso is None else float(dso),
        number=float(concentration["effective_number"].iloc[0]),
        policy=policy.matrix,
    )
    currency = reading.currency
    sentences = [
        *driver_sentences(drivers, attribution, currency=currency),
        *diagnosis_sentences(concentration, matrix, currency=currency),
        *draws_sentence(len(positions), draws=draws),
    ]
    return Explained(
        tables={
            "attribution": attribution,
            "sectors": sector_attribution(attribution),
            "drivers": drivers,
            "concentration": concentration,
            "receivables_matrix": matrix,
        },
        findings=tuple(sentences),
    )
