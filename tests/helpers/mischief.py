"""Ways to spoil a conversation, most of which most versions of the prompt format refuse."""

import random
from collections.abc import Callable

import msgspec

from app.domain.chat import (
    Conversation,
    Effort,
    Message,
    Part,
    Picture,
    PicturePart,
    Role,
    TextPart,
    ThoughtPart,
    Tool,
    ToolCall,
)


def spoil(rng: random.Random, conversation: Conversation) -> Conversation:
    """Change it in one of the ways below."""
    spoilt = conversation
    while spoilt == conversation:  # some ways need a tool's result or a system prompt
        spoilt = rng.choice(_MISCHIEF)(rng, conversation)
    return spoilt


def has_half_pairs(conversation: Conversation) -> bool:
    """Whether a half of a surrogate pair was put in."""
    return any(half in repr(conversation) for half in ("half \\ud83d", "\\ud800"))


def _spoil_message(
    change: Callable[[random.Random, Message], Message],
) -> Callable[[random.Random, Conversation], Conversation]:
    """A mischief that changes one message, whichever."""

    def spoil(rng: random.Random, conversation: Conversation) -> Conversation:
        messages = list(conversation.messages)
        place = rng.randrange(len(messages))
        messages[place] = change(rng, messages[place])
        return msgspec.structs.replace(conversation, messages=tuple(messages))

    return spoil


def _spoil_list(
    change: Callable[[random.Random, list[Message]], object],
) -> Callable[[random.Random, Conversation], Conversation]:
    """A mischief that changes the list of messages."""

    def spoil(rng: random.Random, conversation: Conversation) -> Conversation:
        messages = list(conversation.messages)
        change(rng, messages)
        return msgspec.structs.replace(conversation, messages=tuple(messages))

    return spoil


def _spoil_tool(rng: random.Random, conversation: Conversation) -> Conversation:
    name = rng.choice(("ok", "", "a" * 65, "a b", "a.b", "é", "fine\n", "x\n\n"))
    return msgspec.structs.replace(
        conversation, tools=(Tool(name=name, parameters=rng.choice(SCHEMAS)),)
    )


_PICTURE = PicturePart(Picture(sha256="0" * 64, width_px=112, height_px=112))


def _add_part(rng: random.Random, message: Message) -> Message:
    part = rng.choice((_PICTURE, ThoughtPart("hm"), ThoughtPart(""), TextPart("")))
    parts = list(message.parts)
    parts.insert(rng.randint(0, len(parts)), part)
    return msgspec.structs.replace(message, content=tuple(parts))


def _change_calls(rng: random.Random, message: Message) -> Message:
    identity = rng.choice(("abcdefghi", "null", "", "abc", "abcdefghi\n", "a b c d e", "ünïcödeée"))
    name = rng.choice(("f", "f\n", "", "f g", "é", "a" * 65))
    call = ToolCall(call_id=identity, name=name, arguments=rng.choice(ODD_JSON))
    calls = rng.choice(((call,), (call, call), (*message.tool_calls, call)))
    return msgspec.structs.replace(message, tool_calls=calls)


def _change_result(rng: random.Random, message: Message) -> Message:
    return msgspec.structs.replace(
        message,
        content=rng.choice((message.content, *ODD_JSON)),
        call_id=rng.choice((None, "abcdefghi", "null", "", "abcdefgh\n", "abcdefghi\n", "é")),
        tool_name=rng.choice((None, "f", "", "f g", "a" * 65)),
    )


def _duplicate(rng: random.Random, messages: list[Message]) -> None:
    place = rng.randrange(len(messages))
    messages.insert(place, messages[place])


def _insert_tool_turn(rng: random.Random, messages: list[Message]) -> None:
    call = ToolCall(call_id="abcdefghi", name="f", arguments="{}")
    turn = rng.choice(
        (
            Message(Role.ASSISTANT, "", tool_calls=(call,)),
            Message(Role.TOOL, "{}", call_id="abcdefghi"),
        )
    )
    messages.insert(rng.randint(0, len(messages)), turn)


def _repeat_result(rng: random.Random, messages: list[Message]) -> None:
    places = _places(messages, Role.TOOL)
    if places:
        place = rng.choice(places)
        messages.insert(place, messages[place])


def _call_twice(rng: random.Random, messages: list[Message]) -> None:
    """Another call in one turn, with its result."""
    places = [i for i in _places(messages, Role.ASSISTANT) if messages[i].tool_calls]
    if places:
        place = rng.choice(places)
        calls = messages[place].tool_calls
        second = msgspec.structs.replace(calls[0], call_id="abcdefghi")
        messages[place] = msgspec.structs.replace(messages[place], tool_calls=(*calls, second))
        messages.insert(place + 1, Message(Role.TOOL, "{}", call_id="abcdefghi"))


def _say_with_calls(rng: random.Random, messages: list[Message]) -> None:
    for i, message in enumerate(messages):
        if message.tool_calls:
            messages[i] = msgspec.structs.replace(message, content="Let me see. ")


def _append_calls(rng: random.Random, messages: list[Message]) -> None:
    """At the end, calls with too few or too many results."""
    ids = ("abcdefghi", rng.choice(("123456789", "abcdefghi", "abc")))
    calls = tuple(
        ToolCall(call_id=call_id, name="f", arguments="{}") for call_id in ids[: rng.randint(0, 2)]
    )
    said = rng.choice(("", "Let me see.")) if calls else "No."
    results = [Message(Role.TOOL, "{}", call_id=call_id) for call_id in ids[: rng.randint(0, 2)]]
    question = Message(Role.USER, "Well?")
    messages += [question, Message(Role.ASSISTANT, said, tool_calls=calls), *results]
    if not results or rng.random() < 0.5:
        messages.append(question)


def _rename_call(rng: random.Random, conversation: Conversation) -> Conversation:
    """An odd id for a call and its result."""
    ids = [call.call_id for message in conversation.messages for call in message.tool_calls]
    if not ids:
        return conversation
    new = {rng.choice(ids): rng.choice(("null", "", "abc", "abcdefghi\n", "a-b-c-d-e", "é" * 9))}

    def rename(message: Message) -> Message:
        return msgspec.structs.replace(
            message,
            call_id=new.get(message.call_id or "", message.call_id),
            tool_calls=tuple(
                msgspec.structs.replace(call, call_id=new.get(call.call_id, call.call_id))
                for call in message.tool_calls
            ),
        )

    return msgspec.structs.replace(conversation, messages=tuple(map(rename, conversation.messages)))


def _add_to(role: Role, part: Part) -> Callable[[random.Random, Conversation], Conversation]:
    """A mischief that adds a part to a message of that role."""

    def add(rng: random.Random, messages: list[Message]) -> None:
        places = _places(messages, role)
        if places:
            place = rng.choice(places)
            messages[place] = msgspec.structs.replace(
                messages[place], content=(*messages[place].parts, part)
            )

    return _spoil_list(add)


def _places(messages: list[Message], role: Role) -> list[int]:
    return [i for i, message in enumerate(messages) if message.role is role]


def _change_effort(rng: random.Random, conversation: Conversation) -> Conversation:
    return msgspec.structs.replace(conversation, effort=rng.choice(tuple(Effort)))


ODD_JSON = (
    *("{}", "", " ", "\n", '"\\ud800"', '"\\ud83d\\ude00"', "[" * 20_000, "1" * 5_000, "{'a': 1}"),
    *("\ufeff{}", "{} {}", "Infinity", '{"a": {"b": ["\\u0000"]}}', '""', "[null]"),
)
SCHEMAS = (
    {"type": "object"},
    {"type": "objekt"},
    {"type": ["string", "string"]},
    {"type": []},
    {"type": 3},
    {"required": ["a", "a"]},
    {"required": [1]},
    {"required": "a"},
    {"required": []},
    {"properties": {"a": {"type": "nope"}}},
    {"properties": {"a": True, "b": False}},
    {"properties": []},
    {"items": []},
    {"items": [{}, {"minLength": -1}]},
    {"items": {"minLength": 2.0}},
    {"minItems": 1.5},
    {"minItems": True},
    {"multipleOf": 0},
    {"multipleOf": 0.5},
    {"maximum": "7"},
    {"exclusiveMinimum": True},
    {"pattern": "[a-z"},
    {"pattern": "^a$"},
    {"patternProperties": {"(": {}}},
    {"patternProperties": {"a+": {"type": "null"}}},
    {"dependencies": {"a": ["b"], "c": {"type": "array"}}},
    {"dependencies": {"a": 1}},
    {"additionalProperties": "no"},
    {"enum": {}},
    {"enum": []},
    {"anyOf": []},
    {"anyOf": [True, {"not": 1}]},
    {"if": {"const": 1}, "then": {"title": 1}},
    {"definitions": {"a": {"$ref": "#/definitions/a"}}},
    {"$ref": 1},
    {"description": None},
    {"readOnly": "yes"},
    {"writeOnly": "yes"},
    {"format": "date", "default": object.__name__, "examples": [1]},
    {"unknown": {"type": "nope"}},
)
_MISCHIEF: tuple[Callable[[random.Random, Conversation], Conversation], ...] = (
    _spoil_tool,
    _change_effort,
    _spoil_list(lambda rng, messages: messages.clear()),
    _spoil_list(lambda rng, messages: messages.pop()),
    _spoil_list(lambda rng, messages: messages.pop(rng.randrange(len(messages)))),
    _spoil_list(lambda rng, messages: rng.shuffle(messages)),
    _spoil_list(_duplicate),
    _spoil_list(_insert_tool_turn),
    _spoil_list(_repeat_result),
    _spoil_list(_call_twice),
    *[_spoil_list(_say_with_calls)] * 2,
    *[_spoil_list(_append_calls)] * 4,
    _rename_call,
    _rename_call,
    *(_add_to(role, _PICTURE) for role in Role),
    *(_add_to(role, ThoughtPart("hm")) for role in Role),
    _spoil_message(lambda rng, m: msgspec.structs.replace(m, content=rng.choice(("", ())))),
    _spoil_message(lambda rng, m: msgspec.structs.replace(m, content=(TextPart(""),))),
    _spoil_message(lambda rng, m: msgspec.structs.replace(m, is_prefix=not m.is_prefix)),
    _spoil_message(lambda rng, m: msgspec.structs.replace(m, role=rng.choice(tuple(Role)))),
    _spoil_message(lambda rng, m: msgspec.structs.replace(m, content="half \ud83d pair")),
    _spoil_message(_add_part),
    _spoil_message(_change_calls),
    _spoil_message(_change_result),
)
