"""Which groups owe old money: the open items of each, cut by age, as shaded cells."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from riskkit.exhibits.figure import brief, make_sheet
from riskkit.exhibits.heat_cells import HEAD, ROW, draw_cells, short_bucket
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size, bucket_bounds, sort_buckets

OLD_DAYS = 90


def plot_age_heat(
    groups: pd.DataFrame,
    *,
    language: str,
    count: int = 12,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size | None = None,
    titled: bool = True,
) -> Figure:
    """The part of each group's open items in each ageing bucket, % of the row, and what it owes in all.

    From: groups (label, `<bucket>_amount` columns, open_items_amount), the order kept; those without open items are
    left out.
    """
    words = language_of(language)
    owing = groups[groups["open_items_amount"] > 0]
    codes = sort_buckets(name.removesuffix("_amount") for name in groups.columns if name.endswith("_amount"))
    codes = [code for code in codes if code != "undated" or round(float(owing["undated_amount"].sum()), 2)]
    finding = age_heat_finding(owing, codes, words)
    rows = owing.head(count)
    names = [str(label) for label in rows["label"]]
    ends = [words.compact_money(round(value * 100), currency=currency) for value in rows["open_items_amount"]]
    height = 0.95 + HEAD + ROW * len(names) if names else EMPTY_HEIGHT
    described = "; ".join(f"{name}: {end}" for name, end in zip(names, ends, strict=True))
    sheet = make_sheet(finding, described or finding, size=size or (FIGURE_SIZE[0], height), mode=mode, titled=titled)
    if not names:
        return sheet.nothing(words.text("Nothing is open at this date."))
    key = words.text("% of each group’s open items, by days late; on the right, its open items")
    sheet.write(0.06, sheet.top - 0.12, key, size="small", colour=sheet.colours.quiet)
    shares = [
        [float(row[f"{code}_amount"]) / float(row["open_items_amount"]) for code in codes] for _, row in rows.iterrows()
    ]
    heads = [short_bucket(code, words) for code in codes]
    draw_cells(sheet, shares, rows=names, heads=heads, ends=ends, words=words, top=sheet.top - 0.2)
    return sheet.figure


def age_heat_finding(groups: pd.DataFrame, codes: list[str], words: Language) -> str:
    """Which group holds most of the money that is late for long."""
    old = [f"{code}_amount" for code in codes if (bucket_bounds(code)[0] or 0) > OLD_DAYS]
    amounts = groups[old].sum(axis=1) if old else pd.Series(dtype="float64")
    if amounts.empty or round(float(amounts.sum()), 2) <= 0:
        return words.text("Nothing is late for more than {days} days", days=OLD_DAYS)
    return words.text(
        "{group} holds {share} of what is late for more than {days} days",
        group=brief(str(groups["label"].iloc[int(amounts.to_numpy().argmax())])),
        share=words.share(float(amounts.max() / amounts.sum())),
        days=OLD_DAYS,
    )
