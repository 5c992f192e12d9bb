"""SIREN, SIRET and French VAT numbers: checked, and repaired where a spreadsheet broke them.

Every function on a Series is vectorised; `python-stdnum` does the rare cases and is the oracle of the tests. A number
is repaired only when what comes out passes its check digit: nothing is guessed, the rest is set aside as `invalid`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret
from stdnum.fr import tva as stdnum_vat

LA_POSTE = "356000000"
LA_POSTE_HEAD_OFFICE = "35600000000048"
REPAIRS = ("none", "spaces", "label", "float", "scientific", "leading_zero", "siret", "vat", "missing", "invalid")
"""Codes of the `repair` column. Several repairs of one value are joined in order: `float+leading_zero+siret`."""

Digits = npt.NDArray[np.uint8]
_DOUBLED: Digits = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], dtype=np.uint8)
Objects = npt.NDArray[np.object_]
_MISSING = re.compile(
    r"|#?N\W?/?\W?[ACDR]\W?|#?NAN|<NA>|NAT|NONE|NULL|N[EÉ]ANT|INCONNUE?|UNKNOWN|SANS|X+|0+(?:[.,]0+)?|[-–—_./?*]+"
    r"|NON (?:COMMUNIQU[EÉ]E?|CONNUE?|RENSEIGN[EÉ]E?|DISPONIBLE)"
)
_PLAIN = re.compile("(?!0+$)[0-9]{7,14}|(?:FR)?[0-9A-HJ-NP-Z]{2}[0-9]{9}")
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u200a\u200b\u202f\u2060\ufeff'’`´_–—-]+")
_DATE = re.compile(r"\s*[0-9]{1,4}[-.\s][0-9]{1,2}[-.\s][0-9]{1,4}\s*")  # else 12-05-2021 is eight digits
_FLOAT = re.compile("([0-9]{7,14})[.,]0+")
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]+))?E\+?0?([0-9]{1,2})")
_GROUPED = re.compile("[A-Z]{0,5}[0-9A-Z]*(?:[.,][0-9]{3,5})+")
_LABELLED = re.compile(
    r"(?:R\.?C\.?S\.?[A-ZÀ-Ü]*?|SIREN|SIRET|TVA(?:INTRA(?:COM(?:MUNAUTAIRE)?)?)?|VAT|N[°ºO])*"
    r"[:.]?((?:FR[0-9A-Z]{2})?[0-9]{9}|[0-9]{14})(?:R\.?C\.?S\.?[A-ZÀ-Ü]*)?"
)
_READINGS = {  # (length of the cleaned text, what is put before it, repair code)
    "siren": (
        (9, "", ""),
        (8, "0", "leading_zero"),
        (14, "", "siret"),
        (13, "0", "leading_zero+siret"),
        (11, "", "vat"),
        (13, "", "vat"),
    ),
    "siret": ((14, "", ""), (13, "0", "leading_zero")),
}


def is_siren(number: str) -> bool:
    """Whether nine digits (spaces allowed) are a SIREN: Luhn, and not in the 000 range, which is never given."""
    return bool(stdnum_siren.is_valid(number)) and not stdnum_siren.compact(number).startswith("000")


def is_siret(number: str) -> bool:
    """Whether fourteen digits (spaces allowed) are a SIRET; La Poste's have a digit sum multiple of 5 instead."""
    return bool(stdnum_siret.is_valid(number)) and not stdnum_siret.compact(number).startswith("000")


def format_siren(number: str) -> str:
    """A SIREN as people read it: `732 829 320`."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def valid_siren(numbers: pd.Series) -> pd.Series:
    """Which texts are a SIREN, written as nine digits and nothing else. Missing values are not."""
    return _checked(numbers, r"(?!000)[0-9]{9}", _luhn)


def valid_siret(numbers: pd.Series) -> pd.Series:
    """Which texts are a SIRET, written as fourteen digits and nothing else. Missing values are not."""
    return _checked(numbers, r"(?!000)[0-9]{14}", _siret_check)


def vat_from_siren(numbers: pd.Series) -> pd.Series:
    """French VAT numbers: `FR`, the key (12 + 3 × (SIREN mod 97)) mod 97 on two digits, the SIREN.

    Missing where the input is not a valid SIREN. A computed number is well formed; only VIES knows if it is in use.
    """
    valid = valid_siren(numbers)
    digits = numbers[valid].astype("int64")
    keys = ((12 + 3 * (digits % 97)) % 97).astype("str").str.zfill(2)
    vat = "FR" + keys + numbers[valid].astype("str")
    return _spread(vat, valid)


def siren_from_vat(numbers: pd.Series) -> pd.Series:
    """SIREN inside French VAT numbers, spaces and `FR` optional; missing where the key or the SIREN is wrong."""
    body = numbers.astype("str").str.upper().str.replace(r"[\s.-]+", "", regex=True).str.removeprefix("FR")
    holds_siren = valid_siren(body.str[2:])
    plain = (body.str.fullmatch("[0-9]{11}") & holds_siren).to_numpy(dtype=bool)
    digits = body[plain].astype("int64")  # key, then SIREN
    valid = np.zeros(len(body), dtype=bool)
    valid[plain] = digits // 10**9 == (12 + 3 * (digits % 10**9 % 97)) % 97
    lettered = (body.str.fullmatch("(?=[0-9]?[A-Z])[0-9A-HJ-NP-Z]{2}[0-9]{9}") & holds_siren).to_numpy(dtype=bool)
    valid[lettered] = [bool(stdnum_vat.is_valid(number)) for number in body[lettered]]
    return body.str[2:].where(valid)


def repair_siren(raw: pd.Series) -> pd.DataFrame:
    """SIREN read from a column as people fill it, each repair named.

    From: raw (text; integers and floats are accepted), one row per customer.
    To:   siren (nine digits, or missing), repair (see `REPAIRS`), raw (as given); same index, same order.

    Notes
    -----
    Accepted only if the check digits agree at the end: separators removed (`spaces`), `SIREN`, `RCS Lyon B` and the
    like around the number (`label`), `732829320.0` (`float`), `7.3282932E+08` (`scientific`: at most one digit hidden,
    which the Luhn digit then settles), eight digits or a SIRET of thirteen (`leading_zero`), a SIRET (`siret`) or a
    French VAT number (`vat`) instead of a SIREN. A SIRET or a VAT number whose own key is wrong is `invalid`, even
    around a good SIREN. Seven digits or fewer are never padded. Zeros, `NC`, `n/a`, `-` and blanks are `missing`.

    """
    return _repair(raw, "siren")


def repair_siret(raw: pd.Series) -> pd.DataFrame:
    """SIRET read the way `repair_siren` reads a SIREN (columns siret, repair, raw); a lone SIREN is `invalid`."""
    return _repair(raw, "siret")


def _repair(raw: pd.Series, wanted: str) -> pd.DataFrame:
    """Both repairs: what is right as it stands is left alone, the rest is cleaned once per distinct text."""
    text = raw.astype("str").fillna("")
    fine = (valid_siren(text) if wanted == "siren" else valid_siret(text)).to_numpy()
    number = text.where(fine).to_numpy(dtype=object)
    repair = np.where(fine, "none", "invalid").astype(object)
    rest = np.flatnonzero(~fine)
    positions, distinct = pd.factorize(text.to_numpy(dtype=object)[rest])
    cleaned = [_clean(value) for value in distinct]
    found, repairs = _read(pd.Series([c for c, _ in cleaned], dtype="str"), [r for _, r in cleaned], wanted)
    number[rest], repair[rest] = found[positions], repairs[positions]
    columns = {
        wanted: pd.Series(number, raw.index, dtype="str"),
        "repair": pd.Series(repair, raw.index, dtype="str"),
        "raw": raw,
    }
    return pd.DataFrame(columns, index=raw.index)


def _clean(text: str) -> tuple[str, str]:
    """Digits (or a compact VAT number) that `text` holds and the repairs it took; blank where there is none."""
    if _PLAIN.fullmatch(text):
        return text, ""
    if match := _FLOAT.fullmatch(text):
        return match[1], "float"
    compact = text if _DATE.fullmatch(text) else _SPACES.sub("", text)
    repairs = ["spaces"] if compact != text else []
    compact = compact.upper()
    if _MISSING.fullmatch(text.strip().upper()) or _MISSING.fullmatch(compact):
        return "", "missing"
    if match := _FLOAT.fullmatch(compact):
        compact, repairs = match[1], [*repairs, "float"]
    elif match := _SCIENTIFIC.fullmatch(compact):
        compact, repairs = _expand(*match.groups("")), [*repairs, "scientific"]
    elif _GROUPED.fullmatch(compact):
        compact, repairs = re.sub("[.,]", "", compact), ["spaces"]
    if not _PLAIN.fullmatch(compact) and (match := _LABELLED.fullmatch(compact)):
        compact, repairs = match[1], [*repairs, "label"]
    return (compact, "+".join(repairs)) if _PLAIN.fullmatch(compact) else ("", "invalid")


def _expand(first: str, decimals: str, exponent: str) -> str:
    """`7.3282932E+08` → `732829320`; blank when more than one digit is hidden (display rounding)."""
    hidden = int(exponent) - len(decimals)
    return first + decimals + "0" * hidden if hidden in (0, 1) else ""


def _read(cleaned: pd.Series, repairs: list[str], wanted: str) -> tuple[Objects, Objects]:
    """The number that each cleaned text holds by its length, and the repair code of each."""
    found = np.full(len(cleaned), None, dtype=object)
    codes = np.array([code if code == "missing" else "invalid" for code in repairs], dtype=object)
    lengths = cleaned.str.len()
    for length, prefix, code in _READINGS[wanted]:
        candidates = prefix + cleaned[lengths == length]
        if code == "vat":
            accepted = siren_from_vat(candidates).dropna()
        else:
            check = valid_siret if length > 11 else valid_siren
            accepted = candidates[check(candidates)].str[: 9 if wanted == "siren" else 14]
        rows = accepted.index.to_numpy()
        found[rows] = accepted.to_numpy(dtype=object)
        codes[rows] = ["+".join(filter(None, (repairs[row], code))) or "none" for row in rows]
    return found, codes


def _spread(values: pd.Series, where: pd.Series) -> pd.Series:
    """Put `values` back at the rows of `where`, missing elsewhere, whatever the index."""
    spread = np.full(len(where), None, dtype=object)
    spread[where.to_numpy()] = values.to_numpy(dtype=object)
    return pd.Series(spread, where.index, dtype="str")


def _checked(numbers: pd.Series, shape: str, check: Callable[[Digits], npt.NDArray[np.bool_]]) -> pd.Series:
    """Rows whose text has the `shape` and whose digits pass the `check`."""
    text = numbers.astype("str")
    shaped = text.str.fullmatch(shape).to_numpy(dtype=bool, na_value=False)
    valid = np.zeros(len(text), dtype=bool)
    texts = text.to_numpy(dtype=object)[shaped]
    if len(texts):
        digits = texts.astype("S").view(np.uint8).reshape(len(texts), -1) - ord("0")
        valid[shaped] = check(digits)
    return pd.Series(valid, index=numbers.index)


def _luhn(digits: Digits) -> npt.NDArray[np.bool_]:
    """Luhn check of each row: every second digit from the right doubled, the sum of digits a multiple of 10."""
    weighted = digits.astype(np.uint8, copy=True)
    weighted[:, -2::-2] = _DOUBLED[weighted[:, -2::-2]]
    result: npt.NDArray[np.bool_] = weighted.sum(axis=1, dtype=np.int64) % 10 == 0
    return result


def _siret_check(digits: Digits) -> npt.NDArray[np.bool_]:
    """Luhn on the whole and on the SIREN inside; for La Poste's establishments, a digit sum multiple of 5."""
    branch = (digits[:, :9] == _digits(LA_POSTE)).all(axis=1) & (digits != _digits(LA_POSTE_HEAD_OFFICE)).any(axis=1)
    by_sum = digits.sum(axis=1, dtype=np.int64) % 5 == 0
    return _luhn(digits[:, :9]) & np.where(branch, by_sum, _luhn(digits))


def _digits(number: str) -> Digits:
    return np.array([int(digit) for digit in number], dtype=np.uint8)
