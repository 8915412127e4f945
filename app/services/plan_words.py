"""Plans in plain English, for the command line and its JSON; the window has words of its own."""

from app.domain.placement.pace import Pace, words_for
from app.domain.placement.recommend import Choice, Reason
from app.domain.placement.values import Change, Fit, MemoryPlan

_PACES = {
    Pace.CRAWLING: "an answer takes many minutes",
    Pace.SLOW: "slower than reading",
    Pace.READING: "reading speed",
    Pace.FAST: "faster than reading",
}
_FITS = {
    Fit.GPU: "All of it fits on the graphics card.",
    Fit.GPU_AND_RAM: "It fits on the graphics card and in memory together.",
    Fit.CPU: "It fits in memory and runs on the processor.",
    Fit.DISK: "It is larger than the memory: parts are read from the disk for every token.",
    Fit.NO: "It does not fit this PC.",
}
_CHANGES = {
    Change.CONTEXT: "the context is shorter",
    Change.KV_PRECISION: "the chat's memory is less exact",
    Change.KEPT_CHATS: "no other chat stays ready",
    Change.EXPERTS_TO_RAM: "more of it lies in memory",
    Change.LAYERS_TO_RAM: "the processor computes more layers",
    Change.VISION_TO_RAM: "the processor looks at pictures",
}
_REASONS = {
    Reason.BEST_ON_GPU: "the most precise build that fits on the graphics card",
    Reason.BEST_WITH_RAM: "the most precise build that is at least as fast as reading, with a part "
    "of it in memory",
    Reason.BEST_ON_CPU: "the most precise build that the processor runs at least at reading speed",
    Reason.FASTEST: "the fastest here; none reaches reading speed",
    Reason.SMALLEST: "the smallest; this PC's speed was not measured",
    Reason.FROM_DISK: "the one that reads the least from the disk; memory holds none",
}


def speed_words(tokens_per_s: float | None) -> str:
    """Say a predicted speed; empty where it is not known."""
    if tokens_per_s is None:
        return ""
    digits = 1 if tokens_per_s < 10 else 0
    return f"about {tokens_per_s:.{digits}f} tokens/s, {_PACES[words_for(tokens_per_s)]}"


def plan_sentence(plan: MemoryPlan) -> str:
    """Say how a model fits and what was given up for it."""
    if plan.fit is Fit.NO:
        return _FITS[plan.fit]
    given_up = ", ".join(_CHANGES[change] for change in plan.changes)
    return _FITS[plan.fit] + (f" For that {given_up}." if given_up else "")


def choice_words(choice: Choice) -> str:
    """Say why a build is recommended."""
    return _REASONS[choice.reason]
