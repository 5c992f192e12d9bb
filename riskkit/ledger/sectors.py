"""Sectors behind the overdue: attribution at NAF levels, and the sentences that state what was found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from riskkit.companies.nomenclature import naf_label, naf_levels
from riskkit.engine import amount_name
from riskkit.errors import Message, Money, message
from riskkit.ledger.attribution import ATTRIBUTION, ONE_CUSTOMER, UNKNOWN, attribute
from riskkit.schemas import Column, Table

SECTORS = Table(
    "sectors",
    "a NAF section or division among the customers of the ledger",
    (
        *ATTRIBUTION.columns,
        Column("parent_code", "text", "group of the level above; missing at the first level", nullable=True),
    ),
)

WORTH_A_WORD_SHARE = 0.10  # a part of exposure, or of the overdue, that deserves a sentence of its own


def attribute_sectors(
    customer_positions: pd.DataFrame,
    *,
    levels: Sequence[str] = ("section", "division"),
    draws: int,
    confidence: float,
    seed: int,
    language: str = "fr",
) -> pd.DataFrame:
    """`attribute` at each NAF level, with the names of sectors.

    From: customer_positions (`attribution.POSITIONS`), with a column per level, or `naf_code` to derive them from.
    To:   `SECTORS`, level after level, largest overdue first within each. Findings of all levels are corrected
          together.

    Parameters
    ----------
    levels
        Names of NAF levels, the widest first.
    language
        Of the labels, which are data of the nomenclature: fr or en.

    """
    coded = _with_levels(customer_positions, levels=levels)
    tables = []
    for above, level in zip((None, *levels), levels, strict=False):
        table = attribute(coded, by=level, draws=draws, confidence=confidence, seed=seed, searches=len(levels))
        table["label"] = [_label(code, language=language) for code in table["code"]]
        if above is not None:
            table["parent_code"] = table["code"].map(_parents(coded, level=level, above=above))
        tables.append(SECTORS.conform(table))
    return pd.concat(tables, ignore_index=True) if tables else SECTORS.empty()


def sectors_in_cents(sectors: pd.DataFrame) -> pd.DataFrame:
    """The table `sectors` of a run, read back in currency units, as `SECTORS` again."""
    cents = [column.name for column in SECTORS if column.kind == "cents"]
    amounts = {name: (sectors[amount_name(name)].astype("float64") * 100).round().astype("Int64") for name in cents}
    return SECTORS.conform(sectors.assign(**amounts))[SECTORS.names]


def finding_sentences(sectors: pd.DataFrame, *, currency: str = "EUR") -> list[Message]:
    """What the attribution shows, in sentences: findings first, then what limits them.

    From: sectors (`SECTORS`, `_cents`). Divisions are named only where their section is not.
    To:   at least one sentence; that nothing stands out, or cannot be judged, is a sentence too.
    """
    if sectors.empty:
        return [message("There is no customer to attribute the overdue to.")]
    level = sectors["level"].iloc[0]
    top = sectors[sectors["level"] == level]
    if (top["overdue_cents"] <= 0).all():
        return [message("Nothing is overdue at this date: no sector to look for.")]
    if (top["code"] == UNKNOWN).all():
        return [_unknown_sentence(top[top["code"] == UNKNOWN], currency=currency)]
    sentences = [_finding_sentence(row, currency=currency) for _, row in _findings(sectors, level=level).iterrows()]
    if len(top) == 1:
        sentences.append(
            message(
                "All customers are in one sector ({label}): there is nothing to compare it with.",
                label=_inside(str(top["label"].iloc[0])),
            )
        )
    elif not sentences:
        sentences.append(
            message(
                "No sector stands out: of the {count} searched, none has more overdue than its share of receivables"
                " beyond what chance between customers explains.",
                count=int((top["code"] != UNKNOWN).sum()),
            )
        )
    by_one = top[(top["reason"] == ONE_CUSTOMER.template) & (top["overdue_share"] >= WORTH_A_WORD_SHARE)]
    sentences += [_one_customer_sentence(row) for _, row in by_one.iterrows()]
    unknown = top[(top["code"] == UNKNOWN) & (top["exposure_share"] >= WORTH_A_WORD_SHARE)]
    if len(unknown):
        sentences.append(_unknown_sentence(unknown, currency=currency))
    return sentences


def _with_levels(customer_positions: pd.DataFrame, *, levels: Sequence[str]) -> pd.DataFrame:
    missing = [level for level in levels if level not in customer_positions]
    if not missing:
        return customer_positions
    derived = naf_levels(customer_positions["naf_code"])
    return customer_positions.assign(**{level: derived[level].to_numpy() for level in missing})


def _parents(coded: pd.DataFrame, *, level: str, above: str) -> pd.Series:
    """Group of the level above, by code, as customers have them."""
    pairs = coded[[level, above]].dropna().drop_duplicates(level)
    return pairs.set_index(level)[above]


def _label(code: str, *, language: str) -> str:
    if code == UNKNOWN:
        return {"fr": "Inconnu"}.get(language, "Unknown")
    return naf_label(code, language=language, short=True) or code


def _findings(sectors: pd.DataFrame, *, level: str) -> pd.DataFrame:
    """Findings of the first level, then those of the other levels whose parent is not one already."""
    found = sectors[sectors["is_finding"]].sort_values("excess_overdue_cents", ascending=False, kind="stable")
    of_level = found["level"] == level
    others = found[~of_level & ~found["parent_code"].isin(found.loc[of_level, "code"])]
    return pd.concat([found[of_level], others])


def _finding_sentence(row: pd.Series, *, currency: str) -> Message:
    values = {
        "group": _group(row),
        "share": _percent(row["overdue_share"]),
        "low": _percent(row["overdue_share_low"]),
        "high": _percent(row["overdue_share_high"]),
        "exposure": _percent(row["exposure_share"]),
        "excess": Money(int(row["excess_overdue_cents"]), currency, compact=True),
    }
    if np.isnan(row["sales_share"]):
        return message(
            "{group} carries {share}% of what is overdue [{low}; {high}] for {exposure}% of receivables; {excess} more"
            " than its share of receivables.",
            **values,
        )
    return message(
        "{group} carries {share}% of what is overdue [{low}; {high}] for {sales}% of sales and {exposure}% of"
        " receivables; {excess} more than its share of receivables.",
        sales=_percent(row["sales_share"]),
        **values,
    )


def _one_customer_sentence(row: pd.Series) -> Message:
    return message(
        "{group} carries {share}% of what is overdue, but {customer} alone makes {part}% of that: look at the customer,"
        " not at the sector.",
        group=_group(row),
        share=_percent(row["overdue_share"]),
        customer=str(row["largest_customer_name"]),
        part=_percent(row["largest_customer_share"]),
    )


def _unknown_sentence(unknown: pd.DataFrame, *, currency: str) -> Message:
    row = unknown.iloc[0]
    return message(
        "The sector is unknown for {share}% of receivables ({amount}, of which {overdue} overdue): complete the SIREN"
        " or the NAF code of these customers.",
        share=_percent(row["exposure_share"]),
        amount=Money(int(row["open_items_cents"]), currency, compact=True),
        overdue=Money(int(row["overdue_cents"]), currency, compact=True),
    )


def _group(row: pd.Series) -> Message:
    """The group as the subject of a sentence."""
    values = {"code": str(row["code"]), "label": _inside(str(row["label"]))}
    if row["level"] == "section":
        return message("Sector {code} ({label})", **values)
    if row["level"] == "division":
        return message("Division {code} ({label})", **values)
    return message("Group {code} ({label})", **values)


def _percent(share: float) -> int:
    return round(100 * float(share))


def _inside(label: str) -> str:
    """A label as it reads inside a sentence: its first letter small, unless it opens an acronym."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
