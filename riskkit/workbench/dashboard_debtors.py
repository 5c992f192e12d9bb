"""The customers who owe, as the page shows them: found by name, in the order chosen, everybody else summed below."""

from __future__ import annotations

import unicodedata
from typing import Any

import pandas as pd

from riskkit.companies.events import write_state
from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.company_words import FAILED, state_badge, states_of
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.run_tables import RunTables, ageing_buckets
from riskkit.exhibits.tables import Kind, show_cell
from riskkit.exhibits.theme import bucket_colours
from riskkit.workbench.dashboard_state import COMPANIES, SORTS, PageState

_SORTED_BY = {
    "balance": "receivables_amount",
    "overdue": "overdue_amount",
    "oldest": "oldest_days_past_due",
    "name": "folded_name",
}


def sort_words(words: Language) -> list[tuple[str, str]]:
    """What each order is called, with its code."""
    named = {
        "balance-down": words.text("Balance, largest first"),
        "balance-up": words.text("Balance, smallest first"),
        "overdue-down": words.text("Overdue, largest first"),
        "overdue-up": words.text("Overdue, smallest first"),
        "oldest-down": words.text("Lateness, longest first"),
        "oldest-up": words.text("Lateness, shortest first"),
        "name-up": words.text("Name, A to Z"),
        "name-down": words.text("Name, Z to A"),
    }
    return [(named[code], code) for code in SORTS]


def company_words(indexed: pd.DataFrame, words: Language) -> list[tuple[str, str]]:
    """The states of companies to choose among, with how many customers are in each; those of nobody are left out."""
    named = {"": words.text("All companies"), "failed": words.text("In proceedings or ceased")}
    choices = []
    for code in COMPANIES:
        count = len(in_state(indexed, code))
        if count or code in named:
            name = named.get(code) or words.say(write_state(code))
            choices.append((f"{name[:1].upper()}{name[1:]} ({count})", code))
    return choices


def in_state(indexed: pd.DataFrame, company: str) -> pd.DataFrame:
    """The customers whose company is in a state (a code of `COMPANIES`); everybody for the empty one."""
    if not company:
        return indexed
    return indexed[indexed["state"].isin(FAILED if company == "failed" else (company,))]


def index_debtors(run: RunTables) -> pd.DataFrame:
    """The ageing of a run with the state of each company, and names and numbers without accents or capitals."""
    ageing = run.ageing
    names = [fold(str(name)) for name in ageing["customer_name"]]
    return ageing.assign(
        state=states_of(run, ageing["customer_id"]),
        folded_name=names,
        folded=[f"{name} {fold(str(code))}" for name, code in zip(names, ageing["customer_id"], strict=True)],
    )


def find_debtors(indexed: pd.DataFrame, *, search: str, sort: str, company: str = "") -> pd.DataFrame:
    """The customers whose name or number holds every word searched, of companies in one state, in that order.

    From: indexed, as `index_debtors` makes it. Customers who are not late come last when sorted by lateness.
    """
    found = in_state(indexed, company)
    for word in fold(search).split():
        found = found[found["folded"].str.contains(word, regex=False)]
    key, _, direction = sort.partition("-")
    return found.sort_values(_SORTED_BY[key], ascending=direction == "up", kind="stable", na_position="last")


def fold(text: str) -> str:
    """The text as it is compared: no accents, no capitals."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def debtors_html(indexed: pd.DataFrame, run: RunTables, state: PageState) -> Html:
    """The table, how many customers it is about, and what its colours mean."""
    words = language_of(state.language)
    if indexed.empty:
        return element("p", words.text("No customer owes anything at this date."), class_="rk-nothing")
    found = find_debtors(indexed, search=state.search, sort=state.sort, company=state.company)
    if found.empty:
        nobody = (
            words.text("No customer is called “{search}”. Try fewer letters.", search=state.search)
            if state.search.strip() and not state.company
            else words.text("No customer who owes anything is in this state.")
        )
        return element("p", nobody, class_="rk-nothing", role="status", data_testid="debtors-count")
    return join(_count(indexed, found, state, words), _table(indexed, found, run, state), _legend(indexed, words))


def _count(indexed: pd.DataFrame, found: pd.DataFrame, state: PageState, words: Language) -> Html:
    shown, everybody = min(len(found), state.rows), len(indexed)
    if state.search.strip() or state.company:
        said = words.text("Customers found: {found} of {everybody}.", found=len(found), everybody=everybody)
    else:
        said = words.text("{shown} of {everybody:customer|customers} with a balance.", shown=shown, everybody=everybody)
    return element("p", said, class_="rk-note", role="status", data_testid="debtors-count")


def _table(indexed: pd.DataFrame, found: pd.DataFrame, run: RunTables, state: PageState) -> Html:
    words = language_of(state.language)
    everything = float(indexed["receivables_amount"].sum())
    colours = bucket_colours(ageing_buckets(indexed))
    shown, rest = found.head(state.rows), found.iloc[state.rows :]
    largest = max(float(shown["open_items_amount"].max()), 0.01)
    cells = _Cells(words, run.currency, everything)
    body = [
        cells.row(cells.named(row), row, ages_bar(row, colours, words, largest=largest))
        for row in shown.to_dict("records")
    ]
    if len(rest):
        name = words.text("One other customer") if len(rest) == 1 else ""
        name = name or words.text("{count:other customer|other customers}", count=len(rest))
        body.append(cells.row(name, _sum(rest), Html(""), css="rk-rest"))
    caption = words.text("Largest balances, net of unapplied money")
    table = element(
        "table",
        element("caption", caption, class_="rk-hidden"),
        element("thead", element("tr", *_headings(state, words))),
        element("tbody", *body),
        element("tfoot", cells.row(words.text("Total"), _sum(found), Html(""))),
        class_="rk-table rk-debtors",
        data_testid="debtors",
    )
    return element("div", table, class_="rk-scroll", tabindex="0", role="region", aria_label=caption)


class _Cells:
    """Writes rows of the table in one language, shares against one total."""

    def __init__(self, words: Language, currency: str, everything: float) -> None:
        self.words, self.currency, self.everything = words, currency, everything

    def named(self, values: dict[Any, Any]) -> Html:
        """The customer's name, with the procedure that its company is in."""
        badge = state_badge(values["state"], language=self.words.code)
        name = str(values["customer_name"])
        return join(name, " ", badge) if badge else join(name)

    def row(self, name: str | Html, values: dict[Any, Any], bar: Html, *, css: str | None = None) -> Html:
        balance = float(str(values["receivables_amount"]))
        oldest = values["oldest_days_past_due"]
        days = int(oldest) if pd.notna(oldest) and int(oldest) > 0 else None
        late = self.words.text("{count} d", count=days) if days else "–"
        since = element("span", self.words.text("for {count} d", count=days), class_="rk-narrow") if days else None
        share = balance / self.everything if self.everything > 0 else None
        return element(
            "tr",
            element("th", name, scope="row"),
            self._cell(balance, "money"),
            self._cell(share, "points", css="rk-number rk-wide rk-share"),
            self._cell(values["overdue_amount"], "money", below=since),
            element("td", late, class_="rk-number rk-wide"),
            element("td", bar, class_="rk-wide"),
            class_=css,
        )

    def _cell(self, value: object, kind: Kind, *, css: str = "rk-number", below: Html | None = None) -> Html:
        return element("td", show_cell(value, kind, self.words, currency=self.currency), below, class_=css)


def _headings(state: PageState, words: Language) -> list[Html]:
    """The headings; those that order the table are buttons that the page's script turns into a choice of order."""
    sorted_by, _, direction = state.sort.partition("-")
    headings = []
    for key, text, css in (
        ("name", words.text("Customer"), None),
        ("balance", words.text("Balance"), "rk-number"),
        ("", words.text("Share"), "rk-number rk-wide rk-share"),
        ("overdue", words.text("of which overdue"), "rk-number"),
        ("oldest", words.text("Oldest overdue"), "rk-number rk-wide"),
        ("", words.text("Open items by age"), "rk-wide"),
    ):
        if not key:
            headings.append(element("th", text, scope="col", class_=css))
            continue
        usual, other = ("up", "down") if key == "name" else ("down", "up")
        wanted = f"{key}-{other if key == sorted_by and direction == usual else usual}"
        button = element(
            "button",
            text,
            type="button",
            class_="rk-sort",
            data_rk_set="rk-order",
            data_rk_value=str(SORTS.index(wanted)),
        )
        order = {"down": "descending", "up": "ascending"}[direction] if key == sorted_by else None
        headings.append(element("th", button, scope="col", class_=css, aria_sort=order))
    return headings


def ages_bar(row: dict[Any, Any], colours: dict[str, str], words: Language, *, largest: float) -> Html:
    """A bar whose length is the customer's open items, cut by age; a screen reader hears the parts instead."""
    parts = {code: max(float(str(row[f"{code}_amount"])), 0.0) for code in colours}
    known = {code: amount for code, amount in parts.items() if amount > 0}
    total = sum(known.values())
    if not known:
        return Html("")
    drawn = [
        element("span", style=f"flex:{amount:.2f} 1 0;background:{colours[code]}") for code, amount in known.items()
    ]
    spoken = "; ".join(
        f"{bucket_label(code, words.code)} {words.share(amount / total)}" for code, amount in known.items()
    )
    bar = element("div", *drawn, style=f"width:{min(max(100 * total / largest, 1), 100):.2f}%")
    return join(
        element("div", bar, class_="rk-ages", aria_hidden="true", title=spoken),
        element("span", spoken, class_="rk-hidden"),
    )


def _legend(indexed: pd.DataFrame, words: Language) -> Html:
    codes = [code for code in ageing_buckets(indexed) if round(float(indexed[f"{code}_amount"].sum()), 2)]
    colours = bucket_colours(ageing_buckets(indexed))
    entries = [
        element(
            "li",
            element("span", class_="rk-swatch", style=f"background:{colours[code]}"),
            bucket_label(code, words.code),
        )
        for code in codes
    ]
    return element("ul", *entries, class_="rk-legend rk-wide")


def _sum(customers: pd.DataFrame) -> dict[Any, Any]:
    return {
        "receivables_amount": float(customers["receivables_amount"].sum()),
        "overdue_amount": float(customers["overdue_amount"].sum()),
        "oldest_days_past_due": customers["oldest_days_past_due"].max(),
    }
