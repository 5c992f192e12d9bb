"""Real ledgers tie to account 411 as a plain loop reads it, whole or damaged."""

from __future__ import annotations

import random

import pytest

from riskkit.errors import RiskkitError
from riskkit.exhibits.language import language
from riskkit.sources.fec import looks_like_fec, read_fec, receivable_balances
from tests.sources.fec_texts import plain_balance

LEDGERS = (
    "0000000001FEC20220831.txt",
    "111111111FEC20221231.TXT",
    "123456789FEC20500930.txt.gz",
    "fec_b2b_industrie_20221231.txt",
    "fec_b2b_industrie_20231231.txt",
    "fec_b2b_industrie_20241231.txt",
    "small/fec_16_colonnes.txt",
    "small/fec_pipe_montant_sens.txt",
    "small/fec_point_virgule.txt",
    "small/fec_tab_utf8.txt",
)
# data lines of each file, from the catalogue of the shared data
LINES = (5422, 934, 10756, 9008, 12035, 12604, 16, 4, 6, 7)
KINDS = ("shift", "cut", "encoding", "column", "bytes", "drop", "double", "swap")


def _settled(reading) -> int:
    return int(reading.invoices["amount_cents"].sum() - reading.payments["amount_cents"].sum())


@pytest.mark.parametrize(("name", "lines"), list(zip(LEDGERS, LINES, strict=True)), ids=LEDGERS)
def test_every_ledger_ties_to_its_own_account_411(shared_data, name, lines):
    path = shared_data / "fec" / name
    owed = plain_balance(path)
    assert looks_like_fec(path)
    assert receivable_balances([path]) == {path.name: owed}
    reading = read_fec([path])
    assert _settled(reading) == owed
    assert (reading.files[0].rows_read, reading.files[0].rows_rejected) == (lines, 0)
    french = language("fr")
    assert all(french.say(note) for note in reading.notes)


def test_three_years_of_the_industrial_firm_are_one_ledger(shared_data):
    paths = [shared_data / "fec" / f"fec_b2b_industrie_{year}1231.txt" for year in (2023, 2022, 2024)]
    reading = read_fec(paths)
    owed = {
        year: int(
            reading.invoices.loc[reading.invoices["issue_date"] <= f"{year}-12-31", "amount_cents"].sum()
            - reading.payments.loc[reading.payments["payment_date"] <= f"{year}-12-31", "amount_cents"].sum()
        )
        for year in (2022, 2023, 2024)
    }
    # totals of the next file's AD lines, from the catalogue: 266,130 / 196,621 / 196,345 rounded
    assert {year: round(cents / 100) for year, cents in owed.items()} == {2022: 266_130, 2023: 196_621, 2024: 196_345}
    assert owed == {int(path.name[18:22]): plain_balance(path) for path in paths}
    assert [source.rejected_cents for source in reading.files] == [0, owed[2022], owed[2023]]
    found = [note.values["matched"] for note in reading.notes if "found again" in note.template]
    assert found == [77, 72]  # every opening line is an earlier line, item by item
    assert set(reading.customers.loc[reading.customers["is_catch_all"], "customer_id"]) == {"9DIVER"}
    assert reading.customers["customer_id"].is_unique
    assert reading.invoices["invoice_id"].is_unique


def test_all_payments_and_sales_of_the_industrial_firm_are_told_apart(shared_data):
    """Journals BQ (bank) and VE (sales) are named so in this firm: a check by another road than counterparts."""
    path = shared_data / "fec" / "fec_b2b_industrie_20231231.txt"
    bank = sales = 0
    for row in path.read_text(encoding="utf-8").split("\n")[1:]:
        fields = row.strip("\r").split("\t")
        if len(fields) > 12 and fields[4].startswith("411"):
            cents = int(fields[11].replace(",", "")) - int(fields[12].replace(",", ""))
            bank -= cents if fields[0] == "BQ" else 0
            sales += cents if fields[0] == "VE" else 0
    reading = read_fec([path])
    moves = reading.payments[reading.payments["payment_date"] >= "2023-01-01"]
    assert int(moves.loc[moves["kind"].isin(["payment", "refund"]), "amount_cents"].sum()) == bank
    assert int(reading.invoices.loc[reading.invoices["is_sale"], "amount_cents"].sum()) == sales


def test_ledgers_of_two_firms_do_not_mix(shared_data):
    folder = shared_data / "fec"
    with pytest.raises(RiskkitError, match=r"different companies|cover the same days"):
        read_fec([folder / LEDGERS[3], folder / LEDGERS[1]])
    with pytest.raises(RiskkitError):
        read_fec([folder / LEDGERS[0], folder / LEDGERS[3]])


def test_a_year_left_out_is_asked_for(shared_data):
    folder = shared_data / "fec"
    with pytest.raises(RiskkitError, match="from 2023-01-01 to 2023-12-31"):
        read_fec([folder / LEDGERS[3], folder / LEDGERS[5]])


def _mutated(content: bytes, kind: str, chance: random.Random) -> bytes:
    separator = max((b"\t", b"|", b";"), key=content[:400].count)
    rows = content.split(b"\n")
    place = chance.randrange(1, len(rows) - 1)
    fields = rows[place].split(separator)
    if kind == "shift":
        spot = chance.randrange(len(fields))
        fields[spot : spot + chance.randint(0, 1)] = (
            [] if chance.random() < 0.5 else [b"X", b"12,00"][: chance.randint(1, 2)]
        )
        rows[place] = separator.join(fields)
    elif kind == "cut":
        return content[: chance.randrange(len(content))]
    elif kind == "encoding":
        wrong = chance.choice(["utf-8", "cp1252", "utf-16", "cp037", "iso-8859-15"])
        return content.decode("latin-1").encode(wrong, errors="replace")
    elif kind == "column":
        spot = chance.randrange(18)
        return b"\n".join(separator.join(f for n, f in enumerate(r.split(separator)) if n != spot) for r in rows)
    elif kind == "bytes":
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 20)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        return bytes(damaged)
    elif kind == "drop":
        del rows[place : place + chance.randint(1, 5)]
    elif kind == "double":
        rows[place:place] = rows[place : place + chance.randint(1, 5)]
    else:
        other = chance.randrange(1, len(rows) - 1)
        rows[place], rows[other] = rows[other], rows[place]
    return b"\n".join(rows)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_ledger_is_refused_or_reconciled_never_a_fault(shared_data, tmp_path, kind):
    """25 damages of each kind, seeded: a message for a person, or tables that tie to the damaged file itself."""
    chance = random.Random(f"fec {kind}")
    header, *rows = (shared_data / "fec" / "111111111FEC20221231.TXT").read_bytes().split(b"\n")
    real = b"\n".join([header, *(row for row in rows if row.startswith((b"C1 ", b"AN ", b"VE  |VE11|0000001")))])
    refused = 0
    said: list[str] = []
    small = (shared_data / "fec" / "small" / "fec_16_colonnes.txt").read_bytes()
    (tmp_path / "whole.txt").write_bytes(real)
    assert receivable_balances([tmp_path / "whole.txt"])["whole.txt"] == plain_balance(tmp_path / "whole.txt") != 0
    for case in range(25):
        content = small if case % 5 == 0 else real
        path = tmp_path / "damaged.txt"
        path.write_bytes(_mutated(content, kind, chance))
        try:
            reading = read_fec([path])
        except RiskkitError as refusal:
            said += [language("fr").say(sentence) for sentence in refusal.messages]
            refused += 1
            continue
        source = reading.files[0]
        assert source.rows_read == source.rows_accepted + source.rows_rejected
        assert _settled(reading) == source.accepted_cents
        assert source.accepted_cents + source.rejected_cents == source.total_cents
        if kind not in ("encoding", "bytes"):  # the plain loop reads bytes, not encodings
            assert source.total_cents == plain_balance(path)
    assert all(said)
    assert refused < 25 or kind == "cut"  # damage that keeps the ledger balanced is read
