"""Write the reference pages that follow from the code: tables.md, policy.md and, in French, guide/reglages, mesures.

`--check` writes nothing and fails when a page is not what the code says.
"""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

from pydantic import BaseModel

from riskkit.companies.debtor_exposure import DEBTOR_EXPOSURE
from riskkit.companies.events import COMPANY_EVENTS, COMPANY_STATES
from riskkit.companies.matching import MATCHES, PAIRS_TO_CONFIRM
from riskkit.companies.same_debtor import DEBTORS
from riskkit.decisions.matrix import RECEIVABLES_MATRIX
from riskkit.engine import amount_name
from riskkit.exhibits.language import language
from riskkit.exhibits.measure_words import MEASURES
from riskkit.ledger.ageing import AGEING
from riskkit.ledger.attribution import ATTRIBUTION
from riskkit.ledger.customer_months import CUSTOMER_MONTHS
from riskkit.ledger.dependence import CONCENTRATION
from riskkit.ledger.drivers import DRIVERS
from riskkit.ledger.measures import HISTORY
from riskkit.ledger.open_items import OPEN_ITEMS, UNAPPLIED
from riskkit.ledger.sectors import SECTORS
from riskkit.models.expert_score import SCORE_NOTES
from riskkit.models.forecast_tables import FORECAST_TABLES
from riskkit.models.invoice_risk_tables import INVOICE_RISK, INVOICE_RISK_RESULTS
from riskkit.models.statistical_scores import STATISTICAL_TABLES
from riskkit.policy import Policy
from riskkit.schemas import INVOICES, PAYMENTS, REJECTS, Table
from riskkit.workbench.actions_stage import ACTION_TABLES
from riskkit.workbench.advice_stage import ADVICE_TABLES
from riskkit.workbench.cli import main as main_of_riskkit
from riskkit.workbench.cli_examples import COMMANDS
from riskkit.workbench.companies_tables import COVERAGE, ENRICHMENT, RUN_CUSTOMERS
from riskkit.workbench.comparison import CHANGE_EFFECTS, RISK_MOVES
from riskkit.workbench.decisions_stage import DECISION_TABLES
from riskkit.workbench.dunning_stage import DUNNING_TABLES
from riskkit.workbench.forecast_outcome import FORECAST_OUTCOMES
from riskkit.workbench.ledger_stage import LEDGER_TABLES
from riskkit.workbench.monitoring import ALERTS
from riskkit.workbench.payers_stage import PAYER_TABLES
from riskkit.workbench.scores_tables import SCORES

sys.path.insert(0, str(Path(__file__).parent))
from typeset_french import typeset

DOCS = Path(__file__).parents[1] / "docs"
RUN_TABLES = (
    RUN_CUSTOMERS,
    INVOICES,
    PAYMENTS,
    COMPANY_EVENTS,
    OPEN_ITEMS,
    UNAPPLIED,
    AGEING,
    HISTORY,
    CUSTOMER_MONTHS,
    ATTRIBUTION,
    SECTORS,
    DRIVERS,
    CONCENTRATION,
    RECEIVABLES_MATRIX,
    *LEDGER_TABLES,
    REJECTS,
)
COMPANY_TABLES = (MATCHES, PAIRS_TO_CONFIRM, DEBTORS, DEBTOR_EXPOSURE, COMPANY_STATES, COVERAGE, ENRICHMENT)
"""Who the customers are; empty where a portfolio names no source about companies."""
SCORE_TABLES = (SCORES, SCORE_NOTES, *STATISTICAL_TABLES, INVOICE_RISK, INVOICE_RISK_RESULTS, ALERTS)
COMPARISON_TABLES = (CHANGE_EFFECTS, RISK_MOVES, FORECAST_OUTCOMES)
KINDS = {"text": "text", "integer": "integer", "number": "float", "date": "date", "flag": "boolean"}


def tables_page() -> str:
    """What each table of a run holds."""
    lines = [
        "# Tables of a run",
        "",
        "Written by `make docs` from the contracts in the code. Each table is a Parquet file in `tables/` of a run",
        "folder. Amounts are exact decimals in the portfolio's currency; inside the package they are whole cents",
        "(`open_amount` is `open_cents` there).",
    ]
    decided = (*DECISION_TABLES, *DUNNING_TABLES, *ADVICE_TABLES, *ACTION_TABLES, *PAYER_TABLES)
    for table in (*RUN_TABLES, *COMPANY_TABLES, *SCORE_TABLES, *COMPARISON_TABLES, *FORECAST_TABLES, *decided):
        lines += ["", f"## {table.name}", "", f"One row: {table.one_row}.", "", *_columns(table)]
    return "\n".join(lines) + "\n"


def _columns(table: Table) -> list[str]:
    rows = ["| column | type | meaning |", "| --- | --- | --- |"]
    for column in table:
        name = amount_name(column.name) if column.kind == "cents" else column.name
        kind = KINDS.get(column.kind, "decimal(18,2)") + (", may be missing" if column.nullable else "")
        meaning = column.meaning.replace("|", "\\|")
        rows.append(f"| `{name}` | {kind} | {meaning} |")
    return rows


def policy_page() -> str:
    """Every key of policy.yaml with its default and meaning."""
    lines = [
        "# policy.yaml",
        "",
        "Written by `make docs` from the code. Every key is optional; a key that does not exist is refused by name.",
        "",
        "| key | default | meaning |",
        "| --- | --- | --- |",
    ]
    for name in Policy.model_fields:
        lines += [_row(*line) for line in _key_lines(name)]
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """The same keys in French, a section for each part of the policy."""
    words = language("fr")
    plain = [name for name in Policy.model_fields if not isinstance(getattr(Policy(), name), BaseModel)]
    parts = [name for name in Policy.model_fields if name not in plain]
    lines = [
        "# Réglages (`policy.yaml`)",
        "",
        "Chaque seuil, chaque convention que vous pouvez changer, avec sa valeur par défaut. Toute clé est",
        "facultative ; une clé qui n'existe pas est refusée par son nom. Page écrite par `make docs` à partir du code.",
        "",
        "Changez une valeur dans le `policy.yaml` du portefeuille, puis relancez `riskkit run` : le rapport et le",
        "manifeste portent l'empreinte de la politique qui les a faits.",
    ]
    sections = [("Général", plain)]
    sections += [(f"`{name}` : {words.text(Policy.model_fields[name].description or name)}", [name]) for name in parts]
    for title, names in sections:
        lines += ["", f"## {title}", "", "| clé | défaut | sens |", "| --- | --- | --- |"]
        lines += [_row(key, value, words.text(meaning)) for name in names for key, value, meaning in _key_lines(name)]
    return typeset("\n".join(lines) + "\n")


def measures_page() -> str:
    """What each measure means and how it is computed, in French, in the words of the dashboard."""
    words = language("fr")
    lines = [
        "# Mesures et formules",
        "",
        "Les mêmes mots que la page *Méthode* du tableau de bord, écrits par `make docs` à partir du code. Les",
        "montants sont TTC ; la date d'arrêté est incluse, et rien de ce qui la suit n'est connu. Une mesure qui ne",
        "peut pas être calculée est « non calculable », avec sa raison, jamais zéro. Les conventions retenues quand",
        "il en existe plusieurs sont au [Glossary](../glossary.md) (en anglais), les sources aux",
        "[références](../references.md) ; les mots, au [glossaire](glossaire.md).",
        "",
        "| mesure | ce qu'elle dit | formule | code |",
        "| --- | --- | --- | --- |",
    ]
    for name, measure in MEASURES.items():
        said = [words.say(text).replace("|", "\\|") for text in (measure.label, measure.definition, measure.formula)]
        lines.append(f"| **{said[0]}** | {said[1]} | {said[2]} | `{name}` |")
    return typeset("\n".join(lines) + "\n")


def commands_page() -> str:
    """Each command with its help, as a terminal prints it."""
    lines = [
        "# Commandes",
        "",
        "Ce que dit chaque commande avec `--help` ; `--language en` donne l'anglais. Page écrite par `make docs`.",
    ]
    for name in ("", *COMMANDS):
        command = f"riskkit {name} --help".replace("  ", " ")
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            main_of_riskkit([*([name] if name else []), "--help"])
        lines += ["", f"## {f'riskkit {name}'.strip()}", "", "```sh", command, "```", "", "```text"]
        lines += [*(line.rstrip() for line in said.getvalue().strip().splitlines()), "```"]
    return typeset("\n".join(lines) + "\n")


def _row(key: str, default: str, meaning: str) -> str:
    return f"| `{key}` | `{default}` | {meaning} |"


def _key_lines(name: str) -> list[tuple[str, str, str]]:
    """The keys under one key of the policy: name, default and English meaning of each."""
    value, meaning = getattr(Policy(), name), Policy.model_fields[name].description or ""
    if isinstance(value, BaseModel):
        return _policy_lines(value, name)
    if name == "bureau_scales":
        return [(name, ", ".join(scale.name for scale in value), meaning)]
    shown = list(value) if isinstance(value, tuple) else value
    return [(name, str(shown) if shown != "" else '""', meaning)]


def _policy_lines(part: BaseModel, name: str) -> list[tuple[str, str, str]]:
    """The keys of one part of the policy, and of the parts inside it."""
    lines: list[tuple[str, str, str]] = []
    for key, field in type(part).model_fields.items():
        value, said = getattr(part, key), field.description or ""
        if isinstance(value, BaseModel) and any(inner.description for inner in type(value).model_fields.values()):
            lines += _policy_lines(value, f"{name}.{key}")
        elif isinstance(value, BaseModel):
            lines.append((f"{name}.{key}", _shown(value), said))
        elif isinstance(value, tuple) and value and all(isinstance(line, BaseModel) for line in value):
            for rank, line in enumerate(value):
                lines.append((f"{name}.{key}[{rank}]", _shown(line), said))
        elif isinstance(value, dict) and value and all(isinstance(line, BaseModel) for line in value.values()):
            for inner, line in value.items():
                lines.append((f"{name}.{key}.{inner}", _shown(line), said))
        else:
            lines.append((f"{name}.{key}", str(value), said))
    return lines


def _shown(line: BaseModel) -> str:
    """A part of the policy on one line: what it says, defaults of its own left out where it has any."""
    return ", ".join(f"{own}: {each}" for own, each in line.model_dump(mode="json", exclude_defaults=True).items())


def main() -> int:
    """Write or check the pages."""
    pages = {
        "tables.md": tables_page(),
        "policy.md": policy_page(),
        "guide/reglages.md": settings_page(),
        "guide/mesures.md": measures_page(),
        "guide/commandes.md": commands_page(),
    }
    stale = []
    for name, page in pages.items():
        path = DOCS / name
        if path.exists() and path.read_text(encoding="utf-8") == page:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(page, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"docs/{', docs/'.join(stale)} are not what the code says: run `make docs`.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
