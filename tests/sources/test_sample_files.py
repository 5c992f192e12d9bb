"""The sample as a client sends it: the same money in every file, faults counted, FECs that balance and chain."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from stdnum.fr import siren, siret

from riskkit.sources.sample import Sample, SamplePaths, SampleSpec, make_sample, write_sample
from riskkit.sources.sample_fec import letter_code
from riskkit.sources.sample_files import french_amount, write_sheet

SPEC = SampleSpec(seed=11, customers=300, invoices=4_000, months=29, end_date=dt.date(2025, 5, 31))


@pytest.fixture(scope="module")
def sample() -> Sample:
    return make_sample(SPEC)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> SamplePaths:
    folder = tmp_path_factory.mktemp("sample")
    return write_sample(folder / "client", SPEC, truth_folder=folder / "truth")


@pytest.fixture(scope="module")
def truth(paths: SamplePaths) -> dict:
    assert paths.truth is not None
    return json.loads(paths.truth.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def ledgers(paths: SamplePaths) -> list[pd.DataFrame]:
    frames = []
    for path in paths.fec:
        lines = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, quoting=3)
        for side in ("Debit", "Credit"):
            lines[side] = lines[side].str.replace(",", "", regex=False).astype("int64")  # two decimals always: cents
        frames.append(lines)
    return frames


def _sheet(path: Path) -> pd.DataFrame:
    rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
    return pd.DataFrame(rows[1:], columns=list(rows[0]), dtype=object)


def _receivables(sample: Sample, day: str) -> int:
    limit = pd.Timestamp(day)
    billed = sample.invoices.loc[sample.invoices["issue_date"] <= limit, "amount_cents"].sum()
    return int(billed - sample.payments.loc[sample.payments["payment_date"] <= limit, "amount_cents"].sum())


def test_invoice_sheet_adds_up_to_the_frames(paths: SamplePaths, sample: Sample) -> None:
    sheet = _sheet(paths.invoices)
    assert sheet["N° facture"].tolist() == sample.invoices["invoice_id"].tolist()
    cents = [int(Decimal(str(value)) * 100) for value in sheet["Montant TTC"]]
    assert cents == sample.invoices["amount_cents"].tolist()
    net = [int(Decimal(str(value)) * 100) for value in sheet["Montant HT"]]
    assert net == sample.invoices["amount_excl_tax_cents"].tolist()
    assert isinstance(sheet["Date facture"].iloc[0], dt.datetime)
    assert set(sheet["Type"]) == {"Facture", "Facture d'acompte", "Avoir"}
    assert sheet["Date litige"].notna().sum() == sample.invoices["dispute_date"].notna().sum()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_payment_csv_adds_up_to_the_frames(tmp_path: Path, sample: Sample, encoding: str) -> None:
    paths = write_sample(tmp_path / "client", SPEC, csv_encoding=encoding)
    text = paths.payments.read_bytes().decode(encoding)
    rows = [line.split(";") for line in text.split("\r\n")[1:-1]]
    cents = []
    for row in rows:
        plain = row[4].replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", "")
        cents.append(int(plain))
    assert cents == sample.payments["amount_cents"].tolist()
    days = [dt.datetime.strptime(row[1], "%d/%m/%Y") for row in rows]  # noqa: DTZ007
    assert days == sample.payments["payment_date"].tolist()
    assert sum(row[3] == "" for row in rows) == sample.payments["invoice_id"].isna().sum()
    assert "\u00a0" in text
    assert ("\u202f" in text) == (encoding == "utf-8-sig")
    assert paths.truth is None


def test_customer_sheet_has_every_fault_and_their_counts_are_in_the_truth(
    paths: SamplePaths, sample: Sample, truth: dict
) -> None:
    cells = _sheet(paths.customers)["Siren"].tolist()
    right = sample.customers["siren"].tolist()
    found = dict.fromkeys(["missing", "nc", "float", "spaces", "siret", "no_zero", "as_is"], 0)
    for cell, value in zip(cells, right, strict=True):
        if not isinstance(value, str):
            assert cell is None
        elif cell is None:
            found["missing"] += 1
        elif cell == "NC":
            found["nc"] += 1
        elif cell.endswith(".0"):
            found["float"] += 1
            assert cell.removesuffix(".0").zfill(9) == value
        elif " " in cell:
            found["spaces"] += 1
            assert cell.replace(" ", "") == value
        elif len(cell) == 14:
            found["siret"] += 1
            assert siret.is_valid(cell)
            assert cell.startswith(value)
        elif len(cell) == 8:
            found["no_zero"] += 1
            assert siren.is_valid("0" + cell)
        else:
            found["as_is"] += 1
            assert cell == value
    assert min(found.values()) > 0
    assert {f"siren_{name}": n for name, n in found.items()} == {
        name: n for name, n in truth["mess"].items() if name.startswith("siren_")
    }
    assert 0.04 < found["missing"] / len(cells) < 0.12
    assert truth["mess"]["naf_without_dot"] > 0


def test_the_truth_is_never_beside_the_files(tmp_path: Path, paths: SamplePaths) -> None:
    assert not list(paths.folder.rglob("*truth*"))
    with pytest.raises(ValueError, match="never written beside"):
        write_sample(tmp_path, SPEC, truth_folder=tmp_path / "truth")


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    write_sheet(
        tmp_path / "sheet.xlsx", "Feuille", ("Nom", "Euros"), [["=1+1", "@SUM(A1)", "http://x"], [1.5, None, 2]]
    )
    cells = openpyxl.load_workbook(tmp_path / "sheet.xlsx").active
    assert [(cells.cell(row, 1).value, cells.cell(row, 1).data_type) for row in (2, 3, 4)] == [
        ("=1+1", "s"),
        ("@SUM(A1)", "s"),
        ("http://x", "s"),
    ]
    assert cells.cell(2, 1).hyperlink is None


def test_fec_names_fields_and_dates_follow_the_decree(paths: SamplePaths, ledgers: list[pd.DataFrame]) -> None:
    assert [path.name for path in paths.fec] == [
        "999999998FEC20231231.txt",
        "999999998FEC20241231.txt",
        "999999998FEC20250531.txt",
    ]
    for lines, last in zip(ledgers, ("20231231", "20241231", "20250531"), strict=True):
        assert len(lines.columns) == 18
        assert set(lines["JournalCode"]) <= {"AN", "VE", "BQ", "OD"}
        assert lines["EcritureDate"].str.fullmatch(r"20\d{6}").all()
        assert lines[["EcritureDate", "ValidDate", "DateLet"]].max().max() <= last
        assert ((lines["Debit"] >= 0) & (lines["Credit"] >= 0)).all()
        assert ((lines["Debit"] == 0) != (lines["Credit"] == 0)).all()


def test_every_fec_entry_balances(ledgers: list[pd.DataFrame]) -> None:
    for lines in ledgers:
        entries = lines.groupby("EcritureNum")[["Debit", "Credit"]].sum()
        assert (entries["Debit"] == entries["Credit"]).all()
        assert lines["Debit"].sum() == lines["Credit"].sum()


def test_fec_balance_of_411_equals_the_frames_at_each_closing(ledgers: list[pd.DataFrame], sample: Sample) -> None:
    for lines, day in zip(ledgers, ("2023-12-31", "2024-12-31", "2025-05-31"), strict=True):
        on_411 = lines[lines["CompteNum"] == "411000"]
        assert on_411["Debit"].sum() - on_411["Credit"].sum() == _receivables(sample, day)
        by_customer = (on_411["Debit"] - on_411["Credit"]).groupby(on_411["CompAuxNum"]).sum()
        assert by_customer.index.isin(sample.customers["customer_id"]).all()


def test_opening_items_are_the_unlettered_items_of_the_year_before_with_their_dates(
    ledgers: list[pd.DataFrame],
) -> None:
    fields = ["EcritureDate", "CompAuxNum", "PieceRef", "EcritureLib", "Debit", "Credit"]
    assert "AN" not in set(ledgers[0]["JournalCode"])
    for before, after in pairwise(ledgers):
        left = before[(before["CompteNum"] == "411000") & (before["EcritureLet"] == "")]
        opening = after[(after["JournalCode"] == "AN") & (after["CompteNum"] == "411000")]
        assert len(opening) > 100
        assert sorted(map(tuple, left[fields].to_numpy())) == sorted(map(tuple, opening[fields].to_numpy()))
        first_day = after.loc[after["JournalCode"] != "AN", "EcritureDate"].min()[:4] + "0101"
        assert (opening["EcritureDate"] < first_day).all()
        assert set(opening["EcritureNum"]) == {"1"}
        bank = [part[part["CompteNum"] == "512000"] for part in (before, after[after["JournalCode"] == "AN"])]
        assert len({int((part["Debit"] - part["Credit"]).sum()) for part in bank}) == 1


def test_lettering_groups_balance_and_codes_restart(ledgers: list[pd.DataFrame]) -> None:
    for lines in ledgers:
        lettered = lines[lines["EcritureLet"] != ""]
        assert (lettered["CompteNum"] == "411000").all()
        assert (lettered["DateLet"] != "").all()
        groups = (lettered["Debit"] - lettered["Credit"]).groupby([lettered["CompAuxNum"], lettered["EcritureLet"]])
        assert (groups.sum() == 0).all()
        assert (lettered.groupby("CompAuxNum")["EcritureLet"].min() == "A").all()
        assert (lettered["DateLet"] >= lettered["EcritureDate"]).all()
    on_411 = ledgers[-1][ledgers[-1]["CompteNum"] == "411000"]
    share = on_411.loc[on_411["EcritureLet"] != "", "Credit"].sum() / on_411["Credit"].sum()
    assert 0.5 < share < 0.98


def test_write_offs_and_deposits_reach_their_accounts(ledgers: list[pd.DataFrame], sample: Sample) -> None:
    whole = pd.concat([lines[lines["JournalCode"] != "AN"] for lines in ledgers])
    balance = (whole["Debit"] - whole["Credit"]).groupby(whole["CompteNum"]).sum()
    lost = sample.payments.loc[sample.payments["kind"] == "write_off", "amount_cents"]
    assert len(lost) > 0
    net = [(Decimal(cents) / Decimal("1.2")).quantize(Decimal(1), ROUND_HALF_UP) for cents in lost.tolist()]
    assert balance["654000"] == sum(net)
    assert balance["416000"] == 0
    deposits = sample.invoices[sample.invoices["kind"] == "deposit"]
    used = sample.invoices["deposit_excl_tax_cents"].sum()
    assert balance["419100"] == used - deposits["amount_excl_tax_cents"].sum()
    assert balance["707000"] == -(sample.invoices["amount_excl_tax_cents"].sum() + balance["419100"])


def test_two_writings_of_one_spec_are_the_same_files(tmp_path: Path, paths: SamplePaths) -> None:
    again = write_sample(tmp_path / "again", SPEC)
    for first, second in zip(
        [paths.customers, paths.invoices, paths.payments, paths.procedures, *paths.fec],
        [again.customers, again.invoices, again.payments, again.procedures, *again.fec],
        strict=True,
    ):
        assert first.read_bytes() == second.read_bytes(), first.name


def test_another_seed_gives_other_faults(tmp_path: Path, paths: SamplePaths) -> None:
    other = write_sample(tmp_path / "other", replace(SPEC, seed=12))
    assert _sheet(other.customers)["Siren"].tolist() != _sheet(paths.customers)["Siren"].tolist()


def test_letters_and_french_amounts_by_hand() -> None:
    assert [letter_code(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
    assert french_amount(123_456, " ") == "1 234,56"
    assert french_amount(5, " ") == "0,05"
    assert french_amount(-123_456_789, "\u202f") == "-1\u202f234\u202f567,89"
