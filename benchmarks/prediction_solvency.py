"""Bankruptcy sets: how far accounts alone go, by ten-fold cross-validation, identical rows never on both sides."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.prediction_ibm import SEED, interval, row
from riskkit.companies.account_measures import altman_z
from riskkit.models.solvency import find_pairs, fit_curves, fit_trees
from riskkit.models.validation import auc, auc_draws, draw_groups, expected_calibration_error

Floats = npt.NDArray[np.float64]
FOLDS, DRAWS = 10, 400


def polish_rows(folder: Path, year: int) -> list[dict[str, Any]]:
    """One row per measure of a Polish set, Altman's Z'' beside."""
    ratios, failed = read_polish(folder / f"solvency/polish_bankruptcy_{year}year.arff.gz")
    z = altman_z(working_capital=ratios["A3"], retained_earnings=ratios["A6"], ebit=ratios["A7"], equity=ratios["A8"])
    return measure(f"polish_{year}", ratios, failed, baseline=-z.fillna(z.median()).to_numpy())


def taiwanese_rows(folder: Path) -> list[dict[str, Any]]:
    """One row per measure of the Taiwanese set; its ratios are scaled, so that no Z'' can be had."""
    ratios, failed = read_taiwanese(folder / "solvency/taiwanese_bankruptcy_6819.csv.gz")
    return measure("taiwan", ratios, failed, baseline=None)


def measure(dataset: str, ratios: pd.DataFrame, failed: Floats, *, baseline: Floats | None) -> list[dict[str, Any]]:
    """The challenger and the explainable model on pooled ten-fold predictions, Z'' beside them where it can be had."""
    groups = ratios.groupby(list(ratios.columns), dropna=False, sort=False).ngroup().to_numpy()
    fold = stratified_folds(failed, groups)
    trees, curves = np.zeros(len(failed)), np.zeros(len(failed))
    for number in range(FOLDS):
        test = fold == number
        pairs = find_pairs(ratios[~test])
        taught, asked = pairs.transform(ratios[~test]), pairs.transform(ratios[test])
        trees[test] = fit_trees(taught, failed[~test], seed=SEED + number).predict(asked)
        curves[test] = fit_curves(taught, failed[~test], seed=SEED + number).predict(asked)
    sampled = draw_groups(groups.max() + 1, draws=DRAWS, seed=SEED)
    drawn = {name: auc_draws(chance, failed, groups, sampled) for name, chance in (("t", trees), ("c", curves))}
    beside = {"explainable": auc(curves, failed), "base_rate": float(failed.mean())}
    if baseline is not None:
        beside["altman_z"] = auc(baseline, failed)
    count = len(failed)
    gap = auc(trees, failed) - auc(curves, failed)
    return [
        row("auc", dataset, auc(trees, failed), interval(drawn["t"]), count, beside),
        row("auc_explainable", dataset, auc(curves, failed), interval(drawn["c"]), count, {}),
        row("auc_explainable_gap", dataset, gap, interval(drawn["t"] - drawn["c"]), count, {}),
        row("ece", dataset, expected_calibration_error(trees, failed), None, count,
            {"explainable": expected_calibration_error(curves, failed)}),
    ]  # fmt: skip


def stratified_folds(failed: Floats, groups: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Fold of each row: failures spread evenly, identical rows together."""
    first = pd.DataFrame({"group": groups, "failed": failed}).groupby("group")["failed"].max()
    rng = np.random.default_rng(SEED)
    fold = pd.Series(0, index=first.index)
    for kind in (0.0, 1.0):
        inside = rng.permutation(first.index[first == kind].to_numpy())
        fold.loc[inside] = np.arange(len(inside)) % FOLDS
    return fold.reindex(groups).to_numpy(dtype="int64")


def read_polish(path: Path) -> tuple[pd.DataFrame, Floats]:
    """The 64 ratios of each company and whether it failed."""
    with gzip.open(path, "rt") as stream:
        lines = stream.read().split("@data")[1].split()
    cells = [[np.nan if cell == "?" else float(cell) for cell in line.split(",")] for line in lines]
    values = np.array(cells)
    return pd.DataFrame(values[:, :64], columns=[f"A{number}" for number in range(1, 65)]), values[:, 64]


def read_taiwanese(path: Path) -> tuple[pd.DataFrame, Floats]:
    """The ratios of each company and whether it failed; the file's own split is not used."""
    given = pd.read_csv(path)
    label = next(name for name in given.columns if name.strip().lower().startswith("bankrupt"))
    ratios = given.drop(columns=[label, *[name for name in given.columns if name.strip() == "split"]])
    ratios.columns = [f"T{number}" for number in range(1, len(ratios.columns) + 1)]
    return ratios.astype("float64"), given[label].to_numpy(dtype="float64")
