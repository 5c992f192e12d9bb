"""A kernel started before it is needed: its libraries load while the run is still reading files."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir
from jupyter_core.utils import run_sync
from traitlets.config import Config

LIBRARIES = ("riskkit.exhibits.document", "riskkit.workbench.notebook")
READY_SECONDS = 60.0


def kernel_settings() -> Config:
    """Sockets of our own, not ports anybody may call; named, or two kernels of one folder would share theirs."""
    stem = f"{jupyter_runtime_dir()}/{uuid.uuid4().hex[:12]}"
    return Config({"KernelManager": {"transport": "ipc", "ip": stem, "connection_file": f"{stem}.json"}})


class PreparedKernel:
    """A kernel that has begun to load the libraries notebooks use. It runs one notebook."""

    def __init__(self) -> None:
        self.manager = AsyncKernelManager(kernel_name="python3", config=kernel_settings())
        run_sync(self.manager.start_kernel)()
        self._client: Any = BlockingKernelClient()
        self._client.load_connection_info(self.manager.get_connection_info())
        self._client.start_channels(hb=False)
        self._client.execute(f"import {', '.join(LIBRARIES)}", silent=True)

    def move_to(self, folder: Path) -> None:
        """Make `folder` the working folder of the kernel, once it has loaded its libraries."""
        if run_sync(self.manager.is_alive)():
            self._client.execute_interactive(
                f"import os; os.chdir({str(folder)!r})", silent=True, store_history=False, timeout=READY_SECONDS
            )

    def stop(self) -> None:
        """End the kernel."""
        self._client.stop_channels()
        run_sync(self.manager.shutdown_kernel)(now=True)
