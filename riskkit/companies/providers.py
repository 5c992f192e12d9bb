"""Providers: where facts about companies come from. Each answers for a list of SIREN, at a date, with its source.

Files that a user downloads once, or already pays for, are the providers shipped; `http_provider` asks public services
where the portfolio allows it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pandas as pd

from riskkit.companies import account_comparison
from riskkit.companies.account_measures import MEASURES, measure_accounts
from riskkit.companies.accounts import known_accounts, read_accounts
from riskkit.companies.bodacc import read_bodacc
from riskkit.companies.bureau import BureauFile, latest_ratings, read_bureau
from riskkit.companies.events import company_states, tie_events
from riskkit.errors import DataError, Message, message
from riskkit.policy_companies import SCALE_0_100, BureauScale

STATE_FIELDS = ("state", "is_under_plan")
ACCOUNT_FIELDS = (*MEASURES, "sales_excl_tax_cents", "equity_cents", "net_income_cents")
BUREAU_FIELDS = ("bureau_score", "bureau_class", "bureau_limit_cents", "bureau_dbt_days")


class Provider(Protocol):
    """A source of facts about companies."""

    @property
    def name(self) -> str:
        """Name shown as the source of what it gives."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields it may give, of `enrich_fields.FIELDS`."""

    @property
    def notes(self) -> tuple[Message, ...]:
        """What its last answer has to say."""

    def lookup(self, sirens: Sequence[str], *, as_of: dt.date) -> pd.DataFrame:
        """What it knows of these companies at `as_of`.

        To: siren, any of `fields`, `<field>_reason` where a field is not computable, source, date (of the fact);
            `<field>_date` where a field has its own. One row per SIREN found; a SIREN not found has none.
        """


class PartialAnswerError(DataError):
    """A provider stopped on its way; `answer` holds what it found before."""

    def __init__(self, *messages: Message, answer: pd.DataFrame) -> None:
        super().__init__(*messages)
        self.answer = answer


class BodaccFiles:
    """Notices saved from BODACC: the state of each company that they name."""

    fields = STATE_FIELDS

    def __init__(self, paths: Sequence[Path], *, name: str = "BODACC", complete_since: dt.date | None = None) -> None:
        """Files or folders; `complete_since` says that they hold every notice from that day on.

        Then, and only then, a company without notice is `in_bonis` at later dates.
        """
        self.paths, self.name, self.complete_since = tuple(paths), name, complete_since
        self.notes: tuple[Message, ...] = ()

    def lookup(self, sirens: Sequence[str], *, as_of: dt.date) -> pd.DataFrame:
        """The state of these companies (see `Provider.lookup`)."""
        notices = read_bodacc(self.paths)
        self.notes = notices.notes
        is_complete = self.complete_since is not None and self.complete_since <= as_of
        searched = frozenset(sirens) if is_complete else frozenset()
        return state_answer(notices.facts, sirens, as_of=as_of, source=self.name, searched=searched)


def state_answer(
    facts: pd.DataFrame, sirens: Sequence[str], *, as_of: dt.date, source: str, searched: frozenset[str]
) -> pd.DataFrame:
    """Facts → an answer: the state of each company asked for, without those of which nothing is known."""
    asked = pd.DataFrame({"customer_id": list(sirens), "siren": pd.Series(list(sirens), dtype="str")})
    states = company_states(tie_events(facts, customers=asked), as_of=as_of, customers=asked, searched=searched)
    known = states[states["state"] != "unknown"]
    day = known["known_date"].fillna(pd.Timestamp(as_of))
    answer = known[["siren", "state", "is_under_plan"]].assign(
        source=source, date=day, state_date=known["since_date"].fillna(day)
    )
    return answer.reset_index(drop=True)


class AccountsFile:
    """Yearly accounts of a file: the measures of the last year known, with their change."""

    fields = ACCOUNT_FIELDS

    def __init__(
        self, path: Path, *, name: str | None = None, columns: Mapping[str, str] | None = None,
        currency: str = "EUR", unit: str = "units",
    ) -> None:  # fmt: skip
        """A file that `read_accounts` reads, with its mapping; its name is the source shown unless one is given."""
        self.path, self.name, self.columns = path, name or path.name, dict(columns or {})
        self.currency, self.unit = currency, unit
        self.notes: tuple[Message, ...] = ()

    def lookup(self, sirens: Sequence[str], *, as_of: dt.date) -> pd.DataFrame:
        """The measures of these companies (see `Provider.lookup`), dated by their closing."""
        read = read_accounts(self.path, columns=self.columns, currency=self.currency, unit=self.unit)
        self.notes = read.notes
        known = known_accounts(read.accounts, as_of=as_of)
        known = known[known["siren"].isin(list(sirens))].reset_index(drop=True)
        measures = measure_accounts(known)
        changes = account_comparison.yearly_changes(measures, names=list(MEASURES))
        items = known[["sales_excl_tax_cents", "equity_cents", "net_income_cents"]]
        whole = pd.concat([measures, items, changes.drop(columns=["siren", "closing_date"])], axis=1)
        last = account_comparison.latest_measures(whole)
        return last.drop(columns=["known_date", "missing_items"]).assign(source=self.name, date=last["closing_date"])


class BureauExport:
    """Scores, limits and payment behaviour of a bureau's export: the last opinion known."""

    fields = BUREAU_FIELDS

    def __init__(
        self, settings: BureauFile, *, folder: Path = Path(), scales: Sequence[BureauScale] = (SCALE_0_100,)
    ) -> None:
        self.settings, self.folder, self.scales = settings, folder, tuple(scales)
        self.name = settings.provider
        self.notes: tuple[Message, ...] = ()

    def lookup(self, sirens: Sequence[str], *, as_of: dt.date) -> pd.DataFrame:
        """The opinions about these companies (see `Provider.lookup`)."""
        read = read_bureau(self.settings, folder=self.folder, scales=self.scales)
        self.notes = read.notes
        last = latest_ratings(read.ratings, as_of=as_of)
        last = last[last["siren"].isin(list(sirens))].reset_index(drop=True)
        return pd.DataFrame(
            {
                "siren": last["siren"],
                "bureau_score": last["raw"],
                "bureau_class": last["risk_class"],
                "bureau_limit_cents": last["limit_cents"],
                "bureau_dbt_days": last["dbt_days"],
                "source": last["provider"],
                "date": last["rating_date"],
            }
        )


def answer_of(provider: Provider, sirens: Sequence[str], *, as_of: dt.date) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """A provider's answer and what it has to say; one that fails gives what it found before, and why it stopped."""
    nothing = pd.DataFrame({"siren": pd.Series(dtype="str"), "source": pd.Series(dtype="str")})
    try:
        return provider.lookup(sirens, as_of=as_of), provider.notes
    except PartialAnswerError as stopped:
        return stopped.answer, (*provider.notes, *stopped.messages)
    except DataError as fault:
        failed = message("{provider}: nothing was added from this source.", provider=provider.name)
        return nothing, (*fault.messages, failed)
