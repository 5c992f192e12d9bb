"""What is doubtful is asked once: in the terminal, in the form, and never again for the same columns."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from riskkit.exhibits.language import language
from riskkit.sources.mapping import infer_specs
from riskkit.workbench.cli import main
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.questions import confirmed_specs
from riskkit.workbench.settings_file import save_sources
from riskkit.workbench.widgets.mapping import MappingForm

# Headers that say nothing: numbers, codes, dates and amounts are found by their cells.
DOUBTFUL = (
    "Zed;Kol;Jour;Mnt x\nF001;C1;31/01/2024;100,10\nF002;C1;28/02/2024;200,20\nF003;C2;28/02/2024;1,30\n"
    "F004;C2;01/03/2024;5,30\n"
)


def _file(folder: Path, text: str = DOUBTFUL, name: str = "export.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_contents_alone_propose_a_mapping_to_confirm(tmp_path):
    (spec,) = infer_specs([_file(tmp_path)])
    assert spec.kind == "invoices"
    assert spec.columns == {"issue_date": "Jour", "amount": "Mnt x", "invoice_number": "Zed", "customer_id": "Kol"}
    assert set(spec.doubtful) >= {"customer_id", "invoice_number"}


def test_enter_accepts_and_a_number_corrects(tmp_path):
    field = "customer_id"
    specs = [spec.model_copy(update={"confidence": {field: 0.55}}) for spec in infer_specs([_file(tmp_path)])]
    answers, shown = iter(["9", "1", *[""] * 9]), []
    (spec,) = confirmed_specs(
        specs, folder=Path(), words=language("fr"), ask=lambda _: next(answers), show=shown.append
    )  # 9 is no column: asked again; 1 is the first
    assert spec.columns[field] == "Zed"
    assert spec.doubtful == ()
    assert any("de 0 à 4" in line for line in shown)
    assert any("Premières valeurs" in line for line in shown)


def test_the_end_of_the_input_accepts_everything(tmp_path):
    def closed(_: str) -> str:
        raise EOFError

    specs = infer_specs([_file(tmp_path)])
    (spec,) = confirmed_specs(specs, folder=Path(), words=language("en"), ask=closed, show=lambda _: None)
    assert spec.columns == specs[0].columns


def test_the_same_columns_next_month_need_no_question(tmp_path, capsys):
    assert main(["init", str(tmp_path / "mars"), "--from", str(_file(tmp_path)), "--yes"]) == 0
    april = DOUBTFUL.replace("2024", "2025").replace("F00", "F01")
    files = ["--from", str(_file(tmp_path, april, "avril.csv")), "--like", str(tmp_path / "mars")]
    capsys.readouterr()
    assert main(["init", str(tmp_path / "avril"), *files]) == 0
    assert "à confirmer" not in capsys.readouterr().out
    (spec,) = Portfolio.open(tmp_path / "avril").settings.sources
    assert spec.confirmed
    assert spec.columns["customer_id"] == "Kol"


@pytest.fixture
def portfolio(tmp_path) -> Portfolio:
    assert main(["init", str(tmp_path / "p"), "--from", str(_file(tmp_path)), "--yes"]) == 0
    return Portfolio.open(tmp_path / "p")


def test_the_form_saves_what_a_person_chose(portfolio):
    form = MappingForm(portfolio, language("fr"))
    choices = form.choices[0]
    assert choices["customer_id"].value == "Kol"
    choices["customer_id"].value = "Zed"
    choices["invoice_number"].value = ""
    assert form.save(), form.said.value
    again = Portfolio.open(portfolio.folder)
    assert again.settings.sources[0].columns["customer_id"] == "Zed"
    assert "invoice_number" not in again.settings.sources[0].columns
    text = (portfolio.folder / "portfolio.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ")  # the advice at its head is kept
    assert "Enregistré dans portfolio.yaml" in form.said.value


def test_the_form_writes_nothing_that_cannot_be_read(portfolio):
    before = (portfolio.folder / "portfolio.yaml").read_bytes()
    form = MappingForm(portfolio, language("fr"))
    form.choices[0]["amount"].value = ""
    assert not form.save()
    assert "Rien n’a été enregistré" in form.said.value
    assert (portfolio.folder / "portfolio.yaml").read_bytes() == before


def test_the_form_shows_text_and_never_markup_of_a_file(tmp_path):
    text = DOUBTFUL.replace("F001", "<script>alert(1)</script>1")
    assert main(["init", str(tmp_path / "p"), "--from", str(_file(tmp_path, text)), "--yes"]) == 0
    form = MappingForm(Portfolio.open(tmp_path / "p"), language("fr"))
    assert "<script>" not in str([child.value for child in form.view.children[1].children[:1]])


def test_settings_are_replaced_whole(portfolio, tmp_path):
    path = tmp_path / "copy.yaml"
    shutil.copy2(portfolio.folder / "portfolio.yaml", path)
    path.write_text("# mine\n" + path.read_text(encoding="utf-8") + "terms: '45FM'\n", encoding="utf-8")
    save_sources(path, portfolio.settings.sources)
    assert path.read_text(encoding="utf-8").startswith("# mine\n")
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["terms"] == "45FM"


def test_an_aged_balance_takes_its_date_from_the_request(tmp_path):
    text = "Client;Non échu;1-30;> 30\nA;10,00;2,00;3,00\nB;1,00;2,00;3,00\n"
    path = _file(tmp_path, text, "soldes.csv")
    assert main(["init", str(tmp_path / "p"), "--from", str(path), "--yes"]) == 0
    assert main(["check", str(tmp_path / "p")]) == 1
    assert main(["check", str(tmp_path / "p"), "--as-of", "2024-03-31"]) == 0
