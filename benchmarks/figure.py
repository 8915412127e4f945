"""What a benchmark reports, and how it follows from pairs of measurements.

Ours and the base are measured in turns, so that what else the machine does meets both alike. The
ratio is the median of the pairs' ratios; its interval comes from resampling the pairs.
"""

import random
import statistics
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

_RESAMPLES = 4000
_SEED = 20261122

Row = tuple[float, ...]
Measure = Callable[[int], Row]


class BenchmarkError(Exception):
    """A measurement does not measure what it should."""


class Spread(msgspec.Struct, frozen=True):
    """A median and the distance between the quartiles, in the figure's unit."""

    median: float
    spread: float


class Ratio(msgspec.Struct, frozen=True):
    """Median of ours / base and the 95 % interval of that median."""

    median: float
    low95: float
    high95: float


class Limit(msgspec.Struct, frozen=True):
    """What the median of the ratio, or of ours, must keep."""

    of: Literal["ratio", "ours"]
    sign: Literal["<=", ">="]
    value: float


class Spec(msgspec.Struct, frozen=True):
    """What one column of the measurements is; without a limit it is there for information."""

    name: str
    unit: str
    limit: Limit | None = None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the report; the ratio is None where a base is 0."""

    name: str
    unit: str
    ours: Spread
    base: Spread
    ratio: Ratio | None
    pairs: int
    limit: Limit | None
    passed: bool

    def in_words(self) -> str:
        """The same as one line for people."""
        ours, base, ratio, limit = self.ours, self.base, self.ratio, self.limit
        words = f"{self.name}: {ours.median:.4g} ± {ours.spread:.2g} {self.unit}"
        words += f", base {base.median:.4g} ± {base.spread:.2g}, {self.pairs} pairs"
        if ratio:
            words += f", ratio {ratio.median:.3f} [{ratio.low95:.3f}, {ratio.high95:.3f}]"
        if limit:
            verdict = "kept" if self.passed else "MISSED"
            words += f"; {limit.of} {limit.sign} {limit.value:g}: {verdict}"
        return words


def interleaved(pairs: int, ours: Measure, base: Measure) -> list[tuple[Row, Row]]:
    """Measure both by turns, each of them first in every other pair."""
    measured = []
    for i in range(pairs):
        early, late = (base, ours) if i % 2 else (ours, base)
        rows = early(i), late(i)
        measured.append(rows[::-1] if i % 2 else rows)
    return measured


def figures(measured: Sequence[tuple[Row, Row]], *specs: Spec) -> list[Figure]:
    """Sum up (ours, base) rows, one figure per column."""
    return [
        _figure(spec, [ours[i] for ours, _ in measured], [base[i] for _, base in measured])
        for i, spec in enumerate(specs)
    ]


def _figure(spec: Spec, ours: list[float], base: list[float]) -> Figure:
    spread, limit = _spread(ours), spec.limit
    ratio = _ratio([a / b for a, b in zip(ours, base, strict=True)]) if all(base) else None
    passed = True
    if limit:
        judged = ratio.median if limit.of == "ratio" and ratio else spread.median
        passed = judged <= limit.value if limit.sign == "<=" else judged >= limit.value
    return Figure(
        name=spec.name,
        unit=spec.unit,
        ours=spread,
        base=_spread(base),
        ratio=ratio,
        pairs=len(ours),
        limit=limit,
        passed=passed,
    )


def _spread(values: list[float]) -> Spread:
    low, _, high = statistics.quantiles(
        values * 2 if len(values) == 1 else values, method="inclusive"
    )
    return Spread(statistics.median(values), high - low)


def _ratio(ratios: list[float]) -> Ratio:
    draw = random.Random(_SEED)
    medians = sorted(
        statistics.median(draw.choices(ratios, k=len(ratios))) for _ in range(_RESAMPLES)
    )
    low, high = medians[round(0.025 * _RESAMPLES)], medians[round(0.975 * _RESAMPLES) - 1]
    return Ratio(statistics.median(ratios), low, high)
