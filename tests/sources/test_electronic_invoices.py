"""Electronic invoices, written by hand → canonical tables; hostile and broken files refused with a clear message."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskkit.errors import DataError
from riskkit.exhibits.language import language
from riskkit.sources.einvoice_document import Identifier, Party, calendar_date, terms_code, whole_cents
from riskkit.sources.electronic_invoices import (
    REASONS,
    electronic_invoice_files,
    looks_like_electronic_invoice,
    read_electronic_invoices,
)
from riskkit.sources.reading import Reading
from tests.sources.einvoice_texts import BUYER, OTHER, SELLER, blank_pdf, cii, ubl


def _folder(place: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (place / f"{name}.xml").write_text(text, encoding="utf-8")
    return place


def _french(reading: Reading) -> str:
    return " ".join(language("fr").say(note) for note in reading.notes)


def _why(reading: Reading) -> dict[str, str]:
    return dict(zip(reading.rejects["source_file"], reading.rejects["reason"], strict=True))


def _refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_electronic_invoices([path])
    return " ".join(language("fr").say(each) for each in caught.value.messages)


def test_a_cii_invoice_is_read_whole(tmp_path):
    reading = read_electronic_invoices([_folder(tmp_path, a=cii())])
    row = reading.invoices.iloc[0]
    assert (row["invoice_number"], row["kind"], row["amount_cents"], row["excl_tax_cents"]) == (
        "F-2026-001", "invoice", 120000, 100000,
    )  # fmt: skip
    assert (row["issue_date"].date(), row["due_date"].date()) == (dt.date(2026, 1, 15), dt.date(2026, 2, 14))
    customer = reading.customers.iloc[0]
    assert (customer["customer_id"], customer["siren"], customer["name"]) == (
        BUYER, BUYER, "Bâtiments Imaginaires & Fils",
    )  # fmt: skip
    assert (customer["postcode"], customer["town"], customer["payment_terms"]) == ("44000", "Nantes", "30")
    assert reading.due_dates == "file"


def test_a_factur_x_pdf_made_by_the_reference_library_gives_the_same_invoice(tmp_path):
    facturx = pytest.importorskip("facturx", reason="factur-x is not installed")
    pdf = blank_pdf(tmp_path / "facture.pdf")
    facturx.generate_from_file(str(pdf), cii().encode(), flavor="factur-x", level="basicwl", check_schematron=False)
    from_pdf = read_electronic_invoices([pdf])
    from_xml = read_electronic_invoices([_folder(tmp_path, seul=cii()) / "seul.xml"])
    columns = ["invoice_id", "customer_id", "kind", "issue_date", "due_date", "amount_cents", "excl_tax_cents"]
    assert from_pdf.invoices[columns].equals(from_xml.invoices[columns])
    assert looks_like_electronic_invoice(pdf)


def test_the_pdf_and_the_xml_of_one_invoice_count_once(tmp_path):
    blank_pdf(tmp_path / "a.pdf", attached={"factur-x.xml": cii().encode()})
    reading = read_electronic_invoices([_folder(tmp_path, b=cii())])
    assert reading.invoices["amount_cents"].sum() == 120000
    assert _why(reading) == {"b.xml": "same_document"}
    assert [(f.accepted_cents, f.rejected_cents, f.total_cents) for f in reading.files] == [
        (120000, 0, 120000), (0, 120000, 120000),
    ]  # fmt: skip


def test_ubl_invoice_and_credit_note_meet(tmp_path):
    folder = _folder(tmp_path, a=ubl(), b=ubl("A-1", credit=True, ht="25.00", tax="5.00", ttc="30.00", replaces="U-1"))
    reading = read_electronic_invoices([folder])
    assert reading.invoices["amount_cents"].tolist() == [6000, -3000]  # 60.00 − 30.00 = 30.00 left to pay
    assert reading.invoices["excl_tax_cents"].tolist() == [5000, -2500]
    assert reading.invoices["reference"].tolist() == ["U-1", "U-1"]
    assert reading.invoices["kind"].tolist() == ["invoice", "credit_note"]
    assert reading.customers["payment_terms"].tolist() == ["45FM"]


def test_invoices_the_company_received_are_set_aside_with_their_money(tmp_path):
    folder = _folder(
        tmp_path,
        a=cii("F1"),
        b=cii("F2", buyer=OTHER),
        bought=cii("X9", seller=OTHER, buyer=SELLER, ht="70.00", tax="14.00", ttc="84.00"),
        foreign=cii("Z1", seller=BUYER, buyer=OTHER, ht="5.00", tax="1.00", ttc="6.00"),
    )
    reading = read_electronic_invoices([folder])
    assert _why(reading) == {"bought.xml": "bought", "foreign.xml": "other_seller"}
    assert reading.rejects["amount_cents"].tolist() == [8400, 600]
    assert reading.invoices["amount_cents"].sum() == 240000
    assert "84,00" in _french(reading)
    # 2 × 1,200.00 + 84.00 + 6.00 = 2,490.00 in the files
    assert sum(file.total_cents for file in reading.files) == 249000


def test_a_folder_of_purchases_alone_is_refused(tmp_path):
    folder = _folder(tmp_path, a=cii("1", seller=OTHER, buyer=SELLER), b=cii("2", seller=BUYER, buyer=SELLER))
    assert "achats" in _refused(folder)


def test_the_company_may_be_named(tmp_path):
    folder = _folder(tmp_path, a=cii("F1"), b=cii("F2"), c=cii("X9", seller=OTHER, buyer=SELLER))
    reading = read_electronic_invoices([folder], company_siren=OTHER)
    assert reading.invoices["invoice_number"].tolist() == ["X9"]
    assert set(_why(reading).values()) == {"other_seller"}


def test_a_deposit_that_the_final_invoice_deducts_is_not_a_sale_twice(tmp_path):
    folder = _folder(
        tmp_path,
        deposit=cii("D1", kind="386", ht="200.00", tax="40.00", ttc="240.00"),
        final=cii("F1", date="20260301", due="20260331", prepaid="240.00", replaces="D1"),
    )
    reading = read_electronic_invoices([folder])
    assert reading.invoices.set_index("invoice_number")["kind"].to_dict() == {"D1": "deposit", "F1": "invoice"}
    assert reading.invoices.set_index("invoice_number")["is_sale"].to_dict() == {"D1": False, "F1": True}
    # owed: 240.00 + 1,200.00 − 240.00 deducted = 1,200.00, the total of the job
    assert reading.invoices["amount_cents"].sum() - reading.payments["amount_cents"].sum() == 120000
    assert reading.payments[["kind", "reference"]].to_numpy().tolist() == [["other", "F1"]]


def test_a_corrected_invoice_takes_the_place_of_the_one_it_names(tmp_path):
    folder = _folder(
        tmp_path, a=cii("F1"), b=cii("F2", kind="384", ht="900.00", tax="180.00", ttc="1080.00", replaces="F1")
    )
    reading = read_electronic_invoices([folder])
    assert reading.invoices["amount_cents"].tolist() == [108000]
    assert _why(reading) == {"a.xml": "replaced"}


def test_instalments_are_items_that_add_up_to_the_invoice(tmp_path):
    def part(day: str, amount: str) -> str:
        return (
            "<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format='102'>"
            f"{day}</udt:DateTimeString></ram:DueDateDateTime><ram:PartialPaymentAmount>{amount}"
            "</ram:PartialPaymentAmount></ram:SpecifiedTradePaymentTerms>"
        )

    text = cii(due="", extra_terms=part("20260214", "400.00") + part("20260314", "400.00") + part("20260414", "400.00"))
    reading = read_electronic_invoices([_folder(tmp_path, a=text)])
    assert reading.invoices["amount_cents"].tolist() == [40000, 40000, 40000]
    assert reading.invoices["excl_tax_cents"].sum() == 100000  # 1,000.00 shared without losing a cent
    assert reading.invoices["due_date"].dt.month.tolist() == [2, 3, 4]
    assert reading.invoices["invoice_id"].is_unique
    assert set(reading.invoices["reference"]) == {"F-2026-001"}


def test_another_currency_is_set_aside_and_not_converted(tmp_path):
    folder = _folder(tmp_path, a=cii("F1"), b=cii("F2"), c=cii("F3", currency="USD"))
    reading = read_electronic_invoices([folder])
    assert (reading.currency, _why(reading)) == ("EUR", {"c.xml": "other_currency"})
    assert read_electronic_invoices([folder], currency="USD").invoices["invoice_number"].tolist() == ["F3"]


def test_the_sellers_own_customer_code_is_used_when_it_is_one_to_one(tmp_path):
    one = read_electronic_invoices([_folder(tmp_path, a=cii("1", code="C042"), b=cii("2", buyer=OTHER, code="C043"))])
    assert one.customers["customer_id"].tolist() == ["C042", "C043"]
    both = read_electronic_invoices([_folder(tmp_path, b=cii("2", buyer=OTHER, code="C042"))])
    assert both.customers["customer_id"].tolist() == [BUYER, OTHER]


@pytest.mark.parametrize(
    ("party", "siren"),
    [
        (Party("x", (Identifier("0002", "732 829 320"),)), "732829320"),
        (Party("x", (Identifier("0009", "73282932000074"),)), "732829320"),
        (Party("x", (Identifier("0088", "1234567890123"),), vat="FR83404833048"), "404833048"),
        (Party("x", (Identifier("0002", "732829321"),)), None),
        (Party("x", vat="FR84404833048"), None),
        (Party("x", vat="DE136695976"), None),
    ],
)
def test_the_siren_comes_from_whichever_number_holds_it(party, siren):
    assert party.siren == siren


def test_amounts_are_exact_and_never_rounded():
    cells = ("1200.00", "0.1", "-3", "1200.0000", "1e2")
    assert [whole_cents(text) for text in cells] == [120000, 10, -300, 120000, 10000]
    assert {whole_cents(text) for text in ("10.005", "NaN", "1,5", "", None)} == {None}


def test_dates_and_terms_are_read_as_written():
    assert calendar_date("20260131") == calendar_date("2026-01-31") == calendar_date("2026-01-31T10:00:00+01:00")
    assert calendar_date("20260231") is None
    said = ("30 jours", "45 jours fin de mois", "à réception", "60 jours nets FDM", "selon contrat")
    found = [terms_code(terms) for terms in said]
    assert found == ["30", "45FM", "0", "60FM", None]


BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'


@pytest.mark.parametrize("doctype", [BOMB, OUTSIDE, REMOTE], ids=["laughs", "file", "remote"])
def test_entities_and_document_types_are_refused_before_they_act(tmp_path, doctype):
    text = cii(number="&secret;" if doctype == OUTSIDE else "F1", doctype=doctype)
    sentence = _refused(_folder(tmp_path, hostile=text) / "hostile.xml")
    assert "hostile.xml" in sentence
    assert "refusé par sécurité" in sentence
    pdf = blank_pdf(tmp_path / "hostile.pdf", attached={"factur-x.xml": text.encode()})
    assert "refusé par sécurité" in _refused(pdf)


def test_huge_and_deep_documents_are_refused_quickly(tmp_path):
    big = tmp_path / "big.xml"
    big.write_bytes(cii().replace("<ram:Description>", "<ram:Description>" + "x" * 21_000_000).encode())
    many = tmp_path / "many.xml"
    many.write_text(cii().replace("<ram:ApplicableHeaderTradeDelivery/>", "<ram:a/>" * 450_000), encoding="utf-8")
    deep = tmp_path / "deep.xml"
    deep.write_text(
        cii().replace("<ram:ApplicableHeaderTradeDelivery/>", "<a>" * 50_000 + "</a>" * 50_000), encoding="utf-8"
    )
    swollen = blank_pdf(tmp_path / "swollen.pdf", attached={"factur-x.xml": cii().encode() + b" " * 90_000_000})
    started = time.process_time()
    for path in (big, many, deep, swollen):
        assert "refusé par sécurité" in _refused(path), path.name
    assert time.process_time() - started < 30  # some 3 s on a quiet machine


def test_broken_files_each_have_their_sentence_and_leave_the_others_alone(tmp_path):
    folder = _folder(tmp_path, good=cii("F1"), cut=cii("F2")[:900], other="<?xml version='1.0'?><note>bonjour</note>",
                     undated=cii("F3", date="20261345"), fine=cii("F4", ttc="1200.005"))  # fmt: skip
    (folder / "empty.xml").write_bytes(b"")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n%%EOF")
    blank_pdf(folder / "picture.pdf")
    blank_pdf(folder / "locked.pdf", password=SELLER, attached={"factur-x.xml": cii().encode()})
    reading = read_electronic_invoices([folder])
    assert reading.invoices["invoice_number"].tolist() == ["F1"]
    assert set(_why(reading).values()) == {"unreadable_file"}
    assert len(reading.files) == 9
    assert sum(file.rows_rejected for file in reading.files) == 8
    said = _french(reading)
    for words in ("cut.xml", "sa racine est « note »", "sa date d’émission", "son total", "empty.xml est vide",
                  "broken.pdf est un PDF endommagé", "picture.pdf est un PDF sans", "mot de passe"):  # fmt: skip
        assert words in said


def test_a_single_broken_file_is_an_error(tmp_path):
    assert _refused(tmp_path / "absent.xml").startswith("absent.xml ne peut pas être ouvert")


def test_what_is_not_an_electronic_invoice_is_not_taken_for_one(tmp_path):
    names = {"table.csv": "a;b\n1;2\n", "page.xml": "<html><body/></html>", "svg.xml": '<svg xmlns="x"/>',
             "cii.xml": cii(), "ubl.txt": ubl(), "credit.xml": ubl(credit=True)}  # fmt: skip
    for name, text in names.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "wide.xml").write_bytes(cii().replace("UTF-8", "UTF-16").encode("utf-16"))
    found = {path.name for path in tmp_path.iterdir() if looks_like_electronic_invoice(path)}
    assert found == {"cii.xml", "ubl.txt", "credit.xml", "wide.xml"}
    assert looks_like_electronic_invoice(tmp_path)
    assert "table.csv" not in [path.name for path in electronic_invoice_files(tmp_path)]
    assert not looks_like_electronic_invoice(blank_pdf(tmp_path / "picture.pdf"))


def test_totals_that_do_not_add_up_are_said(tmp_path):
    # 1,000.00 + 200.00 = 1,200.00 and not 1,250.00: 50.00 too much
    said = _french(read_electronic_invoices([_folder(tmp_path, a=cii(ttc="1250.00"))]))
    assert "50,00" in said


def test_every_reason_has_its_french():
    assert all(language("fr").text(words) != words for words in REASONS.values())


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 3000), junk=st.binary(max_size=40), cut=st.integers(0, 60), pdf=st.booleans())
def test_a_mutated_invoice_is_read_or_refused_and_no_row_is_lost(tmp_path, at, junk, cut, pdf):
    folder = tmp_path
    (folder / "sure.xml").write_text(cii("SURE"), encoding="utf-8")
    name = "mutated.pdf" if pdf else "mutated.xml"
    for old in folder.glob("mutated.*"):
        old.unlink()
    content = (
        blank_pdf(folder / name, attached={"factur-x.xml": cii("F9").encode()}).read_bytes()
        if pdf
        else cii("F9").encode()
    )
    at = at % len(content)
    (folder / name).write_bytes(content[:at] + junk + content[at + cut :])
    try:
        reading = read_electronic_invoices([folder])
    except DataError:
        return  # the seller or the company was mutated: nothing is owed to it
    assert sum(file.rows_accepted + file.rows_rejected for file in reading.files) == 2
    kept = reading.invoices["amount_cents"].sum()
    assert kept + reading.rejects["amount_cents"].sum() == sum(file.total_cents for file in reading.files)
