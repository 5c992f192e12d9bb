"""Small portfolios of customers for tests of attribution and of the driver search."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from riskkit.ledger.attribution import attribute
from riskkit.ledger.dimensions import Dimension, Grouping, group_customers
from riskkit.ledger.driver_search import Search, prepare_search
from riskkit.ledger.drivers import find_drivers
from riskkit.policy_drivers import DriverPolicy

AS_OF = dt.date(2024, 12, 31)
POLICY = DriverPolicy(permutations=199)
CODES = ["43.21A", "25.62B", "46.69B", "49.41A", "70.22Z", "56.10A", "28.99B", "10.71C", "62.01Z", "01.11Z"]


def positions(*rows: tuple[str, int, int, int]) -> pd.DataFrame:
    """Customers from (customer_id, open items, overdue, sales) in cents."""
    frame = pd.DataFrame(rows, columns=["customer_id", "open_items_cents", "overdue_cents", "sales_12m_cents"])
    return frame.assign(
        name="Client " + frame["customer_id"], cash_12m_cents=0, first_date=pd.Timestamp("2020-01-01"), terms_days=30.0
    )


def grouping_of(**levels: list[str]) -> Grouping:
    """Customers' groups given level by level, each a dimension of its own."""
    codes = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in levels.items()})
    return Grouping(tuple(Dimension(name, (name,)) for name in levels), codes, {})


def simulated(
    *, seed: int, customers: int = 400, planted: float = 0.0, spread: float = 1.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers and positions with skewed exposure; those of construction owe `planted` more of it late."""
    generator = np.random.default_rng(seed)
    group = generator.integers(len(CODES), size=customers)
    exposure = np.round(np.exp(generator.normal(9, spread, customers)) * 100).astype("int64")
    late = np.where(generator.random(customers) < 0.5, generator.beta(1, 3, customers), 0.0)
    late = np.clip(late + planted * (group == 0), 0, 1)
    ids = [f"C{i:05}" for i in range(customers)]
    held = positions(
        *zip(ids, exposure.tolist(), (exposure * late).astype("int64").tolist(), (exposure * 6).tolist(), strict=True)
    )
    customers_frame = pd.DataFrame(
        {
            "customer_id": ids,
            "name": held["name"],
            "naf_code": [CODES[g] for g in group.tolist()],
            "postcode": generator.choice(["69001", "75001", "44000", "33000"], customers),
            "legal_form": generator.choice(["SAS", "SARL", "SA"], customers),
            "payment_terms": generator.choice(["30", "45FM", "60"], customers),
            "sales_person": generator.choice(["Alix", "Dominique"], customers),
            "debtor_id": ids,
            "is_catch_all": False,
            "x_canal": generator.choice(["web", "agence", "salon"], customers),
        }
    )
    return customers_frame, held


def searched(
    customers: pd.DataFrame, held: pd.DataFrame, *, policy: DriverPolicy = POLICY, seed: int = 3
) -> tuple[Grouping, Search]:
    """The groups of these customers, and the search over them."""
    grouping = group_customers(customers, held, as_of=AS_OF, policy=policy)
    return grouping, prepare_search(held, grouping, policy=policy, seed=seed)


def attributed(
    customers: pd.DataFrame, held: pd.DataFrame, *, policy: DriverPolicy = POLICY, draws: int = 200
) -> pd.DataFrame:
    """The attribution of these customers along every dimension."""
    grouping, search = searched(customers, held, policy=policy)
    return attribute(held, grouping, search, policy=policy, draws=draws, confidence=0.95, seed=3)


def drivers_of(
    customers: pd.DataFrame, held: pd.DataFrame, *, policy: DriverPolicy = POLICY, draws: int = 200
) -> pd.DataFrame:
    """The drivers found among these customers."""
    grouping, search = searched(customers, held, policy=policy)
    catch_all = customers["is_catch_all"]
    return find_drivers(held, grouping, search, draws=draws, confidence=0.95, seed=3, is_catch_all=catch_all)
