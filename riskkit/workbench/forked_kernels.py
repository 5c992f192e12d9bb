"""Kernels that the server has forked from the nursery, where the system can; else started one by one as usual."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from riskkit.workbench.kernel_nursery import KERNEL

READY_SECONDS = 60.0
CAN_FORK = sys.platform == "linux"  # elsewhere libraries of the system do not bear it


class Nursery:
    """The process that kernels are forked from; started at once, it loads while the server does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(READY_SECONDS)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "riskkit.workbench.kernel_nursery"],
                stdin=theirs.fileno(),
                stdout=sys.stderr,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # a thread would not be in the copies
            )

    def fork(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: str) -> ForkedProcess:
        """A kernel with these arguments, environment and folder. `OSError` when the nursery does not answer."""
        order = json.dumps({"argv": list(argv), "env": dict(env), "cwd": cwd}).encode() + b"\n"
        with self._lock:
            self._socket.sendall(order)
            answer = b""
            while not answer.endswith(b"\n"):
                part = self._socket.recv(4096)
                if not part:
                    raise ConnectionResetError("the nursery has ended")
                answer += part
        return ForkedProcess(int(json.loads(answer)["pid"]))

    def close(self) -> None:
        """End it and the kernels it still has."""
        self._socket.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class ForkedProcess:
    """A kernel's process, as the provisioner asks of one; it is the nursery's child, hence followed by descriptor."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._ended = False
        try:
            self._descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            self._ended, self._descriptor = True, -1

    def poll(self) -> int | None:
        """None while it lives, else 0: how it ended is known to the nursery only."""
        if not self._ended and select.select([self._descriptor], [], [], 0)[0]:
            self._ended = True
            os.close(self._descriptor)
        return 0 if self._ended else None

    def wait(self) -> int:
        """Block until it has ended."""
        if not self._ended:
            select.select([self._descriptor], [], [])
        self.poll()
        return 0

    def send_signal(self, number: int) -> None:
        """A signal to it, and to no process that took its number later."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._descriptor, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class ForkingProvisioner(LocalProvisioner):
    """Forks kernels from the nursery; one that has failed is said in the log, and kernels start as usual."""

    nursery: Nursery

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """As the parent class, by a fork where the command is Python's own kernel."""
        if tuple(cmd[1:4]) != (*KERNEL, "-f"):
            return await super().launch_kernel(cmd, **options)
        folder, env = str(options.get("cwd") or os.getcwd()), options.get("env") or os.environ
        try:
            made: Any = await asyncio.to_thread(self.nursery.fork, cmd[3:], env=env, cwd=folder)
        except OSError as failed:
            self.log.warning("kernels are not forked: %s", failed)
            return await super().launch_kernel(cmd, **options)
        self.process, self.pid, self.pgid, self.cwd = made, made.pid, made.pid, folder
        return self.connection_info


class ForkingFactory(KernelProvisionerFactory):
    """Makes every kernel of this process a fork."""

    def create_provisioner_instance(self, kernel_id: str, kernel_spec: Any, parent: Any) -> ForkingProvisioner:
        """The provisioner of one kernel."""
        return ForkingProvisioner(kernel_id=kernel_id, kernel_spec=kernel_spec, parent=parent)


def fork_kernels(application: Any) -> Nursery | None:
    """Have the kernels of a server forked from now on; None where the system cannot. Called before its first kernel."""
    if not CAN_FORK:
        return None
    ForkingProvisioner.nursery = nursery = Nursery()
    ForkingFactory.instance(parent=application)
    return nursery
