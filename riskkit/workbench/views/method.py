"""The page Méthode: how each figure is made, what the scores are worth, the dates, files and digests behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.measure_words import MEASURES
from riskkit.exhibits.method import definitions_list, not_computable_list
from riskkit.exhibits.model_card import SCORE_TABLES, score_evidence
from riskkit.exhibits.tables import TableColumn, make_table
from riskkit.workbench.dashboard_overview import method_html
from riskkit.workbench.views.view import DocumentView, missing_notice, panel_section


class MethodPage(DocumentView):
    """Reconciliation and matching, formulas, model card, provenance."""

    def parts(self) -> list[Html]:
        """Everything a sceptical reader asks for."""
        words, run = self.host.words, self.host.run.shown
        formulas = panel_section(
            words.text("Formulas"),
            words.text("What each measure means and how it is computed"),
            definitions_list(language=words.code, names=tuple(MEASURES)),
            element("h3", words.text("Measures not computable")),
            not_computable_list(run, language=words.code),
            test_id="formulas",
        )
        return [method_html(run, language=words.code), formulas, self._models(), self._provenance()]

    def _models(self) -> Html:
        words, run = self.host.words, self.host.run
        tables = {name: run.table(name) for name in SCORE_TABLES}
        known = {name: table for name, table in tables.items() if table is not None}
        subject = words.text("Model card")
        if len(known) < len(SCORE_TABLES):
            why = words.text("Run the portfolio again with this version of riskkit: the table is made at each run.")
            return missing_notice(words.text("This run holds no scores."), why)
        given = run.shown.manifest.get("scores", {}).get("models", [])
        horizons = [int(model["horizon_months"]) for model in given] or [6]
        cards = [
            element(
                "details",
                element("summary", words.text("Score over {months} months", months=horizon)),
                score_evidence(known, run.shown.manifest, horizon=horizon, language=words.code),
                open="" if rank == 0 else None,
            )
            for rank, horizon in enumerate(horizons)
        ]
        heading = words.text("What the scores are worth, on months they were not taught")
        return panel_section(subject, heading, *cards, css="rk-model", test_id="model-card")

    def _provenance(self) -> Html:
        words, manifest = self.host.words, self.host.run.shown.manifest
        files = make_table(
            _digests(manifest),
            [
                TableColumn("file", words.text("File")),
                TableColumn("rows", words.text("Rows read"), "count"),
                TableColumn("sha256", words.text("Digest (SHA-256)")),
            ],
            language=words.code,
            caption=words.text("Files read"),
            sortable=False,
        )
        said = [
            (words.text("Position at"), words.date(self.host.state.as_of, style="long")),
            (words.text("Version of riskkit"), str(manifest.get("riskkit_version", "–"))),
            (words.text("Digest of the policy"), str(manifest.get("policy_sha256", "–"))),
        ]
        pairs = [element("div", element("dt", name), element("dd", element("code", value))) for name, value in said]
        return panel_section(
            words.text("Provenance"),
            words.text("The same files, policy and date give the same figures again"),
            element("dl", *pairs, class_="rk-facts"),
            files,
            test_id="provenance",
        )

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """The measures and the files behind them."""
        words, run = self.host.words, self.host.run.shown
        return {words.text("Measures"): run.measures, words.text("Files"): _digests(run.manifest)}


def _digests(manifest: Mapping[str, Any]) -> pd.DataFrame:
    rows = [
        {"file": str(s.get("file", "")), "rows": float(s.get("rows_read") or 0), "sha256": str(s.get("sha256", ""))}
        for s in manifest.get("sources") or []
    ]
    return pd.DataFrame(rows, columns=["file", "rows", "sha256"])
