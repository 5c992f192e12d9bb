"""The account of files as tables are made of them: every row and cent is kept or set aside with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from riskkit.errors import Message
from riskkit.schemas import REJECTS
from riskkit.sources.cells import TypedRows
from riskkit.sources.cells_notes import total_notes
from riskkit.sources.container import sha256
from riskkit.sources.reading import SourceFile

_COUNTS = """
select count(*), count(*) filter (reason is null), coalesce(sum(cents), 0)::bigint,
    coalesce(sum(cents) filter (reason is null), 0)::bigint
from money
"""
_MONEY = """
create or replace temp view money as
select line, reason, case when reason in ('total_row', 'repeated_header', 'remark_row') then 0
    else coalesce(amount_cents, 0) end as cents
from judged
"""
_REJECTS = """
select $file as source_file, a.line as source_line, $kind as table, reason, cents as amount_cents, raw
from (select line, reason, cents, row_number() over (order by line) as place from money where reason is not null) as a
    left join (select line, any_value(raw) as raw from raw_lines
        where line in (select line from money where reason is not null) group by line) as r using (line)
order by place
"""


@dataclass
class Account:
    """What is known of each file as tables are made of it, and the notes on the way."""

    connection: duckdb.DuckDBPyConnection
    currency: str
    digest: Callable[[Path], str] = sha256
    files: list[SourceFile] = field(default_factory=list)
    rejects: list[pd.DataFrame] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)

    def close(self, typed: TypedRows, judged: duckdb.DuckDBPyRelation, stated: Sequence[int] = ()) -> None:
        """Count one table: every row is kept (no reason) or set aside, and so is its money.

        From: judged, one row per row read: line, reason, amount_cents; the totals the file states.
        """
        self.connection.register("judged", judged)
        self.connection.execute(_MONEY)
        rows, accepted, total, kept = self.connection.execute(_COUNTS).fetchall()[0]
        self.files.append(
            SourceFile(
                file=typed.table.label, sha256=self.digest(typed.table.path), kind=typed.spec.kind,
                rows_read=rows, rows_accepted=accepted, rows_rejected=rows - accepted,
                accepted_cents=kept, rejected_cents=total - kept, total_cents=total,
            )
        )  # fmt: skip
        self.notes += typed.notes
        self.notes += total_notes(typed.table.label, stated, total, currency=self.currency)
        if rows > accepted:
            self.connection.register("raw_lines", typed.raw())
            given = {"file": typed.table.path.name, "kind": typed.spec.kind}
            self.rejects.append(self.connection.execute(_REJECTS, given).df())

    def close_frame(self, typed: TypedRows, reason: pd.Series) -> None:
        """Count one table without money, judged in pandas."""
        frame = pd.DataFrame({"line": typed.rows["line"], "reason": reason, "amount_cents": 0})
        self.close(typed, self.connection.from_df(frame.astype({"line": "int64", "reason": "str"})))

    def rejected(self) -> pd.DataFrame:
        """Every row set aside, of all files."""
        return pd.concat(self.rejects, ignore_index=True)[REJECTS.names] if self.rejects else REJECTS.empty()
