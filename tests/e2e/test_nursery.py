"""Kernels are forked from a process that has loaded the pages and the run; they end as they must."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from riskkit.workbench.forked_kernels import CAN_FORK, ForkedProcess, Nursery
from riskkit.workbench.server import serve_dashboard
from tests.e2e.conftest import eventually, kernels, open_page

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CAN_FORK, reason="kernels are forked on Linux only")]


def children(pid: int) -> list[int]:
    """The processes under one."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def nursery_of(dashboard) -> int:
    return next(
        pid for pid in children(dashboard.process.pid) if "kernel_nursery" in Path(f"/proc/{pid}/cmdline").read_text()
    )


def test_kernels_are_copies_of_the_nursery_and_end_with_the_server(notebook, run_folder, importable, page) -> None:
    with serve_dashboard(run_folder, notebook=notebook, preheated=0) as served:
        nursery = nursery_of(served)
        open_page(page, served)
        kernel = int(page.get_by_test_id("pid").inner_text())
        assert children(nursery) == [kernel]
        assert os.getsid(kernel) == kernel  # a signal to the kernel's group reaches nobody else
        page.goto("about:blank")
        assert eventually(lambda: children(nursery) == [], seconds=5)  # and none is left a zombie
    assert not Path(f"/proc/{nursery}").exists()


def test_page_opens_when_the_nursery_has_died(notebook, run_folder, importable, page) -> None:
    with serve_dashboard(run_folder, notebook=notebook, preheated=0) as served:
        os.kill(nursery_of(served), signal.SIGKILL)
        open_page(page, served)
        assert kernels(served)["kernels"] == 1
        assert "kernels are not forked" in served.log_file.read_text()


def test_forked_process_is_followed_without_being_its_parent(run_folder, importable) -> None:
    nursery = Nursery()
    kernel = nursery.fork(["-f", str(run_folder / "connection.json")], env=dict(os.environ), cwd=str(run_folder))
    assert kernel.poll() is None
    kernel.kill()
    assert kernel.wait() == 0
    kernel.terminate()  # it is gone: nobody else is asked to end
    nursery.close()
    assert nursery.process.returncode == 0
    assert ForkedProcess(kernel.pid).poll() == 0


def test_browser_asks_a_copy_for_all_its_widgets_at_once(notebook, run_folder, importable, context) -> None:
    """Without an answer on the control channel the front end waits, then guesses which widgets there are."""
    with serve_dashboard(run_folder, notebook=notebook, preheated=1) as served:
        tab = context.new_page()
        sent, answered = [], []
        tab.on("websocket", lambda opened: (
            opened.on("framesent", lambda data: sent.append(str(data))),
            opened.on("framereceived", lambda data: answered.append(str(data))),
        ))  # fmt: skip
        open_page(tab, served)
        assert any("jupyter.widget.control" in frame for frame in sent)
        assert any("update_states" in frame for frame in answered)
        tab.close()
