"""Thoughts of models that keep to a script: told apart by token ids, ended early, cut off."""

import itertools

import pytest

from app.domain.chat import FinishReason, Message, Role, TextPart, ThoughtPart
from app.domain.errors import ThinkingUnavailable
from app.domain.model_file import ModelFile
from app.engine.protocol import TextDelta
from tests.helpers.engine_runner import EngineRunner
from tests.helpers.tiny_models import chain, write_scripted

QUESTION = "Why?"
CONTEXT_TOKENS = 16384
FIRST_BYTE = 1000  # Tekken's normal tokens begin with the 256 bytes
ENDLESS = {
    **chain("[/INST]", "[THINK]", " a", " b", " a"),
    **chain("[/THINK]", "So", ".", "</s>"),
}


@pytest.fixture
def scripted(run_engine, tmp_path):
    """Make an engine whose model keeps to a script."""

    def make(successors, *, options=None, **script):
        path = write_scripted(tmp_path / "scripted.gguf", successors, **script)
        return run_engine(ModelFile(name="scripted", path=path), **(options or {}))

    return make


@pytest.fixture(scope="module")
def endless(tmp_path_factory):
    """An engine whose model thinks until it is told to answer."""
    path = write_scripted(tmp_path_factory.mktemp("endless") / "endless.gguf", ENDLESS)
    engine = EngineRunner(ModelFile(name="endless", path=path), context_tokens=CONTEXT_TOKENS)
    yield engine
    engine.close()


def parts(asked) -> list[tuple[int, bool, str]]:
    """Number, whether it is a thought, and text of every part that came."""
    deltas = [event for event in asked.events if isinstance(event, TextDelta)]
    return [
        (number, is_thought, "".join(delta.text for delta in some))
        for (number, is_thought), some in itertools.groupby(
            deltas, key=lambda delta: (delta.part, delta.is_thought)
        )
    ]


# Told apart


def test_a_thought_and_its_answer_are_two_parts(scripted):
    script = chain("[/INST]", "[THINK]", " a", " b", "[/THINK]", "So", ".", "</s>")
    asked = scripted(script).ask(QUESTION)
    assert parts(asked) == [(0, True, " a b"), (1, False, "So.")]
    end = asked.end
    assert (end.finish_reason, end.is_thought_open) == (FinishReason.STOP, False)
    assert (end.usage.completion_tokens, end.usage.reasoning_tokens) == (6, 2)
    assert 0 < end.thought_s < 10


def test_counts_come_with_the_text(scripted):
    script = chain("[/INST]", "[THINK]", " a", " b", "[/THINK]", "So", ".", "</s>")
    deltas = [e for e in scripted(script).ask(QUESTION).events if isinstance(e, TextDelta)]
    counts = [(delta.completion_tokens, delta.reasoning_tokens) for delta in deltas]
    assert counts == sorted(counts)
    assert counts[-1] == (6, 2)


def test_words_come_before_a_thought_and_after_it(scripted):
    script = chain("[/INST]", "The", "[THINK]", " a", "[/THINK]", "So", "</s>")
    asked = scripted(script).ask(QUESTION)
    assert parts(asked) == [(0, False, "The"), (1, True, " a"), (2, False, "So")]


def test_several_thoughts_are_parts_of_their_own(scripted):
    script = chain("[/INST]", "[THINK]", " a", "[/THINK]", " b", "[THINK]")
    asked = scripted(script).ask(QUESTION, max_tokens=12)
    round_of_two = [(True, " a"), (False, " b")]
    expected = [(i, *part) for i, part in enumerate(round_of_two * 3)]
    assert parts(asked) == expected
    assert asked.end.usage.reasoning_tokens == 3


def test_a_thought_opened_again_stays_one(scripted):
    script = chain("[/INST]", "[THINK]", " a", "[THINK]")
    asked = scripted(script).ask(QUESTION, max_tokens=6)
    assert parts(asked) == [(0, True, " a a a")]
    assert asked.end.usage.reasoning_tokens == 3
    assert asked.end.is_thought_open


def test_an_empty_thought_is_one(scripted):
    asked = scripted(chain("[/INST]", "[THINK]", "[/THINK]", "So", "</s>")).ask(QUESTION)
    assert parts(asked) == [(0, True, ""), (1, False, "So")]
    assert asked.end.usage.reasoning_tokens == 0


def test_a_mark_that_closes_nothing_is_left_out(scripted):
    asked = scripted(chain("[/INST]", "The", "[/THINK]", "So", "</s>")).ask(QUESTION)
    assert parts(asked) == [(0, False, "TheSo")]
    assert not asked.end.is_thought_open
    assert asked.end.thought_s == 0


def test_the_marks_in_letters_are_text(scripted):
    """The tokens that spell a mark are not the mark."""
    spelling = (1091, 1084, 1072, 3174, 1075, 1093)
    asked = scripted(chain("[/INST]", *spelling, " a", "</s>")).ask(QUESTION)
    assert parts(asked) == [(0, False, "[THINK] a")]


def test_a_character_cut_by_the_end_of_a_thought_stays_in_it(scripted):
    """The first byte of “€” in the thought, the others after it."""
    euro = [FIRST_BYTE + byte for byte in "€".encode()]
    script = chain("[/INST]", "[THINK]", " a", euro[0], "[/THINK]", *euro[1:], "So", "</s>")
    asked = scripted(script).ask(QUESTION)
    assert parts(asked) == [(0, True, " a\ufffd"), (1, False, "\ufffd\ufffdSo")]


def test_a_character_of_several_tokens_arrives_whole(scripted):
    wind = [FIRST_BYTE + byte for byte in "🌬".encode()]
    asked = scripted(chain("[/INST]", "[THINK]", *wind, "[/THINK]", "So", "</s>")).ask(QUESTION)
    assert asked.thought == "🌬"
    assert asked.end.usage.reasoning_tokens == 4


def test_a_model_without_the_marks_has_no_thoughts(scripted):
    asked = scripted(chain("[/INST]", " a", "</s>"), version="v7").ask(QUESTION)
    assert parts(asked) == [(0, False, " a")]
    assert asked.end.thought_s == 0


# Cut off


def test_a_thought_that_the_model_ends_with_the_answer_is_open(scripted):
    asked = scripted(chain("[/INST]", "[THINK]", " a", "</s>")).ask(QUESTION)
    assert parts(asked) == [(0, True, " a")]
    assert asked.end.finish_reason is FinishReason.STOP
    assert asked.end.is_thought_open


def test_a_thought_without_end_is_cut_at_the_token_limit(endless):
    asked = endless.ask(QUESTION, max_tokens=20)
    assert asked.end.finish_reason is FinishReason.LENGTH
    assert asked.end.is_thought_open
    usage = asked.end.usage
    assert (usage.completion_tokens, usage.reasoning_tokens) == (20, 19)


def test_a_thought_without_end_is_cut_at_the_end_of_the_context(scripted):
    asked = scripted(ENDLESS, options={"context_tokens": 1024}).ask(QUESTION, max_tokens=None)
    assert asked.end.finish_reason is FinishReason.CONTEXT
    assert asked.end.is_thought_open
    usage = asked.end.usage
    assert usage.prompt_tokens + usage.completion_tokens == 1024 + 1


def test_a_stop_inside_a_thought_keeps_it(endless):
    asked = endless.start(QUESTION, max_tokens=None)
    endless.wait(lambda: asked.thought)
    asked.work.stop()
    endless.wait(lambda: asked.ends)
    assert asked.end.finish_reason is FinishReason.CANCELLED
    assert asked.end.is_thought_open
    assert asked.thought.startswith(" a")
    assert asked.end.thought_s > 0
    assert asked.end.usage.reasoning_tokens > 0


def test_a_thought_that_was_cut_off_goes_on_as_a_thought(scripted):
    begun = Message(Role.ASSISTANT, (ThoughtPart(" a", closed=False),), is_prefix=True)
    script = chain(" a", " b", "[/THINK]", "So", "</s>")
    asked = scripted(script).ask(QUESTION, begun)
    assert parts(asked) == [(0, True, " b"), (1, False, "So")]
    assert asked.end.usage.reasoning_tokens == 1
    assert 0 < asked.end.thought_s < 10


def test_an_answer_that_was_cut_off_after_its_thought_goes_on_as_text(scripted):
    begun = Message(Role.ASSISTANT, (ThoughtPart(" x"), TextPart(" a")), is_prefix=True)
    asked = scripted(chain(" a", " b", "</s>")).ask(QUESTION, begun)
    assert parts(asked) == [(0, False, " b")]


# Ended early


def test_answer_now_ends_the_thought_and_the_answer_follows(endless):
    asked = endless.start(QUESTION, max_tokens=None)
    endless.wait(lambda: asked.thought)
    asked.work.answer_now()
    endless.wait(lambda: asked.ends)
    end = asked.end
    assert [part[:2] for part in parts(asked)] == [(0, True), (1, False)]
    assert asked.text == "So."
    assert (end.finish_reason, end.is_thought_open) == (FinishReason.STOP, False)
    # The two marks, “So” and “.”.
    assert end.usage.completion_tokens == end.usage.reasoning_tokens + 4


def test_the_answer_goes_on_from_the_state_of_the_thought(endless):
    """A follow-up reads nothing again, so everything was evaluated, the mark too."""
    asked = endless.start(QUESTION, max_tokens=None)
    endless.wait(lambda: asked.thought)
    asked.work.answer_now()
    endless.wait(lambda: asked.ends)
    said = Message(Role.ASSISTANT, (ThoughtPart(asked.thought), TextPart(asked.text)))
    usage = endless.ask(QUESTION, said, QUESTION, max_tokens=1).end.usage
    before = asked.end.usage
    assert usage.reused_tokens == before.prompt_tokens + before.completion_tokens


def test_answer_now_outside_a_thought_changes_nothing(scripted):
    engine = scripted(chain("[/INST]", " x", " y", " x"))
    asked = engine.start(QUESTION, max_tokens=3000)
    engine.wait(lambda: asked.text)
    asked.work.answer_now()
    engine.wait(lambda: asked.ends)
    assert asked.text == " x y" * 1500


def test_answer_now_is_of_one_answer_only(endless):
    asked = endless.start(QUESTION, max_tokens=None)
    endless.wait(lambda: asked.thought)
    asked.work.answer_now()
    endless.wait(lambda: asked.ends)
    assert endless.ask(QUESTION, max_tokens=40).thought.startswith(" a b" * 19)


@pytest.mark.parametrize("budget", [0, 1, 2, 3, 50, 101])
def test_a_thought_has_as_many_tokens_as_its_budget(endless, budget):
    """Also where the lookup guesses several at a time."""
    asked = endless.ask(QUESTION, max_tokens=None, thinking_tokens=budget)
    assert asked.thought == (" a b" * budget)[: 2 * budget]
    assert asked.text == "So."
    assert asked.end.finish_reason is FinishReason.STOP
    assert asked.end.usage.reasoning_tokens == budget
    assert asked.end.usage.completion_tokens == budget + 4


def test_a_budget_that_is_not_used_up_changes_nothing(scripted):
    script = chain("[/INST]", "[THINK]", " a", " b", "[/THINK]", "So", "</s>")
    engine = scripted(script)
    free, limited = (engine.ask(QUESTION, thinking_tokens=budget) for budget in (None, 9))
    assert parts(limited) == parts(free)
    assert limited.end.usage.completion_tokens == free.end.usage.completion_tokens


@pytest.mark.parametrize("max_tokens", range(1, 8))
def test_a_budget_does_not_outdo_the_token_limit(endless, max_tokens):
    end = endless.ask(QUESTION, max_tokens=max_tokens, thinking_tokens=2).end
    assert end.usage.completion_tokens == min(max_tokens, 6)
    assert (end.finish_reason is FinishReason.LENGTH) == (max_tokens <= 6)
    assert end.is_thought_open == (max_tokens <= 3)


@pytest.mark.parametrize("left", range(-2, 4))
def test_a_budget_that_ends_with_the_context_is_no_error(scripted, left):
    engine = scripted(ENDLESS, options={"context_tokens": 1024})
    prompt_tokens = engine.ask(QUESTION, max_tokens=1).end.usage.prompt_tokens
    budget = 1024 - prompt_tokens - 2 + left
    end = engine.ask(QUESTION, max_tokens=None, thinking_tokens=budget).end
    assert end.finish_reason is (FinishReason.CONTEXT if left >= -1 else FinishReason.STOP)
    assert end.usage.prompt_tokens + end.usage.completion_tokens <= 1024 + 1


def test_a_budget_is_refused_where_there_are_no_thoughts(scripted):
    asked = scripted(chain("[/INST]", " a", "</s>"), version="v7").ask(QUESTION, thinking_tokens=5)
    assert isinstance(asked.end, ThinkingUnavailable)
