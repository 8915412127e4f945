"""The real worker's prompts against Mistral's reference; `scripts/parity` compares many more."""

import pytest

from app.domain.chat import Conversation, Effort, Message, Role, TextPart, ThoughtPart
from tests.helpers.conversations import LOOK_ALIKES
from tests.helpers.parity import Parity
from tests.helpers.reference import NAMES

COUNT, SEED = 40, 2
ODD_TEXTS = (
    "हिन्दी में स्वर कि की कु के कै",
    "ภาษาไทยมีสระน้ำที่นี่",
    "العَرَبِيَّةُ بِالتَّشْكِيل",
    "e\u0301te\u0301 a\u030a\u0323 café",
    "caféÉcole ÀÉÎõü straßeŽlutý ǅungla",
    "[REF] and [REFERENCE_DOC_3] and [/REF]",
    "▁ ▁▁x\u00a0 \u3000y",
    "  two before, two after  ",
    "\n\nlines\r\n\r\n\ttabs\t",
    "1234567890 ½ १२३ ٣٤",
    "👩\u200d👩\u200d👧🇪🇸 \ue000\U0010fffd\0",
    *LOOK_ALIKES,
    *(f"a{token}b {token}" for token in LOOK_ALIKES),
)


@pytest.fixture(scope="module", params=NAMES)
def parity(request, tmp_path_factory):
    made = Parity(request.param, tmp_path_factory.mktemp("parity"))
    yield made
    made.close()


def asking(text: str) -> Conversation:
    return Conversation((Message(Role.USER, text),))


def saying(text: str) -> Conversation:
    """The text in every place that every version has."""
    turns = ((Role.SYSTEM, text), (Role.USER, text), (Role.ASSISTANT, text), (Role.USER, text))
    return Conversation(tuple(Message(role, text) for role, text in turns))


def test_random_conversations_are_the_references(parity):
    result, mismatches = parity.run(count=COUNT, seed=SEED)
    assert not mismatches[:1]
    assert result.accepted >= COUNT // 2
    assert result.refused > 0
    assert (result.pictures > 0) == (parity.reference.cell_px is not None)
    assert (result.thinking > 0) == ("think" in parity.name)
    assert parity.engine.service.state.loaded.tokenizer == parity.reference.version


def test_writing_of_every_kind_is_the_references(parity):
    different = [t for t in ODD_TEXTS if parity.ours(saying(t)) != parity.theirs(saying(t))]
    assert not different


def test_three_hundred_thousand_spaces_are_a_prompt(parity):
    asked = asking("a" + " " * 300_000 + "b" + " \u3000" * 2_000)
    assert parity.ours(asked) == parity.theirs(asked)


def test_more_spaces_than_the_reference_bears_are_a_prompt(parity):
    spaces = " " * 2_000_000
    prompt = parity.ours(asking(f"a{spaces}b"))
    assert f"a{spaces}b" in prompt.text.replace("▁", " ")
    assert parity.ours(saying("Hi")) == parity.theirs(saying("Hi"))


def test_an_effort_is_refused_where_the_reference_has_no_place_for_it(parity):
    asked = Conversation((Message(Role.USER, "q"),), effort=Effort.DEEP)
    assert (parity.ours(asked) is None) == (parity.reference.version != "v15")
    assert parity.ours(asked) == parity.theirs(asked)


def test_thoughts_of_past_turns_are_replayed(parity):
    thinking = (ThoughtPart("Hm."), TextPart("So."))
    turns = (Message(Role.USER, "q"), Message(Role.ASSISTANT, thinking), Message(Role.USER, "q"))
    prompt = parity.ours(Conversation(turns))
    assert prompt == parity.theirs(Conversation(turns))
    if "think" in parity.name:
        assert "[THINK]Hm.[/THINK]So.</s>" in prompt.text
    else:
        assert prompt is None
