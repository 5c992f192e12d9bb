"""What the cells of a column look like, measured on a sample: the second witness of the column mapping."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stdnum import luhn

from riskkit.sources.tabular import RawTable

_SAMPLE_ROWS = 500
_NAF = re.compile(r"\d{2}[. ]?\d{1,2}[. ]?[A-Z]")
_POSTCODE = re.compile(r"\d{4,5}(\.0)?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}|[a-z]{3}|[€$£]")
_TOTAL = re.compile(r"(?i)((grand|sous|sub)[ -]?)?tota(l|ux)\b.*")
_FLAG = re.compile(r"(?i)oui|non|o|n|yes|no|y|true|false|vrai|faux|0|1|x|en litige|disputed|litige")
_SIDE = re.compile(r"(?i)[dc01]|debit|credit|débit|crédit|dr|cr")
_CONTACT = re.compile(r"[^@\s]+@[^@\s]+\.\w+|(\+33|0)\s?[1-9]([\s./-]?\d{2}){4}|\+\d{8,14}|https?://.*|www\..*")
_TERMS = re.compile(
    r"(?i).*\d.*(jours?|days?|j|net|nets|fm|fdm|dn|fin de mois|eom)\b.*|\d{1,3}(\.0)?|(net|fm) ?\d+.*|\d+ ?(fm|net)\d*|"
    r"comptant|.*r[ée]ception.*|immediate?.*|cash|due on receipt|[A-Z]{2,3}[A-Z0-9]{1,2}"
)


@dataclass(frozen=True)
class Contents:
    """Shares, among the filled cells of a column's sample, of those that read as each kind of value."""

    filled: float
    date: float
    amount: float
    decimals: float
    whole_number: float
    days: float
    siren: float
    naf: float
    postcode: float
    currency: float
    flag: float
    side: float
    terms: float
    spaced: float
    with_digit: float
    distinct: float
    contact: float

    def fit(self, content: str) -> float:
        """How well the column can hold that content, 0 to 1; 1 when it is empty, for nothing speaks against."""
        if self.filled == 0:
            return 1.0
        if content == "amount":
            return 0.0 if self.date > 0.9 and self.decimals < 0.1 and self.whole_number < 0.5 else self.amount
        if content == "any":
            return 1.0
        if content == "name":
            is_code = self.with_digit * (1.0 - self.spaced)
            return 1.0 - max(0.7 * max(self.date, self.decimals, self.whole_number), 0.4 * is_code)
        if content == "letter":
            return 1.0 - 0.8 * max(self.decimals, self.date if self.whole_number < 0.5 else 0.0)
        if content == "entity":
            return 0.3 if self.distinct == 1.0 and self.filled > 0 else max(0.0, 1.0 - max(self.date, self.decimals))
        if content == "text":
            return 1.0 - 0.7 * max(self.date, self.decimals, self.whole_number)
        if content == "id":
            is_other = 0.8 * max(self.decimals, self.date if self.whole_number < 0.5 else 0.0) + 0.4 * self.spaced
            return 1.0 - is_other - 0.2 * (1.0 - self.with_digit)
        shares: dict[str, float] = {
            "date": self.date, "days": self.days, "siren": self.siren, "naf": self.naf, "postcode": self.postcode,
            "currency": self.currency, "flag": self.flag, "side": self.side, "terms": self.terms,
        }  # fmt: skip
        return shares[content]


def contents(table: RawTable) -> list[Contents]:
    """The contents of every column of a table, in the order of its headers."""
    names = ", ".join(f"c{i}" for i in range(len(table.headers)))
    sample = table.relation.limit(_SAMPLE_ROWS)
    # Each distinct cell of the sample is read once, by one expression whatever the number of columns.
    read = (
        sample.project(f"unnest([{names}]) as cell")
        .filter("cell is not null")
        .distinct()
        .project("cell, cell_date(cell, false) is not null, amount_cents(cell, '.') is not null")
    )
    kinds = {cell: (is_date, is_amount) for cell, is_date, is_amount in read.fetchall()}
    columns = zip(*sample.project(names).fetchall(), strict=True)
    return [_measured([(cell, *kinds[cell]) for cell in column if cell is not None], len(column)) for column in columns]


def siren_like(cell: str) -> bool:
    """Whether a cell holds a SIREN or a SIRET, spaces, lost zeros and float endings forgiven."""
    digits = re.sub(r"\.0$", "", re.sub(r"[\s\u00a0\u202f.]+(?!0$)", "", cell))
    digits = re.sub(r"^FR\w\w", "", digits)
    if not digits.isdigit() or not 7 <= len(digits) <= 14:
        return False
    wanted = digits.zfill(9) if len(digits) <= 9 else digits.zfill(14)[:9]
    return bool(luhn.is_valid(wanted))


def _measured(cells: Sequence[tuple[str, bool, bool]], rows: int) -> Contents:
    filled = [(text, is_date, is_amount) for cell, is_date, is_amount in cells if (text := cell.strip())]
    kept = [each for each in filled if not _TOTAL.fullmatch(each[0])]
    count = len(kept)
    if count == 0:
        return Contents(*([0.0] * 17))
    texts = [text for text, _, _ in kept]

    def share(test: re.Pattern[str]) -> float:
        return sum(1 for text in texts if test.fullmatch(text)) / count

    return Contents(
        filled=len(filled) / max(rows, 1),
        date=sum(d for _, d, _ in kept) / count,
        amount=sum(a for _, _, a in kept) / count,
        decimals=share(re.compile(r"(?!\d+\.0+$)(\D*[\d\s\u00a0\u202f.,]*\d?[.,]\d{1,2}\D*|\D*\d+\.\d{3,}\D*)")),
        whole_number=share(re.compile(r"-?\d+(\.0)?")),
        days=share(re.compile(r"-?\d{1,4}([.,]0+)?")),
        siren=sum(1 for text in texts if siren_like(text)) / count,
        naf=share(_NAF),
        postcode=share(_POSTCODE),
        currency=share(_CURRENCY),
        flag=share(_FLAG),
        side=share(_SIDE),
        terms=share(_TERMS),
        spaced=sum(1 for text in texts if " " in text) / count,
        with_digit=sum(1 for text in texts if any(letter.isdigit() for letter in text)) / count,
        distinct=len(set(texts)) / count,
        contact=share(_CONTACT),
    )
