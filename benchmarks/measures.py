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
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

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
from riskkit.ledger.items_settled import settled_ledger
from riskkit.ledger.month_calendar import last_whole_month, month_of
from riskkit.ledger.open_items import bucket_codes
from riskkit.ledger.payer_profiles import delay_distribution, payer_profiles
from riskkit.ledger.penalties import claimable_penalties
from riskkit.ledger.seasonality import month_effects, seasonality
from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.policy import Policy
from riskkit.schemas import CUSTOMERS, INVOICES, PAYMENTS
from riskkit.sources.reading import Reading
from riskkit.sources.sample_parquet import write_sample_parquet
from riskkit.sources.sample_spec import SampleSpec
from riskkit.sources.stored import Store, StoredTable

PACKAGES = ("duckdb", "narwhals", "pandas")
INVOICES_COUNT = int(os.environ.get("RISKKIT_BENCH_INVOICES", "10000000"))
ROUNDS = int(os.environ.get("RISKKIT_BENCH_ROUNDS", "1"))
MEMORY_LIMIT = "2GB"
AS_OF = dt.date(2025, 12, 31)
Compared = tuple[list[Any], list[Any]]


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
            _check_equal(folder)
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
    }


def _sql(folder: Path) -> tuple[Any, Any]:
    connection = sql_snapshot(folder, as_of=AS_OF, memory_limit=MEMORY_LIMIT, spill=folder / "sql-spill")
    first = month_of(SampleSpec(end_date=AS_OF).start_date)
    return connection, lambda made: sql_tables(made, as_of=AS_OF, first=first, last=month_of(AS_OF))


def _store(frame: pd.DataFrame, path: Path) -> None:
    with duckdb.connect() as connection:
        connection.from_df(frame).write_parquet(str(path))


def _stored(path: Path) -> pd.DataFrame:
    with duckdb.connect() as connection:
        frame: pd.DataFrame = connection.read_parquet(str(path)).df()
    return frame


def _check_equal(folder: Path) -> None:
    """`ValueError` where a table of riskkit is not that of the SQL."""
    own, hand = (
        {path.stem: _stored(path) for path in sorted((folder / side).iterdir())} for side in ("riskkit", "sql")
    )
    for name, columns in COMPARED.items():
        ours, theirs = columns(own[name], hand[name])
        for left, right in zip(ours, theirs, strict=True):
            left, right = np.asarray(left, dtype="float64"), np.asarray(right, dtype="float64")
            if len(left) != len(right) or not np.allclose(left, right, rtol=1e-9, atol=1e-9, equal_nan=True):
                raise ValueError(f"{name}: the two sides differ")
        if not len(ours[0]):
            raise ValueError(f"{name}: nothing was compared")


_CODES = {code: number for number, code in enumerate([*bucket_codes((0, 30, 60, 90, 180)), "settled", "written_off"])}


def _columns(frame: pd.DataFrame, *names: str) -> list[pd.Series]:
    return [frame[name] for name in names]


def _compare_ageing(own: pd.DataFrame, hand: pd.DataFrame) -> Compared:
    some = own[own["items_count"] > 0]
    keys = [_months(some["month_end"]), some["bucket"].map(_CODES)]
    return [*keys, *_columns(some, "items_count", "open_cents")], _columns(hand, "month", "bucket", "items", "cents")


def _compare_transitions(own: pd.DataFrame, hand: pd.DataFrame) -> Compared:
    every = own[own["period"] == "all"]
    keys = [every["from_bucket"].map(_CODES), every["to_bucket"].map(_CODES)]
    return [*keys, *_columns(every, "items_count", "amount_cents", "probability", "amount_share")], _columns(
        hand, "f", "t", "items", "cents", "probability", "share"
    )


def _compare_rolls(own: pd.DataFrame, hand: pd.DataFrame) -> Compared:
    keys = [_months(own["month_end"]), own["from_bucket"].map(_CODES)]
    return [*keys, *_columns(own, "from_cents", "to_cents", "rate")], _columns(
        hand, "month", "bucket", "from_cents", "to_cents", "rate"
    )


def _compare_cohorts(own: pd.DataFrame, hand: pd.DataFrame) -> Compared:
    names = ("months_since", "items_count", "billed_cents", "collected_cents", "credited_cents", "written_off_cents",
             "other_cents")  # fmt: skip
    theirs = _columns(hand, "cohort", "since", "items", "billed", "paid", "credited", "written_off", "other")
    return [_months(own["billing_month"]), *_columns(own, *names)], theirs


def _compare_seasons(own: pd.DataFrame, hand: pd.DataFrame) -> Compared:
    """The effects of the hand-made series, by the same least squares: only the series are compared."""
    series = hand.set_index("month")
    series.index = series.index.astype("int64")
    last = month_of(AS_OF)
    parts = {"sales_amount": ("sales", last, True), "unpaid_after_30_days_share": ("unpaid", last - 1, False),
             "days_late_capped_days": ("days", last_whole_month(AS_OF - dt.timedelta(90)), False)}  # fmt: skip
    tables = [
        month_effects(
            series[column].loc[:end].dropna(), measure=name, is_relative=relative, confidence=Policy().confidence
        )
        for name, (column, end, relative) in parts.items()
    ]
    theirs = pd.concat(tables, ignore_index=True)
    names = ("calendar_month", "effect", "low", "high", "months_count")
    return _columns(own, *names), _columns(theirs, *names)


def _compare_profiles(own: pd.DataFrame, hand: pd.DataFrame) -> Compared:
    names = ("items_count", "open_items_count", "amount_cents", "mean_days_late", "late_share", "spread_days")
    theirs = _columns(hand, "half", "items", "open_items", "kept", "mean", "late_share", "spread")
    return [_halves(own["period_start"]), *_columns(own, *names)], theirs


def _compare_delays(own: pd.DataFrame, hand: pd.DataFrame) -> Compared:
    parts = own[(own["profile"] != "all")].assign(place=own.groupby("profile").cumcount())
    parts = parts[parts["items_count"] > 0].sort_values(["profile", "place"])
    return _columns(parts, "place", "items_count", "open_items_count", "amount_cents"), _columns(
        hand, "place", "items", "open_items", "kept"
    )


def _compare_penalties(own: pd.DataFrame, hand: pd.DataFrame) -> Compared:
    theirs = [hand["half"], hand["cent_days"] / 100, hand["invoices"]]
    return [_halves(own["period_start"]), *_columns(own, "late_amount_days", "invoices_count")], theirs


def _compare_dues(own: pd.DataFrame, hand: pd.DataFrame) -> Compared:
    names = ("items_count", "customers_count", "open_cents", "disputed_cents")
    return _columns(own, *names), _columns(hand, "items", "customers", "open", "disputed")


def _months(dates: pd.Series) -> pd.Series:
    return dates.dt.year * 12 + dates.dt.month - 1


def _halves(dates: pd.Series) -> pd.Series:
    return dates.dt.year * 2 + (dates.dt.month > 6)


COMPARED: dict[str, Callable[[pd.DataFrame, pd.DataFrame], Compared]] = {
    "ageing_history": _compare_ageing,
    "item_transitions": _compare_transitions,
    "net_roll_rates": _compare_rolls,
    "cohorts": _compare_cohorts,
    "seasonality": _compare_seasons,
    "payer_profiles": _compare_profiles,
    "delay_distribution": _compare_delays,
    "claimable_penalties": _compare_penalties,
    "due_calendar": _compare_dues,
}


def _row(measure: str, dataset: str, values: list[float], unit: str, baselines: dict[str, float]) -> dict[str, Any]:
    several = len(values) > 1
    return {
        "measure": measure, "dataset": dataset, "value": round(statistics.median(values), 4),
        "low": round(min(values), 4) if several else None, "high": round(max(values), 4) if several else None,
        "unit": unit, "baselines": {key: round(value, 3) for key, value in baselines.items()}, "n": len(values),
    }  # fmt: skip
