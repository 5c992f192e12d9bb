"""The process that kernels of the dashboard are copied from: it has loaded the pages' code once, and forks.

A kernel started by itself loads about 140 MB of libraries and takes seconds. A fork is there at once and shares those
pages of memory with its siblings until it writes on them. Between orders it reads the run and draws its pages once for
all. It keeps no thread and runs no event loop, so that what it copies is whole. It ends, with its kernels, when the
server closes its socket.

    the server                                    here
    {"argv": [...], "env": {...}, "cwd": ...} ──► fork, answer {"pid": ...}; the child becomes the kernel
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

REST_SECONDS = 5.0  # a kernel that was just forked has a page to show: the work leaves it the processor
_DONE = object()
KERNEL = ("-m", "ipykernel_launcher")
_LOADED = ("ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel.zmqshell", "websockets.sync.client")


def main() -> None:
    """Load the pages' code, then fork a kernel for each order; the order of a child is carried out here."""
    gc.disable()
    for name in _LOADED:
        import_module(name)
    from riskkit.workbench.dashboard import load_pages, rehearse

    load_pages()
    order = _fork_on_demand(socket.socket(fileno=0), rehearse())
    if order is not None:
        gc.enable()
        _become_kernel(order)


def _fork_on_demand(server: socket.socket, work: Iterator[None]) -> dict[str, Any] | None:
    """Serve orders until the server goes away: None. In a child: its order. Between orders, go on with the work."""
    is_working, resumed = True, 0.0
    children: set[int] = set()
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    lines = server.makefile("rb")
    while True:
        ready, _, _ = select.select([server.fileno(), woken], [], [], _until(resumed) if is_working else None)
        if not ready:
            is_working = next(work, _DONE) is not _DONE
        if woken in ready:
            os.read(woken, 512)
            _reap(children)
        if server.fileno() not in ready:
            continue
        line = lines.readline()
        if not line:
            for pid in children:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return None
        resumed = time.monotonic() + REST_SECONDS
        gc.collect(0)
        gc.freeze()  # what is shared stays out of the children's collections, which would write on its pages
        pid = os.fork()
        if not pid:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            os.close(woken)
            os.close(waker)
            lines.close()
            server.detach()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            order: dict[str, Any] = json.loads(line)
            return order
        children.add(pid)
        server.sendall(json.dumps({"pid": pid}).encode() + b"\n")


def _until(moment: float) -> float:
    """Seconds until then; 0 when it is past."""
    return max(0.0, moment - time.monotonic())


def _reap(children: set[int]) -> None:
    """Take leave of the kernels that have ended."""
    for pid in list(children):
        with suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                continue
        children.discard(pid)


def _become_kernel(order: dict[str, Any]) -> None:
    """Run as the kernel that the order describes, as `python -m ipykernel_launcher` would."""
    import ipywidgets
    from ipykernel.kernelapp import IPKernelApp

    from riskkit.workbench.dashboard import forget_widgets

    forget_widgets()
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    sys.argv = ["ipykernel_launcher", *order["argv"]]
    application: Any = IPKernelApp.instance(parent_handle=os.getppid())
    application.initialize(order["argv"])
    ipywidgets.register_comm_target()  # at its import it does so only inside a kernel; else browsers wait, then guess
    application.start()


if __name__ == "__main__":
    main()
