"""What a team records: checked, kept beside the runs with author and time, seen by everybody, never changed."""

from __future__ import annotations

import datetime as dt
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from riskkit.errors import DataError, UsageError
from riskkit.exhibits.follow_up_parts import journal, last_word
from riskkit.exhibits.language import language
from riskkit.workbench.follow_up import FILE, entries, read_form, record, stamp

DAY = dt.date(2024, 3, 31)
FORM = {
    "author": "Zoé",
    "step": "call",
    "status": "promise",
    "promised_on": "2024-04-15",
    "promised_amount": "1 250,50",
    "comment": "rappelle jeudi",
}


def test_line_keeps_who_when_about_whom_and_what_was_promised_to_the_cent(tmp_path: Path) -> None:
    assert entries(tmp_path) == []
    assert stamp(tmp_path) == (0, 0)
    record(tmp_path, read_form(FORM, customer_id="C1", as_of=DAY))
    found = entries(tmp_path)
    assert len(found) == 1
    line = found[0]
    assert (line.author, line.customer_id, line.as_of, line.step, line.status) == (
        "Zoé", "C1", "2024-03-31", "call", "promise",
    )  # fmt: skip
    assert (line.promised_on, line.promised_cents, line.comment) == ("2024-04-15", 125_050, "rappelle jeudi")
    assert dt.datetime.fromisoformat(line.recorded_at).tzinfo is not None
    assert stamp(tmp_path) != (0, 0)


def test_lines_are_added_and_the_latest_comes_first(tmp_path: Path) -> None:
    for comment in ("un", "deux", "trois"):
        record(tmp_path, read_form(FORM | {"comment": comment}, customer_id="C1", as_of=DAY))
    assert [line.comment for line in entries(tmp_path)] == ["trois", "deux", "un"]


def test_ten_viewers_at_once_lose_nothing(tmp_path: Path) -> None:
    def act(number: int) -> None:
        for turn in range(5):
            record(tmp_path, read_form(FORM | {"comment": f"{number}-{turn}"}, customer_id="C1", as_of=DAY))

    with ThreadPoolExecutor(10) as crew:
        list(crew.map(act, range(10)))
    assert len({line.comment for line in entries(tmp_path)}) == 50


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"author": "  "}, "your name"),
        ({"step": "drop"}, "Choose an action"),
        ({"status": ""}, "Choose an action"),
        ({"promised_on": ""}, "needs the day"),
        ({"promised_on": "2024-03-30"}, "before the date"),
        ({"promised_on": "15/04/2024"}, "not a date"),
        ({"promised_amount": "12a"}, "not an amount"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_recorded(tmp_path: Path, changed: dict, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        record(tmp_path, read_form(FORM | changed, customer_id="C1", as_of=DAY))
    assert not (tmp_path / FILE).exists()


def test_hostile_text_is_kept_as_text_in_the_base_and_on_the_page(tmp_path: Path) -> None:
    hostile = "'); drop table follow_up; -- <script>alert(1)</script>"
    record(tmp_path, read_form(FORM | {"comment": hostile, "author": hostile}, customer_id=hostile, as_of=DAY))
    line = entries(tmp_path)[0]
    assert (line.comment, line.customer_id) == (hostile, hostile)
    words = language("fr")
    for html in (
        journal([line.__dict__ for line in entries(tmp_path)], words, currency="EUR"),
        last_word(line.__dict__, words, currency="EUR"),
    ):
        assert "<script" not in html
    assert "1 250,50 €" in journal([line.__dict__], words, currency="EUR").replace("\u202f", " ").replace("\u00a0", " ")


def test_file_that_is_no_base_or_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a base" * 200)
    with pytest.raises(DataError, match="cannot be read"):
        entries(tmp_path)
    with pytest.raises(DataError, match="could not be recorded"):
        record(tmp_path, read_form(FORM, customer_id="C1", as_of=DAY))
    with pytest.raises((DataError, sqlite3.Error)):
        record(tmp_path / "absent", read_form(FORM, customer_id="C1", as_of=DAY))
