"""The identifiers of an executed notebook, numbered in order instead of drawn: the same run writes the same bytes."""

from __future__ import annotations

import json
import re
from typing import Any

_STATE = "application/vnd.jupyter.widget-state+json"
_VIEW = "application/vnd.jupyter.widget-view+json"
_REFERENCE = re.compile(r"IPY_MODEL_(\w+)")


def settle_ids(notebook: Any) -> None:
    """Name the cells that papermill added by their place, and number the widgets in the order in which they are shown.

    Widgets that nothing shows are taken out.
    """
    for position, cell in enumerate(notebook.cells):
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = f"injected-{position}"
    held = notebook.metadata.get("widgets", {}).get(_STATE, {}).get("state", {})
    views = [
        output["data"][_VIEW]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if _VIEW in output.get("data", {})
    ]
    order: list[str] = []
    for view in views:
        _visit(view["model_id"], held, order)
    names = {model: f"{number:032x}" for number, model in enumerate(order)}
    for view in views:
        view["model_id"] = names.get(view["model_id"], view["model_id"])
    if held:
        text = json.dumps({names[model]: held[model] for model in order})
        settled = _REFERENCE.sub(lambda found: f"IPY_MODEL_{names.get(found[1], found[1])}", text)
        notebook.metadata["widgets"][_STATE]["state"] = json.loads(settled)


def _visit(model: str, held: dict[str, Any], order: list[str]) -> None:
    if model in order or model not in held:
        return
    order.append(model)
    for child in _REFERENCE.findall(json.dumps(held[model], sort_keys=True)):
        _visit(child, held, order)
