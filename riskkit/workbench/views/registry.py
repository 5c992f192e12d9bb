"""Which pages there are. Each is imported when it is first visited, so that the first page comes quickly."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from riskkit.workbench.views.view import Host, View

_MODULES = {
    "overview": ("overview", "OverviewPage"),
    "unpaid": ("unpaid", "UnpaidPage"),
    "customers": ("customers", "CustomersPage"),
    "segments": ("segments", "SegmentsPage"),
    "cash": ("cash", "CashPage"),
    "actions": ("actions", "ActionsPage"),
    "simulator": ("simulator", "SimulatorPage"),
    "quality": ("quality", "QualityPage"),
    "method": ("method", "MethodPage"),
}


def _maker(module: str, name: str) -> Callable[[Host], View]:
    def make(host: Host) -> View:
        made: View = getattr(import_module(f"riskkit.workbench.views.{module}"), name)(host)
        return made

    return make


VIEWS: dict[str, Callable[[Host], View]] = {page: _maker(*where) for page, where in _MODULES.items()}
