"""What a reader checks before believing: the totals that tie, how money was matched, what is missing, definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from riskkit.errors import Money
from riskkit.exhibits.cards import HEADLINES
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.measure_targets import words_of
from riskkit.exhibits.measure_words import MEASURES, measure_label
from riskkit.exhibits.reasons import say_reason
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.source_words import kind_text
from riskkit.exhibits.summary import terms_message
from riskkit.exhibits.tables import TableColumn, key_values, make_table

FINDINGS_SHOWN = 4
DOCUMENTS_SHOWN = 10


def reconciliation_table(manifest: Mapping[str, Any], *, language: str, currency: str = "EUR") -> Html:
    """From what was invoiced to what is open, to the cent, and the difference with the ledger."""
    words = language_of(language)
    given = manifest.get("reconciliation") or {}
    if not given:
        return element("p", words.text("The run holds no reconciliation."), class_="rk-nothing")
    labels = (
        ("invoiced", words.text("Invoiced and brought forward")),
        ("credited", words.text("− credit notes")),
        ("received", words.text("− money received")),
        ("written_off", words.text("− written off")),
        ("unapplied", words.text("+ received, not yet matched")),
        ("open", words.text("= open items")),
        ("difference", words.text("Difference")),
    )
    rows = [
        (label, words.money(round(float(given[name]) * 100), currency=currency).replace("-", "−"))
        for name, label in labels
        if given.get(name) is not None
    ]
    return key_values(rows, caption=words.text("Reconciliation, to the cent"), strong_last=True)


def matching_table(manifest: Mapping[str, Any], *, language: str) -> Html:
    """How the money received found its invoices, as shares of that money."""
    words = language_of(language)
    given = manifest.get("matching") or {}
    labels = (
        ("lettering", words.text("By the ledger's lettering")),
        ("reference", words.text("By invoice reference")),
        ("fifo", words.text("Oldest invoice first (assumed)")),
        ("none", words.text("Not matched")),
    )
    rows = [(label, words.share(float(given[name]), digits=1)) for name, label in labels if given.get(name) is not None]
    if not rows:
        return element("p", words.text("No money was received, so none was matched."), class_="rk-nothing")
    return key_values(rows, caption=words.text("How money received was matched"))


def sources_table(manifest: Mapping[str, Any], *, language: str, currency: str = "EUR") -> Html:
    """The files read: what each is, its rows and money, kept and set aside; many electronic invoices are one row."""
    words = language_of(language)
    given = manifest.get("sources") or []
    if not given:
        return element("p", words.text("The run names no source file."), class_="rk-nothing")
    names = ("file", "kind", "rows_read", "rows_rejected", "amount_accepted", "amount_rejected")
    frame = pd.DataFrame([{name: source.get(name) for name in names} for source in given])
    sums = [*names[2:]]
    frame[sums] = frame[sums].apply(pd.to_numeric)
    documents = frame["kind"].eq("electronic_invoices")
    if documents.sum() > DOCUMENTS_SHOWN:
        together = {
            "file": words.text("{count:electronic invoice|electronic invoices}", count=int(documents.sum())),
            "kind": "electronic_invoices",
            **frame.loc[documents, sums].sum(),
        }
        frame = pd.concat([pd.DataFrame([together]), frame[~documents]], ignore_index=True)
    frame["kind"] = [kind_text(str(kind or ""), words) for kind in frame["kind"]]
    columns = [
        TableColumn("file", words.text("File")),
        TableColumn("kind", words.text("Kind")),
        TableColumn("rows_read", words.text("Rows read"), "count"),
        TableColumn("rows_rejected", words.text("Set aside"), "count"),
        TableColumn("amount_accepted", words.text("Amount"), "money"),
        TableColumn("amount_rejected", words.text("Amount set aside"), "money"),
    ]
    caption = words.text("Files read")
    return make_table(frame, columns, language=language, caption=caption, currency=currency, sortable=False)


def remarks_list(run: RunTables, *, language: str) -> Html:
    """Where due dates come from, what the run found to say about its data, and how many more remarks there are."""
    words = language_of(language)
    note = (run.manifest.get("terms") or {}).get("note") if run.manifest.get("language") == language else None
    said = [
        str(note or words.say(terms_message(run))),
        _set_aside(run, words),
        *[words.say(finding) for finding in run.findings[:FINDINGS_SHOWN]],
    ]
    left = len(run.findings) - FINDINGS_SHOWN
    if left > 0:
        said.append(words.text("Further remarks in the ingestion report: {count}.", count=left))
    return element("ul", *[element("li", sentence) for sentence in said], class_="rk-remarks")


def _set_aside(run: RunTables, words: Language) -> str:
    aside = [reason for reason in run.manifest.get("set_aside") or [] if not reason["is_repeat"]]
    if not aside:
        return words.text("No row of the files was set aside.")
    return words.text(
        "Rows set aside, out of {read}: {rejected}, for {amount}.",
        read=sum(int(source.get("rows_read") or 0) for source in run.manifest.get("sources") or []),
        rejected=sum(int(reason["rows"]) for reason in aside),
        amount=Money(round(100 * sum(float(reason["amount"]) for reason in aside)), run.currency),
    )


def not_computable_list(run: RunTables, *, language: str) -> Html:
    """Each measure that has no value, with the reason."""
    words = language_of(language)
    given = run.manifest.get("not_computable") or {}
    if not given:
        return element("p", words.text("Every measure could be computed."), class_="rk-note")
    by_reason: dict[str, list[str]] = {}
    for name, reason in given.items():
        by_reason.setdefault(say_reason(reason, language), []).append(words.say(words_of(run.manifest, name).label))
    items = [
        element("li", element("b", f"{reason[:1].upper()}{reason[1:]}"), f" — {', '.join(names)}")
        for reason, names in by_reason.items()
    ]
    return element("ul", *items, class_="rk-remarks")


def definitions_list(*, language: str, names: Sequence[str] = HEADLINES) -> Html:
    """What each measure means and how it is computed."""
    words = language_of(language)
    entries = [
        element(
            "div",
            element("dt", measure_label(name, language)),
            element("dd", words.say(MEASURES[name].definition), " ", element("i", words.say(MEASURES[name].formula))),
        )
        for name in names
        if name in MEASURES
    ]
    return element("dl", *entries, class_="rk-definitions")
