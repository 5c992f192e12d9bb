"""The page Simulateur: what each scenario of the policy would change, on what assumptions, and what shocks would do."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets as w
import pandas as pd

from riskkit.errors import UsageError, message
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.scenario_exhibits import assumptions_table, scenario_finding, scenarios_table
from riskkit.exhibits.scenario_parts import freed_cash, scenario_measures
from riskkit.exhibits.stress_exhibits import stress_finding, stress_table
from riskkit.workbench.views.view import Act, Host, make_box, missing_notice, panel_section

TABLES = ("scenarios", "scenario_weeks", "scenario_assumptions", "stress")


class SimulatorPage:
    """Scenarios played at the run: one at a time, then side by side."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.place = w.HTML()
        self.widget = make_box(self.place, css="rk-page")
        self.shown: tuple[object, ...] = ()

    def show(self) -> None:
        """Draw the scenario that the address asks for, else the first."""
        state = self.host.state
        wanted = (state.as_of, state.language, state.option("view"))
        if wanted != self.shown:
            self.place.value = join(*self._parts())
            self.shown = wanted

    def act(self, act: Act) -> None:
        """Another scenario."""
        if act.do != "view":
            raise UsageError(message("This choice does not exist here: {act}.", act=act.do))
        self.host.go(self.host.state.choose(view=act.value[:80]), step=False)

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """The tables behind the page."""
        tables = {name: self.host.run.table(name) for name in TABLES}
        return {name: table for name, table in tables.items() if table is not None}

    def _parts(self) -> list[Html]:
        words, run = self.host.words, self.host.run
        scenarios, stress = run.table("scenarios"), run.table("stress")
        if scenarios is None or scenarios.empty:
            why = words.text(
                "Scenarios are those of policy.yaml; they are played at each run. Run the portfolio again with this "
                "version of riskkit."
            )
            parts = [missing_notice(words.text("This run holds no scenario."), why)]
        else:
            parts = [self._one(scenarios), self._compared(scenarios)]
        if stress is not None and len(stress):
            table = stress_table(stress, language=words.code, currency=run.shown.currency)
            heading = stress_finding(stress, language=words.code, currency=run.shown.currency)
            parts.append(panel_section(words.text("Stress"), heading, table, css="rk-said", test_id="stress"))
        return parts

    def _one(self, scenarios: pd.DataFrame) -> Html:
        words, run = self.host.words, self.host.run
        codes = list(dict.fromkeys(scenarios["scenario"].astype("str")))
        chosen = self.host.state.option("view")
        chosen = chosen if chosen in codes else codes[0]
        rows = scenarios[scenarios["scenario"] == chosen]
        titles = scenarios.drop_duplicates("scenario").set_index("scenario")["title"]
        tabs = [
            element(
                "button",
                str(titles[code]),
                type="button",
                class_="rk-tab",
                data_rk_do="view",
                data_rk_value=code,
                aria_pressed=str(code == chosen).lower(),
            )
            for code in codes
        ]
        weeks, assumptions = run.table("scenario_weeks"), run.table("scenario_assumptions")
        own = weeks[weeks["scenario"] == chosen] if weeks is not None else pd.DataFrame()
        concerned = words.text(
            "{count:customer|customers} concerned, {share} of the sales of twelve months",
            count=int(rows["customers_count"].iloc[0]),
            share=words.share(float(rows["sales_share"].iloc[0])),
        )
        drawn = [
            freed_cash(own, words, currency=run.shown.currency) if len(own) else None,
            scenario_measures(rows, words, currency=run.shown.currency),
        ]
        assumed = None
        if assumptions is not None and len(assumptions):
            summary = element("summary", words.text("What is assumed"))
            assumed = element("details", summary, assumptions_table(assumptions, language=words.code))
        return panel_section(
            words.text("What if"),
            str(titles[chosen]),
            element("div", *tabs, class_="rk-tabs"),
            element("p", concerned, class_="rk-note"),
            *drawn,
            assumed,
            test_id="scenario",
        )

    def _compared(self, scenarios: pd.DataFrame) -> Html:
        words, currency = self.host.words, self.host.run.shown.currency
        table = scenarios_table(scenarios, language=words.code, currency=currency)
        heading = scenario_finding(scenarios, language=words.code, currency=currency)
        return panel_section(words.text("Side by side"), heading, table, css="rk-said", test_id="scenarios")
