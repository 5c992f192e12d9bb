"""Customers written once, on the first of their lines, as merged cells and printed lists leave them. Sums by hand."""

from __future__ import annotations

from pathlib import Path

from riskkit.exhibits.language import language
from riskkit.sources.collect import collect
from riskkit.sources.reading import Reading

HEAD = "Code;Nom;N° facture;Date facture;Échéance;Montant TTC\n"
GROUPS = (
    "C1;ALPHA;F1;05/01/2024;04/02/2024;100,00\n;;F2;06/01/2024;05/02/2024;200,00\n;Sous-total ALPHA;;;;300,00\n"
    "C2;;F3;07/01/2024;06/02/2024;40,00\n;;F4;08/01/2024;07/02/2024;50,00\nTOTAL GÉNÉRAL;;;;;390,00\n"
)


def read(folder: Path, text: str) -> Reading:
    path = folder / "echeancier.csv"
    path.write_text(text, encoding="utf-8")
    return collect([path])[0]


def test_lines_below_take_the_customer_of_the_line_above(tmp_path):
    reading = read(tmp_path, HEAD + GROUPS)
    assert reading.invoices["customer_id"].tolist() == ["C1", "C1", "C2", "C2"]
    # 100 + 200 + 40 + 50 = 390; the totals are no rows.
    assert (reading.files[0].total_cents, reading.files[0].accepted_cents) == (39000, 39000)
    assert reading.rejects["reason"].tolist() == ["total_row", "total_row"]
    # The name of C1 does not pass to C2, which has none.
    assert dict(zip(reading.customers["customer_id"], reading.customers["name"].fillna(""), strict=True)) == {
        "C1": "ALPHA", "C2": "",
    }  # fmt: skip
    said = " ".join(language("fr").say(note) for note in reading.notes)
    assert "2 lignes en dessous prennent le client de la ligne au-dessus (2 clients)" in said.replace("\u00a0", " ")


def test_a_customer_missing_among_others_named_on_each_line_stays_missing(tmp_path):
    rows = "".join(f"C{i % 2};N{i % 2};F{i};0{i + 1}/01/2024;05/02/2024;10,00\n" for i in range(5))
    reading = read(tmp_path, HEAD + rows + ";;F8;08/01/2024;05/02/2024;7,00\n;;F9;09/01/2024;05/02/2024;7,00\n")
    assert reading.rejects["reason"].tolist() == ["missing_customer"] * 2
    assert reading.files[0].rejected_cents == 1400


def test_a_first_line_without_customer_says_nothing_of_the_others(tmp_path):
    reading = read(tmp_path, HEAD + ";;F0;04/01/2024;04/02/2024;1,00\n" + GROUPS)
    assert reading.rejects["reason"].tolist().count("missing_customer") == 3
