"""Prompts made of what people, documents and models said."""

import functools
import pathlib
import tempfile
import warnings

import msgspec

from app.domain.chat import Conversation, Message, Role, TextPart, ThoughtPart, Tool, ToolCall
from app.domain.errors import PromptError
from app.domain.mistral.prompt import build_prompt
from app.domain.mistral.version import TokenizerVersion
from app.domain.prompt import Control, ControlTokens, Text
from app.services.messages import parse_messages
from tests.fuzz.target import Target
from tests.helpers.comparison import compare
from tests.helpers.conversations import LOOK_ALIKES
from tests.helpers.reference import Reference, load_reference

_THINKING = frozenset({"[THINK]", "[/THINK]"})
# SentencePiece's binding dies of halves of surrogate pairs.
_REFERENCES = ("v3-tekken-image", "v7-tekken-image", "v11-image", "v13-image-think")
_CONTROLS = ControlTokens(LOOK_ALIKES)


@functools.cache
def _reference(name: str) -> Reference:
    with tempfile.TemporaryDirectory() as folder:
        return load_reference(name, pathlib.Path(folder))


def _conversation(data: bytes) -> Conversation | None:
    """A conversation as JSON, as a person may write it for `ask`, or as words of a usual one."""
    try:
        return msgspec.json.decode(data, type=Conversation)
    except (ValueError, RecursionError):
        pass
    try:
        return parse_messages(data)
    except PromptError as error:
        assert str(error)  # noqa: PT017
    system, question, answer, result, *_ = [*data.decode("utf-8", "replace").split("\n"), *"sqar"]
    call = ToolCall(call_id="abcdefghi", name="f", arguments=result)
    return Conversation(
        messages=(
            Message(Role.SYSTEM, system),
            Message(Role.USER, question),
            Message(Role.ASSISTANT, (ThoughtPart(answer), TextPart(answer))),
            Message(Role.USER, question),
            Message(Role.ASSISTANT, "", tool_calls=(call,)),
            Message(Role.TOOL, result, call_id="abcdefghi"),
        ),
        tools=(Tool(name="f", description=question, parameters={"title": system}),),
    )


def _fuzz(data: bytes) -> None:
    # Patterns of tools' schemas may mean something else one day.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        _compare(data)


def _compare(data: bytes) -> None:
    conversation = _conversation(data)
    if conversation is None or any(
        p.width_px > 4000 or p.height_px > 4000 for p in conversation.pictures
    ):
        return
    for version in TokenizerVersion:
        try:
            segments = build_prompt(conversation, version, cell_px=28, special_tokens=_THINKING)
        except PromptError as error:
            assert str(error).endswith(".")  # noqa: PT017
            continue
        except ValueError as error:
            assert "for cells of" in str(error)  # noqa: PT017 - a defect of who scaled the picture
            continue
        controls = [segment.token for segment in segments if isinstance(segment, Control)]
        assert set(controls) <= set(LOOK_ALIKES), "only tokens of the format"
        for segment in segments:
            if isinstance(segment, Text):
                segment.text.encode()
    if not conversation.pictures:
        name = _REFERENCES[len(data) % len(_REFERENCES)]
        assert compare(conversation, _reference(name)).agrees, name


def _cuts(data: bytes) -> None:
    """What stands between the marks of a foreign template."""
    text = data.decode("utf-8", "replace")
    parts = _CONTROLS.cut(text)
    assert "".join(parts) == text
    assert not any(token in part for part in parts for token in _CONTROLS.tokens)
    assert (
        "".join(
            segment.token if isinstance(segment, Control) else segment.text
            for segment in _CONTROLS.split(text)
        )
        == text
    )
    assert not any(token in _CONTROLS.break_up(text, "\ue000") for token in _CONTROLS.tokens)


_WORDS = (
    *(token.encode() for token in LOOK_ALIKES),
    *(b'{"messages":[', b'{"role":"user","content":"q"}', b'{"role":"assistant","content":"a"}'),
    *(b'{"role":"tool","content":"r","call_id":"abcdefghi"}', b",", b"]}", b"\n", b" ", b"\\u0000"),
    *(b'"tool_calls":[{"name":"f","arguments":"{}","call_id":"abcdefghi"}]', b'"is_prefix":true'),
    *(b'"tools":[{"name":"f","parameters":{"type":"object","pattern":"a{99999999999}"}}]',),
    *(b'"effort":"deep"', b'[{"type":"text","text":"x"}]', b'[{"type":"thought","text":"x"}]'),
    *(b"\\ud83d", b"1e999", b"NaN", b"-0", b"[" * 3000, b"1" * 5000, b"\xf0\x9f\x99\x82"),
)
TARGETS = (
    Target(
        name="prompts",
        promise="no text becomes a control token; every prompt is the reference's or refused",
        fuzz_one=_fuzz,
        words=_WORDS,
        examples=40,
    ),
    Target(
        name="template_text",
        promise="no text of a foreign template's turn becomes a control token",
        fuzz_one=_cuts,
        words=(*_WORDS[: len(LOOK_ALIKES)], b"<", b"[", b"|", b">", b"]", b"/"),
    ),
)
