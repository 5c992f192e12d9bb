"""A PostgreSQL server of our own, on the loopback: tables read to the cent, by someone who may only look at them.

Skipped where the extra `riskkit[warehouse]` or PostgreSQL's programs are missing; `make test-warehouse` installs the
extra aside (it brings pyarrow, which changes what pandas does) and runs this.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from riskkit import engine
from riskkit.errors import DataError
from riskkit.exhibits.language import language
from riskkit.sources import parsing
from riskkit.sources.collect import collect
from riskkit.sources.database import open_database_table
from riskkit.workbench.cli import main

_SECRET, _READER = "mot-de-passe-du-serveur", "lecteur-seul"
_LINES = 60_000
_SQL = f"""
create schema ventes;
create table ventes.factures (
    "N° facture" text, "Code client" char(5), "Raison sociale" varchar(40), "Date facture" date,
    "Date échéance" timestamp, "Montant TTC" numeric(12, 2), "Devise" char(3), "Litige" boolean, note jsonb);
insert into ventes.factures values
    ('F1', '00007', 'Étanchéité Noël', '2026-01-31', '2026-03-01 00:00:00', 1200.10, 'EUR', false, '{{"a": 1}}'),
    ('F2', '00007', 'Étanchéité Noël', '2026-02-15', '2026-03-17 00:00:00', 80.50, 'EUR', true, null),
    ('A1', 'C9   ', 'Béta; drop table', '2026-02-28', null, -30.00, 'EUR', false, null);
create table ventes.vide (n text, client text, montant numeric);
create table grand (n text, client text, jour date, montant numeric(14, 2));
insert into grand
    select 'F' || i, 'C' || i % 97, date '2025-01-01' + i % 365, i * 0.01 from generate_series(1, {_LINES}) i;
create role lecteur login password '{_READER}';
grant usage on schema ventes to lecteur;
grant select on ventes.factures, ventes.vide, grand to lecteur;
"""  # noqa: S608 - names and passwords of this test


def _program(name: str) -> str | None:
    found = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)]
    return shutil.which(name) or next(iter(found), None)


def _reason() -> str:
    if importlib.util.find_spec("ibis") is None or importlib.util.find_spec("psycopg") is None:
        return "riskkit[warehouse] is not installed here: make test-warehouse"
    if _program("initdb") is None or _program("postgres") is None or _program("psql") is None:
        return "PostgreSQL's programs are not installed (Debian: postgresql)"
    return ""


pytestmark = pytest.mark.skipif(bool(_reason()), reason=_reason() or "never")


def _account() -> str | None:
    """Whom the server runs as: it refuses to be root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """The port of a server that holds the tables of this module, stopped and erased at the end."""
    account = _account()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="riskkit-postgresql-"))
    if account is not None:
        shutil.chown(folder, user=account)
    try:
        (folder / "secret").write_text(_SECRET, encoding="utf-8")
        (folder / "secret").chmod(0o644)
        subprocess.run(
            [str(_program("initdb")), "-D", str(folder / "data"), "-U", "chef", "-A", "scram-sha-256", "-E", "UTF8",
             "--locale=C", "--no-sync", f"--pwfile={folder / 'secret'}"],
            user=account, check=True, capture_output=True, cwd="/", timeout=120,
        )  # fmt: skip
        running = subprocess.Popen(
            [str(_program("postgres")), "-D", str(folder / "data"), "-p", str(port), "-c", "listen_addresses=127.0.0.1",
             "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"],
            user=account, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _fill(port)
            yield port
        finally:
            running.terminate()
            running.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(port: int) -> None:
    asked = [str(_program("psql")), "-h", "127.0.0.1", "-p", str(port), "-U", "chef", "-d", "postgres", "-v",
             "ON_ERROR_STOP=1", "-q", "-c"]  # fmt: skip
    environment = {**os.environ, "PGPASSWORD": _SECRET}
    for _ in range(100):
        tried = subprocess.run([*asked, "select 1"], env=environment, capture_output=True, timeout=30)
        if tried.returncode == 0:
            break
        subprocess.run(["sleep", "0.3"], check=True)
    subprocess.run([*asked, _SQL], env=environment, check=True, capture_output=True, timeout=60)


def _address(port: int, *, secret: str = _READER) -> str:
    return f"postgresql://lecteur:{secret}@127.0.0.1:{port}/postgres"


def _said(source: str) -> str:
    with pytest.raises(DataError) as caught:
        collect([source])
    (only,) = caught.value.messages
    return language("fr").say(only)


def test_a_table_is_read_to_the_cent_by_someone_who_may_only_look(server, monkeypatch):
    monkeypatch.setenv("COMPTA", _address(server))
    reading, (spec,) = collect(["env:COMPTA#ventes.factures"])
    (file,) = reading.files
    # 1,200.10 + 80.50 − 30.00 = 1,250.60
    assert (file.file, file.rows_read, file.rows_accepted, file.accepted_cents) == ("ventes.factures", 3, 3, 125060)
    assert spec.columns["due_date"] == "Date échéance"
    invoices = reading.invoices.set_index("invoice_number")
    assert invoices["customer_id"].tolist() == ["00007", "00007", "C9"]
    assert str(invoices.loc["F2", "due_date"].date()) == "2026-03-17"
    assert set(reading.customers["name"]) == {"Étanchéité Noël", "Béta; drop table"}


def test_a_large_table_comes_in_batches_and_loses_nothing(server, tmp_path):
    with engine.connect() as connection:
        parsing.install(connection)
        table = open_database_table(
            "env:COMPTA#grand", connection, folder=tmp_path, environment={"COMPTA": _address(server)}
        )
        rows, whole = table.relation.aggregate("count(*), sum(c3::decimal(18, 2))").fetchall()[0]
    assert (rows, whole) == (_LINES, Decimal(_LINES * (_LINES + 1) // 2) / 100)


def test_a_portfolio_on_a_server_is_checked_and_run_commands_never_show_the_password(
    server, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("COMPTA", _address(server))
    home = tmp_path / "durand"
    assert main(["init", str(home), "--from", "env:COMPTA#ventes.factures"]) == 0
    assert main(["check", str(home)]) == 0
    shown = capsys.readouterr()
    assert "1 250,60" in shown.out.replace("\u202f", " ").replace("\u00a0", " ")
    written = "".join(path.read_text(encoding="utf-8", errors="replace") for path in home.rglob("*") if path.is_file())
    assert _READER not in shown.out + shown.err + written


@pytest.mark.parametrize(
    ("table", "secret", "words"),
    [
        ("ventes.factures", "faux", "l’utilisateur et le mot de passe"),
        ("ventes.absente", _READER, "ne peut pas être lue"),
        ("ventes.vide", _READER, "est vide"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence_without_the_address(server, monkeypatch, table, secret, words):
    monkeypatch.setenv("COMPTA", _address(server, secret=secret))
    said = _said(f"env:COMPTA#{table}")
    assert words in said
    assert table in said
    assert "127.0.0.1" not in said
    assert secret not in said


def test_a_server_that_does_not_answer_is_said(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("COMPTA", _address(port))
    assert "l’utilisateur et le mot de passe" in _said("env:COMPTA#ventes.factures")
