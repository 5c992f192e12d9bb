"""What the parts of a panel share: buttons that ask for something, bars, and the heading that states what is seen.

A button carries what it asks for as `data-rk-act`; the script of the page hands it to the kernel, which checks it.
"""

from __future__ import annotations

import math

from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.theme import bucket_colours


def act_button(text: str, act: str, *, css: str = "rk-act", label: str | None = None, **attributes: str | None) -> Html:
    """A button that asks the kernel for `act`; `label` is read aloud in place of its text."""
    return element("button", text, type="button", class_=css, data_rk_act=act, aria_label=label, **attributes)


def part_heading(eyebrow: str, finding: str) -> Html:
    """What a part is about, and what it shows now."""
    return join(element("p", eyebrow, class_="rk-eyebrow"), element("h3", finding))


def stacked_ages(cents: dict[str, int], words: Language, *, whole: int, tall: bool = False) -> Html:
    """A bar of open items cut by age, as long as its part of `whole`; read aloud as its parts."""
    known = {code: amount for code, amount in cents.items() if amount > 0}
    total = sum(known.values())
    if not total or whole <= 0:
        return Html("")
    colours = bucket_colours(cents)
    spoken = "; ".join(f"{bucket_label(code, words.code)} {words.share(part / total)}" for code, part in known.items())
    drawn = [element("span", style=f"flex:{part} 1 0;background:{colours[code]}") for code, part in known.items()]
    bar = element("div", *drawn, style=f"width:{min(max(100 * total / whole, 1), 100):.2f}%")
    return join(
        element("div", bar, class_="rk-ages rk-tall" if tall else "rk-ages", aria_hidden="true", title=spoken),
        element("span", spoken, class_="rk-hidden"),
    )


def times(value: float, words: Language) -> str:
    """A lift as it is written: × 1,8; an en dash where there is none."""
    return f"×\u00a0{words.number(value)}" if math.isfinite(value) else "–"


def interval(low: float, high: float, words: Language) -> str:
    """Both ends of an interval of lifts, or nothing."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"[{words.number(low)}\u00a0; {words.number(high)}]"
