"""Files to mutate: small ones made here, and slices of the real ones where they are."""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from tests.sources.einvoice_texts import cii, ubl

_ROWS = 30
_REAL_LINES = 6_000
_SLICE_LINES = (4, 24)
_LEDGER_LINES = 40
_TIMES = {"einvoice": 2, "bank": 6}
_AMOUNT = re.compile(r"-?[0-9]+([.,][0-9]{1,2})?")


@dataclass(frozen=True, eq=False)
class Seed:
    """A file that is read without a fault: its name, its header, blocks of lines that stay together, its separator.

    `kind` is table, ledger (a FEC: each block of lines balances), bank (CFONB120) or einvoice (XML).
    """

    name: str
    header: str
    blocks: Sequence[tuple[str, ...]]
    separator: str
    kind: str = "table"

    def slice(self, random: Random) -> str:
        """The header and some of the lines that follow each other."""
        if self.kind in ("bank", "einvoice"):
            return "\n".join(line for block in self.blocks for line in block) + "\n"
        wanted = random.randint(*_SLICE_LINES)
        at = random.randrange(max(len(self.blocks) - wanted // 2, 1))
        lines: list[str] = []
        for block in self.blocks[at:]:
            if lines and len(lines) + len(block) > wanted:
                break
            lines += block
        return "\n".join([self.header, *lines]) + "\n"


def seeds() -> list[Seed]:
    """Every file of the corpus, the made ones first, in a fixed order."""
    return [*(_table(*made) for made in _made()), *_documents(), *_real()]


def deck() -> list[Seed]:
    """The corpus with documents and statements several times, as cases are dealt: tables are two fifths of it."""
    return [seed for seed in seeds() for _ in range(_TIMES.get(seed.kind, 1))]


def _table(name: str, text: str, separator: str) -> Seed:
    lines = text.splitlines()
    above = 1 + (lines[0].count(separator) == 0)
    return Seed(name, "\n".join(lines[:above]), [(line,) for line in lines[above:]], separator)


def _documents() -> list[Seed]:
    texts = {
        "facture.xml": cii(), "avoir.xml": cii("A-1", kind="381", replaces="F-2026-001"), "acompte.xml": cii(
            "F-3", prepaid="100.00", code="C12"), "facture_ubl.xml": ubl(), "avoir_ubl.xml": ubl("U-2", credit=True),
    }  # fmt: skip
    return [Seed(name, "", [(text,)], "", "einvoice") for name, text in texts.items()]


def _ledger(name: str, header: str, lines: Sequence[str], separator: str) -> Seed | None:
    """Blocks of lines that balance; None when the ledger cannot be cut so."""
    names = [cell.strip().lower() for cell in header.split(separator)]
    if not {"debit", "credit", "comptenum"} <= set(names):
        return None if "montant" not in names else Seed(name, header, [tuple(lines)], separator, "ledger")
    debit, credit, account = names.index("debit"), names.index("credit"), names.index("comptenum")
    blocks: list[tuple[str, ...]] = []
    block: list[str] = []
    gap, has_customer = 0, False
    for line in lines:
        cells = [cell.strip() for cell in line.split(separator)]
        if len(cells) <= max(debit, credit):
            return None
        gap += cents(cells[debit]) - cents(cells[credit])
        block.append(line)
        has_customer = has_customer or cells[account].startswith("411")
        if gap == 0:
            if has_customer and len(block) <= _LEDGER_LINES:
                blocks.append(tuple(block))
            block, has_customer = [], False
    return Seed(name, header, blocks, separator, "ledger") if blocks else None


def cents(cell: str) -> int:
    """A plainly written amount in cents; 0 for an empty cell."""
    if not cell:
        return 0
    if not _AMOUNT.fullmatch(cell):
        raise ValueError(cell)
    whole, _, rest = cell.replace(",", ".").partition(".")
    found = abs(int(whole)) * 100 + int((rest + "00")[:2])
    return -found if cell.startswith("-") else found


def _made() -> list[tuple[str, str, str]]:
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
        ("factures.csv", "\r\n".join(invoices) + "\r\n", ";"),
        ("reglements.csv", "\n".join(payments) + "\n", ";"),
        ("invoices.csv", "\n".join(english) + "\n", ","),
        ("balance.csv", "\n".join(aged) + "\n", ";"),
        ("echeances.txt", "\n".join(instalments) + "\n", "\t"),
        ("entites.csv", "\n".join(entities) + "\n", ";"),
        ("compte.csv", "\n".join(ledger) + "\n", ";"),
    ]


def _real() -> list[Seed]:
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        folder = Path(__file__).parents[3] / "shared" / "data"
    found: list[Seed | None] = []
    kinds = ("ar", "fec", "purchases", "bank")
    for path in sorted(p for kind in kinds for p in (folder / kind).rglob("*") if p.is_file()):
        if path.suffix.lower() not in (".csv", ".gz", ".txt"):
            continue
        text = _start(path)
        header, *lines = text.splitlines()
        name, separator = path.name.removesuffix(".gz"), max(";,\t|", key=header.count)
        match path.relative_to(folder).parts[0]:
            case "fec":
                found.append(_ledger(name, header, lines, separator))
            case "bank":
                found.append(Seed(name, "", [(header, *lines)], "", "bank"))
            case _:
                found.append(Seed(name, header, [(line,) for line in lines], separator))
    return [seed for seed in found if seed is not None]


def _start(path: Path) -> str:
    reader = gzip.open if path.suffix == ".gz" else open
    with reader(path, "rb") as handle:
        raw = b"".join(islice(handle, _REAL_LINES))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("iso8859-15")
