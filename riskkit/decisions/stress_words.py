"""What a shock is, what it does, and what breaks the treasury, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from riskkit.decisions.stress import Shock
from riskkit.errors import Message, Money, message
from riskkit.policy_scenarios import StressPolicy


def stress_title(shock: Shock, *, section: str, facts: pd.DataFrame, policy: StressPolicy) -> Message:
    """What the shock is. `section` names the sector that owes most."""
    size = 0.0 if shock.size is None else float(shock.size)
    if shock.name == "sector_delay":
        return message("Sector {section} pays {days} days later", section=section, days=round(size))
    if shock.name == "sector_failure":
        return message(
            "Failures of sector {section} times {factor}",
            section=section,
            factor=int(size) if size == int(size) else round(size, 1),
        )
    if shock.name == "top_failure":
        if size == 1:
            return message("Failure of the largest debtor")
        return message("Failure of the {count} largest debtors", count=round(size))
    if shock.name == "group_domino":
        group = facts.iloc[shock.members].sort_values("net_exposure_cents", ascending=False)
        first = group["name"].iloc[0]
        return message(
            "Failure of {name}, which pulls down its group ({share} % for each of the others)",
            name=first if pd.notna(first) else str(group["customer_id"].iloc[0]),
            share=round(100 * policy.cascade_share),
        )
    if shock.name == "reverse_delay":
        return message("Everybody pays later: how many days break the treasury?")
    if shock.name == "reverse_top":
        return message("Failure of the largest debtors: how many break the treasury?")
    return message("Sector {section} pays only in part: how much unpaid breaks the treasury?", section=section)


def stress_reason(row: Mapping[str, Any], *, currency: str, policy: StressPolicy) -> Message:
    """What the shock does: cash missing, weeks, loss, and whether the treasury holds."""
    missing, loss = Money(int(row["missing_cents"]), currency), Money(int(row["loss_cents"]), currency)
    if str(row["shock"]).startswith("reverse"):
        return _solved(row, missing)
    weeks = round(float(row["weeks_of_cash"]), 1)
    if row["breaks_in_week"] is None:
        return message("{missing} does not come within 13 weeks ({weeks} weeks of cash), {loss} is lost; the treasury "
                       "holds", missing=missing, weeks=weeks, loss=loss)  # fmt: skip
    return message("{missing} does not come within 13 weeks ({weeks} weeks of cash), {loss} is lost; the treasury "
                   "breaks in week {week}", missing=missing, weeks=weeks, loss=loss,
                   week=int(row["breaks_in_week"]))  # fmt: skip


def _solved(row: Mapping[str, Any], missing: Money) -> Message:
    if row["size"] is None:
        return message("It holds whatever the shock: {missing} at most would be missing", missing=missing)
    if float(row["size"]) == 0:
        return message("It breaks without any shock")
    week = int(row["breaks_in_week"])
    if row["unit"] == "days":
        return message("{days} days later for everybody: {missing} is missing, it breaks in week {week}",
                       days=round(float(row["size"]), 1), missing=missing, week=week)  # fmt: skip
    if row["unit"] == "count":
        return message("{count:failed debtor|failed debtors}: {missing} is missing, it breaks in week {week}",
                       count=round(float(row["size"])), missing=missing, week=week)  # fmt: skip
    return message("{share} % unpaid: {missing} is missing, it breaks in week {week}",
                   share=round(100 * float(row["size"]), 1), missing=missing, week=week)  # fmt: skip


def stress_note(table: pd.DataFrame, *, currency: str, section: str, policy: StressPolicy) -> tuple[Message, ...]:
    """What breaks the treasury, in one sentence; nothing where nothing does."""
    sizes = {str(shock): size for shock, size in zip(table["shock"], table["size"], strict=True) if pd.notna(size)}
    if not {"reverse_delay", "reverse_top"} <= set(sizes):
        return ()
    days, count = round(float(sizes["reverse_delay"]), 1), round(float(sizes["reverse_top"]))
    if policy.opening_cash_amount is None:
        return (
            message(
                "Cash and outflows are not stated: taking the treasury to break when cash is behind the plan "
                "({plan} in 13 weeks) by more than {share} % of it, it takes payments {days} days later, or the "
                "failure of {count:the largest debtor|largest debtors}.",
                share=round(100 * (1 - policy.floor_share)), plan=Money(int(table["planned_cents"].iloc[0]), currency),
                days=days, count=count,
            ),
        )  # fmt: skip
    return (
        message(
            "The treasury falls below {floor} when payments come {days} days later, or with the failure of "
            "{count:the largest debtor|largest debtors}.",
            floor=Money(round(100 * policy.floor_amount), currency), days=days, count=count,
        ),
    )  # fmt: skip
