"""Each field of a kind of table its best column: headers and contents together, the surest pairs first."""

from __future__ import annotations

from collections.abc import Sequence

from riskkit.sources.mapping_contents import Contents
from riskkit.sources.mapping_guess import Found
from riskkit.sources.mapping_headers import BESIDE, FieldNames
from riskkit.sources.mapping_spec import SURE

_ACCEPTED = 0.5


def one_entity(found: Found) -> Found:
    """The mapping without an entity that would leave the table without any customer."""
    if {"customer_id", "customer_name"} & set(found) or "entity" not in found:
        return found
    return {("customer_name" if field == "entity" else field): place for field, place in found.items()}


def assign(
    headers: Sequence[str],
    seen: Sequence[Contents],
    wanted: Sequence[FieldNames],
    *,
    reserved: set[int] | None = None,
) -> Found:
    """Each field its best column, each column one field: the surest pairs first."""
    pairs = []
    for names in wanted:
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
                pairs.append((sure, -index, names.field))
    found: Found = {}
    taken: set[int] = set()
    for sure, negative_index, field in sorted(pairs, reverse=True):
        if field not in found and -negative_index not in taken:
            found[field] = (-negative_index, sure)
            taken.add(-negative_index)
    return found
