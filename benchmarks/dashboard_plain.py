"""The plain Voila notebook that the dashboard is measured beside: written as one writes it, served as Voila comes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60.0
_PLAIN = """
import io, os
from pathlib import Path
import duckdb
import ipywidgets as w
import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure
tables = Path(os.environ["RISKKIT_RUN"]) / "tables"
names = ("customers", "open_items", "ageing", "measures", "scores", "cash_forecast")
read = lambda name: duckdb.read_parquet(str(tables / f"{name}.parquet")).df()
customers, items, ageing, measures, scores, cash = map(read, names)
money = [c for f in (items, ageing, cash) for c in f.columns if c.endswith("_amount")]
items, ageing, cash = (f.astype({c: "float64" for c in f.columns if c in money}) for f in (items, ageing, cash))
page = w.Dropdown(options=["mesures", "clients", "tresorerie"])
sector = w.Dropdown(options=["", *sorted(customers["section"].dropna().unique())])
page.add_class("plain-page"); sector.add_class("plain-sector")
body, count = w.VBox(), 0
status = w.HTML()
def image(figure):
    made = io.BytesIO()
    figure.savefig(made, format="png", dpi=72)
    return w.Image(value=made.getvalue(), format="png")
def chart(values, kind):
    figure = Figure(figsize=(5, 3), layout="constrained")
    values.plot(kind=kind, ax=figure.subplots())
    return image(figure)
def draw(_=None):
    global count
    if page.value == "mesures":
        wide = measures.pivot(index="as_of", columns="measure", values="value")
        names = ["receivables_amount", "overdue_amount", "overdue_share", "dso_days"]
        last = wide[[n for n in names if n in wide]].tail(1).T.to_html()
        top = ageing.nlargest(10, "receivables_amount").to_html()
        buckets = ageing[[c for c in ageing.columns if c.startswith(("d", "not", "over_"))]].sum()
        charts = [chart(buckets, "bar"), chart(wide["overdue_share"], "line"), chart(wide["dso_days"], "line")]
        body.children = [w.HTML(last), *charts, w.HTML(top)]
    elif page.value == "clients":
        kept = customers if not sector.value else customers[customers["section"] == sector.value]
        found = kept[["customer_id", "name"]].merge(ageing, on="customer_id").merge(
            scores[["customer_id", "risk_class"]], on="customer_id")
        body.children = [w.HTML(found.nlargest(25, "overdue_amount").to_html())]
    else:
        weeks = cash[(cash["period_kind"] == "week") & (cash["level"].round(2) == 0.8)]
        weeks = weeks.set_index("period_start")[["low_amount", "base_amount", "high_amount"]]
        body.children = [chart(weeks, "line"), w.HTML(weeks.to_html())]
    count += 1
    status.value = f"<i data-testid='status' data-drawn='{count}'></i>"
page.observe(draw, names="value"); sector.observe(draw, names="value")
draw()
display(w.VBox([page, sector, body, status, w.HTML("<p data-testid='ready'>fin</p>")]))
"""


@contextmanager
def plain_server(run: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """The notebook served with a kernel kept ready: its address, and the server's process."""
    place = folder / "plain"
    place.mkdir(exist_ok=True)
    notebook = place / "plain.ipynb"
    code = {"cell_type": "code", "execution_count": None, "id": "p", "metadata": {}, "outputs": [], "source": _PLAIN}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {"cells": [code], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    notebook.write_text(json.dumps(content), encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "voila", str(notebook), "--no-browser", f"--port={port}", "--preheat_kernel=True",
               "--pool_size=1"]  # fmt: skip
    server = subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=place, env={**os.environ, "RISKKIT_RUN": str(run)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/", server.pid
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(5)  # its first kernel loads meanwhile
                return
        time.sleep(0.1)
    raise TimeoutError("the plain notebook's server did not start")
