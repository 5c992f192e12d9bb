"""The plan's files: a calendar that another reader understands, a workbook that holds no formula."""

from __future__ import annotations

import datetime as dt
import io

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from riskkit.decisions.actions import ACTIONS
from riskkit.decisions.dunning_table import DUNNING
from riskkit.decisions.owners import OWNERS
from riskkit.exhibits.actions_workbook import actions_workbook
from riskkit.exhibits.calendar_file import Event, write_calendar
from riskkit.exhibits.fragment import clean
from riskkit.exhibits.language import language

DAY = dt.date(2024, 12, 31)


def read_calendar(content: bytes) -> list[dict[str, str]]:
    """A reader of its own: unfolds, splits and unescapes by RFC 5545 (3.1, 3.3.11)."""
    lines = content.decode("utf-8").replace("\r\n ", "").split("\r\n")
    events: list[dict[str, str]] = []
    for line in lines:
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and ":" in line and line != "END:VEVENT":
            name, _, value = line.partition(":")
            text, rest = "", iter(value)
            for letter in rest:
                text += {"n": "\n", "N": "\n"}.get(follows := next(rest), follows) if letter == "\\" else letter
            events[-1][name] = text
    return events


def _lines(text: str) -> str:
    return clean(text).replace("\r\n", "\n").replace("\r", "\n")


@given(st.lists(st.tuples(st.text(max_size=120), st.text(max_size=300)), max_size=4))
def test_what_is_written_is_what_a_reader_finds(texts):
    events = [Event(key=str(n), day=DAY, title=title, notes=notes) for n, (title, notes) in enumerate(texts)]
    content = write_calendar(events, name="Plan", made_on=DAY)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    found = read_calendar(content)
    plain = [(_lines(title), _lines(notes)) for title, notes in texts]
    assert [(event["SUMMARY"], event.get("DESCRIPTION", "")) for event in found] == plain


def test_a_day_is_a_whole_day_and_a_uid_names_it_for_good():
    event = Event(key="C1|call", day=DAY, title="Appeler; Durand, SA", notes="a\nb", category="Anne")
    content = write_calendar([event], name="Plan", made_on=DAY)
    found = read_calendar(content)[0]
    assert found["DTSTART;VALUE=DATE"] == "20241231"
    assert found["DTEND;VALUE=DATE"] == "20250101"
    assert b"SUMMARY:Appeler\\; Durand\\, SA\r\n" in content
    assert content == write_calendar([event], name="Plan", made_on=DAY)
    assert content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")


def test_the_workbook_holds_real_tables_and_no_formula():
    hostile = '=HYPERLINK("http://x","y")'
    actions = pd.DataFrame(
        {"rank": [1], "customer_id": ["@A"], "name": [hostile], "owner": ["+Anne"], "kind": ["dunning"],
         "action": ["-call"], "why": ["w"], "also": [None], "actions_count": [1], "do_by": [pd.Timestamp(DAY)],
         "stake_cents": [123_456]}
    )  # fmt: skip
    content = actions_workbook(ACTIONS.conform(actions), DUNNING.empty(), OWNERS.empty(), language("fr"), as_of=DAY)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Plan d’action", "Relances du jour", "Par responsable"]
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[2]][:4] == [1, "@A", hostile, "+Anne"]
    assert all(cell.data_type != "f" and cell.hyperlink is None for row in sheet.iter_rows() for cell in row)
    assert sheet["H2"].value == 1234.56
    assert sheet["G2"].value.date() == DAY
    assert sheet.freeze_panes == "D2"
    assert [table.ref for table in sheet.tables.values()] == ["A1:I2"]
