"""The tables of a ledger's past on ten million invoices, from one shared snapshot, against SQL written by hand.

Both sides read the same Parquet files in a process of their own with the same memory limit, settle the ledger once,
keep it, and derive the same tables; they take turns. The SQL (`measures_sql`) is plain DuckDB over its own temporary
tables. Their tables must be equal: integers exactly, other numbers to 1e-9.
"""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from benchmarks.measures_compare import check_equal
from benchmarks.measures_groups_sql import DIMENSIONS, sql_group_measures
from benchmarks.measures_sql import sql_snapshot, sql_tables
from riskkit.ledger.balances_past import (
    ageing_history,
    item_transitions,
    month_end_balances,
    net_roll_rates,
    open_spans,
)
from riskkit.ledger.book import Book
from riskkit.ledger.cohorts import cohorts
from riskkit.ledger.due_days import open_by_due_day
from riskkit.ledger.group_measures import group_measures
from riskkit.ledger.items_settled import settled_ledger
from riskkit.ledger.month_calendar import month_of
from riskkit.ledger.payer_profiles import delay_distribution, payer_profiles
from riskkit.ledger.penalties import claimable_penalties
from riskkit.ledger.seasonality import seasonality
from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.ledger.totals import customer_sums
from riskkit.policy import Policy
from riskkit.schemas import CUSTOMERS, INVOICES, PAYMENTS
from riskkit.sources.reading import Reading
from riskkit.sources.sample_parquet import write_sample_parquet
from riskkit.sources.sample_spec import SampleSpec
from riskkit.sources.stored import Store, StoredTable

PACKAGES = ("duckdb", "narwhals", "pandas")
INVOICES_COUNT = int(os.environ.get("RISKKIT_BENCH_INVOICES", "10000000"))
ROUNDS = int(os.environ.get("RISKKIT_BENCH_ROUNDS", "1"))
MEMORY_LIMIT = "1600MB"
AS_OF = dt.date(2025, 12, 31)


def rows() -> list[dict[str, Any]]:
    """Rows of `benchmarks/results/measures.json`."""
    dataset = f"sample_{INVOICES_COUNT:.0e}".replace("e+0", "e")
    found: dict[str, list[dict[str, float]]] = {"riskkit": [], "sql": []}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _make_ledger(folder)
        for _ in range(ROUNDS):
            for name in found:
                found[name].append(_in_child(name, folder))
            check_equal(folder, as_of=AS_OF)
    own, hand = (
        {key: statistics.median(run[key] for run in found[name]) for key in found[name][0]}
        for name in ("riskkit", "sql")
    )
    pairs = zip(found["riskkit"], found["sql"], strict=True)
    ratios = [(a["snapshot"] + a["tables"]) / (b["snapshot"] + b["tables"]) for a, b in pairs]
    times = {f"{side}_{part}_seconds": value[part] for side, value in (("own", own), ("sql", hand))
             for part in ("snapshot", "tables")}  # fmt: skip
    return [
        _row("ratio_to_sql", dataset, ratios, "ratio", times),
        _row("cpu_ratio_to_sql", dataset, [own["cpu"] / hand["cpu"]], "ratio",
             {"own_cpu_seconds": own["cpu"], "sql_cpu_seconds": hand["cpu"],
              "own_snapshot_cpu_seconds": own["snapshot_cpu"], "sql_snapshot_cpu_seconds": hand["snapshot_cpu"]}),
        _row("tables_ratio_to_sql", dataset, [own["tables"] / hand["tables"]], "ratio", {}),
        _row("peak_gb", dataset, [max(run["peak"] for run in found["riskkit"])], "GB", {"sql_peak_gb": hand["peak"]}),
    ]  # fmt: skip


def _make_ledger(folder: Path) -> None:
    """The sample as canonical `invoices.parquet`, `payments.parquet`, and its customers."""
    spec = SampleSpec(invoices=INVOICES_COUNT, customers=max(600, INVOICES_COUNT // 50), end_date=AS_OF)
    raw = write_sample_parquet(folder / "raw", spec)
    store = Store(folder)
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(folder / "spill")}) as connection:
        origin = "'sample' as source_file, row_number() over ()::bigint as source_line"
        unlettered = "null::varchar as lettering, null::date as lettering_date"
        StoredTable.write(
            connection,
            f"""select invoice_id, invoice_id as invoice_number, customer_id, kind, true as is_sale, issue_date,
            due_date, amount_cents::bigint as amount_cents, amount_excl_tax_cents::bigint as excl_tax_cents, currency,
            coalesce(credited_invoice_id, invoice_id) as reference, {unlettered}, dispute_date, {origin}
            from '{raw["invoices"]}/*.parquet'""",
            INVOICES,
            store,
        )
        StoredTable.write(
            connection,
            f"""select payment_id, customer_id, kind, payment_date, amount_cents::bigint as amount_cents, currency,
            invoice_id as reference, {unlettered}, {origin} from '{raw["payments"]}/*.parquet'""",
            PAYMENTS,
            store,
        )
        connection.execute(f"copy (from '{raw['customers']}/*.parquet') to '{folder / 'customers.parquet'}'")


def _in_child(name: str, folder: Path) -> dict[str, float]:
    """Seconds, CPU seconds and peak memory (GB) of one side, in a process of its own; imports are not counted."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_timed, name, folder).result()


def _timed(name: str, folder: Path) -> dict[str, float]:
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = str(folder)
    begun, cpu = time.perf_counter(), time.process_time()
    snapshot, derive = _riskkit(folder) if name == "riskkit" else _sql(folder)
    struck, struck_cpu = time.perf_counter(), time.process_time()
    tables = derive(snapshot)
    ended = time.perf_counter()
    taken = time.process_time() - cpu
    target = folder / name
    target.mkdir(exist_ok=True)
    for table, frame in tables.items():
        _store(frame, target / f"{table}.parquet")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return {
        "snapshot": struck - begun,
        "tables": ended - struck,
        "cpu": taken,
        "snapshot_cpu": struck_cpu - cpu,
        "peak": peak,
    }


def _riskkit(folder: Path) -> tuple[Any, Any]:
    policy = Policy(memory_limit=MEMORY_LIMIT)
    store = Store(folder)
    held = {table.name: StoredTable(table, folder / f"{table.name}.parquet", INVOICES_COUNT, store)
            for table in (INVOICES, PAYMENTS)}  # fmt: skip
    with duckdb.connect() as connection:
        customers = connection.sql(f"from '{folder / 'customers.parquet'}'").df()
    customers = customers.assign(source_file="sample", source_line=1)
    reading = Reading(
        files=(),
        currency="EUR",
        coverage_start=SampleSpec(end_date=AS_OF).start_date,
        latest_date=AS_OF,
        due_dates="file",
        invoices=held["invoices"],
        payments=held["payments"],
        customers=CUSTOMERS.conform(customers),
    )
    book = Book.from_reading(reading, policy=policy)
    terms = choose_terms(book, as_of=AS_OF, policy=policy)
    snapshot = strike(book, as_of=AS_OF, policy=policy, terms=terms)
    return snapshot, lambda struck: _riskkit_tables(struck, book, policy)


def _riskkit_tables(snapshot: Any, book: Book, policy: Policy) -> dict[str, pd.DataFrame]:
    ledger = settled_ledger(snapshot, book, policy=policy)
    edges = policy.ageing_edges_days
    balances = month_end_balances(open_spans(ledger), last_month=ledger.last_month, edges=edges)
    ageing = ageing_history(balances, ledger=ledger)
    profiles = payer_profiles(ledger)
    return {
        "ageing_history": ageing,
        "item_transitions": item_transitions(balances, ledger=ledger),
        "net_roll_rates": net_roll_rates(ageing, edges=edges),
        "cohorts": cohorts(ledger),
        "seasonality": seasonality(ledger),
        "payer_profiles": profiles,
        "delay_distribution": delay_distribution(ledger, profiles),
        "claimable_penalties": claimable_penalties(ledger),
        "due_calendar": open_by_due_day(snapshot.items),
        "group_measures": group_measures(
            book,
            customer_sums(book, snapshot.known, snapshot.items, policy=policy),
            book.customers,
            dimensions=DIMENSIONS,
            dates=[snapshot.as_of],
            policy=policy,
        ),
    }


def _sql(folder: Path) -> tuple[Any, Any]:
    connection = sql_snapshot(folder, as_of=AS_OF, memory_limit=MEMORY_LIMIT, spill=folder / "sql-spill")
    first = month_of(SampleSpec(end_date=AS_OF).start_date)
    return connection, lambda made: {
        **sql_tables(made, as_of=AS_OF, first=first, last=month_of(AS_OF)),
        "group_measures": sql_group_measures(made, folder / "customers.parquet", as_of=AS_OF),
    }


def _store(frame: pd.DataFrame, path: Path) -> None:
    with duckdb.connect() as connection:
        connection.from_df(frame).write_parquet(str(path))


def _row(measure: str, dataset: str, values: list[float], unit: str, baselines: dict[str, float]) -> dict[str, Any]:
    several = len(values) > 1
    return {
        "measure": measure, "dataset": dataset, "value": round(statistics.median(values), 4),
        "low": round(min(values), 4) if several else None, "high": round(max(values), 4) if several else None,
        "unit": unit, "baselines": {key: round(value, 3) for key, value in baselines.items()}, "n": len(values),
    }  # fmt: skip
