"""Letters and drafts of e-mails of a run, written to a folder to be read, corrected and sent by a person."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from riskkit.decisions.claims import opening_notices
from riskkit.decisions.dunning_items import DUNNING_ITEMS
from riskkit.decisions.dunning_reasons import STEP_WORDS
from riskkit.decisions.dunning_table import DUNNING
from riskkit.decisions.prescription import claim_deadline
from riskkit.errors import UsageError, message
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.letter_docx import fill_docx
from riskkit.exhibits.letter_mail import fill_html, make_draft
from riskkit.exhibits.letter_values import LetterFacts, letter_rows, letter_values
from riskkit.ledger.driver_sentences import in_cents
from riskkit.ledger.item_penalties import item_penalties, late_count
from riskkit.ledger.open_items import UNAPPLIED
from riskkit.policy import Policy, read_policy
from riskkit.workbench.letters_settings import LettersSettings
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.portfolio import SETTINGS_FILE, read_settings
from riskkit.workbench.stored_run import read_table

SHIPPED = Path(__file__).resolve().parents[1] / "exhibits" / "letters"
WRITTEN_STEPS = {"reminder": "html", "email": "html", "letter": "docx", "formal_notice": "docx", "court_order": "docx",
                 "claim": "docx"}  # fmt: skip
"""Steps that are written, and the kind of their template; a call is not."""


@dataclass(frozen=True)
class WrittenLetters:
    """The folder of the letters and how many of each step it holds."""

    folder: Path
    counts: Mapping[str, int]


@dataclass(frozen=True)
class _Run:
    """What letters read of a run."""

    manifest: Mapping[str, Any]
    policy: Policy
    settings: LettersSettings
    templates: Path | None
    dunning: pd.DataFrame
    items: pd.DataFrame
    customers: pd.DataFrame
    unapplied: pd.Series
    notices: pd.DataFrame


def write_letters(
    run: Path, *, customer: str | None = None, step: str | None = None, folder: Path | None = None
) -> WrittenLetters:
    """Write the letters that the worklist of a run asks for today; nothing is sent.

    Parameters
    ----------
    run
        Folder of a finished run.
    customer
        Only this one. With a step, that letter is written whatever the worklist proposes.
    step
        Only this step, one of `WRITTEN_STEPS`.
    folder
        New or empty; None is `<run>-lettres` beside the run.

    Raises
    ------
    UsageError
        An unknown customer or step, nothing to write, a customer that may not be dunned, or a folder that is not empty.

    """
    given = _read(run)
    if step is not None and step not in WRITTEN_STEPS:
        raise UsageError(
            message("'{step}' is no step that is written. Choose among: {known}.", step=step,
                    known=", ".join(WRITTEN_STEPS))
        )  # fmt: skip
    wanted = _wanted(given, customer=customer, step=step)
    final = (folder or run.absolute().with_name(f"{run.absolute().name}-lettres")).absolute()
    if final.exists() and (not final.is_dir() or any(final.iterdir())):
        raise UsageError(
            message("'{folder}' is not empty, and is not touched. Give a new folder with --out.", folder=final.name)
        )
    aside = final.with_name(f".{final.name}.{os.getpid()}")
    try:
        aside.mkdir(parents=True)
        for rank, row in enumerate(wanted, start=1):
            _write(given, row, aside, rank=rank)
        if final.exists():
            final.rmdir()
        aside.rename(final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    steps = [str(row["step"]) for row in wanted]
    return WrittenLetters(final, {name: steps.count(name) for name in WRITTEN_STEPS if name in steps})


def copy_templates(folder: Path) -> list[Path]:
    """Copy the templates shipped to a folder, to be edited there; those already in it are left as they are."""
    made = []
    for source in sorted(SHIPPED.glob("*/*")):
        target = folder / source.relative_to(SHIPPED)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            made.append(target)
    return made


def _read(run: Path) -> _Run:
    manifest = read_manifest(run)
    if not (run / "tables" / f"{DUNNING.name}.parquet").is_file():
        raise UsageError(message("This run was made before letters were: run the portfolio again."))
    portfolio = read_settings(run / SETTINGS_FILE)
    settings = portfolio.letters or LettersSettings()
    as_of = dt.date.fromisoformat(manifest["as_of"])
    return _Run(
        manifest=manifest,
        policy=read_policy(run / portfolio.policy),
        settings=settings,
        templates=run / settings.templates if settings.templates else None,
        dunning=in_cents(read_table(run, DUNNING.name), DUNNING),
        items=in_cents(read_table(run, DUNNING_ITEMS.name), DUNNING_ITEMS),
        customers=read_table(run, "customers").drop_duplicates("customer_id").set_index("customer_id"),
        unapplied=in_cents(read_table(run, UNAPPLIED.name), UNAPPLIED).groupby("customer_id")["unapplied_cents"].sum(),
        notices=opening_notices(read_table(run, "events"), as_of=as_of),
    )


def _wanted(given: _Run, *, customer: str | None, step: str | None) -> list[dict[str, Any]]:
    rows = given.dunning
    if customer is not None:
        rows = rows[rows["customer_id"] == customer]
        if rows.empty:
            raise UsageError(
                message("Customer '{customer}' owes nothing that is overdue in this run, or is not in it. Give its "
                        "account code.", customer=customer)
            )  # fmt: skip
        if step is not None:
            return [_forced(_named(rows.iloc[0]), step)]
    else:
        rows = rows[rows["is_today"]]
    kept = rows[rows["step"].isin(WRITTEN_STEPS if step is None else [step])]
    if kept.empty:
        raise UsageError(
            message("No letter to write: today's worklist holds none of these. Name a customer and a step to write one "
                    "all the same.")
        )  # fmt: skip
    return [_named(row) for _, row in kept.iterrows()]


def _forced(row: dict[str, Any], step: str) -> dict[str, Any]:
    """The row of a customer with the step asked for, unless the law or a stop rule is against it."""
    is_claim = row["step"] == "claim" or row["stop"] == "procedure"
    if is_claim != (step == "claim") or (row["step"] == "none" and not is_claim):
        raise UsageError(
            message("Customer '{customer}': no {step} can be written. {why}", customer=str(row["customer_id"]),
                    step=STEP_WORDS[step], why=str(row["reason_1"]))
        )  # fmt: skip
    return {**row, "step": step}


def _named(row: Any) -> dict[str, Any]:
    """One row as values by column."""
    return {str(name): value for name, value in row.items()}


def _write(given: _Run, row: Mapping[str, Any], folder: Path, *, rank: int) -> None:
    step, code = str(row["step"]), str(row["customer_id"])
    customer = _named(given.customers.loc[code])
    words = language_of(given.settings.language_for(customer.get("country")))
    facts = _facts(given, row, customer)
    values, rows = letter_values(facts, words), letter_rows(facts, words)
    template = _template(given.templates, words.code, step)
    name = folder / f"{rank:04d}_{re.sub(r'[^A-Za-z0-9.-]+', '-', code)[:40]}_{step}"
    if WRITTEN_STEPS[step] == "docx":
        name.with_suffix(".docx").write_bytes(fill_docx(template, values, rows))
        return
    page = fill_html(template.read_text(encoding="utf-8"), values, rows, file=template.name)
    name.with_suffix(".html").write_text(page, encoding="utf-8")
    name.with_suffix(".eml").write_bytes(make_draft(page, sender=given.settings.email))


def _template(own: Path | None, language: str, step: str) -> Path:
    """The template of a step: one's own where there is one."""
    name = Path(language, f"{step}.{WRITTEN_STEPS[step]}")
    return own / name if own is not None and (own / name).is_file() else SHIPPED / name


def _facts(given: _Run, row: Mapping[str, Any], customer: Mapping[str, Any]) -> LetterFacts:
    as_of, policy = dt.date.fromisoformat(given.manifest["as_of"]), given.policy
    items = given.items[given.items["customer_id"] == row["customer_id"]]
    procedure = _procedure(given, row, customer)
    until = as_of
    if procedure is not None:
        judged = procedure["judged_on"]
        items = items[items["issue_date"] <= judged] if pd.notna(judged) else items
        until = judged.date() - dt.timedelta(days=1) if pd.notna(judged) else as_of
    elif row["step"] == "reminder":
        step = policy.decisions.dunning.step("reminder")
        days = items["days_past_due"].astype("float64")
        items = items[items["stop"].isna() & days.between(step.from_days if step else -10, 0)]
    else:
        items = items[items["stop"].isna() & (items["days_past_due"] > 0)]
    items = _less_unapplied(items, int(given.unapplied.get(str(row["customer_id"]), 0)))
    kind = str(items["buyer_kind"].iloc[0]) if len(items) else "trader"
    rules = policy.measures.penalties
    charged = items.iloc[0:0] if kind == "consumer" else items
    ends = items["prescription_date"].min()
    return LetterFacts(
        customer={"customer_id": row["customer_id"], **customer},
        sender=given.settings.fields(str(given.manifest["portfolio"])),
        items=items,
        penalties=item_penalties(charged, until=until, is_public=kind == "public", policy=rules),
        late_count=late_count(charged, until=until),
        indemnity_cents=rules.indemnity_cents,
        as_of=as_of,
        until=until,
        pay_by=as_of + dt.timedelta(days=given.settings.pay_days),
        notice_days=policy.decisions.dunning.notice_days,
        currency=str(given.manifest["currency"]),
        prescription_date=None if pd.isna(ends) else ends.date(),
        procedure=procedure,
    )


def _less_unapplied(items: pd.DataFrame, cents: int) -> pd.DataFrame:
    """The items less money not applied, which settles the oldest due first (article 1342-10 of the Civil Code)."""
    ordered = items.sort_values(["due_date", "item_id"], kind="stable")
    before = ordered["open_cents"].cumsum() - ordered["open_cents"]
    left = ordered["open_cents"] - (cents - before).clip(lower=0).clip(upper=ordered["open_cents"])
    return ordered.assign(open_cents=left)[left > 0]


def _procedure(given: _Run, row: Mapping[str, Any], customer: Mapping[str, Any]) -> dict[str, Any] | None:
    """State and dates of a procedure, missing where no notice is known; None outside one."""
    if row["step"] != "claim":
        return None
    code = str(row["customer_id"])
    if code not in given.notices.index:
        return {"state": customer["state"], "judged_on": pd.NaT, "published_on": pd.NaT, "claim_deadline": pd.NaT}
    notice = _named(given.notices.loc[code])
    deadline = claim_deadline(notice["published_on"].date(), policy=given.policy.decisions.dunning)
    return {"state": customer["state"], **notice, "claim_deadline": pd.Timestamp(deadline)}
