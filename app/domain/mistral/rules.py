"""What Mistral's reference refuses, said in a sentence for a person.

Source: mistral_common 1.13.1: the validators in `ValidationMode.test`, the message classes, and
what the normalisers and tokenizers refuse after them. `BadMessages` is wrong for every model,
`MessagesUnsupported` for models of this version.
"""

import itertools
import re
from collections.abc import Collection, Sequence

from app.domain.chat import (
    Conversation,
    Message,
    Part,
    PicturePart,
    Role,
    TextPart,
    ThoughtPart,
    Tool,
)
from app.domain.errors import BadMessages, MessagesUnsupported
from app.domain.mistral.format import CallIds, PromptFormat
from app.domain.mistral.schema import is_schema

# Matched with `$` as in the reference, which lets a final newline pass.
_NAME = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")
_NINE_CHARACTERS = re.compile(r"^[a-zA-Z0-9]{9}$")
_NO_ID = "null"
_BAD_NAME = "a name that is not 1 to 64 letters, digits, “_” or “-”"

_FOLLOWERS = {
    Role.SYSTEM: {Role.USER, Role.ASSISTANT, Role.SYSTEM},
    Role.USER: {Role.ASSISTANT, Role.SYSTEM, Role.USER},
    Role.ASSISTANT: {Role.ASSISTANT, Role.USER, Role.TOOL},
    Role.TOOL: {Role.ASSISTANT, Role.TOOL, Role.USER},
}


def check_conversation(
    conversation: Conversation,
    form: PromptFormat,
    *,
    sees: bool,
    thinks: bool,
) -> None:
    """Check the messages as they came.

    Args:
        conversation: What is to become a prompt.
        form: The version's format.
        sees: The model has a vision projector.
        thinks: The vocabulary has the tokens for thoughts.

    Raises:
        BadMessages: No model takes these messages.
        MessagesUnsupported: The model lacks something that they need.
    """
    _check_order(conversation.messages)
    if form.pairs_by_id:
        _check_results_by_id(conversation.messages)
    else:
        _check_results_by_count(conversation.messages)
    for number, message in enumerate(conversation.messages, start=1):
        _check_fields(message, number)
        _check_parts(message, number, form, sees=sees, thinks=thinks)
        match message.role:
            case Role.ASSISTANT:
                _check_answer(message, number, form, is_last=number == len(conversation.messages))
            case Role.TOOL:
                _check_result(message, number, form)
    for number, tool in enumerate(conversation.tools, start=1):
        _check_tool(tool, number)
    if conversation.effort is not None and not form.has_effort:
        raise MessagesUnsupported(reason="it cannot be told how much to think")


def check_turns(turns: Sequence[Message], form: PromptFormat) -> None:
    """Check what merging may have brought together.

    Raises:
        BadMessages: A turn of the assistant is empty.
        MessagesUnsupported: A turn holds more than the format can say.
    """
    for turn in turns:
        if turn.role is not Role.ASSISTANT:
            continue
        if not turn.content and not turn.tool_calls:
            raise BadMessages(reason="an answer of the assistant is empty")
        if turn.content and turn.tool_calls and not form.allows_text_with_calls:
            raise MessagesUnsupported(reason="an answer has both words and tool calls")
    if form.one_result:
        _check_one_result(turns)


def _check_order(messages: Sequence[Message]) -> None:
    if not messages:
        raise BadMessages(reason="there are none")
    if len(messages) == 1 and messages[0].role not in {Role.USER, Role.SYSTEM}:
        raise BadMessages(reason="the only one is neither the user's nor the system's")
    if messages[-1].role is Role.ASSISTANT and not messages[-1].is_prefix:
        raise BadMessages(reason="the last one is the assistant's and not marked to be continued")
    for number, (before, after) in enumerate(itertools.pairwise(messages), start=2):
        if after.role not in _FOLLOWERS[before.role]:
            raise BadMessages(
                reason=f"message {number} ({after.role}) cannot follow one of role {before.role}"
            )


def _check_results_by_count(messages: Sequence[Message]) -> None:
    """As many results as calls between two answers; the reference skips the first message."""
    open_calls = 0
    for number, message in enumerate(messages[1:], start=2):
        if message.role is Role.TOOL:
            open_calls -= 1
        elif message.role is Role.ASSISTANT:
            if open_calls:
                raise BadMessages(reason=_unbalanced(number))
            open_calls = len(message.tool_calls)


def _check_results_by_id(messages: Sequence[Message]) -> None:
    """Each call answered once by its id; the reference skips the first message."""
    calls: set[str] = set()
    answered: set[str] = set()
    for number, message in enumerate(messages[1:], start=2):
        if message.role is Role.TOOL:
            if message.call_id not in calls - answered:
                raise BadMessages(
                    reason=f"message {number} answers no open tool call, by its call id"
                )
            answered.add(message.call_id)
        elif message.role is Role.ASSISTANT:
            if calls != answered:
                raise BadMessages(reason=_unbalanced(number))
            calls = {call.call_id for call in message.tool_calls}
            answered = set()
            if len(calls) != len(message.tool_calls):
                raise BadMessages(reason=f"message {number} has two tool calls of one id")


def _unbalanced(number: int) -> str:
    return f"before message {number} there are not as many tool results as tool calls"


def _check_fields(message: Message, number: int) -> None:
    """Refuse what a role cannot have."""
    is_answer, is_result = message.role is Role.ASSISTANT, message.role is Role.TOOL
    if message.tool_calls and not is_answer:
        raise BadMessages(reason=f"message {number} has tool calls but is not the assistant's")
    if message.is_prefix and not is_answer:
        raise BadMessages(reason=f"message {number} is to be continued but not the assistant's")
    if (message.call_id is not None or message.tool_name is not None) and not is_result:
        raise BadMessages(reason=f"message {number} names a tool's call but is not a tool's")


def _check_parts(
    message: Message, number: int, form: PromptFormat, *, sees: bool, thinks: bool
) -> None:
    role, parts = message.role, message.parts
    if _has(parts, PicturePart):
        if role in {Role.SYSTEM, Role.ASSISTANT}:
            raise BadMessages(reason=f"message {number} ({role}) cannot have pictures")
        reads = form.reads_pictures if role is Role.USER else form.reads_pictures_of_tools
        if not reads or not sees:
            raise MessagesUnsupported(reason=f"it cannot see the pictures of message {number}")
    if _has(parts, ThoughtPart):
        if role in {Role.USER, Role.TOOL}:
            raise BadMessages(reason=f"message {number} ({role}) cannot have thoughts")
        takes = form.has_thoughts if role is Role.ASSISTANT else form.has_system_thoughts
        if not takes or not thinks:
            raise MessagesUnsupported(reason=f"it cannot read the thoughts in message {number}")


def _has(parts: Collection[Part], kind: type[TextPart | PicturePart | ThoughtPart]) -> bool:
    return any(isinstance(part, kind) for part in parts)


def _check_answer(message: Message, number: int, form: PromptFormat, *, is_last: bool) -> None:
    if message.tool_calls and form.calls is None:
        raise MessagesUnsupported(reason=f"it does not know the tool calls of message {number}")
    if not form.allows_text_with_calls:
        if message.content and message.tool_calls:
            raise MessagesUnsupported(reason=f"message {number} has both words and tool calls")
        if not message.content and not message.tool_calls:
            raise BadMessages(reason=f"message {number}, an answer of the assistant, is empty")
    for call in message.tool_calls:
        _check_id(call.call_id, number, form)
        if not _NAME.match(call.name):
            raise BadMessages(reason=f"message {number} calls a tool by {_BAD_NAME}")
    if message.is_prefix and not is_last:
        raise BadMessages(reason=f"message {number} is to be continued but is not the last")


def _check_result(message: Message, number: int, form: PromptFormat) -> None:
    if form.results is None:
        raise MessagesUnsupported(reason=f"it does not know tools, as in message {number}")
    if message.tool_name is not None and not _NAME.match(message.tool_name):
        raise BadMessages(reason=f"message {number} is from a tool with {_BAD_NAME}")
    _check_id(message.call_id, number, form)


def _check_id(call_id: str | None, number: int, form: PromptFormat) -> None:
    match form.call_ids:
        case CallIds.NINE_CHARACTERS:
            if not _NINE_CHARACTERS.match(call_id or ""):
                raise MessagesUnsupported(
                    reason=f"the call id in message {number} is not nine letters or digits"
                )
        case CallIds.NOT_EMPTY:
            if not call_id or call_id == _NO_ID:
                raise MessagesUnsupported(reason=f"message {number} lacks a call id")


def _check_tool(tool: Tool, number: int) -> None:
    if not _NAME.match(tool.name):
        raise BadMessages(reason=f"tool {number} has {_BAD_NAME}")
    try:
        is_valid = is_schema(tool.parameters)
    except RecursionError:
        is_valid = False
    if not is_valid:
        raise BadMessages(reason=f"the parameters of tool {number} are not a valid JSON schema")


def _check_one_result(turns: Sequence[Message]) -> None:
    """At most one result for each turn of calls, from the last question on."""
    last_user = max(i for i, turn in enumerate(turns) if turn.role is Role.USER)
    has_calls, results = False, 0
    for turn in turns[last_user:]:
        if turn.role is Role.TOOL:
            results += has_calls
            if results > 1:
                raise MessagesUnsupported(reason="an answer has more than one tool result")
        else:
            has_calls, results = bool(turn.tool_calls), 0
