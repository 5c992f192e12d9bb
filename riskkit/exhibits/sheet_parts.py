"""The first parts of a customer's sheet: figures at a glance, identity, score with its reasons, exposure and limit."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from riskkit.companies.enrich_fields import FIELDS
from riskkit.companies.events import write_state
from riskkit.exhibits.company_words import state_badge
from riskkit.exhibits.customer_file import CustomerFile
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.payer_words import profile_label
from riskkit.exhibits.role_words import role_words
from riskkit.exhibits.score_words import CLASSES, DECIDERS
from riskkit.exhibits.segment_words import RELATIONS, segment_name
from riskkit.exhibits.tables import show_cell
from riskkit.models.figure_names import FIGURES

CLASS_COLOURS = {"1": "good", "2": "good", "3": "warn-line", "4": "contrast", "5": "bad", "unknown": "neutral"}
LINES = 6


def sheet_head(file: CustomerFile, words: Language) -> Html:
    """The name, the account, and what is to be known at once: state, class of risk, segment, kind of payer."""
    state, risk, segment = (
        file.said("company_states", "state"), file.said("scores", "risk_class"), file.said("segments", "segment")
    )  # fmt: skip
    relation, profile = file.said("segments", "relation"), file.said("payer_profiles", "profile")
    badges = [
        state_badge(state, language=words.code) or None,
        class_badge(risk, words) if risk else None,
        _badge(segment_name(segment, words)) if segment else None,
        _badge(words.say(RELATIONS[relation])) if relation in RELATIONS else None,
        _badge(words.text("payer: {profile}", profile=profile_label(profile, words).lower())) if profile else None,
    ]
    return element(
        "div",
        element("h2", file.name, class_="rk-sheet-name"),
        element("p", words.text("Account {code}", code=file.customer_id), class_="rk-note"),
        element("p", *[badge for badge in badges if badge], class_="rk-badges"),
        class_="rk-sheet-who",
    )


def class_badge(risk_class: str, words: Language) -> Html:
    """A class of risk, in words and a colour."""
    colour = CLASS_COLOURS.get(risk_class, "neutral")
    text = words.text("risk {risk}", risk=words.say(CLASSES[risk_class])) if risk_class in CLASSES else risk_class
    return element("span", text, class_="rk-badge", style=f"border-color:var(--rk-{colour});color:var(--rk-{colour})")


def sheet_figures(file: CustomerFile, words: Language, *, currency: str) -> Html:
    """What it owes, what is late, since when, what it buys, what its limit is, what may go wrong."""

    def money(table: str, column: str) -> str:
        value = file.number(table, column)
        return "–" if value is None else words.money(round(value * 100), currency=currency, digits=0).replace("-", "−")

    owed, late = file.number("ageing", "open_items_amount") or 0.0, file.number("ageing", "overdue_amount") or 0.0
    oldest, usage = file.number("ageing", "oldest_days_past_due"), file.number("credit_limits", "usage_share")
    chance = file.number("scores", "probability_12m") or file.number("scores", "probability_6m")
    months = 12 if file.number("scores", "probability_12m") is not None else 6
    usual = file.number("payer_profiles", "mean_days_late")
    cards = [
        (words.text("Balance"), money("ageing", "receivables_amount"),
         words.text("net of unapplied money")),
        (words.text("Overdue"), money("ageing", "overdue_amount"),
         words.text("{share} of what is open", share=words.share(late / owed)) if owed > 0 else ""),
        (words.text("Oldest overdue"), words.days(oldest) if oldest and oldest > 0 else "–", ""),
        (words.text("Sales of 12 months"), money("segments", "sales_12m_amount"), ""),
        (words.text("Limit"), money("credit_limits", "limit_amount"),
         words.text("used at {share}", share=words.share(usage)) if usage is not None else ""),
        (words.text("Usual delay"), words.days(usual, digits=0) if usual is not None else "–",
         words.text("after the due date, by euro")),
        (words.text("Chance of an event, {months} months", months=months),
         words.share(chance, digits=1) if chance is not None else "–", ""),
    ]  # fmt: skip
    shown = [
        element(
            "li",
            element("span", label, class_="rk-figure-label"),
            element("b", value, class_="rk-figure-value"),
            element("span", note, class_="rk-figure-note"),
        )
        for label, value, note in cards
    ]
    return element("ul", *shown, class_="rk-figures rk-sheet-figures", data_testid="sheet-figures")


def sheet_identity(file: CustomerFile, words: Language, *, currency: str) -> Html:
    """Who it is: what the ledger says, then what the registers say, each with its source."""
    customer, known = file.row("customers"), file.row("enrichment")
    place = " ".join(str(customer[part]) for part in ("postcode", "town") if part in customer)
    said: list[tuple[str, str, str]] = [
        ("SIREN", str(customer.get("siren", "–")), _source(str(customer.get("siren_source", "")), words)),
        (words.text("Address"), ", ".join(filter(None, [str(customer.get("address", "")), place])) or "–", ""),
        (words.text("Payment terms"), str(customer.get("payment_terms", "–")), ""),
        (words.text("Sales person"), str(customer.get("sales_person", "–")), ""),
    ]
    state = file.row("company_states")
    if state:
        since = state.get("since_date")
        told = words.say(write_state(str(state["state"])))
        if since is not None:
            told = words.text("{state} since {day}", state=told, day=pd.Timestamp(since).date())
        said.append((words.text("State"), told, str(state.get("source_file", ""))))
    for field in FIELDS:
        name = field.name.replace("_cents", "_amount")
        if name in known and field.name not in ("company_siren", "state", "is_under_plan", "naf_version"):
            kind = {"amount": "money", "flag": "text"}.get(field.kind, field.kind)
            shown = show_cell(known[name], kind if kind in _KINDS else "text", words, currency=currency)  # type: ignore[arg-type]
            source = str(known.get(f"{name.removesuffix('_amount')}_source", ""))
            said.append((words.say(field.title), shown, source))
    pairs = [
        element("div", element("dt", label), element("dd", value, element("small", f" {source}") if source else None))
        for label, value, source in said
        if value and value != "–"
    ]
    return element("dl", *pairs, class_="rk-facts", data_testid="sheet-identity")


_KINDS = frozenset({"text", "money", "share", "days", "number", "date"})


def sheet_score(file: CustomerFile, words: Language) -> Html:
    """The class and who decided it, its three reasons, and the lines of the grid that weigh most."""
    score = file.row("scores")
    if not score:
        return element("p", words.text("This run gives this customer no score."), class_="rk-nothing")
    reasons = [str(score[name]) for name in ("reason_1", "reason_2", "reason_3") if name in score]
    decided = words.text(
        "Class {risk}, decided by: {who}",
        risk=words.say(CLASSES.get(str(score["risk_class"]), CLASSES["unknown"])),
        who=words.say(DECIDERS.get(str(score["decided_by"]), DECIDERS["nothing"])),
    )
    known = float(score.get("known_share", 0))
    said = words.text("{share} of the grid is known for this customer.", share=words.share(known))
    by_hand = None
    if "override_author" in score:
        by_hand = element(
            "p",
            words.text(
                "By hand: {author}, “{reason}”, until {day}",
                author=str(score["override_author"]),
                reason=str(score.get("override_reason", "")),
                day=pd.Timestamp(score["override_expires"]).date() if "override_expires" in score else "–",
            ),
        )
    return join(
        element("p", element("b", decided)),
        element("ol", *[element("li", reason) for reason in reasons], class_="rk-reasons"),
        by_hand,
        _lines(file.rows("score_notes"), words),
        element("p", said, class_="rk-note"),
    )


def _lines(notes: pd.DataFrame, words: Language) -> Html | None:
    """Lines of the grid as bars left (safer) or right (riskier) of the middle."""
    if notes.empty:
        return None
    weighty = notes[notes["contribution"].abs() > 0.004]
    weighty = weighty.loc[weighty["contribution"].abs().sort_values(ascending=False).index].head(LINES)
    if weighty.empty:
        return None
    top = float(weighty["contribution"].abs().max())
    rows = []
    for criterion, value in zip(weighty["criterion"], weighty["contribution"].astype("float64"), strict=True):
        half = 50 * abs(value) / top
        side = "left" if value > 0 else "right"
        colour = "bad" if value > 0 else "good"
        bar = element("i", style=f"{side}:50%;width:{half:.1f}%;background:var(--rk-{colour})")
        label = words.say(FIGURES[criterion]) if criterion in FIGURES else str(criterion)
        moved = words.text("raises the risk") if value > 0 else words.text("lowers the risk")
        rows.append(
            element(
                "tr",
                element("th", label, scope="row"),
                element(
                    "td",
                    element("span", bar, class_="rk-balance", aria_hidden="true"),
                    element("span", moved, class_="rk-hidden"),
                ),
                element("td", f"{value:+.2f}".replace("-", "−").replace(".", "," if words.code == "fr" else "."),
                        class_="rk-number"),
            )
        )  # fmt: skip
    caption = element("caption", words.text("What moves the score, from safer (left) to riskier (right)"))
    return element("table", caption, element("tbody", *rows), class_="rk-table rk-lines")


def sheet_limit(file: CustomerFile, words: Language, *, currency: str) -> Html:
    """Exposure against the limit, what caps it, what is insured, what may be lost, who decides and when."""
    row = file.row("credit_limits")
    if not row:
        return element("p", words.text("This run proposes no limit for this customer."), class_="rk-nothing")

    def money(name: str) -> str:
        return words.money(round(float(row[name]) * 100), currency=currency, digits=0) if name in row else "–"

    in_force = float(row.get("current_limit_amount", row.get("limit_amount", 0.0)) or 0.0)
    exposure, net = float(row.get("exposure_amount", 0.0)), float(row.get("net_exposure_amount", 0.0))
    said: list[tuple[str, str]] = [
        (words.text("Exposure"), money("exposure_amount")),
        (words.text("of which insured"), money("insured_amount")),
        (words.text("Limit proposed"), money("limit_amount")),
        (words.text("Limit in force"), money("current_limit_amount")),
        (words.text("Need"), money("need_amount")),
        (words.text("Over the limit"), money("over_limit_amount") if row.get("over_limit_amount") else "–"),
        (words.text("Expected loss of a year"), _loss(row, words, currency)),
        (words.text("To be approved by"), role_words(str(row.get("approver", "–")), words)),
        (
            words.text("Next review"),
            words.date(pd.Timestamp(row["review_date"]).date()) if "review_date" in row else "–",
        ),
    ]
    reasons = [str(row[name]) for name in ("reason_1", "reason_2") if name in row]
    pairs = [element("div", element("dt", label), element("dd", value)) for label, value in said if value != "–"]
    return join(
        _gauge(net, in_force, words, currency=currency) if max(exposure, in_force) > 0 else None,
        element("ul", *[element("li", reason) for reason in reasons], class_="rk-remarks"),
        element("dl", *pairs, class_="rk-facts"),
    )


def _gauge(exposure: float, limit: float, words: Language, *, currency: str) -> Html:
    """The net exposure as a bar with the limit as a mark; what is beyond is of another colour."""
    whole = max(exposure, limit, 0.01) * 1.08
    inside = 100 * max(min(exposure, limit), 0.0) / whole
    beyond = 100 * max(exposure - limit, 0.0) / whole
    shown = [words.money(round(amount * 100), currency=currency, digits=0) for amount in (exposure, limit)]
    spoken = words.text("{exposure} at our own risk for a limit of {limit}", exposure=shown[0], limit=shown[1])
    return element(
        "figure",
        element(
            "div",
            element("i", class_="rk-inside", style=f"width:{inside:.1f}%"),
            element("i", class_="rk-beyond", style=f"width:{beyond:.1f}%") if beyond else None,
            element("b", style=f"left:{100 * limit / whole:.1f}%"),
            class_="rk-gauge",
            aria_hidden="true",
        ),
        element("figcaption", spoken),
        class_="rk-gauge-box",
    )


def _loss(row: dict[str, Any], words: Language, currency: str) -> str:
    if "expected_loss_amount" not in row:
        return "–"
    parts = [
        words.money(round(float(row[name]) * 100), currency=currency, digits=0)
        for name in ("expected_loss_amount", "expected_loss_low_amount", "expected_loss_high_amount")
        if name in row and math.isfinite(float(row[name]))
    ]
    return f"{parts[0]} [{parts[1]}\u00a0; {parts[2]}]" if len(parts) == 3 else parts[0]


def _source(code: str, words: Language) -> str:
    known = {
        "file": words.text("your file"),
        "matched": words.text("found in the register"),
        "confirmed": words.text("confirmed by a person"),
    }
    return known.get(code, code)


def _badge(text: str) -> Html:
    return element("span", text, class_="rk-badge")
