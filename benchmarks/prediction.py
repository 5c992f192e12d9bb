"""Who will not pay: scores against what happened, on real and published sets and on samples of known truth.

Intervals are 95 %, customers (or companies) resampled. Baselines stand beside. Measured part by part (`--part`).

- `ibm_<cut>`: late at issue date. Invoices issued from the cut until the next one (the last: to the end), each with
  what was known before its own day; what is fitted knows the ledger of the day before the cut. No dispute feature.
  `auc_customer_rate` is the rolling shrunk rate of the protocol, (late + 3 × prior) ÷ (n + 3) over settled invoices.
  `ibm`: mean gain over the four cuts; `ece` of the 990 predictions together, in tenths. The mean of the four is beside,
  and what it would be if every probability were exactly right: on 250 invoices chance alone makes about 0.05.
- `fec_<year>`: the same on one French firm; the years before, read alone, teach; the terms are the legal 30 days,
  nothing better being known. The model chooses on its own past what it reads: here it keeps the customer's rate, which
  it does not beat. A first trial on these files did worse (−0.009 and −0.049); since then delays are held within 45
  days, overdue invoices count as late in the rate, the rate may be kept alone, the days left in the month are known.
- `polish_1`, `polish_5`, `taiwan`: accounts alone, ten folds, pooled; identical rows never on both sides. `auc` is the
  challenger (trees in which two figures meet), `explainable` a sum of step curves in integer points. Altman's Z''
  beside where its four ratios are there. Ratios that nearly repeat each other are set against each other; pairs that
  are one ratio but for rounding are left out. One of those left out (A32 ÷ A52, current over short-term liabilities)
  alone raises year 1 to .98 (three folds): bankrupt firms are of 2000 to 2012, the others of 2007 to 2013, and this
  looks like another form of accounts rather than distress.
- `sample_50`: 50 samples (200 customers, 6,000 invoices); an event within six months, asked six months before the end.
  `calibration_gap`: mean probability less what happened; it is asked at the end of June, when the six months to come
  hold no winter, in which a sector pays later, and the level is that of a whole year. `calibration_seeds_inside`:
  samples whose events lie in the interval of their expected number, the chance of customers and the error of the level
  together. Calibration was mended on seeds 1,000 to 1,023: before, 82 % of the samples were inside, for the shift that
  past models had needed was given to the model of the day, which has a level of its own. The planted
  probability of a customer is its share of 40 redrawn futures with an event, its habits kept.
- `failing_flagged_…`: customers that fail after 18 months, in samples of 600 customers: six (`sample`) and, the six
  among them, thirty for a narrower interval. Each month end the tenth of customers with the highest `failure_odds` is
  flagged. Seen: flagged at a month end 60 to 270 days before the failure (delays slide over 270 days); beside,
  customers that do not fail flagged in as many months. `sample` reads payments alone. `…_rated` reads a bureau's file
  too, as a run does: a score a quarter for four companies in five, the latest known at the date. Its strength is an
  assumption (`riskkit/sources/sample_ratings.py`), and what it came to is `auc_planted_bureau_score`: failure within a
  year, asked at month ends. Nothing else of the sample speaks of solvency.
  The window and the weights of payments were set on seeds 100 to 105 and 110 to 115; what a bureau class multiplies the
  odds by (1.5, of 1.3 to 3) on seeds 100 to 139. On seeds 100 to 123 payments saw 78 % of 433 failures, both 82 %.
  One failing customer in six has no invoice due from 210 to 60 days before its failure, or only one. On seeds 100 to
  119 a reader who knew each customer's own law of delays and pay days, and who is likelier to fail, saw 80 to 83 % by
  payments alone (71 to 78 % without the last): the target is about what the payments of this sample can tell.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import prediction_failures, prediction_fec, prediction_ibm, prediction_sample, prediction_solvency

PACKAGES = ("pandas", "scikit-learn", "duckdb", "numpy")
DATA = Path(__file__).parents[2] / "shared" / "data"

PARTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "ibm": lambda: prediction_ibm.rows(DATA),
    "fec": lambda: prediction_fec.rows(DATA),
    "polish_1": lambda: prediction_solvency.polish_rows(DATA, 1),
    "polish_5": lambda: prediction_solvency.polish_rows(DATA, 5),
    "taiwan": lambda: prediction_solvency.taiwanese_rows(DATA),
    "sample": prediction_sample.recovery_rows,
    "failures": prediction_failures.failure_rows,
}
