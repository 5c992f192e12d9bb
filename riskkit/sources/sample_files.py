"""The sample's spreadsheets and CSV as a client sends them, with the faults such files have.

Customers: about 8 % of SIREN missing; others as a float ("732829320.0"), without their leading zero, with spaces, as
a SIRET, or "NC"; some NAF codes without their dot. Payments: French dates, comma decimals, thousands parted by narrow,
no-break or plain spaces, some without invoice number. Faults are drawn from the seed and counted.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from riskkit.sources.sample_spec import Sample

CUSTOMER_HEADERS = (
    "Code client", "Raison sociale", "Siren", "Forme juridique", "Adresse complète", "Code postal", "Ville", "Région",
    "Code NAF", "Effectif", "Délai de règlement", "Mode de règlement", "Commercial", "Client depuis",
)  # fmt: skip
INVOICE_HEADERS = (
    "N° facture", "Code client", "Client", "Type", "Date facture", "Date échéance", "Montant HT", "Montant TTC",
    "Devise", "Facture d'origine", "Date litige", "Libellé",
)  # fmt: skip
PAYMENT_HEADERS = (
    "N° règlement", "Date règlement", "Code client", "N° facture", "Montant réglé", "Type", "Mode de règlement",
    "Référence",
)  # fmt: skip
TERM_TEXTS = {"30": "30 jours", "45FM": "45 jours fin de mois", "60": "60 jours", "30FM": "30 jours fin de mois"}
KIND_TEXTS = {"invoice": "Facture", "deposit": "Facture d'acompte", "credit_note": "Avoir"}
SETTLEMENT_TEXTS = {"payment": "Règlement", "write_off": "Perte sur créance"}
PROCEDURE_TEXTS = {
    "safeguard": "Jugement d'ouverture d'une procédure de sauvegarde",
    "receivership": "Jugement d'ouverture d'une procédure de redressement judiciaire",
    "liquidation": "Jugement d'ouverture de liquidation judiciaire",
}
SIREN_FAULTS = ("missing", "float", "spaces", "siret", "nc", "as_is")
SIREN_FAULT_SHARES = (0.08, 0.03, 0.05, 0.04, 0.015, 0.785)
THIN, NO_BREAK = "\u202f", "\u00a0"

Cell = str | float | dt.date | None


def write_sheet(path: Path, name: str, headers: Sequence[str], columns: Sequence[Sequence[Cell]]) -> None:
    """One worksheet, row by row in constant memory; text is always written as text, never as a formula or a link."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)})
        sheet = book.add_worksheet(name)
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headers) - 1, 16)
        for column, header in enumerate(headers):
            sheet.write_string(0, column, header, bold)
        for row, values in enumerate(zip(*columns, strict=True), start=1):
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), day)
                elif value is not None:
                    sheet.write_number(row, column, value, money)


def write_customers(path: Path, sample: Sample) -> dict[str, int]:
    """`clients.xlsx`; the count of each fault."""
    customers = sample.customers
    rng = np.random.default_rng([sample.spec.seed, 1])
    sirens, faults = faulty_sirens(_texts(customers["siren"]), rng)
    dotless = rng.random(len(customers)) < 0.05
    nafs = [code and (code.replace(".", "") if bare else code) for code, bare in
            zip(_texts(customers["naf_code"]), dotless.tolist(), strict=True)]  # fmt: skip
    faults["naf_without_dot"] = sum(bool(code) and "." not in str(code) for code in nafs)
    lines = customers["address"] + ", " + customers["postcode"] + " " + customers["town"]
    columns: list[Sequence[Cell]] = [
        _texts(customers["customer_id"]), _texts(customers["name"]), sirens, _texts(customers["legal_form"]),
        _texts(lines), _texts(customers["postcode"]), _texts(customers["town"]), _texts(customers["region"]), nafs,
        _texts(customers["headcount_band"]), [TERM_TEXTS[code] for code in customers["payment_terms"]],
        _texts(customers["payment_method"]), _texts(customers["sales_person"]), _days(customers["customer_since"]),
    ]  # fmt: skip
    write_sheet(path, "Clients", CUSTOMER_HEADERS, columns)
    return {f"siren_{name}" if name in (*SIREN_FAULTS, "no_zero") else name: n for name, n in faults.items()}


def faulty_sirens(sirens: Sequence[str | None], rng: np.random.Generator) -> tuple[list[str | None], Counter[str]]:
    """The SIREN column as a client keeps it, and how many cells have each fault.

    Two thirds of the numbers with a leading zero lose it; the others draw a fault from `SIREN_FAULT_SHARES`.
    """
    drawn = rng.choice(SIREN_FAULTS, len(sirens), p=SIREN_FAULT_SHARES).tolist()
    loses = (rng.random(len(sirens)) < 2 / 3).tolist()
    branch = rng.integers(1, 60, len(sirens)).tolist()
    counts: Counter[str] = Counter()
    cells: list[str | None] = []
    for siren, fault, zero, number in zip(sirens, drawn, loses, branch, strict=True):
        if siren is None:
            cells.append(None)
            continue
        name = "no_zero" if siren.startswith("0") and zero else fault
        counts[name] += 1
        cells.append(
            {
                "missing": None,
                "float": f"{int(siren)}.0",
                "spaces": f"{siren[:3]} {siren[3:6]} {siren[6:]}",
                "siret": siren + _branch(siren, number),
                "nc": "NC",
                "no_zero": siren.lstrip("0"),
                "as_is": siren,
            }[name]
        )
    return cells, counts


def _branch(siren: str, number: int) -> str:
    """NIC of an establishment: four digits, and the one that makes the SIRET valid by Luhn."""
    body = siren + f"{number:04d}"
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))]
    return f"{number:04d}{-sum(d // 10 + d % 10 for d in doubled) % 10}"


def write_invoices(path: Path, sample: Sample) -> None:
    """`factures.xlsx`: invoices, deposits and credit notes (negative), amounts in euros."""
    invoices = sample.invoices
    names = sample.customers.set_index("customer_id")["name"]
    origin = invoices["credited_invoice_id"].fillna(invoices["deposit_invoice_id"])
    columns: list[Sequence[Cell]] = [
        _texts(invoices["invoice_id"]), _texts(invoices["customer_id"]), _texts(invoices["customer_id"].map(names)),
        [KIND_TEXTS[kind] for kind in invoices["kind"]], _days(invoices["issue_date"]), _days(invoices["due_date"]),
        [cents / 100 for cents in invoices["amount_excl_tax_cents"].tolist()],
        [cents / 100 for cents in invoices["amount_cents"].tolist()], _texts(invoices["currency"]), _texts(origin),
        _days(invoices["dispute_date"]), _texts(invoices["buyer"]),
    ]  # fmt: skip
    write_sheet(path, "Factures", INVOICE_HEADERS, columns)


def write_payments(path: Path, sample: Sample, *, encoding: str) -> dict[str, int]:
    """`reglements.csv`; the count of each fault."""
    if encoding not in ("utf-8-sig", "cp1252"):
        raise ValueError("a spreadsheet saves CSV as utf-8-sig or cp1252")
    payments = sample.payments
    rng = np.random.default_rng([sample.spec.seed, 2])
    spaces = [THIN, NO_BREAK, " "] if encoding == "utf-8-sig" else [NO_BREAK, " "]
    parts = [spaces[index] for index in rng.integers(0, len(spaces), len(payments)).tolist()]
    amounts = [french_amount(cents, part) for cents, part in zip(payments["amount_cents"].tolist(), parts, strict=True)]
    method = payments["customer_id"].map(sample.customers.set_index("customer_id")["payment_method"])
    lost = payments["kind"].eq("write_off")
    rows = zip(
        payments["payment_id"].tolist(), payments["payment_date"].dt.strftime("%d/%m/%Y").tolist(),
        payments["customer_id"].tolist(), payments["invoice_id"].fillna("").tolist(), amounts,
        [SETTLEMENT_TEXTS[kind] for kind in payments["kind"]], method.mask(lost, "").tolist(),
        payments["reference"].tolist(), strict=True,
    )  # fmt: skip
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(PAYMENT_HEADERS)
        writer.writerows(rows)
    return {
        "payments_without_invoice": int(payments["invoice_id"].isna().sum()),
        "amounts_narrow_space": sum(THIN in amount for amount in amounts),
        "amounts_no_break_space": sum(NO_BREAK in amount for amount in amounts),
        "amounts_plain_space": sum(" " in amount for amount in amounts),
    }


def french_amount(cents: int, space: str) -> str:
    """Euros as "1 234,56", thousands parted by `space`."""
    euros, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{euros:,}".replace(",", space) + f",{rest:02d}"


def write_procedures(path: Path, sample: Sample) -> None:
    """`procedures_collectives.csv`: the judgments published about customers, as extracted from official notices."""
    events = sample.events
    names = sample.customers.set_index("customer_id")["name"]
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(("Siren", "Raison sociale", "Code client", "Date du jugement", "Nature du jugement"))
        rows = events.assign(day=events["event_date"].dt.strftime("%d/%m/%Y"))[["siren", "customer_id", "day", "kind"]]
        for siren, customer, day, kind in rows.itertuples(index=False):
            writer.writerow((siren, names[customer], customer, day, PROCEDURE_TEXTS[kind]))


def _texts(values: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in values.tolist()]


def _days(values: pd.Series) -> list[dt.date | None]:
    return [None if pd.isna(value) else value.date() for value in values]
