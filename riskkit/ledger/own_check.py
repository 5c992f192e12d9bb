"""Checking the measures and targets of a policy before anything is read: every fault, its key and its place."""

from __future__ import annotations

from difflib import get_close_matches

from riskkit.errors import Message, UsageError, message, raise_all
from riskkit.ledger.measures import MEASURES
from riskkit.ledger.own_figures import FIGURES
from riskkit.ledger.own_formula import FormulaError, figures_of, parse_formula
from riskkit.policy import Policy


def check_own_measures(policy: Policy, *, file: str = "policy.yaml") -> None:
    """`UsageError` with one message for each formula, name or target of the policy that cannot be used."""
    known = [*MEASURES, *FIGURES]
    faults: list[Message] = []
    for number, own in enumerate(policy.measures.own):
        key = f"measures.own.{number}"
        if own.name in known:
            faults.append(message("{file}: key '{key}.name': '{name}' exists already. Choose another name.",
                                  file=file, key=key, name=own.name))  # fmt: skip
        faults += _formula_faults(own.formula, known, file=file, key=f"{key}.formula")
        known.append(own.name)
    faults += [
        message("{file}: key 'measures.targets.{name}': there is no measure of this name{hint}.", file=file, name=name,
                hint=_hint(name, [*MEASURES]))
        for name in policy.measures.targets
        if name not in MEASURES
    ]  # fmt: skip
    raise_all(UsageError, faults)


def _formula_faults(formula: str, known: list[str], *, file: str, key: str) -> list[Message]:
    try:
        tree = parse_formula(formula)
    except FormulaError as fault:
        return [_fault(fault.problem, fault.position, formula, file=file, key=key)]
    return [
        _fault(
            message("there is no figure '{name}'{hint}", name=figure.name, hint=_hint(figure.name, known)),
            figure.position,
            formula,
            file=file,
            key=key,
        )
        for figure in figures_of(tree)
        if figure.name not in known
    ]


def _fault(problem: Message, position: int, formula: str, *, file: str, key: str) -> Message:
    return message(
        "{file}: key '{key}', position {position} of '{formula}': {problem}.",
        file=file,
        key=key,
        position=position,
        formula=formula,
        problem=problem,
    )


def _hint(name: str, known: list[str]) -> Message | str:
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return message(" (did you mean {name}?)", name=near[0]) if near else ""
