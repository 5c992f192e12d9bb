"""A portfolio: a folder with its settings (`portfolio.yaml`), its policy (`policy.yaml`) and its source files."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from riskkit.companies.collection_log import CollectionFile
from riskkit.companies.provider_settings import ProviderSettings
from riskkit.errors import UsageError, message
from riskkit.exhibits.language import language as language_of
from riskkit.ledger.own_check import check_own_measures
from riskkit.policy import POLICY_FILE, Policy, read_policy, validation_messages
from riskkit.policy_own import BalanceSheet
from riskkit.sources.collect import read_files
from riskkit.sources.currencies import read_rates
from riskkit.sources.mapping import TableSpec, infer_specs
from riskkit.sources.opening import Source
from riskkit.sources.reading import Reading
from riskkit.workbench.control_settings import ControlSettings
from riskkit.workbench.letters_settings import LettersSettings
from riskkit.workbench.overrides import OVERRIDES_FILE
from riskkit.workbench.policy_text import policy_text
from riskkit.workbench.report_settings import ReportSettings, copy_logo, report_values
from riskkit.workbench.run_folder import MANIFEST
from riskkit.workbench.source_names import common_name, moved, relative, source_exists

SETTINGS_FILE = "portfolio.yaml"
_HIDDEN_FIELDS = {"confidence", "unused"}


class Settings(BaseModel):
    """What `portfolio.yaml` may hold. Source files are named relative to the folder that holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80, description="name of the portfolio")]
    language: Literal["fr", "en"] = "fr"
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    terms: Annotated[str, Field(max_length=20)] = ""
    policy: str = POLICY_FILE
    rates: str | dict[str, Any] | None = None
    control: ControlSettings | None = None
    companies: ProviderSettings = ProviderSettings()
    score_model: str | None = None
    collection: CollectionFile | None = None
    letters: LettersSettings | None = None
    balance_sheet: BalanceSheet | None = None
    report: ReportSettings = ReportSettings()
    sources: Annotated[tuple[TableSpec, ...], Field(min_length=1)]

    @field_validator("terms", mode="before")
    @classmethod
    def _as_text(cls, terms: object) -> object:
        """`terms: 30` is a number in YAML and a term code here."""
        return str(terms) if isinstance(terms, int) and not isinstance(terms, bool) else terms


@dataclass(frozen=True)
class Portfolio:
    """Settings checked, policy read, source files found. `folder` is what file names are relative to."""

    folder: Path
    settings: Settings
    policy: Policy

    @property
    def name(self) -> str:
        """Name of the portfolio, as people wrote it."""
        return self.settings.name

    @property
    def folder_name(self) -> str:
        """Name of the folder of its runs: that of its own folder, or the portfolio's where it has none to itself."""
        own = (self.folder / SETTINGS_FILE).is_file() and not (self.folder / MANIFEST).is_file()
        name = self.folder.absolute().name if own else self.name
        return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "portfolio"

    def read(
        self,
        *,
        as_of: dt.date | None = None,
        progress: Callable[[str], None] | None = None,
        needs_invoices: bool = True,
    ) -> Reading:
        """The canonical tables of its files; `as_of` dates an aged balance that does not say its day.

        Files that hold no invoice are refused, unless it is only to look at what they hold.
        """
        given = self.settings.rates
        return read_files(
            self.settings.sources,
            folder=self.folder,
            currency=self.settings.currency,
            as_of=as_of,
            rates=None if given is None else read_rates(given, folder=self.folder),
            progress=progress,
            needs_invoices=needs_invoices,
        )

    def with_sources(self, sources: Sequence[TableSpec]) -> Portfolio:
        """The portfolio with its tables understood otherwise."""
        return replace(self, settings=self.settings.model_copy(update={"sources": tuple(sources)}))

    def with_companies(self, companies: ProviderSettings) -> Portfolio:
        """The portfolio with other sources about companies."""
        return replace(self, settings=self.settings.model_copy(update={"companies": companies}))

    @classmethod
    def open(cls, folder: Path) -> Portfolio:
        """The portfolio of a folder. `UsageError` names the file or the key that is wrong."""
        path = folder / SETTINGS_FILE
        if not path.is_file():
            raise UsageError(
                message(
                    "'{folder}' is not a portfolio: it has no portfolio.yaml. Make one with riskkit init.",
                    folder=str(folder),
                )
            )
        settings = read_settings(path)
        missing = [spec.file for spec in settings.sources if not source_exists(spec.file, folder)]
        if missing:
            raise UsageError(
                *(
                    message("{file}: source '{source}' does not exist.", file=SETTINGS_FILE, source=source)
                    for source in missing
                )
            )
        policy = read_policy(folder / settings.policy)
        check_own_measures(policy, file=settings.policy)
        return cls(folder, settings, policy)

    @classmethod
    def from_files(
        cls,
        files: Sequence[Source],
        *,
        name: str | None = None,
        language: str = "fr",
        currency: str | None = None,
        terms: str = "",
        folder: Path | None = None,
        known: Sequence[TableSpec] = (),
    ) -> Portfolio:
        """A portfolio made from files alone: their mapping is inferred, the policy is the default one.

        Parameters
        ----------
        files
            Spreadsheets, text files, French ledgers, electronic invoices or a folder of them, bank statements,
            Parquet files, and tables of databases (text: `env:VARIABLE#table`).
        name
            Without one, what the names of the files have in common.
        language, currency, terms
            As in `portfolio.yaml`.
        folder
            Where the portfolio will be kept; the current folder when it is not kept.

        """
        language_of(language)
        home = folder or Path()
        given = [source if isinstance(source, str) else source.absolute() for source in files]
        specs = [
            spec.model_copy(update={"file": moved(spec.file, Path(), home)}) for spec in infer_specs(given, known=known)
        ]
        values = {
            "name": name or common_name(files),
            "language": language,
            "currency": currency,
            "terms": terms,
            "sources": tuple(specs),
        }
        try:
            settings = Settings(**values)
        except ValidationError as fault:
            raise UsageError(*validation_messages(fault, file=SETTINGS_FILE)) from None
        return cls(home, settings, Policy())

    def write(self, folder: Path, *, final: Path | None = None) -> None:
        """Write `portfolio.yaml` and `policy.yaml`, ready to be corrected and run again.

        Parameters
        ----------
        folder
            Where to write.
        final
            Where the folder will be in the end, when it is being built aside: file names are relative to that.

        """
        home = final or folder
        sources = []
        for spec in self.settings.sources:
            kept = spec.model_dump(exclude_defaults=True, exclude=_HIDDEN_FIELDS)
            kept["file"] = moved(spec.file, self.folder, home)
            sources.append(kept)
        values = {
            "name": self.name,
            "language": self.settings.language,
            **self.settings.model_dump(include={"currency", "terms"}, exclude_defaults=True),
            **self._rates(home),
            **self.settings.model_dump(mode="json", include={"control"}, exclude_none=True),
            **self._companies(home),
            **self._score_model(home),
            **self._collection(home),
            **self._letters(home),
            **report_values(self.settings.report, folder=self.folder, home=home),
            **self.settings.model_dump(include={"balance_sheet"}, exclude_none=True, mode="json"),
            "sources": sources,
        }
        text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=110)
        (folder / SETTINGS_FILE).write_text(self._advice() + text, encoding="utf-8")
        (folder / POLICY_FILE).write_text(policy_text(self.policy, language=self.settings.language), encoding="utf-8")
        copy_logo(self.settings.report, folder=self.folder, target=folder)
        answers = (self.folder / self.settings.companies.answers).absolute()
        if answers.is_file() and answers.parent == home.absolute() != folder.absolute():
            shutil.copy2(answers, folder / answers.name)  # the run replaces the folder that its answers are in
        given = (self.folder / OVERRIDES_FILE).absolute()
        if given.is_file() and given.parent != folder.absolute():
            shutil.copy2(given, folder / given.name)  # classes given by hand are looked for beside the settings

    def _rates(self, home: Path) -> dict[str, object]:
        """The rates as a settings file in `home` names them."""
        given = self.settings.rates
        if isinstance(given, str):
            return {"rates": relative((self.folder / given).absolute(), home)}
        return {} if given is None else {"rates": given}

    def _score_model(self, home: Path) -> dict[str, object]:
        """The folder of fitted scores as a settings file in `home` names it."""
        given = self.settings.score_model
        return {} if given is None else {"score_model": relative((self.folder / given).absolute(), home)}

    def _collection(self, home: Path) -> dict[str, object]:
        """The log of actions and promises as a settings file in `home` names it."""
        given = self.settings.collection
        if given is None:
            return {}
        moved_file = relative((self.folder / given.file).absolute(), home)
        return {"collection": given.model_copy(update={"file": moved_file}).model_dump(exclude_defaults=True)}

    def _letters(self, home: Path) -> dict[str, object]:
        """The sender of letters, the folder of its templates as a settings file in `home` names it."""
        given = self.settings.letters
        if given is None:
            return {}
        own = given.templates and relative((self.folder / given.templates).absolute(), home)
        return {"letters": given.model_copy(update={"templates": own}).model_dump(exclude_defaults=True)}

    def _companies(self, home: Path) -> dict[str, object]:
        """The sources about companies as a settings file in `home` names them."""
        given = self.settings.companies
        if given.is_empty:
            return {}
        moved = given.renamed(lambda name: relative((self.folder / name).absolute(), home))
        return {"companies": moved.model_dump(mode="json", exclude_defaults=True)}

    def _advice(self) -> str:
        words = language_of(self.settings.language)
        lines = [
            words.text("What each file holds, and in which column. Correct it, then: riskkit check, riskkit run."),
            words.text("Under columns: the field of riskkit on the left, the header in your file on the right."),
        ]
        lines += [
            words.text("Please confirm, {file}: {fields}.", file=spec.label, fields=", ".join(spec.doubtful))
            for spec in self.settings.sources
            if spec.doubtful
        ]
        return "".join(f"# {line}\n" for line in lines)


def read_settings(path: Path) -> Settings:
    """The settings of a file, checked. `UsageError` names each wrong key."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise UsageError(
            message("{file} cannot be read as YAML: {fault}. Correct it.", file=path.name, fault=str(fault))
        ) from None
    try:
        return Settings.model_validate(values)
    except ValidationError as fault:
        raise UsageError(*validation_messages(fault, file=path.name)) from None
