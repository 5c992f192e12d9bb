"""Every figure about what is behind the unpaid, gathered under one name for a notebook."""

from __future__ import annotations

from riskkit.exhibits.plot_age_heat import plot_age_heat
from riskkit.exhibits.plot_ageing_history import plot_ageing_history
from riskkit.exhibits.plot_cohorts import plot_cohorts
from riskkit.exhibits.plot_delays import plot_delays
from riskkit.exhibits.plot_dso import plot_dso_history
from riskkit.exhibits.plot_dues import plot_dues
from riskkit.exhibits.plot_lift import plot_lift
from riskkit.exhibits.plot_pareto import plot_pareto
from riskkit.exhibits.plot_seasonality import plot_seasonality
from riskkit.exhibits.plot_transitions import plot_transitions

__all__ = [
    "plot_age_heat",
    "plot_ageing_history",
    "plot_cohorts",
    "plot_delays",
    "plot_dso_history",
    "plot_dues",
    "plot_lift",
    "plot_pareto",
    "plot_seasonality",
    "plot_transitions",
]
