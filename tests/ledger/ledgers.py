"""Small ledgers for tests: from oracle lines to a `Book`, and random ones."""

from __future__ import annotations

import datetime as dt
import random

import pandas as pd

from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import Snapshot
from riskkit.policy import Policy
from riskkit.sources.reading import Reading
from tests.ledger.oracle import Line

DAY0 = dt.date(2023, 1, 1)


def invoice(number: str, customer: str, day: str, cents: int, due: str | None = None, **more: object) -> Line:
    """An invoice (or a credit note when negative)."""
    kind = more.pop("kind", "invoice" if cents > 0 else "credit_note")
    return Line(
        line=f"i:{number}",
        customer=customer,
        kind=str(kind),
        day=dt.date.fromisoformat(day),
        cents=cents,
        due=dt.date.fromisoformat(due) if due else None,
        reference=more.pop("reference", number),  # type: ignore[arg-type]
        is_sale=bool(more.pop("is_sale", True)),
        **more,  # type: ignore[arg-type]
    )


def payment(number: str, customer: str, day: str, cents: int, **more: object) -> Line:
    """A payment of that many cents (positive reduces what is owed)."""
    kind = str(more.pop("kind", "payment"))
    when = dt.date.fromisoformat(day)
    due = when if cents < 0 else None
    return Line(line=f"p:{number}", customer=customer, kind=kind, day=when, cents=-cents, due=due, **more)  # type: ignore[arg-type]


def reading_of(lines: list[Line], *, events: pd.DataFrame | None = None) -> Reading:
    """The canonical tables of those lines."""
    origin = {"source_file": "test", "source_line": 1}
    invoices = pd.DataFrame(
        [
            {
                "invoice_id": x.line[2:],
                "invoice_number": x.line[2:],
                "customer_id": x.customer,
                "kind": x.kind,
                "is_sale": x.is_sale,
                "issue_date": x.day,
                "due_date": x.due,
                "amount_cents": x.cents,
                "currency": "EUR",
                "reference": x.reference,
                "lettering": x.lettering,
                "lettering_date": x.lettering_day,
                **origin,
            }
            for x in lines
            if x.line.startswith("i:")
        ]
    )
    payments = pd.DataFrame(
        [
            {
                "payment_id": x.line[2:],
                "customer_id": x.customer,
                "kind": x.kind,
                "payment_date": x.day,
                "amount_cents": -x.cents,
                "currency": "EUR",
                "reference": x.reference,
                "lettering": x.lettering,
                "lettering_date": x.lettering_day,
                **origin,
            }
            for x in lines
            if x.line.startswith("p:")
        ],
        columns=[
            "payment_id",
            "customer_id",
            "kind",
            "payment_date",
            "amount_cents",
            "currency",
            "reference",
            "lettering",
            "lettering_date",
            "source_file",
            "source_line",
        ],
    )
    customers = pd.DataFrame({"customer_id": sorted({x.customer for x in lines})}).assign(
        name=lambda f: "Client " + f["customer_id"], is_catch_all=False, **origin
    )
    extra = {} if events is None else {"events": events}
    return Reading(
        files=(),
        currency="EUR",
        coverage_start=min(x.day for x in lines),
        latest_date=max(x.day for x in lines),
        due_dates="file",
        invoices=invoices,
        payments=payments,
        customers=customers,
        **extra,
    )


def book_of(lines: list[Line], *, policy: Policy | None = None) -> Book:
    """The book of those lines."""
    return Book.from_reading(reading_of(lines), policy=policy or Policy())


def random_lines(seed: int, *, customers: int = 6, invoices: int = 80, days: int = 700) -> list[Line]:
    """A ledger with everything that occurs: partial and grouped payments, letterings, credit notes, cash on account."""
    rng = random.Random(seed)
    lines: list[Line] = []
    for n in range(invoices):
        customer = f"C{rng.randrange(customers)}"
        day = DAY0 + dt.timedelta(rng.randrange(days))
        due = day + dt.timedelta(rng.choice([0, 30, 45, 60]))
        kind = rng.choices(["invoice", "deposit"], [9, 1])[0]
        cents = rng.randrange(1, 300_000)
        lines.append(Line(f"i:I{n}", customer, kind, day, cents, due, reference=f"I{n}", is_sale=True))
        left, when = cents, day
        for part in range(rng.choice([0, 1, 1, 1, 2, 3])):
            when = when + dt.timedelta(rng.randrange(-5, 120))
            paid = left if rng.random() < 0.6 else rng.randrange(1, left + 1)
            kind = rng.choices(["payment", "write_off", "other"], [16, 1, 1])[0]
            way = rng.choice(["reference", "fifo", "lettering", "wrong"])
            move = Line(f"p:P{n}.{part}", customer, kind, when, -paid)
            if way == "reference":
                move.reference = f"I{n}"
            elif way == "wrong":
                move.reference = f"I{rng.randrange(2 * invoices)}"
            elif way == "lettering":
                lines[-1 - part].lettering = lines[-1 - part].lettering or f"L{n}"
                move.lettering = f"L{n}"
                move.lettering_day = rng.choice([None, when + dt.timedelta(rng.randrange(90))])
            lines.append(move)
            left -= paid
            if left <= 0:
                break
        if rng.random() < 0.1:
            note = -rng.randrange(1, cents + 1)
            lines.append(
                Line(f"i:A{n}", customer, "credit_note", day + dt.timedelta(9), note, reference=f"I{n}", is_sale=True)
            )
        if rng.random() < 0.05:
            when = day + dt.timedelta(50)
            lines.append(Line(f"p:R{n}", customer, "refund", when, rng.randrange(1, 9_000), due=when))
    return lines


def named_allocations(snapshot: Snapshot) -> pd.DataFrame:
    """The allocations of a snapshot with the ids of their lines instead of their entries."""
    pairs = snapshot.allocations.collect(backend="pandas").to_native()
    lines = snapshot.known.select("entry", "line").collect(backend="pandas").to_native().set_index("entry")["line"]
    return pairs.assign(debit=pairs["debit"].map(lines), credit=pairs["credit"].map(lines))
