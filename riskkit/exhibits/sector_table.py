"""Sectors as a table: what part of the overdue money is theirs, and how many euros more than their part."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.findings import sector_rows, sectors_known
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.plot_sectors import sector_label, sector_unknown_text
from riskkit.exhibits.tables import TableColumn, make_table


def sectors_table(
    sectors: pd.DataFrame,
    *,
    language: str,
    count: int = 8,
    level: str | None = None,
    currency: str = "EUR",
    brief: bool = False,
) -> Html:
    """The sectors that make most of the overdue money; findings in bold. One sentence when no sector is known.

    `brief` leaves out the shares, for a place where `plot_sectors` shows them.
    """
    words = language_of(language)
    if not sectors_known(sectors):
        return element("p", sector_unknown_text(words), class_="rk-nothing")
    rows = sector_rows(sectors, level=level).head(count)
    shown = pd.DataFrame(
        {
            "sector": [sector_label(row, words) for _, row in rows.iterrows()],
            "customers": rows["customers_count"].to_numpy(),
            "overdue": rows["overdue_amount"].to_numpy(),
            "share": rows["overdue_share"].to_numpy(),
            "exposure": rows["exposure_share"].to_numpy(),
            "excess": rows["excess_overdue_amount"].to_numpy(),
            "row_class": ["strong" if found else "" for found in rows["is_finding"]],
        }
    )
    columns = [
        TableColumn("sector", words.text("Sector")),
        TableColumn("customers", words.text("Customers"), "count"),
        TableColumn("overdue", words.text("Overdue"), "money"),
        TableColumn("share", words.text("Share of overdue"), "points"),
        TableColumn("exposure", words.text("Share of open items"), "points"),
        TableColumn("excess", words.text("Overdue beyond its part"), "money"),
    ]
    if brief:
        columns = [column for column in columns if column.name not in ("share", "exposure")]
    caption = words.text("Sectors behind the overdue money")
    return make_table(shown, columns, language=language, caption=caption, currency=currency)
