"""What the parts of a conversation take, against what the real worker reads and generates."""

import hashlib
import random

import pytest

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
)
from app.domain.errors import BadMessages
from app.engine.protocol import Count, Counted, Generate, Tokenise
from tests.helpers.conversations import random_text
from tests.helpers.engine_runner import GREEDY
from tests.helpers.parity import Exact, Parity, tokenised

VERSIONS = ("v1", "v3-spm", "v3-tekken", "v7-spm", "v7-tekken-image", "v13-image-think")
NAMES = (*VERSIONS, "v15-image-think")
PART_NAMES = ("system", "history", "thought", "document", "image", "draft")


@pytest.fixture(scope="module", params=NAMES)
def parity(request, tmp_path_factory):
    made = Parity(request.param, tmp_path_factory.mktemp("counting"))
    yield made
    made.close()


@pytest.fixture
def mistral4(run_engine, mistral4_model, projector):
    """Small 4 with vision, loaded."""
    engine = run_engine(mistral4_model, projector=projector.path, context_tokens=4096)
    engine.ask("Hi", max_tokens=1)
    return engine


def count(engine, conversation, without_documents=None) -> Counted:
    counted = engine.request(
        lambda i: Count(
            request_id=i, conversation=conversation, without_documents=without_documents
        )
    ).end
    assert isinstance(counted, Counted), counted
    assert sum(parts_of(counted).values()) == counted.total_tokens
    assert min(parts_of(counted).values()) >= 0
    return counted


def parts_of(counted) -> dict[str, int]:
    return {name: getattr(counted, f"{name}_tokens") for name in PART_NAMES}


def prompt_of(engine, conversation) -> Exact:
    asked = engine.request(lambda i: Tokenise(request_id=i, conversation=conversation))
    return tokenised(asked)


def read_and_generate(engine, conversation):
    """The usage of a real answer."""
    request = engine.request(
        lambda i: Generate(request_id=i, conversation=conversation, sampling=GREEDY, max_tokens=1)
    )
    return request.end.usage


def words(engine, text: str) -> int:
    """Tokens of a text alone, in a v7 or later format."""
    empty, full = (
        len(prompt_of(engine, Conversation((Message(Role.USER, said),))).ids) for said in ("", text)
    )
    return full - empty


SYSTEM = Message(Role.SYSTEM, "You are brief.")
HELLO = (Message(Role.USER, "Hello there"), Message(Role.ASSISTANT, "Good morning!"))
DRAFT = Message(Role.USER, "What is the wind?")
THOUGHTFUL = Message(Role.ASSISTANT, (ThoughtPart("A long thought."), TextPart("So.")))


def picture(columns: int, rows: int) -> PicturePart:
    data = bytes(columns * rows * 28 * 28 * 3)
    digest = hashlib.sha256(data).hexdigest()
    size = {"width_px": columns * 28, "height_px": rows * 28}
    return PicturePart(Picture(sha256=digest, data=data, **size))


# In every version


def test_the_total_is_what_an_answer_reads(parity):
    for messages in ((DRAFT,), (SYSTEM, DRAFT), (SYSTEM, *HELLO, DRAFT), (*HELLO, DRAFT)):
        conversation = Conversation(messages)
        counted = count(parity.engine, conversation)
        assert counted.total_tokens == len(parity.theirs(conversation).ids)
        usage = read_and_generate(parity.engine, conversation)
        assert counted.total_tokens == usage.prompt_tokens


def test_every_part_has_its_words(parity):
    counted = count(parity.engine, Conversation((SYSTEM, *HELLO, DRAFT)))
    assert counted.draft_tokens >= 4
    assert counted.system_tokens >= 4
    assert counted.history_tokens >= 5
    assert counted.thought_tokens == counted.image_tokens == 0


def test_a_part_that_is_not_there_takes_nothing(parity):
    counted = count(parity.engine, Conversation((*HELLO, Message(Role.USER, ""))))
    assert (counted.system_tokens, counted.draft_tokens) == (0, 0)


def test_a_longer_draft_is_draft_alone(parity):
    before, after = (
        count(parity.engine, Conversation((SYSTEM, *HELLO, Message(Role.USER, draft))))
        for draft in ("The wind", "The wind" + " blows" * 40)
    )
    assert after.draft_tokens >= before.draft_tokens + 40
    assert {**parts_of(after), "draft": 0} == {**parts_of(before), "draft": 0}


def test_a_longer_system_prompt_is_system_alone(parity):
    before, after = (
        count(parity.engine, Conversation((Message(Role.SYSTEM, said), *HELLO, DRAFT)))
        for said in ("Be brief.", "Be brief." + " Really." * 40)
    )
    assert after.system_tokens >= before.system_tokens + 80
    assert {**parts_of(after), "system": 0} == {**parts_of(before), "system": 0}


def test_parts_of_any_texts_add_up(parity):
    rng = random.Random(parity.name)
    for _ in range(40):
        texts = [random_text(rng) for _ in range(4)]
        roles = (Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER)
        messages = tuple(Message(role, text) for role, text in zip(roles, texts, strict=True))
        count(parity.engine, Conversation(messages))


def test_what_cannot_be_asked_cannot_be_counted(parity):
    conversation = Conversation((DRAFT, Message(Role.ASSISTANT, "not to be continued")))
    asked = parity.engine.request(lambda i: Count(request_id=i, conversation=conversation))
    assert isinstance(asked.end, BadMessages)


# Thoughts, pictures and tools of Small 4


def test_every_part_exactly(mistral4):
    messages = (
        SYSTEM,
        Message(Role.USER, (picture(3, 2), TextPart("Hello there"))),
        THOUGHTFUL,
        Message(Role.USER, (picture(1, 4), TextPart(DRAFT.text))),
    )
    conversation = Conversation(messages, effort=Effort.DEEP)
    counted = count(mistral4, conversation)
    assert counted.image_tokens == (3 + 1) * 2 + (1 + 1) * 4
    assert counted.draft_tokens == words(mistral4, DRAFT.text)
    assert counted.system_tokens == words(mistral4, SYSTEM.text)
    assert counted.thought_tokens == words(mistral4, "A long thought.") + 2
    assert counted.total_tokens == read_and_generate(mistral4, conversation).prompt_tokens


def test_a_thought_that_was_cut_off_ends_with_its_answer(mistral4):
    cut = Message(Role.ASSISTANT, (ThoughtPart("A long thought.", closed=False),))
    messages = (HELLO[0], cut, DRAFT, THOUGHTFUL, DRAFT)
    counted = count(mistral4, Conversation(messages))
    assert counted.thought_tokens == 2 * words(mistral4, "A long thought.") + 3


def test_tools_are_history(mistral4):
    tool = Tool(name="find", description="Finds things.", parameters={"type": "object"})
    plain, equipped = (
        count(mistral4, Conversation((*HELLO, DRAFT), tools=tools)) for tools in ((), (tool,))
    )
    assert equipped.history_tokens > plain.history_tokens + 10
    assert {**parts_of(equipped), "history": 0} == {**parts_of(plain), "history": 0}


def test_the_service_counts_and_asks_alike(mistral4):
    counts = []
    conversation = Conversation((SYSTEM, *HELLO, DRAFT))
    mistral4.service.count(conversation, on_end=counts.append)
    mistral4.wait(lambda: counts)
    usage = mistral4.ask(*conversation.messages, max_tokens=1).end.usage
    assert counts[0].total_tokens == usage.prompt_tokens


# Other makers' models


def test_a_template_that_writes_a_system_prompt_of_its_own(run_engine, starter):
    engine = run_engine(starter)
    engine.ask("Hi", max_tokens=1)
    brief = count(engine, Conversation((Message(Role.SYSTEM, "Hi"), *HELLO, DRAFT)))
    assert brief.system_tokens == 1
    whole = Conversation((*HELLO, DRAFT))
    unled = count(engine, whole)
    assert unled.system_tokens == 0
    assert unled.total_tokens == read_and_generate(engine, whole).prompt_tokens
    assert unled.draft_tokens == 5


def test_documents_are_told_from_the_words_around_them(parity):
    """Also where a question was nothing but a document."""

    def conversation(first: str, last: str) -> Conversation:
        return Conversation(
            (
                Message(Role.USER, first),
                Message(Role.ASSISTANT, "Read."),
                Message(Role.USER, last),
            )
        )

    letter = "Letter “a.txt”:\n\nThe cierzo blows along the Ebro."
    bare = conversation("", "And now?")
    counted = count(parity.engine, conversation(letter, f"{letter}\n\nAnd now?"), bare)
    alone = count(parity.engine, bare)
    assert counted.document_tokens == counted.total_tokens - alone.total_tokens > 0
    assert counted.draft_tokens == alone.draft_tokens
