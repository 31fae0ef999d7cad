"""Charts as inline SVG: lines and dots, drawn by pygal, tidied so that a page's theme decides their colours.

Why pygal, measured with a chart of four points on one core: it is imported in 40 ms, draws in 2.5 ms,
takes 1.3 MB and no compiled code, and works offline; leather is as quick but has no dashes, labels or
gaps; matplotlib takes 470 ms, 20 ms and 108 MB with numpy; Vega-Lite by vl-convert 310 ms, 20 ms and
84 MB. What pygal adds for its own scripts and styles (and the day it is drawn) is left away here: what
stays is the same to the byte for the same numbers, holds no script, style or address, and is drawn in
the text's colour, which the stylesheet refines.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from math import ceil, floor, log10
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

WIDTH, HEIGHT = 360, 190
"""Of every chart: narrow enough that its words are legible on a phone, several beside each other elsewhere."""
_TEXT = 11
"""Size of the words in a chart, in its own units."""
_LABELS = 6
"""Words below the axis that have room beside each other."""

_SHORT = 5
"""Characters of a note that have room on both sides of its dot; longer ones end above it."""
_ABOVE = 7
"""From a dot to the foot of its note."""
_BESIDE = 6
"""From the end of a line to its name."""
_WIDE = 0.6
"""Width of a character, in sizes of the words: rather too much."""
_DOT = 3
_NUMBER = re.compile(r"-?\d+\.\d+")


class Dot(NamedTuple):
    """One point of a line."""

    label: str
    """What stands below it."""
    value: float | None
    """None where there is nothing to draw: the line is interrupted."""
    note: str = ""
    """What stands above it."""
    name: str = ""
    """What stands to the right of it, where it is the last of its line: above it may be another line."""


class Words(NamedTuple):
    """What a chart says to those who do not see it."""

    id: str
    """Unique on its page: letters, digits and dashes."""
    title: str
    desc: str


def lines(
    series: Sequence[Sequence[Dot]],
    words: Words,
    show: Callable[[float], str] = "{:g}".format,
    most: float | None = None,
) -> str:
    """Lines over the same labels: the first is solid, the others are dashed and have no dots.

    `show` says how a value is written beside the axis, which begins at 0 and ends at the first round
    value from the highest, or `most`, on.
    """
    names = [line[-1].name for line in series if line and line[-1].name]
    room = {"margin_right": _BESIDE + ceil(max(map(len, names)) * _TEXT * _WIDE)} if names else {}
    ticks = _ticks(most or max((dot.value for line in series for dot in line if dot.value is not None), default=0))
    chart = _chart(
        "Line",
        range=(0, ticks[-1]),
        y_labels=[{"label": show(tick), "value": tick} for tick in ticks],
        print_labels=True,
        allow_interruptions=True,
        show_minor_x_labels=False,
        **room,
    )
    labels = [dot.label for dot in series[0]]
    chart.x_labels = labels
    step = -(-len(labels) // (_LABELS - bool(names)))
    chart.x_labels_major = labels[::-1][::step] if labels else []
    for n, line in enumerate(series):
        values = [
            None if dot.value is None else {"value": dot.value, "label": dot.note or dot.name or None} for dot in line
        ]
        chart.add("", values, dots_size=0 if n else _DOT)
    return _svg(chart, words, "pm-lines", names)


def lanes(
    dots: Sequence[tuple[float, int]],
    rows: Sequence[str],
    marks: Sequence[tuple[float, str]],
    end: float,
    words: Words,
) -> str:
    """Dots over time from 0 to `end`, in a lane for each row, the first on top; `marks` stand below the axis."""
    chart = _chart("XY", stroke=False, dots_size=4, range=(0.5, len(rows) + 0.5), xrange=(0, end))
    chart.x_labels = [{"label": label, "value": place} for place, label in marks]
    chart.y_labels = [{"label": name, "value": len(rows) - n} for n, name in enumerate(rows)]
    for lane in range(len(rows)):
        chart.add("", [(at, len(rows) - lane) for at, row in dots if row == lane])
    return _svg(chart, words, "pm-lanes")


@lru_cache(maxsize=1)
def _library() -> Any:
    """pygal, imported when something is drawn: most commands draw nothing.

    It puts a finder for its own plugins into `sys.meta_path`, in a form that Python 3.11 warns of at
    every import that fails and later ones pass over. Its charts need none, so the finder goes again.
    """
    import pygal
    import pygal.style

    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]
    return pygal


def _chart(kind: str, **options: Any) -> Any:
    pygal = _library()
    style = pygal.style.Style(
        label_font_size=_TEXT, major_label_font_size=_TEXT, value_label_font_size=_TEXT, value_font_size=_TEXT
    )
    return getattr(pygal, kind)(
        width=WIDTH, height=HEIGHT, margin=8, margin_top=16, spacing=4, style=style, js=(), css=(),
        show_legend=False, truncate_label=-1, **{"margin_right": 14, **options},
    )  # fmt: skip


def _ticks(highest: float) -> list[float]:
    """Round values from 0 to the first that is not below the highest; six at most."""
    if highest <= 0:
        return [0, 1]
    size = 10.0 ** floor(log10(highest))
    step = next(step for part in (0.1, 0.2, 0.5, 1, 2) if highest <= 5 * (step := part * size))
    return [round(step * n, 6) for n in range(max(1, ceil(highest / step - 1e-9)) + 1)]


def _svg(chart: Any, words: Words, kind: str, names: Sequence[str] = ()) -> str:
    """The chart as one line of SVG that only draws; what it says is escaped."""
    chart.uuid = words.id  # by chance otherwise
    root = ET.Element(
        "svg",
        {
            "class": f"pm-chart {kind}",
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "role": "img",
            "aria-labelledby": f"{words.id}-title {words.id}-desc",
            "font-size": str(_TEXT),
        },
    )
    ET.SubElement(root, "title", id=f"{words.id}-title").text = words.title
    ET.SubElement(root, "desc", id=f"{words.id}-desc").text = words.desc
    for plot in chart.render_tree().iter():
        if "plot" in _classes(plot):
            group = ET.SubElement(root, "g", transform=_rounded(plot.get("transform", "")))
            for part in _parts(plot, "", 0):
                group.append(part)
            _beside([part for part in group if part.get("class") == "pm-above" and part.text in names])
    return ET.tostring(root, encoding="unicode")


def _beside(names: list[ET.Element]) -> None:
    """Move names from above the ends of their lines to the right; where these are close, the upper one gives way."""
    below = float("inf")
    names.sort(key=lambda name: float(name.get("y", 0)))
    for name in reversed(names):
        below = min(float(name.get("y", 0)) + _ABOVE + _TEXT / 3, below - _TEXT - 1)
        place = {"x": f"{float(name.get('x', 0)) + _BESIDE:.1f}", "y": f"{below:.1f}", "text-anchor": "start"}
        name.attrib.update({"class": "pm-beside", **place})


def _parts(node: Any, axis: str, series: int) -> Iterator[ET.Element]:
    """What of a plot is kept: guides, axes, lines, dots and words, each with its looks."""
    for child in node:
        classes = _classes(child)
        if not isinstance(child.tag, str) or classes & {"tooltip-overlay", "tooltip"}:
            continue
        inside = "x" if classes >= {"axis", "x"} else "y" if classes >= {"axis", "y"} else axis
        number = next((int(name[6:]) for name in classes if name.startswith("serie-")), series)
        kept = _kept(child, child.tag.rpartition("}")[2], inside, number)
        if kept is not None:
            yield kept
        yield from _parts(child, inside, number)


def _kept(child: Any, tag: str, axis: str, series: int) -> ET.Element | None:
    if tag == "path" and axis == "y":
        return ET.Element(
            "path",
            {"class": "pm-guide", "d": _rounded(child.get("d")), "stroke": "currentColor", "stroke-opacity": "0.2"},
        )
    if tag == "path" and not axis:
        looks = {"class": f"pm-line pm-line-{series}", "fill": "none", "stroke": "currentColor", "stroke-width": "2"}
        return ET.Element(
            "path", {**looks, **({"stroke-dasharray": "5 4"} if series else {}), "d": _rounded(child.get("d"))}
        )
    if tag == "circle" and float(child.get("r")):
        place = {name: _rounded(child.get(name)) for name in ("cx", "cy", "r")}
        return ET.Element("circle", {"class": f"pm-dot pm-dot-{series}", "fill": "currentColor", **place})
    if tag == "text" and (child.text or "").strip():
        x, y, anchor = float(child.get("x")), float(child.get("y")), "end" if axis == "y" else "middle"
        if not axis:  # a note: pygal puts it below its dot and to the right
            x, y = x - _TEXT, y - _TEXT - _TEXT / 3 - _ABOVE
            anchor = "end" if len(child.text) > _SHORT else "start" if x < _TEXT else anchor
        kept = ET.Element("text", {
            "class": "pm-axis" if axis else "pm-above", "x": f"{x:.1f}", "y": f"{y:.1f}",
            "text-anchor": anchor, "fill": "currentColor",
        })  # fmt: skip
        kept.text = child.text
        return kept
    return None


def _classes(node: Any) -> set[str]:
    return set(node.get("class", "").split()) if isinstance(node.tag, str) else set()


def _rounded(text: str) -> str:
    """To a tenth: what no eye sees makes no difference between two machines."""
    return _NUMBER.sub(lambda match: f"{float(match[0]):.1f}".removesuffix(".0"), text)
