"""Customers and the companies each may be, side by side, with their evidence: the bridge from search to decision."""

# ruff: noqa: S608 - the SQL is made of names and words written here; file names are quoted
from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from riskkit.companies.addresses import door, read_address
from riskkit.companies.candidates import find_candidates, register_size
from riskkit.companies.comparison import EVIDENCE, Party, compare
from riskkit.companies.names import Name, aliases, fold, read_name
from riskkit.companies.sirene import open_register

UNIT_FIELDS = ("matched_name", "matched_address", "naf_code", "legal_form_code", "headcount_code", "is_closed")
Progress = Callable[[int, int], None]
_MOST_PLACES = 40


def customer_parties(customers: pd.DataFrame) -> pd.DataFrame:
    """Customers as the search and the comparison want them, blank where unknown.

    From: customers (customer_id, name, address, postcode, town; missing columns count as blank).
    To:   customer_id, name, postcode, town, door, initials (a name that may be an acronym), party.
    """
    columns = {
        name: customers[name].astype("str").fillna("") if name in customers else pd.Series("", index=customers.index)
        for name in ("customer_id", "name", "address", "postcode", "town")
    }
    rows = []
    for customer_id, name, line, postcode, town in zip(*columns.values(), strict=True):
        address = read_address(line, postcode, town)
        names = tuple(read_name(alias) for alias in aliases(name) if fold(alias))
        party = Party(names, (address,), next((n.legal_form for n in names if n.legal_form), ""))
        compact = names[0].compact if names else ""
        initials = compact if 2 < len(compact) < 9 else ""
        rows.append((customer_id, name, address.postcode, address.town, door(address), initials, party))
    return pd.DataFrame(rows, columns=["customer_id", "name", "postcode", "town", "door", "initials", "party"])


def compare_customers(
    connection: duckdb.DuckDBPyConnection,
    parties: pd.DataFrame,
    register: Path,
    *,
    confirmed: pd.DataFrame | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Every pair worth looking at, with its evidence.

    From: parties as `customer_parties` makes them; the register's files; confirmed pairs (customer_id, siren).
    To:   customer_id, siren, `UNIT_FIELDS`, and the columns of `EVIDENCE`; no rows where nothing looks alike.
    """
    open_register(connection, register)
    named = parties[[len(party.names) > 0 for party in parties["party"]]]
    connection.register("asked", named[["customer_id", "name", "postcode", "town"]])
    connection.register("asked_initials", named.loc[named["initials"] != "", ["customer_id", "initials"]])
    connection.register("asked_doors", named.loc[named["door"] != "", ["customer_id", "door"]])
    none = pd.DataFrame({"customer_id": pd.Series(dtype="str"), "siren": pd.Series(dtype="str")})
    connection.register("confirmed_pairs", none if confirmed is None else confirmed)
    find_candidates(connection)
    companies = _companies(connection)
    rarity, size = _rarity(connection, parties, companies), register_size(connection)
    pairs: pd.DataFrame = connection.sql(
        "select customer_id, lpad(siren::varchar, 9, '0') as siren from candidates order by customer_id, siren"
    ).df()
    pairs = pairs[pairs["siren"].isin(companies.index)].reset_index(drop=True)
    own = dict(zip(parties["customer_id"], parties["party"], strict=True))
    theirs = companies["party"].to_dict()
    evidence = np.zeros((len(pairs), len(EVIDENCE)))
    for row, (customer_id, siren) in enumerate(zip(pairs["customer_id"], pairs["siren"], strict=True)):
        evidence[row] = compare(own[customer_id], theirs[siren], rarity=rarity, names=size)
        if progress and row % 1000 == 0:
            progress(row, len(pairs))
    if progress:
        progress(len(pairs), len(pairs))
    described = companies.loc[pairs["siren"], list(UNIT_FIELDS)].reset_index(drop=True)
    return pd.concat([pairs, described, pd.DataFrame(evidence, columns=list(EVIDENCE))], axis=1)


def _companies(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The candidates' companies, by SIREN: what is shown of them, and their party."""
    connection.execute(
        """create or replace temp table wanted_units as
        select distinct lpad(siren::varchar, 9, '0') as siren from candidates"""
    )
    units = connection.sql(
        """select siren, any_value(name) as name, list(distinct usual_name) || list(distinct usual_name_2) as others,
            any_value(acronym) as acronym, any_value(legal_form_code) as legal_form_code,
            any_value(naf_code) as naf_code, any_value(headcount_code) as headcount_code,
            bool_and(is_closed) as is_closed
        from units semi join wanted_units using (siren) group by siren"""
    ).fetchall()
    places: dict[str, list[tuple[str, ...]]] = {}
    for siren, *place in connection.sql(
        f"""select siren, coalesce(sign, ''), coalesce(street, ''), coalesce(postcode, ''), coalesce(town, '')
        from places semi join wanted_units using (siren)
        qualify row_number() over (partition by siren order by is_head_office desc, is_closed, siret) <= {_MOST_PLACES}
        order by siren, is_head_office desc, is_closed, siret"""
    ).fetchall():
        places.setdefault(siren, []).append(tuple(place))
    rows = [_company(unit, places.get(unit[0], [])) for unit in units]
    return pd.DataFrame(rows, columns=["siren", *UNIT_FIELDS, "party"]).set_index("siren")


def _company(unit: tuple[object, ...], places: list[tuple[str, ...]]) -> tuple[object, ...]:
    """One company: SIREN, what is shown, party."""
    siren, name, others, acronym, form, naf, headcount, is_closed = unit
    texts = [str(text) for text in (name, *(others or []), acronym) if text]  # type: ignore[misc]
    texts += [place[0] for place in places if place[0]]
    names: dict[str, Name] = {}
    for text in texts:
        for alias in aliases(text):
            read = read_name(alias)
            if read.tokens:
                names.setdefault(read.compact, read)
    addresses = tuple(read_address(street, postcode, town) for _, street, postcode, town in places)
    acronyms = frozenset({read_name(str(acronym)).compact}) if acronym else frozenset()
    shown = " ".join(part for part in places[0][1:] if part) if places else ""
    party = Party(tuple(names.values()), addresses, str(form or "")[:2], acronyms)
    return siren, name or texts[0], shown, naf, form, headcount, bool(is_closed), party


def _rarity(
    connection: duckdb.DuckDBPyConnection, parties: pd.DataFrame, companies: pd.DataFrame
) -> Mapping[str, float]:
    """Weight of each word of both sides; a word the register does not hold weighs as one it holds once."""
    everyone = [*parties["party"], *companies["party"]]
    words = sorted({word for party in everyone for name in party.names for word in (*name.tokens, name.compact)})
    connection.register("used_words", pd.DataFrame({"word": pd.Series(words, dtype="str")}))
    counts = connection.sql("select word, names from vocabulary semi join used_words using (word)").fetchall()
    size = max(register_size(connection), 2)
    return {word: math.log(size / min(count, size - 1)) for word, count in counts}
