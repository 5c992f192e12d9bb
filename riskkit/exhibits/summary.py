"""The executive summary: at most six computed sentences, each with its subject in front."""

from __future__ import annotations

from riskkit.errors import Message, message
from riskkit.exhibits.findings import OLD_DAYS, leading_sector, sectors_known
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.measure_words import show_measure
from riskkit.exhibits.run_tables import RunTables, ageing_totals, measure_series, value_before
from riskkit.exhibits.theme import bucket_bounds

NAMED = 3

Sentence = tuple[str, str]


def summary_sentences(run: RunTables, *, language: str) -> list[Sentence]:
    """Subject and sentence, in reading order: what is owed, late, how long, by whom, which sector, what is unknown."""
    words = language_of(language)
    sentences = [
        (words.text("Receivables"), _receivables(run, words)),
        (words.text("Overdue"), _overdue(run, words)),
        (words.text("Payment times"), _times(run, words)),
        (words.text("Largest late payers"), _late_payers(run, words)),
        (words.text("Sectors"), _sector(run, words)),
        (words.text("To be confirmed"), _unknown(run, words)),
    ]
    return [(subject, sentence) for subject, sentence in sentences if sentence]


def terms_message(run: RunTables) -> Message:
    """Where the due dates come from, as the manifest says."""
    terms = run.manifest.get("terms") or {}
    code, source = str(terms.get("code", "")), terms.get("source")
    if source == "inferred":
        return message("Due dates are inferred from how customers pay: terms {code}.", code=code)
    if source == "parameter":
        return message("Due dates the files do not give follow the terms asked for: {code}.", code=code)
    if source == "legal":
        return message("Due dates the files do not give follow the legal term: {code} days.", code=code)
    if source == "none":
        return message("The files give no due date: what is overdue is not computable.")
    if source == "file":
        return message("Due dates are those of the files.")
    return message("The run does not say where its due dates come from.")


def _receivables(run: RunTables, words: Language) -> str:
    net, opened, unapplied = (run.kpi(f"{name}_amount") for name in ("receivables", "open_items", "unapplied"))
    count = int((run.ageing["open_items_amount"] > 0).sum()) if len(run.ageing) else 0
    if net is None:
        return ""
    if not count:
        return words.text("On {day}, no customer owes anything.", day=words.date(run.as_of, style="long"))
    said = {
        "day": words.date(run.as_of, style="long"),
        "customers": words.text("one customer owes")
        if count == 1
        else words.text("{count:customer|customers} {count:?owes|owe}", count=count),
        "net": show_measure("receivables_amount", net, words.code, currency=run.currency),
    }
    if not unapplied or opened is None:
        return words.text("On {day}, {customers} {net}.", **said)
    return words.text(
        "On {day}, {customers} {net} net: {opened} of open items less {unapplied} of money received but not "
        "yet matched.",
        **said,
        opened=show_measure("open_items_amount", opened, words.code, currency=run.currency),
        unapplied=show_measure("unapplied_amount", unapplied, words.code, currency=run.currency),
    )


def _overdue(run: RunTables, words: Language) -> str:
    overdue, share = run.kpi("overdue_amount"), run.kpi("overdue_share")
    if overdue is None:
        return ""
    if round(overdue, 2) == 0:
        return words.text("Nothing is overdue.")
    old = sum(v for code, v in ageing_totals(run.ageing).items() if (bucket_bounds(code)[0] or 0) > OLD_DAYS)
    said = {"overdue": _money(overdue, run, words), "old": _money(old, run, words), "days": OLD_DAYS}
    if share is None:
        return words.text("{overdue} is overdue, of which {old} for over {days} days.", **said)
    before = value_before(measure_series(run.measures, "overdue_share"), months=12)
    said["share"] = words.share(share, digits=1)
    if before is None:
        return words.text(
            "{overdue} is overdue, {share} of the receivables, of which {old} for over {days} days.", **said
        )
    return words.text(
        "{overdue} is overdue, {share} of the receivables ({then} a year ago), of which {old} for over {days} days.",
        **said,
        then=words.share(before, digits=1),
    )


def _times(run: RunTables, words: Language) -> str:
    dso, late = run.kpi("dso_days"), run.kpi("average_days_delinquent_days")
    if dso is None:
        return words.text("The DSO is not computable: see the reason on page 2.")
    before = value_before(measure_series(run.measures, "dso_days"), months=12)
    now = words.days(dso)
    first = (
        words.text("The DSO is {now}.", now=now)
        if before is None
        else words.text("The DSO is {now}, against {then} a year ago.", now=now, then=words.days(before))
    )
    if late is None:
        return first
    shown = show_measure("average_days_delinquent_days", late, words.code)
    return f"{first} {words.text('Late payment accounts for {days} of it.', days=shown)}"


def _late_payers(run: RunTables, words: Language) -> str:
    if run.ageing.empty:
        return ""
    late = run.ageing[run.ageing["overdue_amount"] > 0].nlargest(NAMED, "overdue_amount")
    if late.empty:
        return ""
    everything = float(run.ageing["overdue_amount"].sum())
    named = [
        f"{row['customer_name']} ({_money(float(row['overdue_amount']), run, words)})" for _, row in late.iterrows()
    ]
    names = (
        named[0] if len(named) == 1 else words.text("{first} and {last}", first=", ".join(named[:-1]), last=named[-1])
    )
    return words.text(
        "{share} of the overdue money is owed by {names}; the oldest overdue item is {oldest} late.",
        share=words.share(float(late["overdue_amount"].sum()) / everything),
        names=names,
        oldest=words.days(float(run.ageing["oldest_days_past_due"].max())),
    )


def _sector(run: RunTables, words: Language) -> str:
    if not sectors_known(run.sectors):
        return words.text("Not known: the files give neither NAF code nor SIREN, so nothing is said about sectors.")
    leading = leading_sector(run.sectors)
    if leading is None:
        return words.text("No sector stands out: the differences are within the uncertainty.")
    return words.text(
        "{sector} makes {overdue} of the overdue money (interval {low} to {high}) with {exposure} of the open items, "
        "{excess} more than its part.",
        sector=str(leading["label"]),
        overdue=words.share(float(leading["overdue_share"])),
        low=words.share(float(leading["overdue_share_low"])),
        high=words.share(float(leading["overdue_share_high"])),
        exposure=words.share(float(leading["exposure_share"])),
        excess=_money(float(leading["excess_overdue_amount"]), run, words),
    )


def _unknown(run: RunTables, words: Language) -> str:
    said = [words.say(terms_message(run))] if (run.manifest.get("terms") or {}).get("source") != "file" else []
    unmatched = float((run.manifest.get("matching") or {}).get("none") or 0)
    if unmatched >= 0.0005:
        shown = words.share(unmatched, digits=1)
        said.append(words.text("{share} of the money received matches no invoice.", share=shown))
    missing = len(run.manifest.get("not_computable") or {})
    if missing == 1:
        said.append(words.text("One measure is not computable (page 2)."))
    elif missing:
        said.append(words.text("{count:measure|measures} {count:?is|are} not computable (page 2).", count=missing))
    return " ".join(said)


def _money(amount: float, run: RunTables, words: Language) -> str:
    return words.compact_money(amount * 100, currency=run.currency)
