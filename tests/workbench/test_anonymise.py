"""An anonymous copy: nothing of the original is found in it, by any format, and it settles as the original does."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from decimal import Decimal
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import xlsxwriter
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import siren

from riskkit.engine import read_parquet, write_parquet
from riskkit.errors import DataError, UsageError
from riskkit.sources.sample import SampleSpec, write_sample
from riskkit.workbench import anonymise as anonymise_module
from riskkit.workbench.anonymise import anonymise, secrets_of
from riskkit.workbench.anonymous_tables import stored_reading
from riskkit.workbench.leaks import find_leaks, texts_of
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.pseudonyms import FACTORS, Pseudonyms
from riskkit.workbench.run import FinishedRun, make_tables

AS_OF = dt.date(2025, 12, 31)
COMPANY = "Fonderies Vaucanson"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of a small sample: SIREN, addresses, references, partial payments, credit notes, procedures."""
    home = tmp_path_factory.mktemp("original")
    written = write_sample(home / "sources", SampleSpec(seed=11, customers=25, invoices=300, months=14))
    files = [written.customers, written.invoices, written.payments, written.procedures]
    return make_tables(Portfolio.from_files(files, name=COMPANY), as_of=AS_OF, folder=home / "run").folder


@pytest.fixture(scope="module")
def copy(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its copy, with one notebook and every document."""
    out = tmp_path_factory.mktemp("copies") / "copie"
    return anonymise(original, out, secret=Pseudonyms(random.Random(4)), only="06_actions", show_progress=False).folder


def amounts(folder: Path) -> set[int]:
    """Every amount of the tables of a run, in cents."""
    found: set[int] = set()
    for path in (folder / "tables").iterdir():
        frame = read_parquet(path)
        for name in frame.columns:
            if name.endswith("amount"):
                found |= {round(float(value) * 100) for value in frame[name].dropna()}
    return found


def test_no_name_number_or_address_survives_in_any_file(original: Path, copy: Path) -> None:
    held = stored_reading(original, read_manifest(original))
    secrets = secrets_of(held, company=COMPANY)
    names = set(held.customers["name"].dropna())
    assert len(names) > 20
    assert names | set(held.customers["siren"].dropna()) | set(held.invoices["invoice_number"].dropna()) <= secrets
    assert {path.suffix for path in copy.rglob("*") if path.is_file()} >= {
        ".html", ".pdf", ".pptx", ".xlsx", ".ics", ".ipynb", ".json", ".yaml", ".parquet",
    }  # fmt: skip
    # the product itself speaks of "clients divers", and names tables as the files were named
    assert find_leaks(copy, secrets, harmless="clients divers client factures reglements procedures") == []
    # the same search finds them all in one table of the original: an empty answer means something
    assert len({secret for _, secret in find_leaks(original / "tables", names)}) == len(names)


def test_no_exact_amount_survives_in_a_table_or_in_a_text(original: Path, copy: Path) -> None:
    legal = {4_000}  # the indemnity of 40 euros by invoice
    known = {abs(cents) for cents in amounts(original) if abs(cents) >= 10_000}
    own = {abs(cents) for cents in amounts(copy)}
    held = {name: value for name, value in read_manifest(original)["kpis"].items() if name.endswith("_amount")}
    known |= {round(float(value) * 100) for value in held.values() if value}
    said: set[int] = set()
    for path in copy.rglob("*"):
        if path.is_file() and path.suffix in (".html", ".pdf", ".json", ".ics", ".ipynb", ".xlsx", ".pptx"):
            for text in texts_of(path):
                plain = re.sub(r"[\u00a0\u202f]", " ", text)
                said |= {
                    int(re.sub(r"\D", "", number))
                    for number in re.findall(
                        r"(?<![\d,.])\d{1,3}(?: \d{3})+,\d\d(?!\d)|(?<![\d,.])\d+[.,]\d\d(?!\d)", plain
                    )
                }
    assert len(said) > 100
    survivors = (said & known) - own - legal
    assert survivors == set()
    # two amounts of two ledgers may be equal by chance: none is, in more than a few of thousands
    assert len(own & known) < 0.02 * len(known)


def test_everything_settles_and_ties_as_it_did(original: Path, copy: Path) -> None:
    before, after = read_manifest(original), read_manifest(copy)
    assert str(after["reconciliation"]["difference"]) == "0.00"
    for name in (
        "overdue_share",
        "dso_days",
        "countback_dso_days",
        "days_beyond_terms_days",
        "overdue_customers_count",
    ):
        assert float(after["kpis"][name]) == pytest.approx(float(before["kpis"][name]), rel=2e-3), name
    ratio = float(after["kpis"]["receivables_amount"]) / float(before["kpis"]["receivables_amount"])
    assert any(low <= ratio <= high for low, high in FACTORS)
    items = [read_parquet(run / "tables" / "open_items.parquet") for run in (original, copy)]
    shape = [frame.groupby(["issue_date", "bucket"]).size() for frame in items]
    pd.testing.assert_series_equal(shape[0], shape[1])
    paid = [(frame["applied_amount"] > 0).sum() for frame in items]
    assert paid[0] == paid[1]
    assert after["matching"] == pytest.approx(before["matching"], abs=Decimal("0.002"))
    scores = [read_parquet(run / "tables" / "scores.parquet")["risk_class"].value_counts() for run in (original, copy)]
    assert set(scores[1].index) <= {*scores[0].index, "unknown"}


def test_a_copy_with_a_leak_is_never_put_in_place(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(*_: object, folder: Path, **__: object) -> FinishedRun:
        folder.mkdir()
        (folder / "diagnostic.html").write_text(f"<h1>{COMPANY.upper()}</h1>", encoding="utf-8")
        return FinishedRun(folder, {})

    monkeypatch.setattr(anonymise_module, "make_run", forgetful)
    with pytest.raises(DataError, match=r"still holds .* the first one in diagnostic\.html"):
        anonymise(original, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_refused(original: Path, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    with pytest.raises(UsageError, match="is not empty"):
        anonymise(original, tmp_path)


def test_a_secret_is_found_in_every_format(tmp_path: Path) -> None:
    name = "Société Généreuse & Fils"
    document = Document()
    document.core_properties.author = name
    document.save(str(tmp_path / "a.docx"))
    with xlsxwriter.Workbook(tmp_path / "b.xlsx", {"strings_to_formulas": False}) as book:
        book.add_worksheet().write_string(0, 0, name)
    write_parquet(pd.DataFrame({"n": ["other", f"à {name}"]}), tmp_path / "c.parquet")
    notebook = nbformat.v4.new_notebook(metadata={"title": name})
    nbformat.write(notebook, tmp_path / "d.ipynb")
    (tmp_path / "e.html").write_text("<p>SOCIETE&nbsp;GENEREUSE &amp; FILS</p>", encoding="utf-8")
    (tmp_path / "f.json").write_text(json.dumps({"n": name}, ensure_ascii=False), encoding="utf-8")
    import typst

    (tmp_path / "g.pdf").write_bytes(typst.compile(f"#set document(title: [{name}])\n {name}".encode()))
    (tmp_path / "société-généreuse-fils.txt").write_text("nothing")
    (tmp_path / "ok.txt").write_text("Société Générale et fils")
    found = {file for file, _ in find_leaks(tmp_path, [name])}
    assert found == {
        *["a.docx", "b.xlsx", "c.parquet", "d.ipynb", "e.html", "f.json", "g.pdf"],
        "société-généreuse-fils.txt",
    }


@given(st.lists(st.integers(-(10**9), 10**9), max_size=30), st.integers(0, 10**6))
def test_pseudonyms_are_the_same_everywhere_and_amounts_keep_their_sign(cents: list[int], seed: int) -> None:
    secret = Pseudonyms(random.Random(seed))
    scaled = [secret.cents(each) for each in cents]
    assert all((new > 0) == (old > 0) and (new < 0) == (old < 0) for old, new in zip(cents, scaled, strict=True))
    assert all(abs(abs(new) - abs(old) * secret.factor) <= 1 for old, new in zip(cents, scaled, strict=True))
    values = pd.Series([str(each % 7) for each in cents] + [None], dtype="str")
    codes = secret.codes(values, "C")
    pairs = set(zip(values.dropna(), codes.dropna(), strict=True))
    assert len(pairs) == values.nunique() == len({code for _, code in pairs})
    assert pd.isna(codes.iloc[-1])


def test_numbers_of_companies_pass_the_check_digit_and_are_nobodys() -> None:
    made = Pseudonyms(random.Random(1)).sirens(pd.Series(["552032534", "404833048", None, "552032534"], dtype="str"))
    assert all(siren.is_valid(number) and number.startswith("00") for number in made.dropna())
    assert made[0] == made[3] != made[1]
