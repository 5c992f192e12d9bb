"""Public services asked for one company at a time: « recherche-entreprises » and BODACC. Off unless allowed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from riskkit.companies.accounts import PUBLICATION_LAG_DAYS
from riskkit.companies.bodacc import FACTS, read_bodacc_records
from riskkit.companies.http_client import PoliteClient, Reply
from riskkit.companies.identifiers import is_siren
from riskkit.companies.providers import STATE_FIELDS, PartialAnswerError, state_answer
from riskkit.companies.sirene_lookup import SIRENE_FIELDS, unit_answer
from riskkit.errors import DataError, Message, UsageError, message

Service = Literal["recherche_entreprises", "bodacc"]
_NAMES = {"recherche_entreprises": "recherche-entreprises", "bodacc": "BODACC"}
_PAGE = 100
_MAX_PAGES = 10


class HttpProvider:
    """One of the public services, asked through a `PoliteClient`.

    `recherche_entreprises` gives what Sirene knows, the directors, and the last sales and result published; `bodacc`
    gives the state of a company from all its notices, so that one without notice is `in_bonis`.
    """

    def __init__(self, service: Service, *, client: PoliteClient) -> None:
        self.service: Service = service
        self.client = client
        self.name = _NAMES[service]
        self.notes: tuple[Message, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields it may give."""
        if self.service == "bodacc":
            return STATE_FIELDS
        return (*SIRENE_FIELDS, "directors", "sales_excl_tax_cents", "net_income_cents")

    def lookup(self, sirens: Sequence[str], *, as_of: dt.date) -> pd.DataFrame:
        """What the service knows of these companies (see `Provider.lookup`).

        Raises `UsageError` while the portfolio does not allow it, and `PartialAnswerError`, with what was found before,
        when the service stops answering. A number that is not a SIREN is never sent.
        """
        if not self.client.settings.enabled:
            raise UsageError(
                message(
                    "Public services are off. Write enabled: true under http in portfolio.yaml to ask {service}: it "
                    "will be told the SIREN of your customers.",
                    service=self.name,
                )
            )
        asked = [siren for siren in dict.fromkeys(sirens) if is_siren(siren)]
        found: list[pd.DataFrame] = []
        for done, siren in enumerate(asked):
            try:
                found.append(self._answer(siren, as_of=as_of))
            except DataError as fault:
                stopped = message(
                    "{service}: {done} of {count:company|companies} {done:?was|were} looked up before it stopped "
                    "answering. Run again: {done:?it is|those are} kept.",
                    service=self.name,
                    done=done,
                    count=len(asked),
                )
                raise PartialAnswerError(*fault.messages, stopped, answer=_joined(found)) from None
        return _joined(found)

    def _answer(self, siren: str, *, as_of: dt.date) -> pd.DataFrame:
        if self.service == "bodacc":
            return self._state(siren, as_of=as_of)
        address = self.client.settings.address("recherche_entreprises")
        reply = self.client.get(address, {"q": siren, "page": "1", "per_page": "10"})
        unit = next((unit for unit in _list(reply.content, "results") if unit.get("siren") == siren), None)
        return pd.DataFrame() if unit is None else _unit(unit, reply, as_of=as_of, source=self.name)

    def _state(self, siren: str, *, as_of: dt.date) -> pd.DataFrame:
        """The state from every notice of one company, page after page."""
        address = self.client.settings.address("bodacc")
        records: list[Mapping[str, Any]] = []
        for page in range(_MAX_PAGES):
            reply = self.client.get(
                address,
                {"dataset": "annonces-commerciales", "q": f"registre:{siren}", "rows": str(_PAGE),
                 "start": str(page * _PAGE), "sort": "dateparution"},
            )  # fmt: skip
            held = _list(reply.content, "records")
            records.extend(held)
            if len(held) < _PAGE:
                break
        facts = read_bodacc_records(records, source_file=self.name).facts if records else FACTS.empty()
        # Notices given on `day` say nothing of what came after it: a later `as_of` is not covered by them.
        searched = frozenset({siren}) if as_of <= reply.day else frozenset()
        return state_answer(facts[facts["siren"] == siren], [siren], as_of=as_of, source=self.name, searched=searched)


def _unit(unit: Mapping[str, Any], reply: Reply, *, as_of: dt.date, source: str) -> pd.DataFrame:
    """One company of recherche-entreprises → one row of an answer."""
    text = {
        "siren": unit.get("siren"),
        "official_name": unit.get("nom_raison_sociale") or unit.get("nom_complet"),
        "naf_code": unit.get("activite_principale"),
        "legal_form_code": unit.get("nature_juridique"),
        "headcount_code": unit.get("tranche_effectif_salarie"),
        "headcount_year": unit.get("annee_tranche_effectif_salarie"),
        "creation_date": unit.get("date_creation"),
        "closed": unit.get("etat_administratif"),
        "since": unit.get("date_fermeture"),
        "date": unit.get("date_mise_a_jour_insee") or reply.day.isoformat(),
    }
    row = pd.DataFrame({name: pd.Series([value], dtype="str") for name, value in text.items()})
    answer = unit_answer(row, as_of=as_of, source=source, extract_date=reply.day)
    if as_of >= reply.day:
        answer["directors"] = pd.Series([_directors(unit)], dtype="str")
        answer["directors_date"] = pd.to_datetime(pd.Series([reply.day]))
    sales, result, closing = _finances(unit.get("finances"), as_of=as_of)
    for name, cents in (("sales_excl_tax_cents", sales), ("net_income_cents", result)):
        answer[name] = pd.Series([cents], dtype="Int64")
        answer[f"{name}_date"] = pd.to_datetime(pd.Series([closing]))
    return answer


def _directors(unit: Mapping[str, Any]) -> str | None:
    """Directors in their order, each with its office; None where the service names none."""
    shown = []
    for person in _list(unit, "dirigeants"):
        name = person.get("denomination") or " ".join(
            str(part) for key in ("prenoms", "nom") if (part := person.get(key))
        )
        if name:
            office = person.get("qualite")
            shown.append(f"{name} ({office})" if office else str(name))
    return ", ".join(shown) or None


def _finances(finances: object, *, as_of: dt.date) -> tuple[int | None, int | None, dt.date | None]:
    """Sales and result of the last year known at `as_of`: the service gives a year, taken to close on 31 December."""
    if isinstance(finances, Mapping):
        for year in sorted(finances, reverse=True):
            closing = dt.date(int(year), 12, 31) if str(year).isdigit() else dt.date.max
            values = finances[year]
            if isinstance(values, Mapping) and (as_of - closing).days >= PUBLICATION_LAG_DAYS:
                return _cents(values.get("ca")), _cents(values.get("resultat_net")), closing
    return None, None, None


def _cents(value: object) -> int | None:
    return round(value * 100) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _list(content: object, key: str) -> list[Mapping[str, Any]]:
    """The list under a key of a reply; nothing when the reply has another shape."""
    held = content.get(key) if isinstance(content, Mapping) else None
    return [item for item in held if isinstance(item, Mapping)] if isinstance(held, list) else []


def _joined(found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    rows = [frame for frame in found if len(frame)]
    if not rows:
        return pd.DataFrame({"siren": pd.Series(dtype="str"), "source": pd.Series(dtype="str")})
    return pd.concat(rows, ignore_index=True)
