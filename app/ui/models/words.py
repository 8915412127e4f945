"""How models, builds and this PC are said in plain words."""

import collections
import re
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLocale

from app.domain.chat import Thinking
from app.domain.placement.pace import Pace, words_for
from app.domain.placement.recommend import Choice, Reason
from app.domain.placement.values import Change, DeviceState, Fit, Machine, MemoryPlan, Share
from app.services.offers import BuildOffer
from app.ui.models.source import Tuning
from app.ui.quantities import (
    counted,
    format_bytes,
    format_count,
    format_decimal,
    listed,
    month_words,
)

_TOKENS_PER_PAGE = 400
_FEWEST_PAGES = 10
_FINE_BELOW = 10.0
_RELEASED = re.compile(r"(\d{4})(?:-(\d{2}))?")


def _tr(text: str) -> str:
    return QCoreApplication.translate("models", text)


def machine_words(machine: Machine) -> str:
    """Say what this PC is."""
    memory = format_bytes(machine.cpu.total_bytes)
    if not machine.gpus:
        return _tr("This PC: {memory} of memory, no graphics card that can help").format(
            memory=memory
        )
    counted = collections.Counter(_card_words(gpu) for gpu in machine.gpus)
    cards = listed(
        words if count == 1 else _tr("{count} × {words} each").format(count=count, words=words)
        for words, count in counted.items()
    )
    return _tr("This PC: {memory} of memory, {cards}").format(memory=memory, cards=cards)


def _card_words(gpu: DeviceState) -> str:
    name = gpu.description or gpu.name
    if gpu.kind == "igpu":
        return _tr("{name}, which shares it").format(name=name)
    return _tr("{name} with {memory}").format(name=name, memory=format_bytes(gpu.total_bytes))


def download_words(build: BuildOffer) -> str:
    """Say how large a build is."""
    if build.bytes is None:
        return _tr("size not known yet")
    size = format_bytes(build.bytes)
    return _tr("about {size}").format(size=size) if build.is_approximate else size


def fit_words(fit: Fit, *, has_gpu: bool) -> str:
    """Say how a build fits, in a sentence without a full stop."""
    return {
        Fit.GPU: _tr("Fits on the graphics card"),
        Fit.GPU_AND_RAM: _tr("Fits on the graphics card and in memory together"),
        Fit.CPU: _tr("Fits in memory; the processor does the work")
        if has_gpu
        else _tr("Fits in memory"),
        Fit.DISK: _tr("Larger than the memory: parts are read from the disk again and again"),
        Fit.NO: _tr("Does not fit this PC"),
    }[fit]


def short_fit_words(fit: Fit) -> str:
    """Say it in a word or two."""
    return {
        Fit.GPU: _tr("Graphics card"),
        Fit.GPU_AND_RAM: _tr("Card + memory"),
        Fit.CPU: _tr("Memory"),
        Fit.DISK: _tr("From disk"),
        Fit.NO: _tr("Does not fit"),
    }[fit]


def rate_words(tokens_per_s: float) -> str:
    """Say a speed as a number."""
    fine = format_decimal(tokens_per_s, 1 if tokens_per_s < _FINE_BELOW else 0)
    # The word joiner keeps the unit together at the end of a line.
    return _tr("{rate} tokens/s").format(rate=fine).replace("/", "/\u2060")


def speed_words(tokens_per_s: float | None) -> str:
    """Say a predicted speed, slow ones honestly; empty where it is not known."""
    if tokens_per_s is None:
        return ""
    feeling = {
        Pace.FAST: _tr("faster than you read"),
        Pace.READING: _tr("reading speed"),
        Pace.SLOW: _tr("slower than you read"),
        Pace.CRAWLING: _tr("very slow: an answer takes many minutes"),
    }[words_for(tokens_per_s)]
    return _tr("about {rate}, {feeling}").format(rate=rate_words(tokens_per_s), feeling=feeling)


def context_words(tokens: int) -> str:
    """Say how much text that is."""
    pages = tokens // _TOKENS_PER_PAGE
    count = format_count(tokens)
    if pages < _FEWEST_PAGES:
        return _tr("{count} tokens").format(count=count)
    # A page is not more exact than that.
    rounded = round(pages, min(-1, 2 - len(str(pages))))
    return _tr("{count} tokens, about {pages} pages").format(
        count=count, pages=format_count(rounded)
    )


def memory_words(plan: MemoryPlan) -> str:
    """Say what a build takes, over all devices."""
    return format_bytes(sum(share.model_bytes for share in plan.shares))


def changes_words(changes: Iterable[Change]) -> str:
    """Say what was given up so that it fits; empty where nothing was."""
    words = {
        Change.CONTEXT: _tr("a shorter context"),
        Change.KV_PRECISION: _tr("a less exact conversation memory"),
        Change.KEPT_CHATS: _tr("fewer chats kept ready"),
        Change.EXPERTS_TO_RAM: _tr("model parts kept in memory"),
        Change.LAYERS_TO_RAM: _tr("part of the work done by the processor"),
        Change.VISION_TO_RAM: _tr("pictures looked at by the processor"),
    }
    given_up = listed(words[change] for change in changes)
    return _tr("So that it fits: {list}.").format(list=given_up) if given_up else ""


def reason_words(choice: Choice) -> str:
    """Say why a build is recommended."""
    words = {
        Reason.BEST_ON_GPU: _tr("{build} is the most exact build that fits on the graphics card."),
        Reason.BEST_WITH_RAM: _tr(
            "{build} is the most exact build that is still as fast as you read; "
            "a part of it lies in memory."
        ),
        Reason.BEST_ON_CPU: _tr(
            "{build} is the most exact build that the processor runs as fast as you read."
        ),
        Reason.FASTEST: _tr("{build} is the fastest here; none is as fast as you read."),
        Reason.SMALLEST: _tr("{build} is the smallest; the speed of this PC is not known."),
        Reason.FROM_DISK: _tr("{build} reads the least from the disk; memory holds none of them."),
    }
    return words[choice.reason].format(build=choice.build)


def thinking_words(thinking: Thinking) -> str:
    """Say whether a model thinks; empty where it does not."""
    return {
        Thinking.SWITCH: _tr("Thinks on request"),
        Thinking.ALWAYS: _tr("Always thinks first"),
        Thinking.NEVER: "",
    }[thinking]


def released_words(released: str) -> str:
    """Say a date as month and year; what is no date is said as it is."""
    found = _RELEASED.match(released)
    if not found or not found[2] or not 1 <= int(found[2]) <= 12:
        return found[1] if found else released
    month = QLocale().standaloneMonthName(int(found[2]), QLocale.FormatType.LongFormat)
    return month_words(month, found[1])


def part_of_words(part_bytes: int, whole_bytes: int) -> str:
    """Say a part of a whole, the unit only once where it is the same."""
    part, whole = format_bytes(part_bytes), format_bytes(whole_bytes)
    # Some languages hold number and unit together by another space.
    number, unit = part.rsplit(None, 1)
    part = number if whole.rsplit(None, 1)[1] == unit else part
    return _tr("{part} of {whole}").format(part=part, whole=whole)


def device_words(share: Share, *, number: int | None) -> str:
    """Name a device; `number` tells several graphics cards apart."""
    name = {
        "gpu": _tr("Graphics card"),
        "igpu": _tr("Built-in graphics"),
        "cpu": _tr("Memory"),
        "disk": _tr("Disk"),
    }[share.kind]
    return name if number is None else f"{name} {number}"


def trial_words(tuning: Tuning) -> str:
    """Say which setting a search tries."""
    if tuning.is_confirming:
        return _tr("once more, to be sure")
    for name, value in tuning.changes.items():
        match name, value:
            case "cpu_expert_layers", int(layers):
                return counted(
                    layers, "1 layer's parts in memory", "{count} layers' parts in memory"
                )
            case "threads", int(threads):
                return counted(threads, "1 thread", "{count} threads")
            case "batch_tokens", int(tokens):
                return counted(tokens, "reading 1 token at once", "reading {count} tokens at once")
            case "kv_type", "f16":
                return _tr("conversation memory in full precision")
            case "kv_type", "q8_0":
                return _tr("conversation memory in half precision")
    return _tr("as it is now")
