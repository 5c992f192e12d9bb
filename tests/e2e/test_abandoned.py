"""Kernels of pages that were left before they had loaded."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from riskkit.workbench.abandoned import AbandonedKernels

NOON = dt.datetime(2024, 3, 31, 12, 0, tzinfo=dt.UTC)


class Manager:
    """Kernels as the server's manager tells them."""

    def __init__(self, **kernels: tuple[int, str, int]) -> None:
        self.kernels = kernels  # connections, state, seconds since the last activity

    def list_kernel_ids(self) -> list[str]:
        return list(self.kernels)

    def kernel_model(self, kernel_id: str) -> dict[str, object]:
        connections, state, age = self.kernels[kernel_id]
        last = (NOON - dt.timedelta(seconds=age)).isoformat().replace("+00:00", "Z")
        return {"connections": connections, "execution_state": state, "last_activity": last}

    async def shutdown_kernel(self, kernel_id: str) -> None:
        del self.kernels[kernel_id]


def run(work: Coroutine[Any, Any, list[str]]) -> list[str]:
    """In a thread of its own: the browser of other tests keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def free(manager: Manager, abandoned: AbandonedKernels | None = None) -> list[str]:
    found = abandoned or AbandonedKernels(manager, patience_seconds=60)
    return sorted(run(found.free(moment=NOON)))


def test_idle_kernel_that_never_had_a_page_is_freed_after_the_patience() -> None:
    manager = Manager(left=(0, "idle", 61), recent=(0, "idle", 59), open=(1, "idle", 9999), computing=(0, "busy", 9999))
    assert free(manager) == ["left"]
    assert sorted(manager.kernels) == ["computing", "open", "recent"]


def test_kernel_whose_page_lost_the_network_is_kept() -> None:
    manager = Manager(page=(1, "idle", 10))
    abandoned = AbandonedKernels(manager, patience_seconds=60)
    assert free(manager, abandoned) == []
    manager.kernels["page"] = (0, "idle", 300)
    assert free(manager, abandoned) == []


def test_kernel_prepared_for_a_visitor_is_kept() -> None:
    async def scenario() -> list[str]:
        manager = Manager(prepared=(0, "idle", 9999))
        task = asyncio.get_running_loop().create_task(asyncio.sleep(0, {"kernel_id": "prepared"}))
        await task
        manager._pools = {"app.ipynb": [task]}
        return await AbandonedKernels(manager, patience_seconds=60).free(moment=NOON)

    assert run(scenario()) == []
