"""A batch on several machines: the same jobs given to a Dask cluster (the extra `riskkit[cluster]`).

The machines share the folders of portfolios and runs under the same paths, and have the same riskkit. Each job is a
process of its own on the machine that got it, as on one machine: the lock of a run, its digest and the folder written
aside work the same, so that a batch killed anywhere is started again in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from riskkit import __version__
from riskkit.errors import UsageError, message
from riskkit.exhibits.language import Language, language
from riskkit.workbench.batch_run import Watcher, run_job
from riskkit.workbench.batch_work import Demands, Job, Outcome

_CONNECT_SECONDS = "10s"


def run_on_cluster(
    jobs: Sequence[Job], demands: Demands, *, address: str, watcher: Watcher, words: Language
) -> list[Outcome]:
    """Run every job on the machines of a cluster; outcomes in the order in which they came.

    A machine that is lost gives its jobs to the others; one job that loses machine after machine fails alone.
    `UsageError` without the extra, without a scheduler at that address, or where a machine has another riskkit.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise UsageError(
            message(
                "--cluster needs the extra riskkit[cluster]. Install it here and on the machines of the cluster: "
                "pip install 'riskkit[cluster]'."
            )
        ) from None
    try:
        client = Client(address, timeout=_CONNECT_SECONDS)
    except (OSError, ValueError) as fault:
        raise UsageError(
            message(
                "No Dask scheduler answers at '{address}'. Start one (dask scheduler) and its workers, then try again.",
                address=address,
            )
        ) from fault
    outcomes = []
    with client:
        _check_versions(client)
        given: dict[Any, Job] = {}
        for job in jobs:
            future = client.submit(on_machine, job, demands, words.code, pure=False, retries=1)
            given[future] = job
            watcher.begun(job.folder)
        for future in as_completed(list(given)):
            job, lost = given[future], future.exception()
            outcome = future.result() if lost is None else _lost(job, lost, words)
            outcomes.append(outcome)
            watcher.ended(outcome)
    return outcomes


def on_machine(job: Job, demands: Demands, code: str) -> Outcome:
    """The task of one machine: the run of one portfolio, in a process of its own."""
    return run_job(job, demands, words=language(code))


def _version() -> str:
    return __version__


def _check_versions(client: Any) -> None:
    found = client.run(_version)
    others = sorted({str(version) for version in found.values()} - {__version__})
    if others:
        raise UsageError(
            message(
                "A machine of the cluster has riskkit {other}, this one {own}. Install the same everywhere.",
                other=others[0],
                own=__version__,
            )
        )


def _lost(job: Job, fault: BaseException, words: Language) -> Outcome:
    said = message(
        "The cluster lost this run ({kind}), most often for lack of memory on its machines. Start the batch again.",
        kind=type(fault).__name__,
    )
    return Outcome(job.folder, "failed", messages=(words.say(said),), exit_code=3)
