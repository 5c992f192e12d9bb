"""Files to mutate: small ones made here, and the first lines of the real ones where they are."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

_ROWS = 30
_REAL_LINES = 40


@dataclass(frozen=True)
class Seed:
    """A text file that is read without a fault: its name, its text, its separator."""

    name: str
    text: str
    separator: str


def seeds() -> list[Seed]:
    """Every file of the corpus, the made ones first, in a fixed order."""
    return [*_made(), *_real()]


def _made() -> list[Seed]:
    invoices = ["N° facture;Code client;Raison sociale;Date facture;Date échéance;Montant TTC"]
    invoices += [
        f"F{n:04};C{n % 7};Société {n % 7} SARL;{1 + n % 28:02}/{1 + n % 12:02}/2023;"
        f"{1 + n % 28:02}/{1 + n % 12:02}/2024;"
        f"{n * 137 + 10},{n % 100:02}"
        for n in range(1, _ROWS)
    ]
    payments = ["Date règlement;N° facture;Code client;Montant réglé"]
    payments += [f"{1 + n % 28:02}/02/2024;F{n:04};C{n % 7};{n * 13},{n % 100:02}" for n in range(1, _ROWS)]
    english = ["invoice_id,customer,invoice_date,due_date,amount,currency"]
    english += [
        f"INV-{n},Acme {n % 5},2023-{1 + n % 12:02}-15,2024-{1 + n % 12:02}-14,{n * 91}.{n % 100:02},EUR"
        for n in range(1, _ROWS)
    ]
    aged = ["Balance âgée arrêtée au 31/03/2024", "Code;Client;Non échu;0-30;31-60;> 60;Total"]
    aged += [f"C{n};Client {n};{n}00,00;{n},50;0,00;{n % 3},00;{n * 100 + n + n % 3},50" for n in range(1, 15)]
    instalments = ["Facture\tClient\tDate facture\tTotal TTC\tÉchéance 1\tMontant 1\tÉchéance 2\tMontant 2"]
    instalments += [
        f"F{n}\tC{n % 4}\t0{1 + n % 9}/01/2024\t{n * 10}\t28/02/2024\t{n * 4}\t31/03/2024\t{n * 6}"
        for n in range(1, 15)
    ]
    entities = ["Entité;Code client;Raison sociale;Facture;Date;Montant HT;TVA;Montant TTC;Devise"]
    entities += [
        f"{'NS'[n % 2]};C{n % 4};R{n % 8};F{n};2024-01-{n:02};{n * 100},00;{n * 20},00;{n * 120},00;"
        f"{('EUR', 'USD')[n % 9 == 0]}"
        for n in range(1, 20)
    ]
    ledger = ["Compte;Libellé;Date;Pièce;Débit;Crédit;Échéance"]
    ledger += [
        f"411C{n % 5};Client {n % 5};{1 + n % 28:02}/05/2023;P{n};{n * 7},20;;{1 + n % 28:02}/06/2023"
        for n in range(1, _ROWS)
    ]
    return [
        Seed("factures.csv", "\r\n".join(invoices) + "\r\n", ";"),
        Seed("reglements.csv", "\n".join(payments) + "\n", ";"),
        Seed("invoices.csv", "\n".join(english) + "\n", ","),
        Seed("balance.csv", "\n".join(aged) + "\n", ";"),
        Seed("echeances.txt", "\n".join(instalments) + "\n", "\t"),
        Seed("entites.csv", "\n".join(entities) + "\n", ";"),
        Seed("compte.csv", "\n".join(ledger) + "\n", ";"),
    ]


def _real() -> list[Seed]:
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        folder = Path(__file__).parents[3] / "shared" / "data"
    found = []
    for path in sorted(p for kind in ("ar", "fec", "purchases") for p in (folder / kind).rglob("*") if p.is_file()):
        if path.suffix.lower() not in (".csv", ".gz", ".txt"):
            continue
        reader = gzip.open if path.suffix == ".gz" else open
        with reader(path, "rb") as handle:
            raw = b"".join(line for _, line in zip(range(_REAL_LINES), handle, strict=False))
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("iso8859-15")
        head = text.split("\n", 1)[0]
        found.append(Seed(path.name.removesuffix(".gz"), text, max(";,\t|", key=head.count)))
    return found
