"""What decided a match, as codes in tables and as sentences for people."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import Message, message


def reasons_of(pairs: pd.DataFrame, confirmed: npt.NDArray[np.bool_]) -> pd.Series:
    """Codes of what speaks for or against each pair, joined by +, the name first; see `reason`."""
    same = pairs["same_name"] > 0
    alike = pairs["likeness"] > 0.85
    partly = (pairs["own_words_found"] > 0.6) | (pairs["their_words_found"] > 0.6)
    acronym = (pairs["acronym"] > 0) & ~same
    codes = [
        (pd.Series(confirmed, index=pairs.index), "confirmed"),
        (same, "same_name"),
        (acronym, "acronym"),
        (~same & ~acronym & alike, "name_alike"),
        (~same & ~acronym & ~alike & partly, "name_in_part"),
        (~same & ~acronym & ~alike & ~partly, "name_differs"),
        (pairs["street_same"] > 0, "same_street"),
        ((pairs["place_same"] > 0) & (pairs["street_same"] == 0), "same_town"),
        (pairs["place_area"] > 0, "same_area"),
        (pairs["place_differs"] > 0, "other_place"),
        (pairs[["place_same", "place_area", "place_differs"]].sum(axis=1) == 0, "place_unknown"),
        (pairs["form_differs"] > 0, "other_legal_form"),
        (pairs["is_closed"].astype("bool"), "closed"),
        (_namesakes(pairs), "namesakes"),
    ]
    told = np.full(len(pairs), "", dtype=object)
    for holds, code in codes:
        told = np.where(holds, np.where(told == "", code, told + "+" + code), told)
    return pd.Series(told, index=pairs.index, dtype="str")


def reason(code: str) -> Message:
    """One code in words. Raises `KeyError` for a code that `reasons_of` does not give."""
    return _WORDS[code]


def _namesakes(pairs: pd.DataFrame) -> pd.Series:
    """Pairs of the same name as another company of the same customer."""
    same = pairs["same_name"] > 0
    return same & (same.astype("int64").groupby(pairs["customer_id"]).transform("sum") > 1)


_WORDS = {
    "confirmed": message("confirmed by a person"),
    "same_name": message("same name"),
    "acronym": message("acronym of its name"),
    "name_alike": message("name nearly the same"),
    "name_in_part": message("part of the name"),
    "name_differs": message("name differs"),
    "same_street": message("same street"),
    "same_town": message("same town"),
    "same_area": message("same département"),
    "other_place": message("another place"),
    "place_unknown": message("no address to compare"),
    "other_legal_form": message("another legal form"),
    "closed": message("has ceased, says the register"),
    "namesakes": message("other companies have this name"),
    "nothing_alike": message("nothing like it in the register"),
}
