"""The page Trésorerie: the cash of the next 13 weeks with its intervals, who is late in it, and its past errors."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from riskkit.exhibits.cash_exhibits import backtest_table, cash_table, late_table
from riskkit.exhibits.cash_words import backtest_finding, cash_finding, late_finding, periods
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.plot_cash import plot_cash_backtest, plot_cash_forecast
from riskkit.workbench.views.view import DocumentView, customer_link, drawing, missing_notice, panel_section

WIDE, HALF = (8.4, 3.1), (5.2, 2.6)
CUSTOMERS = 15


class CashPage(DocumentView):
    """Forecast, months, late customers, backtest."""

    def parts(self) -> list[Html]:
        """The forecast and what it is worth, or why there is none."""
        words, run = self.host.words, self.host.run
        forecast, customers = run.table("cash_forecast"), run.table("cash_customers")
        if forecast is None or customers is None:
            why = words.text("Run the portfolio again with this version of riskkit: the table is made at each run.")
            return [missing_notice(words.text("This run holds no cash forecast."), why)]
        code, currency = words.code, run.shown.currency
        figure = plot_cash_forecast(forecast, language=code, currency=currency, size=WIDE, titled=False)
        weeks = element(
            "details",
            element("summary", words.text("Week by week")),
            cash_table(forecast, language=code, currency=currency),
        )
        months = cash_table(forecast, language=code, kind="month", currency=currency)
        head = panel_section(
            words.text("Cash of 13 weeks"),
            cash_finding(forecast, language=code, currency=currency),
            drawing(figure, css="rk-wide-drawing"),
            weeks,
            test_id="cash",
        )
        by_month = panel_section(words.text("By month"), words.text("What each month should bring"), months)
        return [
            head,
            element("div", join(by_month, self._backtest()), class_="rk-halves rk-even"),
            self._late(customers),
        ]

    def _backtest(self) -> Html:
        words, run = self.host.words, self.host.run
        summary = run.table("cash_backtest_summary")
        subject = words.text("What the forecast is worth")
        if summary is None or summary.empty:
            none = words.text("No past date is far enough from the start of the ledger to test the forecast.")
            return panel_section(subject, words.text("Not tested"), element("p", none, class_="rk-nothing"))
        figure = plot_cash_backtest(summary, language=words.code, size=HALF, titled=False)
        table = element(
            "details",
            element("summary", words.text("See the figures")),
            backtest_table(summary, language=words.code),
        )
        finding = backtest_finding(summary, language=words.code)
        return panel_section(subject, finding, drawing(figure), table, test_id="backtest")

    def _late(self, customers: pd.DataFrame) -> Html:
        words, currency = self.host.words, self.host.run.shown.currency
        late = customers.sort_values("late_amount", ascending=False)
        table = late_table(late, language=words.code, count=CUSTOMERS, currency=currency, named=self._named)
        finding = late_finding(customers, language=words.code, currency=currency)
        return panel_section(words.text("Late or expected late"), finding, table, css="rk-said", test_id="cash-late")

    def _named(self, customer_id: str, name: str) -> Html:
        return customer_link(self.host, customer_id, name)

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """Weeks at 80 %, customers and items with their expected dates."""
        words, run = self.host.words, self.host.run
        forecast, customers, items = (run.table(n) for n in ("cash_forecast", "cash_customers", "payment_time"))
        if forecast is None:
            return {}
        found = {words.text("Weeks"): periods(forecast, "week")}
        found |= {words.text("Customers"): customers} if customers is not None else {}
        return found | ({words.text("Open invoices"): items} if items is not None else {})
