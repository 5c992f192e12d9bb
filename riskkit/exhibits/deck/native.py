"""Charts and tables as PowerPoint's own: edited with a double click, their values in a small workbook inside."""

from __future__ import annotations

import math
import re
from typing import Any

from riskkit.exhibits.deck.master import LAYOUTS
from riskkit.exhibits.deck.slide import Chart, Grid, Series
from riskkit.exhibits.fragment import clean

_TABLE_PT = (12, 11, 10, 9)
CHARS = 145  # characters of French text of Arial in an inch at one point: 12 in an inch at 12 points
_NAMED = 12  # names an axis can show side by side


def put_chart(slide: Any, index: int, chart: Chart) -> None:
    """The chart in that placeholder."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Pt

    data: Any = CategoryChartData(number_format=chart.number)  # type: ignore[no-untyped-call]  # python-pptx
    data.categories = [clean(name) for name in chart.categories]
    for series in chart.series:
        data.add_series(clean(series.name), list(series.values))
    kinds = {"column": "COLUMN_CLUSTERED", "bar": "BAR_CLUSTERED", "line": "LINE"}
    holder = next(shape for shape in slide.placeholders if shape.placeholder_format.idx == index)
    frame = holder.insert_chart(getattr(XL_CHART_TYPE, kinds[chart.kind]), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(chart.alt))
    drawn = frame.chart
    drawn.has_title = False
    drawn.font.size = Pt(11)
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    _axes(drawn, chart)
    plot = drawn.plots[0]
    if chart.kind != "line":
        plot.gap_width, plot.overlap = 45 if len(chart.series) == 1 else 60, 0 if len(chart.series) == 1 else -10
    if chart.has_labels:
        plot.has_data_labels = True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = chart.number, False
        plot.data_labels.font.size = Pt(10)
    for drawn_series, series in zip(plot.series, chart.series, strict=True):
        _colour(drawn_series, series, chart.kind)


def _axes(drawn: Any, chart: Chart) -> None:
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.util import Pt

    values, names = drawn.value_axis, drawn.category_axis
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.theme_color = MSO_THEME_COLOR.ACCENT_6
    values.major_gridlines.format.line.width = Pt(0.5)
    values.format.line.fill.background()
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = chart.number, False
    values.major_tick_mark = names.major_tick_mark = XL_TICK_MARK.NONE
    values.has_title = True
    values.axis_title.text_frame.text = chart.axis
    said = values.axis_title.text_frame.paragraphs[0].runs[0].font
    said.size, said.bold = Pt(10), False
    names.format.line.color.theme_color = MSO_THEME_COLOR.TEXT_2
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if chart.kind == "bar":
        names.reverse_order, values.tick_label_position = True, XL_TICK_LABEL_POSITION.HIGH
    if len(chart.categories) > _NAMED:
        _skip(names, len(chart.categories) // _NAMED + 1)
        names.tick_labels.font.size = Pt(9)
    if chart.kind == "bar" and chart.has_labels:
        values.visible = False
        values.has_major_gridlines = False
    ends = [
        value for series in chart.series for value in (*series.values, *series.low, *series.high) if value is not None
    ]
    if min(ends, default=0.0) >= 0:
        values.minimum_scale = 0
    if any(series.high for series in chart.series):
        values.maximum_scale = _rounded(max(ends, default=0.0))
        if min(ends, default=0.0) < 0:
            values.minimum_scale = -(_rounded(-min(ends)) or 0.0)


def _skip(names: Any, step: int) -> None:
    """Name one category in so many; python-pptx has no word for it."""
    from pptx.oxml import parse_xml

    space = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    last = names._element.find(f"{{{space}}}noMultiLvlLbl")
    last.addprevious(parse_xml(f'<c:tickLblSkip xmlns:c="{space}" val="{step}"/>'))


def _rounded(highest: float) -> float | None:
    """The end of an axis that holds the highest interval; None where there is nothing above zero."""
    if highest <= 0:
        return None
    step: float = 10 ** math.floor(math.log10(highest)) / 2
    return math.ceil(highest * 1.02 / step) * step


def _colour(drawn: Any, series: Series, kind: str) -> None:
    from pptx.util import Pt

    if kind == "line":
        drawn.smooth = False
        _paint(drawn.format.line.color, series.colour)
        drawn.format.line.width = Pt(2.5 if not series.is_dashed else 1.75)
        if series.is_dashed:
            from pptx.enum.dml import MSO_LINE

            drawn.format.line.dash_style = MSO_LINE.DASH
        from pptx.enum.chart import XL_MARKER_STYLE

        drawn.marker.style = XL_MARKER_STYLE.NONE
    else:
        drawn.invert_if_negative = False
        drawn.format.fill.solid()
        _paint(drawn.format.fill.fore_color, series.colour)
        for rank, colour in enumerate(series.point_colours):
            fill = drawn.points[rank].format.fill
            fill.solid()
            _paint(fill.fore_color, colour)
    if series.low:
        _intervals(drawn, series)


def _paint(target: Any, colour: str) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.dml import MSO_THEME_COLOR

    if colour.startswith("#"):
        target.rgb = RGBColor(*bytes.fromhex(colour[1:]))  # type: ignore[no-untyped-call]  # python-pptx
    else:
        target.theme_color = getattr(MSO_THEME_COLOR, colour)


def _intervals(drawn: Any, series: Series) -> None:
    """Error bars that hold the interval of each value; python-pptx has no word for them."""
    from pptx.oxml import parse_xml

    def points(ends: list[float]) -> str:
        held = "".join(f'<c:pt idx="{rank}"><c:v>{end!r}</c:v></c:pt>' for rank, end in enumerate(ends))
        return f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(ends)}"/>{held}</c:numLit>'

    up = [_gap(end, value) for end, value in zip(series.high, series.values, strict=True)]
    down = [_gap(value, end) for end, value in zip(series.low, series.values, strict=True)]
    bars = parse_xml(
        '<c:errBars xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:errBarType val="both"/>'
        f'<c:errValType val="cust"/><c:noEndCap val="0"/><c:plus>{points(up)}</c:plus><c:minus>{points(down)}</c:minus>'
        '<c:spPr><a:ln w="12700"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill></a:ln></c:spPr></c:errBars>'
    )
    after = drawn._element.find("{http://schemas.openxmlformats.org/drawingml/2006/chart}cat")
    after.addprevious(bars)


def _gap(high: float | None, low: float | None) -> float:
    return 0.0 if high is None or low is None else max(high - low, 0.0)


def put_table(slide: Any, layout: str, index: int, grid: Grid) -> None:
    """The table in that placeholder, in the largest letters in which it fits."""
    from pptx.util import Emu, Pt

    box = next(box for box in LAYOUTS[layout] if box.index == index)
    holder = next(shape for shape in slide.placeholders if shape.placeholder_format.idx == index)
    head = 1 if any(grid.headings) else 0
    frame = holder.insert_table(rows=len(grid.rows) + head, cols=len(grid.headings))
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(grid.alt))
    table = frame.table
    table.first_row, table.horz_banding = bool(head), False
    style = table._tbl.tblPr.find("{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId")
    if style is not None:
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid: lines are drawn below
    share = [width / sum(grid.widths) * box.width for width in grid.widths]
    size, heights = _fitting(grid, share, box.height)
    for column, width in zip(table.columns, share, strict=True):
        column.width = Emu(round(width * 914_400))
    texts = [grid.headings, *grid.rows] if head else list(grid.rows)
    for row, (cells, height) in enumerate(zip(texts, heights[1 - head :], strict=True)):
        table.rows[row].height = Emu(round(height * 914_400))
        is_head = bool(head) and row == 0
        for place, text in enumerate(cells):
            cell = table.cell(row, place)
            _cell(cell, text, size=Pt(size), is_number=grid.numeric[place],
                  is_bold=is_head or row - head in grid.strong, is_head=is_head)  # fmt: skip
            if (row - head, place) in grid.filled:
                from pptx.enum.dml import MSO_THEME_COLOR

                cell.fill.solid()
                cell.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
                for run in cell.text_frame.paragraphs[0].runs:
                    run.font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
                    run.font.bold = True


def _fitting(grid: Grid, widths: list[float], height: float) -> tuple[int, list[float]]:
    """Size of the letters and height of each row in inches, the headings first."""
    for size in _TABLE_PT:
        room = [max(width - 0.14, 0.2) * CHARS / size for width in widths]
        lines = [
            max(lines_of(text, chars) for text, chars in zip(row, room, strict=True))
            for row in (grid.headings, *grid.rows)
        ]
        heights = [
            max(count * size * 1.2 / 72 + 0.09, grid.row_height * (rank > 0)) for rank, count in enumerate(lines)
        ]
        if sum(heights) <= height:
            break
    return size, heights


def lines_of(text: str, chars: float) -> int:
    """How many lines a text takes where a line holds so many characters."""
    count, left = 1, chars
    for word in re.split(r"[ \u2009]", text):
        if len(word) > left and left < chars:
            count, left = count + 1, chars
        left -= len(word) + 1
        while left < -1:
            count, left = count + 1, left + chars
    return count


def _cell(cell: Any, text: str, *, size: Any, is_number: bool, is_bold: bool, is_head: bool) -> None:
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Inches

    cell.margin_left = cell.margin_right = Inches(0.07)
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.vertical_anchor = MSO_ANCHOR.BOTTOM if is_head else MSO_ANCHOR.TOP
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if is_number else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = clean(text)
    run.font.size, run.font.bold = size, is_bold
    run.font.color.theme_color = MSO_THEME_COLOR.ACCENT_1 if is_head else MSO_THEME_COLOR.TEXT_1
    _line_below(cell, is_head=is_head)


def _line_below(cell: Any, *, is_head: bool) -> None:
    from pptx.oxml import parse_xml

    properties = cell._tc.get_or_add_tcPr()
    colour, width = ("accent1", 15_875) if is_head else ("accent6", 6_350)
    line = parse_xml(
        f'<a:lnB xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" w="{width}"><a:solidFill>'
        f'<a:schemeClr val="{colour}"/></a:solidFill></a:lnB>'
    )
    properties.insert(0, line)
