"""The full run of the corpus fuzzer: `python -m tests.fuzz.run --cases 20000 --minutes 8 --log fuzz.jsonl`.

Mutate, read, judge. Each batch of cases that ends is a line of the log; the same command goes on where it stopped,
until every case is judged. A case is its seed and its number, so any fault can be played again with `--only NUMBER`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import Any

from tests.fuzz.check import outcome, outcomes
from tests.fuzz.connections import shared
from tests.fuzz.corpus import deck

_CORPUS = deck()
_BATCH = 50
_OWN_CONNECTIONS = 20


def judged(case: tuple[int, int]) -> str:
    """What became of one case of a run."""
    run, number = case
    return outcome(_CORPUS[number % len(_CORPUS)], number, run=run)


def batch(case: tuple[int, int]) -> dict[str, Any]:
    """The counts and the faults of the cases from a number on, and the seconds they took."""
    run, first = case
    begun, used = time.perf_counter(), time.process_time()
    # One batch in twenty pays for connections of its own, as the product opens them.
    with nullcontext() if first // _BATCH % _OWN_CONNECTIONS == 0 else shared():
        said = outcomes({n: _CORPUS[n % len(_CORPUS)] for n in range(first, first + _BATCH)}, run=run)
    return {
        "seed": run, "first": first, "counts": Counter(words.split(":")[0] for words in said.values()),
        "faults": {f"{n} ({_CORPUS[n % len(_CORPUS)].name})": w for n, w in said.items() if w.startswith("fault")},
        "seconds": round(time.perf_counter() - begun, 1), "cpu_seconds": round(time.process_time() - used, 1),
    }  # fmt: skip


def main() -> int:
    """Judge the cases that the log does not hold yet; 1 when any is at fault, 2 when some are left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e6, help="stop after this long; run again to go on")
    parser.add_argument("--log", type=Path, default=Path("fuzz.jsonl"))
    parser.add_argument("--only", type=int, help="play one case again and say what became of it")
    asked = parser.parse_args()
    if asked.only is not None:
        print(judged((asked.seed, asked.only)))
        return 0
    done = _logged(asked.log, asked.seed)
    wanted = iter([first for first in range(0, asked.cases, _BATCH) if first not in done])
    until = time.monotonic() + 60 * asked.minutes
    with ProcessPoolExecutor(asked.workers) as pool, asked.log.open("a", encoding="utf-8") as log:
        begun = {pool.submit(batch, (asked.seed, first)) for first in islice(wanted, asked.workers)}
        while begun:
            ended, begun = wait(begun, return_when=FIRST_COMPLETED)
            for found in (each.result() for each in ended):
                done[found["first"]] = found
                print(json.dumps(found, ensure_ascii=False), file=log, flush=True)
                for place, words in found["faults"].items():
                    print(f"case {place}: {words}", flush=True)
            if time.monotonic() < until:
                begun |= {pool.submit(batch, (asked.seed, first)) for first in islice(wanted, len(ended))}
    counts = sum((Counter(found["counts"]) for found in done.values()), Counter[str]())
    print(f"{counts.total()} cases of seed {asked.seed}: " + ", ".join(f"{n} {k}" for k, n in sorted(counts.items())))
    return 2 if counts.total() < asked.cases else 1 if counts["fault"] else 0


def _logged(log: Path, run: int) -> dict[int, dict[str, Any]]:
    if not log.exists():
        return {}
    found = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return {each["first"]: each for each in found if each["seed"] == run}


if __name__ == "__main__":
    sys.exit(main())
