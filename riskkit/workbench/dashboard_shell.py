"""What stays on the screen from page to page: whose figures, at what date, which pages there are, what is filtered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence

from riskkit.errors import Message, message
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.run_tables import RunTables
from riskkit.workbench.dashboard_state import PAGES, AppState

PAGE_NAMES: dict[str, Message] = {
    "overview": message("Overview"),
    "unpaid": message("Unpaid"),
    "customers": message("Customers"),
    "segments": message("Segments"),
    "cash": message("Cash"),
    "actions": message("Actions"),
    "simulator": message("Simulator"),
    "quality": message("Data quality"),
    "method": message("Method"),
}
FILTERED = ("unpaid", "customers", "actions")
"""Pages that follow the filters on customers; the others are of the whole company."""


def heading_html(state: AppState, company: str, title: str, dates: Collection[dt.date], words: Language) -> Html:
    """The company, the page, the date to choose, the language, print and export."""
    choices = [
        element("option", words.date(day), value=day.isoformat(), selected="selected" if day == state.as_of else None)
        for day in dates
    ]
    other = "English" if words.code == "fr" else "Français"
    told = "Show this page in English" if words.code == "fr" else "Afficher la page en français"
    return element(
        "div",
        element(
            "div", element("p", company, class_="rk-company", title=company), element("h1", title), class_="rk-who"
        ),
        element(
            "div",
            element(
                "label",
                element("span", words.text("Position at")),
                element("select", *choices, data_rk_do="date", class_="rk-date"),
                class_="rk-field",
            ),
            _tool(other, do="language", value="en" if words.code == "fr" else "fr", title=told, lang=_code(other)),
            element("button", words.text("Print"), type="button", class_="rk-tool", data_rk_print=""),
            _tool(words.text("Export"), do="export", value="", title=words.text("Download this page as an Excel file")),
            class_="rk-controls",
        ),
        class_="rk-bar-row",
    )


def nav_html(state: AppState, pages: Sequence[str], link: Callable[[str], str], words: Language) -> Html:
    """The pages, as links that can be opened beside this one."""
    entries = [
        element(
            "li",
            element(
                "a",
                words.say(PAGE_NAMES[page]),
                href=link(page),
                data_rk_do="page",
                data_rk_value=page,
                aria_current="page" if page == state.page else None,
            ),
        )
        for page in PAGES
        if page in pages
    ]
    return element("nav", element("ul", *entries), class_="rk-pages", aria_label=words.text("Pages"))


def filters_html(said: Sequence[tuple[str, str]], page: str, words: Language) -> Html:
    """The filters in force (column, and what it keeps in words), each with a cross that takes it away."""
    if not said or page == "unpaid":  # the panel of that page says its filters itself
        return Html("")
    if page not in FILTERED:
        note = words.text("The filters in force do not apply here: this page is of the whole company.")
        return element("p", note, class_="rk-filters-note")
    chips = [
        element(
            "li",
            element("span", text),
            element(
                "button",
                "×",
                type="button",
                class_="rk-away",
                data_rk_do="unfilter",
                data_rk_value=column,
                aria_label=words.text("Remove the filter {filter}", filter=text),
            ),
        )
        for column, text in said
    ]
    clear = _tool(words.text("Remove all"), do="unfilter", value="")
    return element(
        "div",
        element("span", words.text("Filters"), class_="rk-eyebrow"),
        element("ul", *chips),
        clear if len(chips) > 1 else None,
        class_="rk-inforce",
        data_testid="filters",
    )


def footer_html(run: RunTables, words: Language) -> Html:
    """Where the figures come from and what made them."""
    sources = run.manifest.get("sources") or []
    files = [str(source.get("file", "")) for source in sources]
    read = words.text(
        "Sources: {files} ({count:file|files}, {rows:row|rows} read). Amounts tax included, in {currency}.",
        files=", ".join(files[:3]) + (" …" if len(files) > 3 else ""),
        count=len(files),
        rows=sum(int(source.get("rows_read") or 0) for source in sources),
        currency=run.currency,
    )
    made = words.text(
        "Made by riskkit {version}; policy {policy}. Nothing later than {day} is used.",
        version=str(run.manifest.get("riskkit_version", "")),
        policy=str(run.manifest.get("policy_sha256", ""))[:12],
        day=run.as_of,
    )
    about = sorted({str(source["file"]) for source in run.manifest.get("company_sources") or []})
    named = words.text("About companies: {files}.", files=", ".join(about)) if about else None
    said = (element("p", read), element("p", named) if named else None, element("p", made))
    shown = f"{run.as_of.isoformat()} {words.code}"
    return element("footer", *said, class_="rk-note", data_testid="ready", data_rk_state=shown)


def address_html(state: AppState, default: AppState, *, title: str, step: bool, served: int) -> Html:
    """What the browser is told: the address of what is shown, its title, its language, the last request served."""
    return element(
        "span",
        hidden="",
        data_rk_address=state.address(default),
        data_rk_title=title,
        data_rk_language=state.language,
        data_rk_page=state.page,
        data_rk_served=str(served),
        data_rk_step="" if step else None,
    )


def _tool(text: str, *, do: str, value: str, title: str | None = None, lang: str | None = None) -> Html:
    return element(
        "button", text, type="button", class_="rk-tool", data_rk_do=do, data_rk_value=value, title=title, lang=lang
    )


def _code(language: str) -> str:
    return "en" if language == "English" else "fr"
