"""The control total that `portfolio.yaml` may give: what the receivables should be at a date."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from riskkit.sources.control import Control


class ControlSettings(BaseModel):
    """What the receivables should be at a date: the balance of account 411, or the total of an aged balance."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: dt.date
    total: Decimal

    @property
    def control(self) -> Control:
        """The control that the quality report takes."""
        return Control(self.date, round(self.total * 100))
