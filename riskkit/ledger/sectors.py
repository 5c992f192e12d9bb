"""Sectors behind the overdue: the sections and divisions of the attribution, as the sector figures take them."""

from __future__ import annotations

import pandas as pd

from riskkit.ledger.attribution import ATTRIBUTION
from riskkit.schemas import Table

_LEFT_OUT = ("dimension", "parent_level", "is_unknown")

SECTORS = Table(
    "sectors",
    "a NAF section or division among the customers of the ledger: rows of `attribution`",
    tuple(column for column in ATTRIBUTION if column.name not in _LEFT_OUT),
)


def sector_attribution(attribution: pd.DataFrame) -> pd.DataFrame:
    """The sections, then the divisions, of an `ATTRIBUTION`; customers without a sector are 'unknown' at both."""
    rows = attribution[attribution["level"].isin(["section", "division"])]
    return SECTORS.conform(rows)[SECTORS.names]
