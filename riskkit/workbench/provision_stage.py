"""What to set aside for losses: one stage of a run, from open items and loss rates to the two provisions."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.decisions.provision import (
    PROVISION,
    PROVISION_MATRIX,
    applied_rates,
    provision_difference,
    provision_items,
    provision_matrix,
)
from riskkit.decisions.provision_reasons import provision_notes, provision_reasons
from riskkit.engine import connect
from riskkit.errors import Message, Money, ReconciliationError, message
from riskkit.exhibits.language import language as language_of
from riskkit.ledger.snapshot import Snapshot
from riskkit.policy import Policy
from riskkit.sources.reading import Reading
from riskkit.workbench.companies_stage import Identified

PROVISION_TABLES = (PROVISION, PROVISION_MATRIX)


def set_aside(
    snapshot: Snapshot, identified: Identified, loss_rates: pd.DataFrame, *, policy: Policy, language: str
) -> tuple[dict[str, pd.DataFrame], tuple[Message, ...]]:
    """The tables `PROVISION_TABLES` by name, and what is to be said of them.

    Parameters
    ----------
    snapshot
        The ledger at the date of the run.
    identified
        The customers, with the state of their companies on that date.
    loss_rates
        `LOSS_RATES` of the ledger's past.
    policy
        Of the portfolio.
    language
        Of the reasons.

    Raises
    ------
    ReconciliationError
        The items do not add up to what is open.

    """
    items, rules = snapshot.open_items.reset_index(drop=True), policy.decisions
    states = identified.customers.drop_duplicates("customer_id").set_index("customer_id")["state"]
    balances = {str(bucket): int(cents) for bucket, cents in items.groupby("bucket")["open_cents"].sum().items()}
    rates = applied_rates(
        loss_rates, balances, edges=policy.ageing_edges_days,
        policy=rules.provision,
    )  # fmt: skip
    made = provision_items(
        items, states=states, excl_tax=_without_tax(identified.reading), rates=rates, as_of=snapshot.as_of, policy=rules
    )
    words, currency = language_of(language), snapshot.currency
    texts = [words.say(each) for each in provision_reasons(made, items, states)]
    matrix = provision_matrix(made, rates, policy=rules.provision)
    _tie(matrix, snapshot)
    return {
        PROVISION.name: PROVISION.conform(made.assign(reason=pd.Series(texts, index=made.index, dtype="str"))),
        PROVISION_MATRIX.name: matrix,
    }, provision_notes(provision_difference(made), made, currency=currency)


def _without_tax(reading: Reading) -> pd.DataFrame:
    """Invoices whose amount without tax the files give: item_id, amount_cents, excl_tax_cents."""
    with connect() as connection:
        known = (
            reading.lazy("invoices", connection)
            .filter(~nw.col("excl_tax_cents").is_null())
            .select("amount_cents", "excl_tax_cents", item_id=nw.col("invoice_id"))
        )
        frame: pd.DataFrame = known.collect(backend="pandas").to_native()
    return frame


def _tie(matrix: pd.DataFrame, snapshot: Snapshot) -> None:
    shown = int(matrix["balance_cents"].sum() + matrix["individual_cents"].sum())
    owed = int(snapshot.ageing["open_items_cents"].sum())
    if shown != owed:
        raise ReconciliationError(
            message(
                "The provision covers {shown} of open items and the aged balance {owed}: nothing is written.",
                shown=Money(shown, snapshot.currency),
                owed=Money(owed, snapshot.currency),
            )
        )
