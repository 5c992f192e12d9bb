"""What notebooks call besides exhibits: headings in the reader's language, and the tables of the ingestion report."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from riskkit import __version__
from riskkit.errors import message
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.notebook import exhibit_style, show, show_beside, show_pair
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.tables import TableColumn, make_table
from riskkit.workbench.stored_run import find_run, load_run, read_table, read_tables, reason_text
from riskkit.workbench.unpaid_look import look_at_unpaid

__all__ = [
    "answered_order",
    "exhibit_style",
    "explore",
    "find_run",
    "findings_list",
    "identification_table",
    "load_run",
    "look_at_unpaid",
    "notes_list",
    "panel_note",
    "question",
    "read_table",
    "read_tables",
    "rejects_table",
    "show",
    "show_beside",
    "show_pair",
    "title",
    "versions",
]

_REJECTS_SHOWN = 40
_REPAIRS = {
    "none": message("SIREN valid as given"),
    "spaces": message("SIREN repaired: separators"),
    "label": message("SIREN repaired: words around the number"),
    "float": message("SIREN repaired: read as a decimal number"),
    "scientific": message("SIREN repaired: scientific notation"),
    "leading_zero": message("SIREN repaired: leading zero lost"),
    "siret": message("SIREN taken from a SIRET"),
    "vat": message("SIREN taken from a VAT number"),
    "missing": message("SIREN missing"),
    "invalid": message("SIREN invalid, not repairable"),
}


def title(run: RunTables, text: str, *, language: str) -> Html:
    """The head of a notebook: its subject, the company and the date."""
    words = language_of(language)
    return join(
        element("h1", words.text(text)),
        element(
            "p",
            words.text("{company}, on {day}", company=run.company, day=words.date(run.as_of, style="long")),
            class_="rk-note",
        ),
    )


def question(text: str, *, language: str) -> Html:
    """The question that the exhibits below answer."""
    return element("h2", language_of(language).text(text))


def rejects_table(rejects: pd.DataFrame, *, language: str, currency: str = "EUR") -> Html:
    """Rows set aside by file and reason: how many, how much money, and the first line to look at."""
    words = language_of(language)
    if rejects.empty:
        return element("p", words.text("No row was set aside."), class_="rk-nothing")
    if rejects.groupby(["source_file", "reason"]).ngroups > _REJECTS_SHOWN:
        rejects = rejects.assign(source_file=words.text("{count:file|files}", count=rejects["source_file"].nunique()))
    grouped = (
        rejects.groupby(["source_file", "reason"], as_index=False)
        .agg(rows=("source_line", "size"), amount=("amount", "sum"), first=("source_line", "min"))
        .sort_values(["rows", "source_file", "reason"], ascending=[False, True, True])
    )
    grouped["why"] = [words.text(reason_text(str(reason))) for reason in grouped["reason"]]
    grouped["amount"] = grouped["amount"].astype("float64")
    columns = [
        TableColumn("source_file", words.text("File")),
        TableColumn("why", words.text("Reason")),
        TableColumn("rows", words.text("Rows"), "count"),
        TableColumn("amount", words.text("Amount"), "money"),
        TableColumn("first", words.text("First line"), "count"),
    ]
    caption = words.text("Rows set aside; every one is in the table rejects")
    return make_table(grouped, columns, language=language, caption=caption, currency=currency)


def identification_table(customers: pd.DataFrame, *, language: str) -> Html:
    """How the SIREN of customers was found or repaired, and for how many the sector is known."""
    words = language_of(language)
    repaired = (
        customers["siren_repair"].fillna("missing").value_counts().rename_axis("repair").reset_index(name="count")
    )
    rows = [
        {"what": words.say(_REPAIRS[repair]), "count": int(count)}
        for repair, count in repaired.itertuples(index=False, name=None)
    ]
    rows += [
        {"what": words.text("Sector known"), "count": int(customers["section"].notna().sum())},
        {
            "what": words.text("Catch-all accounts, which mix one-off customers"),
            "count": int(customers["is_catch_all"].sum()),
        },
        {"what": words.text("Customers in all"), "count": len(customers), "row_class": "strong"},
    ]
    columns = [
        TableColumn("what", words.text("Identification")),
        TableColumn("count", words.text("Customers"), "count"),
    ]
    return make_table(pd.DataFrame(rows), columns, language=language, caption="", sortable=False)


def explore(run_folder: Path, *, language: str, selection: str = "") -> None:
    """Show the panel of a run: filters that act on everything, groups that open, tables, exports.

    In a published page, which has no kernel, nothing of it is left. `selection` names a kept selection to open on.
    """
    from IPython.display import display

    from riskkit.workbench.widgets.explorer import SCRIPT, open_explorer

    opened = open_explorer(run_folder, language=language, selection=selection)
    script = {"application/javascript": SCRIPT.read_text(encoding="utf-8")}
    display(script, raw=True)  # type: ignore[no-untyped-call]
    display(opened.widget)  # type: ignore[no-untyped-call]


def panel_note(*, language: str) -> str:
    """Where the panel works, for who reads the published page."""
    return language_of(language).text(
        "The panel needs this notebook open in JupyterLab; a published page shows the figures only."
    )


def notes_list(run: RunTables) -> Html:
    """What was understood, assumed or left out while reading, in the language of the run."""
    notes = [str(run.manifest["terms"]["note"]), *map(str, run.manifest["notes"])]
    return element("ul", *[element("li", note) for note in notes], class_="rk-remarks")


def findings_list(run: RunTables, *, language: str) -> Html:
    """What the comparison of sectors shows, in sentences."""
    words = language_of(language)
    return element("ul", *[element("li", words.say(finding)) for finding in run.findings], class_="rk-remarks")


def answered_order(folder: Path, *, customer: str, siren: str, amount: float, terms_days: int, language: str) -> Html:
    """The answer to an order as a card, logged as `riskkit decide` does; how to ask where no order is named."""
    if not (customer or siren):
        said = language_of(language).text(
            "Give order_customer or order_siren, and order_amount: the answer is the one of riskkit decide, and is "
            "logged the same."
        )
        return element("p", said, class_="rk-nothing")
    from riskkit.exhibits.decision_card import decision_card
    from riskkit.workbench.decide import decide

    decision = decide(
        folder, amount_cents=round(100 * amount), customer_id=customer or None, siren=siren or None,
        terms_days=None if terms_days < 0 else terms_days, language=language,
    )  # fmt: skip
    return decision_card(decision.record, language=language)


def versions(run: RunTables, *, language: str) -> Html:
    """With what these figures were made."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    policy = str(run.manifest["policy_sha256"])[:12]
    said = language_of(language).text(
        "Made by riskkit {version} on Python {python}; policy {policy}.",
        version=__version__,
        python=python,
        policy=policy,
    )
    return element("p", said, class_="rk-note")
