"""One debtor under several accounts: the same SIREN, the same name under many suffixes, groups a user gives.

`same_debtor` says which accounts are one debtor and how sure that is; `consolidate_exposure` adds up what they owe.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd
from rapidfuzz.distance import OSA

from riskkit.companies.addresses import Address, read_address
from riskkit.companies.name_chance import common_names, same_place
from riskkit.companies.names import Name, read_name
from riskkit.policy_companies import DebtorPolicy
from riskkit.schemas import Column, Table

DEBTORS = Table(
    "debtors",
    "a customer account and the debtor it belongs to",
    (
        Column("customer_id", "text", "account code of the customer"),
        Column("debtor_id", "text", "the first account code of the debtor, in order"),
        Column("probability", "number", "probability that the account is this debtor (1 for its first account)"),
        Column(
            "reason",
            "text",
            "single, same_siren, same_name, name_and_suffix, nearly_same_name_and_place or nearly_same_name",
        ),
        Column("group_id", "text", "SIREN of the group's parent, or the debtor's own id", nullable=True),
    ),
)

PROBABILITY = {
    "same_siren": 1.0,
    "same_name": 0.97,
    "name_and_suffix": 0.9,
    "nearly_same_name_and_place": 0.9,
    "nearly_same_long_name": 0.85,
    "nearly_same_name": 0.6,
}
"""How sure each reason is. Set by judgement: no public portfolio says which of its accounts are one debtor."""
LONG_NAME = 15
"""Letters from which two different firms are seldom one letter apart."""


def same_debtor(
    customers: pd.DataFrame, *, thresholds: DebtorPolicy | None = None, parents: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The debtor of each customer account.

    From: customers (customer_id, name, siren; address, postcode, town, is_catch_all where known); parents (siren,
          parent_siren) where a user gives the groups.
    To:   `DEBTORS`, one row per account, in the same order.

    Notes
    -----
    Accounts of one SIREN are one debtor. Accounts of two different SIREN never are, whatever their names. An account
    without a SIREN joins the accounts of its name (legal form and word order aside), of its name and a suffix
    (`WAL-MAR corp`, `WAL-MAR associates`), when their towns do not contradict it; or one slip of the pen away, in the
    same postcode or in a long name. A name that chance gives to several firms of the portfolio (`SCI DU PARC`, see
    `name_chance`) joins only the accounts of one address. A slip of the pen in a short name is left alone unless the
    policy asks for less than its probability. Where a name is borne by several SIREN, an account without one stays
    alone. Catch-all accounts are nobody's.

    """
    chosen = thresholds or DebtorPolicy()
    accounts = _accounts(customers)
    debtors = {account: (account, 1.0, "single") for account in accounts["customer_id"]}
    by_siren: dict[str, list[str]] = defaultdict(list)
    for account, siren in zip(accounts["customer_id"], accounts["siren"], strict=True):
        if siren:
            by_siren[siren].append(account)
    for members in by_siren.values():
        _join(debtors, members, "same_siren")
    places = dict(zip(accounts["customer_id"], accounts["place"], strict=True))
    for reason, groups in _name_groups(accounts, places):
        if PROBABILITY[reason] >= chosen.same_debtor_probability:
            _join_by_name(debtors, accounts, groups, reason)
    rows = pd.DataFrame(
        [(account, *debtors[account]) for account in accounts["customer_id"]],
        columns=["customer_id", "debtor_id", "probability", "reason"],
    )
    return DEBTORS.conform(rows.assign(group_id=_groups(rows, accounts, parents)))


def consolidate_exposure(ageing: pd.DataFrame, debtors: pd.DataFrame, *, by: str = "debtor_id") -> pd.DataFrame:
    """What each debtor owes, all its accounts together.

    From: ageing (customer_id, and amounts or cents in columns named `…_cents` or `…_amount`), any number of rows per
          account; debtors as `same_debtor` gives them.
    To:   one row per debtor (`by="group_id"`: per group): its accounts_count and the sums; the columns' totals are
          those of the ageing. An account that `debtors` does not know is its own debtor.
    """
    sums = [name for name in ageing.columns if name.endswith(("_cents", "_amount"))]
    known = debtors.set_index("customer_id")[by]
    owner = ageing["customer_id"].map(known).fillna(ageing["customer_id"])
    grouped = ageing.assign(**{by: owner}).groupby(by, sort=True)
    return grouped.agg(accounts_count=("customer_id", "nunique"), **{n: (n, "sum") for n in sums}).reset_index()


def _accounts(customers: pd.DataFrame) -> pd.DataFrame:
    """Accounts with their name and address read, blank where unknown."""
    text = {
        name: customers[name].astype("str").fillna("") if name in customers else pd.Series("", index=customers.index)
        for name in ("customer_id", "siren", "name", "address", "postcode", "town")
    }
    is_catch_all = customers["is_catch_all"] if "is_catch_all" in customers else pd.Series(False, customers.index)
    names = [read_name(name) for name in text["name"]]
    places = [
        read_address(*parts) for parts in zip(text["address"], text["postcode"], text["town"], strict=True)
    ]  # fmt: skip
    return pd.DataFrame({
        "customer_id": text["customer_id"].to_numpy(), "siren": text["siren"].to_numpy(), "name": names,
        "place": places,
        "is_catch_all": is_catch_all.to_numpy(dtype=bool),
    })  # fmt: skip


def _name_groups(accounts: pd.DataFrame, places: dict[str, Address]) -> Iterable[tuple[str, list[list[str]]]]:
    """Groups of accounts by name, from the surest reason to the least: same, name and suffix, nearly the same."""
    telling = np.array([len(name.compact) > 1 for name in accounts["name"]], dtype=bool)
    named = accounts[telling & ~accounts["is_catch_all"].to_numpy(dtype=bool)]
    suffixes = _suffixes([name for _, name in _pairs(named)])
    nobody = np.array([suffixes.issuperset(name.tokens) for name in named["name"]], dtype=bool)  # `SA associates`
    named = named[~nobody]
    stems = {account: _stem(name, suffixes) for account, name in _pairs(named)}
    common = common_names({tuple(stem.split()) for stem in stems.values()})
    by_chance = {account for account, stem in stems.items() if tuple(sorted(set(stem.split()))) in common}

    def told(keys: dict[str, str]) -> list[list[str]]:
        alone = _grouped({account: key for account, key in keys.items() if account not in by_chance})
        together = _grouped({account: key for account, key in keys.items() if account in by_chance})
        return alone + [part for group in together for part in same_place(group, places, street=True)]

    yield "same_name", told({account: " ".join(sorted(name.tokens)) for account, name in _pairs(named)})
    yield "name_and_suffix", told(stems)
    near = told(_near_keys(stems))
    yield "nearly_same_name_and_place", [part for group in near for part in same_place(group, places, street=False)]
    long = {account for account, stem in stems.items() if len(stem) >= LONG_NAME}
    yield "nearly_same_long_name", told(_near_keys({account: stems[account] for account in stems if account in long}))
    yield "nearly_same_name", near


def _pairs(named: pd.DataFrame) -> Iterable[tuple[str, Name]]:
    return zip(named["customer_id"], named["name"], strict=True)


def _grouped(keys: dict[str, str]) -> list[list[str]]:
    """Accounts of each key, for keys that several accounts share."""
    groups: dict[str, list[str]] = defaultdict(list)
    for account, key in keys.items():
        if key:
            groups[key].append(account)
    return [group for group in groups.values() if len(group) > 1]


def _suffixes(names: list[Name]) -> frozenset[str]:
    """Last words that many different names of the portfolio end with, and that so tell nothing (`associates`)."""
    starts: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for name in names:
        if len(name.tokens) > 1:
            starts[name.tokens[-1]].add(name.tokens[:-1])
    first = Counter(name.tokens[0] for name in names if name.tokens)
    enough = max(5, len(names) // 200)
    return frozenset(word for word, before in starts.items() if len(before) >= enough and first[word] < len(before))


def _stem(name: Name, suffixes: frozenset[str]) -> str:
    """The name without a suffix that tells nothing, its words in order."""
    tokens = name.tokens[:-1] if len(name.tokens) > 1 and name.tokens[-1] in suffixes else name.tokens
    return " ".join(tokens)


def _near_keys(stems: dict[str, str]) -> dict[str, str]:
    """For each account, the commonest stem one slip away from its own (seven letters or more, digits apart)."""
    counts = Counter(stems.values())
    cuts: dict[str, list[str]] = defaultdict(list)
    for stem in counts:
        if len(stem) >= 7:
            for cut in {stem, *(stem[:at] + stem[at + 1 :] for at in range(len(stem)))}:
                cuts[cut].append(stem)
    nearest = {stem: stem for stem in counts}
    for similar in cuts.values():
        head = max(similar, key=lambda stem: (counts[stem], stem))
        for stem in similar:
            is_slip = OSA.distance(stem, head, score_cutoff=1) == 1 and not any(mark.isdigit() for mark in stem + head)
            if is_slip and (counts[head], head) > (counts[nearest[stem]], nearest[stem]):
                nearest[stem] = head
    return {account: nearest[stem] for account, stem in stems.items()}


def _join_by_name(
    debtors: dict[str, tuple[str, float, str]], accounts: pd.DataFrame, groups: list[list[str]], reason: str
) -> None:
    """Join the accounts of each group that no SIREN and no town keep apart."""
    siren_of = dict(zip(accounts["customer_id"], accounts["siren"], strict=True))
    area_of = {
        account: place.postcode[:2] for account, place in zip(accounts["customer_id"], accounts["place"], strict=True)
    }
    members: dict[str, list[str]] = defaultdict(list)
    for account, (head, _, _) in debtors.items():
        members[head].append(account)
    for group in groups:
        for part in _by_area(group, area_of):
            heads = {debtors[account][0] for account in part}
            joined = [account for head in heads for account in members[head]]
            sirens = {siren_of[account] for account in joined if siren_of[account]}
            if len(heads) > 1 and len(sirens) <= 1:
                _join(debtors, joined, reason)
                for head in heads:
                    members.pop(head)
                members[min(joined)] = joined


def _by_area(group: list[str], area_of: dict[str, str]) -> list[list[str]]:
    """The group in parts of one département; whole when its known addresses lie in one."""
    areas = {area_of[account] for account in group} - {""}
    if len(areas) <= 1:
        return [group]
    return [[account for account in group if area_of[account] == area] for area in sorted(areas)]


def _join(debtors: dict[str, tuple[str, float, str]], members: list[str], reason: str) -> None:
    """Make one debtor of these accounts; an account that already belonged to one keeps its surer reason."""
    if len(members) < 2:
        return
    head = min(members)
    for account in members:
        _, probability, earlier = debtors[account]
        joined = earlier == "single"
        debtors[account] = (head, PROBABILITY[reason], reason) if joined else (head, probability, earlier)
    debtors[head] = (head, 1.0, debtors[head][2])


def _groups(rows: pd.DataFrame, accounts: pd.DataFrame, parents: pd.DataFrame | None) -> pd.Series:
    """Group of each account: the topmost parent of its debtor's SIREN, or the debtor itself."""
    above = {} if parents is None else dict(zip(parents["siren"], parents["parent_siren"], strict=True))
    siren_of = dict(zip(accounts["customer_id"], accounts["siren"], strict=True))
    of_debtor: dict[str, str] = {}
    for account, debtor in zip(rows["customer_id"], rows["debtor_id"], strict=True):
        if siren_of[account]:
            of_debtor[debtor] = siren_of[account]
    topmost: dict[str, str] = {}
    for debtor in rows["debtor_id"].unique():
        siren, seen = of_debtor.get(debtor, ""), set()
        while siren in above and siren not in seen:
            seen.add(siren)
            siren = above[siren]
        topmost[debtor] = siren if siren and seen else of_debtor.get(debtor, debtor)
    return rows["debtor_id"].map(topmost)
