"""Write the letters shipped with riskkit (docx) from the texts below: `riskkit/exhibits/letters/{fr,en}/*.docx`.

They are ordinary documents to open, correct and keep; this script only makes the first version of each, the same bytes
every time. A `$name` is replaced when a letter is written (`riskkit/exhibits/letter_docx.py`); a row of a table that
holds `$invoice` or `$half_year` is repeated.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

LETTERS = Path(__file__).parents[1] / "riskkit" / "exhibits" / "letters"
DROPPED = ("docProps/thumbnail.jpeg", "word/stylesWithEffects.xml")

ITEMS = "items"
PERIODS = "periods"
TOTALS = "totals"

_HEADS: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "fr": {
        ITEMS: (("Facture", "$invoice"), ("Date", "$issued"), ("Échéance", "$due"), ("Jours de retard", "$days"),
                ("Reste dû TTC", "$open")),
        PERIODS: (("Semestre", "$half_year"), ("Du", "$from_date"), ("Au", "$to_date"), ("Taux annuel", "$rate"),
                  ("Pénalités", "$period_penalties")),
    },
    "en": {
        ITEMS: (("Invoice", "$invoice"), ("Date", "$issued"), ("Due", "$due"), ("Days late", "$days"),
                ("Outstanding", "$open")),
        PERIODS: (("Half-year", "$half_year"), ("From", "$from_date"), ("To", "$to_date"), ("Yearly rate", "$rate"),
                  ("Penalties", "$period_penalties")),
    },
}  # fmt: skip
_TOTALS = {
    "fr": (("Principal TTC", "$total_open"), ("Pénalités de retard au $penalties_until", "$total_penalties"),
           ("Indemnité forfaitaire\u00a0: $late_count × $indemnity", "$total_indemnities"), ("Total", "$total_claim")),
    "en": (("Principal, tax included", "$total_open"), ("Penalties to $penalties_until", "$total_penalties"),
           ("Fixed compensation: $late_count × $indemnity", "$total_indemnities"), ("Total", "$total_claim")),
}  # fmt: skip

_CLOSE = {
    "fr": ["Veuillez agréer, Madame, Monsieur, nos salutations distinguées.", "$signatory\n$signatory_role"],
    "en": ["Yours faithfully,", "$signatory\n$signatory_role"],
}
_BANK = {
    "fr": "Règlement par virement : IBAN $iban, BIC $bic, en rappelant la référence $customer_id.",
    "en": "Payment by bank transfer: IBAN $iban, BIC $bic, quoting our reference $customer_id.",
}

TEXTS: dict[str, dict[str, tuple[str, str, list[str]]]] = {
    "fr": {
        "letter": (
            "Lettre simple",
            "Relance : $items_said, $total_open",
            [
                "Madame, Monsieur,",
                "Sauf erreur de notre part, nous n’avons pas reçu le règlement des factures suivantes, dont l’échéance "
                "est passée :",
                ITEMS,
                "Nous vous remercions de nous adresser la somme de $total_open avant le $pay_by. Si un point de ces "
                "factures fait difficulté, dites-le-nous par retour : nous le réglerons ensemble.",
                "$penalties_notice",
                _BANK["fr"],
                "Si votre règlement a croisé cette lettre, veuillez ne pas en tenir compte.",
            ],
        ),
        "formal_notice": (
            "Lettre recommandée avec avis de réception",
            "MISE EN DEMEURE DE PAYER",
            [
                "Madame, Monsieur,",
                "Malgré nos relances et sauf erreur de notre part, les factures ci-dessous, exigibles, demeurent "
                "impayées au $date :",
                ITEMS,
                "Par la présente, valant mise en demeure et interpellation suffisante au sens de l’article 1344 du "
                "code civil, nous vous demandons de nous régler, dans un délai de $notice_days jours à compter de sa "
                "réception, la somme de $total_claim, qui se décompose ainsi :",
                TOTALS,
                "$penalties_basis",
                PERIODS,
                "$penalties_note",
                "Les pénalités continuent de courir jusqu’au paiement.",
                "À défaut de règlement dans ce délai, nous saisirons la juridiction compétente, notamment par voie "
                "d’injonction de payer (articles 1405 et suivants du code de procédure civile), sans autre avis, et "
                "nous nous réservons le droit de suspendre nos livraisons.",
                _BANK["fr"],
            ],
        ),
        "court_order": (
            "Pièce à joindre à la requête en injonction de payer",
            "Décompte de créance sur $customer_name",
            [
                "Créancier : $company, SIREN $sender_siren, $sender_address_line.",
                "Débiteur : $customer_name, SIREN $customer_siren, $customer_address_line.",
                "Juridiction : $court. La créance a une cause contractuelle et son montant est déterminé (article "
                "1405 du code de procédure civile). Factures, bons de commande et de livraison, conditions générales "
                "et mise en demeure sont à joindre.",
                ITEMS,
                TOTALS,
                "$penalties_basis",
                PERIODS,
                "$penalties_note",
                "Prescription la plus proche des factures ci-dessus : $prescription_date.",
            ],
        ),
        "claim": (
            "Lettre recommandée avec avis de réception — au mandataire judiciaire : $representative",
            "DÉCLARATION DE CRÉANCE au passif de $customer_name (SIREN $customer_siren)",
            [
                "Maître,",
                "Conformément aux articles L622-24, L622-25 et R622-23 du code de commerce, nous déclarons notre "
                "créance au passif de la procédure de $procedure ouverte par jugement du $judged_on, publiée au BODACC "
                "le $published_on. La déclaration doit vous parvenir au plus tard le $claim_deadline.",
                "Créances nées avant le jugement d’ouverture :",
                ITEMS,
                "Échu au jour du jugement : $due_before. À échoir : $due_after.",
                TOTALS,
                "$penalties_basis",
                PERIODS,
                "$penalties_note",
                "Le cours des intérêts et pénalités est arrêté par le jugement d’ouverture (article L622-28).",
                "Cette créance est déclarée à titre chirographaire ($security).",
                "Je certifie sincère la présente déclaration. Pièces jointes : copies des factures, bons de livraison, "
                "conditions générales de vente.",
            ],
        ),
    },
    "en": {
        "letter": (
            "Ordinary post",
            "Reminder: $items_said, $total_open",
            [
                "Dear Sir or Madam,",
                "Unless we are mistaken, we have not received payment of the following invoices, which are past due:",
                ITEMS,
                "Please pay $total_open by $pay_by. If anything in these invoices is in question, tell us by return "
                "and we shall settle it together.",
                "$penalties_notice",
                _BANK["en"],
                "If your payment has crossed this letter, please disregard it.",
            ],
        ),
        "formal_notice": (
            "Registered letter with acknowledgement of receipt",
            "FORMAL NOTICE TO PAY",
            [
                "Dear Sir or Madam,",
                "In spite of our reminders and unless we are mistaken, the invoices below, which are due, remain "
                "unpaid at $date:",
                ITEMS,
                "This letter is formal notice to pay within the meaning of article 1344 of the French Civil Code. We "
                "require you to pay, within $notice_days days of its receipt, the sum of $total_claim, made up as "
                "follows:",
                TOTALS,
                "$penalties_basis",
                PERIODS,
                "$penalties_note",
                "Penalties continue to run until payment.",
                "Failing payment within that time we shall apply to the competent court without further notice, in "
                "particular for a payment order (articles 1405 and following of the French Code of Civil Procedure), "
                "and reserve the right to suspend deliveries.",
                _BANK["en"],
            ],
        ),
        "court_order": (
            "To be joined to the application for a payment order",
            "Statement of the claim on $customer_name",
            [
                "Creditor: $company, SIREN $sender_siren, $sender_address_line.",
                "Debtor: $customer_name, SIREN $customer_siren, $customer_address_line.",
                "Court: $court. The claim is contractual and its amount is certain (article 1405 of the French Code "
                "of Civil Procedure). Invoices, orders, delivery notes, terms of sale and the formal notice are to be "
                "joined.",
                ITEMS,
                TOTALS,
                "$penalties_basis",
                PERIODS,
                "$penalties_note",
                "Earliest prescription of the invoices above: $prescription_date.",
            ],
        ),
        "claim": (
            "Registered letter with acknowledgement of receipt — to the creditors’ representative: $representative",
            "DECLARATION OF CLAIM in the proceedings of $customer_name (SIREN $customer_siren)",
            [
                "Dear Sir or Madam,",
                "Under articles L622-24, L622-25 and R622-23 of the French Commercial Code, we declare our claim in "
                "the proceedings ($procedure) opened by judgment of $judged_on and published in the BODACC on "
                "$published_on. The declaration must reach you by $claim_deadline.",
                "Claims born before the opening judgment:",
                ITEMS,
                "Due on the day of the judgment: $due_before. Not yet due: $due_after.",
                TOTALS,
                "$penalties_basis",
                PERIODS,
                "$penalties_note",
                "Interest and penalties stop at the opening judgment (article L622-28).",
                "The claim is declared as unsecured ($security).",
                "I certify that this declaration is true. Enclosed: copies of invoices, delivery notes, terms of sale.",
            ],
        ),
    },
}


def main() -> None:
    """Write every letter."""
    for language, letters in TEXTS.items():
        for step, (sent, subject, parts) in letters.items():
            path = LETTERS / language / f"{step}.docx"
            path.parent.mkdir(parents=True, exist_ok=True)
            shown = [_typeset(text) if language == "fr" else text for text in (sent, subject, *parts)]
            path.write_bytes(_same_bytes(_letter(language, shown[0], shown[1], shown[2:])))


def _letter(language: str, sent: str, subject: str, parts: list[str]) -> bytes:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin, section.bottom_margin = Cm(2), Cm(1.8)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10.5)
    style.paragraph_format.space_after = Pt(7)
    _say(document, "$company", bold=True, size=13, after=0)
    _say(document, "$sender_address\n$sender_contact", colour=True, after=14)
    for text in ("$customer_name\n$customer_address", "$town, $place_date"):
        said = _say(document, text, after=12)
        said.paragraph_format.left_indent = Cm(9.2)
    _say(document, sent, colour=True, after=4)
    _say(document, ("Objet\u00a0: " if language == "fr" else "Subject: ") + subject, bold=True, after=2)
    _say(document, ("Nos références\u00a0: " if language == "fr" else "Our reference: ") + "$customer_id", after=10)
    for part in parts:
        if part in (ITEMS, PERIODS):
            _table(document, _HEADS[language][part])
        elif part == TOTALS:
            _totals(document, _TOTALS[language])
        else:
            _say(document, part)
    for text in _CLOSE[language]:
        _say(document, text, after=14)
    document.core_properties.author = "riskkit"
    document.core_properties.title = subject
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _say(document: Any, text: str, *, bold: bool = False, size: float | None = None, colour: bool = False,
         after: float | None = None) -> Any:  # fmt: skip
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = bold
    if size:
        run.font.size = Pt(size)
    if colour:
        run.font.color.rgb = RGBColor(0x55, 0x5B, 0x66)
    if after is not None:
        paragraph.paragraph_format.space_after = Pt(after)
    return paragraph


def _table(document: Any, columns: tuple[tuple[str, str], ...]) -> None:
    table = document.add_table(rows=2, cols=len(columns))
    for rank, (head, field) in enumerate(columns):
        for row, text in ((0, head), (1, field)):
            _cell(table.rows[row].cells[rank], text, right=rank >= len(columns) - 2, bold=row == 0)
    _frame(table)
    _repeat_head(table.rows[0])
    _say(document, "", size=4, after=2)


def _totals(document: Any, lines: tuple[tuple[str, str], ...]) -> None:
    table = document.add_table(rows=len(lines), cols=2)
    for rank, (name, value) in enumerate(lines):
        last = rank == len(lines) - 1
        _cell(table.rows[rank].cells[0], name, bold=last)
        _cell(table.rows[rank].cells[1], value, right=True, bold=last)
    _frame(table)
    _say(document, "", size=4, after=2)


def _cell(cell: Any, text: str, *, right: bool = False, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    run = paragraph.add_run(text)
    run.bold = bold
    run.font.size = Pt(9.5)


def _frame(table: Any) -> None:
    """A thin line under each row."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "B8BDC6")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _repeat_head(row: Any) -> None:
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(head)


def _same_bytes(document: bytes) -> bytes:
    """The document without its thumbnail and with a fixed clock, so that it is the same every time."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as given,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as kept,
    ):
        for name in sorted(given.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            if name in DROPPED:
                continue
            content = given.read(name)
            for dropped in DROPPED:
                content = _without(content, dropped.rsplit("/", 1)[-1])
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2020-01-01T00:00:00Z", content)
            kept.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED, 9)
    return written.getvalue()


def _without(xml: bytes, name: str) -> bytes:
    """The relations and declarations of a part taken out."""
    return re.sub(rb"<(Relationship|Override)\s[^>]*" + re.escape(name).encode() + rb"[^>]*/>", b"", xml)


def _typeset(text: str) -> str:
    return re.sub(r" ([:;?!%€»])", "\u00a0\\1", text)


if __name__ == "__main__":
    main()
