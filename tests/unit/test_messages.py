import pytest

from app.domain.chat import Message, Role
from app.domain.errors import BadMessages
from app.services.messages import parse_messages, read_conversations


def test_both_shapes_and_text_parts():
    expected = (Message(Role.SYSTEM, "s"), Message(Role.USER, "ab"))
    data = b"""[{"role":"system","content":"s"},
        {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]"""
    assert parse_messages(data) == expected
    assert parse_messages(b' {"messages": ' + data + b', "model": "any"}') == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"nonsense",
        b"\xff",
        b'[{"role":"robot","content":"x"}]',
        b'[{"role":"user"}]',
        b'[{"role":"user","content":5}]',
        b'[{"role":"user","content":[{"type":"image_url","image_url":"x"}]}]',
    ],
)
def test_anything_else_is_refused_with_a_reason(data):
    with pytest.raises(BadMessages) as caught:
        parse_messages(data)
    assert caught.value.facts["reason"]


def test_a_jsonl_gives_errors_in_their_places(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_text('[{"role":"user","content":"a"}]\nx\n')
    good, bad = read_conversations(path)
    assert good == (Message(Role.USER, "a"),)
    assert isinstance(bad, BadMessages)
