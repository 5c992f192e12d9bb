"""What an address may ask of a page."""

from __future__ import annotations

from riskkit.workbench.visit import LONGEST_VALUE, parse_query, query_parameters


def test_known_names_pass_decoded_and_unknown_names_are_dropped() -> None:
    assert parse_query("page=clients&search=caf%C3%A9+%26+co&token=x&__class__=y") == {
        "page": "clients",
        "search": "café & co",
    }


def test_last_of_a_repeated_name_counts_and_empty_values_are_absent() -> None:
    assert parse_query("page=a&page=b&sector=&segment=%20") == {"page": "b"}


def test_control_characters_are_removed_and_long_values_cut() -> None:
    assert parse_query("page=a%00%0Ab") == {"page": "ab"}
    assert parse_query("search=" + "x" * 3 * LONGEST_VALUE) == {"search": "x" * LONGEST_VALUE}


def test_too_many_fields_are_ignored_altogether() -> None:
    assert parse_query("&".join(f"n{i}=1" for i in range(500))) == {}


def test_outside_a_dashboard_nothing_was_asked(monkeypatch) -> None:
    monkeypatch.delenv("QUERY_STRING", raising=False)
    monkeypatch.delenv("VOILA_PREHEAT", raising=False)
    assert query_parameters() == {}
