"""`riskkit decide` on a run: answers, refusals in one sentence, JSON, and a log that only grows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from riskkit.errors import DataError, UsageError
from riskkit.workbench.cli import main
from riskkit.workbench.cli_decide import read_amount
from riskkit.workbench.decide import LOG_FILE, START, append_decision, broken_line, decide
from riskkit.workbench.run import FinishedRun


def test_a_customer_is_answered_from_the_tables_of_the_run(finished: FinishedRun) -> None:
    decision = decide(finished.folder, amount_cents=100_00, customer_id="C1", log=False)
    assert decision.name == "Durand SA"
    assert decision.answer.verdict in ("accept", "deposit", "approve", "refuse")
    assert decision.answer.used_before_cents == 600_50  # F2 is open
    assert decision.record["reasons"]
    assert "rank" not in decision.record


def test_a_bare_siren_is_a_new_customer(finished: FinishedRun) -> None:
    decision = decide(finished.folder, amount_cents=100_00, siren="404 833 048", log=False)
    assert (decision.siren, decision.customer_id, decision.answer.verdict) == ("404833048", None, "accept")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"siren": "404833049"}, "no SIREN"),
        ({"customer_id": "nobody"}, "no customer 'nobody'"),
        ({}, "one of the two"),
        ({"customer_id": "C1", "siren": "404833048"}, "one of the two"),
    ],
)
def test_a_wrong_request_is_one_sentence(finished: FinishedRun, asked: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        decide(finished.folder, amount_cents=100_00, **asked, log=False)
    with pytest.raises(UsageError, match="above 0"):
        decide(finished.folder, amount_cents=0, customer_id="C1", log=False)


def test_the_log_only_grows_and_shows_what_was_changed(tmp_path: Path) -> None:
    path = tmp_path / LOG_FILE
    first, second = (append_decision(path, {"verdict": verdict}) for verdict in ("accept", "refuse"))
    assert (first["rank"], second["rank"], first["previous"]) == (1, 2, START)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert broken_line(lines) == 0
    path.write_text("\n".join([lines[0].replace("accept", "refuse"), lines[1]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 2"):
        append_decision(path, {"verdict": "accept"})
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


def test_the_command_prints_and_logs(finished: FinishedRun, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["decide", str(finished.folder), "--customer", "C1", "--amount", "1 000,50", "--author", "L. Roy"]
    log = finished.folder.resolve().parent / LOG_FILE
    log.unlink(missing_ok=True)  # a notebook of another test answers an order of the same run
    assert main([*asked, "--dry-run"]) == 0
    assert not log.exists()
    assert main([*asked, "--json"]) == 0
    record = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (record["amount"], record["author"], record["rank"]) == (1000.5, "L. Roy", 1)
    assert json.loads(log.read_text(encoding="utf-8")) == record
    assert main(["decide", str(finished.folder), "--siren", "404833049", "--amount", "5"]) == 2
    assert "404833049" in capsys.readouterr().err
    log.unlink()


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "--siren" in shown
    assert "exemples" in shown


@pytest.mark.parametrize(("text", "cents"), [("12000", 12_000_00), ("12 000,50", 12_000_50), ("99.9 €", 99_90)])
def test_amounts_are_read_as_people_type_them(text: str, cents: int) -> None:
    assert read_amount(text) == cents


@pytest.mark.parametrize("text", ["", "abc", "0", "-5", "1e30", "nan", "1,234"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        read_amount(text)
