"""The what-if of a run: invoices and open items as numbers, each scenario of the policy played, tables and notes."""

from __future__ import annotations

import datetime as dt

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from riskkit.companies.nomenclature import naf_label
from riskkit.decisions.scenario_ahead import MOST_YEARS, OpenNow
from riskkit.decisions.scenario_tables import SCENARIO_ASSUMPTIONS, SCENARIO_WEEKS, SCENARIOS
from riskkit.decisions.scenario_words import lever_words, scenario_note, target_words
from riskkit.decisions.scenarios import (
    Company,
    assumption_rows,
    play_scenario,
    sales_growth,
    scenario_rows,
    week_rows,
    worst_section,
)
from riskkit.engine import lazy
from riskkit.errors import Message
from riskkit.exhibits.language import Language
from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import Snapshot
from riskkit.models.forecast_tables import WITHIN_DAYS
from riskkit.models.pass_through import NEVER, Billing, pass_through
from riskkit.policy import Policy
from riskkit.policy_scenarios import Scenario
from riskkit.sources.quality_terms import legal_term

YEARS_READ = 3
MOST_INVOICES = 2_000_000


def what_if(
    facts: pd.DataFrame,
    billing: Billing,
    payment_time: pd.DataFrame,
    *,
    company: Company,
    currency: str,
    policy: Policy,
    words: Language,
) -> tuple[dict[str, pd.DataFrame], tuple[Message, ...]]:
    """The scenarios of the policy: `SCENARIO_TABLES` by name, and a note on each.

    Parameters
    ----------
    facts
        One row a customer (see `advice_facts`), with its segment.
    billing
        See `read_billing`.
    payment_time
        `PAYMENT_TIME` of the open items.
    company
        Totals, date, costs.
    currency
        Of the notes.
    policy
        Scenarios, reactions, legal terms.
    words
        Language of titles.

    """
    rules, day = policy.decisions.scenarios, company.as_of.toordinal()
    growth = sales_growth(billing, as_of=day)
    followed = pass_through(billing, as_of=day, assumed=rules.reactions.pass_through)
    opened, codes = open_now(payment_time, facts, as_of=company.as_of)
    legal = legal_term(policy.decisions.terms.activity)
    rows, weeks, notes = [], [], []
    for scenario in rules.compared:
        played = play_scenario(
            scenario, facts, billing, opened, codes, growth=growth, followed=followed, company=company, policy=rules
        )
        title = scenario_title(scenario, facts, words=words)
        made = scenario_rows(played, facts, title=title, legal=legal, company=company, policy=rules)
        rows.append(made)
        weeks.append(week_rows(played, company=company))
        notes.append(scenario_note(made, currency=currency))
    return {
        SCENARIOS.name: pd.concat(rows, ignore_index=True) if rows else SCENARIOS.empty(),
        SCENARIO_WEEKS.name: pd.concat(weeks, ignore_index=True) if weeks else SCENARIO_WEEKS.empty(),
        SCENARIO_ASSUMPTIONS.name: assumption_rows(rules.reactions, followed, growth=growth),
    }, tuple(notes)


def scenario_title(scenario: Scenario, facts: pd.DataFrame, *, words: Language) -> str:
    """What a scenario does: its own title, or whom it is about and its levers."""
    if scenario.title:
        return scenario.title
    section = worst_section(facts) if scenario.target == "largest_overdue_section" else None
    section = scenario.value if scenario.target == "section" else section
    label = naf_label(section, words.code) if section else None
    names = facts.set_index("customer_id")["name"] if scenario.target == "customer" else pd.Series(dtype="str")
    name = names.get(scenario.value)
    target = target_words(scenario, section=section, section_label=label, name=None if pd.isna(name) else str(name))
    levers = ", ".join(words.say(lever) for lever in lever_words(scenario))
    said = words.say(target)
    return words.text("{target}: {levers}", target=said[:1].upper() + said[1:], levers=levers)


def read_billing(snapshot: Snapshot, facts: pd.DataFrame, *, book: Book) -> Billing:
    """Invoices of the last years with the day on which each was paid in full; credit notes and losses are no cash.

    Deposits are left out: their terms do not change with those of invoices. Integers only leave the engine; of a very
    large ledger, those of the years that scenarios play.
    """
    c, as_of = nw.col, snapshot.as_of.toordinal()
    codes = lazy(book.connection, facts[["customer_id"]].assign(customer=np.arange(len(facts))))
    invoices = snapshot.items.filter((c("kind") == "invoice") & ~c("due_day").is_null() & (c("cents") > c("credited")))
    counted = invoices.filter(c("day") > as_of - YEARS_READ * 365).select(c("cents").count())
    many = int(counted.collect(backend="pandas").to_native()["cents"].iloc[0]) > MOST_INVOICES
    since = as_of - (MOST_YEARS * 365 if many else YEARS_READ * 365)
    never = nw.lit(NEVER).cast(nw.Int64)
    paid = nw.when(c("settled_day").is_null() | (c("written_off") > 0)).then(never).otherwise(c("settled_day"))
    rows = (
        invoices.filter(c("day") > since)
        .join(codes, on="customer_id", how="inner")
        .select("customer", issue=c("day"), due=c("due_day"), paid=paid, cents=c("cents") - c("credited"))
    )
    frame: pd.DataFrame = rows.collect(backend="pandas").to_native()
    columns = [frame[name].to_numpy(dtype=np.int64) for name in ("customer", "issue", "due", "paid", "cents")]
    order = np.lexsort(tuple(columns))
    return Billing(*(column[order] for column in columns))


def open_now(
    payment_time: pd.DataFrame, facts: pd.DataFrame, *, as_of: dt.date
) -> tuple[OpenNow, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Open items as numbers, and the code of the customer of each; undated ones count as due today."""
    codes = pd.Series(np.arange(len(facts)), index=facts["customer_id"])
    days = (payment_time["due_date"] - pd.Timestamp(as_of)).dt.days.fillna(0)
    within = [payment_time[f"paid_{day}d_share"].astype("float64").fillna(0.0) for day in WITHIN_DAYS]
    opened = OpenNow(
        cents=payment_time["open_cents"].to_numpy(dtype=np.float64),
        due=np.asarray(days, dtype=np.int64),
        within=np.stack([share.to_numpy(dtype=np.float64) for share in within], axis=1),
    )
    return opened, payment_time["customer_id"].map(codes).to_numpy(dtype=np.float64)
