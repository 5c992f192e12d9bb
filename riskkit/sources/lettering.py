"""The lettering that an extract of the ledger carries outside a FEC: lines the accountant set against each other."""

# ruff: noqa: S608 - only names of tables and columns written in this package are put into the SQL
from __future__ import annotations

from collections.abc import Sequence

import duckdb

from riskkit.errors import Message, message
from riskkit.sources.cells import TypedRows
from riskkit.sources.mapping_contents import Contents
from riskkit.sources.mapping_guess import Found
from riskkit.sources.parsing import quoted
from riskkit.sources.tabular import RawTable, plain

_YES = frozenset({"oui", "o", "yes", "y", "x", "1", "true", "vrai", "lettre", "lettree", "solde", "soldee"})
_NO = frozenset({"non", "n", "no", "0", "false", "faux", "", "non lettre", "non lettree", "non solde", "non soldee"})
_NEGATIVE_SHARE = 0.02
_SAMPLE_ROWS = 500


def with_lettering(table: RawTable, seen: Sequence[Contents], found: Found) -> Found:
    """The mapping of a table, its lettering kept where it can say something.

    The date of a lettering belongs to a table of movements, where payments are lines too. In a list of invoices alone
    it is the day on which they were settled, if nothing else says that.
    """
    result = dict(found)
    code = result.get("lettering")
    if code is not None and seen[code[0]].filled == 0:
        del result["lettering"]
    if "lettering_date" in result and not ("lettering" in result and _has_both_sides(table, result)):
        day = result.pop("lettering_date")
        if "payment_amount" not in result:
            result.setdefault("settled_date", day)
    return result


def _has_both_sides(table: RawTable, found: Found) -> bool:
    if {"debit", "credit", "side", "payment_amount"} & set(found):
        return True
    if "amount" not in found:
        return False
    cell = quoted(f"c{found['amount'][0]}")
    sample = table.relation.limit(_SAMPLE_ROWS).filter(f"trim({cell}) <> ''")
    share = sample.aggregate(f"avg(regexp_matches(trim({cell}), '^[-(−]|[-)]$')::int)").fetchall()[0][0]
    return bool(share and share >= _NEGATIVE_SHARE)


def letter_expression(typed: TypedRows) -> str:
    """The lettering of each row of `given`, missing where it has none.

    A column that only says yes or no letters all the lines of a customer that say yes.
    """
    said = [letter for (letter,) in typed.said("lettering") if letter is not None]
    words = {letter: plain(letter) for letter in said}
    yes = [letter for letter in said if words[letter] in _YES]
    no = [letter for letter in said if words[letter] in _NO]
    is_flag = bool(yes) and len(yes) + len(no) == len(said) and (bool(no) or len({words[each] for each in yes}) == 1)
    if is_flag:
        return f"case when lettering in ({_texts(yes)}) then 'oui' end"
    return f"case when lettering not in ({_texts(no)}) then lettering end" if no else "lettering"


def lettering_note(typed: TypedRows, connection: duckdb.DuckDBPyConnection, *, rows: str, part: int) -> list[Message]:
    """What to say of the rows of a table that are lettered."""
    if not typed.has("lettering"):
        return []
    lettered, every, dated = connection.execute(
        f"select count(lettering), count(*), count(lettering_date) from {rows} where part = $1 and reason is null",
        [part],
    ).fetchall()[0]
    if not lettered:
        return []
    template = (
        "{file}: {count:line|lines} of {every} {count:?is|are} lettered; {count:?it is|they are} matched as the "
        "accountant did, from the date of the lettering on."
        if dated
        else "{file}: {count:line|lines} of {every} {count:?is|are} lettered; {count:?it is|they are} matched as the "
        "accountant did. The file does not say when, so a past date knows them too."
    )
    return [message(template, file=typed.table.label, count=lettered, every=every)]


def _texts(letters: Sequence[str]) -> str:
    return ", ".join("'" + letter.replace("'", "''") + "'" for letter in letters)
