"""What becomes of open items in a month: paid, still there, or older."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.figure import make_sheet
from riskkit.exhibits.heat_cells import HEAD, ROW, draw_cells, short_bucket
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size, sort_buckets

OUTCOMES = ("settled", "written_off")


def plot_transitions(
    transitions: pd.DataFrame,
    *,
    language: str,
    period: str = "latest",
    mode: Mode = "light",
    size: Size | None = None,
    titled: bool = True,
) -> Figure:
    """Where the items of each age are a month later, % of the items of the row, and how many there were.

    From: transitions (period, from_bucket, to_bucket, items_count, probability); rows sum to 1.
    """
    words = language_of(language)
    shown = transitions[transitions["period"] == period]
    matrix = shown.pivot_table(index="from_bucket", columns="to_bucket", values="probability", aggfunc="sum")
    froms = sort_buckets(matrix.index)
    tos = ["settled", *sort_buckets(matrix.columns)] + [c for c in OUTCOMES[1:] if c in matrix]
    tos = [code for code in tos if code in matrix and matrix[code].fillna(0).gt(0).any()]
    finding = transitions_finding(matrix, words)
    height = 0.95 + HEAD + ROW * len(froms) if froms else EMPTY_HEIGHT
    sheet = make_sheet(finding, finding, size=size or (FIGURE_SIZE[0], height), mode=mode, titled=titled)
    if not froms:
        return sheet.nothing(words.text("One month end is known: nothing can have moved yet."))
    key = words.text("% of items by where they are a month later; on the right, items")
    sheet.write(0.06, sheet.top - 0.12, key, size="small", colour=sheet.colours.quiet)
    counts = shown.groupby("from_bucket")["items_count"].sum()
    ends = [words.number(float(counts[code]), digits=0) for code in froms]
    shares = matrix.reindex(index=froms, columns=tos).fillna(0).to_numpy(dtype="float64").tolist()
    rows = [bucket_label(code, language) for code in froms]
    heads = [short_bucket(code, words) for code in tos]
    draw_cells(sheet, shares, rows=rows, heads=heads, ends=ends, words=words, top=sheet.top - 0.2)
    return sheet.figure


def transitions_finding(matrix: pd.DataFrame, words: Language) -> str:
    """How many items of the first late bucket grow older instead of being paid."""
    late = [code for code in sort_buckets(matrix.index) if code not in ("not_due", "undated")]
    if not late:
        return words.text("No item was late at the month ends compared")
    first = late[0]
    older = [code for code in sort_buckets(matrix.columns) if code not in ("not_due", "undated", first)]
    return words.text(
        "Of the items {age}, {share} grow older within a month",
        age=bucket_label(first, words.code),
        share=words.share(float(matrix.loc[[first], older].fillna(0).to_numpy().sum())),
    )
