"""`python -m tests.fuzz.run --cases 20000 --seed 1`: mutate, read, judge; counts are printed, faults listed."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.fuzz.check import outcome
from tests.fuzz.corpus import seeds

_CORPUS = seeds()


def judged(case: tuple[int, int]) -> tuple[int, str, str]:
    """One case of a run: its number, its seed's name, what became of it."""
    run, number = case
    seed = _CORPUS[number % len(_CORPUS)]
    return number, seed.name, outcome(seed, number, run=run)


def main() -> int:
    """Run the cases asked for; 1 when any is at fault."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    counts: Counter[str] = Counter()
    cases = [(asked.seed, number) for number in range(asked.first, asked.first + asked.cases)]
    with ProcessPoolExecutor(asked.workers) as pool:
        for number, name, said in pool.map(judged, cases, chunksize=5):
            counts[said.split(":")[0]] += 1
            if said.startswith("fault"):
                print(f"case {number} ({name}): {said}", flush=True)
            if sum(counts.values()) % 100 == 0:
                print(f"  {sum(counts.values())} {dict(counts)}", flush=True)
    print(
        f"{sum(counts.values())} cases, seed {asked.seed}: " + ", ".join(f"{n} {k}" for k, n in sorted(counts.items()))
    )
    return 1 if counts["fault"] else 0


if __name__ == "__main__":
    sys.exit(main())
