"""Kernels that no page will ever use: the visitor left before the page had loaded, so that nothing could free them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from jupyter_core.utils import ensure_async


class AbandonedKernels:
    """Finds and frees kernels that were started for a page but never heard from it.

    A kernel whose page was connected once is left alone: its page frees it when it closes, and the culling of idle
    kernels catches what remains after a network failure.
    """

    def __init__(self, manager: Any, *, patience_seconds: float) -> None:
        self.manager = manager
        self.patience = dt.timedelta(seconds=patience_seconds)
        self.connected_once: set[str] = set()

    async def free(self, *, moment: dt.datetime) -> list[str]:
        """Free the kernels that are idle and without a page since `patience_seconds`, and return their identifiers."""
        living = list(self.manager.list_kernel_ids())
        self.connected_once &= set(living)
        freed = []
        for kernel_id in set(living) - self._waiting():
            model = self.manager.kernel_model(kernel_id)
            if model["connections"] > 0:
                self.connected_once.add(kernel_id)
            elif kernel_id not in self.connected_once and self._is_idle(model, moment=moment):
                await ensure_async(self.manager.shutdown_kernel(kernel_id))
                freed.append(kernel_id)
        return freed

    def _is_idle(self, model: dict[str, Any], *, moment: dt.datetime) -> bool:
        last = dt.datetime.fromisoformat(model["last_activity"])
        return model["execution_state"] == "idle" and moment - last > self.patience

    def _waiting(self) -> set[str]:
        """Kernels prepared for visitors to come."""
        tasks = [task for pool in getattr(self.manager, "_pools", {}).values() for task in pool]
        return {task.result()["kernel_id"] for task in tasks if task.done() and task.exception() is None}
