"""From TeX to outlines, by ziamath; runs on a thread of its own.

Imported with the first formula: ziamath and its font cost a third of a second.
"""

import functools
import re
import sys
import time
from types import FrameType, ModuleType

import msgspec

MOST_CHARS = 600
_MOST_DEPTH = 30
_MOST_SVG_CHARS = 300_000
_TIME_S = 1.0
# In what size outlines are made; they are drawn in any.
SIZE = 20.0
_VIEW = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')
_TAG = re.compile(r"<([\w:]+)")
_TAGS = {"svg", "g", "path", "rect", "line"}


class Outline(msgspec.Struct, frozen=True):
    """A formula as an SVG of paths, and how it stands on its line, in parts of the text's size."""

    svg: str
    width: float
    ascent: float
    descent: float


class _Late(Exception):
    """It takes too long."""


def outline(tex: str, *, is_display: bool) -> Outline | None:
    """Typeset a formula; None where it is none, or too much of one."""
    if len(tex) > MOST_CHARS or _depth(tex) > _MOST_DEPTH:
        return None
    zmath = _typesetter()
    before = sys.gettrace()
    # The thread's own time: a busy PC makes no formula a bad one.
    sys.settrace(_deadline(time.thread_time() + _TIME_S))
    try:
        svg = zmath.Latex(tex, size=SIZE, inline=not is_display).svg()
    except Exception:  # noqa: BLE001 - it raises anything on what is no TeX
        return None
    finally:
        sys.settrace(before)
    found = _VIEW.search(svg)
    if not found or len(svg) > _MOST_SVG_CHARS or set(_TAG.findall(svg)) - _TAGS:
        return None
    _, top, width, height = (float(number) / SIZE for number in found.groups())
    return Outline(svg, width, -top, height + top)


@functools.cache
def _typesetter() -> ModuleType:
    from ziamath import zmath
    from ziamath.config import config

    # Paths only: no symbols that refer to one another.
    config.svg2 = False
    return zmath


def _depth(tex: str) -> int:
    depth = deepest = 0
    for sign in tex:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest


def _deadline(end: float):  # type: ignore[no-untyped-def]  # noqa: ANN202 - sys.settrace's own type
    """All of it is Python: every call looks at the clock."""

    def trace(_frame: FrameType, _event: str, _argument: object) -> None:
        if time.thread_time() > end:
            raise _Late

    return trace
