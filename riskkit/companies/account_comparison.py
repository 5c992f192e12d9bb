"""A measure against its sector and against its own past: the two ways in which it means something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from riskkit.errors import Message, message

MIN_PEERS = 20

COMPARISON_REASONS: Mapping[str, Message] = {
    "not_measured": message("the measure itself is not computable"),
    "unknown_sector": message("the sector is not known"),
    "too_few_peers": message("too few companies of the sector in this portfolio"),
    "no_previous_year": message("no accounts of the year before"),
}
"""Why a comparison is not made, in words."""


def latest_measures(measures: pd.DataFrame) -> pd.DataFrame:
    """The last financial year of each company."""
    ordered = measures.sort_values(["siren", "closing_date"], kind="stable")
    return ordered.drop_duplicates("siren", keep="last").reset_index(drop=True)


def sector_quantiles(
    measures: pd.DataFrame, *, sectors: pd.Series, names: Sequence[str], min_peers: int = MIN_PEERS
) -> pd.DataFrame:
    """Where each company stands in its sector, inside the portfolio.

    From: measures, one row per company; sectors, the sector of each SIREN (index), missing when unknown.
    To:   siren, sector; for each name `<name>_quantile` (share of the peers below it, ties counting half),
          `<name>_peers` (other companies of the sector that have the measure), `<name>_quantile_reason`.

    Parameters
    ----------
    measures
        Output of `latest_measures`: a company counts once.
    sectors
        One sector per SIREN.
    names
        Measures to compare.
    min_peers
        Fewer peers than this and nothing is said.

    """
    sector = measures["siren"].map(sectors)
    columns: dict[str, pd.Series] = {"siren": measures["siren"], "sector": sector.astype("str")}
    for name in names:
        values = measures[name].where(sector.notna())
        groups = values.groupby(sector)
        peers = (groups.transform("count") - 1).where(values.notna()).fillna(0).astype("int64")
        # average rank counts the company itself and half of its ties: minus one, over the others
        below = (groups.rank(method="average") - 1) / peers.where(peers > 0)
        reason = pd.Series(None, index=measures.index, dtype="str")
        reason = reason.mask(peers < min_peers, "too_few_peers").mask(sector.isna(), "unknown_sector")
        reason = reason.mask(measures[name].isna(), "not_measured")
        columns[f"{name}_quantile"] = below.where(reason.isna()).astype("float64")
        columns[f"{name}_peers"] = peers
        columns[f"{name}_quantile_reason"] = reason
    return pd.DataFrame(columns)


def yearly_changes(measures: pd.DataFrame, *, names: Sequence[str]) -> pd.DataFrame:
    """Change of each measure since the financial year before.

    From: measures, one row per company and closing.
    To:   siren, closing_date; for each name `<name>_change` (this year less the one before) and
          `<name>_change_reason`. The year before is one that closed 9 to 15 months earlier: a gap is not a year.
    """
    ordered = measures.sort_values(["siren", "closing_date"], kind="stable")
    previous = ordered.groupby("siren", sort=False).shift(1)
    gap = (ordered["closing_date"] - previous["closing_date"]).dt.days
    is_next = gap.between(270, 460)
    columns: dict[str, pd.Series] = {"siren": ordered["siren"], "closing_date": ordered["closing_date"]}
    for name in names:
        change = (ordered[name] - previous[name]).where(is_next)
        reason = pd.Series(None, index=ordered.index, dtype="str").mask(change.isna(), "not_measured")
        columns[f"{name}_change"] = change.astype("float64")
        columns[f"{name}_change_reason"] = reason.mask(~is_next, "no_previous_year")
    return pd.DataFrame(columns).reindex(measures.index)
