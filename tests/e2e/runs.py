"""A small made-up company's files, with hostile customer names, and its runs made of them by the product."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import make_tables

COMPANY = "Ateliers du Val & Fils"
HOSTILE = "<img src=x onerror=window.robbed=1><script>window.robbed=1</script> & Fils"
LONG = "SOCIÉTÉ COOPÉRATIVE DES TRAVAUX PUBLICS ET D'ASSAINISSEMENT DE LA HAUTE VALLÉE"
CUSTOMERS = (LONG, HOSTILE, "Menuiserie Kéraudren", "Garage de la Gare", *[f"Client numéro {n}" for n in range(5, 20)])
NAF = ("43.21A", "25.62B", "46.69B", "45.20A")
DATES = tuple(dt.date.fromisoformat(day) for day in ("2024-12-31", "2024-06-30"))


def write_runs(folder: Path, *, naf: bool = True, dates: tuple[dt.date, ...] = DATES) -> Path:
    """The run of the first date, with those of the others beside it.

    Customer n (from 1) is billed 10,000 / n euros on the first of every month of 2023 and 2024, due 30 days later. The
    first and every fourth after it never pays from August 2024 on; the others pay 40 days after the invoice.
    """
    files = _write_files(folder / "sources", naf=naf)
    portfolio = Portfolio.from_files(files, name=COMPANY)
    for day in dates:
        make_tables(portfolio, as_of=day, folder=folder / day.isoformat())
    return folder / dates[0].isoformat()


def _write_files(folder: Path, *, naf: bool) -> list[Path]:
    folder.mkdir(parents=True)
    customers, invoices, payments = [], [], []
    for number, name in enumerate(CUSTOMERS, start=1):
        customers.append([f"C{number:02}", name] + ([NAF[(number - 1) % 4]] if naf else []))
        for month in range(24):
            issued = dt.date(2023 + month // 12, month % 12 + 1, 1)
            code, amount = f"F{number:02}-{month:02}", f"{10_000 / number:.2f}".replace(".", ",")
            due, paid = issued + dt.timedelta(30), issued + dt.timedelta(40)
            invoices.append([code, f"C{number:02}", name, _day(issued), _day(due), amount])
            if not (number % 4 == 1 and issued >= dt.date(2024, 8, 1)):
                payments.append([_day(paid), f"C{number:02}", name, code, amount])
    heads = (
        ["Code client", "Raison sociale", "Code NAF"][: 3 if naf else 2],
        ["N° facture", "Code client", "Client", "Date facture", "Date échéance", "Montant TTC"],
        ["Date règlement", "Code client", "Client", "Facture", "Montant"],
    )
    names = ("clients.csv", "factures.csv", "paiements.csv")
    for file, head, rows in zip(names, heads, (customers, invoices, payments), strict=True):
        text = "\n".join(";".join(cells) for cells in [head, *rows])
        (folder / file).write_text(text, encoding="utf-8")
    return [folder / file for file in names]


def _day(day: dt.date) -> str:
    return day.strftime("%d/%m/%Y")
