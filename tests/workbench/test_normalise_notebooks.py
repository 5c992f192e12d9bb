"""The committed form of notebooks: same bytes every time, no outputs, thin."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("normalise", ROOT / "scripts" / "normalise_notebooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def notebook(*sources: str) -> str:
    cells = [
        {
            "cell_type": "code", "id": f"x{n}", "metadata": {"tags": ["b", "a"], "execution": {"started": "now"}},
            "execution_count": 7, "outputs": [{"output_type": "stream", "name": "stdout", "text": "secret"}],
            "source": source,
        }
        for n, source in enumerate(sources)
    ]  # fmt: skip
    return json.dumps({"cells": cells, "metadata": {"papermill": {"x": 1}, "title": "T"}, "nbformat": 4,
                       "nbformat_minor": 4})  # fmt: skip


def test_outputs_and_traces_go_code_is_formatted_and_ids_are_stable(script: ModuleType) -> None:
    text = script.normalised(notebook("x=1", "", "show( 'a' )"))
    found = json.loads(text)
    assert "secret" not in text
    assert [cell["source"] for cell in found["cells"]] == [["x = 1"], ['show("a")']]
    assert [cell["id"] for cell in found["cells"]] == ["01-a", "02-a"]
    assert found["metadata"]["title"] == "T"
    assert "papermill" not in found["metadata"]


def test_normalising_twice_changes_nothing(script: ModuleType) -> None:
    once = script.normalised(notebook("x=1", "y = 2"))
    assert script.normalised(once) == once


def test_check_changes_nothing_and_fails(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(notebook("x=1"))
    assert script.main(["--check", str(path)]) == 1
    assert path.read_text() == notebook("x=1")
    assert "make notebooks" in capsys.readouterr().out
    assert script.main([str(path)]) == 0
    assert script.main(["--check", str(path)]) == 0


@pytest.mark.parametrize("source", ["def f(): ...", "for x in y: ...", "try:\n    a\nfinally:\n    b", "class A: ..."])
def test_a_notebook_with_code_of_its_own_is_refused(script: ModuleType, source: str) -> None:
    assert script.faults(notebook(source))


def test_a_notebook_stays_short(script: ModuleType) -> None:
    assert script.faults(notebook(*["x = 1"] * 16)) == ["16 code cells, at most 15"]
    assert script.faults(notebook("\n".join(["x = 1"] * 11))) == ["code cell 1 has 11 lines, at most 10"]


def test_the_notebooks_of_the_product_are_in_their_committed_form(script: ModuleType, tmp_path: Path) -> None:
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(path, tmp_path)
    assert script.main(["--check", *map(str, sorted(tmp_path.glob("*.ipynb")))]) == 0
