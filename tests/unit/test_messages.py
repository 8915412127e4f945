import base64
import pathlib

import pytest

from app.domain.chat import (
    Conversation,
    Effort,
    Message,
    PicturePart,
    Role,
    TextPart,
    ThoughtPart,
    Tool,
    ToolCall,
)
from app.domain.errors import BadMessages
from app.services.messages import parse_messages, read_conversations


def only_message(data: bytes, folder: pathlib.Path | None = None) -> Message:
    (message,) = parse_messages(data, folder=folder).messages
    return message


def only_picture(address: str, folder: pathlib.Path | None = None):
    part = '{"type":"image_url","image_url":' + address + "}"
    data = '[{"role":"user","content":[' + part + "]}]"
    (found,) = only_message(data.encode(), folder).parts
    assert isinstance(found, PicturePart)
    return found.picture


def test_both_shapes_and_text_parts():
    expected = Conversation(
        (
            Message(Role.SYSTEM, "s"),
            Message(Role.USER, (TextPart("a"), TextPart("b"))),
        )
    )
    data = b"""[{"role":"system","content":"s"},
        {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]"""
    assert parse_messages(data) == expected
    assert parse_messages(b' {"messages": ' + data + b', "model": "any"}') == expected
    assert parse_messages(data).messages[1].text == "ab"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"nonsense",
        b"\xff",
        b"[" * 100_000,
        b'[{"role":"robot","content":"x"}]',
        b'[{"role":"user"}]',
        b'[{"role":"user","content":null}]',
        b'[{"role":"user","content":5}]',
        b'[{"role":"user","content":"x","surprise":1}]',
        b'[{"role":"user","content":"half a pair: \\ud83d"}]',
        b'[{"role":"user","content":[{"type":"audio","text":"x"}]}]',
        b'[{"role":"user","content":[{"type":"image_url"}]}]',
        b'[{"role":"user","content":[{"type":"image_url","image_url":"http://h/x.png"}]}]',
        b'[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://h/x"}}]}]',
        b'[{"role":"user","content":[{"type":"image_url","image_url":"data:image/png;base64,*"}]}]',
        b'[{"role":"assistant","content":null,"tool_calls":[{"id":"a"}]}]',
        b'{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}',
        b'{"messages":[{"role":"user","content":"x"}],"reasoning_effort":"low"}',
        b'{"messages":[{"role":"user","content":"x"}],"reasoning_effort":5}',
    ],
)
def test_anything_else_is_refused_with_a_reason(data):
    with pytest.raises(BadMessages) as caught:
        parse_messages(data)
    assert caught.value.facts["reason"]
    assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize(
    ("written", "meant"), [("none", Effort.FAST), ("high", Effort.DEEP), (None, None)]
)
def test_the_effort_is_written_as_mistral_does(written, meant):
    value = "null" if written is None else f'"{written}"'
    data = '{"messages":[{"role":"user","content":"x"}],"reasoning_effort":' + value + "}"
    assert parse_messages(data.encode()).effort is meant


def test_an_unknown_effort_is_named_with_those_there_are():
    with pytest.raises(BadMessages, match="can be none or high, not “low”"):
        parse_messages(b'{"messages":[{"role":"user","content":"x"}],"reasoning_effort":"low"}')


def test_thoughts_are_one_text_or_several():
    data = b"""[{"role":"assistant","prefix":true,"content":[
        {"type":"thinking","thinking":"a"},
        {"type":"thinking","closed":false,
         "thinking":[{"type":"text","text":"b"},{"type":"text","text":"c"}]},
        {"type":"text","text":"d"}]}]"""
    message = only_message(data)
    assert message.content == (ThoughtPart("a"), ThoughtPart("bc", closed=False), TextPart("d"))
    assert message.is_prefix


def test_tools_their_calls_and_their_results():
    data = b"""{"messages":[
        {"role":"user","content":"q"},
        {"role":"assistant","content":null,"tool_calls":[
            {"id":"abcdefghi","type":"function","function":{"name":"f","arguments":"{ }"}},
            {"function":{"name":"g","arguments":{"a":1}}},
            {"function":{"name":"h"}}]},
        {"role":"tool","content":"r","tool_call_id":"abcdefghi","name":"f"}],
        "tools":[{"type":"function","function":
            {"name":"f","description":"d","parameters":{"type":"object"}}}]}"""
    conversation = parse_messages(data)
    assert conversation.tools == (Tool(name="f", description="d", parameters={"type": "object"}),)
    _, answer, result = conversation.messages
    assert answer.content == ""
    assert answer.tool_calls == (
        ToolCall(call_id="abcdefghi", name="f", arguments="{ }"),
        ToolCall(name="g", arguments='{"a": 1}'),
        ToolCall(name="h", arguments="{}"),
    )
    assert result == Message(Role.TOOL, "r", call_id="abcdefghi", tool_name="f")


def test_a_picture_is_a_path_beside_the_file(tmp_path):
    assert only_picture('"a b.png"', tmp_path).path == str(tmp_path / "a b.png")
    assert only_picture('{"url":"x.png"}', tmp_path).path == str(tmp_path / "x.png")
    assert only_picture('"/else/where.png"', tmp_path).path == "/else/where.png"
    assert only_picture('"file:///else/a%20b.png"', tmp_path).path == "/else/a b.png"


def test_a_picture_is_inside_a_data_address():
    encoded = base64.b64encode(b"pixels").decode()
    picture = only_picture(f'"data:image/png;base64,{encoded}"')
    assert (picture.data, picture.path) == (b"pixels", "")


def test_a_jsonl_gives_errors_in_their_places(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_text('[{"role":"user","content":"a"}]\nx\n')
    good, bad = read_conversations(path)
    assert good == Conversation((Message(Role.USER, "a"),))
    assert isinstance(bad, BadMessages)


def test_a_mark_at_the_start_of_a_windows_file_is_no_fault(tmp_path):
    path = tmp_path / "m.json"
    path.write_text('[{"role":"user","content":"a"}]', encoding="utf-8-sig")
    assert list(read_conversations(path)) == [Conversation((Message(Role.USER, "a"),))]
