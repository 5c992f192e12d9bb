"""Files as clients send them, through the command line: rows, euros and columns are those a careful person reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskkit.sources.collect import collect
from riskkit.workbench.cli import main
from tests.acceptance.client_files import FILES, ClientFile


def _francs(text: str) -> str:
    return text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "")


@pytest.mark.parametrize("client", FILES, ids=lambda client: client.name)
def test_a_clients_file_is_read_right_the_first_time(client: ClientFile, tmp_path: Path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / client.name
    client.write(path)
    assert main(["check", client.name]) == 0
    said = capsys.readouterr().out
    euros, cents = divmod(abs(client.cents), 100)
    assert f"{'-' if client.cents < 0 else ''}{euros},{cents:02d}{client.shown}" in _francs(said)
    reading, specs = collect([path], needs_invoices=False)
    (spec,) = [spec for spec in specs if spec.kind == client.kind]
    (source,) = [source for source in reading.files if source.kind == client.kind]
    assert (source.rows_accepted, source.accepted_cents) == (client.rows, client.cents)
    assert source.rows_rejected == client.aside
    assert {field: spec.columns.get(field) for field in client.columns} == client.columns
    if "customers" in client.more:
        assert len(reading.customers) == client.more["customers"]
        paid = next(source for source in reading.files if source.kind == "payments")
        assert (paid.rows_accepted, paid.accepted_cents) == (client.more["payments"], client.more["payments_cents"])
