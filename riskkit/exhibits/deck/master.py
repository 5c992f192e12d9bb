"""The master of the slides: theme, four layouts whose boxes are real placeholders, footer and slide number.

python-pptx ships one template; its theme, master and layouts are written anew here, so that what a consultant opens has
one set of colours and fonts to change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from riskkit.exhibits.brand import Brand
from riskkit.exhibits.theme import LIGHT

if TYPE_CHECKING:
    from pptx.presentation import Presentation

FONT = "Arial"  # on every Windows and macOS; Liberation Sans has the same widths
EMU = 914_400
WIDTH, HEIGHT = 13.333, 7.5
LEFT, RIGHT = 0.6, WIDTH - 0.6
TITLE_PT, BODY_PT, SMALL_PT = 24, 14, 10
_NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)


@dataclass(frozen=True)
class Box:
    """A placeholder of a layout: its type, its index (how a slide finds it), its name and its place in inches."""

    kind: str
    index: int
    name: str
    left: float
    top: float
    width: float
    height: float
    size: int = BODY_PT


_WHOLE = RIGHT - LEFT
_TITLE = Box("title", 0, "Title", LEFT, 0.5, _WHOLE, 1.0, TITLE_PT)
_SOURCE = Box("body", 19, "Source", LEFT, 6.56, _WHOLE, 0.34, SMALL_PT)
LAYOUTS: dict[str, tuple[Box, ...]] = {
    "cover": (
        Box("ctrTitle", 0, "Title", LEFT, 2.3, 9.6, 1.3, 40),
        Box("subTitle", 1, "Subject", LEFT, 3.7, 9.6, 0.8, 22),
        Box("body", 10, "Author", LEFT, 5.6, 9.6, 0.9, 16),
    ),
    "columns": (
        _TITLE,
        Box("body", 10, "Found", LEFT, 1.75, 4.4, 4.75),
        Box("body", 11, "Costs", LEFT + 4.65, 1.75, 2.8, 4.75),
        Box("body", 12, "Steps", LEFT + 7.7, 1.75, _WHOLE - 7.7, 4.75),
        _SOURCE,
    ),
    "chart": (
        _TITLE,
        Box("chart", 10, "Chart", LEFT, 1.65, 7.9, 4.8),
        Box("body", 11, "Comment", LEFT + 8.2, 1.75, _WHOLE - 8.2, 4.7),
        _SOURCE,
    ),
    "chart_table": (
        _TITLE,
        Box("chart", 10, "Chart", LEFT, 1.65, 6.4, 4.8),
        Box("tbl", 11, "Table", LEFT + 6.7, 1.85, _WHOLE - 6.7, 2.6),
        Box("body", 12, "Comment", LEFT + 6.7, 4.75, _WHOLE - 6.7, 1.75),
        _SOURCE,
    ),
    "tables": (
        _TITLE,
        Box("tbl", 10, "Table", LEFT, 1.75, 6.4, 4.6),
        Box("tbl", 11, "Second table", LEFT + 6.7, 1.75, _WHOLE - 6.7, 2.6),
        Box("body", 12, "Comment", LEFT + 6.7, 4.65, _WHOLE - 6.7, 1.85),
        _SOURCE,
    ),
    "table": (_TITLE, Box("tbl", 10, "Table", LEFT, 1.75, _WHOLE, 4.6), _SOURCE),
    "table_text": (
        _TITLE,
        Box("tbl", 10, "Table", LEFT, 1.75, 7.6, 4.6),
        Box("body", 11, "Comment", LEFT + 7.95, 1.75, _WHOLE - 7.95, 4.7),
        _SOURCE,
    ),
}
FOOTER = Box("ftr", 20, "Footer", LEFT, 6.98, 9.0, 0.3, SMALL_PT)
NUMBER = Box("sldNum", 21, "Slide number", RIGHT - 1.0, 6.98, 1.0, 0.3, SMALL_PT)


def new_presentation(brand: Brand) -> Presentation:
    """An empty presentation of 16 to 9 with our theme and layouts, in the colours of the brand, its logo on the master.

    The names of `LAYOUTS` are those of its layouts.
    """
    from pptx import Presentation
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.util import Emu

    made = Presentation()
    made.slide_width, made.slide_height = Emu(round(WIDTH * EMU)), Emu(round(HEIGHT * EMU))
    master = made.slide_master
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = _theme(theme.blob.decode("utf-8"), brand).encode("utf-8")
    for spare in list(made.slide_layouts)[len(LAYOUTS) :]:
        made.slide_layouts.remove(spare)
    for layout, (name, boxes) in zip(made.slide_layouts, LAYOUTS.items(), strict=True):
        layout._element.cSld.set("name", name)
        if "type" in layout._element.attrib:
            del layout._element.attrib["type"]
        _fill(layout, boxes if name == "cover" else (*boxes, FOOTER, NUMBER), with_size=True)
        if name == "cover":
            layout._element.set("showMasterSp", "0")
            _bar(layout, 0.0, 0.0, 0.28, HEIGHT)
    _fill(master, (_TITLE, Box("body", 1, "Text", LEFT, 1.75, _WHOLE, 4.7), FOOTER, NUMBER), with_size=False)
    _bar(master, LEFT, 0.34, 0.7, 0.06)
    _styles(master)
    if brand.logo:
        _logo(master, made, brand)
    return made


def _theme(text: str, brand: Brand) -> str:
    """The theme with our colours and fonts: every chart, table and text of a slide refers to them by name."""
    import re

    colours = {
        "dk1": LIGHT.ink, "lt1": LIGHT.ground, "dk2": LIGHT.quiet, "lt2": LIGHT.raised,
        "accent1": brand.accent, "accent2": brand.contrast, "accent3": LIGHT.neutral, "accent4": LIGHT.good,
        "accent5": LIGHT.bad, "accent6": LIGHT.line, "hlink": brand.accent, "folHlink": LIGHT.neutral,
    }  # fmt: skip
    inside = "".join(
        f'<a:{name}><a:srgbClr val="{colour[1:].upper()}"/></a:{name}>' for name, colour in colours.items()
    )
    text = re.sub(
        r"<a:clrScheme.*?</a:clrScheme>", f'<a:clrScheme name="riskkit">{inside}</a:clrScheme>', text, flags=re.DOTALL
    )
    face = f'<a:latin typeface="{FONT}"/><a:ea typeface=""/><a:cs typeface=""/>'
    fonts = f'<a:fontScheme name="riskkit"><a:majorFont>{face}</a:majorFont><a:minorFont>{face}</a:minorFont>'
    text = re.sub(r"<a:fontScheme.*?</a:fontScheme>", f"{fonts}</a:fontScheme>", text, flags=re.DOTALL)
    return re.sub(r'(<a:theme [^>]*name=)"[^"]*"', r'\1"riskkit"', text)


def _fill(holder: Any, boxes: tuple[Box, ...], *, with_size: bool) -> None:
    """Replace the shapes of a layout or of the master by those placeholders."""
    from pptx.oxml import parse_xml

    tree = holder._element.cSld.spTree
    for child in list(tree)[2:]:  # the first two are properties of the tree itself
        tree.remove(child)
    for rank, box in enumerate(boxes, start=2):
        tree.append(parse_xml(_placeholder(rank, box, with_size=with_size)))


def _placeholder(rank: int, box: Box, *, with_size: bool) -> str:
    place = (
        f'<a:xfrm><a:off x="{round(box.left * EMU)}" y="{round(box.top * EMU)}"/>'
        f'<a:ext cx="{round(box.width * EMU)}" cy="{round(box.height * EMU)}"/></a:xfrm>'
    )
    anchor = {"title": "b", "ctrTitle": "b", "ftr": "ctr", "sldNum": "ctr"}.get(box.kind, "t")
    quiet = box.kind in ("ftr", "sldNum") or box.name == "Source"
    ink = f'<a:solidFill><a:schemeClr val="{"tx2" if quiet else "tx1"}"/></a:solidFill>'
    align = ' algn="r"' if box.kind == "sldNum" else ""
    plain = quiet or box.kind in ("subTitle", "ctrTitle", "title") or box.name == "Author"
    level = (
        f'<a:lvl1pPr{align} marL="0" indent="0"><a:buNone/><a:defRPr sz="{box.size * 100}">{ink}</a:defRPr></a:lvl1pPr>'
        if plain
        else f'<a:lvl1pPr{align}><a:defRPr sz="{box.size * 100}"/></a:lvl1pPr>'
    )
    style = f"<a:lstStyle>{level}</a:lstStyle>" if with_size or box.kind in ("ftr", "sldNum") else "<a:lstStyle/>"
    holder = box.kind in ("chart", "tbl")
    field = (
        '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="fr-FR"/><a:t>‹#›</a:t></a:fld>'
    )
    words = field if box.kind == "sldNum" else f"<a:r><a:rPr/><a:t>{box.name}</a:t></a:r>"
    mark = f' type="{box.kind}"' + ("" if box.kind in ("title", "ctrTitle") else f' idx="{box.index}"')
    if box.kind in ("ftr", "sldNum"):
        mark += ' sz="quarter"'
    return (
        f'<p:sp {_NAMES}><p:nvSpPr><p:cNvPr id="{rank}" name={quoteattr(box.name)}/>'
        f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph{mark}/></p:nvPr></p:nvSpPr>'
        f'<p:spPr>{place}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f'<p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:normAutofit/></a:bodyPr>'
        f"{style}<a:p>{'' if holder else words}</a:p></p:txBody></p:sp>"
    )


def _bar(holder: Any, left: float, top: float, width: float, height: float) -> None:
    """A bar in the accent colour, behind everything."""
    from pptx.oxml import parse_xml

    bar = parse_xml(
        f'<p:sp {_NAMES}><p:nvSpPr><p:cNvPr id="90" name="Accent"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{round(left * EMU)}" y="{round(top * EMU)}"/><a:ext cx="{round(width * EMU)}" '
        f'cy="{round(height * EMU)}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        '<a:solidFill><a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
    )
    holder._element.cSld.spTree.insert(2, bar)


def _styles(master: Any) -> None:
    """Text styles of the master: bold titles in the ink, bullets in the accent colour."""
    from pptx.oxml import parse_xml

    level = (
        '<a:lvl{n}pPr marL="{left}" indent="-{hang}" algn="l"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc><a:spcBef>'
        '<a:spcPts val="{before}"/></a:spcBef><a:buClr><a:schemeClr val="accent1"/></a:buClr>'
        '<a:buFont typeface="Arial"/><a:buChar char="•"/><a:defRPr sz="{size}"><a:solidFill><a:schemeClr val="tx1"/>'
        '</a:solidFill><a:latin typeface="+mn-lt"/></a:defRPr></a:lvl{n}pPr>'
    )
    body = "".join(
        level.format(n=n, left=171_450 * n, hang=171_450, before=600, size=100 * (BODY_PT - 2 * (n > 1)))
        for n in range(1, 6)
    )
    made = parse_xml(
        f'<p:txStyles {_NAMES}><p:titleStyle><a:lvl1pPr algn="l"><a:lnSpc><a:spcPct val="95000"/></a:lnSpc><a:buNone/>'
        f'<a:defRPr sz="{TITLE_PT * 100}" b="1"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill>'
        '<a:latin typeface="+mj-lt"/></a:defRPr></a:lvl1pPr></p:titleStyle>'
        f'<p:bodyStyle>{body}</p:bodyStyle><p:otherStyle><a:lvl1pPr><a:defRPr sz="1400">'
        '<a:latin typeface="+mn-lt"/></a:defRPr></a:lvl1pPr></p:otherStyle></p:txStyles>'
    )
    old = master._element.find("{http://schemas.openxmlformats.org/presentationml/2006/main}txStyles")
    master._element.replace(old, made)


def _logo(master: Any, made: Presentation, brand: Brand) -> None:
    """The logo at the top right of the cover and of every slide, once, where one change changes all."""
    import io

    from pptx.util import Emu

    from riskkit.exhibits.brand import logo_png

    image = logo_png(brand)
    for holder, height, top in ((master, 0.42, 0.22), (made.slide_layouts[0], 0.9, 0.6)):
        part, name = holder.part.get_or_add_image_part(io.BytesIO(image))
        wide, high = part._px_size
        width = min(height * wide / max(high, 1), 2.6)
        height = width * high / max(wide, 1)
        tree = holder._element.cSld.spTree
        tree.add_pic(
            91, "Logo", brand.author or "Logo", name, Emu(round((RIGHT - width) * EMU)), Emu(round(top * EMU)),
            Emu(round(width * EMU)), Emu(round(height * EMU)),
        )  # fmt: skip
