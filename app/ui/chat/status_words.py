"""What is said in small print under messages."""

from PySide6.QtCore import QCoreApplication

from app.domain.chat import Effort
from app.domain.kept_chat import ChatMessage, MessageState
from app.services.chats import Reading
from app.services.engine_service import EnginePhase, EngineState
from app.ui.plain_text import one_line
from app.ui.quantities import counted, format_count, format_decimal, format_duration, format_number


def _tr(text: str) -> str:
    return QCoreApplication.translate("status", text)


def activity_words(engine: EngineState, reading: Reading | None) -> str:
    """Say what is being done before the first word of an answer."""
    if engine.phase is EnginePhase.LOADING:
        return loading_words(engine)
    if reading and reading.is_looking:
        return _tr("Looking at the picture…")
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
    if engine.is_checking:
        return _tr("The model's file has changed since it was installed. Checking it…")
    return _tr("Loading the model… {percent} %").format(percent=round(engine.progress * 100))


def count_words(tokens: int) -> str:
    """Say a number of tokens."""
    return counted(tokens, "1 token", "{count} tokens")


def thinking_words(tokens: int) -> str:
    """Say how long a thought is that goes on."""
    return (
        _tr("Thinking… {count}").format(count=count_words(tokens)) if tokens else _tr("Thinking…")
    )


def thought_words(tokens: int, *, seconds: float = 0.0, was_cut: bool = False) -> str:
    """Say how long a thought was; zeros are not known."""
    if was_cut:
        words = _tr("Stopped while thinking")
    elif seconds:
        words = _tr("Thought for {time}").format(time=format_duration(seconds))
    else:
        words = _tr("Thought")
    return f"{words} · {count_words(tokens)}" if tokens else words


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


def ended_words(message: ChatMessage) -> str:
    """Tell who does not see the screen that an answer is there."""
    ended = {
        MessageState.STOPPED: _tr("The answer of {model} was stopped."),
        MessageState.CUT: _tr("The answer of {model} ended: the limit was reached."),
        MessageState.INTERRUPTED: _tr("The answer of {model} was interrupted."),
    }.get(message.state, _tr("{model} has answered."))
    return ended.format(model=one_line(message.model) or _tr("The model"))


def _numbers(message: ChatMessage) -> str:
    if message.usage is None:
        return ""
    words = [count_words(message.usage.completion_tokens)]
    if message.timings and message.timings.tokens_per_s:
        words.append(
            _tr("{rate} tokens/s").format(rate=format_decimal(message.timings.tokens_per_s, 1))
        )
    return " · ".join(words)


def answer_details(message: ChatMessage) -> list[tuple[str, str]]:
    """Everything that is known of how an answer came to be, as names and values."""
    rows = [(_tr("Model"), one_line(message.model))]
    if message.effort:
        rows.append((_tr("Mode"), _tr("Deep") if message.effort is Effort.DEEP else _tr("Fast")))
    if message.sampling:
        rows.append((_tr("Temperature"), format_number(message.sampling.temperature)))
        rows.append((_tr("Top-p"), format_number(message.sampling.top_p)))
    if message.seed is not None:
        rows.append((_tr("Seed"), str(message.seed)))
    if usage := message.usage:
        rows.append((_tr("Question and history"), count_words(usage.prompt_tokens)))
        if usage.reused_tokens:
            rows.append((_tr("Already read before"), count_words(usage.reused_tokens)))
        rows.append((_tr("Answer"), count_words(usage.completion_tokens)))
        if usage.reasoning_tokens:
            rows.append((_tr("Of which thinking"), count_words(usage.reasoning_tokens)))
    if message.thought_s:
        rows.append((_tr("Time spent thinking"), format_duration(message.thought_s)))
    if timings := message.timings:
        first = _tr("{seconds} s").format(seconds=format_decimal(timings.first_token_s, 1))
        rows.append((_tr("Time to first token"), first))
        if timings.tokens_per_s:
            rate = _tr("{rate} tokens/s").format(rate=format_decimal(timings.tokens_per_s, 1))
            rows.append((_tr("Speed"), rate))
    return rows
