"""The account of files as tables are made of them: every row and cent is kept or set aside with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import pandas as pd

from riskkit.errors import Message
from riskkit.schemas import REJECTS
from riskkit.sources.cells import TypedRows, total_notes
from riskkit.sources.container import sha256
from riskkit.sources.reading import SourceFile

_NOT_DATA = ("total_row", "repeated_header", "remark_row")


@dataclass
class Account:
    """What is known of each file as tables are made of it, and the notes on the way."""

    connection: duckdb.DuckDBPyConnection
    currency: str
    files: list[SourceFile] = field(default_factory=list)
    rejects: list[pd.DataFrame] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)

    def close(self, typed: TypedRows, reason: pd.Series, amount: pd.Series | None) -> None:
        """Count one table: every row is kept (no reason) or set aside, and so is its money."""
        money = pd.Series(0, index=reason.index) if amount is None else amount.fillna(0).astype("int64")
        money = money.mask(reason.isin(_NOT_DATA), 0)
        aside = reason.notna()
        lines = typed.rows["line"]
        self.files.append(
            SourceFile(
                file=typed.table.label, sha256=sha256(typed.table.path), kind=typed.spec.kind,
                rows_read=len(lines), rows_accepted=int((~aside).sum()), rows_rejected=int(aside.sum()),
                accepted_cents=int(money[~aside].sum()), rejected_cents=int(money[aside].sum()),
                total_cents=int(money.sum()),
            )
        )  # fmt: skip
        self.notes += typed.notes
        self.notes += total_notes(typed, int(money.sum()), currency=self.currency)
        if aside.any():
            raw = typed.raw(lines[aside], self.connection)
            rejected = pd.DataFrame(
                {
                    "source_file": typed.table.path.name, "source_line": lines[aside], "table": typed.spec.kind,
                    "reason": reason[aside], "amount_cents": money[aside],
                }
            )  # fmt: skip
            self.rejects.append(rejected.merge(raw, left_on="source_line", right_on="line", how="left"))

    def rejected(self) -> pd.DataFrame:
        """Every row set aside, of all files."""
        return pd.concat(self.rejects, ignore_index=True)[REJECTS.names] if self.rejects else REJECTS.empty()
