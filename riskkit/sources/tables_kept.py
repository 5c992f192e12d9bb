"""The rows that are kept: invoices numbered, settlements found, payments given an owner, events named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.schemas import EVENTS, PAYMENTS
from riskkit.sources.cells import TypedRows
from riskkit.sources.tables_account import Account
from riskkit.sources.tables_invoices import InvoiceRows
from riskkit.sources.tables_payments import event_rows
from riskkit.sources.tabular import plain


def kept_invoices(parts: Sequence[InvoiceRows], account: Account, ids: dict[str, str]) -> pd.DataFrame:
    """Invoices of every table, money accounted for, numbered so that no two share an id."""
    frames = []
    for part in parts:
        rows, typed = part.rows, part.typed
        reason = _foreign(rows, rows["reason"], account, typed.table.label)
        account.close(typed, reason, rows["amount_cents"])
        account.notes += part.notes
        part.rows["reason"] = reason
        part.rows["customer_id"] = _resolved(rows, typed, ids)
        frame = part.rows[reason.isna() & ~rows["is_payment"]].assign(source_file=typed.table.path.name)
        if part.has_lines:
            frame = _by_invoice(frame)
        frames.append(frame)
    kept = pd.concat(frames, ignore_index=True)
    number = kept["invoice_number"]
    repeated = number.notna() & number.duplicated(keep=False)
    if repeated.any():
        account.notes.append(
            message(
                "{count} rows share an invoice number with another ({money} in all, first number {number}). All are "
                "kept: check that none was sent twice.",
                count=int(repeated.sum()),
                money=Money(int(kept.loc[repeated, "amount_cents"].sum()), account.currency),
                number=str(number[repeated].iloc[0]),
            )
        )
    kept = kept.rename(columns={"line": "source_line", "customer_name": "name"})
    own = number.where(number.notna(), kept["source_file"] + ":" + kept["source_line"].astype("str"))
    return kept.assign(
        invoice_id=distinct_ids(own, kept),
        is_sale=True,
        reference=kept["origin_number"].where(kept["kind"].eq("credit_note") & kept["origin_number"].notna(), number),
    )


def settlements(
    parts: Sequence[InvoiceRows], kept: pd.DataFrame, account: Account, *, has_payments: bool
) -> pd.DataFrame:
    """Payments that invoice tables carry: settled rows, amounts paid, and movements that are payments."""
    own = kept[kept["settled_cents"].ne(0)].copy()
    undated = own["settled_date"].isna()
    if has_payments and undated.any():
        own, undated = own[~undated], undated[~undated]
    if undated.any():
        account.notes.append(
            message(
                "{count} settlements ({money}) have no date: they are dated at the latest date of the files, and say "
                "nothing of delays.",
                count=int(undated.sum()),
                money=Money(int(own.loc[undated, "settled_cents"].sum()), account.currency),
            )
        )
    kind = pd.Series("payment", index=own.index).mask(own["settled_cents"] < 0, "refund").mask(undated, "other")
    settled = own.assign(
        payment_id=own["invoice_id"] + ":paid", kind=kind, payment_date=own["settled_date"],
        amount_cents=own["settled_cents"], reference=own["invoice_number"], lettering=None, lettering_date=None,
    )  # fmt: skip
    frames = [settled]
    for part in parts:
        moved = part.rows[part.rows["reason"].isna() & part.rows["is_payment"]]
        if len(moved):
            file = part.typed.table.path.name
            known = moved["invoice_number"].isin(set(kept["invoice_number"].dropna()))
            amount = moved["amount_cents"].abs() if not part.typed.has("credit") else -moved["amount_cents"]
            frames.append(
                moved.assign(
                    payment_id=file + ":" + moved["line"].astype("str"), amount_cents=amount, source_file=file,
                    kind=pd.Series("payment", index=moved.index).mask(amount < 0, "refund"), source_line=moved["line"],
                    payment_date=moved["issue_date"], reference=moved["invoice_number"].where(known),
                    name=moved["customer_name"],
                )
            )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def kept_payments(
    tables: Sequence[TypedRows],
    parts: Sequence[tuple[pd.DataFrame, list[Message]]],
    invoices: pd.DataFrame,
    account: Account,
    ids: dict[str, str],
) -> pd.DataFrame:
    """Payments of every table, each with its customer: its own, or that of the invoice it names."""
    owners = invoices.dropna(subset=["invoice_number"]).drop_duplicates("invoice_number")
    owner = owners.set_index("invoice_number")["customer_id"]
    frames = [PAYMENTS.empty()]
    for typed, (rows, notes) in zip(tables, parts, strict=True):
        said = _resolved(rows, typed, ids)
        customer = said.where(said.notna(), rows["reference"].map(owner))
        reason = _foreign(rows, rows["reason"], account, typed.table.label)
        orphan = reason.isna() & customer.isna()
        if orphan.any():
            account.notes.append(
                message(
                    "{file}: {count} payments ({money}) name neither a customer nor a known invoice, first on line "
                    "{line}. They are set aside: add the invoices they settle or a column of customers.",
                    file=typed.table.label, count=int(orphan.sum()), line=int(rows.loc[orphan, "line"].iloc[0]),
                    money=Money(int(rows.loc[orphan, "amount_cents"].sum()), account.currency),
                )
            )  # fmt: skip
        reason = reason.mask(orphan, "unknown_invoice")
        account.close(typed, reason, rows["amount_cents"])
        account.notes += notes
        file = typed.table.path.name
        number = rows["payment_number"]
        rows = rows.assign(
            customer_id=customer, source_file=file, name=rows["customer_name"], source_line=rows["line"],
            payment_id=number.where(number.notna(), file + ":" + rows["line"].astype("str")),
        )  # fmt: skip
        frames.append(rows[reason.isna()])
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def kept_events(tables: Sequence[TypedRows], account: Account, ids: dict[str, str]) -> pd.DataFrame:
    """Events of every table."""
    frames = []
    for typed in tables:
        rows = event_rows(typed)
        account.close(typed, rows["reason"], None)
        rows = rows.rename(columns={"line": "source_line"}).assign(source_file=typed.table.path.name)
        if not typed.has("customer_id"):
            rows["customer_id"] = rows["customer_id"].map(lambda name: ids.get(plain(name), name), na_action="ignore")
        frames.append(rows[rows["reason"].isna()])
    return pd.concat(frames, ignore_index=True) if frames else EVENTS.empty()


def with_disputes(invoices: pd.DataFrame, latest: dt.date) -> pd.DataFrame:
    """A dispute without a date is known from the latest date of the files, not before."""
    undated = invoices["is_disputed"].astype(bool) & invoices["dispute_date"].isna()
    return invoices.assign(dispute_date=invoices["dispute_date"].mask(undated, pd.Timestamp(latest)))


def ids_by_name(customers: pd.DataFrame) -> dict[str, str]:
    """Customer codes by name, for names that one customer alone bears."""
    named = customers[customers["name"].notna()]
    keys = named["name"].map(plain)
    alone = ~keys.duplicated(keep=False)
    return dict(zip(keys[alone], named.loc[alone, "customer_id"], strict=True))


def distinct_ids(ids: pd.Series, frame: pd.DataFrame) -> pd.Series:
    """The ids, made distinct by their line, then by their file."""
    shown = ids.astype("str").reset_index(drop=True)
    lines = frame["source_line"].astype("str").reset_index(drop=True)
    shown = shown.where(~shown.duplicated(), shown + "#" + lines)
    files = frame["source_file"].astype("str").reset_index(drop=True)
    shown = shown.where(~shown.duplicated(), shown + "#" + files)
    rank = shown.groupby(shown).cumcount()
    shown = shown.where(rank == 0, shown + "#" + rank.astype("str"))
    return shown.set_axis(frame.index)


def _foreign(rows: pd.DataFrame, reason: pd.Series, account: Account, label: str) -> pd.Series:
    is_foreign = reason.isna() & rows["currency"].ne(account.currency)
    for code, part in rows[is_foreign].groupby("currency"):
        account.notes.append(
            message(
                "{file}: {count} rows in {code} ({money}) are set aside: the rest is in {currency}, and no rate is "
                "given.",
                file=label, count=len(part), code=str(code), currency=account.currency,
                money=Money(int(part["amount_cents"].sum()), str(code)),
            )
        )  # fmt: skip
    return reason.mask(is_foreign, "other_currency")


def _resolved(rows: pd.DataFrame, typed: TypedRows, ids: dict[str, str]) -> pd.Series:
    """The customer of each row: its code, or the one customer of that name."""
    if typed.has("customer_id") or not ids:
        return rows["customer_key"]
    found = rows["customer_name"].map(lambda name: ids.get(plain(name)), na_action="ignore")
    return found.where(found.notna(), rows["customer_key"])


def _by_invoice(frame: pd.DataFrame) -> pd.DataFrame:
    """Lines of detail added up by customer and invoice number."""
    grouped = frame.groupby(["customer_id", "invoice_number"], sort=False, dropna=False)
    whole = grouped.first().assign(
        amount_cents=grouped["amount_cents"].sum(),
        settled_cents=grouped["settled_cents"].sum(),
        issue_date=grouped["issue_date"].min(),
    )
    whole["kind"] = whole["kind"].mask(whole["amount_cents"] < 0, "credit_note")
    whole["kind"] = whole["kind"].mask((whole["amount_cents"] >= 0) & (whole["kind"] == "credit_note"), "invoice")
    return whole.reset_index()
