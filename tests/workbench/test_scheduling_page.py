"""What docs/guide/planification.md tells people to copy: each snippet is read by the program that it is for."""

from __future__ import annotations

import ast
import configparser
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from riskkit.exhibits.language import language
from riskkit.workbench.cli_help import make_parser
from riskkit.workbench.parameters import check_parameters

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guide" / "planification.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("kind", "text"), SNIPPETS, ids=[f"{n}-{kind}" for n, (kind, _) in enumerate(SNIPPETS)])
def test_each_snippet_is_what_it_says(kind: str, text: str) -> None:
    match kind:
        case "py":
            assert ast.parse(text).body
        case "ini":
            read = configparser.ConfigParser()
            read.read_string(text)
            assert {"Service", "Timer"} & set(read.sections())
        case "bash":
            line = text.splitlines()[-1]
            if "m h" in text:
                fields = line.split(None, 5)
                assert all(re.fullmatch(r"[\d*/,-]+", field) for field in fields[:5])
                text = fields[5]
            subprocess.run(["sh", "-n"], input=text, text=True, check=True)
        case _:
            raise AssertionError(kind)


def test_each_command_is_one_that_riskkit_knows() -> None:
    filled = "\n".join(text for _, text in SNIPPETS).replace("{{ ds }}", "2024-03-31")
    commands = re.findall(r"riskkit (batch [^\n\"`>]*)", filled.replace('"$date_arrete"', "2024-03-31"))
    assert len(commands) >= 5
    for command in commands:
        asked = make_parser(language("fr")).parse_args(shlex.split(command))
        assert asked.folders == ["portfolios/*"]


def test_the_notebook_of_the_papermill_operator_takes_those_parameters() -> None:
    said = re.search(r"parameters=(\{.*?\}),\n", PAGE, re.DOTALL)
    assert said is not None
    check_parameters(ROOT / "notebooks" / "03_scoring.ipynb", ast.literal_eval(said[1]))
