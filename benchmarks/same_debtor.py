"""Accounts of one debtor: how many distinct firms are wrongly joined, and how many planted repeats are found.

Rules were chosen on the half of the real names that fits the matching; the other half is measured here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from benchmarks.corruption import spoil
from benchmarks.intervals import wilson
from benchmarks.large_register import companies_sql
from benchmarks.matching_cases import MEASURED_HALF, NAMES_FILE, read_companies
from riskkit.companies.same_debtor import same_debtor

LEDGER_FILE = Path(__file__).parents[2] / "shared" / "data" / "ar" / "highradius_open_items.csv.gz"
INVENTED = 20_000
PACKAGES = ("pandas", "rapidfuzz")
SEED = 20_261_126
_COLUMNS = ["customer_id", "name", "address", "postcode", "town"]


def rows() -> list[dict[str, Any]]:
    """Rows of `benchmarks/results/same_debtor.json`; those of real names only where their files are there."""
    found = list(_invented_rows())
    if NAMES_FILE.exists():
        found += _planted_rows(MEASURED_HALF)
    if LEDGER_FILE.exists():
        found += _ledger_rows()
    return found


def _invented_rows() -> Iterator[dict[str, Any]]:
    """Accounts that are all distinct firms: whatever is joined is wrong. Names are dense, many are namesakes."""
    with duckdb.connect(":memory:") as connection:
        firms = connection.sql(f"from ({companies_sql(first=3_000_000, count=INVENTED)})").df()
    accounts = firms.rename(columns={"siren": "customer_id", "street": "address"})[_COLUMNS]
    for dataset, given in (("invented", accounts), ("invented:no_address", accounts[["customer_id", "name"]])):
        found = same_debtor(given)
        wrong = found["reason"] != "single"
        yield _share("wrongly_joined", dataset, int(wrong.sum()), len(found))
        for reason, count in found.loc[wrong, "reason"].value_counts().sort_index().items():
            yield _share("wrongly_joined", f"{dataset}:{reason}", int(count), len(found))


def _planted_rows(half: int) -> Iterator[dict[str, Any]]:
    """Real names, a third of them with a second account as a client's file would hold it, at the same place or none."""
    companies = read_companies()
    companies = companies[companies["half"] == half].drop_duplicates("name")
    draw = random.Random(SEED)  # noqa: S311
    repeated = set(draw.sample(sorted(companies["siren"]), len(companies) // 3))
    accounts = []
    for firm in companies.itertuples():
        place = (str(firm.street), str(firm.postcode), str(firm.town))
        accounts.append((f"{firm.siren}-1", str(firm.name), *place))
        if firm.siren in repeated:
            again = spoil(draw, str(firm.name), legal_form=str(firm.legal_form), acronym=str(firm.acronym),
                          address=place[0], postcode=place[1], town=place[2])  # fmt: skip
            accounts.append((f"{firm.siren}-2", again.name, again.address, again.postcode, again.town))
    given = pd.DataFrame(accounts, columns=_COLUMNS)
    for dataset, asked in (("planted", given), ("planted:no_address", given[["customer_id", "name"]])):
        debtors = same_debtor(asked).set_index("customer_id")["debtor_id"]
        firm = debtors.index.str[:9].to_series(index=debtors.index)
        met = sum(debtors[f"{siren}-1"] == debtors[f"{siren}-2"] for siren in repeated)
        joined = debtors[debtors.duplicated(keep=False)]
        pure = firm[joined.index].groupby(joined).nunique().eq(1)
        yield _share("recall", dataset, int(met), len(repeated))
        yield _share("precision", dataset, int(pure.sum()), len(pure))


def _ledger_rows() -> Iterator[dict[str, Any]]:
    """A ledger whose customers bear many suffixes (`WAL-MAR corp`, `WAL-MAR in`); its own number is the truth."""
    read = pd.read_csv(LEDGER_FILE, dtype="str").drop_duplicates(["cust_number", "name_customer"])
    accounts = pd.DataFrame(
        {"customer_id": read["cust_number"] + "|" + read["name_customer"], "name": read["name_customer"]}
    ).reset_index(drop=True)
    debtors = same_debtor(accounts)["debtor_id"]
    number = read["cust_number"].reset_index(drop=True)
    several = number[number.duplicated(keep=False)]
    together = debtors[several.index].groupby(several).nunique().eq(1)
    yield _share("recall", "highradius", int(together.sum()), len(together))
    stem = accounts["name"].str.strip().str.split().str[0]
    walmar = debtors[stem == "WAL-MAR"]
    yield _share("recall", "highradius:WAL-MAR", int(walmar.value_counts().iloc[0]), len(walmar))
    stems = stem.groupby(debtors).nunique()
    of_several = stems[debtors.value_counts() > 1]
    yield _share("one_first_word", "highradius", int(of_several.eq(1).sum()), len(of_several))


def _share(measure: str, dataset: str, count: int, total: int) -> dict[str, Any]:
    low, high = wilson(count, total)
    return {
        "measure": measure, "dataset": dataset, "value": round(count / total, 5), "low": round(low, 5),
        "high": round(high, 5), "unit": "share", "baselines": {}, "n": total,
    }  # fmt: skip
