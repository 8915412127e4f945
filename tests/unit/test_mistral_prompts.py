"""Our prompts against those of Mistral's reference, which runs in the same process."""

import functools
import json
from collections import Counter
from collections.abc import Callable

import hypothesis
import pytest
from hypothesis import strategies as st
from mistral_common.utils.json_utils import validate_json_schema_by_draft7

from app.domain.chat import (
    Conversation,
    Effort,
    Message,
    Picture,
    PicturePart,
    Role,
    TextPart,
    ThoughtPart,
    Tool,
    ToolCall,
)
from app.domain.errors import BadMessages, MessagesUnsupported
from app.domain.mistral.prompt import build_prompt
from app.domain.mistral.schema import is_schema
from app.domain.mistral.version import TokenizerVersion, recognise
from app.domain.prompt import Control, Image, Segment, Text
from tests.helpers.comparison import compare
from tests.helpers.conversations import ABILITIES, LOOK_ALIKES, random_conversations
from tests.helpers.mischief import SCHEMAS
from tests.helpers.reference import NAMES, Reference, load_reference

CONVERSATIONS = 500
THINKING = frozenset({"[THINK]", "[/THINK]"})
PICTURE = PicturePart(Picture(sha256="0" * 64, width_px=56, height_px=28))


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Reference]:
    folder = tmp_path_factory.mktemp("references")
    return functools.cache(functools.partial(load_reference, folder=folder))


def features(conversation: Conversation) -> set[str]:
    found = {"pictures"} if conversation.pictures else set()
    if conversation.tools or any(message.tool_calls for message in conversation.messages):
        found.add("tools")
    parts = [part for message in conversation.messages for part in message.parts]
    if any(isinstance(part, ThoughtPart) for part in parts):
        found.add("thoughts")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_and_every_refusal_is_the_references(
    load: Callable[[str], Reference], name: str
) -> None:
    reference, abilities = load(name), ABILITIES[name]
    accepted, seen, different = 0, Counter[str](), []
    for conversation in random_conversations(name, count=CONVERSATIONS, seed=1):
        comparison = compare(conversation, reference)
        if not comparison.agrees:
            different.append((comparison, conversation))
        if comparison.accepted:
            accepted += 1
            seen.update(features(conversation))

    assert not different[:1]
    assert 0.7 * CONVERSATIONS <= accepted < CONVERSATIONS
    assert seen["tools"] >= 50 or not abilities.tools
    assert seen["pictures"] >= 50 or abilities.cell_px is None
    assert seen["thoughts"] >= 50 or not abilities.thoughts


@pytest.mark.parametrize("schema", SCHEMAS, ids=json.dumps)
def test_a_tools_schema_is_valid_where_the_reference_says_so(schema: dict[str, object]) -> None:
    try:
        validate_json_schema_by_draft7(schema)
    except ValueError:
        assert not is_schema(schema)
    else:
        assert is_schema(schema)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"v1", "v13"}])
def test_a_vocabulary_tells_its_version(load: Callable[[str], Reference], name: str) -> None:
    reference = load(name)

    assert recognise(reference.special_tokens, is_spm=reference.is_spm) == reference.version


def test_a_v1_vocabulary_cannot_be_told_from_a_foreign_one(
    load: Callable[[str], Reference],
) -> None:
    assert recognise(load("v1").special_tokens, is_spm=True) is None


TEXTS = st.lists(st.text(min_size=1) | st.sampled_from(LOOK_ALIKES), min_size=1).map("".join)


@pytest.mark.parametrize("version", TokenizerVersion)
@hypothesis.given(system=TEXTS, question=TEXTS, answer=TEXTS, result=TEXTS)
@hypothesis.settings(max_examples=60, deadline=None)
def test_no_text_becomes_a_control_token(
    version: TokenizerVersion, system: str, question: str, answer: str, result: str
) -> None:
    segments = prompt_saying(version, system, question, answer, result)
    harmless = prompt_saying(version, "s", "q", "a", "r")

    assert controls_of(segments) == controls_of(harmless)
    said = "".join(segment.text for segment in segments if isinstance(segment, Text))
    assert system in said
    assert question in said
    assert answer.rstrip(" ") in said


def prompt_saying(
    version: TokenizerVersion, system: str, question: str, answer: str, result: str
) -> list[Segment]:
    """A conversation with every kind of turn that the version has."""
    call = ToolCall(call_id="abcdefghi", name="f", arguments=result)
    tool_turns = (
        Message(Role.ASSISTANT, "", tool_calls=(call,)),
        Message(Role.TOOL, result, call_id="abcdefghi"),
    )
    has_tools = version is not TokenizerVersion.V1
    has_thoughts = version in {TokenizerVersion.V13, TokenizerVersion.V15}
    messages = (
        Message(Role.SYSTEM, system),
        Message(Role.USER, question),
        Message(
            Role.ASSISTANT, (ThoughtPart(answer), TextPart(answer)) if has_thoughts else answer
        ),
        Message(Role.USER, question),
        *(tool_turns if has_tools else ()),
    )
    tools = (Tool(name="f", description=question, parameters={"title": system}),)
    return build_prompt(
        Conversation(messages=messages, tools=tools if has_tools else ()),
        version,
        cell_px=28,
        special_tokens=THINKING,
    )


def controls_of(segments: list[Segment]) -> list[str]:
    return [segment.token for segment in segments if isinstance(segment, Control)]


def build(
    *messages: Message,
    version: TokenizerVersion = TokenizerVersion.V15,
    cell_px: int | None = 28,
    special_tokens: frozenset[str] = THINKING,
    effort: Effort | None = None,
) -> list[Segment]:
    return build_prompt(
        Conversation(messages=messages, effort=effort),
        version,
        cell_px=cell_px,
        special_tokens=special_tokens,
    )


def test_the_effort_stands_once_before_the_first_question() -> None:
    segments = build(
        Message(Role.SYSTEM, "Be brief."),
        Message(Role.USER, "Why?"),
        Message(Role.ASSISTANT, (ThoughtPart("Hm."), TextPart("So."))),
        Message(Role.USER, "Ah."),
        effort=Effort.DEEP,
    )

    assert segments == [
        Control("<s>"),
        *(Control("[SYSTEM_PROMPT]"), Text("Be brief."), Control("[/SYSTEM_PROMPT]")),
        Control("[MODEL_SETTINGS]"),
        Text('{"reasoning_effort": "high"}'),
        Control("[/MODEL_SETTINGS]"),
        *(Control("[INST]"), Text("Why?"), Control("[/INST]")),
        *(Control("[THINK]"), Text("Hm."), Control("[/THINK]"), Text("So."), Control("</s>")),
        *(Control("[INST]"), Text("Ah."), Control("[/INST]")),
    ]


def test_a_picture_goes_before_the_one_text_it_follows() -> None:
    segments = build(
        Message(Role.USER, (TextPart("What is this?"), PICTURE)), version=TokenizerVersion.V7
    )

    image = Image(PICTURE.picture, columns=2, rows=1)
    assert segments[1:] == [Control("[INST]"), image, Text("What is this?"), Control("[/INST]")]


def test_two_pictures_keep_their_order() -> None:
    other = PicturePart(Picture(sha256="1" * 64, width_px=28, height_px=28))

    segments = build(Message(Role.USER, (PICTURE, other)), version=TokenizerVersion.V7)

    assert [s.picture for s in segments if isinstance(s, Image)] == [PICTURE.picture, other.picture]


def test_half_a_surrogate_pair_in_json_becomes_a_replacement_character() -> None:
    call = ToolCall(call_id="abcdefghi", name="f", arguments='"\\ud800"')

    segments = build(
        Message(Role.USER, "q"),
        Message(Role.ASSISTANT, "", tool_calls=(call,)),
        Message(Role.TOOL, "", call_id="abcdefghi"),
    )

    assert Text('"\ufffd"') in segments


def test_a_picture_is_refused_where_the_model_has_no_vision() -> None:
    with pytest.raises(MessagesUnsupported, match="cannot see the pictures of message 1"):
        build(Message(Role.USER, (PICTURE,)), cell_px=None)


def test_a_thought_is_refused_where_the_vocabulary_has_no_token_for_it() -> None:
    with pytest.raises(MessagesUnsupported, match="cannot read the thoughts in message 2"):
        build(
            Message(Role.USER, "q"),
            Message(Role.ASSISTANT, (ThoughtPart("Hm."), TextPart("So."))),
            Message(Role.USER, "q"),
            special_tokens=frozenset(),
        )


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_picture_is_refused_where_the_format_has_none(version: str) -> None:
    with pytest.raises(MessagesUnsupported, match="cannot see the pictures of message 1"):
        build(Message(Role.USER, (PICTURE,)), version=TokenizerVersion(version))


@pytest.mark.parametrize("version", ["v1", "v2", "v3", "v7", "v11"])
@pytest.mark.parametrize("role", [Role.SYSTEM, Role.ASSISTANT])
def test_a_thought_is_refused_where_the_format_has_none(version: str, role: Role) -> None:
    messages = (Message(Role.SYSTEM, "s"), Message(Role.USER, "q"), Message(Role.ASSISTANT, "a"))
    thinking = [Message(m.role, (ThoughtPart("Hm."),)) if m.role is role else m for m in messages]

    with pytest.raises(MessagesUnsupported, match="cannot read the thoughts"):
        build(*thinking, Message(Role.USER, "q"), version=TokenizerVersion(version))


def with_calls(*call_ids: str, result: str | tuple[PicturePart, ...] = "{}") -> list[Message]:
    calls = tuple(ToolCall(call_id=call_id, name="f", arguments="{}") for call_id in call_ids)
    return [
        Message(Role.USER, "q"),
        Message(Role.ASSISTANT, "", tool_calls=calls),
        *(Message(Role.TOOL, result, call_id=call_id) for call_id in call_ids),
    ]


@pytest.mark.parametrize("version", ["v3", "v7", "v11", "v13"])
def test_a_tools_picture_is_refused_where_the_format_has_none(version: str) -> None:
    with pytest.raises(MessagesUnsupported, match="cannot see the pictures of message 3"):
        build(*with_calls("abcdefghi", result=(PICTURE,)), version=TokenizerVersion(version))


def test_a_second_result_is_refused_where_the_format_has_one() -> None:
    with pytest.raises(MessagesUnsupported, match="more than one tool result"):
        build(*with_calls("abcdefghi", "123456789"), version=TokenizerVersion.V2)


@pytest.mark.parametrize("version", ["v3", "v7", "v11"])
@pytest.mark.parametrize("call_id", ["abc", "a-b-c-d-e", "abcdefghij", "null", ""])
def test_a_call_id_that_is_not_nine_characters_is_refused(version: str, call_id: str) -> None:
    with pytest.raises(MessagesUnsupported, match="not nine letters or digits"):
        build(*with_calls(call_id), version=TokenizerVersion(version))


@pytest.mark.parametrize("version", ["v13", "v15"])
@pytest.mark.parametrize("call_id", ["null", ""])
def test_a_missing_call_id_is_refused(version: str, call_id: str) -> None:
    with pytest.raises(MessagesUnsupported, match="message 2 lacks a call id"):
        build(*with_calls(call_id), version=TokenizerVersion(version))


def test_an_effort_is_refused_where_the_format_has_no_place_for_it() -> None:
    with pytest.raises(MessagesUnsupported, match="how much to think"):
        build(Message(Role.USER, "q"), version=TokenizerVersion.V13, effort=Effort.FAST)


def test_roles_in_an_impossible_order_are_refused_by_the_number_of_the_message() -> None:
    with pytest.raises(BadMessages, match=r"message 2 \(tool\) cannot follow one of role user"):
        build(Message(Role.USER, "q"), Message(Role.TOOL, "r", call_id="abcdefghi"))


def test_a_picture_scaled_for_another_model_is_a_defect_of_ours() -> None:
    with pytest.raises(ValueError, match="56 x 28 for cells of 16"):
        build(Message(Role.USER, (PICTURE,)), cell_px=16)
