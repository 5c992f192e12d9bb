"""A fictional French industrial company's receivables, made from a seed, with a truth that is known.

"Ateliers Exemple SAS" sells to about 600 companies of 19 NAF divisions. Unless the spec says otherwise, section F
(construction) makes 40 % of the overdue at the end date with 20 % of the sales, worse in winter. The law of delays is
in `sample_settlements`, habits and failures in `sample_customers`, invoices and their incidents in `sample_orders`,
transfers and lost references in `sample_ledger`. Planted truth: lateness k of a driver group, solved by bisection so
that Σ open overdue of the group ÷ Σ open overdue = `overdue_share` at the end date, or given as a number.

Frames (money in cents, tax included unless the name says otherwise; nothing dated after `end_date`):

- `customers`: customer_id, name, siren, legal_form, address, postcode, town, region, country, section, division,
  naf_code, headcount_band, payment_terms, payment_method, sales_person, customer_since, is_catch_all;
- `invoices`: invoice_id, customer_id, kind (invoice, deposit, credit_note), issue_date, due_date, amount_cents (credit
  notes negative), amount_excl_tax_cents, currency, dispute_date, credited_invoice_id, deposit_invoice_id,
  deposit_excl_tax_cents (already invoiced by the deposit), buyer (who bought through a catch-all account);
- `payments`: payment_id, customer_id, invoice_id (missing when the transfer names none), payment_date, amount_cents,
  currency, kind (payment, write_off), reference (of the transfer);
- `events`: siren, customer_id, event_date, kind (safeguard, receivership, liquidation).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from riskkit.sources.sample_customers import Population, make_events, make_population
from riskkit.sources.sample_fec import write_fec
from riskkit.sources.sample_files import write_customers, write_invoices, write_payments, write_procedures
from riskkit.sources.sample_frames import allocation_frame, invoice_frame, item_ids, payment_frame
from riskkit.sources.sample_ledger import Book, make_book
from riskkit.sources.sample_orders import Orders, make_orders
from riskkit.sources.sample_register import write_register
from riskkit.sources.sample_settlements import (
    Settlements,
    plan_settlements,
    solve_latenesses,
    with_latenesses,
)
from riskkit.sources.sample_spec import (
    Driver,
    PlantedDriver,
    Sample,
    SamplePaths,
    SampleSpec,
    SampleTruth,
    TermsChange,
)
from riskkit.sources.sample_truth import customer_habits, make_truth, write_truth

__all__ = [
    "Driver",
    "PlantedDriver",
    "Sample",
    "SamplePaths",
    "SampleSpec",
    "SampleTruth",
    "TermsChange",
    "make_blocks",
    "make_sample",
    "write_sample",
]


@dataclass(frozen=True)
class Block:
    """One block of customers and everything about it, still keyed by integers."""

    population: Population
    orders: Orders
    plan: Settlements
    book: Book
    latenesses: tuple[float, ...]
    rng: np.random.Generator


def make_blocks(spec: SampleSpec) -> Iterator[Block]:
    """The blocks of a sample, one in memory at a time; unknown latenesses are solved on the first."""
    sizes = [len(part) for part in np.array_split(np.arange(spec.customers), spec.blocks)]
    sales = [len(part) for part in np.array_split(np.arange(spec.invoices), spec.blocks)]
    latenesses: tuple[float, ...] = ()
    first_customer, first_item, first_settlement = 1, 1, 1
    for index, (size, invoices) in enumerate(zip(sizes, sales, strict=True)):
        rng = np.random.default_rng(np.random.SeedSequence(spec.seed, spawn_key=(index,)))
        population = make_population(spec, rng, first_number=first_customer, count=size)
        orders = make_orders(spec, rng, population, invoices=invoices)
        latenesses = latenesses or solve_latenesses(spec, orders, population)
        plan = plan_settlements(spec, orders, population, latenesses=latenesses)
        book = make_book(spec, rng, population, orders, plan, first_item=first_item, first_settlement=first_settlement)
        yield Block(population, orders, plan, book, latenesses, rng)
        first_customer += size
        first_item += len(book.items)
        first_settlement += len(book.settlements)


def make_sample(spec: SampleSpec) -> Sample:
    """The whole sample in memory. The same spec gives the same frames."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for block in make_blocks(spec):
        ids = item_ids(block.book)
        frames = {
            "customers": block.population.frame,
            "invoices": invoice_frame(block.book, block.population, ids, block.rng),
            "payments": payment_frame(block.book.settlements, block.population, ids),
            "events": make_events(block.population, end_date=spec.end_date),
            "habits": customer_habits(spec, block.population, block.orders, block.plan),
            "allocations": allocation_frame(block.book, ids),
            "future_payments": payment_frame(block.book.future, block.population, ids),
        }
        latenesses = block.latenesses
        for name, frame in frames.items():
            parts.setdefault(name, []).append(frame)
    whole = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
    truth = make_truth(
        with_latenesses(spec, latenesses),
        whole["customers"],
        whole["payments"],
        habits=whole["habits"],
        allocations=whole["allocations"],
        future_payments=whole["future_payments"],
    )
    return Sample(spec, whole["customers"], whole["invoices"], whole["payments"], whole["events"], truth)


def write_sample(
    folder: Path, spec: SampleSpec, *, truth_folder: Path | None = None, csv_encoding: str = "utf-8-sig"
) -> SamplePaths:
    """The sample as a client sends it: spreadsheets, a CSV of payments, yearly FECs, all as messy as they come.

    Beside them, `registre/sirene_extrait.csv` is the register that its customers without a SIREN are looked for in.

    Parameters
    ----------
    folder
        Made when missing; existing files of the same names are replaced.
    truth_folder
        Where `truth.json` goes, for tests only; never inside `folder`. None writes no truth.
    csv_encoding
        `utf-8-sig` or `cp1252`, as spreadsheets save. The second cannot hold narrow spaces in amounts.

    """
    if truth_folder is not None and truth_folder.resolve().is_relative_to(folder.resolve()):
        raise ValueError("the truth is never written beside the files that the product reads")
    sample = make_sample(spec)
    folder.mkdir(parents=True, exist_ok=True)
    customers, invoices = folder / "clients.xlsx", folder / "factures.xlsx"
    payments, procedures = folder / "reglements.csv", folder / "procedures_collectives.csv"
    mess = write_customers(customers, sample)
    write_invoices(invoices, sample)
    mess |= write_payments(payments, sample, encoding=csv_encoding)
    write_procedures(procedures, sample)
    fec = write_fec(folder / "fec", sample)
    register = folder / "registre" / "sirene_extrait.csv"
    register.parent.mkdir(exist_ok=True)
    write_register(register, sample)
    truth = write_truth(truth_folder, sample, mess) if truth_folder is not None else None
    return SamplePaths(folder, customers, invoices, payments, procedures, fec, register, truth)
