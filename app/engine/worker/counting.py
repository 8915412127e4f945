"""What the parts of a conversation take, exactly."""

from collections.abc import Iterable

import msgspec

from app.domain.chat import Conversation, Message, PicturePart, Role
from app.domain.prompt import Control, Image, Segment
from app.engine.protocol import Count, Stage
from app.engine.worker.model import Report
from app.engine.worker.prompts import Prompts

_THOUGHT_BEGIN, _THOUGHT_END = Control("[THINK]"), Control("[/THINK]")


def count_parts(prompts: Prompts, request: Count, report: Report) -> dict[str, int]:
    """Count a conversation; its documents take what it has more than the same without them.

    Raises:
        PromptError: This model cannot be asked that.
        TemplateBroken: The model's template fails on it.
    """
    without = request.without_documents
    if without is None:
        return _count_words(prompts, request.conversation, report)
    counts = _count_words(prompts, without, report)
    total = _count(prompts, _rendered(prompts, request.conversation, report))
    return counts | {
        "document_tokens": total - counts["total_tokens"],
        "total_tokens": total,
    }


def _count_words(prompts: Prompts, conversation: Conversation, report: Report) -> dict[str, int]:
    """Count the tokens of a conversation whose last message is the draft.

    What the words of the system prompt and of the draft take is what the whole has less without
    them: some formats write the system prompt into a question, and some templates write one of
    their own where there is none.
    """
    segments = _rendered(prompts, conversation, report)
    total = _count(prompts, segments)

    def rendered_with(messages: Iterable[Message]) -> list[Segment]:
        changed = msgspec.structs.replace(conversation, messages=tuple(messages))
        return _rendered(prompts, changed, report)

    *history, draft = conversation.messages
    drafted = total - _count(prompts, rendered_with([*history, _empty(draft)]))
    unled = segments
    if any(message.role is Role.SYSTEM for message in conversation.messages):
        unled = rendered_with(
            _empty(m) if m.role is Role.SYSTEM else m for m in conversation.messages
        )
    system = total - _count(prompts, unled)
    images = sum(segment.tokens for segment in segments if isinstance(segment, Image))
    thoughts = _count(prompts, _thoughts(unled))
    return {
        "total_tokens": total,
        "system_tokens": system,
        "history_tokens": total - system - thoughts - images - drafted,
        "thought_tokens": thoughts,
        "image_tokens": images,
        "draft_tokens": drafted,
    }


def _rendered(prompts: Prompts, conversation: Conversation, report: Report) -> list[Segment]:
    """Render it, for which a template gets its own, short time."""
    report(Stage.TEMPLATE, 0, 1)
    segments = prompts.segments(conversation)
    report(Stage.TOKENS, 0, 1)
    return segments


def _empty(message: Message) -> Message:
    """The message without its words."""
    pictures = tuple(part for part in message.parts if isinstance(part, PicturePart))
    return msgspec.structs.replace(message, content=pictures or "")


def _count(prompts: Prompts, segments: Iterable[Segment]) -> int:
    return sum(len(prompts.ids(segment)) for segment in segments)


def _thoughts(segments: Iterable[Segment]) -> list[Segment]:
    """The segments of past answers' thoughts, with their marks."""
    found: list[Segment] = []
    is_inside = False
    for segment in segments:
        if isinstance(segment, Control):
            if segment == _THOUGHT_BEGIN or (is_inside and segment == _THOUGHT_END):
                found.append(segment)
            is_inside = segment == _THOUGHT_BEGIN  # the end of an answer ends what was cut off too
        elif is_inside:
            found.append(segment)
    return found
