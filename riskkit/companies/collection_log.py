"""What was done to collect, and what customers promised: a small file that whoever calls keeps.

One line an action: the customer, the day, what was done, and the day and amount promised where something was. Promises
are judged at a date by what the customer paid since: kept, waiting (its day, and the grace, are not past), or broken.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

from riskkit.companies.named_columns import Field, read_columns
from riskkit.errors import DataError, Message, Money, message
from riskkit.schemas import Column, Table
from riskkit.sources.tabular import plain

COLLECTION_LOG = Table(
    "collection_log",
    "an action of collection, or a promise to pay, as the portfolio's file gives it",
    (
        Column("customer_id", "text", "the customer"),
        Column("done_on", "date", "day of the action, or on which the promise was made"),
        Column("step", "text", "reminder, email, call, letter, formal_notice, court_order, claim, or other"),
        Column("promised_on", "date", "day promised; missing without a promise", nullable=True),
        Column("promised_cents", "cents", "amount promised; missing where it is not said", nullable=True),
        Column("source_file", "text", "name of the file it was read from"),
        Column("source_line", "integer", "line of that file"),
    ),
)

PROMISES = Table(
    "promises",
    "a promise to pay made by the date of the run",
    (
        Column("customer_id", "text", "who promised"),
        Column("made_on", "date", "when"),
        Column("promised_on", "date", "day promised"),
        Column("promised_cents", "cents", "amount promised; missing where it is not said", nullable=True),
        Column("paid_cents", "cents", "what it paid after the promise, until its day and the grace, or the date"),
        Column("status", "text", "kept, waiting, or broken"),
        Column("known_date", "date", "when a broken one is known as such; missing for others", nullable=True),
    ),
)

_FIELDS = {
    "customer_id": Field("text", ("code client", "compte", "client", "numero client", "customer"), required=True),
    "done_on": Field("date", ("date", "date relance", "date action", "fait le", "done on"), required=True),
    "step": Field("text", ("action", "relance", "type", "canal", "niveau", "step")),
    "promised_on": Field("date", ("promesse", "date promise", "promis le", "date promesse", "promised on")),
    "promised_cents": Field("amount", ("montant promis", "montant promesse", "promised amount")),
}
_STEPS = (
    (re.compile(r"declar|creance|claim"), "claim"),
    (re.compile(r"injonction|requete|court|tribunal|assignation"), "court_order"),
    (re.compile(r"mise en demeure|formal|\bmed\b|recommande"), "formal_notice"),
    (re.compile(r"e ?mail|courriel|mel\b"), "email"),
    (re.compile(r"appel|telephon|\btel\b|call|phone"), "call"),
    (re.compile(r"preventi|avant echeance|rappel|reminder"), "reminder"),
    (re.compile(r"lettre|courrier|letter"), "letter"),
)


class CollectionFile(BaseModel):
    """A log of actions and promises as `portfolio.yaml` describes it: its file, its columns where they are unusual."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    columns: dict[str, str] = Setting(default_factory=dict)
    sheet: str | None = None


@dataclass(frozen=True)
class CollectionLog:
    """Actions read, by customer and day, and what the reading has to say."""

    actions: pd.DataFrame
    notes: tuple[Message, ...] = ()


def read_collection_log(settings: CollectionFile, customer_ids: set[str], *, folder: Path, currency: str
                        ) -> CollectionLog:  # fmt: skip
    """The log of a file: `COLLECTION_LOG`. Lines of no known customer or without a day are left out, in a note.

    Raises
    ------
    DataError
        A promise is not of a positive amount, or its day is before it was made.

    """
    path = folder / settings.file
    rows = read_columns(path, fields=_FIELDS, columns=settings.columns, sheet=settings.sheet)
    frame = rows.reindex(columns=[*_FIELDS, "source_file", "source_line"])
    words = frame["step"].astype("str").fillna("").map(plain)
    frame["step"] = words.map({said: _step(said) for said in words.unique()}).astype("str")
    frame["promised_on"] = pd.to_datetime(frame["promised_on"])
    wrong = (frame["promised_cents"].astype("Int64") <= 0).fillna(value=False).astype("bool")
    wrong |= frame["promised_on"] < frame["done_on"]
    if wrong.any():
        raise DataError(
            message(
                "{file}, line {line}: the promise is of no positive amount, or for a day before it was made. "
                "Correct it.",
                file=path.name,
                line=int(frame.loc[wrong, "source_line"].iloc[0]),
            )
        )
    known = frame["customer_id"].isin(customer_ids) & frame["done_on"].notna()
    actions = COLLECTION_LOG.conform(frame[known])[COLLECTION_LOG.names]
    notes = _left_out(frame[~known], path.name, currency) if not known.all() else ()
    return CollectionLog(actions.sort_values(["customer_id", "done_on"], kind="stable", ignore_index=True), notes)


def _step(said: str) -> str:
    return next((step for pattern, step in _STEPS if pattern.search(said)), "other")


def _left_out(lost: pd.DataFrame, file: str, currency: str) -> tuple[Message, ...]:
    return (
        message(
            "{file}: {count:line|lines} of the collection log ({money} promised) {count:?names|name} no customer of "
            "the files, or no day, first on line {line}: {count:?it is|they are} left out.",
            file=file,
            count=len(lost),
            money=Money(int(lost["promised_cents"].fillna(0).sum()), currency),
            line=int(lost["source_line"].iloc[0]),
        ),
    )


def judge_promises(actions: pd.DataFrame, payments: pd.DataFrame, *, as_of: dt.date, grace_days: int) -> pd.DataFrame:
    """The promises made by `as_of`, each kept, waiting or broken: `PROMISES`.

    From: actions (`COLLECTION_LOG`), payments (customer_id, payment_date, amount_cents; later ones are ignored).

    A promise is kept when what the customer paid after the day it was made reaches its amount by its day and the
    grace; where no amount was said, any payment keeps it. Payments are not shared between promises: two promises over
    the same days are each judged by all of them.
    """
    day = pd.Timestamp(as_of)
    made = actions[actions["promised_on"].notna() & (actions["done_on"] <= day)]
    cash = payments[payments["payment_date"] <= day]
    rows = []
    for promise in made.to_dict("records"):
        until = promise["promised_on"] + pd.Timedelta(days=grace_days)
        own = cash[cash["customer_id"] == promise["customer_id"]]
        inside = own[(own["payment_date"] > promise["done_on"]) & (own["payment_date"] <= until)]
        paid = int(inside["amount_cents"].sum())
        wanted = 1 if pd.isna(promise["promised_cents"]) else int(promise["promised_cents"])
        status = "kept" if paid >= wanted else "waiting" if until >= day else "broken"
        known = until + pd.Timedelta(days=1) if status == "broken" else pd.NaT
        rows.append({**promise, "made_on": promise["done_on"], "paid_cents": paid, "status": status,
                     "known_date": known})  # fmt: skip
    return PROMISES.conform(pd.DataFrame(rows))[PROMISES.names] if rows else PROMISES.empty()
