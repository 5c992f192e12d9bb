"""What the product says of real files, against plain loops over those files."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from pathlib import Path

import pytest

from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import Snapshot, choose_terms, strike
from riskkit.policy import Policy
from riskkit.sources.collect import collect
from riskkit.sources.fec import read_fec
from tests.ledger.oracle import Line, countback_by_hand, measure_by_hand

POLICY = Policy()
INDUSTRY = [f"fec_b2b_industrie_{year}1231.txt" for year in (2022, 2023, 2024)]


def _strike(book: Book, as_of: dt.date, terms: str | None = None) -> Snapshot:
    chosen = choose_terms(book, as_of=as_of, policy=POLICY, terms=terms)
    return strike(book, as_of=as_of, policy=POLICY, terms=chosen)


def _ibm_lines(path: Path) -> list[Line]:
    """Each row is an invoice and its settlement in full, read with nothing but the csv module."""
    lines = []
    with path.open(newline="") as handle:
        for row in csv.DictReader(handle):
            issued, due, settled = (
                dt.datetime.strptime(row[name], "%m/%d/%Y").date()  # noqa: DTZ007 - dates without a time
                for name in ("InvoiceDate", "DueDate", "SettledDate")
            )
            euros, _, rest = row["InvoiceAmount"].partition(".")
            cents = int(euros) * 100 + int((rest + "00")[:2])
            number, customer = row["invoiceNumber"], row["customerID"]
            lines.append(Line(f"i:{number}", customer, "invoice", issued, cents, due, reference=number, is_sale=True))
            lines.append(Line(f"p:{number}", customer, "payment", settled, -cents, reference=number))
    return lines


@pytest.fixture(scope="module")
def ibm(shared_data: Path) -> tuple[Book, list[Line]]:
    path = shared_data / "ar" / "ibm_accounts_receivable.csv"
    reading, _ = collect([path])
    return Book.from_reading(reading, policy=POLICY), _ibm_lines(path)


@pytest.mark.parametrize("as_of", [dt.date(2012, 6, 30), dt.date(2013, 2, 15), dt.date(2013, 9, 30)])
def test_ibm_every_measure_equals_the_loops_with_no_look_ahead(ibm, as_of):
    book, lines = ibm
    start = min(x.day for x in lines)
    expected = measure_by_hand(lines, as_of, start, failed={})
    expected["countback_dso_days"] = countback_by_hand(lines, as_of, start)
    measures = _strike(book, as_of).measures
    assert expected["open_items_amount"] > 0
    for name, value in expected.items():
        assert (measures[name].value is None) == (value is None), name
        if value is not None:
            assert measures[name].value == pytest.approx(value, rel=1e-12, abs=1e-9), name


@pytest.fixture(scope="module")
def industry(shared_data: Path) -> Book:
    reading = read_fec([shared_data / "fec" / name for name in INDUSTRY])
    return Book.from_reading(reading, policy=POLICY)


def _opening_411(path: Path) -> int:
    """Debit − credit in cents of the opening journal on 411, by plain loops."""
    cents = 0
    with path.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["CompteNum"].startswith("411") and row["JournalCode"] == "AD":
                cents += int(row["Debit"].replace(",", "")) - int(row["Credit"].replace(",", ""))
    return cents


@pytest.mark.parametrize(("year", "rounded"), [(2022, 266_130), (2023, 196_621), (2024, 196_345)])
def test_industry_receivables_tie_to_the_next_opening(industry, shared_data, year, rounded):
    snapshot = _strike(industry, dt.date(year, 12, 31))
    cents = snapshot.measures["receivables_amount"].value
    assert round(cents / 100) == rounded
    if year < 2024:
        assert cents == _opening_411(shared_data / "fec" / f"fec_b2b_industrie_{year + 1}1231.txt")
    assert snapshot.reconciliation["difference"] == 0
    assert sum(snapshot.matching.values()) == pytest.approx(1)
    assert snapshot.matching["lettering"] > 0.98


def industry_lines(industry: Book) -> list[Line]:
    """The canonical lines of the ledger, terms of 30 days, for the loops of the oracle."""
    dated = industry.dated(default_terms="30").collect(backend="pandas").to_native()
    lines = []
    for row in dated.itertuples():
        known_due = row.due_day == row.due_day and row.due_day is not None
        lettered = isinstance(row.lettering, str)
        lettered_on = row.lettering_day if lettered and row.lettering_day == row.lettering_day else None
        lines.append(
            Line(
                row.line,
                row.customer_id,
                row.kind,
                dt.date.fromordinal(int(row.day)),
                int(row.cents),
                dt.date.fromordinal(int(row.due_day)) if known_due and row.cents > 0 else None,
                lettering=row.lettering if lettered else None,
                lettering_day=dt.date.fromordinal(int(lettered_on)) if lettered_on is not None else None,
                reference=row.reference if isinstance(row.reference, str) else None,
                is_sale=bool(row.is_sale),
            )
        )
    return lines


def test_industry_measures_by_two_routes(industry):
    """The same canonical lines settled by the loops of the oracle."""
    as_of = dt.date(2023, 12, 31)
    snapshot = _strike(industry, as_of, terms="30")
    lines = industry_lines(industry)
    expected = measure_by_hand(lines, as_of, industry.coverage_start, failed={})
    expected["countback_dso_days"] = countback_by_hand(lines, as_of, industry.coverage_start)
    for name, value in expected.items():
        found = snapshot.measures[name].value
        assert (found is None) == (value is None), name
        if value is not None:
            assert found == pytest.approx(value, rel=1e-12, abs=1e-9), name


def _balance_411(path: Path) -> int:
    """Debit − credit in cents of accounts 411, whatever the separator and encoding, by plain loops."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = raw.decode("utf-8-sig") if raw.startswith(b"\xef\xbb\xbf") else raw.decode("iso-8859-15")
    head, *rows = [line for line in text.splitlines() if line.strip()]
    separator = max("\t|;", key=head.count)
    names = [name.strip().lower() for name in head.split(separator)]
    cents = 0

    def amount(field: str) -> int:
        euros, _, rest = field.strip().replace(",", ".").partition(".")
        return int(euros or 0) * 100 + int((rest + "00")[:2])

    for row in rows:
        field = dict(zip(names, row.split(separator), strict=False))
        if field["comptenum"].strip().startswith("411"):
            if "montant" in names:
                cents += amount(field["montant"]) * (1 if field["sens"].strip() == "D" else -1)
            else:
                cents += amount(field["debit"]) - amount(field["credit"])
    return cents


@pytest.mark.parametrize(
    "name",
    [
        "0000000001FEC20220831.txt",
        "111111111FEC20221231.TXT",
        "123456789FEC20500930.txt.gz",
        "small/fec_pipe_montant_sens.txt",
        "small/fec_tab_utf8.txt",
        "small/fec_16_colonnes.txt",
        "small/fec_point_virgule.txt",
    ],
)
def test_every_other_ledger_gives_its_own_balance(shared_data, name):
    path = shared_data / "fec" / name
    book = Book.from_reading(read_fec([path]), policy=POLICY)
    snapshot = _strike(book, book.latest_date)
    assert snapshot.measures["receivables_amount"].value == _balance_411(path)
    assert snapshot.reconciliation["difference"] == 0
    assert all(m.value is not None or m.reason is not None for m in snapshot.measures.values())
