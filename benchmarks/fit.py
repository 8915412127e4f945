"""A straight line through measurements, by least squares."""

import math
import statistics
from collections.abc import Sequence

import msgspec


class Line(msgspec.Struct, frozen=True):
    """y = offset + slope · x."""

    offset: float
    slope: float

    def at(self, x: float) -> float:
        """The height there."""
        return self.offset + self.slope * x


def line_through(x: Sequence[float], y: Sequence[float]) -> Line:
    """The line that fits best.

    Raises:
        statistics.StatisticsError: There are fewer than two different x.
    """
    slope, offset = statistics.linear_regression(x, y)
    return Line(offset, slope)


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """How costs grow with sizes: 0 not at all, 1 in proportion, 2 with the square.

    Raises:
        ValueError: A size or a cost is not positive.
    """
    return line_through([math.log(s) for s in sizes], [math.log(c) for c in costs]).slope


def growth(values: Sequence[float]) -> float:
    """By what share of its beginning the fitted line through values grew to its end.

    Raises:
        statistics.StatisticsError: There are fewer than two values.
    """
    line = line_through(range(len(values)), values)
    last = line.slope * (len(values) - 1)
    return last / line.offset if line.offset else last
