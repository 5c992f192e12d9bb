"""Who the customers are: one stage of a run, from accounts as the files name them to companies with a state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from riskkit.companies.bodacc import FACTS, read_bodacc
from riskkit.companies.enrich import Enrichment, enrich_customers
from riskkit.companies.events import COMPANY_EVENTS, company_states, read_facts, tie_events
from riskkit.companies.identifiers import repair_siren
from riskkit.companies.match_answers import read_answers
from riskkit.companies.matching import MATCHES, PAIRS_TO_CONFIRM, Matching, match_customers
from riskkit.companies.named_columns import Field, read_columns
from riskkit.companies.nomenclature import naf_levels
from riskkit.companies.provider_settings import ProviderSettings, open_providers
from riskkit.companies.providers import STATE_FIELDS, Provider, state_answer
from riskkit.companies.same_debtor import same_debtor
from riskkit.errors import DataError, Message, message
from riskkit.sources.reading import Reading
from riskkit.workbench.portfolio import Portfolio

CACHE_FOLDER = ".companies"
_FRENCH = ("", "FR", "FRA", "FRANCE")
_PARENTS = {
    "siren": Field("text", ("siren filiale", "filiale", "siren client"), required=True),
    "parent_siren": Field("text", ("siren parent", "siren mere", "siren groupe", "groupe"), required=True),
}


@dataclass(frozen=True)
class Identified:
    """Customers with who they are, and how that is known.

    `reading` holds the events of the companies beside its own, none later than the date of the run. `customers` are
    its customers with siren, siren_repair, siren_source, naf_source, state, debtor_id, section and division.
    """

    reading: Reading
    customers: pd.DataFrame
    matching: Matching
    debtors: pd.DataFrame
    states: pd.DataFrame
    enrichment: Enrichment
    notes: tuple[Message, ...]


@dataclass(frozen=True)
class KnownStates:
    """The facts already read, as a provider: the state of each company that they name."""

    facts: pd.DataFrame
    searched: frozenset[str]
    name: str = "BODACC"
    fields: tuple[str, ...] = STATE_FIELDS
    notes: tuple[Message, ...] = ()

    def lookup(self, sirens: Sequence[str], *, as_of: dt.date) -> pd.DataFrame:
        """The state of these companies (see `Provider.lookup`)."""
        return state_answer(self.facts, sirens, as_of=as_of, source=self.name, searched=self.searched)


def identify_companies(reading: Reading, *, portfolio: Portfolio, as_of: dt.date, language: str) -> Identified:
    """Repair, match, tie and enrich: everything that is known of the customers' companies at `as_of`.

    Parameters
    ----------
    reading
        What the files hold.
    portfolio
        Its sources about companies, and its thresholds.
    as_of
        Valuation date, inclusive: a fact known later is not used.
    language
        Of the labels that are data (activities, legal forms).

    """
    settings, folder = portfolio.settings.companies, portfolio.folder
    customers = repaired_customers(reading.customers)
    matching = _matched(customers, portfolio)
    customers = _with_matches(customers, matching.matches)
    facts, notes = _facts(settings, folder)
    events = _events(reading.events, facts, customers, as_of=as_of)
    since = settings.bodacc_complete_since
    is_searched = bool(settings.bodacc) and since is not None and since <= as_of
    searched = frozenset(customers["siren"].dropna()) if is_searched else frozenset()
    enrichment = _enriched(customers, events, searched, portfolio=portfolio, as_of=as_of, language=language)
    states = company_states(events, as_of=as_of, customers=customers, searched=searched)
    states = _with_found_states(states, enrichment)
    parents = _parents(folder / settings.parents) if settings.parents else None
    debtors = same_debtor(customers, thresholds=portfolio.policy.debtors, parents=parents)
    customers = _with_sectors(customers, enrichment).assign(
        state=states["state"].to_numpy(), debtor_id=debtors["debtor_id"].to_numpy()
    )
    return Identified(
        reading=reading.changed(events=events),
        customers=customers,
        matching=matching,
        debtors=debtors,
        states=states,
        enrichment=enrichment,
        notes=(*notes, *enrichment.notes),
    )


def repaired_customers(customers: pd.DataFrame) -> pd.DataFrame:
    """Customers with the SIREN repaired, how (`siren_repair`), and where it comes from (`siren_source`)."""
    read = repair_siren(customers["siren_raw"].where(customers["siren_raw"].notna(), customers["siren"]))
    siren = read["siren"].where(customers["siren"].isna(), customers["siren"]).astype("str")
    source = pd.Series("file", index=customers.index, dtype="str").where(siren.notna())
    return customers.assign(siren=siren, siren_repair=read["repair"].astype("str"), siren_source=source)


def _matched(customers: pd.DataFrame, portfolio: Portfolio) -> Matching:
    """The companies of the customers without a SIREN; nothing where the portfolio has no register."""
    settings = portfolio.settings.companies
    country = customers["country"].fillna("").str.strip().str.upper()
    is_asked = customers["siren"].isna() & ~customers["is_catch_all"] & country.isin(_FRENCH)
    is_asked &= customers["name"].notna()
    if settings.sirene is None or not is_asked.any():
        return Matching(MATCHES.empty(), PAIRS_TO_CONFIRM.empty())
    return match_customers(
        customers[is_asked].reset_index(drop=True),
        portfolio.folder / settings.sirene,
        thresholds=portfolio.policy.matching,
        answers=read_answers(portfolio.folder / settings.answers),
    )


def _with_matches(customers: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """Customers with the SIREN of those matched; the file's own is never replaced."""
    sure = matches[matches["outcome"] == "matched"].set_index("customer_id")
    found = customers["customer_id"].map(sure["siren"]).astype("str")
    how = sure["reasons"].str.split("+").map(lambda codes: "confirmed" if "confirmed" in codes else "matched")
    takes = customers["siren"].isna() & found.notna()
    return customers.assign(
        siren=customers["siren"].mask(takes, found).astype("str"),
        siren_source=customers["siren_source"].mask(takes, customers["customer_id"].map(how)).astype("str"),
    )


def _facts(settings: ProviderSettings, folder: Path) -> tuple[pd.DataFrame, list[Message]]:
    """The facts of every file about companies, with what their reading has to say."""
    parts = [FACTS.empty().assign(customer_id=pd.Series(dtype="str"))]
    notes: list[Message] = []
    if settings.bodacc:
        notices = read_bodacc([folder / name for name in settings.bodacc])
        parts.append(notices.facts)
        notes.extend(notices.notes)
    for source in settings.events:
        facts, said = read_facts(folder / source.file, columns=source.columns)
        parts.append(facts)
        notes.extend(said)
    held = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(held, ignore_index=True), notes


def _events(own: pd.DataFrame, facts: pd.DataFrame, customers: pd.DataFrame, *, as_of: dt.date) -> pd.DataFrame:
    """The client's own events and those of its companies, known and not annulled at `as_of`, each with its SIREN."""
    tied = tie_events(facts, customers=customers)
    given = COMPANY_EVENTS.conform(own)[COMPANY_EVENTS.names]
    siren = given["siren"].fillna(given["customer_id"].map(customers.set_index("customer_id")["siren"]))
    events = pd.concat([part for part in (given.assign(siren=siren), tied) if len(part)] or [given], ignore_index=True)
    day = pd.Timestamp(as_of)
    kept = events[(events["event_date"] <= day) & ~(events["annulled_date"] <= day)]
    return COMPANY_EVENTS.conform(kept.sort_values(["event_date", "customer_id", "kind"], kind="stable"))


def _enriched(
    customers: pd.DataFrame,
    events: pd.DataFrame,
    searched: frozenset[str],
    *,
    portfolio: Portfolio,
    as_of: dt.date,
    language: str,
) -> Enrichment:
    """What the portfolio's sources add; nothing is looked for where it names none."""
    settings = portfolio.settings.companies
    if settings.is_empty:
        return Enrichment(customers, {})
    providers: list[Provider] = [KnownStates(events.drop(columns="customer_id"), searched)]
    providers += open_providers(
        settings.model_copy(update={"bodacc": ()}),
        folder=portfolio.folder,
        cache=portfolio.folder / CACHE_FOLDER,
        today=settings.http_date or as_of,
        scales=portfolio.policy.bureau_scales,
    )
    found = enrich_customers(customers, providers, as_of=as_of, language=language)
    column = found.columns["company_siren"]
    register = Path(settings.sirene).name if settings.sirene else None
    is_given = customers["siren_source"] == "file"
    source = customers["source_file"].where(is_given, register).where(customers["siren"].notna()).astype("str")
    named = found.customers.assign(**{column: customers["siren"], f"{column}_source": source})
    return Enrichment(named, found.columns, found.notes)


def _with_found_states(states: pd.DataFrame, enrichment: Enrichment) -> pd.DataFrame:
    """States with those that only a register or a public service knows."""
    if not enrichment.columns:
        return states
    column = enrichment.columns["state"]
    found = enrichment.customers.reset_index(drop=True)
    other = ~found[column].isin(["unknown"]) & (found[column] != states["state"])
    other &= states["state"].isin(["unknown", "in_bonis"])
    day = found[f"{column}_date"]
    return states.assign(
        state=states["state"].mask(other, found[column]),
        since_date=states["since_date"].mask(other, day),
        known_date=states["known_date"].mask(other, day),
        source_file=states["source_file"].mask(other, found[f"{column}_source"]),
    )


def _with_sectors(customers: pd.DataFrame, enrichment: Enrichment) -> pd.DataFrame:
    """Customers with the activity of the register where the file gives none, and the sector of each."""
    given = customers["naf_code"]
    source = pd.Series("file", index=customers.index, dtype="str").where(given.notna())
    if enrichment.columns:
        found = enrichment.customers[enrichment.columns["naf_code"]]
        takes = given.isna() & found.notna() & (enrichment.customers[enrichment.columns["naf_version"]] == "rev2")
        given = given.mask(takes, found).astype("str")
        source = source.mask(takes, enrichment.customers[f"{enrichment.columns['naf_code']}_source"]).astype("str")
    levels = naf_levels(given)
    return customers.assign(naf_code=given, naf_source=source, section=levels["section"], division=levels["division"])


def _parents(path: Path) -> pd.DataFrame:
    """Groups as a user gives them: siren, parent_siren, both repaired; rows without both are an error."""
    rows = read_columns(path, fields=_PARENTS)
    read = pd.DataFrame({name: repair_siren(rows[name])["siren"] for name in _PARENTS})
    lost = read.isna().any(axis=1)
    if lost.any():
        raise DataError(
            message(
                "{file}: {count:row|rows} of groups {count:?has|have} no valid SIREN on both sides, first on line "
                "{line}. Correct {count:?it|them}.",
                file=path.name,
                count=int(lost.sum()),
                line=int(rows.loc[lost, "source_line"].iloc[0]),
            )
        )
    return read
