"""The identity card of a portfolio: its measures, now and a year before."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.fragment import Html
from riskkit.exhibits.measure_words import measure_label, show_measure
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.run_tables import measure_series, value_before
from riskkit.exhibits.tables import TableColumn, make_table

MEASURES = (
    "receivables_amount", "overdue_amount", "overdue_share", "disputed_amount", "sales_12m_amount", "customers_count",
    "dso_days", "countback_dso_days", "best_possible_dso_days", "average_days_delinquent_days",
    "days_beyond_terms_days", "collection_effectiveness_rate", "beyond_legal_rate", "dso_day_amount", "bfr_amount",
    "bfr_days",
)  # fmt: skip


def figures_table(material: Material) -> Html:
    """One row a measure that could be computed: its value, that of a year before where it is known."""
    words, run = material.words, material.run
    rows = []
    for name in MEASURES:
        value = run.kpi(name)
        if value is None:
            continue
        before = value_before(measure_series(run.measures, name), months=12)
        shown = [
            "–" if amount is None else show_measure(name, amount, material.language, currency=run.currency)
            for amount in (value, before)
        ]
        rows.append({"label": measure_label(name, material.language), "now": shown[0], "before": shown[1]})
    columns = [
        TableColumn("label", words.text("Measure")),
        TableColumn("now", words.date(run.as_of), "number"),
        TableColumn("before", words.text("A year before"), "number"),
    ]
    return make_table(
        pd.DataFrame(rows), columns, language=material.language, caption=words.text("Measures of the portfolio")
    )
