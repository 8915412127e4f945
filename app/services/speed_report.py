"""How fast a model was on this PC, beside what was predicted: as values, and to be pasted."""

import datetime as dt
import platform
import statistics
from collections.abc import Sequence

import msgspec

from app.domain.placement.values import Machine, MemoryPlan
from app.domain.units import format_bytes
from app.domain.version import VERSION
from app.services.tuning import ANSWER_TOKENS, QUESTION_TOKENS, Trial

_SYSTEMS = {"Darwin": "macOS"}
_SAID = {
    "decode": "Writes (decode)",
    "prefill": "Reads (prefill)",
    "exchange": f"An exchange, {QUESTION_TOKENS} tokens read and {ANSWER_TOKENS} written",
}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One figure.

    Attributes:
        name: ``decode``, ``prefill``, or ``exchange``: a typical question with its answer.
        spread: Between the quartiles.
        predicted: Before the model was loaded; None where this PC's speed is not known.
        ratio_to: The median to the prediction.
    """

    name: str
    median: float
    spread: float
    unit: str
    predicted: float | None
    ratio_to: float | None


class SpeedReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `cierzo bench --json` prints; nothing in it tells whose PC it is.

    Attributes:
        build: The number format, where it is known.
        machine: Processor and graphics cards, as their makers call them.
        cores: Physical ones.
        date: ISO 8601, UTC.
    """

    model: str
    build: str
    machine: str
    results: tuple[Result, ...]
    cores: int
    memory_bytes: int
    system: str
    runs: int
    version: str = VERSION
    date: str = ""

    @property
    def machine_words(self) -> str:
        """What the makers' names do not tell."""
        cores = "1 core" if self.cores == 1 else f"{self.cores} cores"
        return f"{cores}, {format_bytes(self.memory_bytes)} of memory, {self.system}"

    @property
    def title(self) -> str:
        """Model and build, unless the one names the other."""
        is_named = self.build.lower() in self.model.lower()
        return self.model if is_named else f"{self.model} {self.build}"


def report_speed(
    trials: Sequence[Trial], *, model: str, build: str, machine: Machine, predicted: MemoryPlan
) -> SpeedReport:
    """Sum trials up; there is one at least."""
    expected = _expected(predicted)
    devices = [machine.cpu, *machine.gpus]
    return SpeedReport(
        model=model,
        build=build,
        machine=", ".join(device.description or device.name for device in devices),
        results=(
            _result(
                "decode",
                [t.tokens_per_s for t in trials],
                expected.tokens_per_s if expected else None,
            ),
            _result(
                "prefill",
                [t.prompt_tokens_per_s for t in trials],
                expected.prompt_tokens_per_s if expected else None,
            ),
            _result(
                "exchange",
                [t.exchange_s for t in trials],
                expected.exchange_s if expected else None,
                "s",
            ),
        ),
        cores=machine.threads,
        memory_bytes=machine.cpu.total_bytes,
        system=_SYSTEMS.get(platform.system(), platform.system()),
        runs=len(trials),
        date=dt.datetime.now(dt.UTC).date().isoformat(),
    )


def in_lines(report: SpeedReport) -> str:
    """A few lines to paste into a chat, where columns would not stand below one another."""
    runs = "1 run" if report.runs == 1 else f"{report.runs} runs"
    lines = [
        f"{report.title}, Cierzo {report.version}",
        *(f"{_SAID[result.name]}: {_words(result)}" for result in report.results),
        f"{report.machine}; {report.machine_words}",
        f"Median of {runs} ± distance between the quartiles, {report.date}",
    ]
    return "\n".join(lines) + "\n"


def number(value: float, *, digits: int = 3) -> str:
    """So many significant digits, none of a whole number lost."""
    return f"{value:,.0f}" if value >= 10**digits else f"{value:.{digits}g}"


def _words(result: Result) -> str:
    words = f"{number(result.median)} ± {number(result.spread, digits=2)} {result.unit}"
    if result.predicted is not None and result.ratio_to is not None:
        words += f", predicted {number(result.predicted)} (ratio {result.ratio_to:.2f})"
    return words


def _expected(plan: MemoryPlan) -> Trial | None:
    if not (plan.tokens_per_s and plan.prompt_tokens_per_s):
        return None
    return Trial(tokens_per_s=plan.tokens_per_s, prompt_tokens_per_s=plan.prompt_tokens_per_s)


def _result(
    name: str, values: list[float], predicted: float | None, unit: str = "tokens/s"
) -> Result:
    low, median, high = statistics.quantiles(
        values * 2 if len(values) == 1 else values, method="inclusive"
    )
    return Result(
        name=name,
        median=median,
        spread=high - low,
        unit=unit,
        predicted=predicted,
        ratio_to=median / predicted if predicted else None,
    )
