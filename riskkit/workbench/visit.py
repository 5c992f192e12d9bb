"""What the person opening a dashboard page asked for in its address.

Runs inside the kernel. A kernel started in advance has no visitor yet: asking waits for one, so ask after the imports
and before loading anything that a later run may have replaced.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from urllib.parse import parse_qs

PARAMETERS = (
    "language",
    "page",
    "as_of",
    "run",
    "customer",
    "sector",
    "segment",
    "search",
    "filters",
    "sort",
    "columns",
)
LONGEST_VALUE = 2000


def query_parameters(*, names: Collection[str] = PARAMETERS) -> dict[str, str]:
    """The known parameters of the visited address, name to text; empty outside a dashboard.

    Values are as typed by whoever made the link: control characters are removed, they are cut to `LONGEST_VALUE`, and
    nothing else is checked. Unknown names are dropped; of a name given twice the last counts.

    Parameters
    ----------
    names
        The names that are let through.

    """
    return parse_query(_query_string(), names=names)


def parse_query(query: str, *, names: Collection[str] = PARAMETERS) -> dict[str, str]:
    """The known parameters of a query string (`page=clients&as_of=2024-03-31`), cleaned as `query_parameters` says."""
    try:
        given = parse_qs(query[: 20 * LONGEST_VALUE], keep_blank_values=False, max_num_fields=200)
    except ValueError:
        return {}
    cleaned = {name: _printable(values[-1]) for name, values in given.items() if name in names}
    return {name: value for name, value in cleaned.items() if value}


def _printable(value: str) -> str:
    return "".join(c for c in value if c.isprintable()).strip()[:LONGEST_VALUE]


def _query_string() -> str:
    if os.environ.get("VOILA_PREHEAT") == "True":
        return str(_await_visit().get("QUERY_STRING", ""))
    return os.environ.get("QUERY_STRING", "")


def _await_visit() -> dict[str, str]:
    """Block until the page that this kernel was prepared for is opened, and return what its request said."""
    from websockets.sync.client import connect

    address = "ws://127.0.0.1:{VOILA_APP_PORT}{VOILA_SERVER_URL}voila/query/{VOILA_KERNEL_ID}".format(**os.environ)
    with connect(address, open_timeout=10, ping_interval=None, proxy=None) as socket:
        request: dict[str, str] = json.loads(socket.recv())
    os.environ.update(request, VOILA_PREHEAT="False")
    return request
