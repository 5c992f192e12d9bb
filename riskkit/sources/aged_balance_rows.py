"""Rows of an aged balance, typed: amounts by age in cents, each row tied to its total, each with what sets it aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.sources import parsing
from riskkit.sources.aged_balance_headers import is_credit_balance
from riskkit.sources.currencies import Rates, currency_code
from riskkit.sources.mapping_spec import TableSpec
from riskkit.sources.parsing import quoted
from riskkit.sources.tabular import RawTable, plain

_TOTAL = r"(?i)\s*((grand|sous|sub)[ -]?)?(tota(l|ux))\b.*|\s*(solde|montant) (total|g[ée]n[ée]ral)\b.*"
_TEXTS = {"customer_name": "name", "siren": "siren_raw", "address": "address", "postcode": "postcode", "town": "town",
          "country": "country", "naf_code": "naf_code", "legal_form": "legal_form", "payment_terms": "payment_terms",
          "sales_person": "sales_person", "entity": "x_entity"}  # fmt: skip


@dataclass(frozen=True)
class AgedRows:
    """One row per non-empty line: customer, one `bucket_N_cents` per age, total_cents, rest_cents, money_cents.

    `money_cents` is the total of the row, or the sum of its ages where it gives none; `rest_cents` what the total
    shows beyond the sum. `reason` sets a row aside. `stated_totals` are the totals that the file shows.
    """

    table: RawTable
    spec: TableSpec
    frame: pd.DataFrame
    stated_totals: tuple[int, ...]

    @property
    def money_columns(self) -> list[str]:
        """The columns of amounts."""
        return [name for name in map(str, self.frame) if name.endswith("_cents")]

    def in_currency(
        self, main: str, *, currency: str | None, struck: dt.date, rates: Rates | None
    ) -> tuple[AgedRows, list[Message]]:
        """The rows in one currency: others are converted where a rate is given, and set aside where none is."""
        frame = self.frame.copy()
        own = self.spec.currency or currency or main
        code = frame["currency"].where(frame["currency"].notna(), own)
        notes: list[Message] = []
        usable = frame["reason"].isna()
        for foreign in sorted(set(code[usable]) - {main}):
            is_foreign = usable & code.eq(foreign)
            total = int(frame.loc[is_foreign, "money_cents"].sum())
            rate = None if rates is None else rates.at(foreign, struck, into=main)
            if rate is None:
                frame.loc[is_foreign, "reason"] = "other_currency"
                notes.append(
                    message(
                        "{file}: {count:row|rows} in {code} ({money}) {count:?is|are} set aside: the rest is in "
                        "{currency}, and no rate is given.",
                        file=self.table.label, count=int(is_foreign.sum()), code=foreign, currency=main,
                        money=Money(total, foreign),
                    )
                )  # fmt: skip
                continue
            for name in self.money_columns:
                frame.loc[is_foreign, name] = frame.loc[is_foreign, name].map(rate.convert, na_action="ignore")
            buckets = [name for name in self.money_columns if name.startswith("bucket_")]
            frame.loc[is_foreign, "rest_cents"] = frame["money_cents"] - frame[buckets].sum(axis=1)
            notes.append(rate.note(self.table.label, count=int(is_foreign.sum()), cents=total))
        if self.stated_totals and len(set(code[usable])) <= 1:
            notes.append(self._total_note(int(frame["money_cents"].sum()), main))
        return replace(self, frame=frame), notes

    def rejected(self) -> pd.DataFrame:
        """The rows set aside, as the table of rejects shows them."""
        aside = self.frame[self.frame["reason"].notna()]
        return pd.DataFrame(
            {
                "source_file": aside["source_file"], "source_line": aside["source_line"], "table": "aged_balance",
                "reason": aside["reason"], "amount_cents": aside["money_cents"], "raw": aside["raw"],
            }
        )  # fmt: skip

    def _total_note(self, total: int, currency: str) -> Message:
        if total in self.stated_totals:
            return message(
                "{file}: its rows add up to the total it shows, {total}.",
                file=self.table.label,
                total=Money(total, currency),
            )
        stated = max(self.stated_totals, key=abs)
        return message(
            "{file} shows a total of {stated}; its rows add up to {total}. Ask what the difference of {gap} is.",
            file=self.table.label,
            stated=Money(stated, currency),
            total=Money(total, currency),
            gap=Money(stated - total, currency),
        )


def aged_rows(table: RawTable, spec: TableSpec, buckets: Sequence[str]) -> AgedRows:
    """Every row of the table, typed; a row with an amount that cannot be read is set aside whole."""
    columns = {field: str(table.column(header)) for field, header in spec.columns.items()}
    money = [*buckets, *(["total"] if "total" in columns else [])]
    habit = parsing.number_habit(table.relation, [columns[f] for f in money], spreadsheet=table.is_spreadsheet)
    mark = parsing.DECIMALS[habit.decimal if spec.decimal == "auto" else spec.decimal]
    sign = {f: "-" if is_credit_balance(spec.columns[f]) else "" for f in money}
    texts = [field for field in ("customer_id", "currency", *_TEXTS) if field in columns]
    every = [f"c{i}" for i in range(len(table.headers))]
    shown = [
        *(f"{sign[f]}amount_cents({quoted(columns[f])}, '{mark}') as {f}_cents" for f in money),
        *(f"not is_missing({quoted(columns[f])}) as has_{f}" for f in money),
        *(f"case when not is_missing({columns[f]}) then plain_id({columns[f]}, false) end as {f}" for f in texts),
        f"list_bool_or([regexp_full_match(coalesce(c, ''), '{_TOTAL}') for c in [{', '.join(every)}]]) as says_total",
        f"concat_ws('|', {', '.join(f'coalesce({c}, chr(32))' for c in every)}) as raw",
    ]
    frame: pd.DataFrame = table.relation.order("line").project(f"line as source_line, {', '.join(shown)}").df()
    return _tied(table, spec, frame, buckets, money)


def _tied(
    table: RawTable, spec: TableSpec, frame: pd.DataFrame, buckets: Sequence[str], money: Sequence[str]
) -> AgedRows:
    cents = {f: frame[f"{f}_cents"].astype("Int64") for f in money}
    has = {f: frame[f"has_{f}"].fillna(value=False).astype(bool) for f in money}
    unread = pd.concat([cents[f].isna() & has[f] for f in money], axis=1).any(axis=1)
    ages = pd.DataFrame({f"{f}_cents": cents[f].fillna(0).astype("int64") for f in buckets})
    total = cents["total"] if "total" in cents else pd.Series(pd.NA, index=frame.index, dtype="Int64")
    owed = total.fillna(ages.sum(axis=1)).astype("int64")
    text = {f: frame[f].astype("str") if f in frame else _empty(frame) for f in ("customer_id", "currency", *_TEXTS)}
    key = text["customer_id"].where(text["customer_id"].notna(), text["customer_name"].map(_name_key))
    is_header = _repeats_header(table, spec, frame)
    nothing = ~pd.concat(list(has.values()), axis=1).any(axis=1)
    named = text["customer_id"].where(~text["customer_id"].fillna("").str.fullmatch(_TOTAL).astype(bool))
    says_total = frame["says_total"].fillna(value=False).astype(bool) & (named.isna() | ("customer_id" not in frame))
    reason = pd.Series(None, index=frame.index, dtype="str")
    for test, code in (
        (nothing, "missing_amount"),
        (key.isna(), "missing_customer"),
        (unread, "unreadable_amount"),
        (nothing & key.isna(), "remark_row"),
        (is_header, "repeated_header"),
        (says_total, "total_row"),
    ):
        reason = reason.mask(test, code)
    is_data = ~(says_total | is_header)
    stated = tuple(int(amount) for amount in owed[says_total] if amount)
    read = ages.where(is_data, 0).assign(
        customer_id=key, source_line=frame["line"] if "line" in frame else frame["source_line"],
        source_file=table.path.name, raw=frame["raw"], reason=reason,
        currency=text["currency"].map(currency_code, na_action="ignore"), money_cents=owed.where(is_data, 0),
        rest_cents=(owed - ages.sum(axis=1)).where(is_data, 0),
        **{ours: text[field] for field, ours in _TEXTS.items() if field != "entity" or field in frame},
    )  # fmt: skip
    return AgedRows(table, spec, read, stated)


def _empty(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(None, index=frame.index, dtype="str")


def _name_key(name: Any) -> Any:
    return " ".join(name.upper().split()) if isinstance(name, str) else name


def _repeats_header(table: RawTable, spec: TableSpec, frame: pd.DataFrame) -> pd.Series:
    wanted = "|".join(plain(header) for header in table.headers)
    return frame["raw"].map(lambda raw: "|".join(plain(cell) for cell in str(raw).split("|")) == wanted).astype(bool)
