"""Growth in pictures and words: a curve per cost on double logarithmic paper, and a table."""

import math
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from benchmarks.growth import SUBJECTS, Curve
from benchmarks.performance import PAGE
from tests.helpers.page_sections import put_section

_WIDTH_PX, _HEIGHT_PX = 460, 250
_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 48, 16, 14, 40
_LINE_PX = 18
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "1 2")
# Readable on white and on nearly black; the signs follow the reader's colours.
_COLOURS = ("#2f7ed8", "#d9702b", "#2c9c69", "#a25fc4", "#b08a1e")
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#3b3f45}.grid{stroke:#888;stroke-opacity:.3}"
    ".slope{stroke:#888;stroke-dasharray:3 4}@media(prefers-color-scheme:dark){text{fill:#d5d8dc}}"
)


def in_table(measured: Mapping[str, Sequence[Curve]]) -> str:
    """One line per cost: what it is at all sizes, and how it grows."""
    parts = []
    for subject in SUBJECTS:
        if not (curves := measured.get(subject.key)):
            continue
        sizes = " | ".join(f"{size:,}" for size in subject.sizes)
        parts += [
            f"| {subject.grows} | {sizes} | exponent | at most |",
            "|---|" + "--:|" * (len(subject.sizes) + 2),
            *map(_row, curves),
            "",
        ]
    return "\n".join(parts)


def write(key: str, curves: Sequence[Curve], run: str, page: pathlib.Path = PAGE) -> None:
    """Draw a subject's curves beside the page, and put table and picture into its section.

    Raises:
        ValueError: The page is damaged.
        OSError: Something cannot be written.
    """
    subject = next(subject for subject in SUBJECTS if subject.key == key)
    path = page.parent / "growth" / f"{key}.svg"
    path.parent.mkdir(exist_ok=True)
    path.write_text(drawn(subject.grows, curves), encoding="utf-8")
    words = ", ".join(f"{curve.spec.name} {curve.exponent:.2f}" for curve in curves)
    picture = f"![Exponents: {words}](growth/{path.name})\n"
    content = "\n".join([in_table({key: curves}), picture, f"Measured {run}\n"])
    put_section(page, f"growth of {key}", content)


def drawn(grows: str, curves: Sequence[Curve]) -> str:
    """An SVG: every cost in units of its first, with the line of what grows in proportion."""
    sizes = curves[0].sizes
    paper = _Paper(sizes, [[cost / curve.costs[0] for cost in curve.costs] for curve in curves])
    height_px = _HEIGHT_PX + _LINE_PX * len(curves)
    begin = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH_PX} {height_px}">'
    body = [begin, f"<style>{_STYLE}</style>", *paper.grid(grows)]
    for number, curve in enumerate(curves):
        look = f'stroke="{_COLOURS[number]}" stroke-width="2" stroke-dasharray="{_DASHES[number]}"'
        body.append(f'<polyline fill="none" {look} points="{paper.points(curve)}"/>')
        y = _HEIGHT_PX + _LINE_PX * number
        body.append(f'<path {look} d="M{_LEFT_PX} {y}h28"/>')
        words = f"{curve.spec.name}: exponent {curve.exponent:.2f}, at most {curve.spec.most:g}"
        body.append(f'<text x="{_LEFT_PX + 36}" y="{y + 4}">{escape(words)}</text>')
    return "\n".join([*body, "</svg>", ""])


class _Paper:
    """Double logarithmic, with every power of ten that fits."""

    def __init__(self, sizes: Sequence[int], relative: Sequence[Sequence[float]]) -> None:
        values = [value for row in relative for value in row]
        self._sizes = sizes
        self._low_x, self._high_x = math.log10(sizes[0]), math.log10(sizes[-1])
        self._low_y = min(-0.3, math.log10(min(values)))
        self._high_y = max(1.0, math.log10(max(values)))

    def points(self, curve: Curve) -> str:
        """Of a curve, as a polyline has them."""
        pairs = zip(curve.sizes, curve.costs, strict=True)
        return " ".join(f"{self._x(s):.1f},{self._y(c / curve.costs[0]):.1f}" for s, c in pairs)

    def grid(self, grows: str) -> Iterator[str]:
        """Lines and words around the curves."""
        right, bottom = _WIDTH_PX - _RIGHT_PX, _HEIGHT_PX - _BOTTOM_PX - 20
        for size in self._sizes:
            x = self._x(size)
            yield f'<path class="grid" d="M{x:.1f} {_TOP_PX}V{bottom}"/>'
            yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{_short(size)}</text>'
        for power in range(math.ceil(self._low_y), math.floor(self._high_y) + 1):
            y = self._y(10**power)
            yield f'<path class="grid" d="M{_LEFT_PX} {y:.1f}H{right}"/>'
            times = f"×{10**power:g}"
            yield f'<text x="{_LEFT_PX - 6}" y="{y + 4:.1f}" text-anchor="end">{times}</text>'
        yield f'<text x="{_LEFT_PX}" y="{bottom + 34}">{escape(grows)}</text>'
        steepest = min(self._high_x - self._low_x, self._high_y)
        end_x = self._x(10 ** (self._low_x + steepest))
        start = f"M{self._x(self._sizes[0]):.1f} {self._y(1):.1f}"
        yield f'<path class="slope" d="{start}L{end_x:.1f} {self._y(10**steepest):.1f}"/>'

    def _x(self, size: float) -> float:
        share = (math.log10(size) - self._low_x) / (self._high_x - self._low_x)
        return _LEFT_PX + 14 + share * (_WIDTH_PX - _LEFT_PX - _RIGHT_PX - 28)

    def _y(self, relative: float) -> float:
        share = (math.log10(relative) - self._low_y) / (self._high_y - self._low_y)
        bottom = _HEIGHT_PX - _BOTTOM_PX - 20
        return bottom - share * (bottom - _TOP_PX)


def _row(curve: Curve) -> str:
    spec = curve.spec
    costs = " | ".join(f"{cost:.3g}" for cost in curve.costs)
    verdict = f"{spec.most:g}" if curve.is_kept else f"**{spec.most:g}: missed**"
    return f"| {spec.name}, {spec.unit} | {costs} | {curve.exponent:.2f} | {verdict} |"


def _short(size: int) -> str:
    for step, sign in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if size >= step:
            return f"{size / step:g} {sign}"
    return str(size)
