"""The commands, what each does, and examples with what each is for: what `--help` teaches."""

from __future__ import annotations

from riskkit.errors import Message, message

# Command, what it does, examples with what each is for.
COMMANDS: dict[str, tuple[Message, tuple[tuple[str, Message], ...]]] = {
    "diagnose": (
        message("Make a diagnostic from raw files: spreadsheets, CSV files or French ledgers (FEC)."),
        (
            (
                "riskkit diagnose clients.xlsx factures.xlsx paiements.csv",
                message("the files of one company"),
            ),
            (
                "riskkit diagnose FEC2022.txt FEC2023.txt --as-of 2023-12-31",
                message("two years of a ledger"),
            ),
            ('riskkit diagnose "export/*.csv" --out diagnostic', message("a pattern, and the folder of the report")),
            (
                "riskkit diagnose factures-electroniques/ releve-cfonb120.txt",
                message("a folder of electronic invoices (Factur-X, CII, UBL) and a bank statement"),
            ),
            ("riskkit diagnose FEC2023.txt --terms 45FM", message("terms where the files give no due date")),
        ),
    ),
    "init": (
        message("Make a portfolio from files: its settings are written down for you to correct."),
        (
            ("riskkit init portfolios/durand --from factures.xlsx paiements.csv", message("then open portfolio.yaml")),
            (
                "riskkit init portfolios/durand-avril --from avril/*.xlsx --like portfolios/durand",
                message("next month: the same columns, without a question"),
            ),
            ("riskkit check portfolios/durand", message("what is read, what is set aside and why")),
        ),
    ),
    "check": (
        message("Read files or a portfolio and say what is understood, without making a run."),
        (
            ("riskkit check factures.xlsx paiements.csv", message("what just arrived: columns found, rows and money")),
            ("riskkit check portfolios/durand", message("rows and money, file by file")),
        ),
    ),
    "run": (
        message("Make the run of a portfolio at a date: tables, notebooks and documents."),
        (
            ("riskkit run portfolios/durand --as-of 2024-03-31", message("at the end of a month")),
            ("riskkit run portfolios/durand --as-of 2024-03-31 --only 02_sectors", message("one notebook only")),
        ),
    ),
    "batch": (
        message(
            "Make the runs of many portfolios at once, and a summary that ranks them. One that fails never stops the "
            "others; started again, it makes only what is missing or has changed."
        ),
        (
            ("riskkit batch portfolios/* --as-of 2024-03-31", message("every portfolio, at the same date")),
            (
                "riskkit batch portfolios/* --no-notebooks",
                message("tables and reports only, for a first look at hundreds of files"),
            ),
            ("riskkit batch portfolios/* --workers 2", message("fewer runs at once, on a machine with little memory")),
            (
                "riskkit batch portfolios/* --cluster tcp://10.0.0.5:8786",
                message("on several machines, by a Dask cluster (extra riskkit[cluster])"),
            ),
        ),
    ),
    "dashboard": (
        message("Open the dashboard of a run on this machine."),
        (
            ("riskkit dashboard", message("the latest run")),
            ("riskkit dashboard reports/durand/2024-03-31", message("a given run")),
            ("riskkit dashboard --set-password contributor", message("for a team: then --bind or --host-name")),
        ),
    ),
    "demo": (
        message("Make the demonstration portfolio and its whole diagnostic."),
        (("riskkit demo", message("then: riskkit dashboard")),),
    ),
    "decide": (
        message("Answer an order or a new customer: accept, with a deposit, on approval, or refuse; logged."),
        (
            (
                "riskkit decide reports/durand/2024-03-31 --customer C00012 --amount 12000 --terms-days 45",
                message("a customer of the ledger, by its account code"),
            ),
            ("riskkit decide --siren 404833048 --amount 8000 --author L.Roy", message("a SIREN, known or new")),
            ("riskkit decide --customer C00012 --amount 12000 --dry-run --json", message("for a program, not logged")),
        ),
    ),
    "letters": (
        message("Write the letters and e-mails that a run's worklist asks for; nothing is sent."),
        (
            (
                "riskkit letters reports/durand/2024-03-31",
                message("every letter of the day, in a folder beside the run"),
            ),
            (
                "riskkit letters reports/durand/2024-03-31 --customer C0042 --step formal_notice",
                message("one formal notice"),
            ),
            (
                "riskkit letters --copy-templates portfolios/durand/lettres",
                message("the templates, to be edited; then name that folder in portfolio.yaml, letters, templates"),
            ),
        ),
    ),
    "anonymise": (
        message(
            "Make an anonymous copy of a run and its documents, to show to others: pseudonyms, rescaled amounts, "
            "documents made again."
        ),
        (
            ("riskkit anonymise reports/durand/2024-03-31 copie", message("a copy to show, in a new folder")),
            (
                "riskkit anonymise reports/durand/2024-03-31 copie --no-notebooks",
                message("without the notebooks: the tables, the diagnostic, the report and the slides"),
            ),
        ),
    ),
    "compare": (
        message(
            "Compare two runs of a portfolio: measures side by side, why they moved (volume, calendar, mix, "
            "behaviour), new and resolved risks, alerts, and what the cash forecast of the first was worth."
        ),
        (
            (
                "riskkit compare reports/durand/2024-02-29 reports/durand/2024-03-31",
                message("what moved in one month"),
            ),
            (
                "riskkit compare reports/durand/2024-02-29 reports/durand/2024-03-31 --out alertes",
                message("the comparison and the alerts as pages, workbook and tables"),
            ),
        ),
    ),
}
