"""The report's pictures as plain shapes: numbers in, rectangles, lines and words out; the template draws them as SVG.

A shape is a dict with `tag`, `attrs` and `text`. Colours are classes, because the report's policy allows no style
in attributes, and because they differ between light and dark.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from cluetrain_nlp.show.wording import number, percent, texts

__all__ = ["Picture", "bar", "over_time", "quadrant", "stack", "step"]

Shape = dict[str, Any]
Point = dict[str, Any]

#: Steps of the colour scales, from 0 for nothing.
STEPS: Final = 7


class Picture(NamedTuple):
    """A drawing in its own units."""

    width: float
    height: float
    shapes: list[Shape]


def step(value: float | None, most: float) -> int:
    """Tell the colour step of a value: 0 for none at all, 1 to 7 in equal parts up to `most`.

    Examples
    --------
    >>> from cluetrain_nlp.show.pictures import step
    >>> step(0.0, 0.5), step(0.01, 0.5), step(0.5, 0.5), step(None, 0.5)
    (0, 1, 7, 0)
    """
    if value is None or value <= 0 or most <= 0:
        return 0
    return min(STEPS, 1 + int(STEPS * value / most))


def bar(value: float | None, *, most: float = 1.0, low: float | None = None, high: float | None = None) -> Picture:
    """Draw a value as a bar from 0 to `most`, with a line for its interval where it has one."""
    shapes = [_rect("rail", 0, 2, 100, 8)]
    if value is not None:
        shapes.append(_rect("value", 0, 2, _scaled(value, most, 100), 8))
    if low is not None and high is not None:
        left, right = _scaled(low, most, 100), _scaled(high, most, 100)
        shapes.append(_rect("interval", left, 5, max(right - left, 0.6), 2))
    return Picture(100, 12, shapes)


def stack(parts: Sequence[tuple[str, int]]) -> Picture:
    """Draw counts side by side in one bar; each part has the class of its name."""
    total = sum(amount for _, amount in parts) or 1
    shapes, left = [], 0.0
    for name, amount in parts:
        width = 100 * amount / total
        shapes.append(_rect(f"part {name}", left, 0, width, 10))
        left += width
    return Picture(100, 10, shapes)


def over_time(points: Sequence[Point], *, language: str, wide: bool) -> Picture:
    """Draw `value` from 0 to 1 over the `label` of each point, with the band from `low` to `high`.

    Parameters
    ----------
    points : sequence of dict
        In order of time; those without value are gaps.
    language : {"de", "en"}
    wide : bool
        For a desk or a page, instead of a phone.
    """
    width, height = (720, 300) if wide else (300, 240)
    left, top, right, bottom = 40, 26, width - 12, height - 34
    words = texts(language)
    shapes = []
    for level in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = round(bottom - level * (bottom - top), 1)
        shapes.append(_line("grid" if level else "axis", (left, y), (right, y)))
        shapes.append(_words(left - 6, y + 4, number(level, language), "tick end"))
    shapes.append(_words(left, top - 12, f"↑ {words['broadcast']} · ↓ {words['conversation']}", "tick"))
    gap = (right - left) / max(len(points), 1)
    across = [round(left + gap * (place + 0.5), 1) for place in range(len(points))]

    def up(value: float) -> float:
        return round(bottom - value * (bottom - top), 1)

    for run in _runs(points, "low"):
        edge = [(across[place], up(points[place]["high"])) for place in run]
        back = [(across[place], up(points[place]["low"])) for place in reversed(run)]
        if len(run) == 1:
            shapes.append(_line("whisker", edge[0], back[0]))
        else:
            shapes.append(_through("polygon", "band", [*edge, *back]))
    for run in _runs(points, "value"):
        line = [(across[place], up(points[place]["value"])) for place in run]
        shapes.append(_through("polyline", "line", line))
        shapes += [_circle("dot", x, y, 3.5 if wide else 3) for x, y in line]
    every = -(-len(points) // (10 if wide else 4))
    for place in range(0, len(points), max(every, 1)):
        shapes.append(_line("axis", (across[place], bottom), (across[place], bottom + 5)))
        shapes.append(_words(across[place], bottom + 20, points[place]["label"], "tick middle"))
    return Picture(width, height, shapes)


def quadrant(fields: dict[str, Any], *, language: str) -> Picture:
    """Draw passages by `tracks` (to the right) and `broadcast` (upwards): dots where few, a grid of fields where many.

    Parameters
    ----------
    fields : dict
        `threshold`, `shares` (name of the field to its share), and either `points` (pairs of `tracks` and
        `broadcast`) or `cells` (counts; row 0 the lowest `broadcast`).
    language : {"de", "en"}
    """
    size, left, top = 256, 30, 24
    words = texts(language)
    right, bottom = left + size, top + size
    shapes = [_rect("rail", left, top, size, size)]
    cells = fields["cells"]
    if fields["points"] is None:
        side = size / len(cells)
        most = max(max(row) for row in cells)
        for up, row in enumerate(cells):
            for across, amount in enumerate(row):
                if amount:
                    # Counts are skewed: steps of the root leave rare fields visible.
                    style = f"d{step(amount**0.5, most**0.5)}"
                    shapes.append(_rect(style, left + across * side, bottom - (up + 1) * side, side, side))
    else:
        shapes += [
            _circle("point", round(left + tracks * size, 1), round(bottom - voice * size, 1), 3)
            for tracks, voice in fields["points"]
        ]
    cross, across = left + fields["threshold"] * size, bottom - fields["threshold"] * size
    shapes.append(_line("cross", (cross, top), (cross, bottom)))
    shapes.append(_line("cross", (left, across), (right, across)))
    for name, x, y, anchor in (
        ("broadcast", left + 6, top + 16, "start"),
        ("lip_service", right - 6, top + 16, "end"),
        ("other", left + 6, bottom - 24, "start"),
        ("conversation", right - 6, bottom - 24, "end"),
    ):
        shapes.append(_words(x, y, words[f"field_{name}"], f"corner {anchor}"))
        shapes.append(_words(x, y + 16, percent(fields["shares"][name], language), f"corner {anchor}"))
    for level in (0.0, 0.5, 1.0):
        written = number(level, language, 1)
        shapes.append(_words(left - 6, bottom - level * size + 4, written, "tick end"))
        place = "tick middle" if level < 1 else "tick end"
        shapes.append(_words(left + level * size, bottom + 18, written, place))
    shapes.append(_words(left, top - 9, f"↑ {words['broadcast']}", "tick"))
    shapes.append(_words(right, bottom + 34, f"{words['takes_up']} →", "tick end"))
    return Picture(right + 6, bottom + 42, shapes)


def _runs(points: Sequence[Point], name: str) -> list[list[int]]:
    """Find the stretches of neighbours that have a number under `name`."""
    runs: list[list[int]] = [[]]
    for place, point in enumerate(points):
        if point[name] is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if run]


def _scaled(value: float, most: float, width: float) -> float:
    return round(width * min(max(value / most, 0.0), 1.0), 2) if most > 0 else 0.0


def _rect(style: str, x: float, y: float, width: float, height: float) -> Shape:
    box = {"x": x, "y": y, "width": width, "height": height}
    return {
        "tag": "rect",
        "attrs": {"class": style, **{name: round(size, 2) for name, size in box.items()}},
        "text": "",
    }


def _line(style: str, start: tuple[float, float], end: tuple[float, float]) -> Shape:
    ends = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    return {"tag": "line", "attrs": {"class": style, **ends}, "text": ""}


def _circle(style: str, x: float, y: float, r: float) -> Shape:
    return {"tag": "circle", "attrs": {"class": style, "cx": x, "cy": y, "r": r}, "text": ""}


def _through(tag: str, style: str, corners: Sequence[tuple[float, float]]) -> Shape:
    points = " ".join(f"{x},{y}" for x, y in corners)
    return {"tag": tag, "attrs": {"class": style, "points": points}, "text": ""}


def _words(x: float, y: float, text: str, style: str) -> Shape:
    return {"tag": "text", "attrs": {"class": style, "x": round(x, 1), "y": round(y, 1)}, "text": text}
