"""The sample's ledger as yearly FECs (art. A47 A-1 LPF): tab, UTF-8, 18 fields, `<SIREN>FEC<AAAAMMJJ>.txt`.

Journals: AN opening balances, VE sales, BQ bank, OD write-offs. Receivables are 411000 by auxiliary account.

- Opening balances are kept item by item, each with its original date, in one entry (a detailed opening).
- Lettering: an invoice, its credit notes and its payments get a code when they add up to zero; codes restart with
  each customer and each year. Items touched by a payment without invoice, and one settled invoice in 25, are left
  unlettered, as people do; unlettered lines are carried to the next year.
- The 411 balance of a file is Σ items − Σ payments of the sample at its closing date, to the cent.
- A write-off moves the claim to 416, then to 654 without its tax (445710). Payments of VAT and of suppliers are not
  part of this ledger: it is a sales ledger with its bank.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from riskkit.sources.sample_spec import COMPANY_SIREN, Sample

HEADER = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib",
    "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate", "Montantdevise",
    "Idevise",
)  # fmt: skip
JOURNALS = {"AN": "A nouveaux détaillés", "VE": "Ventes", "BQ": "Banque", "OD": "Opérations diverses"}
ACCOUNTS = {
    "110000": "REPORT A NOUVEAU",
    "411000": "CLIENTS",
    "416000": "CLIENTS DOUTEUX",
    "419100": "CLIENTS ACOMPTES RECUS",
    "445710": "TVA COLLECTEE 20%",
    "512000": "BANQUE",
    "654000": "PERTES SUR CREANCES IRRECOUVRABLES",
    "707000": "VENTES DE MARCHANDISES",
}
RECEIVABLES, CARRIED = "411000", ("419100", "445710", "512000")
UNLETTERED_SHARE = 0.04


def write_fec(folder: Path, sample: Sample) -> tuple[Path, ...]:
    """One file per calendar year of the sample, the last one closed at its end date."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ledger_lines(sample)
    names = dict(zip(sample.customers["customer_id"], sample.customers["name"], strict=True))
    end = sample.spec.end_date
    paths = []
    for year in range(sample.spec.start_date.year, end.year + 1):
        closing = min(dt.date(year, 12, 31), end)
        rows = _fec_rows(year_lines(lines, year=year), names, closing=closing)
        path = folder / f"{COMPANY_SIREN}FEC{closing:%Y%m%d}.txt"
        path.write_text("\r\n".join(["\t".join(HEADER), *rows]) + "\r\n", encoding="utf-8", newline="")
        paths.append(path)
    return tuple(paths)


def ledger_lines(sample: Sample) -> pd.DataFrame:
    """Every line of the ledger, all years: journal, entry, date, account, customer_id, piece, label, cents, group.

    `cents` is positive on the debit side. `group` names the lettering group of a line on 411, `closed_date` the day
    the group was complete; both missing elsewhere.
    """
    names = sample.customers.set_index("customer_id")["name"]
    parts = [_sales(sample.invoices, names), _bank(sample.payments, names), _write_offs(sample.payments, names)]
    lines = pd.concat(parts, ignore_index=True)
    lines = lines[lines["cents"] != 0].reset_index(drop=True)
    return lines.join(_lettering(sample, lines))


def _lines(rows: pd.DataFrame, journal: str, account: str, cents: pd.Series, *, piece: str) -> pd.DataFrame:
    lines = rows[["entry", "date", "customer_id", "label", "item"]].assign(
        journal=journal, account=account, piece=rows[piece], cents=cents
    )
    if account != RECEIVABLES:
        lines[["customer_id", "item"]] = pd.NA
    return lines


def _sales(invoices: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "entry": invoices["invoice_id"],
            "date": invoices["issue_date"],
            "customer_id": invoices["customer_id"],
            "item": invoices["invoice_id"],
            "label": invoices["buyer"].fillna(invoices["customer_id"].map(names)),
        }
    )
    gross, net, less = invoices["amount_cents"], invoices["amount_excl_tax_cents"], invoices["deposit_excl_tax_cents"]
    deposit = invoices["kind"].eq("deposit")
    return pd.concat(
        [
            _lines(rows, "VE", RECEIVABLES, gross, piece="item"),
            _lines(rows, "VE", "419100", less.mask(deposit, -net), piece="item"),
            _lines(rows, "VE", "445710", net - gross, piece="item"),
            _lines(rows, "VE", "707000", (-net - less).mask(deposit, 0), piece="item"),
        ],
        ignore_index=True,
    )


def _payment_rows(payments: pd.DataFrame, names: pd.Series, word: str) -> pd.DataFrame:
    named = payments["invoice_id"].fillna("")
    return pd.DataFrame(
        {
            "entry": payments["reference"],
            "date": payments["payment_date"],
            "customer_id": payments["customer_id"],
            "item": payments["payment_id"],
            "piece": payments["invoice_id"].fillna(payments["reference"]),
            "label": (word + " " + payments["customer_id"].map(names) + " " + named).str.strip(),
        }
    )


def _bank(payments: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    received = payments[payments["kind"] == "payment"]
    rows = _payment_rows(received, names, "VIR")
    transfers = rows.assign(cents=received["amount_cents"]).groupby("entry", sort=False, as_index=False)
    totals = transfers.agg({"date": "first", "customer_id": "first", "label": "first", "item": "first", "cents": "sum"})
    return pd.concat(
        [
            _lines(totals, "BQ", "512000", totals["cents"], piece="entry"),
            _lines(rows, "BQ", RECEIVABLES, -received["amount_cents"], piece="piece"),
        ],
        ignore_index=True,
    )


def _write_offs(payments: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    lost = payments[payments["kind"] == "write_off"]
    rows = _payment_rows(lost, names, "PERTE")
    gross = lost["amount_cents"]
    net = (gross * 10 + 6) // 12
    sides = {RECEIVABLES: -gross, "654000": net, "445710": gross - net}
    doubtful = [_lines(rows, "OD", "416000", cents, piece="piece") for cents in (gross, -gross)]
    others = [_lines(rows, "OD", account, cents, piece="piece") for account, cents in sides.items()]
    return pd.concat([*doubtful, *others], ignore_index=True)


def _lettering(sample: Sample, lines: pd.DataFrame) -> pd.DataFrame:
    """Group and closing date of each line of 411 that is lettered: an invoice with all that settles it."""
    meant = sample.truth.allocations
    item = meant["payment_id"].fillna(meant["credit_note_id"])
    nameless = sample.payments.loc[sample.payments["invoice_id"].isna(), "payment_id"]
    unclear = set(meant.loc[meant["payment_id"].isin(nameless), "invoice_id"])
    roots = sample.invoices.loc[sample.invoices["kind"] != "credit_note", "invoice_id"]
    left = np.random.default_rng([sample.spec.seed, 3]).random(len(roots)) < UNLETTERED_SHARE
    refused = unclear | set(roots[left])
    pairs = pd.concat([pd.Series(meant["invoice_id"].to_numpy(), index=item), pd.Series(roots.to_numpy(), index=roots)])
    pairs = pairs[~pairs.isin(refused)]
    pairs = pairs[~pairs.index.duplicated()]
    receivable = lines["account"] == RECEIVABLES
    group = lines["item"].where(receivable).map(pairs)
    totals = lines.assign(group=group).groupby("group")
    balanced = totals["cents"].transform("sum").eq(0) & group.notna()
    closed = totals["date"].transform("max").where(balanced)
    return pd.DataFrame({"group": group.where(balanced), "closed_date": closed})


def year_lines(lines: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """The lines of one file: detailed opening first, then the year's movements; with entry numbers and letters."""
    begins, ends = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    before = lines[lines["date"] < begins]
    moved = lines[lines["date"].between(begins, ends)].sort_values(["date", "journal", "entry"], kind="stable")
    carried = before[(before["account"] == RECEIVABLES) & ~(before["closed_date"] < begins)]
    carried = carried.sort_values(["date", "item"], kind="stable").assign(journal="AN", entry="AN")
    opening = pd.concat([carried, _other_openings(before, carried, begins)], ignore_index=True)
    rows = pd.concat([opening, moved], ignore_index=True) if len(opening) else moved.reset_index(drop=True)
    change = (rows["journal"] != rows["journal"].shift()) | (rows["entry"] != rows["entry"].shift())
    rows["number"] = change.cumsum()
    return rows.assign(letters=_letters(rows, ends))


def _other_openings(before: pd.DataFrame, carried: pd.DataFrame, begins: pd.Timestamp) -> pd.DataFrame:
    """Opening balances of the accounts kept in one line each, and what balances the entry."""
    balances = before[before["account"].isin(CARRIED)].groupby("account")["cents"].sum()
    rest = -int(balances.sum()) - int(carried["cents"].sum())
    accounts, cents = [*balances.index, "110000"], [*balances.tolist(), rest]
    rows = pd.DataFrame({"account": accounts, "cents": cents, "date": begins, "journal": "AN", "entry": "AN"})
    rows = rows.assign(piece="AN", label="A NOUVEAUX", customer_id=None, item=None, group=None, closed_date=None)
    texts = ["customer_id", "item", "group"]
    return rows[rows["cents"] != 0].astype(carried.dtypes[texts].to_dict() | {"closed_date": "datetime64[us]"})


def _letters(rows: pd.DataFrame, ends: pd.Timestamp) -> pd.Series:
    """Lettering codes A, B, … Z, AA, … by customer, in order of completion; empty when open at the year's end."""
    done = rows[rows["group"].notna() & (rows["closed_date"] <= ends)]
    groups = done.drop_duplicates("group").sort_values(["closed_date", "group"], kind="stable")
    rank = groups.groupby("customer_id").cumcount()
    codes = pd.Series([letter_code(n) for n in rank.tolist()], index=groups["group"], dtype="str")
    closed = rows["group"].where(rows.index.isin(done.index))
    return closed.map(codes).fillna("")


def letter_code(rank: int) -> str:
    """A, B, … Z, AA, AB, … for the ranks 0, 1 and on."""
    code = ""
    rank += 1
    while rank:
        rank, letter = divmod(rank - 1, 26)
        code = chr(65 + letter) + code
    return code


def _fec_rows(rows: pd.DataFrame, names: dict[str, str], *, closing: dt.date) -> list[str]:
    day = rows["date"].dt.strftime("%Y%m%d").tolist()
    month_end = rows["date"] + pd.offsets.MonthEnd(0)
    valid = month_end.mask(rows["journal"] == "AN", pd.Timestamp(closing.year, 1, 31))
    valid = valid.mask(valid > pd.Timestamp(closing), pd.Timestamp(closing))
    lettered = rows["closed_date"].dt.strftime("%Y%m%d").where(rows["letters"] != "", "").tolist()
    texts = []
    for journal, number, date, account, customer, piece, label, cents, letters, closed, validated in zip(
        rows["journal"], rows["number"], day, rows["account"], rows["customer_id"], rows["piece"], rows["label"],
        rows["cents"].tolist(), rows["letters"], lettered, valid.dt.strftime("%Y%m%d"), strict=True,
    ):  # fmt: skip
        aux = customer if isinstance(customer, str) else ""
        debit, credit = (_amount(cents), "0,00") if cents > 0 else ("0,00", _amount(-cents))
        texts.append(
            f"{journal}\t{JOURNALS[journal]}\t{number}\t{date}\t{account}\t{ACCOUNTS[account]}\t{aux}"
            f"\t{names.get(aux, '')}\t{piece}\t{date}\t{label}\t{debit}\t{credit}\t{letters}\t{closed}\t{validated}\t\t"
        )
    return texts


def _amount(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"
