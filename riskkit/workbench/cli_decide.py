"""`riskkit decide` on the command line: its options, and the answer as lines or as JSON."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.errors import UsageError, message
from riskkit.exhibits.language import Language
from riskkit.workbench.run_folder import latest_run

if TYPE_CHECKING:
    from riskkit.workbench.decide import Decision

REPORTS = Path("reports")
MOST_CENTS = 10**14


def add_decide(parser: argparse.ArgumentParser, words: Language) -> None:
    """The options of `riskkit decide`."""
    parser.add_argument(
        "run", nargs="?", metavar=words.text("RUN"), help=words.text("folder of a run; without it: the latest")
    )
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--customer", metavar=words.text("CODE"), help=words.text("account code of who orders"))
    who.add_argument("--siren", metavar="SIREN", help=words.text("SIREN of who orders, known or new"))
    parser.add_argument(
        "--amount", required=True, type=_amount_type(words), metavar=words.text("AMOUNT"),
        help=words.text("amount of the order, tax included: 12000 or 12 000,50"),
    )  # fmt: skip
    parser.add_argument(
        "--terms-days", type=int, choices=range(366), metavar=words.text("DAYS"),
        help=words.text("terms asked, days from issue; without it: its usual ones"),
    )  # fmt: skip
    parser.add_argument(
        "--author", default="", metavar=words.text("NAME"),
        help=words.text("who decides, for the log; without it: decisions.orders.author of the policy"),
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help=words.text("answer without logging, to try"))
    parser.add_argument("--json", action="store_true", help=words.text("print the answer as JSON, for programs"))


def run_decide(asked: argparse.Namespace, words: Language) -> int:
    """Answer an order, print it, and return 0 whatever the verdict: it is an answer, not a fault."""
    from riskkit.workbench.decide import decide

    folder = latest_run(Path(asked.run)) if asked.run else latest_run(REPORTS)
    if folder is None:
        raise UsageError(
            message(
                "There is no run in '{folder}'. Make one with riskkit demo or riskkit run.",
                folder=asked.run or str(REPORTS),
            )
        )
    decision = decide(
        folder, amount_cents=asked.amount, customer_id=asked.customer, siren=asked.siren, terms_days=asked.terms_days,
        author=asked.author, language=words.code, log=not asked.dry_run,
    )  # fmt: skip
    lines = [json.dumps(decision.record, ensure_ascii=False)] if asked.json else decision_lines(decision, words)
    print("\n".join(lines), flush=True)
    return 0


def decision_lines(decision: Decision, words: Language) -> list[str]:
    """An answer as lines: the verdict, figures, why, and where it is logged."""
    from riskkit.exhibits.decision_card import decision_rows, decision_title
    from riskkit.workbench.cli_text import shown_path, table

    record = decision.record
    return [
        decision_title(record, words),
        *(f"  {line}" for line in table(decision_rows(record, words))),
        *(f"  • {reason}" for reason in record["reasons"]),
        words.text("Logged in {file}, line {line}", file=shown_path(decision.log), line=record["rank"])
        if "rank" in record
        else words.text("Not logged."),
    ]


def read_amount(text: str) -> int:
    """Cents of an amount as people type it: 12000, 12 000,50, 12000.50 €. `ValueError` for anything else."""
    tidy = re.sub(r"[\s\u00a0\u202f€]", "", text).replace(",", ".")
    try:
        cents = Decimal(tidy) * 100
    except InvalidOperation:
        raise ValueError(f"not an amount: {text}") from None
    if not cents.is_finite() or cents != cents.to_integral_value() or not 0 < cents <= MOST_CENTS:
        raise ValueError(f"not an amount: {text}")
    return int(cents)


def _amount_type(words: Language) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            return read_amount(text)
        except ValueError:
            said = words.text("'{text}' is not an amount above 0. Write 12000 or 12 000,50.", text=text)
            raise argparse.ArgumentTypeError(said) from None

    return read
