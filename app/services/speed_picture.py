"""The picture of a measurement, as SVG: written by hand, a card of words and bars needs no more.

It has a ground of its own, so that it looks the same on light and on dark pages. Words are fitted
by a guess of their width, since whoever shows the SVG may have other fonts.
"""

import re
import unicodedata
from collections.abc import Iterator
from html import escape  # xml.sax would bring the network along

from app.domain.file_names import shown_name
from app.domain.package_data import package_file
from app.services.speed_report import Result, SpeedReport, number
from app.services.tuning import ANSWER_TOKENS, QUESTION_TOKENS

WIDTH_PX, HEIGHT_PX = 640, 360
FONTS = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"

# The window's light theme.
_PAGE, _TEXT, _MUTED = "#fcfaf7", "#231f1b", "#6b6359"
_ACCENT, _EDGE, _LINE = "#0d6c69", "#a59c90", "#e3dcd0"
_LEFT, _RIGHT = 40, WIDTH_PX - 40
_COLUMN_PX, _GAP_PX = 168, 28
# What stands on the left below and above, with the version and the icon on its right.
_MACHINE_PX, _TITLE_PX = 410, 480
_ICON_PX, _ICON_UNITS = 44, 512
_ICON = re.compile(r'<svg xmlns="(?P<language>[^"]+)"[^>]*>(?P<content>.*)</svg>\s*', re.DOTALL)
_LABELS = {
    "decode": "Writes",
    "prefill": "Reads",
    "exchange": f"{QUESTION_TOKENS} read, {ANSWER_TOKENS} written",
}
# As shares of the size: most letters, and those of East Asia.
_NARROW, _WIDE = 0.58, 1.0


def draw_speed(report: SpeedReport) -> str:
    """Draw it."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: SpeedReport) -> Iterator[str]:
    # The icon has the name of the language, too.
    icon = _ICON.fullmatch(package_file("resources/icons/cierzo.svg").read_text(encoding="utf-8"))
    assert icon
    yield (
        f'<svg xmlns="{icon["language"]}" width="{WIDTH_PX}" height="{HEIGHT_PX}" '
        f'viewBox="0 0 {WIDTH_PX} {HEIGHT_PX}" font-family="{FONTS}">'
    )
    yield f"<title>{escape(shown_name(report.title))}</title>"
    yield f'<rect width="{WIDTH_PX}" height="{HEIGHT_PX}" fill="{_PAGE}"/>'
    place, scale = f"{_RIGHT - _ICON_PX} 40", _ICON_PX / _ICON_UNITS
    yield f'<g transform="translate({place}) scale({scale:.5g})">{icon["content"].strip()}</g>'
    yield _words(report.model, (_LEFT, 68), _TITLE_PX, 28, _TEXT)
    yield _words(report.build, (_LEFT, 92), _TITLE_PX, 15, _MUTED)
    for i, result in enumerate(report.results):
        yield from _column(result, _LEFT + i * (_COLUMN_PX + _GAP_PX))
    yield f'<rect x="{_LEFT}" y="280" width="{_RIGHT - _LEFT}" height="1" fill="{_LINE}"/>'
    yield _words(report.machine, (_LEFT, 310), _MACHINE_PX, 14, _TEXT)
    yield _words(report.machine_words, (_LEFT, 331), _MACHINE_PX, 13, _MUTED)
    version = f"Cierzo {report.version}"
    runs = "1 run" if report.runs == 1 else f"median of {report.runs} runs"
    yield _words(version, (_RIGHT, 310), _COLUMN_PX, 14, _ACCENT, ends=True)
    yield _words(runs, (_RIGHT, 331), _COLUMN_PX, 13, _MUTED, ends=True)
    yield "</svg>"


def _column(result: Result, left: int) -> Iterator[str]:
    yield _words(_LABELS[result.name], (left, 143), _COLUMN_PX, 14, _MUTED)
    value = number(result.median)
    yield _words(value, (left, 190), _COLUMN_PX - 70, 44, _TEXT, unit=result.unit)
    longest = max(result.median, result.predicted or 0)
    yield _bar(result.median / longest, (left, 208), 10, _ACCENT)
    said = f"± {number(result.spread, digits=2)}"
    if result.predicted is not None:
        yield _bar(result.predicted / longest, (left, 222), 4, _EDGE)
        said += f", predicted {number(result.predicted)}"
    yield _words(said, (left, 249), _COLUMN_PX, 13, _MUTED)


def _words(
    text: str,
    place: tuple[int, int],
    width_px: int,
    size_px: float,
    colour: str,
    *,
    ends: bool = False,
    unit: str = "",
) -> str:
    """Words whose baseline begins or `ends` at a place, small enough for that width."""
    shown = shown_name(text)
    size_px = min(size_px, width_px / max(_width(shown), 1))
    x, y = place
    anchor = ' text-anchor="end"' if ends else ""
    small = f'<tspan font-size="14" fill="{_MUTED}">'
    behind = f" {small}{escape(unit)}</tspan>" if unit else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size_px:.4g}" '
        f'fill="{colour}"{anchor}>{escape(shown)}{behind}</text>'
    )


def _width(text: str) -> float:
    """About how wide words are, as a share of their size."""
    return sum(_WIDE if unicodedata.east_asian_width(c) in "WF" else _NARROW for c in text)


def _bar(share: float, place: tuple[int, int], height_px: int, colour: str) -> str:
    """A bar of a share of the column, round at its ends."""
    x, y = place
    width_px = max(height_px, share * _COLUMN_PX)
    return (
        f'<rect x="{x}" y="{y}" width="{width_px:.4g}" height="{height_px}" '
        f'rx="{height_px / 2:g}" fill="{colour}"/>'
    )
