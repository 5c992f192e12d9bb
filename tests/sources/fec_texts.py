"""Small FEC written by hand for the tests, and an independent reading of account 411 by plain loops."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path

TITLES = [
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
]


def line(journal, number, date, account, *, debit="0,00", credit="0,00", aux="", piece="P1", label="", **more):
    """One line as 18 fields, in the order of the norm."""
    name = more.get("name", f"CLIENT {aux}" if aux else f"COMPTE {account}")
    return [
        *(journal, more.get("journal_label", journal), number, date, account, f"COMPTE {account}" if aux else name),
        *(aux, name if aux else "", piece, more.get("piece_date", date), label, debit, credit),
        *(more.get("let", ""), more.get("let_date", ""), date, "", ""),
    ]


def sale(number, date, aux, gross, net, vat, *, piece, account="411000", let="", let_date="", label=""):
    """An invoice: 411 to 707 and 44571."""
    common = {"piece": piece, "label": label}
    return [
        line("VE", number, date, account, debit=gross, aux=aux, let=let, let_date=let_date, **common),
        line("VE", number, date, "707000", credit=net, **common),
        line("VE", number, date, "445710", credit=vat, **common),
    ]


def cash_in(number, date, aux, amount, *, piece="R1", label="VIR", let="", let_date=""):
    """A bank receipt: 512 to 411."""
    return [
        line("BQ", number, date, "512000", debit=amount, piece=piece, label=label),
        line(
            "BQ", number, date, "411000", credit=amount, aux=aux, piece=piece, label=label, let=let, let_date=let_date
        ),
    ]


def opening(date, items, *, equity="101000", journal="AN"):
    """An opening entry: each (aux, debit, credit, piece, date, let) on 411, balanced by equity."""
    lines, total = [], Decimal(0)
    for aux, debit, credit, piece, day, let in items:
        lines.append(
            line(journal, "1", day, "411000", debit=debit, credit=credit, aux=aux, piece=piece, label=piece, let=let)
        )
        total += Decimal(debit.replace(",", ".")) - Decimal(credit.replace(",", "."))
    shown = f"{abs(total):.2f}".replace(".", ",")
    side = {"credit": shown} if total >= 0 else {"debit": shown}
    return [*lines, line(journal, "1", date, equity, piece="AN", **side)]


def write(path: Path, *entries, separator="\t", encoding="utf-8", end="\r\n", titles=TITLES, rewrite=None) -> Path:
    """The entries as a file; `rewrite` changes each list of fields on its way."""
    rows = [fields for entry in entries for fields in entry]
    rows = [rewrite(list(fields)) if rewrite else fields for fields in rows]
    text = end.join(separator.join(fields) for fields in [list(titles), *rows]) + end
    content = text.encode(encoding)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def plain_balance(path: Path) -> int:
    """Balance of 411 in cents by a plain loop over the file, nothing shared with the product."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    rows = content.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n").removeprefix("ï»¿").split("\n")
    separator = max("\t|;", key=rows[0].count)
    titles = [title.strip().lower() for title in rows[0].split(separator)]
    total = Decimal(0)
    for row in rows[1:]:
        fields = [field.strip() for field in row.split(separator)]
        if len(fields) < 12 or not fields[titles.index("comptenum")].startswith("411"):
            continue

        def amount(title, fields=fields):
            return Decimal(fields[titles.index(title)].replace(",", ".") or "0")

        if "sens" in titles:
            total += amount("montant") if fields[titles.index("sens")] == "D" else -amount("montant")
        else:
            total += amount("debit") - amount("credit")
    return int(total * 100)
