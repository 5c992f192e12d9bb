"""Who the customers of a FEC are: one row per auxiliary account, and the accounts that mix one-off customers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.errors import Message, Money, message

_CATCH_ALL_WORDS = (
    r"DIVERS|DIVERSES|DIVER|COMPTANT|COMPTANTS|PASSAGE|PASSAGERS|COMPTOIR|OCCASIONNELS?|PARTICULIERS|ANONYMES?|ATTENTE"
)
_NEUTRAL_WORDS = (
    r"CLIENTS?|CLTS?|CPTE|COMPTES?|VENTES?|LE|LES|DE|DES|DU|AU|A|EN|ET|AUTRES?|COLLECTIFS?|FRANCE|EXPORT|MAGASIN|BOUTIQUE"
    r"|INTERNET|WEB|TTC|B2C|[0-9]+"
)
_CATCH_ALL_NAME = (
    rf"^(?:(?:{_NEUTRAL_WORDS})\W+)*(?:{_CATCH_ALL_WORDS})(?:\W+(?:{_NEUTRAL_WORDS}|{_CATCH_ALL_WORDS}))*$"
)
_CATCH_ALL_CODE = r"^[^A-Z]{0,4}(?:C|CL|CLI|CLT)?[^A-Z]{0,4}(?:DIVERS?|DIVERSES|DIV|COMPTANT|PASSAGE|PASSAG)[0-9]*$"
_COLLECTIVE_ACCOUNT = r"^411[0-2]?0*$"


def with_customers(receivables: pd.DataFrame) -> pd.DataFrame:
    """The lines with `customer_id` (auxiliary, else account number) and `customer_name` (label of the same)."""
    has_auxiliary = receivables["auxiliary"] != ""
    return receivables.assign(
        customer_id=receivables["auxiliary"].where(has_auxiliary, receivables["account"]),
        customer_name=receivables["auxiliary_label"].where(
            has_auxiliary & (receivables["auxiliary_label"] != ""),
            receivables["account_label"].where(~has_auxiliary, ""),
        ),
    )


def make_customers(lines: pd.DataFrame) -> pd.DataFrame:
    """One row per customer, named as in the latest line that names it.

    A catch-all account is recognised by its name or code (DIVERS, COMPTANT, PASSAGE …), or because it is the general
    account 411 used without auxiliary: all its customers are mixed there.
    """
    named = lines["customer_name"].replace("", None)
    latest = lines.assign(customer_name=named).sort_values(["date", "file", "line"], kind="stable")
    grouped = latest.groupby("customer_id", sort=True)
    first = lines.drop_duplicates("customer_id").set_index("customer_id")
    customers = pd.DataFrame({"name": grouped["customer_name"].last()}).reset_index()
    names = _plain(customers["name"].fillna(""))
    codes = _plain(customers["customer_id"])
    has_auxiliary = grouped["auxiliary"].max().ne("").to_numpy()
    customers["is_catch_all"] = (
        names.str.match(_CATCH_ALL_NAME)
        | codes.str.match(_CATCH_ALL_CODE)
        | (~has_auxiliary & codes.str.match(_COLLECTIVE_ACCOUNT))
    ).to_numpy(dtype=bool)
    customers["source_file"] = customers["customer_id"].map(first["file"])
    customers["source_line"] = customers["customer_id"].map(first["line"])
    return customers


def catch_all_notes(customers: pd.DataFrame, invoices: pd.DataFrame, *, currency: str) -> list[Message]:
    """The catch-all accounts named, with what they weigh in the invoices: the base of the quality report."""
    catch_all = customers[customers["is_catch_all"]]
    if catch_all.empty:
        return []
    sales = invoices[invoices["is_sale"] & invoices["amount_cents"].gt(0)]
    mixed = int(sales.loc[sales["customer_id"].isin(catch_all["customer_id"]), "amount_cents"].sum())
    billed = int(invoices["amount_cents"].abs().sum())  # as the quality report counts it
    share = 100 * mixed / billed if billed > 0 else np.nan
    labels = [
        f"{code} {name}".strip()
        for code, name in zip(catch_all["customer_id"], catch_all["name"].fillna(""), strict=True)
    ]
    return [
        message(
            "{count:account|accounts} {count:?mixes|mix} several customers ({accounts}): {money} billed, {share} % of "
            "invoices. What is said of them as one customer is not to be trusted.",
            count=len(catch_all),
            accounts=", ".join(labels[:5]) + (" …" if len(labels) > 5 else ""),
            money=Money(mixed, currency),
            share=share if billed > 0 else "–",
        )
    ]


def _plain(texts: pd.Series) -> pd.Series:
    ascii_only = texts.str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
    return ascii_only.str.upper().str.strip()
