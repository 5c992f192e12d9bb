"""Where a reader is in the dashboard and what they chose there, read from its address and written back to it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from riskkit.exhibits.language import LANGUAGES

PAGES = ("overview", "unpaid", "customers", "segments", "cash", "actions", "simulator", "quality", "method")
Filters = tuple[tuple[str, tuple[str, ...]], ...]
"""Columns of the customers and the values kept of each, as `ledger.panel_view.Selection` has them."""

SORTS = ("balance-down", "balance-up", "overdue-down", "overdue-up", "oldest-down", "oldest-up", "name-up", "name-down")
ROWS = (10, 25, 50, 100)
LEVELS = ("section", "division")
COMPANIES = ("", "failed", "liquidation", "receivership", "safeguard", "ceased", "in_bonis", "unknown")
"""Which customers are shown, by the state of their company: everybody, the failed ones, or those of one state."""
OPTIONS = ("search", "sort", "rows", "level", "company", "columns", "by", "months", "amounts", "start", "view")
"""What pages let their readers choose; each page checks the values of its own."""
NAMES = ("as_of", "language", "page", "customer", "filters", *OPTIONS)
LONGEST_ID = 120
MOST_FILTERS, MOST_VALUES = 20, 60


@dataclass(frozen=True)
class AppState:
    """Everything that an address can say; what is left at its default is not in the address."""

    as_of: dt.date
    language: str = "fr"
    page: str = PAGES[0]
    customer: str = ""
    filters: Filters = ()
    options: tuple[tuple[str, str], ...] = ()

    def read(self, asked: Mapping[str, str], *, dates: Collection[dt.date]) -> AppState:
        """The state with what an address asks for; a value that does not exist is as if it were not there."""
        return AppState(
            as_of=next((day for day in dates if day.isoformat() == asked.get("as_of")), self.as_of),
            language=_one_of(asked.get("language"), LANGUAGES, self.language),
            page=_one_of(asked.get("page"), PAGES, self.page),
            customer=asked.get("customer", self.customer)[:LONGEST_ID],
            filters=read_filters(asked.get("filters", "")),
            options=tuple((name, asked[name]) for name in OPTIONS if asked.get(name)),
        )

    def address(self, default: AppState) -> str:
        """The query string that shows this state again to someone whose dashboard opens on `default`."""
        said = {
            "page": self.page if self.page != default.page else "",
            "as_of": self.as_of.isoformat() if self.as_of != default.as_of else "",
            "language": self.language if self.language != default.language else "",
            "customer": self.customer,
            "filters": write_filters(self.filters),
            **dict(self.options),
        }
        return urlencode({name: value for name, value in said.items() if value})

    def option(self, name: str, default: str = "") -> str:
        """What was chosen on the page under that name."""
        return dict(self.options).get(name, default)

    def choose(self, **options: str) -> AppState:
        """The state with choices of the page changed; an empty one is taken away."""
        kept = {**dict(self.options), **options}
        return replace(self, options=tuple((name, kept[name]) for name in OPTIONS if kept.get(name)))

    def without(self, column: str) -> AppState:
        """The state with one filter less; without any when the name is empty."""
        return replace(self, filters=tuple(each for each in self.filters if column and each[0] != column))


def read_filters(text: str) -> Filters:
    """Filters as an address writes them: a JSON object of lists of texts. Anything else keeps everybody."""
    try:
        given = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return ()
    if not isinstance(given, dict) or len(given) > MOST_FILTERS:
        return ()
    kept = []
    for column, keys in given.items():
        if isinstance(keys, list) and 0 < len(keys) <= MOST_VALUES and all(isinstance(key, str) for key in keys):
            kept.append((column[:LONGEST_ID], tuple(key[:LONGEST_ID] for key in keys)))
    return tuple(kept)


def write_filters(filters: Filters) -> str:
    """The filters as an address writes them; nothing when there is none."""
    if not filters:
        return ""
    return json.dumps({column: list(keys) for column, keys in filters}, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class PageState:
    """What a reader has chosen on the page Vue d'ensemble."""

    as_of: dt.date
    language: str = "fr"
    search: str = ""
    sort: str = SORTS[0]
    rows: int = ROWS[0]
    level: str = ""  # "" lets the run decide
    company: str = COMPANIES[0]

    @classmethod
    def of(cls, state: AppState) -> PageState:
        """What the address chose on the page; a value that does not exist is as if it were not there."""
        rows = next((count for count in ROWS if str(count) == state.option("rows")), ROWS[0])
        return cls(
            as_of=state.as_of,
            language=state.language,
            search=state.option("search"),
            sort=_one_of(state.option("sort"), SORTS, SORTS[0]),
            rows=rows,
            level=_one_of(state.option("level"), LEVELS, ""),
            company=_one_of(state.option("company"), COMPANIES, COMPANIES[0]),
        )

    def options(self) -> dict[str, str]:
        """The choices as an address holds them, blank where they are the usual ones."""
        usual = PageState(self.as_of)
        names = ("search", "sort", "rows", "level", "company")
        return {name: "" if getattr(self, name) == getattr(usual, name) else str(getattr(self, name)) for name in names}


def _one_of(asked: str | None, known: Collection[str], otherwise: str) -> str:
    return asked if asked is not None and asked in known else otherwise
