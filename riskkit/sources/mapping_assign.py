"""Each field of a kind of table its best column: headers and contents together, the surest pairs first."""

from __future__ import annotations

from collections.abc import Sequence

from riskkit.sources.mapping_contents import Contents
from riskkit.sources.mapping_guess import Found
from riskkit.sources.mapping_headers import BESIDE, FieldNames
from riskkit.sources.mapping_spec import SURE
from riskkit.sources.mapping_words import only_says_number, says_number

_ACCEPTED = 0.5
_SOME = 0.2
_MOST, _FEW = 0.9, 0.1


def one_entity(found: Found) -> Found:
    """The mapping without an entity that would leave the table without any customer."""
    if {"customer_id", "customer_name"} & set(found) or "entity" not in found:
        return found
    return {("customer_name" if field == "entity" else field): place for field, place in found.items()}


def named_customers(headers: Sequence[str], seen: Sequence[Contents], found: Found) -> Found:
    """The mapping, customers that only words identify being names unless their header says a code, and codes codes."""
    if "customer_id" in found and "customer_name" in found:
        return found
    if "customer_name" in found:
        index, sure = found["customer_name"]
        if seen[index].with_digit < _MOST or seen[index].spaced > _FEW:
            return found
        return {**{f: place for f, place in found.items() if f != "customer_name"}, "customer_id": (index, sure)}
    if "customer_id" not in found:
        return found
    index, sure = found["customer_id"]
    if seen[index].with_digit > _SOME or seen[index].filled == 0 or says_number(headers[index]):
        return found
    others = {field: place for field, place in found.items() if field != "customer_id"}
    return {**others, "customer_name": (index, sure)}


def coded_customers(headers: Sequence[str], seen: Sequence[Contents], found: Found) -> Found:
    """The mapping of a table of customers, a number that is never twice the same being their code."""
    if "customer_id" in found:
        return found
    taken = {index for index, _ in found.values()}
    codes = [
        index
        for index, header in enumerate(headers)
        if index not in taken and only_says_number(header) and seen[index].distinct > 0.95 and seen[index].spaced < 0.1
    ]
    return {**found, "customer_id": (codes[0], 0.6)} if len(codes) == 1 else found


def assign(
    headers: Sequence[str],
    seen: Sequence[Contents],
    wanted: Sequence[FieldNames],
    *,
    reserved: set[int] | None = None,
) -> Found:
    """Each field its best column, each column one field: the surest pairs first."""
    pairs = []
    for rank, names in enumerate(wanted):
        for index, header in enumerate(headers):
            near, fit = names.nearness(header), seen[index].fit(names.content)
            if names.content in ("date", "amount", "days", "side", "currency", "flag", "entity") and fit < 0.6:
                continue
            sure = near * (0.5 + 0.5 * fit)
            column = seen[index]
            if near == 0.0 and names.content in ("siren", "naf") and fit > 0.8 and column.distinct > 0.05:
                sure = 0.7 * fit if column.contact < 0.5 else 0.0
            if names.field in BESIDE and sure < SURE:
                continue
            if sure >= _ACCEPTED and index not in (reserved or ()):
                pairs.append((sure, -index, -rank, names.field))
    found: Found = {}
    taken: set[int] = set()
    for sure, negative_index, _rank, field in sorted(pairs, reverse=True):
        if field not in found and -negative_index not in taken:
            found[field] = (-negative_index, sure)
            taken.add(-negative_index)
    return found
