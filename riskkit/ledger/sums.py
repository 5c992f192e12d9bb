"""The sums of one valuation date, as the measures divide them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from riskkit.errors import message
from riskkit.ledger.formulas import NotComputableError
from riskkit.policy import Policy
from riskkit.policy_own import BalanceSheet

MIN_WINDOW_DAYS = 28


@dataclass(frozen=True)
class Sums:
    """The sums of one valuation date, with the windows that apply to it."""

    of: dict[str, int]
    monthly_sales: dict[tuple[int, int], float]
    as_of: dt.date
    coverage_start: dt.date
    policy: Policy
    balance: BalanceSheet | None = None

    @property
    def covered_days(self) -> int:
        """Days of ledger known up to the valuation date."""
        return (self.as_of - self.coverage_start).days + 1

    @property
    def sales_days(self) -> int:
        """Days of the DSO window, shortened to what the ledger covers; `NotComputableError` under 28 days."""
        if self.covered_days < MIN_WINDOW_DAYS:
            raise NotComputableError(message("the ledger covers {days} days only", days=self.covered_days))
        return min(self.policy.dso_window_days, self.covered_days)

    def need(self, days: int) -> None:
        """Raise `NotComputableError` when the ledger does not cover that many days."""
        if self.covered_days <= days:
            raise NotComputableError(
                message(
                    "needs more than {days} days of ledger; {known} {known:?is|are} known",
                    days=days,
                    known=self.covered_days,
                )
            )
