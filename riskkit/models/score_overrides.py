"""Classes given by hand: who said so, why, and until when. A legal event is never overridden downwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from riskkit.errors import Message, message
from riskkit.models.expert_score import UNKNOWN


class Override(BaseModel):
    """A class given by hand to a customer, from `decided_on` to `expires_on`, both included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    customer_id: Annotated[str, Field(min_length=1)]
    risk_class: Annotated[int, Field(ge=1, le=5)]
    author: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]
    decided_on: dt.date
    expires_on: dt.date

    @model_validator(mode="after")
    def _lives(self) -> Override:
        if self.expires_on < self.decided_on:
            raise ValueError("expires_on is before decided_on")
        return self


def by_customer_id(overrides: tuple[Override, ...], customers: pd.DataFrame) -> tuple[Override, ...]:
    """The overrides with the key of their customer: people may write its name, where only one customer bears it.

    From: customers (customer_id, name).
    """
    ids = set(customers["customer_id"])
    names = customers["name"].astype("str").str.casefold()
    single = customers[~names.duplicated(keep=False)]
    keys = dict(zip(names[single.index], single["customer_id"], strict=True))
    return tuple(
        each
        if each.customer_id in ids
        else each.model_copy(update={"customer_id": keys.get(each.customer_id.casefold(), each.customer_id)})
        for each in overrides
    )


def overrides_in_force(overrides: tuple[Override, ...], *, as_of: dt.date) -> dict[str, Override]:
    """The override of each customer at a date: the latest decision among those in force."""
    live = [each for each in overrides if each.decided_on <= as_of <= each.expires_on]
    return {each.customer_id: each for each in sorted(live, key=lambda each: each.decided_on)}


def apply_overrides(
    classes: pd.DataFrame, overrides: tuple[Override, ...], *, as_of: dt.date
) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """The classes with those given by hand.

    From: customer_id, risk_class, decided_by, forced_class (number, missing without a legal event).
    To:   the same with override_class, override_author, override_reason, override_expires (missing without one), and
          what is to be said of the overrides that do not apply.
    """
    live = overrides_in_force(overrides, as_of=as_of)
    own = classes["customer_id"].map(live)
    given = own.map(lambda each: float(each.risk_class), na_action="ignore").astype("float64")
    barred = given < classes["forced_class"]
    takes = given.notna() & ~barred
    made = classes.assign(
        risk_class=classes["risk_class"].mask(takes, given.map(lambda v: UNKNOWN if pd.isna(v) else str(int(v)))),
        decided_by=classes["decided_by"].mask(takes, "override"),
        override_class=given,
        override_author=own.map(lambda each: each.author, na_action="ignore").astype("str"),
        override_reason=own.map(lambda each: each.reason, na_action="ignore").astype("str"),
        override_expires=pd.to_datetime(own.map(lambda each: each.expires_on, na_action="ignore")).astype(
            "datetime64[us]"
        ),
    )
    return made, tuple(_notes(classes, overrides, live, barred, as_of=as_of))


def _notes(
    classes: pd.DataFrame,
    overrides: tuple[Override, ...],
    live: dict[str, Override],
    barred: pd.Series,
    *,
    as_of: dt.date,
) -> Iterator[Message]:
    names = set(classes["customer_id"])
    for each in overrides:
        if each.customer_id not in names:
            yield message(
                "The class given by hand to '{customer}' by {author} names no customer of the files: correct it.",
                customer=each.customer_id,
                author=each.author,
            )
        elif each.expires_on < as_of and each.customer_id not in live:
            yield message(
                "The class given by hand to {customer} by {author} ended on {date}: the grid decides again.",
                customer=each.customer_id,
                author=each.author,
                date=each.expires_on,
            )
    for customer in classes.loc[barred, "customer_id"]:
        yield message(
            "The class {number} given by hand to {customer} by {author} is not used: a legal event leaves no better "
            "class than {lowest}.",
            number=live[customer].risk_class,
            customer=customer,
            author=live[customer].author,
            lowest=int(classes.loc[classes["customer_id"] == customer, "forced_class"].iloc[0]),
        )
