"""The page Qualité des données: what the files are worth, what was found in them, what was set aside."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.method import reconciliation_table, sources_table
from riskkit.exhibits.quality_report import quality_grades, quality_sentences, quality_table
from riskkit.exhibits.quality_words import OVERALL
from riskkit.workbench.notebook import identification_table, rejects_table
from riskkit.workbench.views.view import DocumentView, missing_notice, panel_section

FINDINGS = 25


class QualityPage(DocumentView):
    """Grades, reconciliation, findings, rows set aside, customers identified."""

    def parts(self) -> list[Html]:
        """What was judged, or that nothing was."""
        words, run = self.host.words, self.host.run
        code, shown = words.code, run.shown
        grades, quality = run.table("quality_grades"), run.table("quality")
        if grades is None or quality is None:
            why = words.text("Run the portfolio again with this version of riskkit: the table is made at each run.")
            judged = missing_notice(words.text("The quality of the files of this run was not judged."), why)
        else:
            judged = panel_section(
                words.text("Quality"), _verdict(grades, self), quality_grades(grades, language=code), test_id="grades"
            )
        ties = panel_section(
            words.text("Reconciliation"),
            words.text("From what was invoiced to what is open"),
            reconciliation_table(shown.manifest, language=code, currency=shown.currency),
        )
        found = [element("div", join(judged, ties), class_="rk-halves")]
        if quality is not None:
            said = quality_sentences(quality, language=code, currency=shown.currency, count=1)[0]
            table = quality_table(quality, language=code, currency=shown.currency, count=FINDINGS)
            found.append(panel_section(words.text("Findings"), said, table, test_id="findings"))
        rejects, customers = run.table("rejects"), run.table("customers")
        set_aside = None if rejects is None else rejects_table(rejects, language=code, currency=shown.currency)
        identified = None if customers is None else identification_table(customers, language=code)
        found.append(
            panel_section(
                words.text("Files"),
                words.text("What was read and what was set aside"),
                sources_table(shown.manifest, language=code, currency=shown.currency),
                set_aside,
            )
        )
        found.append(panel_section(words.text("Customers"), words.text("How customers were identified"), identified))
        return found

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """Findings, the rows behind them, rows set aside."""
        words, run = self.host.words, self.host.run
        tables = {
            words.text("Findings"): run.table("quality"),
            words.text("Rows"): run.table("quality_rows"),
            words.text("Set aside"): run.table("rejects"),
        }
        return {name: table for name, table in tables.items() if table is not None}


def _verdict(grades: pd.DataFrame, page: QualityPage) -> str:
    words = page.host.words
    overall = grades[grades["dimension"] == OVERALL]["grade"].dropna()
    if overall.empty:
        return words.text("What the files are worth")
    return words.text("The files are worth a grade of {grade}", grade=str(overall.iloc[0]))
