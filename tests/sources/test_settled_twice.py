"""One movement said twice, by a payment and on the line of its invoice, counts once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskkit.exhibits.language import language
from riskkit.sources.reading import Reading
from riskkit.workbench.portfolio import Portfolio

ENTRIES = "Posting Date;Document Type;Document No.;Customer No.;Original Amount;Remaining Amount;Due Date;Open\n"


def read(*files: Path) -> Reading:
    return Portfolio.from_files(list(files)).read(as_of=None)


def owed(reading: Reading) -> dict[str, int]:
    """Cents owed by each customer: invoices less payments."""
    invoices = _frame(reading.invoices).groupby("customer_id")["amount_cents"].sum()
    payments = _frame(reading.payments).groupby("customer_id")["amount_cents"].sum()
    return {str(key): int(cents) for key, cents in invoices.sub(payments, fill_value=0).items()}


def _frame(table: Any) -> pd.DataFrame:
    frame: pd.DataFrame = table if isinstance(table, pd.DataFrame) else table.df()
    return frame


def said(reading: Reading) -> str:
    return "\n".join(language("fr").say(note) for note in reading.notes).replace("\u00a0", " ").replace("\u202f", " ")


def test_entries_that_show_payments_and_what_remains_count_them_once(tmp_path: Path) -> None:
    file = tmp_path / "Customer Ledger Entries.csv"
    file.write_text(
        ENTRIES
        + "05/01/2024;Invoice;INV-1001;10000;1 000,00;400,00;04/02/2024;Yes\n"
        + "10/02/2024;Payment;PAY-1;10000;-600,00;0,00;10/02/2024;No\n"
        + "15/01/2024;Invoice;INV-1002;20000;500,00;0,00;14/02/2024;No\n"
        + "20/02/2024;Payment;PAY-2;20000;-500,00;0,00;20/02/2024;No\n"
        + "01/03/2024;Invoice;INV-1003;20000;750,00;750,00;31/03/2024;Yes\n"
        + "05/03/2024;Credit Memo;CM-1;20000;-50,00;-50,00;05/03/2024;Yes\n",
        encoding="utf-8",
    )
    reading = read(file)
    # 10000: 1,000 − 600 = 400. 20000: 500 − 500 + 750 − 50 = 700. The sums of what remains are the same.
    assert owed(reading) == {"10000": 40_000, "20000": 70_000}
    assert set(_frame(reading.payments)["kind"]) == {"payment"}  # each keeps its date
    assert "2 factures indiquent un règlement (1 100,00 €)" in said(reading)


def test_open_entries_alone_owe_what_remains(tmp_path: Path) -> None:
    file = tmp_path / "entries.csv"
    file.write_text(
        ENTRIES
        + "05/01/2024;Invoice;INV-1;1;1 000,00;1 000,00;04/02/2024;Yes\n"
        + "10/02/2024;Payment;PAY-1;1;-600,00;-100,00;10/02/2024;Yes\n",
        encoding="utf-8",
    )
    reading = read(file)
    # 500 of the payment went to an invoice that is not here: 1,000 − 100 = 900
    assert owed(reading) == {"1": 90_000}
    assert "1 paiement a été imputé" in said(reading)
    assert "(500,00 €)" in said(reading)


def test_a_date_of_settlement_and_the_payment_in_another_file_are_one(tmp_path: Path) -> None:
    invoices, payments = tmp_path / "factures.csv", tmp_path / "reglements.csv"
    invoices.write_text(
        "N° facture;Code client;Date facture;Date échéance;Montant TTC;Date de règlement\n"
        "F0;C1;05/01/2022;04/02/2022;80,00;10/02/2022\n"  # long before the payments given: a settlement of its own
        "F1;C1;05/01/2024;04/02/2024;1000,00;10/02/2024\n"
        "F2;C1;15/02/2024;16/03/2024;600,50;\n"
        "F3;C2;15/02/2024;16/03/2024;70,00;20/03/2024\n",
        encoding="utf-8",
    )
    payments.write_text(
        "Date règlement;Code client;Facture;Montant\n10/02/2024;C1;F1;1000,00\n18/03/2024;C2;;70,00\n",
        encoding="utf-8",
    )
    reading = read(invoices, payments)
    # C1: 80 − 80 + 1,000 − 1,000 + 600.50; C2: its payment names no invoice, and explains the one it has
    assert owed(reading) == {"C1": 60_050, "C2": 0}
    assert "2 factures indiquent un règlement (1 070,00 €)" in said(reading)


def test_a_payment_that_covers_part_of_what_an_invoice_says_leaves_the_rest(tmp_path: Path) -> None:
    invoices, payments = tmp_path / "factures.csv", tmp_path / "reglements.csv"
    invoices.write_text(
        "N° facture;Code client;Date facture;Montant TTC;Date de règlement\nF1;C1;05/01/2024;1000,00;10/02/2024\n",
        encoding="utf-8",
    )
    payments.write_text("Date règlement;Code client;Facture;Montant\n09/02/2024;C1;F1;300,00\n", encoding="utf-8")
    reading = read(invoices, payments)
    assert owed(reading) == {"C1": 0}
    assert sorted(_frame(reading.payments)["amount_cents"]) == [30_000, 70_000]


def test_a_status_paid_beside_a_payment_of_the_same_file_counts_once(tmp_path: Path) -> None:
    file = tmp_path / "pieces.csv"
    file.write_text(
        "N° pièce;Type;Code client;Date;Échéance;Montant TTC;Statut\n"
        "F1;Facture;C1;05/01/2024;04/02/2024;1000,00;Payée\n"
        "R1;Règlement;C1;10/02/2024;;1000,00;\n"
        "F2;Facture;C1;15/02/2024;16/03/2024;600,50;Non payée\n",
        encoding="utf-8",
    )
    assert owed(read(file)) == {"C1": 60_050}


MOVES = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.sampled_from(["Invoice", "Payment", "Credit Memo"]),
        st.integers(1, 900),  # euros
        st.integers(0, 4),  # fifths of it that remain
        st.integers(1, 28),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_whatever_part_of_a_ledger_is_given_what_is_owed_is_the_sum_of_what_remains(
    moves: list[tuple[str, str, int, int, int]], tmp_path: Path
) -> None:
    moves = [("A", "Invoice", 10, 5, 1), ("B", "Invoice", 10, 5, 1), *moves]
    lines, remaining = [], {"A": 0, "B": 0}
    for rank, (customer, kind, euros, fifths, day) in enumerate(moves):
        sign = 1 if kind == "Invoice" else -1
        cents = sign * euros * 100
        rest = cents * fifths // 5
        remaining[customer] += rest
        lines.append(f"{day:02d}/02/2024;{kind};N{rank};{customer};{cents / 100:.2f};{rest / 100:.2f};28/02/2024;Yes\n")
    file = tmp_path / "entries.csv"
    file.write_text(ENTRIES + "".join(lines), encoding="utf-8")
    assert owed(read(file)) == remaining
