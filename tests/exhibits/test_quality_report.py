"""The quality report as people see it: French, tied to its table, the same from memory and from a run's files."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from riskkit.engine import read_parquet, write_parquet
from riskkit.exhibits.figure import figure_title
from riskkit.exhibits.notebook import show_beside
from riskkit.exhibits.plot_quality import plot_quality
from riskkit.exhibits.quality_lists import legal_delays_table, reconciliation_lines_table
from riskkit.exhibits.quality_report import quality_grades, quality_remarks, quality_sentences, quality_table
from riskkit.exhibits.theme import LIGHT
from riskkit.sources.quality import Control, Quality, make_quality
from tests.sources.quality_cases import AS_OF, customer, invoice, make_reading, payment


@dataclass(frozen=True)
class Kept:
    """A report made, and the same read back from the files of a run."""

    made: Quality
    tables: dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    hostile = "<script>alert(1)</script>"
    rows = [
        invoice("F1", "C1", 1000_00, "2024-01-14", "2024-04-13"),
        invoice("F2", "C1", 3000_00, "2024-05-02", "2024-06-01"),
        invoice("F2", "C1", 3000_00, "2024-05-02", "2024-06-01"),
        invoice(hostile, "C2", 500_00, "2024-05-10", "2024-05-01"),
        invoice("F4", "DIV", 2500_00, "2024-05-10", "2024-06-01"),
    ]
    paid = [payment("F9", "C1", 700_00, "2024-06-01"), payment(None, "C1", 40_00, "2024-06-01")]
    who = [customer("C1"), customer("C2", name=hostile, siren=None), customer("DIV", is_catch_all=True, siren=None)]
    aside = [{"source_file": "f.csv", "source_line": 9, "table": "invoices", "reason": "unreadable_date",
              "amount_cents": 80_00, "raw": hostile}]  # fmt: skip
    made = make_quality(make_reading(rows, paid, who, aside), as_of=AS_OF, control=Control(AS_OF, 9300_00))
    folder: Path = tmp_path_factory.mktemp("run")
    tables = {}
    for name in ("quality", "rows", "grades", "legal_delays", "reconciliation"):
        write_parquet(getattr(made, name), folder / f"{name}.parquet")
        tables[name] = read_parquet(folder / f"{name}.parquet")
    return Kept(made, tables)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_what_is_shown_is_the_same_from_memory_and_from_a_run(kept: Kept) -> None:
    for show, name in ((quality_table, "quality"), (quality_grades, "grades"), (quality_remarks, "quality")):
        assert show(kept.tables[name], language="fr") == show(getattr(kept.made, name), language="fr")


def test_every_finding_has_its_row_its_money_and_its_advice(kept: Kept) -> None:
    shown = plain(quality_table(kept.tables["quality"], language="fr"))
    body = shown[shown.index("<tbody>") : shown.index("</tbody>")]
    assert body.count("<tr") == len(kept.made.quality)
    assert "Même client, même numéro, même montant" in body
    assert "Demandez lesquelles sont en double" in body
    assert "3 000 €" in body
    assert "factures.csv, ligne 4" in body
    assert "{" not in body
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_table_cut_short_says_how_many_are_left_out(kept: Kept) -> None:
    left = len(kept.made.quality) - 2
    shown = quality_table(kept.tables["quality"], language="fr", count=2)
    assert f"dans la table de l’exécution\u00a0: {left}" in shown


def test_sentences_come_by_money_and_say_share_and_consequence(kept: Kept) -> None:
    said = [plain(sentence) for sentence in quality_sentences(kept.tables["quality"], language="fr")]
    # F2 again: 3 000 of 10 000 invoiced
    assert said[0].startswith(
        "Même client, même numéro, même montant : 1 ligne, 3 000,00 € (30,0 % du facturé). Ventes"
    )
    graded = kept.made.quality[kept.made.quality["is_graded"]]
    assert len(said) == min(8, len(graded))
    assert any(s.startswith("Compte qui mêle plusieurs clients : 1 client, 2 500,00 €") for s in said)


def test_grades_mark_one_letter_a_row_and_say_why(kept: Kept) -> None:
    shown = plain(quality_grades(kept.tables["grades"], language="fr"))
    letters = kept.made.grades.set_index("dimension")["grade"]
    assert shown.count("data-grade=") == letters.notna().sum()
    assert shown.index("Ensemble") < shown.index("Complétude")
    # uniqueness: 0.25 × 30 % = 7.5 %, a C
    assert letters["uniqueness"] == "C"
    assert "Même client, même numéro, même montant : 3 k€." in shown
    assert "A jusqu’à 1 %" in shown


def test_a_dimension_without_grade_says_it_is_not_computable() -> None:
    reading = make_reading([invoice("F1", "C1", 100_00, "2024-05-10")], due_dates="none")
    shown = quality_grades(make_quality(reading, as_of=AS_OF).grades, language="fr")
    assert "non calculable" in shown
    assert "pas de total de contrôle" in shown


@pytest.mark.parametrize("language", ["fr", "en"])
def test_figure_states_the_grade_and_nothing_overlaps(kept: Kept, language: str) -> None:
    figure = plot_quality(kept.tables["quality"], kept.tables["grades"], language=language)
    overall = kept.made.grades.set_index("dimension").loc["overall", "grade"]
    assert f" {overall}. " in figure_title(figure)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [(t.get_text(), t.get_window_extent(canvas.get_renderer())) for t in figure.texts if t.get_text()]
    for text, box in boxes:
        assert figure.bbox.x0 - 1 <= box.x0 <= box.x1 <= figure.bbox.x1 + 1, text
        assert figure.bbox.y0 - 1 <= box.y0 <= box.y1 <= figure.bbox.y1 + 1, text
    for (one, first), (other, second) in combinations(boxes, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert wide < 1 or high < 0.25 * min(first.height, second.height), (one, other)


def test_bars_are_the_amounts_in_the_colours_of_their_severity(kept: Kept) -> None:
    figure = plot_quality(kept.tables["quality"], kept.tables["grades"], language="en")
    texts = [text.get_text() for text in figure.texts]
    assert "€3k · 30%" in texts
    assert "€500 · 5%" in texts
    from matplotlib.colors import to_hex

    colours = {to_hex(patch.get_facecolor()) for patch in figure.findobj(lambda a: hasattr(a, "get_facecolor"))
               if hasattr(patch, "get_width")}  # fmt: skip
    assert {LIGHT.bad, LIGHT.contrast, LIGHT.neutral} <= colours


def test_clean_files_say_so_everywhere() -> None:
    reading = make_reading(
        [invoice("F1", "C1", 120_00, "2024-05-02", "2024-06-01")], [payment("F1", "C1", 120_00, "2024-06-03")]
    )
    made = make_quality(reading, as_of=AS_OF)
    assert "Aucun constat" in quality_table(made.quality, language="fr")
    assert quality_sentences(made.quality, language="fr") == ["Rien dans les fichiers ne pèse sur les chiffres."]
    figure = plot_quality(made.quality, made.grades, language="fr")
    assert figure_title(figure) == "Rien dans les fichiers ne pèse sur les chiffres"
    assert "Aucune échéance ne dépasse" in legal_delays_table(made.legal_delays, language="fr")
    assert "tombent juste" in reconciliation_lines_table(made.reconciliation, language="fr")


def test_unlawful_terms_by_customer_add_up(kept: Kept) -> None:
    shown = plain(legal_delays_table(kept.tables["legal_delays"], language="fr"))
    assert "Client C1" in shown
    assert "90 jours" in shown  # 14 January to 13 April 2024
    # only F1 is unlawful; invoices with a sound due date: 1 000 + 2 × 3 000 + 2 500 = 9 500; 1 000 ÷ 9 500 = 10.5 %
    assert "10,5 %" in shown


def test_the_parts_of_a_gap_add_up_to_it(kept: Kept) -> None:
    # ours 10 000 − 740 = 9 260; control 9 300; gap −40: the payment that names no invoice
    shown = plain(reconciliation_lines_table(kept.tables["reconciliation"], language="fr"))
    assert "règlements qui ne citent aucune facture" in shown
    assert "possible" in shown
    assert shown.count("−40 €") == 2  # the part, and the total


def test_remarks_stand_beside_the_figure_and_tables_of_sentences_stack_on_a_phone(kept: Kept) -> None:
    quality, grades = kept.tables["quality"], kept.tables["grades"]
    remarks = quality_remarks(quality, language="fr")
    shown = show_beside(remarks, plot_quality(quality, grades, language="fr"))
    assert str(remarks) in str(shown.html)
    assert str(shown.html).index(str(remarks)) < str(shown.html).index("<svg")
    assert 'class="rk-duo"' in str(shown.html)
    for table in (quality_table(quality, language="fr"), quality_grades(grades, language="fr")):
        assert "rk-stacked" in table
