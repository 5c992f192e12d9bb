"""The diagnostic: self-contained, safe, in one language at a time, complete in every poor case, two A4 pages."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from riskkit.exhibits.document import make_diagnostic
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.summary import summary_sentences

CHROMIUM = shutil.which("chromium")
VOID = {"meta", "link", "br", "img", "hr", "input", "col"}


class Reader(HTMLParser):
    """Tags in order, references, ids, and whether every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.references: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), name
            if name in ("src", "href", "data", "action", "poster", "srcset"):
                self.references.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        if not {"style", "script", "svg"} & set(self.open):
            self.text += text + "\n"


@pytest.fixture(scope="module")
def page(run: RunTables) -> str:
    return make_diagnostic(run, language="fr")


def test_page_refers_to_nothing_outside_itself(page: str) -> None:
    read = Reader(page)
    assert read.open == []
    assert all(reference.startswith("#") for reference in read.references)
    assert "http" not in re.sub(r"http-equiv", "", page)
    assert "@import" not in page
    assert re.findall(r"url\((?!#)", page) == []


def test_page_runs_one_script_and_its_policy_names_it(page: str) -> None:
    assert Reader(page).tags.count("script") == 1
    assert "script-src &#x27;sha256-" in page


def test_hostile_names_stay_text(page: str) -> None:
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Fils" in page


def test_page_is_marked_up_for_everybody(page: str) -> None:
    read = Reader(page)
    assert '<html lang="fr">' in page
    headings = [int(tag[1]) for tag in read.tags if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    assert read.tags.count("table") == read.tags.count("caption")
    assert len(read.ids) == len(set(read.ids))


def test_summary_says_what_the_tables_say(run: RunTables) -> None:
    said = dict(summary_sentences(run, language="en"))
    assert list(said) == [
        "Receivables",
        "Overdue",
        "Payment times",
        "Largest late payers",
        "Sectors",
        "To be confirmed",
    ]
    assert f"22 customers owe €{run.ageing['receivables_amount'].sum():,.0f} net" in said["Receivables"]
    assert "The DSO is 58 days, against 64 days a year ago." in said["Payment times"]
    assert "41% of the overdue money (interval 29% to 54%) with 20% of the open items" in said["Sectors"]
    assert "1.6% of the money received matches no invoice" in said["To be confirmed"]
    largest = run.ageing.nlargest(1, "overdue_amount")["customer_name"].iloc[0]
    assert largest in said["Largest late payers"]


def test_no_english_is_left_in_the_french_page(run: RunTables) -> None:
    english = Reader(make_diagnostic(run, language="en")).text.split("\n")
    french = set(Reader(make_diagnostic(dataclasses.replace(run, findings=()), language="fr")).text.split("\n"))
    shared = {line.strip() for line in english if re.search(r"[a-z]{3}", line)} & {line.strip() for line in french}
    allowed = set(run.ageing["customer_name"]) | set(run.sectors["label"]) | {run.company}
    assert shared - allowed <= {"Total", "− write-off"}


def test_english_page_has_no_french_but_names(run: RunTables) -> None:
    text = Reader(make_diagnostic(run, language="en")).text
    assert '<html lang="en">' in make_diagnostic(run, language="en")
    assert not re.search(r"\b(jours|retard|clients|encours|échéance)\b", re.sub(r"Sources:.*", "", text))


def poor_runs(run: RunTables) -> dict[str, RunTables]:
    """The awkward cases a real ledger brings."""
    kpis = run.manifest["kpis"]
    no_kpis = {
        **run.manifest,
        "kpis": dict.fromkeys(kpis),
        "not_computable": dict.fromkeys(kpis, "no sales in the window"),
    }
    late = [name for name in run.ageing.columns if re.fullmatch(r"d\d+_\d+_amount|over_\d+_amount", name)]
    calm = run.ageing.assign(**dict.fromkeys([*late, "overdue_amount"], 0.0), oldest_days_past_due=pd.NA)
    calm_kpis = {**kpis, "overdue_amount": 0.0, "overdue_share": 0.0}
    calm_sectors = run.sectors.assign(overdue_share=float("nan"), lift=float("nan"), is_finding=False)
    return {
        "no history": dataclasses.replace(run, measures=run.measures[run.measures["as_of"] == pd.Timestamp(run.as_of)]),
        "no overdue": dataclasses.replace(
            run, ageing=calm, sectors=calm_sectors, manifest={**run.manifest, "kpis": calm_kpis}
        ),
        "no sector": dataclasses.replace(run, sectors=run.sectors.head(0)),
        "nothing computable": dataclasses.replace(run, measures=run.measures.head(0), manifest=no_kpis),
        "one customer": dataclasses.replace(run, ageing=run.ageing.head(1)),
        "empty": dataclasses.replace(
            run, ageing=run.ageing.head(0), sectors=run.sectors.head(0), measures=run.measures.head(0), manifest={}
        ),
    }


@pytest.mark.parametrize(
    "case", ["no history", "no overdue", "no sector", "nothing computable", "one customer", "empty"]
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_poor_runs_give_a_whole_page_without_holes(run: RunTables, case: str, language: str) -> None:
    page = make_diagnostic(poor_runs(run)[case], language=language)
    read = Reader(page)
    assert read.open == []
    assert not re.search(r"\bnan\b|\bNone\b|<NA>|\binf\b", read.text)


@pytest.mark.e2e
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium poppler-utils")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_ordinary_run_prints_on_two_pages(run: RunTables, tmp_path: Path, language: str) -> None:
    source = tmp_path / "diagnostic.html"
    source.write_text(make_diagnostic(run, language=language), encoding="utf-8")
    printed = tmp_path / "diagnostic.pdf"
    subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={printed}",
            source.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) == 2
