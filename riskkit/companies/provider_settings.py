"""The providers of a portfolio, as `portfolio.yaml` names them under `companies`, and opened in order of preference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from riskkit.companies.bureau import BureauFile
from riskkit.companies.credit_file import CreditFile
from riskkit.companies.http_client import HttpSettings, PoliteClient
from riskkit.companies.http_provider import HttpProvider
from riskkit.companies.providers import AccountsFile, BodaccFiles, BureauExport, Provider
from riskkit.companies.sirene_lookup import SireneFile
from riskkit.policy_companies import SCALE_0_100, BureauScale

ANSWERS_FILE = "matches_answers.csv"


class AccountsSource(BaseModel):
    """A file of yearly accounts: its columns where the usual headers do not find them, its currency, its unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    columns: dict[str, str] = Field(default_factory=dict)
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "EUR"
    unit: Literal["units", "thousands", "millions"] = "units"


class EventsSource(BaseModel):
    """A file of privileges, protests, disputes or procedures: its columns where the usual headers do not find them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    columns: dict[str, str] = Field(default_factory=dict)


class ProviderSettings(BaseModel):
    """Where facts about companies come from. Names of files and folders are relative to the portfolio's folder.

    `sirene` is the register that customers without a SIREN are looked for in, and `answers` the file where what people
    confirmed or refused is kept. `credit` is a file of limits in force, insurance and orders; `parents` is a file of
    groups (siren, parent_siren). `bodacc_complete_since` says that the notices hold every one from that day on: a
    company without notice is then `in_bonis`, and not `unknown`. `http` is off unless it says `enabled: true`;
    `http_date` is then the day on which the services are asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sirene: str | None = None
    sirene_date: dt.date | None = None
    answers: str = ANSWERS_FILE
    parents: str | None = None
    events: tuple[EventsSource, ...] = ()
    bodacc: tuple[str, ...] = ()
    bodacc_complete_since: dt.date | None = None
    accounts: tuple[AccountsSource, ...] = ()
    bureaus: tuple[BureauFile, ...] = ()
    credit: CreditFile | None = None
    http: HttpSettings = HttpSettings()
    http_date: dt.date | None = None

    @model_validator(mode="after")
    def _asked_on_a_day(self) -> ProviderSettings:
        if self.http.enabled and self.http_date is None:
            raise ValueError("http_date is missing: the day on which public services are asked, which dates replies")
        return self

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of companies but what the portfolio's own files say."""
        return self == ProviderSettings(answers=self.answers)

    def renamed(self, name: Callable[[str], str]) -> ProviderSettings:
        """The settings with every file under another name, for a portfolio kept in another folder."""
        return self.model_copy(
            update={
                "sirene": self.sirene and name(self.sirene),
                "answers": name(self.answers),
                "parents": self.parents and name(self.parents),
                "events": tuple(part.model_copy(update={"file": name(part.file)}) for part in self.events),
                "bodacc": tuple(name(part) for part in self.bodacc),
                "accounts": tuple(part.model_copy(update={"file": name(part.file)}) for part in self.accounts),
                "bureaus": tuple(part.model_copy(update={"file": name(part.file)}) for part in self.bureaus),
                "credit": self.credit and self.credit.model_copy(update={"file": name(self.credit.file)}),
            }
        )


def open_providers(
    settings: ProviderSettings,
    *,
    folder: Path,
    cache: Path,
    today: dt.date,
    scales: Sequence[BureauScale] = (SCALE_0_100,),
) -> list[Provider]:
    """The providers of a portfolio: its own files first, then the public services that it allows.

    Parameters
    ----------
    settings
        As `portfolio.yaml` gives them.
    folder
        What file names are relative to.
    cache
        Folder where replies of public services are kept.
    today
        Day of the run, which dates those replies; the caller reads the clock, this package does not.
    scales
        Scales of external scores, from the policy.

    """
    providers: list[Provider] = []
    if settings.bodacc:
        paths = [folder / name for name in settings.bodacc]
        providers.append(BodaccFiles(paths, complete_since=settings.bodacc_complete_since))
    if settings.sirene is not None:
        providers.append(SireneFile(folder / settings.sirene, extract_date=settings.sirene_date))
    for source in settings.accounts:
        providers.append(
            AccountsFile(folder / source.file, columns=source.columns, currency=source.currency, unit=source.unit)
        )
    providers.extend(BureauExport(bureau, folder=folder, scales=scales) for bureau in settings.bureaus)
    if settings.http.enabled:
        client = PoliteClient(settings.http, cache=cache, today=today)
        providers.extend(HttpProvider(service, client=client) for service in settings.http.services)
    return providers
