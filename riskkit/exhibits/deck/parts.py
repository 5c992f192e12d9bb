"""What several slides need: formats of amounts, amounts in words, short names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from riskkit.exhibits.figure import brief
from riskkit.exhibits.fragment import clean
from riskkit.exhibits.language import Language
from riskkit.exhibits.measure_targets import words_of
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.tables import show_cell

NAME_CHARS = 34
_MISSING = ("", "None", "<NA>", "NaT", "nan")


def amount_format(values: Iterable[float | None], material: Material) -> tuple[str, str]:
    """The number format in which amounts of that size are read, and the unit to name beside the axis."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    symbol = {"EUR": "€", "USD": "$", "GBP": "£"}.get(material.run.currency, material.run.currency)
    scale, digits, mark = (
        (",,", "0.0", "M") if largest >= 1e7 else (",", "#,##0", "k") if largest >= 1e4 else ("", "#,##0", "")
    )
    unit = f"{mark}{symbol}" if material.language == "fr" else f"{symbol}{mark.lower()}"
    return f'{digits}{scale}" {unit}"', unit


def number(value: object) -> float | None:
    """A value of a table as a chart takes it: missing is None."""
    shown = float("nan") if value is None or str(value) in _MISSING else float(str(value))
    return None if math.isnan(shown) else shown


def signed(material: Material, amount: float) -> str:
    """An amount as a headline writes it, with a real minus sign."""
    return material.money(amount).replace("-", "−")


def short_name(name: object, fallback: object = "") -> str:
    """A name as a slide can hold it."""
    return brief(name if isinstance(name, str) and name else str(fallback), characters=NAME_CHARS)


def capital(text: str) -> str:
    """The sentence with its first letter in capital."""
    return f"{text[:1].upper()}{text[1:]}"


def dated(material: Material, words: Language) -> str:
    """What each slide says of its figures: the company and the day."""
    return words.text("{company}, receivables on {day}", company=material.run.company, day=material.run.as_of)


def whole_money(material: Material, value: float | None) -> str:
    """An amount to the euro, as a cell of a table; missing is an en dash."""
    return show_cell(value, "money", material.words, currency=material.run.currency)


def brief_text(text: str, characters: int) -> str:
    """The sentence, or its first words and an ellipsis."""
    said = clean(text)
    return said if len(said) <= characters else said[: characters - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def formulas(material: Material, names: Sequence[str]) -> str:
    """Notes under a slide: what each measure is, and its formula."""
    words, run = material.words, material.run
    lines = []
    for name in names:
        if run.kpi(name) is not None:
            said = words_of(run.manifest, name)
            parts = (words.say(said.label), words.say(said.definition), words.say(said.formula))
            lines.append("{}\u00a0: {} {}".format(*parts))
    return "\n".join(lines)
