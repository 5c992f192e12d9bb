"""Which companies of a register a customer may be: a search on rare words and on places, inside DuckDB.

The register is read twice, as a stream: once to count its words, once to keep the names that share a telling word, a
place and a word, or a door and a word, with a customer. Nothing else of its millions of rows is held.
"""

# ruff: noqa: S608 - the SQL is made of names and words written here; file names are quoted
from __future__ import annotations

import duckdb

from riskkit.companies.addresses import door_sql, town_sql
from riskkit.companies.names import tokens_sql

RARE_WORD = 5_000
"""Names a word may appear in and still be looked up everywhere; a commoner one is looked up in the customer's town."""
_KEPT_BY_NAME = 40
_KEPT_BY_PLACE = 20
_KEPT_BY_DOOR = 20


def find_candidates(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `candidates` (customer_id, siren) for customers, from the views `units` and `places`.

    From: on the same connection, `asked` (customer_id, name, postcode, town; blank where unknown), `asked_initials`
          (customer_id, initials), `asked_doors` (customer_id, door: see `addresses.door`) and `confirmed_pairs`
          (customer_id, siren), which are candidates whatever they share.
    To:   at most 80 companies per customer; also the tables `register_names` and `vocabulary` (word, names).
    """
    _read_names(connection)
    _read_words(connection)
    _by_name(connection)
    _by_place(connection)
    connection.execute(
        """create or replace temp table candidates as
        select customer_id, siren from by_name union select customer_id, siren from by_place
        union select customer_id, try_cast(siren as integer) from confirmed_pairs"""
    )


def register_size(connection: duckdb.DuckDBPyConnection) -> int:
    """How many names the register holds."""
    return int(connection.sql("select count(*) from register_names").fetchall()[0][0])


def _read_names(connection: duckdb.DuckDBPyConnection) -> None:
    """The names of the register, one row each, cut into words once; a sign counts only on an open establishment."""
    parts = [
        f"select try_cast(siren as integer) as siren, {column} as name from units where {column} is not null"
        for column in ("name", "usual_name", "usual_name_2", "acronym")
    ]
    parts.append("select try_cast(siren as integer) as siren, sign as name from places where sign is not null")
    connection.execute(
        f"""create or replace temp table register_names as
        select siren, {tokens_sql("name")} as words from ({" union all ".join(parts)}) where siren is not null"""
    )


def _read_words(connection: duckdb.DuckDBPyConnection) -> None:
    """Words of customers, their count in the register, and the words of the register one slip of the pen away.

    Two words of four letters or more are near when they are equal once a letter is left out of one or of both:
    every insertion, omission, substitution and swap of neighbours. A word of four letters or more is also near those
    it begins.
    """
    connection.execute(
        """create or replace temp table vocabulary as
        select word, count(*) as names from (select unnest(words) as word from register_names) group by word"""
    )
    connection.execute(
        f"""create or replace temp table asked_compact as
        select customer_id, array_to_string({tokens_sql("name")}, '') as compact from asked"""
    )
    connection.execute(
        f"""create or replace temp table asked_words as
        select distinct customer_id, unnest({tokens_sql("name")}) as word from asked"""
    )
    for table, source in (("asked_cuts", "(select distinct word from asked_words)"), ("register_cuts", "vocabulary")):
        narrow = "where cut in (select cut from asked_cuts)" if table == "register_cuts" else ""
        connection.execute(
            f"""create or replace temp table {table} as
            select * from (
                select word, unnest(list_prepend(word, list_transform(
                    range(1, length(word) + 1), lambda i: word[:i - 1] || word[i + 1:]))) as cut
                from {source} where length(word) between 4 and 24) {narrow}"""
        )
    connection.execute(
        """create or replace temp table near_words as
        select customer_id, word, max(likeness) as likeness from (
            select customer_id, word, 1.0 as likeness from asked_words
            union all
            select asked_words.customer_id, register_cuts.word, 0.8 as likeness
            from asked_words join asked_cuts using (word) join register_cuts using (cut)
            where register_cuts.word <> asked_words.word
            union all
            select asked_words.customer_id, vocabulary.word, 0.6 as likeness from asked_words join vocabulary
            on vocabulary.word[:4] = asked_words.word[:4] and starts_with(vocabulary.word, asked_words.word)
            where length(asked_words.word) between 4 and length(vocabulary.word) - 1)
        group by customer_id, word"""
    )
    total = max(register_size(connection), 1)
    connection.execute(
        f"""create or replace temp table wanted as
        select customer_id, word, names, likeness * ln(1 + {total} / names) as weight
        from near_words join vocabulary using (word)"""
    )


def _by_name(connection: duckdb.DuckDBPyConnection) -> None:
    """The companies whose names share the most telling words, by their share of the words of both sides."""
    connection.execute(
        f"""create or replace temp table found_names as
        select siren, word, len(words) as length from (
            select siren, words, unnest(words) as word from register_names)
        semi join (select distinct word from wanted where names <= {RARE_WORD}) using (word)"""
    )
    connection.execute(
        f"""create or replace temp table by_name as
        with found as (
            select customer_id, siren, sum(weight) / (1 + 0.15 * max(length)) as score
            from found_names join wanted using (word) group by customer_id, siren
            union all
            select customer_id, siren, 100 as score from register_names
            join asked_compact on array_to_string(words, '') = compact),
        ranked as (select customer_id, siren, max(score) as score from found group by customer_id, siren)
        select customer_id, siren, score from ranked
        qualify row_number() over (partition by customer_id order by score desc, siren) <= {_KEPT_BY_NAME}"""
    )


def _by_place(connection: duckdb.DuckDBPyConnection) -> None:
    """The companies of the customer's postcode (or town, where there is none) that share a word or the initials.

    A town may hold more companies of a common name (`SCI DU PARC`) than are kept by place: those at the customer's own
    door are kept beside them.
    """
    connection.execute(
        f"""create or replace temp table asked_places as
        select customer_id, coalesce(nullif(postcode, ''), {town_sql("town")}) as place from asked
        where coalesce(nullif(postcode, ''), nullif(town, '')) is not null"""
    )
    connection.execute(
        f"""create or replace temp table spots as
        select try_cast(siren as integer) as siren, coalesce(postcode, '') as postcode, coalesce(town, '') as town,
            asked.door
        from places left join (select distinct door from asked_doors) as asked on asked.door = {door_sql("street")}"""
    )
    connection.execute(
        f"""create or replace temp table known_places as
        select postcode, town, place from (
            select postcode, town, unnest([postcode, {town_sql("town")}]) as place
            from (select distinct postcode, town from spots))
        semi join asked_places using (place)"""
    )
    connection.execute(
        """create or replace temp table near_places as
        select siren, place from spots join known_places using (postcode, town)"""
    )
    connection.execute(
        """create or replace temp table near_doors as
        select distinct customer_id, siren, true as is_door
        from (select * from spots where door is not null) join known_places using (postcode, town)
        join asked_places using (place) join asked_doors using (customer_id, door)"""
    )
    connection.execute(
        """create or replace temp table wanted_here as
        select customer_id, place, word, weight from wanted join asked_places using (customer_id)"""
    )
    connection.execute(
        f"""create or replace temp table by_place as
        with words_here as (
            select distinct siren, place, length, word from (
                select siren, place, len(words) as length, unnest(words) as word
                from register_names join near_places using (siren))
            semi join wanted_here using (place, word)),
        shared as (
            select customer_id, siren, sum(weight) / (1 + 0.15 * max(length)) as score
            from words_here join wanted_here using (place, word) group by customer_id, siren),
        initials as (
            select customer_id, siren, 0.0 as score
            from (
                select siren, place, array_to_string(list_transform(words, lambda w: w[1]), '') as initials
                from register_names join near_places using (siren) where len(words) > 2)
            join (select * from asked_initials join asked_places using (customer_id)) using (place, initials)),
        ranked as (
            select customer_id, siren, max(score) as score
            from (select * from shared union all select * from initials) group by customer_id, siren)
        select customer_id, siren, score from ranked left join near_doors using (customer_id, siren)
        qualify row_number() over (partition by customer_id order by score desc, siren) <= {_KEPT_BY_PLACE}
            or is_door and row_number() over (partition by customer_id, is_door order by score desc, siren)
                <= {_KEPT_BY_DOOR}"""
    )
