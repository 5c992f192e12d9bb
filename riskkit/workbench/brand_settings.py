"""Author, colours and logo of the documents, as `portfolio.yaml` names them, checked before anything is drawn."""

from __future__ import annotations

import io
import re
import struct
from pathlib import Path
from xml.etree.ElementTree import ParseError

from riskkit.errors import Message, UsageError, message
from riskkit.exhibits.brand import Brand
from riskkit.exhibits.theme import LIGHT, contrast_ratio
from riskkit.workbench.report_settings import ReportSettings

MOST_LOGO_BYTES, MOST_PIXELS = 1_000_000, 4_000
LEGIBLE = 4.5  # WCAG 2, text on the ground
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_PNG = b"\x89PNG\r\n\x1a\n"
_FORBIDDEN = ("script", "foreignObject", "image", "iframe", "use", "style", "animate", "set")


def read_brand(settings: ReportSettings, *, folder: Path) -> Brand:
    """What the documents bear of their author. `UsageError` for a colour or a logo that cannot be used.

    Parameters
    ----------
    settings
        `report` of `portfolio.yaml`; what it leaves out is ours.
    folder
        The folder of the portfolio, in which the logo is.

    """
    return Brand(
        author=settings.author,
        accent=_colour("accent", settings.accent) or LIGHT.accent,
        contrast=_colour("contrast", settings.contrast) or LIGHT.contrast,
        logo=_logo(settings.logo, folder) if settings.logo else b"",
    )


def _colour(name: str, given: str) -> str:
    if not given:
        return ""
    if not _HEX.fullmatch(given):
        raise UsageError(message("report.{name}: '{given}' is no colour. Write six hexadecimal digits: '#0b5a7d'.",
                                 name=name, given=given))  # fmt: skip
    ratio = contrast_ratio(given, LIGHT.ground)
    if ratio < LEGIBLE:
        raise UsageError(
            message(
                "report.{name}: '{given}' is too pale to be read on white (contrast {ratio}; {least} is needed). "
                "Choose a darker one.",
                name=name, given=given, ratio=float(ratio), least=LEGIBLE,
            )
        )  # fmt: skip
    return given.lower()


def _logo(given: str, folder: Path) -> bytes:
    path = (folder / given).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise _refused(given, message("it is outside the folder of the portfolio"))
    try:
        if path.stat().st_size > MOST_LOGO_BYTES:
            raise _refused(given, message("it is larger than 1 MB"))
        content = path.read_bytes()
    except OSError:
        raise _refused(given, message("it cannot be read")) from None
    fault = _png_fault(content) if content.startswith(_PNG) else _svg_fault(content)
    if fault is not None:
        raise _refused(given, fault)
    return content


def _png_fault(content: bytes) -> Message | None:
    if len(content) < 24 or max(struct.unpack(">II", content[16:24])) > MOST_PIXELS:
        return message("it is more than 4,000 pixels wide or high")
    from matplotlib.image import imread

    try:
        imread(io.BytesIO(content), format="png")
    except (OSError, SyntaxError, ValueError, struct.error):
        return message("the image is damaged")
    return None


def _svg_fault(content: bytes) -> Message | None:
    """What an SVG may not hold: anything that runs, that is fetched, or that includes another file."""
    from defusedxml import ElementTree as SafeTree
    from defusedxml.common import DefusedXmlException

    try:
        root = SafeTree.fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return message("it is neither a PNG nor an SVG image")
    if root.tag.rpartition("}")[2] != "svg":
        return message("it is neither a PNG nor an SVG image")
    for part in root.iter():
        if str(part.tag).rpartition("}")[2] in _FORBIDDEN:
            return message("it holds more than a drawing (script, style, image or reference)")
        for name, value in part.attrib.items():
            own = name.rpartition("}")[2].lower()
            if (
                own.startswith("on")
                or (own == "href" and not value.startswith("#"))
                or re.search(r"url\(\s*['\"]?[^#'\"\s]", value)
            ):
                return message("it holds more than a drawing (script, style, image or reference)")
    return None


def _refused(given: str, why: Message) -> UsageError:
    return UsageError(message("report.logo: '{file}' cannot be used: {why}. Give a PNG or SVG file of the portfolio.",
                              file=Path(given).name, why=why))  # fmt: skip
