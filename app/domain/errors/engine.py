"""The engine process failed, or may not do what was asked of it."""

from app.domain.errors.base import AppError


class EngineError(AppError):
    """The engine process failed."""


class EngineCrashed(EngineError):
    """The process died."""

    sentence = "The engine stopped unexpectedly ({reason}). Your text is safe; ask again to go on."


class EngineSilent(EngineError):
    """The watchdog ended a process that made no progress."""

    sentence = (
        "The engine made no progress for {limit_s} seconds while {activity}, so it was stopped. "
        "Try again, or use another model file."
    )


class EngineKeepsCrashing(EngineError):
    """Too many deaths with one model: no further automatic start."""

    sentence = (
        "The engine stopped {deaths} times within ten minutes with “{model}”. "
        "Choose another model, or press Try again to start it once more."
    )


class EngineMissing(EngineError):
    """The worker program or its native library cannot be started."""

    sentence = "The engine could not be started ({reason}). Reinstall Cierzo to repair it."


class ComputingOnCpu(EngineError):
    """No graphics card is used although a backend for one is there."""

    sentence = "Running on the CPU because {reason}."


class MeasuredWhileBusy(EngineError):
    """Other programs took the cores while this PC was measured."""

    sentence = "This PC was busy while it was measured, so models may be faster than they say here."


class ComputeFailed(EngineError):
    """llama.cpp could not evaluate a batch."""

    sentence = (
        "The engine could not compute the answer (status {status}). "
        "Try again; if it keeps happening, choose a smaller context or model."
    )
