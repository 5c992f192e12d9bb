"""The parameters of a notebook: read from its parameters cell, and checked before papermill sees any value.

Papermill pastes names and values into the notebook as code, and only warns about a name it does not know. Nothing
reaches it that has not passed `check_parameters`.
"""

from __future__ import annotations

import ast
import datetime as dt
import io
import json
import math
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias

from riskkit.errors import Message, UsageError, message, raise_all

Value: TypeAlias = str | int | float | bool
TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: its name, the type it declares, its default and the comment beside it."""

    name: str
    type_name: str
    default: Value
    help: str


def read_parameters(notebook: Path) -> dict[str, Parameter]:
    """The parameters of a notebook by name, in order; empty when no cell carries the tag `parameters`.

    Raises `ValueError` when a line of the cell is anything but `name: type = literal`: a fault of the notebook.
    """
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = [
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code" and "parameters" in cell.get("metadata", {}).get("tags", [])
    ]
    return {parameter.name: parameter for source in sources[:1] for parameter in _declared(source)}


def check_parameters(notebook: Path, given: Mapping[str, object]) -> dict[str, Value]:
    """The values as the notebook declares them: typed, and dates as ISO text. `UsageError` lists every fault.

    Parameters
    ----------
    notebook
        The notebook about to be run.
    given
        Values by parameter name. An integer is accepted for a float, a date for text; nothing else is converted.

    """
    declared = read_parameters(notebook)
    faults: list[Message] = []
    checked: dict[str, Value] = {}
    for name, value in given.items():
        if name not in declared:
            faults.append(_unknown(name, declared, notebook=notebook.name))
            continue
        accepted = _accepted(value, declared[name].type_name)
        if accepted is None:
            faults.append(
                message(
                    "{notebook}: parameter {name} takes a value of type {expected}, not '{value}' ({found}).",
                    notebook=notebook.name,
                    name=name,
                    expected=declared[name].type_name,
                    value=str(value)[:80],
                    found=type(value).__name__,
                )
            )
        else:
            checked[name] = accepted
    raise_all(UsageError, faults)
    return checked


def _declared(source: str) -> list[Parameter]:
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    found = []
    for line in ast.parse(source).body:
        match line:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id=type_name), value=value) if (
                value is not None and type_name in TYPES
            ):
                default: Value = ast.literal_eval(value)
                if type(default) is not TYPES[type_name]:
                    raise ValueError(f"the default of parameter {name} is not of type {type_name}")
                found.append(Parameter(name, type_name, default, comments.get(line.end_lineno or 0, "")))
            case _:
                raise ValueError(f"not a parameter (name: type = literal): {ast.unparse(line)}")
    return found


def _accepted(value: object, type_name: str) -> Value | None:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime) and type_name == "str":
        return value.isoformat()
    if type_name == "float" and type(value) in (int, float):
        number = float(value)  # type: ignore[arg-type]
        return number if math.isfinite(number) else None
    return value if type(value) is TYPES[type_name] else None  # type: ignore[return-value]


def _unknown(name: str, declared: Mapping[str, Parameter], *, notebook: str) -> Message:
    near = get_close_matches(name, declared, n=1)
    if near:
        return message(
            "{notebook} has no parameter '{name}'. Did you mean {near}?",
            notebook=notebook,
            name=name[:80],
            near=near[0],
        )
    return message(
        "{notebook} has no parameter '{name}'. It takes: {known}.",
        notebook=notebook,
        name=name[:80],
        known=", ".join(declared) or "–",
    )
