"""A form to confirm or refuse matches: one pair at a time, each answer saved at once and asked never again."""

from __future__ import annotations

import html
from pathlib import Path

import ipywidgets
import pandas as pd

from riskkit.companies.match_answers import Answer, read_answers, save_answer
from riskkit.companies.match_reasons import reason
from riskkit.errors import RiskkitError
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.stored_run import read_table


def matches_form(run_folder: str | Path, *, language: str = "fr") -> ipywidgets.Widget:
    """The form for the pairs that a run leaves to a person; answers go beside the portfolio that it was made from.

    Nothing to answer: an empty text.
    """
    folder = Path(run_folder)
    portfolio = Portfolio.open(folder)
    answers = portfolio.folder / portfolio.settings.companies.answers
    form = MatchesForm(read_table(folder, "pairs_to_confirm"), answers, language_of(language))
    return form.view if form.pairs else ipywidgets.HTML("")


class MatchesForm:
    """The form and where it is: `pairs` left to answer, the answer buttons, and the `view` to display."""

    def __init__(self, pairs: pd.DataFrame, answers: Path, words: Language) -> None:
        self.answers = answers
        self.words = words
        self.pairs = [{str(key): value for key, value in row.items()} for row in _unanswered(pairs, answers)]
        self.count = len(self.pairs)
        self.later: list[dict[str, object]] = []
        self.shown = ipywidgets.HTML()
        self.said = ipywidgets.HTML()
        self.confirm = ipywidgets.Button(description=words.text("Confirm"), button_style="success")
        self.refuse = ipywidgets.Button(description=words.text("Refuse"), button_style="danger")
        self.postpone = ipywidgets.Button(description=words.text("Later"))
        self.confirm.on_click(lambda _: self.answer("confirmed"))
        self.refuse.on_click(lambda _: self.answer("refused"))
        self.postpone.on_click(lambda _: self.skip())
        self.buttons = ipywidgets.HBox([self.confirm, self.refuse, self.postpone])
        self.view = ipywidgets.VBox([self.shown, self.buttons, self.said])
        self._show()

    def answer(self, given: Answer) -> bool:
        """Save an answer about the pair shown and go to the next; whether it was saved."""
        if not self.pairs:
            return False
        pair = self.pairs[0]
        try:
            save_answer(self.answers, fingerprint=str(pair["fingerprint"]), siren=str(pair["siren"]), answer=given)
        except (RiskkitError, OSError) as fault:
            told = " ".join(map(self.words.say, fault.messages)) if isinstance(fault, RiskkitError) else str(fault)
            self.said.value = html.escape(self.words.text("Answers not saved: {fault}", fault=told))
            return False
        self.said.value = ""
        settled = pair["fingerprint"] if given == "confirmed" else None
        self.pairs = [other for other in self.pairs[1:] if other["fingerprint"] != settled]
        self.later = [other for other in self.later if other["fingerprint"] != settled]
        self._show()
        return True

    def skip(self) -> None:
        """Leave the pair shown for later."""
        self.later += self.pairs[:1]
        self.pairs = self.pairs[1:]
        self._show()

    def _show(self) -> None:
        """The first pair left, or what to do once there is none."""
        if self.pairs:
            self.shown.value = self._pair(self.pairs[0])
            return
        for button in self.buttons.children:
            button.disabled = True
        if self.later:
            text = self.words.text(
                "{count:pair|pairs} {count:?is|are} left for later. The answers given are kept in {file}.",
                count=len(self.later),
                file=self.answers.name,
            )
        else:
            text = self.words.text(
                "All is answered. The next run takes the answers into account: {file}.", file=self.answers.name
            )
        self.shown.value = f"<p>{html.escape(text)}</p>"

    def _pair(self, pair: dict[str, object]) -> str:
        """Both companies side by side, and how sure it is."""
        words = self.words
        rank = self.count - len(self.pairs) + 1
        why = ", ".join(words.say(reason(code)) for code in str(pair["reasons"]).split("+") if code)
        share = words.share(float(str(pair["probability"])))
        given = _lines(pair["name"], pair["address"], f"({pair['customer_id']})")
        found = _lines(pair["matched_name"], pair["matched_address"], f"SIREN {pair['siren']}")
        heads = "".join(
            f"<th scope='col' style='text-align:left;padding-right:2rem'>{html.escape(head)}</th>"
            for head in (words.text("In your file"), words.text("In the register"))
        )
        cells = "".join(f"<td style='padding-right:2rem;text-align:left'>{cell}</td>" for cell in (given, found))
        caption = html.escape(words.text("Pair {rank} of {count}", rank=rank, count=self.count))
        note = html.escape(words.text("Probability: {share}; {reasons}.", share=share, reasons=why))
        return f"<table><caption>{caption}</caption><tr>{heads}</tr><tr>{cells}</tr></table><p>{note}</p>"


def _unanswered(pairs: pd.DataFrame, answers: Path) -> list[dict[object, object]]:
    """The pairs nobody answered, without those of a customer whose company someone confirmed."""
    given = read_answers(answers)
    keys = set(zip(given["fingerprint"], given["siren"], strict=True))
    confirmed = set(given.loc[given["answer"] == "confirmed", "fingerprint"])
    rows: list[dict[object, object]] = list(pairs.to_dict("records"))
    return [
        row for row in rows if (row["fingerprint"], row["siren"]) not in keys and row["fingerprint"] not in confirmed
    ]


def _lines(*texts: object) -> str:
    return "<br>".join(html.escape(text) for text in texts if isinstance(text, str) and text)
