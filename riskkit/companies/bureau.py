"""Scores, limits and payment behaviour exported by a bureau: by column mapping, and by a scale dated in the policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

from riskkit.companies.identifiers import repair_siren
from riskkit.companies.named_columns import Field, read_columns
from riskkit.errors import DataError, Message, UsageError, message
from riskkit.policy_companies import RISK_CLASSES, SCALE_0_100, BureauScale, overlapping
from riskkit.schemas import Column, Table

RATINGS = Table(
    "ratings",
    "an opinion of a bureau about a company, at a date",
    (
        Column("siren", "text", "SIREN of the company"),
        Column("rating_date", "date", "date of the opinion"),
        Column("provider", "text", "who gave it"),
        Column(
            "scale", "text", "name of the scale it was read by, with its first day; missing without one", nullable=True
        ),
        Column("raw", "text", "score or grade as given", nullable=True),
        Column("risk_class", "text", ", ".join(RISK_CLASSES)),
        Column("limit_cents", "cents", "credit limit advised, minor units", nullable=True),
        Column("dbt_days", "number", "days beyond terms seen by the bureau", nullable=True),
        Column("source_file", "text", "name of the file it was read from"),
        Column("source_line", "integer", "line of that file"),
    ),
)

_FIELDS = {
    "siren": Field("text", ("siret", "rcs", "numero siren", "company number", "identifiant"), required=True),
    "rating_date": Field("date", ("date score", "date du score", "date notation", "date", "score date")),
    "score": Field("text", ("note", "notation", "cote", "rating", "cotation", "score 100", "grade")),
    "limit": Field("amount", ("limite de credit", "limite", "encours conseille", "credit limit", "avis de credit")),
    "dbt": Field("number", ("dbt jours", "retard moyen", "days beyond terms", "jours de retard")),
}


class BureauFile(BaseModel):
    """A bureau's export as `portfolio.yaml` describes it.

    `columns` gives the header of siren, rating_date, score, limit and dbt; `rating_date` is the date of the whole
    export where its rows hold none; `scale` names a scale of the policy.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    provider: Annotated[str, Setting(min_length=1)]
    scale: str = SCALE_0_100.name
    columns: dict[str, str] = Setting(default_factory=dict)
    rating_date: dt.date | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Ratings:
    """Opinions read, and what the reading has to say."""

    ratings: pd.DataFrame
    notes: tuple[Message, ...] = ()


def read_bureau(
    settings: BureauFile, *, folder: Path = Path(), scales: Sequence[BureauScale] = (SCALE_0_100,)
) -> Ratings:
    """The opinions of one export.

    From: a spreadsheet or text file with a SIREN, and any of: a date, a score or grade, a limit, days beyond terms.
    To:   `RATINGS`, sorted by company and date. Each score is read by the scale in force at its own date; without one
          in force, or off the scale, its class is `unknown` and a note says how many.

    Parameters
    ----------
    settings
        Which file, whose, and its columns.
    folder
        What the file's name is relative to.
    scales
        The scales of the policy; several of one name succeed each other in time.

    """
    for before, after in overlapping(scales):
        raise UsageError(
            message(
                "Scale '{name}' is given twice on {day}. Set valid_to of the first so that they follow each other.",
                name=before.name,
                day=after.valid_from,
            )
        )
    own = [scale for scale in scales if scale.name == settings.scale]
    if not own:
        raise UsageError(
            message(
                "{file}: scale '{name}' is not in the policy. Its scales are: {known}.",
                file=settings.file,
                name=settings.scale,
                known=", ".join(sorted({scale.name for scale in scales})),
            )
        )
    path = folder / settings.file
    rows = read_columns(path, fields=_FIELDS, columns=settings.columns, sheet=settings.sheet)
    dates = _dates(rows, settings, path)
    raw = rows.get("score", pd.Series(None, index=rows.index, dtype="str"))
    read = [_class(value, day, own) for value, day in zip(raw, dates, strict=True)]
    frame = rows.assign(
        siren=repair_siren(rows["siren"].astype("str"))["siren"],
        rating_date=dates,
        provider=settings.provider,
        scale=pd.Series([scale for _, scale, _ in read], index=rows.index, dtype="str"),
        raw=raw,
        risk_class=pd.Series([risk_class for risk_class, _, _ in read], index=rows.index, dtype="str"),
        limit_cents=rows.get("limit", pd.Series(pd.NA, index=rows.index, dtype="Int64")),
        dbt_days=rows.get("dbt", pd.Series(float("nan"), index=rows.index)),
        fault=pd.Series([fault for _, _, fault in read], index=rows.index, dtype="str"),
    )
    usable = frame["siren"].notna() & frame["rating_date"].notna()
    notes = tuple(_notes(frame, usable, file=path.name))
    kept = RATINGS.conform(frame[usable])[RATINGS.names]
    ordered = kept.sort_values(["siren", "provider", "rating_date", "source_line"], kind="stable")
    return Ratings(ordered.reset_index(drop=True), notes)


def latest_ratings(ratings: pd.DataFrame, *, as_of: dt.date, provider: str | None = None) -> pd.DataFrame:
    """The last opinion about each company known at `as_of`, of one provider or of whoever spoke last.

    From: `RATINGS`.
    To:   `RATINGS`, one row per SIREN.
    """
    known = ratings[ratings["rating_date"] <= pd.Timestamp(as_of)]
    if provider is not None:
        known = known[known["provider"] == provider]
    ordered = known.sort_values(["siren", "rating_date"], kind="stable")
    return ordered.drop_duplicates("siren", keep="last").reset_index(drop=True)


def _dates(rows: pd.DataFrame, settings: BureauFile, path: Path) -> pd.Series:
    """The date of each opinion: its own, else that of the export. An opinion without a date is nothing."""
    given = rows.get("rating_date", pd.Series(pd.NaT, index=rows.index))
    dates = pd.to_datetime(given).astype("datetime64[us]")
    if settings.rating_date is not None:
        return dates.fillna(pd.Timestamp(settings.rating_date))
    if dates.isna().all():
        raise DataError(
            message(
                "{file} does not say when its scores were given. Name its date column, or write rating_date: the day "
                "of the export.",
                file=path.name,
            )
        )
    return dates


def _class(raw: object, day: pd.Timestamp, scales: Sequence[BureauScale]) -> tuple[str, str | None, str]:
    """Class, scale and fault of one value, read by the scale in force on its day."""
    if pd.isna(day):
        return "unknown", None, ""
    scale = next((scale for scale in scales if scale.covers(day.date())), None)
    if not isinstance(raw, str):
        return "unknown", None, ""
    if scale is None:
        return "unknown", None, "no_scale"
    risk_class, fault = scale.read(raw)
    return risk_class, f"{scale.name}@{scale.valid_from.isoformat()}", fault


def _notes(frame: pd.DataFrame, usable: pd.Series, *, file: str) -> Iterator[Message]:
    lost = frame[~usable]
    if len(lost):
        yield message(
            "{file}: {count:opinion|opinions} {count:?has|have} no valid SIREN or no date, first on line {line}. "
            "{count:?It is|They are} left out.",
            file=file,
            count=len(lost),
            line=int(lost["source_line"].iloc[0]),
        )
    off = frame[usable & (frame["fault"] == "off_scale")]
    if len(off):
        yield message(
            "{file}: {count:score|scores} {count:?is|are} not on {count:?its|their} scale, first '{raw}'. "
            "{count:?Its|Their} class is unknown: correct the scale in the policy.",
            file=file,
            count=len(off),
            raw=str(off["raw"].iloc[0])[:30],
        )
    late = frame[usable & (frame["fault"] == "no_scale")]
    if len(late):
        yield message(
            "{file}: {count:score|scores} {count:?has|have} no scale in force at {count:?its|their} date, first "
            "{day}. {count:?Its|Their} class is unknown.",
            file=file,
            count=len(late),
            day=late["rating_date"].iloc[0].date(),
        )
