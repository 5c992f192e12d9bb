"""Nothing reaches papermill that the notebook does not declare."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.errors import UsageError
from riskkit.workbench.parameters import check_parameters, read_parameters
from riskkit.workbench.run import choose_notebooks

CELL = """as_of: str = "2024-03-31"  # ISO date; end of this day
count: int = 10
least: float = 0.0  # smallest balance
titled: bool = True"""


@pytest.fixture(scope="session")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("notebooks") / "03_test.ipynb", CELL)


def write(path: Path, source: str) -> Path:
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": source, "outputs": []}
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def test_the_parameters_cell_gives_names_types_defaults_and_help(notebook: Path) -> None:
    found = read_parameters(notebook)
    assert [(p.name, p.type_name, p.default, p.help) for p in found.values()] == [
        ("as_of", "str", "2024-03-31", "ISO date; end of this day"),
        ("count", "int", 10, ""),
        ("least", "float", 0.0, "smallest balance"),
        ("titled", "bool", True, ""),
    ]


def test_right_values_pass_and_dates_travel_as_iso_text(notebook: Path) -> None:
    given = {"as_of": dt.date(2023, 12, 31), "count": 3, "least": 5, "titled": False}
    assert check_parameters(notebook, given) == {"as_of": "2023-12-31", "count": 3, "least": 5.0, "titled": False}


def test_a_misspelt_name_is_refused_with_the_right_one(notebook: Path) -> None:
    with pytest.raises(UsageError, match=r"no parameter 'as_off'. Did you mean as_of\?"):
        check_parameters(notebook, {"as_off": "2024-01-01"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("count", "10"), ("count", True), ("count", 2.0), ("least", float("nan")), ("titled", 1), ("as_of", 2024),
     ("as_of", None), ("count", [1])],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(notebook: Path, name: str, value: object) -> None:
    with pytest.raises(UsageError, match=f"parameter {name} takes a value of type"):
        check_parameters(notebook, {name: value})


def test_every_fault_is_told_at_once(notebook: Path) -> None:
    with pytest.raises(UsageError) as caught:
        check_parameters(notebook, {"count": "x", "nonsense": 1})
    assert len(caught.value.messages) == 2


@given(st.text(min_size=1, max_size=60))
def test_code_in_a_name_never_passes(name: str) -> None:
    first = choose_notebooks()[0]
    if name not in read_parameters(first):
        with pytest.raises(UsageError, match="has no parameter"):
            check_parameters(first, {name: ""})


def test_an_injected_name_is_refused(notebook: Path) -> None:
    with pytest.raises(UsageError, match="has no parameter"):
        check_parameters(notebook, {"as_of = __import__('os').system('true') #": "x"})


@pytest.mark.parametrize("source", ["count: int = 3 + 4", "count = 3", "import os", "count: int = '3'", "x: list = []"])
def test_a_parameters_cell_holds_plain_literals_only(tmp_path: Path, source: str) -> None:
    with pytest.raises(ValueError, match=r"not a parameter|default of parameter|malformed"):
        read_parameters(write(tmp_path / "n.ipynb", source))
