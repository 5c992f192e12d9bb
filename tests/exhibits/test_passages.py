"""Passages that an author rewrites: kept to the letter, in place of ours, and said when their figures changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from riskkit.exhibits.fragment import element
from riskkit.exhibits.language import language
from riskkit.exhibits.report.blocks import to_blocks
from riskkit.exhibits.report.markdown import markdown_parts, markdown_text
from riskkit.exhibits.report.passages import edited_passages, merge_passages
from riskkit.exhibits.report.section import Section

FR = language("fr")
EXHIBIT = element("p", "le tableau")


def sections(amount: str = "12 k€") -> list[Section]:
    return [
        Section("Synthèse", parts=[element("p", "tout")], key="summary", written=f"### Constat\n\n- **Dû** {amount}"),
        Section("Le portefeuille", [f"On doit {amount}.", "Et le reste."], [EXHIBIT], key="portfolio"),
        Section("Encaissements", ["Rien."], [EXHIBIT], key="cash"),
        Section("Méthode", parts=[EXHIBIT]),
    ]


def merged(text: str, amount: str = "12 k€"):
    return merge_passages(text, sections(amount), FR, company="Exemple")


def test_a_first_run_writes_each_passage_and_a_second_changes_nothing():
    first = merged("")
    assert [line for line in first.text.splitlines() if line.startswith("## ")] == [
        "## Synthèse", "## Le portefeuille", "## Encaissements",
    ]  # fmt: skip
    assert "calculé" in first.text
    assert "On doit 12 k€.\n\nEt le reste." in first.text
    assert merged(first.text).text == first.text
    assert first.sections == sections()
    assert (first.edited, first.outdated) == ([], [])


def test_a_passage_left_alone_follows_its_figures():
    again = merged(merged("").text, "15 k€")
    assert "On doit 15 k€." in again.text
    assert "12 k€" not in again.text
    assert again.outdated == []


def test_an_edited_passage_takes_the_place_of_ours_and_is_never_touched():
    text = merged("").text.replace("On doit 12 k€.\n\nEt le reste.", "Mon **avis**.\n\n- un\n- deux")
    kept = merged(text)
    assert (kept.edited, kept.outdated) == (["Le portefeuille"], [])
    assert "Mon **avis**.\n\n- un\n- deux" in kept.text
    assert "modifié" in kept.text
    section = kept.sections[1]
    assert section.lead == ()
    assert [block["kind"] for block in to_blocks(list(section.parts), [])] == ["paragraph", "list", "paragraph"]
    changed = merged(kept.text, "15 k€")
    assert changed.outdated == ["Le portefeuille"]
    assert "Mon **avis**.\n\n- un\n- deux" in changed.text
    assert "On doit 15 k€" not in changed.text
    assert merged(changed.text, "15 k€").outdated == ["Le portefeuille"]  # said until it is read over


def test_what_was_rewritten_is_known_whatever_runs_write_about_it():
    first = merged("").text
    assert edited_passages("") == edited_passages(first) == edited_passages(merged(first, "15 k€").text) == {}
    mine = first.replace("Rien.", "Mon avis.")
    assert edited_passages(mine) == {"cash": "Mon avis."}
    assert edited_passages(merged(mine, "15 k€").text) == {"cash": "Mon avis."}


def test_a_mark_taken_away_says_that_a_passage_was_read_over():
    edited = merged("").text.replace("On doit 12 k€.", "On doit beaucoup.")
    lines = [line for line in edited.splitlines() if not line.startswith("<!-- riskkit portfolio")]
    read = merged("\n".join(lines), "15 k€")
    assert (read.edited, read.outdated) == (["Le portefeuille"], [])
    assert "On doit beaucoup." in read.text
    assert merged(read.text, "15 k€").outdated == []
    assert merged(read.text, "18 k€").outdated == ["Le portefeuille"]


def test_the_first_page_is_one_passage_and_an_emptied_passage_stays_empty():
    text = merged("").text.replace("- **Dû** 12 k€", "- **Dû** douze").replace("Rien.", "")
    kept = merged(text)
    assert kept.edited == ["Synthèse", "Encaissements"]
    assert "".join(kept.sections[0].parts) == "<h3>Constat</h3><ul><li><b>Dû</b> douze</li></ul>"
    assert list(kept.sections[2].parts) == [EXHIBIT]


def test_titles_and_sections_that_we_do_not_know_are_kept():
    text = merged("").text.replace("Rien.", "Rien.\n\n## Mon chapitre\n\nÀ moi.")
    kept = merged(text)
    assert kept.edited == ["Encaissements"]
    assert "Rien.\n\n## Mon chapitre\n\nÀ moi." in kept.text
    without = merge_passages(kept.text, sections()[:2], FR, company="Exemple")  # a run without cash
    assert "## Mon chapitre" in without.text
    assert merged(without.text).edited == ["Encaissements"]


def test_nothing_but_text_comes_out_of_markdown():
    hostile = (
        "<script>x</script> [lien](javascript:alert(1)) ![i](http://x/y.png) **gras** `code`\n\n<div onclick=x>d</div>"
    )
    made = "".join(markdown_parts(hostile))
    assert "<script" not in made
    assert "javascript" not in made
    assert "http" not in made
    assert "<div" not in made
    assert "&lt;script&gt;x" in made
    assert "<b>gras</b>" in made


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), min_size=1, max_size=40)
)
def test_a_name_reads_back_as_itself(name):
    said = " ".join(f"Client {name} doit 12 k€.".split())
    (block,) = to_blocks(markdown_parts(markdown_text(said)), [])
    written = " ".join("".join(run["text"] for run in block["runs"]).split())
    assert written == said
