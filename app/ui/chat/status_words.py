"""What is said in small print under messages."""

from PySide6.QtCore import QCoreApplication

from app.domain.units import format_count, format_duration
from app.services.chat_service import ChatMessage, MessageState, Reading
from app.services.engine_service import EnginePhase, EngineState


def _tr(text: str) -> str:
    return QCoreApplication.translate("status", text)


def activity_words(engine: EngineState, reading: Reading | None) -> str:
    """Say what is being done before the first word of an answer."""
    if engine.phase is EnginePhase.LOADING:
        return loading_words(engine)
    if reading is None or reading.done_tokens >= reading.total_tokens:
        return _tr("Working on the answer…")
    words = _tr("Reading {done} of {total} tokens").format(
        done=format_count(reading.done_tokens), total=format_count(reading.total_tokens)
    )
    if reading.left_s is None:
        return words
    left = _tr("about {time} left").format(time=format_duration(reading.left_s))
    return f"{words} · {left}"


def loading_words(engine: EngineState) -> str:
    """Say how far loading is."""
    return _tr("Loading the model… {percent} %").format(percent=round(engine.progress * 100))


def question_words(message: ChatMessage) -> str:
    """Say why a question has no answer yet, if so."""
    return {
        MessageState.QUEUED: _tr("Waiting for its turn."),
        MessageState.UNANSWERED: _tr("Not answered."),
    }.get(message.state, "")


def answer_words(message: ChatMessage) -> str:
    """Say how an answer ended and what it took."""
    ended = {
        MessageState.STOPPED: _tr("Stopped."),
        MessageState.CUT: _tr("Ended: the limit was reached."),
        MessageState.INTERRUPTED: _tr("Interrupted: the engine stopped."),
    }.get(message.state, "")
    if message.state is MessageState.DONE and not message.text.strip():
        ended = _tr("The model gave an empty answer.")
    return "   ".join(part for part in (ended, _numbers(message)) if part)


def _numbers(message: ChatMessage) -> str:
    if message.usage is None:
        return ""
    count = message.usage.completion_tokens
    words = [
        _tr("1 token") if count == 1 else _tr("{count} tokens").format(count=format_count(count))
    ]
    if message.timings and message.timings.tokens_per_s:
        words.append(_tr("{rate:.1f} tokens/s").format(rate=message.timings.tokens_per_s))
    return " · ".join(words)
