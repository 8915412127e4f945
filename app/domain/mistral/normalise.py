"""Neighbouring messages of one role become one turn, as Mistral's reference merges them."""

import itertools
from collections.abc import Iterable, Sequence

import msgspec

from app.domain.chat import Message, Part, Role, TextPart
from app.domain.mistral.format import PromptFormat, ResultStyle
from app.domain.mistral.json_text import tidy_json

_MESSAGE_JOINT = "\n\n"


class Dialogue(msgspec.Struct, frozen=True):
    """A conversation's messages, merged.

    Attributes:
        system: What a user's message carries; empty where the system prompt has its own turn.
        turns: Their content is a text, or parts in which no two texts are neighbours. The
            arguments of tool calls are tidy JSON.
    """

    system: str
    turns: tuple[Message, ...]


def merge_messages(messages: Sequence[Message], form: PromptFormat) -> Dialogue:
    """Merge, tidy and order messages that `rules` accepted.

    Raises:
        BadMessages: JSON of a tool that cannot be rewritten.
    """
    turns: list[Message] = []
    open_calls: list[str] = []
    for role, neighbours in itertools.groupby(messages, key=lambda message: message.role):
        group = list(neighbours)
        match role:
            case Role.USER:
                turns.append(Message(Role.USER, _merge_contents(group, form)))
            case Role.ASSISTANT:
                turn = _merge_answers(group, form)
                open_calls += [call.call_id for call in turn.tool_calls]
                turns.append(turn)
            case Role.TOOL:
                turns += _order_results([_tidy_result(m, form) for m in group], open_calls, form)
                open_calls.clear()
            case Role.SYSTEM if form.system_in is None:
                turns += [Message(role, _merge_contents([m], form)) for m in group]
    if form.system_in is not None and (not turns or turns[0].role is not Role.USER):
        turns.insert(0, Message(Role.USER, ""))
    return Dialogue(_system_prompt(messages, form), tuple(turns))


def _merge_contents(messages: Iterable[Message], form: PromptFormat) -> str | tuple[Part, ...]:
    """Join texts that follow each other; a text alone stays a plain one."""
    parts: list[Part] = []
    for message in messages:
        joint = _MESSAGE_JOINT
        for part in message.parts:
            if not isinstance(part, TextPart):
                parts.append(part)
                continue
            if not part.text:
                continue
            if parts and isinstance(parts[-1], TextPart):
                parts[-1] = TextPart(parts[-1].text + joint + part.text)
            else:
                parts.append(part)
            joint = form.part_joint
    match parts:
        case []:
            return ""
        case [TextPart(text)]:
            return text
    return tuple(parts)


def _merge_answers(group: Sequence[Message], form: PromptFormat) -> Message:
    return Message(
        Role.ASSISTANT,
        _merge_contents(group, form),
        tool_calls=tuple(
            msgspec.structs.replace(call, arguments=tidy_json(call.arguments))
            for message in group
            for call in message.tool_calls
        ),
        is_prefix=any(message.is_prefix for message in group),
    )


def _tidy_result(message: Message, form: PromptFormat) -> Message:
    content = _merge_contents([message], form)
    if form.results in {ResultStyle.LIST, ResultStyle.OBJECT} and isinstance(content, str):
        content = tidy_json(content)
    return msgspec.structs.replace(message, content=content)


def _order_results(
    results: list[Message], open_calls: Sequence[str], form: PromptFormat
) -> list[Message]:
    """Put results into the order of their calls, where the format pairs them."""
    if not form.pairs_by_id:
        return results
    places = {call_id: place for place, call_id in enumerate(open_calls)}
    return sorted(results, key=lambda result: places.get(result.call_id or "", len(places)))


def _system_prompt(messages: Iterable[Message], form: PromptFormat) -> str:
    """Every system message in one text, where a user's message carries them."""
    if form.system_in is None:
        return ""
    contents = (
        _merge_contents([message], form)
        for message in messages
        if message.role is Role.SYSTEM and message.content
    )
    return _MESSAGE_JOINT.join(content for content in contents if isinstance(content, str))
