"""Slides written as a .pptx file: the same slides give the same bytes."""

from __future__ import annotations

import copy
import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from riskkit.exhibits.brand import Brand
from riskkit.exhibits.deck.master import LAYOUTS, Box, new_presentation
from riskkit.exhibits.deck.native import CHARS, lines_of, put_chart, put_table
from riskkit.exhibits.deck.slide import Line, Slide
from riskkit.exhibits.fragment import clean

_SIZES = (16, 14, 13, 12, 11, 10)
_TITLE_SIZES = (24, 22, 20, 18, 16)
_FIXED_DAY = (1980, 1, 1, 0, 0, 0)


def write_deck(slides: Sequence[Slide], *, brand: Brand, title: str, footer: str, as_of: dt.date) -> bytes:
    """The .pptx file.

    Parameters
    ----------
    slides
        What each slide holds, in order; the first is the cover.
    brand
        Author, colours and logo.
    title, footer
        Of the file's properties, and at the foot of each slide.
    as_of
        Valuation date, which is also the date that the file bears.

    """
    made = new_presentation(brand)
    layouts = {layout.name: layout for layout in made.slide_layouts}
    for slide in slides:
        added = made.slides.add_slide(layouts[slide.layout])
        _title(added, slide)
        boxes = {box.index: box for box in LAYOUTS[slide.layout]}
        size = min((fitting_size(lines, boxes[index]) for index, lines in slide.texts), default=0)
        for index, lines in slide.texts:
            _text(_holder(added, index), lines, size if slide.layout != "cover" else boxes[index].size)
        if slide.chart is not None:
            put_chart(added, 10, slide.chart)
        for index, grid in slide.grids:
            put_table(added, slide.layout, index, grid)
        if any(box.name == "Source" for box in LAYOUTS[slide.layout]):
            _plain(_holder(added, 19), slide.source)
        if slide.notes:
            added.notes_slide.notes_text_frame.text = clean(slide.notes)
        _foot(added, footer)
        _without_empty(added)
    properties = made.core_properties
    properties.title, properties.author, properties.last_modified_by = title, brand.author, brand.author
    properties.created = properties.modified = dt.datetime(as_of.year, as_of.month, as_of.day)  # noqa: DTZ001
    properties.revision = 1
    written = io.BytesIO()
    made.save(written)
    return stable_zip(written.getvalue(), as_of=as_of)


def stable_zip(packed: bytes, *, as_of: dt.date) -> bytes:
    """The same package with no trace of when it was written: neither in the archive nor in workbooks inside it."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".xlsx"):
                content = stable_zip(content, as_of=as_of)
            elif name == "docProps/core.xml":
                day = f"{as_of:%Y-%m-%d}T00:00:00Z".encode()
                content = re.sub(rb"(<dcterms:\w+[^>]*>)[^<]*", rb"\g<1>" + day, content)
            entry = zipfile.ZipInfo(name, _FIXED_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return written.getvalue()


def _holder(slide: Any, index: int) -> Any:
    return next(shape for shape in slide.placeholders if shape.placeholder_format.idx == index)


def _title(slide: Any, content: Slide) -> None:
    from pptx.util import Pt

    slide.shapes.title.text_frame.text = clean(content.title)
    box = LAYOUTS[content.layout][0]
    if content.layout != "cover":
        size = next((pt for pt in _TITLE_SIZES if lines_of(content.title, box.width * CHARS / pt * 0.92) <= 2), 16)
        if size != box.size:
            slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(size)


def _text(shape: Any, lines: Sequence[Line], size: int) -> None:
    """Paragraphs of a placeholder, in letters of that size."""
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.util import Pt

    frame = shape.text_frame
    for rank, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if rank == 0 else frame.add_paragraph()
        if line.is_head:
            _no_bullet(paragraph)
        for text, is_bold in ((f"{line.subject}\u00a0: " if line.subject else "", True), (line.text, line.is_head)):
            if text:
                run = paragraph.add_run()
                run.text = clean(text)
                run.font.size = Pt(size + 2 * line.is_head)
                if is_bold:
                    run.font.bold = True
                if line.is_head:
                    run.font.color.theme_color = MSO_THEME_COLOR.ACCENT_1


def fitting_size(lines: Sequence[Line], box: Box) -> int:
    """The largest size of letters, in points, in which the lines fit the box."""
    for size in _SIZES:
        if size > box.size and box.name != "Author":
            continue
        chars = (box.width - 0.2) * CHARS / size
        height = sum(
            lines_of(f"{line.subject} : {line.text}", chars) * (size + 2 * line.is_head) * 1.2 + 6 for line in lines
        )
        if height / 72 <= box.height:
            return size
    return _SIZES[-1]


def _no_bullet(paragraph: Any) -> None:
    from pptx.oxml import parse_xml

    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", "0")
    properties.set("indent", "0")
    properties.append(parse_xml('<a:buNone xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"/>'))


def _plain(shape: Any, text: str) -> None:
    shape.text_frame.text = clean(text)


def _foot(slide: Any, footer: str) -> None:
    """The footer and the number of a slide, which python-pptx leaves on the layout."""
    for shape in slide.slide_layout.placeholders:
        kind = shape.element.ph.get("type")
        if kind not in ("ftr", "sldNum"):
            continue
        made = copy.deepcopy(shape.element)
        made.nvSpPr.cNvPr.set("id", str(100 + shape.placeholder_format.idx))
        slide.shapes._spTree.append(made)
        if kind == "ftr":
            made.txBody.findall(".//{http://schemas.openxmlformats.org/drawingml/2006/main}t")[0].text = clean(footer)


def _without_empty(slide: Any) -> None:
    """Take away the placeholders that nothing fills: they would ask to be clicked."""
    for shape in list(slide.placeholders):
        if shape.has_text_frame and not shape.text_frame.text.strip() and shape.placeholder_format.idx not in (20, 21):
            shape._element.getparent().remove(shape._element)
