"""The sources of a portfolio whose readers need no mapping: ledgers, electronic invoices, bank statements, balances."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from riskkit.sources.aged_balance import read_aged_balances
from riskkit.sources.bank_statement import read_bank_statements
from riskkit.sources.control import Control, balance_control
from riskkit.sources.currencies import Rates
from riskkit.sources.electronic_invoices import read_electronic_invoices
from riskkit.sources.left_out import empty_reading
from riskkit.sources.mapping_spec import TableSpec
from riskkit.sources.plan import Plan
from riskkit.sources.reading import NEVER, Reading

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Unmapped:
    """What is asked of a reading, and the readers that need no mapping."""

    plan: Plan
    home: Path
    currency: str | None
    as_of: dt.date | None
    rates: Rates | None
    progress: Progress | None

    def base(self) -> Reading | None:
        """The ledger, the electronic invoices or the aged balance that the tables complete; None without any."""
        if self.plan.ledgers:
            return self._ledgers(self.plan.ledgers)
        if self.plan.documents:
            return self._documents(self.plan.documents)
        return self._aged(self.plan.aged, self.as_of) if self.plan.aged else None

    def with_statements(self, reading: Reading) -> Reading:
        """The reading with the payments that its bank statements surely show."""
        paths = [self.home / spec.file for spec in self.plan.statements]
        return read_bank_statements(paths, ledger=reading, progress=self.progress) if paths else reading

    def repeated(self) -> list[tuple[Reading, str]]:
        """Sources without mapping that only say again what others say, and the reason why they are not counted."""
        found = []
        for kind in ("electronic_invoices", "bank_statement", "aged_balance"):
            specs = [(spec, reason) for spec, reason in self.plan.aside if spec.kind == kind]
            if not specs:
                continue
            named, reason = [spec for spec, _ in specs], specs[0][1]
            if kind == "electronic_invoices":
                reading = self._documents(named)
            elif kind == "bank_statement":
                paths = [self.home / spec.file for spec in named]
                nothing = empty_reading(currency=self.currency or "EUR")
                reading = read_bank_statements(paths, ledger=nothing, progress=self.progress)
            else:
                reading = self._aged(named, self.as_of or NEVER)
            found.append((reading, reason))
        return found

    def control(self, reading: Reading) -> Control | None:
        """What an aged balance beside the invoices says that they should add up to; None without one, or undated."""
        specs = [spec for spec, _ in self.plan.aside if spec.kind == "aged_balance"]
        aged = self._aged(specs, self.as_of or NEVER) if specs else None
        if aged is None or aged.latest_date == NEVER:
            return None
        return balance_control(aged.invoices, aged.customers, struck=aged.latest_date, customers=reading.customers)

    def _ledgers(self, specs: Sequence[TableSpec]) -> Reading:
        from riskkit.sources.fec import read_fec

        for spec in specs:
            self._begin(spec)
        chosen = self.currency or next((spec.currency for spec in specs if spec.currency), "EUR")
        return read_fec([self.home / spec.file for spec in specs], currency=chosen)

    def _documents(self, specs: Sequence[TableSpec]) -> Reading:
        for spec in specs:
            self._begin(spec)
        return read_electronic_invoices([self.home / spec.file for spec in specs], currency=self.currency)

    def _aged(self, specs: Sequence[TableSpec], as_of: dt.date | None) -> Reading:
        return read_aged_balances(specs, folder=self.home, currency=self.currency, as_of=as_of, rates=self.rates)

    def _begin(self, spec: TableSpec) -> None:
        if self.progress is not None:
            self.progress(spec.label)
