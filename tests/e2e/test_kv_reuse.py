"""What was read is not read again: follow-ups, other chats, the other effort, shared beginnings."""

import time

import pytest

from app.domain.chat import Effort, FinishReason, Message, Role, TextPart, ThoughtPart
from app.domain.errors import ContextFull
from app.engine.protocol import ChatKey, Prepare, Prepared
from app.engine.worker.sequences import MOST_SEQUENCES
from app.pipe.messages import Progress
from tests.e2e.conftest import named
from tests.helpers.engine_runner import Asked, EngineRunner, conversation
from tests.helpers.last_logits import difference, read
from tests.helpers.tiny_models import chain, write_scripted

FAST, DEEP = Effort.FAST, Effort.DEEP
KEPT_BYTES = 1 << 28
PLAIN = "The wind blows over the plain. "
LONG = PLAIN * 200  # about 2,200 tokens
LONGER = PLAIN * 1000  # about 11,000
# Share of the spread of logits; measured 0 to 0.006.
SAME = 0.02
BATCH_TOKENS = 512


def story(number: int, length: int = 40) -> str:
    """About eleven times `length` tokens, different from the first word on."""
    return f"{number} winds. {PLAIN * length}"


def prompt_tokens(asked) -> int:
    return asked.end.usage.prompt_tokens


def reused_tokens(asked) -> int:
    return asked.end.usage.reused_tokens


def new_tokens(asked) -> int:
    return prompt_tokens(asked) - reused_tokens(asked)


def prompt_steps(asked) -> list[Progress]:
    return [e for e in asked.events if isinstance(e, Progress) and e.stage == "prompt"]


class Begun(Asked):
    """Reading ahead, seen from the worker's side."""

    def __init__(self, engine: EngineRunner, text: str, chat: str) -> None:
        super().__init__()
        self._engine = engine
        self._request_id = engine.client.submit(
            lambda i: Prepare(request_id=i, conversation=conversation(text), chat=ChatKey(chat)),
            on_event=self.events.append,
            on_end=self.ends.append,
        )

    def stop(self) -> None:
        self._engine.client.cancel(self._request_id)


@pytest.fixture
def engine(run_engine, mistral4_model) -> EngineRunner:
    """One with a switch between Fast and Deep, loaded."""
    engine = run_engine(mistral4_model, kept_bytes=KEPT_BYTES)
    engine.ask("Hi", max_tokens=1)
    return engine


def test_a_follow_up_reads_exactly_what_comes_after_the_answer(run_engine, tmp_path):
    script = chain("[/INST]", "The", " of", " the", " a", "</s>")
    engine = run_engine(named(write_scripted(tmp_path / "s.gguf", script)))
    first = engine.ask(LONG, chat="a")
    follow_up = engine.ask(LONG, first.text, "And then?", chat="a")
    assert first.end.finish_reason is FinishReason.STOP
    assert reused_tokens(follow_up) == prompt_tokens(first) + 4


def test_a_follow_up_does_not_read_the_thought_again(run_engine, tmp_path):
    script = chain("[/INST]", "[THINK]", " of", " the", "[/THINK]", "The", " a", "</s>")
    engine = run_engine(named(write_scripted(tmp_path / "s.gguf", script)))
    first = engine.ask(LONG, chat="a", effort=DEEP)
    parts = (ThoughtPart(first.thought), TextPart(first.text))
    answer = Message(Role.ASSISTANT, parts)
    follow_up = engine.ask(LONG, answer, "And then?", chat="a", effort=DEEP)
    assert (first.thought, first.text) == (" of the", "The a")
    assert reused_tokens(follow_up) == prompt_tokens(first) + 6


@pytest.mark.parametrize(
    "kind", ["mistral4_model", "mistral3_model", "tekken_model", "spm_model", "mixtral_model"]
)
def test_what_is_reused_gives_the_logits_of_a_fresh_context(request, kind):
    path = request.getfixturevalue(kind).path
    follow_up = conversation(LONG, "So it does.", "And then?")
    reused = read(
        path,
        ("a", conversation(LONG)),
        ("b", conversation(story(1))),
        ("a", follow_up),
        kept_bytes=KEPT_BYTES,
    )
    fresh = read(path, ("a", follow_up))
    assert reused.reused_tokens > 1000
    assert fresh.reused_tokens == 0
    assert difference(reused, fresh) < SAME


def test_what_is_shared_gives_the_logits_of_a_fresh_context(mistral4_model):
    path, follow_up = mistral4_model.path, conversation(LONG, "So it does.", "And then?")
    shared = read(
        path,
        ("a", conversation(LONG, effort=FAST)),
        ("a", conversation(LONG, effort=DEEP)),
        ("b", conversation(LONG)),
        ("a", conversation(story(1), effort=FAST)),
        ("b", follow_up),
        kept_bytes=KEPT_BYTES,
    )
    assert shared.reused_tokens > 1000
    assert difference(shared, read(path, ("a", follow_up))) < SAME


def test_cells_of_evicted_chats_leave_nothing_behind(mistral4_model):
    path, follow_up = mistral4_model.path, conversation(story(3), "So it does.", "And then?")
    others = [(str(n), conversation(story(n))) for n in range(4)]
    worked_on = ("a", conversation(story(3)))
    reused = read(path, *others, worked_on, ("a", follow_up), context_tokens=1024)
    assert reused.reused_tokens > 300
    assert difference(reused, read(path, ("a", follow_up), context_tokens=1024)) < SAME


def test_coming_back_to_a_chat_reads_only_what_is_new(engine):
    first = engine.ask(LONG, chat="a", max_tokens=1)
    for number in range(3):
        engine.ask(story(number), chat=f"other {number}")
    follow_up = engine.ask(LONG, "It does.", "And then?", chat="a")
    assert reused_tokens(follow_up) == prompt_tokens(first)


def test_the_same_question_again_reads_its_last_token_only(engine):
    engine.ask(LONG, chat="a")
    assert new_tokens(engine.ask(LONG, chat="a")) == 1


def test_fast_deep_fast_reads_every_token_once_for_each(engine):
    fast = engine.ask(LONG, chat="a", effort=FAST, max_tokens=1)
    deep = engine.ask(LONG, chat="a", effort=DEEP, max_tokens=1)
    again = engine.ask(LONG, "It does.", "And then?", chat="a", effort=FAST, max_tokens=1)
    deep_again = engine.ask(LONG, "It does.", "And then?", chat="a", effort=DEEP, max_tokens=1)
    assert reused_tokens(deep) < 20  # what stands before the effort
    assert reused_tokens(again) == prompt_tokens(fast)
    assert reused_tokens(deep_again) == prompt_tokens(deep)


def test_the_twin_that_was_read_ahead_makes_the_switch_cost_only_what_is_new(engine):
    engine.ask(LONG, chat="a", effort=FAST, max_tokens=1)
    ahead = engine.read_ahead(LONG, "It does.", "", chat="a", effort=DEEP)
    engine.wait(lambda: ahead.ends)
    deep = engine.ask(LONG, "It does.", "And then?", chat="a", effort=DEEP, max_tokens=1)
    plain = engine.ask(LONG, "It does.", "And then?", chat="a", effort=FAST, max_tokens=1)
    assert isinstance(ahead.end, Prepared)
    # All but the question and the mark before which it stands.
    assert new_tokens(deep) < 8
    assert new_tokens(deep) <= new_tokens(plain)


def test_reading_ahead_gives_way_at_once_and_what_was_read_stays(engine):
    ahead = Begun(engine, LONGER, "a")
    engine.wait(lambda: len(prompt_steps(ahead)) > 2)
    stopped_s = time.monotonic()
    ahead.stop()
    engine.wait(lambda: ahead.ends)
    given_way_s = time.monotonic() - stopped_s
    again = Begun(engine, LONGER, "a")
    engine.wait(lambda: prompt_steps(again))
    again.stop()
    engine.wait(lambda: again.ends)
    assert prompt_steps(ahead)[-1].done < prompt_steps(ahead)[-1].total
    assert prompt_steps(again)[0].done >= prompt_steps(ahead)[-1].done >= 2 * BATCH_TOKENS
    assert given_way_s < 0.1


def test_a_question_stops_what_is_read_ahead_for_another(engine):
    ahead = engine.read_ahead(LONGER, chat="a")
    asked = engine.ask("Hi", chat="b", max_tokens=1)
    assert asked.end.finish_reason is FinishReason.LENGTH
    assert ahead.ends
    again = Begun(engine, LONGER, "a")
    engine.wait(lambda: prompt_steps(again))
    again.stop()
    engine.wait(lambda: again.ends)
    assert prompt_steps(again)[0].done < prompt_steps(again)[0].total - BATCH_TOKENS


def test_nothing_is_read_ahead_while_somebody_waits(engine):
    asked = engine.start(LONG, chat="a", max_tokens=1)
    ahead = engine.read_ahead(story(1), chat="b")
    engine.wait(lambda: asked.ends)
    assert new_tokens(engine.ask(story(1), chat="b")) > 300
    assert not ahead.ends


def test_a_new_chat_shares_the_beginning_that_another_has(engine):
    system = Message(Role.SYSTEM, LONG)
    first = engine.ask(system, Message(Role.USER, "Hi"), chat="a", max_tokens=1)
    second = engine.ask(system, Message(Role.USER, "Who?"), chat="b", max_tokens=8)
    assert new_tokens(second) < 8
    # Neither takes it away from the other.
    turns = (Message(Role.USER, "Hi"), Message(Role.ASSISTANT, "Oh."), Message(Role.USER, "Eh?"))
    assert reused_tokens(engine.ask(system, *turns, chat="a")) == prompt_tokens(first)


def test_one_chat_that_goes_another_way_leaves_the_shared_part_to_the_other(engine):
    system = Message(Role.SYSTEM, LONG)
    question = Message(Role.USER, "And then?")
    engine.ask(system, question, chat="a", max_tokens=8)
    engine.ask(system, Message(Role.USER, "Who?"), chat="b", max_tokens=8)
    engine.ask(story(1), chat="a", max_tokens=8)
    asked = engine.ask(system, question, chat="b", max_tokens=24)
    assert new_tokens(asked) < 8


def test_the_chat_used_longest_ago_goes_first(run_engine, mistral4_model):
    engine = run_engine(mistral4_model, context_tokens=1024)  # room for three of these
    stories = {name: story(number, 25) for number, name in enumerate("abcd")}
    for name in "abcad":
        engine.ask(stories[name], chat=name, max_tokens=1)
    new = {name: new_tokens(engine.ask(stories[name], chat=name, max_tokens=1)) for name in "acdb"}
    assert (new["a"], new["c"], new["d"]) == (1, 1, 1)
    assert new["b"] > 200


def test_the_working_chat_is_never_given_up(run_engine, mistral4_model):
    engine = run_engine(mistral4_model, context_tokens=1024)
    for number in range(3):
        engine.ask(story(number), chat=str(number), max_tokens=1)
    asked = engine.ask("Go on.", chat="long", max_tokens=900)
    assert asked.end.usage.completion_tokens == 900
    assert new_tokens(engine.ask(story(2), chat="2", max_tokens=1)) > 300


def test_only_a_chat_that_is_too_long_by_itself_is_too_long(run_engine, mistral4_model):
    engine = run_engine(mistral4_model, context_tokens=1024)
    fits = story(9, 85)
    for number in range(3):
        engine.ask(story(number), chat=str(number), max_tokens=1)
    asked = engine.ask(fits, chat="fits", max_tokens=4)
    assert 900 < prompt_tokens(asked) < 1020
    error = engine.ask(story(9, 100), chat="too long").end
    assert isinstance(error, ContextFull)
    # And the refused one has cost nobody anything.
    assert new_tokens(engine.ask(fits, chat="fits", max_tokens=4)) == 1


def test_an_answer_that_reaches_the_end_of_the_context_ends_with_it(run_engine, mistral4_model):
    engine = run_engine(mistral4_model, context_tokens=1024)
    engine.ask(story(1), chat="other", max_tokens=1)
    asked = engine.ask(story(2), chat="a", max_tokens=None)
    assert asked.end.finish_reason is FinishReason.CONTEXT
    assert prompt_tokens(asked) + asked.end.usage.completion_tokens == 1024 + 1


def test_more_chats_than_sequences_each_get_their_own_answer(run_engine, mistral4_model):
    engine = run_engine(mistral4_model, kept_bytes=KEPT_BYTES)
    count = MOST_SEQUENCES + 3
    first = [engine.ask(story(n, 5), chat=str(n), max_tokens=12) for n in range(count)]
    kept = [n for n in reversed(range(count)) if n >= count - MOST_SEQUENCES]
    again = {n: engine.ask(story(n, 5), chat=str(n), max_tokens=12) for n in kept}
    assert {new_tokens(asked) for asked in again.values()} == {1}
    gone = engine.ask(story(0, 5), chat="0", max_tokens=12)
    assert new_tokens(gone) > 20
    texts = [again[n].text for n in kept]
    assert texts == [first[n].text for n in kept]
    assert gone.text == first[0].text
    assert len(set(texts)) > 1


def test_a_question_without_a_chat_takes_no_place_from_the_chats(engine):
    engine.ask(LONG, chat="a", max_tokens=1)
    for number in range(MOST_SEQUENCES + 2):
        engine.ask(story(number, 5), max_tokens=1)
    assert new_tokens(engine.ask(LONG, chat="a", max_tokens=1)) == 1


def test_a_stopped_prompt_goes_on_where_it_was_stopped(engine):
    asked = engine.start(LONGER, chat="a")
    engine.wait(lambda: len(prompt_steps(asked)) > 2)
    asked.work.stop()
    engine.wait(lambda: asked.ends)
    read = prompt_steps(asked)[-1].done
    again = engine.ask(LONGER, chat="a", max_tokens=1)
    assert asked.end.finish_reason is FinishReason.CANCELLED
    assert reused_tokens(again) >= read >= 2 * BATCH_TOKENS
