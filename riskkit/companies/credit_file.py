"""What the ledger does not hold of credit: limits in force, credit insurance, orders not invoiced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

from riskkit.companies.identifiers import repair_siren
from riskkit.companies.named_columns import Field, read_columns
from riskkit.errors import DataError, Message, Money, message, raise_all
from riskkit.schemas import Column, Table

CREDIT_STATEMENTS = Table(
    "credit_statements",
    "what is stated of a customer's credit on a day",
    (
        Column("customer_id", "text", "the customer"),
        Column("stated_on", "date", "day on which it was true"),
        Column("current_limit_cents", "cents", "limit in force; missing when none was set", nullable=True),
        Column("insured_amount_cents", "cents", "most that the insurer covers, own share included", nullable=True),
        Column("insured_share", "number", "part of a loss that the insurer pays; 1 when not said", nullable=True),
        Column("insured_from", "date", "first day of the cover; the day of the statement when not said", nullable=True),
        Column("insured_to", "date", "last day of the cover; missing when it has none", nullable=True),
        Column("orders_cents", "cents", "confirmed orders not invoiced, tax included", nullable=True),
        Column("to_invoice_cents", "cents", "delivered and not invoiced, tax included", nullable=True),
        Column("source_file", "text", "name of the file it was read from"),
        Column("source_line", "integer", "line of that file"),
    ),
)

_FIELDS = {
    "customer_id": Field("text", ("code client", "compte", "client", "numero client", "account")),
    "siren": Field("text", ("siret", "numero siren", "company number")),
    "stated_on": Field("date", ("date", "situation au", "date situation", "as of")),
    "current_limit": Field("amount", ("limite", "limite de credit", "plafond", "limite interne", "credit limit")),
    "insured_amount": Field("amount", ("montant garanti", "garantie", "agrement", "encours garanti", "cover")),
    "insured_share": Field("share", ("quotite", "quotite garantie", "quotité", "insured share")),
    "insured_from": Field("date", ("debut garantie", "garanti du", "valid from")),
    "insured_to": Field("date", ("fin garantie", "garanti jusqu'au", "echeance garantie", "valid to")),
    "orders": Field("amount", ("commandes", "commandes non facturees", "carnet de commandes", "orders")),
    "to_invoice": Field("amount", ("factures a etablir", "a facturer", "fae", "to be invoiced")),
}
_AMOUNTS = {"current_limit": "current_limit_cents", "insured_amount": "insured_amount_cents",
            "orders": "orders_cents", "to_invoice": "to_invoice_cents"}  # fmt: skip


class CreditFile(BaseModel):
    """A file of limits, covers and orders as `portfolio.yaml` describes it.

    `columns` gives the header of customer_id or siren, current_limit, insured_amount, insured_share (90, 90 % or 0.9),
    insured_from, insured_to, orders and to_invoice; `stated_on` is the day of the whole file where its rows hold none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    columns: dict[str, str] = Setting(default_factory=dict)
    stated_on: dt.date | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class CreditStatements:
    """Statements read, one row per customer and day, and what the reading has to say."""

    statements: pd.DataFrame
    notes: tuple[Message, ...] = ()


def read_credit_file(settings: CreditFile, customers: pd.DataFrame, *, folder: Path, currency: str) -> CreditStatements:
    """The statements of a file.

    From: a spreadsheet or text file with a customer code or a SIREN, and any of the amounts; customers (customer_id,
          siren). A SIREN that several accounts share goes to the first of them.
    To:   `CREDIT_STATEMENTS`. Rows of no known customer are set aside, with their count and money in a note.

    Parameters
    ----------
    settings
        Which file, and its columns.
    customers
        The customers of the run.
    folder
        What the file's name is relative to.
    currency
        Of the portfolio: amounts are read in it.

    Raises
    ------
    DataError
        No day, no way to name a customer, a negative amount, a share beyond 1, or a customer twice on one day.

    """
    path = folder / settings.file
    rows = read_columns(path, fields=_FIELDS, columns=settings.columns, sheet=settings.sheet)
    if "customer_id" not in rows and "siren" not in rows:
        raise DataError(
            message(
                "{file} names no customer: it needs a column for customer_id or siren. Name it in columns.",
                file=path.name,
            )
        )
    frame = pd.DataFrame(
        {
            "customer_id": _customer(rows, customers),
            "stated_on": _day(rows, settings, path),
            **{
                name: rows.get(field, pd.Series(pd.NA, index=rows.index, dtype="Int64"))
                for field, name in _AMOUNTS.items()
            },
            "insured_share": _share(rows),
            "insured_from": rows.get("insured_from", pd.Series(pd.NaT, index=rows.index)),
            "insured_to": rows.get("insured_to", pd.Series(pd.NaT, index=rows.index)),
            "source_file": rows["source_file"],
            "source_line": rows["source_line"],
        }
    )
    _check(frame, rows, path)
    known = frame["customer_id"].notna()
    notes = tuple(_notes(frame, known, rows, file=path.name, currency=currency))
    kept = CREDIT_STATEMENTS.conform(frame[known])[CREDIT_STATEMENTS.names]
    return CreditStatements(kept.sort_values(["customer_id", "stated_on"], ignore_index=True), notes)


def statements_at(statements: pd.DataFrame, *, as_of: dt.date) -> pd.DataFrame:
    """The last statement of each customer made on or before `as_of`: `CREDIT_STATEMENTS`, one row per customer."""
    known = statements[statements["stated_on"] <= pd.Timestamp(as_of)]
    return known.drop_duplicates("customer_id", keep="last").reset_index(drop=True)


def _customer(rows: pd.DataFrame, customers: pd.DataFrame) -> pd.Series:
    by_code = set(customers["customer_id"])
    found = pd.Series(None, index=rows.index, dtype="str")
    if "customer_id" in rows:
        found = rows["customer_id"].where(rows["customer_id"].isin(by_code))
    if "siren" in rows:
        first = customers.dropna(subset=["siren"]).drop_duplicates("siren").set_index("siren")["customer_id"]
        found = found.fillna(repair_siren(rows["siren"].astype("str"))["siren"].map(first))
    return found.astype("str")


def _day(rows: pd.DataFrame, settings: CreditFile, path: Path) -> pd.Series:
    days = rows.get("stated_on", pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]"))
    if settings.stated_on is not None:
        days = days.fillna(pd.Timestamp(settings.stated_on))
    if days.isna().any():
        raise DataError(
            message(
                "{file}, line {line}: no day on which it was true. Give stated_on in portfolio.yaml, or a column.",
                file=path.name,
                line=int(rows.loc[days.isna(), "source_line"].iloc[0]),
            )
        )
    return days


def _share(rows: pd.DataFrame) -> pd.Series:
    """Shares of 1; what is above 1 is in per cent."""
    given = rows.get("insured_share", pd.Series(float("nan"), index=rows.index)).astype("float64")
    return given.where(given <= 1, given / 100)


def _check(frame: pd.DataFrame, rows: pd.DataFrame, path: Path) -> None:
    negative = (frame[list(_AMOUNTS.values())] < 0).fillna(value=False).any(axis=1)
    beyond = (frame["insured_share"] > 1) | (frame["insured_share"] < 0)
    ends = frame["insured_to"] < frame["insured_from"]
    twice = frame["customer_id"].notna() & frame.duplicated(["customer_id", "stated_on"], keep=False)

    def line(wrong: pd.Series) -> int:
        return int(rows.loc[wrong, "source_line"].iloc[0])

    found = []
    if negative.any():
        found.append(
            message("{file}, line {line}: an amount is negative. Correct it.", file=path.name, line=line(negative))
        )
    if beyond.any():
        found.append(
            message(
                "{file}, line {line}: the insured share is not between 0 and 100 %. Correct it.",
                file=path.name,
                line=line(beyond),
            )
        )
    if ends.any():
        found.append(
            message(
                "{file}, line {line}: the cover ends before it begins. Correct it.", file=path.name, line=line(ends)
            )
        )
    if twice.any():
        found.append(
            message(
                "{file}, line {line}: the customer is given twice on one day. Keep one line.",
                file=path.name,
                line=line(twice),
            )
        )
    raise_all(DataError, found)


def _notes(frame: pd.DataFrame, known: pd.Series, rows: pd.DataFrame, *, file: str, currency: str) -> Iterator[Message]:
    if not known.all():
        lost = frame.loc[~known, list(_AMOUNTS.values())].sum().sum()
        yield message(
            "{file}: {count:row|rows} ({money} of limits, covers and orders) {count:?names|name} no customer of the "
            "files, first on line {line}: {count:?it is|they are} left out.",
            file=file,
            count=int((~known).sum()),
            money=Money(int(lost), currency),
            line=int(frame.loc[~known, "source_line"].iloc[0]),
        )
    unread = int(rows["unread"].sum())
    if unread:
        yield message(
            "{file}: {count:cell|cells} {count:?holds|hold} something that is not an amount or a date.",
            file=file,
            count=unread,
        )
