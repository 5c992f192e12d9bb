"""Whether two accounts of one name may be two firms by chance: what the other names of the portfolio say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection

from riskkit.companies.addresses import Address

CHANCE_NAMESAKES = 0.1
"""Other firms that bear a name by chance from which the name alone no longer tells who they are."""

Words = tuple[str, ...]


def common_names(names: Collection[Words]) -> set[Words]:
    """The names, as words, that chance alone is expected to give to another firm of the portfolio.

    From: the names of a portfolio, repeats counted once, each as its telling words.

    Notes
    -----
    As if words were drawn independently: a name of words met in a and b other names, among n, is expected
    a × b ÷ n times more. Words that go together are met together more often, hence a limit well below one.
    `MARTIN TRANSPORTS` is common where many names say MARTIN and many TRANSPORTS; `WAL-MAR`, whose words are met in no
    other name, is not, however many accounts bear it. A name of one word is common when five others hold it.

    """
    distinct = {tuple(sorted(set(words))) for words in names if words}
    met = Counter(word for words in distinct for word in words)
    common = set()
    for words in distinct:
        expected = float(len(distinct))
        for word in words:
            expected *= (met[word] - 1) / len(distinct)
        if expected >= (5.0 if len(words) == 1 else CHANCE_NAMESAKES):
            common.add(words)
    return common


def same_place(group: list[str], places: dict[str, Address], *, street: bool) -> list[list[str]]:
    """The accounts of a group that are known to share a postcode (or a town), and a street where `street` asks so."""
    parts: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for account in group:
        place = places[account]
        where = place.postcode or place.town
        if where and (place.street_words or not street):
            parts[where, (place.number, place.street_words) if street else None].append(account)
    return [part for part in parts.values() if len(part) > 1]
