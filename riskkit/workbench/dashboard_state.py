"""What a reader has chosen on the page, read from its address and written back to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from riskkit.exhibits.language import LANGUAGES
from riskkit.workbench.visit import PARAMETERS

SORTS = ("balance-down", "balance-up", "overdue-down", "overdue-up", "oldest-down", "oldest-up", "name-up", "name-down")
ROWS = (10, 25, 50, 100)
LEVELS = ("section", "division")
COMPANIES = ("", "failed", "liquidation", "receivership", "safeguard", "ceased", "in_bonis", "unknown")
"""Which customers are shown, by the state of their company: everybody, the failed ones, or those of one state."""
NAMES = (*PARAMETERS, "rows", "level", "company")


@dataclass(frozen=True)
class PageState:
    """Everything that an address can say of the page; what is left at its default is not in the address."""

    as_of: dt.date
    language: str = "fr"
    search: str = ""
    sort: str = SORTS[0]
    rows: int = ROWS[0]
    level: str = ""  # "" lets the run decide
    company: str = COMPANIES[0]

    def read(self, asked: Mapping[str, str], *, dates: Collection[dt.date]) -> PageState:
        """The state with what an address asks for; a value that does not exist is as if it were not there."""
        as_of = next((day for day in dates if day.isoformat() == asked.get("as_of")), self.as_of)
        rows = next((count for count in ROWS if str(count) == asked.get("rows")), self.rows)
        return PageState(
            as_of=as_of,
            language=_one_of(asked.get("language"), LANGUAGES, self.language),
            search=asked.get("search", self.search),
            sort=_one_of(asked.get("sort"), SORTS, self.sort),
            rows=rows,
            level=_one_of(asked.get("level"), LEVELS, self.level),
            company=_one_of(asked.get("company"), COMPANIES, self.company),
        )

    def address(self, default: PageState) -> str:
        """The query string that shows this state again to someone whose page opens on `default`."""
        usual = asdict(default)
        return urlencode({name: str(value) for name, value in asdict(self).items() if value != usual[name]})


def _one_of(asked: str | None, known: Collection[str], otherwise: str) -> str:
    return asked if asked is not None and asked in known else otherwise
