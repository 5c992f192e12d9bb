"""Large samples straight to Parquet, block by block, for benchmarks: memory depends on the block, not on the sample."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from riskkit.sources.sample import Block, make_blocks
from riskkit.sources.sample_customers import make_events
from riskkit.sources.sample_spec import SampleSpec

_INVOICES = """
SELECT format('{}{:08d}', CASE i.kind WHEN 0 THEN 'FA' WHEN 1 THEN 'FD' ELSE 'AV' END, i.number) AS invoice_id,
       c.customer_id,
       CASE i.kind WHEN 0 THEN 'invoice' WHEN 1 THEN 'deposit' ELSE 'credit_note' END AS kind,
       DATE '1970-01-01' + i.issue_day::INTEGER AS issue_date,
       DATE '1970-01-01' + i.due_day::INTEGER AS due_date,
       i.amount_cents,
       i.amount_excl_tax_cents,
       'EUR' AS currency,
       CASE WHEN i.dispute_day < 1073741824 THEN DATE '1970-01-01' + i.dispute_day::INTEGER END AS dispute_date,
       CASE WHEN i.credited > 0 THEN format('{}{:08d}', CASE n.kind WHEN 1 THEN 'FD' ELSE 'FA' END, n.number) END
           AS credited_invoice_id,
       CASE WHEN i.deposit > 0 THEN format('FD{:08d}', i.deposit) END AS deposit_invoice_id,
       i.deposit_excl_tax_cents
FROM items AS i JOIN customers AS c ON c.position = i.customer LEFT JOIN items AS n ON n.number = i.credited
ORDER BY i.number
"""
_PAYMENTS = """
SELECT format('R{:08d}', p.number) AS payment_id,
       c.customer_id,
       CASE WHEN p.item > 0 THEN format('{}{:08d}', CASE n.kind WHEN 1 THEN 'FD' ELSE 'FA' END, p.item) END
           AS invoice_id,
       DATE '1970-01-01' + p.day::INTEGER AS payment_date,
       p.amount_cents,
       'EUR' AS currency,
       CASE p.kind WHEN 0 THEN 'payment' ELSE 'write_off' END AS kind,
       format('{}{:07d}', CASE p.kind WHEN 0 THEN 'VIR' ELSE 'OD' END, p.transfer) AS reference
FROM settlements AS p JOIN customers AS c ON c.position = p.customer LEFT JOIN items AS n ON n.number = p.item
ORDER BY p.number
"""
_CUSTOMERS = """
SELECT * EXCLUDE (position) REPLACE (customer_since::DATE AS customer_since) FROM customers ORDER BY position
"""
_EVENTS = "SELECT siren, customer_id, event_date::DATE AS event_date, kind FROM events"


def write_sample_parquet(folder: Path, spec: SampleSpec) -> dict[str, Path]:
    """Customers, invoices, payments and events as Parquet folders, one file per block; their folders by table name.

    Columns are those of `sample.make_sample` (without `buyer`), dates as DATE. An engine reads `folder/*.parquet`.
    """
    queries = {"customers": _CUSTOMERS, "invoices": _INVOICES, "payments": _PAYMENTS, "events": _EVENTS}
    folders = {name: folder / name for name in queries}
    for target in folders.values():
        target.mkdir(parents=True, exist_ok=True)
        for leftover in target.glob("part-*.parquet"):
            leftover.unlink()
    for index, block in enumerate(make_blocks(spec)):
        with duckdb.connect() as connection:
            for name, frame in _frames(block, spec).items():
                connection.register(name, frame)
            for name, query in queries.items():
                connection.sql(query).write_parquet(str(folders[name] / f"part-{index:05d}.parquet"))
    return folders


def _frames(block: Block, spec: SampleSpec) -> dict[str, pd.DataFrame]:
    customers = block.population.frame
    return {
        "customers": customers.assign(position=range(len(customers))),
        "items": block.book.items,
        "settlements": block.book.settlements,
        "events": make_events(block.population, end_date=spec.end_date),
    }
