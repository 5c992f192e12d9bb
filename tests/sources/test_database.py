"""Parquet folders and SQL databases → raw tables; passwords only in the environment and never in a message."""

from __future__ import annotations

import datetime as dt
import sqlite3
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from riskkit import engine
from riskkit.errors import DataError, RiskkitError, UsageError
from riskkit.exhibits.language import language
from riskkit.sources import database, parsing
from riskkit.sources.cells import typed_rows
from riskkit.sources.database import looks_like_parquet, open_database_table, open_parquet, parquet_files
from riskkit.sources.database_names import database_table, holds_password, is_database_table
from riskkit.sources.mapping import infer_table
from riskkit.sources.tables import read_tables
from riskkit.sources.tabular import RawTable

INVOICES = pd.DataFrame(
    {
        "N° facture": ["F1", "F2", "F3"],
        "Code client": ["007", "007", "C9"],  # the zeros are part of the code
        "Date facture": [dt.date(2026, 1, 31), dt.date(2026, 2, 15), dt.date(2026, 2, 28)],
        "Date échéance": pd.to_datetime(["2026-03-01", "2026-03-17", None]),
        "Montant TTC": [Decimal("1200.10"), Decimal("80.50"), Decimal("-30.00")],
    }
)


@pytest.fixture
def connection():
    with engine.connect() as opened:
        parsing.install(opened)
        yield opened


def _parquet(path: Path, frame: pd.DataFrame = INVOICES) -> Path:
    with duckdb.connect(":memory:") as writer:
        writer.from_df(frame).write_parquet(str(path))
    return path


def _reading(table: RawTable, connection: duckdb.DuckDBPyConnection):
    spec = infer_table(table)
    assert spec is not None
    return read_tables([typed_rows(table, spec)], connection)


def _french(fault: RiskkitError) -> str:
    return " ".join(language("fr").say(each) for each in fault.messages)


def test_a_parquet_file_goes_the_way_of_a_spreadsheet_to_the_cent(tmp_path, connection):
    table = open_parquet(_parquet(tmp_path / "factures.parquet"), connection)
    assert table.headers == tuple(INVOICES.columns)
    reading = _reading(table, connection)
    assert reading.invoices["amount_cents"].tolist() == [120010, 8050, -3000]
    assert reading.invoices["due_date"].dt.date.tolist()[:2] == [dt.date(2026, 3, 1), dt.date(2026, 3, 17)]
    assert reading.customers["customer_id"].tolist() == ["007", "C9"]
    (file,) = reading.files
    # 1,200.10 + 80.50 − 30.00 = 1,250.60
    assert (file.file, file.rows_read, file.total_cents) == ("factures.parquet", 3, 125060)


def test_every_type_of_column_reads_back_as_the_value_it_holds(tmp_path, connection):
    path = tmp_path / "types.parquet"
    with duckdb.connect(":memory:") as writer:
        writer.sql(
            "select 12::bigint as whole, 1234.5::double as floating, 3.0::double as round_float, "
            "1.10::decimal(9,2) as exact, 'infinity'::double as endless, date '2026-01-31' as day, "
            "timestamp '2026-01-31 08:15:00' as moment, "
            "true as flag, 'a|b' as words, '\\x00'::blob as bytes, null::varchar as nothing"
        ).write_parquet(str(path))
    (row,) = open_parquet(path, connection).relation.fetchall()
    assert row == (1, "12", "1234.5", "3", "1.10", None, "2026-01-31", "2026-01-31", "true", "a|b", None, None)


def test_lines_are_rows_of_the_file_and_empty_rows_are_left_out(tmp_path, connection):
    frame = pd.DataFrame({"client": ["A", None, "B"], "montant": [1.0, None, 2.0]})
    table = open_parquet(_parquet(tmp_path / "x.parquet", frame), connection)
    assert table.relation.order("line").fetchall() == [(1, "A", "1"), (3, "B", "2")]


def test_a_folder_gives_each_of_its_parquet_files(tmp_path):
    (tmp_path / "ventes").mkdir()
    for name in ("b.parquet", "a.parquet", "ventes/part-0.parquet", ".hidden.parquet"):
        _parquet(tmp_path / name)
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    names = [path.relative_to(tmp_path).as_posix() for path in parquet_files(tmp_path)]
    assert names == ["a.parquet", "b.parquet", "ventes/part-0.parquet"]
    assert looks_like_parquet(tmp_path / "a.parquet")
    assert not looks_like_parquet(tmp_path / "notes.txt")
    assert not looks_like_parquet(tmp_path)


@pytest.mark.parametrize("damage", ["cut", "text", "flipped", "empty"])
def test_a_damaged_parquet_file_has_its_sentence(tmp_path, connection, damage):
    path = _parquet(tmp_path / "x.parquet", INVOICES[:0] if damage == "empty" else INVOICES)
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[:-20], "text": b"PAR1 bonjour", "empty": whole,
                      "flipped": whole[:8] + bytes(120) + whole[128:]}[damage])  # fmt: skip
    with pytest.raises(DataError) as caught:
        open_parquet(path, connection)
    assert ("est vide" if damage == "empty" else "endommagé") in _french(caught.value)


def test_a_source_names_a_variable_and_a_table():
    found = database_table("env:RISKKIT_DATABASE#ventes.factures")
    assert (found.variable, found.address, found.label) == ("RISKKIT_DATABASE", None, "ventes.factures")
    plain = database_table("sqlite://ledger.sqlite#factures")
    assert (plain.address, plain.schema, plain.table) == ("sqlite://ledger.sqlite", None, "factures")
    assert is_database_table("env:X#t")
    assert is_database_table("postgresql://h/d#t")
    assert not is_database_table("factures.csv")
    assert not is_database_table("C:/clients/factures.csv")


SECRET = "hunter" + "2"


@pytest.mark.parametrize(
    "source",
    [
        f"postgresql://user:{SECRET}@host/base#factures",
        f"postgresql://host/base?password={SECRET}#factures",
        f"snowflake://host/base?private_key={SECRET}#factures",
        f"postgresql://user:{SECRET}@host/base",
        f"env:postgresql://user:{SECRET}@host/base#factures",
    ],
)
def test_a_password_in_the_file_is_refused_and_never_repeated(source):
    with pytest.raises(UsageError) as caught:
        database_table(source)
    assert "mot de passe" in _french(caught.value)
    assert SECRET not in _french(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "source", ["env:X", "env:X#a.b.c", "env:X#a; drop table b", 'env:X#a"b', "env:#t", "sqlite://x#", "env:1X#t"]
)
def test_a_source_that_names_no_table_is_refused(source):
    with pytest.raises(UsageError):
        database_table(source)


def test_addresses_without_a_secret_are_not_suspected():
    assert not holds_password("postgresql://user@host/base?sslmode=require")
    assert not holds_password("sqlite://ledger.sqlite")


def test_without_the_extra_the_message_says_how_to_install_it(tmp_path, connection, monkeypatch):
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(database.importlib, "import_module", absent)
    with pytest.raises(UsageError) as caught:
        open_database_table("env:X#t", connection, folder=tmp_path, environment={"X": "sqlite://a.sqlite"})
    assert "pip install riskkit[warehouse]" in _french(caught.value)


def test_a_variable_that_is_not_set_is_named(tmp_path, connection):
    with pytest.raises(UsageError) as caught:
        open_database_table("env:RISKKIT_ABSENT#t", connection, folder=tmp_path, environment={})
    assert "RISKKIT_ABSENT" in _french(caught.value)


def _sqlite(path: Path) -> Path:
    with sqlite3.connect(path) as store:
        store.execute('create table factures ("N° facture" text, "Code client" text, "Date facture" date, '
                      '"Date échéance" text, "Montant TTC" decimal(12,2))')  # fmt: skip
        store.executemany("insert into factures values (?, ?, ?, ?, ?)", [
            ("F1", "007", "2026-01-31", "2026-03-01", 1200.10), ("F2", "C9", "2026-02-15", None, -30.0)])  # fmt: skip
    store.close()
    return path


def test_a_table_of_sqlite_is_read_to_the_cent(tmp_path, connection):
    pytest.importorskip("ibis", reason="the extra riskkit[warehouse] is not installed")
    path = _sqlite(tmp_path / "ledger.sqlite")
    table = open_database_table(
        "env:LEDGER#factures", connection, folder=tmp_path, environment={"LEDGER": f"sqlite://{path}"}
    )
    reading = _reading(table, connection)
    assert reading.invoices["amount_cents"].tolist() == [120010, -3000]
    assert reading.customers["customer_id"].tolist() == ["007", "C9"]
    assert reading.files[0].file == "factures"


@pytest.mark.parametrize("case", ["no table", "no database", "no such scheme"])
def test_a_database_that_cannot_be_read_has_its_sentence(tmp_path, connection, case):
    pytest.importorskip("ibis", reason="the extra riskkit[warehouse] is not installed")
    _sqlite(tmp_path / "ledger.sqlite")
    address = {"no table": f"sqlite://{tmp_path / 'ledger.sqlite'}", "no such scheme": f"odd://u:{SECRET}@h/d",
               "no database": f"sqlite://{tmp_path / 'absent' / 'x.sqlite'}"}[case]  # fmt: skip
    with pytest.raises(DataError) as caught:
        open_database_table("env:LEDGER#nothing", connection, folder=tmp_path, environment={"LEDGER": address})
    assert "nothing" in _french(caught.value)
    assert SECRET not in _french(caught.value)
