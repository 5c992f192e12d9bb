"""Slides of what was found: payment times, ages, what is behind the unpaid."""

from __future__ import annotations

from collections.abc import Sequence

from riskkit.decisions.matrix import CELLS
from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.deck.parts import amount_format, formulas, number, short_name
from riskkit.exhibits.deck.slide import Chart, Line, Series, Slide
from riskkit.exhibits.findings import (
    ageing_finding,
    debtors_finding,
    dso_finding,
    leading_sector,
    sector_rows,
    sectors_finding,
    sectors_known,
)
from riskkit.exhibits.measure_words import measure_label, show_measure
from riskkit.exhibits.method import FINDINGS_SHOWN
from riskkit.exhibits.plot_sectors import sector_label
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.run_tables import ageing_totals, measure_series
from riskkit.exhibits.summary import summary_sentences, terms_message
from riskkit.exhibits.theme import bucket_colours

_ELSEWHERE = {said.template for said in CELLS.values()}
_MONTHS = 24
_SECTORS = 7
_DEBTORS = 8


def payment_times(material: Material) -> Slide | None:
    """The DSO over two years, what lateness makes of it, and the working capital."""
    words, run = material.words, material.run
    names = ("dso_days", "countback_dso_days", "best_possible_dso_days")
    held = [(name, measure_series(run.measures, name, months=_MONTHS)) for name in names]
    held = [(name, values) for name, values in held if len(values) > 1]
    if run.kpi("dso_days") is None or not held:
        return None
    days = held[0][1].index
    colours = ("ACCENT_1", "ACCENT_2", "ACCENT_3")
    series = [
        Series(
            measure_label(name, material.language),
            [number(values.get(day)) for day in days],
            colour,
            is_dashed=rank == len(names) - 1,
        )
        for rank, ((name, values), colour) in enumerate(zip(held, colours, strict=False))
    ]
    title = dso_finding(run.measures, language=material.language)
    late = run.kpi("average_days_delinquent_days")
    if late is not None:
        shown = show_measure("average_days_delinquent_days", late, material.language)
        title = words.text("{dso}; late payment makes {late} of it", dso=title, late=shown)
    chart = Chart(
        "line", [words.date(day.date(), style="month") for day in days], series, "0", words.text("days"), title
    )
    lines = [
        Line(
            show_measure(name, value, material.language, currency=run.currency), measure_label(name, material.language)
        )
        for name in ("dso_day_amount", "bfr_amount", "bfr_days", "days_beyond_terms_days", "beyond_legal_rate")
        if (value := run.kpi(name)) is not None
    ]
    said = dict(summary_sentences(run, language=material.language))
    if times := said.get(words.text("Payment times")):
        lines.insert(0, Line(times))
    lines.append(Line(words.say(terms_message(run))))
    return Slide(
        "chart",
        title,
        texts=[(11, lines)],
        chart=chart,
        notes=formulas(material, (*names, "bfr_days", "dso_day_amount")),
        source=words.text("Struck at each month end with what was known then; exact figures, not estimates."),
    )


def ages(material: Material) -> Slide | None:
    """What is open by age, and who owes what is late."""
    words, run = material.words, material.run
    totals = ageing_totals(run.ageing) if len(run.ageing) else {}
    if not totals or not sum(totals.values()):
        return None
    colours = bucket_colours(totals)
    shape, unit = amount_format(totals.values(), material)
    title = ageing_finding(run.ageing, language=material.language, currency=run.currency)
    chart = Chart(
        "column",
        [bucket_label(code, material.language) for code in totals],
        [
            Series(
                words.text("Open items"), list(totals.values()), "ACCENT_1", point_colours=[colours[c] for c in totals]
            )
        ],
        shape,
        words.text("open items, {unit}", unit=unit),
        title,
        has_labels=True,
    )
    said = [*summary_sentences(run, language=material.language)]
    wanted = (words.text("Overdue"), words.text("Largest late payers"))
    lines = [Line(text, subject) for subject, text in said if subject in wanted]
    lines.append(Line(f"{debtors_finding(run.ageing, language=material.language)}."))
    return Slide(
        "chart",
        title,
        texts=[(11, lines)],
        chart=chart,
        notes=formulas(material, ("overdue_amount", "overdue_share")),
        source=words.text("Days past due on {day}; unapplied money is shown apart and nets no bucket.", day=run.as_of),
    )


def behind(material: Material) -> Slide | None:
    """Which sector makes the unpaid, with its interval; without sectors, which debtors."""
    words, run = material.words, material.run
    if not (run.kpi("overdue_amount") or 0):
        return None
    said = [Line(words.say(sentence)) for sentence in run.findings if sentence.template not in _ELSEWHERE][
        :FINDINGS_SHOWN
    ]
    if not sectors_known(run.sectors) or not run.sectors["overdue_share"].notna().any():
        return _behind_debtors(material, said)
    rows = sector_rows(run.sectors).head(_SECTORS)
    title = sectors_finding(run.sectors, language=material.language)
    leading = leading_sector(run.sectors)
    if leading is not None:
        title = words.text(
            "{label} makes {share} of the overdue money ({low} to {high}) with {exposure} of the open items",
            label=str(leading["label"]),
            share=words.share(float(leading["overdue_share"])),
            low=words.share(float(leading["overdue_share_low"])),
            high=words.share(float(leading["overdue_share_high"])),
            exposure=words.share(float(leading["exposure_share"])),
        )
    numbers = {
        name: [number(value) for value in rows[name]]
        for name in ("overdue_share", "overdue_share_low", "overdue_share_high", "exposure_share")
    }
    chart = Chart(
        "bar",
        [short_name(sector_label(row, words)) for _, row in rows.iterrows()],
        [
            Series(
                words.text("Share of overdue"),
                numbers["overdue_share"],
                "ACCENT_2",
                numbers["overdue_share_low"],
                numbers["overdue_share_high"],
            ),
            Series(words.text("Share of open items"), numbers["exposure_share"], "ACCENT_6"),
        ],
        "0%",
        words.text("share; the line is the 95 % interval"),
        title,
    )
    return Slide(
        "chart",
        title,
        texts=[(11, said)],
        chart=chart,
        source=words.text("Intervals by customers drawn anew; a sector is named only where chance cannot explain it."),
        notes="\n".join(line.text for line in said),
    )


def _behind_debtors(material: Material, said: Sequence[Line]) -> Slide:
    words, run = material.words, material.run
    late = run.ageing[run.ageing["overdue_amount"] > 0].nlargest(_DEBTORS, "overdue_amount")
    amounts = [float(value) for value in late["overdue_amount"]]
    shape, unit = amount_format(amounts, material)
    title = debtors_finding(run.ageing, language=material.language)
    names = [short_name(row["customer_name"], row["customer_id"]) for _, row in late.iterrows()]
    chart = Chart(
        "bar",
        names,
        [Series(words.text("Overdue"), amounts, "ACCENT_2")],
        shape,
        words.text("overdue, {unit}", unit=unit),
        title,
        has_labels=True,
    )
    return Slide(
        "chart",
        title,
        texts=[(11, said)],
        chart=chart,
        notes="\n".join(line.text for line in said),
        source=words.text("A group is named only where chance between customers cannot explain it."),
    )
