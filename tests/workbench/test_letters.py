"""Letters: exact money, safe fields, editable templates; nothing is replaced, nothing is sent."""

from __future__ import annotations

import email
import email.policy
import io
from pathlib import Path

import docx
import pytest

from riskkit.errors import DataError, UsageError
from riskkit.exhibits.letter_docx import fill_docx
from riskkit.exhibits.letter_fields import ITEM_FIELDS, LETTER_FIELDS, PERIOD_FIELDS, fill
from riskkit.exhibits.letter_mail import fill_html, make_draft
from riskkit.workbench.cli import main
from riskkit.workbench.letters import SHIPPED, WRITTEN_STEPS, copy_templates, write_letters
from riskkit.workbench.letters_settings import LettersSettings
from riskkit.workbench.run import FinishedRun

VALUES = {name: f"<{name}>" for name in LETTER_FIELDS}
ROWS = {
    "invoice": [{name: f"{name} {n}" for name in ITEM_FIELDS} for n in (1, 2)],
    "half_year": [{name: f"{name} 1" for name in PERIOD_FIELDS}],
}


def text_of(document) -> str:
    parts = [p.text for p in document.paragraphs]
    parts += [" | ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    return "\n".join(parts).replace("\u202f", " ").replace("\u00a0", " ")


def test_a_formal_notice_claims_to_the_cent(finished: FinishedRun, tmp_path: Path) -> None:
    made = write_letters(finished.folder, customer="C1", step="formal_notice", folder=tmp_path / "out")
    assert dict(made.counts) == {"formal_notice": 1}
    said = text_of(docx.Document(str(next(made.folder.glob("*.docx")))))
    # 600.50 € due on 16 March 2024: 15 days at 14.5 % = 3.58 €; 40 € for the invoice
    for expected in ("Principal TTC | 600,50 €", "31/03/2024 | 3,58 €", "1 × 40,00 € | 40,00 €", "Total | 644,08 €"):
        assert expected in said
    assert "S1 2024 | 17/03/2024 | 31/03/2024 | 14,50 % | 3,58 €" in said
    assert "F2 | 15/02/2024 | 16/03/2024 | 15 | 600,50 €" in said
    assert "article L441-10" in said
    assert "article D441-5" in said
    assert "[IBAN à compléter]" in said
    assert "F3" not in said  # due on the day of the run
    assert "$" not in said


def test_the_letters_of_the_day_are_drafts_beside_the_run(finished: FinishedRun, tmp_path: Path) -> None:
    made = write_letters(finished.folder, folder=tmp_path / "out")
    assert dict(made.counts) == {"email": 1}
    draft = email.message_from_bytes(next(made.folder.glob("*.eml")).read_bytes(), policy=email.policy.default)
    assert draft["X-Unsent"] == "1"
    assert draft["To"] is None
    assert "1 facture échue" in draft["Subject"]
    page = draft.get_body(("html",)).get_content()
    assert "600,50" in page
    assert "600,50" in draft.get_body(("plain",)).get_content()


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_template_shipped_fills_its_fields(path: Path) -> None:
    assert path.suffix[1:] == WRITTEN_STEPS[path.stem]
    if path.suffix == ".docx":
        said = text_of(docx.Document(io.BytesIO(fill_docx(path, VALUES, ROWS))))
    else:
        said = fill_html(path.read_text(encoding="utf-8"), VALUES, ROWS, file=path.name)
        assert "<company>" not in said
        assert "&lt;company&gt;" in said
    assert "$" not in said
    assert said.count("invoice 1") == said.count("invoice 2") == 1
    if path.suffix == ".docx":
        assert "half_year 1" in said or path.stem == "letter"


def test_there_is_a_template_of_each_step_in_each_language() -> None:
    wanted = {f"{language}/{step}.{kind}" for language in ("fr", "en") for step, kind in WRITTEN_STEPS.items()}
    assert {path.relative_to(SHIPPED).as_posix() for path in SHIPPED.glob("*/*")} == wanted


def test_what_a_value_holds_is_never_read_as_a_field() -> None:
    assert fill("$$ $a ${b}.", {"a": "$b {b} %s", "b": "${a}"}, file="x") == "$ $b {b} %s ${a}."
    hostile = {**VALUES, "customer_name": "<script>$iban</script>", "company": "A\r\nBcc: x@y.fr"}
    template = (
        "<html><head><title>$company</title></head><body>$customer_name<!-- rows -->$invoice<!-- /rows --></body>"
    )
    rows = {"invoice": [{**dict.fromkeys(ITEM_FIELDS, ""), "invoice": "$bic<b>"}]}
    page = fill_html(template, hostile, rows, file="x")
    assert "&lt;script&gt;$iban&lt;/script&gt;$bic&lt;b&gt;" in page
    draft = email.message_from_bytes(make_draft(page, sender="a@b.fr\nBcc: c@d.fr"), policy=email.policy.default)
    assert draft["Bcc"] is None


def test_a_field_cut_by_the_word_processor_is_put_together(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("To ")
    for piece in ("$cust", "omer_", "name, ", "$$5 ", "${ib", "an}"):
        paragraph.add_run(piece).bold = piece == "$cust"
    document.add_paragraph("$penalties_note")
    document.save(str(tmp_path / "own.docx"))
    made = docx.Document(io.BytesIO(fill_docx(tmp_path / "own.docx", {**VALUES, "penalties_note": ""}, ROWS)))
    assert [p.text for p in made.paragraphs] == ["To <customer_name>, $5 <iban>"]
    assert [run.text for run in made.paragraphs[0].runs if run.bold] == ["<customer_name>"]


def test_an_unknown_field_and_a_broken_template_are_named(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("$montant")
    document.save(str(tmp_path / "own.docx"))
    with pytest.raises(DataError, match=r"own.docx: the field '\$montant' is not known"):
        fill_docx(tmp_path / "own.docx", VALUES, ROWS)
    (tmp_path / "bad.docx").write_bytes(b"PK nothing")
    with pytest.raises(DataError, match=r"bad.docx cannot be read"):
        fill_docx(tmp_path / "bad.docx", VALUES, ROWS)


def test_one_s_own_templates_are_copied_once_and_kept(tmp_path: Path) -> None:
    assert len(copy_templates(tmp_path)) == 12
    own = tmp_path / "fr" / "email.html"
    own.write_text("mine", encoding="utf-8")
    assert copy_templates(tmp_path) == []
    assert own.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"customer": "C9"}, "owes nothing that is overdue"),
        ({"step": "call"}, "no step that is written"),
        ({"step": "court_order"}, "No letter to write"),
        ({"customer": "C1", "step": "claim"}, "no declaration of the claim can be written"),
    ],
)
def test_what_cannot_be_written_is_said(finished: FinishedRun, tmp_path: Path, asked, said) -> None:
    with pytest.raises(UsageError, match=said):
        write_letters(finished.folder, folder=tmp_path / "out", **asked)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_in_it_is_not_touched(finished: FinishedRun, workplace: Path, capsys) -> None:
    (workplace / "out").mkdir()
    (workplace / "out" / "corrected.docx").write_bytes(b"x")
    assert main(["letters", str(finished.folder), "--out", "out"]) == 2
    assert "n’est pas vide" in capsys.readouterr().err
    assert [path.name for path in (workplace / "out").iterdir()] == ["corrected.docx"]
    assert main(["letters", str(finished.folder), "--out", "new"]) == 0
    assert "rien n’a été envoyé" in capsys.readouterr().out


@pytest.mark.parametrize(("country", "language"), [("FR", "fr"), ("belgique", "fr"), (None, "fr"), ("DE", "en")])
def test_letters_speak_the_language_of_the_country(country, language) -> None:
    assert LettersSettings().language_for(country) == language
    assert LettersSettings(language="en").language_for(country) == "en"
