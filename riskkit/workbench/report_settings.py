"""What `portfolio.yaml` may say about the documents: who hands them over, their look, a file of comments."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from riskkit.errors import UsageError, message
from riskkit.workbench.source_names import relative

MOST_BYTES = 200_000


class ReportSettings(BaseModel):
    """Author, comments, logo and colours of the documents; each may be left out.

    `logo` is a PNG or SVG file inside the folder of the portfolio; `accent` and `contrast` are colours, `#rrggbb`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    author: Annotated[str, Field(max_length=120)] = ""
    comments: str = ""
    logo: str = ""
    accent: str = ""
    contrast: str = ""


def report_values(settings: ReportSettings, *, folder: Path, home: Path) -> dict[str, object]:
    """The settings as a file in `home` says them: the comments relative to it, the logo beside it (`copy_logo`)."""
    values = settings.model_dump(exclude_defaults=True)
    if settings.comments:
        values["comments"] = relative((folder / settings.comments).absolute(), home)
    if settings.logo:
        values["logo"] = Path(settings.logo).name
    return {"report": values} if values else {}


def copy_logo(settings: ReportSettings, *, folder: Path, target: Path) -> None:
    """Put the logo beside the settings written in `target`, where `report_values` names it."""
    given = folder / settings.logo
    if settings.logo and given.is_file() and given.parent.absolute() != target.absolute():
        shutil.copy2(given, target / given.name)


def read_comments(settings: ReportSettings, *, folder: Path) -> str:
    """The text of the comments file, named relative to the folder of the portfolio; empty where none is named.

    `UsageError` when the file does not exist, is not text in UTF-8, or is longer than comments can be.
    """
    if not settings.comments:
        return ""
    return read_text(folder / settings.comments, key="report.comments")


def read_text(path: Path, *, key: str) -> str:
    """A text that a person wrote; `UsageError`, which names `key`, when it cannot be used."""
    try:
        content = path.read_bytes()
    except OSError:
        raise UsageError(
            message("{key}: '{file}' cannot be read. Correct its name or its rights.", key=key, file=path.name)
        ) from None
    if len(content) > MOST_BYTES:
        raise UsageError(
            message(
                "{key}: '{file}' is {size:byte|bytes} long; it may hold {most} at most. Shorten it.",
                key=key, file=path.name, size=len(content), most=MOST_BYTES,
            )
        )  # fmt: skip
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(
            message("{key}: '{file}' is not text in UTF-8. Save it again as UTF-8.", key=key, file=path.name)
        ) from None
