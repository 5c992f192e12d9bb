"""The action plan of a run, who is to carry it out, and its files: the last stage, which reads all decisions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from riskkit.decisions.actions import ACTIONS, candidates, plan_actions
from riskkit.decisions.dunning_reasons import STEP_WORDS
from riskkit.decisions.owners import OWNERS, owners
from riskkit.engine import connect
from riskkit.errors import Message
from riskkit.exhibits.actions_workbook import actions_workbook
from riskkit.exhibits.calendar_file import Event, write_calendar
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.ledger.snapshot import Snapshot
from riskkit.policy import Policy
from riskkit.sources.stored import StoredTable
from riskkit.workbench.companies_stage import Identified

ACTION_TABLES = (ACTIONS, OWNERS)
WORKBOOK, CALENDAR = "plan_actions.xlsx", "plan_actions.ics"


def plan(
    snapshot: Snapshot,
    identified: Identified,
    decisions: dict[str, pd.DataFrame],
    *,
    policy: Policy,
    language: str,
) -> dict[str, pd.DataFrame]:
    """`ACTION_TABLES` by name, money in cents.

    Parameters
    ----------
    snapshot
        The ledger at the date of the run.
    identified
        The customers, and the payments behind them.
    decisions
        Tables of the stages before: dunning, dunning_items, credit_limits, provision, and terms where there is one.
    policy
        Of the portfolio.
    language
        Of what is to be done and why.

    """
    rules, words = policy.decisions.actions, language_of(language)
    customers = identified.customers.drop_duplicates("customer_id")
    asked = candidates(
        decisions["dunning"], decisions["dunning_items"], decisions["credit_limits"], decisions["provision"],
        decisions.get("terms"), customers, as_of=snapshot.as_of, currency=snapshot.currency, policy=rules,
    )  # fmt: skip
    made = plan_actions(asked, customers, policy=rules)
    others = [_sentence(" · ".join(words.say(what) for what in rest)) for rest in made["also"]]
    made = made.assign(
        action=[_sentence(words.say(what)) for what in made["what"]],
        why=[_said(why, words) for why in made["why"]],
        also=pd.Series(others, index=made.index, dtype="str").replace("", None),
    )
    table = ACTIONS.conform(made)[ACTIONS.names]
    with connect() as connection:
        columns = ("customer_id", "kind", "payment_date", "amount_cents")
        paid = identified.reading.lazy("payments", connection).select(*columns)
        payments: pd.DataFrame = paid.collect(backend="pandas").to_native()
    return {
        ACTIONS.name: table,
        OWNERS.name: owners(
            snapshot.open_items, payments, customers, table, as_of=snapshot.as_of, policy=rules
        ),
    }  # fmt: skip


def write_plan(
    tables: Mapping[str, pd.DataFrame | StoredTable], snapshot: Snapshot, *, folder: Path, company: str, language: str
) -> None:
    """Write the plan as an Excel file and as a calendar in the folder of a run."""
    words = language_of(language)
    frames = {name: table for name, table in tables.items() if isinstance(table, pd.DataFrame)}
    dunning, actions = frames["dunning"], frames["actions"]
    today = dunning[dunning["is_today"]]
    today = today.assign(step=[_sentence(words.say(STEP_WORDS[step])) for step in today["step"]])
    (folder / WORKBOOK).write_bytes(actions_workbook(actions, today, frames["owners"], words, as_of=snapshot.as_of))
    events = [
        Event(
            key=f"{row['customer_id']}|{row['kind']}",
            day=row["do_by"].date(),
            title=f"{row['action']} – {row['name'] if isinstance(row['name'], str) else row['customer_id']}",
            notes="\n".join(str(part) for part in (row["why"], row["also"], row["owner"]) if isinstance(part, str)),
            category=str(row["owner"]) if isinstance(row["owner"], str) else "",
        )
        for row in actions.to_dict("records")
    ]
    name = words.text("Action plan, {company}", company=company)
    (folder / CALENDAR).write_bytes(write_calendar(events, name=name, made_on=snapshot.as_of))


def _said(why: Message | str, words: Language) -> str:
    return why if isinstance(why, str) else words.say(why)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
