"""Chats and their queue against an engine whose every word the test decides."""

import pathlib
import queue

import pytest

from app.domain.chat import Effort, FinishReason, Role, TextPart, Thinking, ThoughtPart
from app.domain.errors import (
    Cancelled,
    ContextFull,
    EngineCrashed,
    ModelDamaged,
    ModelUnreadable,
)
from app.domain.kept_chat import MessageState
from app.domain.model_file import ModelFile
from app.engine.protocol import Generate, Load, Prepare, Repeating, Unload
from app.pipe.messages import Progress
from app.services import idle_work
from app.services.chat_service import ChatService
from app.services.chats import MessageAdded, QuestionReturned, Reading, Repeats, TextAdded, Trouble
from app.services.engine_service import EnginePhase, EngineService
from app.services.idle_work import IdleWork, ReadAhead
from tests.helpers.fake_engine import CONTEXT_TOKENS, FakeWorkerClient

CRASH = EngineCrashed(reason="test")


class Stage:
    """A chat service on a fake engine, and what it told."""

    def __init__(self) -> None:
        self.client = FakeWorkerClient()
        model = ModelFile(name="M", path=pathlib.Path("/m.gguf"))
        self.engine = EngineService(self.client, model, free_memory_bytes=lambda: 1 << 30)
        self.chats = ChatService(self.engine)
        self.events = []
        self.chats.on_event = self.events.append
        self.chat = self.chats.new_chat()

    def ask(self, text="Q", chat=None):
        self.chats.ask((chat or self.chat).chat_id, text)

    def told(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    def states(self, chat=None):
        return [m.state.value for m in (chat or self.chat).messages]

    def texts(self, chat=None):
        return [m.text for m in (chat or self.chat).messages]


@pytest.fixture
def stage():
    return Stage()


@pytest.fixture
def loaded(stage):
    stage.engine.prepare()
    stage.client.finish_load()
    return stage


def test_a_question_loads_the_model_and_streams(stage):
    stage.ask("What?\nSecond line")
    assert stage.chat.title == "What?"
    assert stage.states() == ["working", "working"]
    stage.client.finish_load()
    stage.client.write("Hello ")
    stage.client.write("you")
    assert [e.text for e in stage.told(TextAdded)] == ["Hello ", "you"]
    stage.client.finish_answer()
    assert stage.states() == ["done", "done"]
    assert stage.texts() == ["What?\nSecond line", "Hello you"]
    answer = stage.chat.messages[1]
    assert answer.model == "M"
    assert answer.usage.completion_tokens >= 0
    assert stage.chats.working_chat_id is None


def test_the_model_sees_answered_questions_only(loaded):
    loaded.ask("one")
    loaded.client.write("first")
    loaded.client.finish_answer()
    loaded.ask("lost")
    loaded.client.end(loaded.client.open_id(Generate), CRASH)
    loaded.engine.retry()
    loaded.ask("two")
    seen = loaded.client.requests[-1].conversation.messages
    assert [(m.role, m.text) for m in seen] == [
        (Role.USER, "one"),
        (Role.ASSISTANT, "first"),
        (Role.USER, "two"),
    ]


def test_questions_queue_in_order_across_chats_and_can_be_taken_back(loaded):
    loaded.ask("a")
    other = loaded.chats.new_chat()
    loaded.ask("b", other)
    loaded.ask("c")
    loaded.ask("d", other)
    assert loaded.states(other) == ["queued", "queued"]
    b = other.messages[0].message_id
    loaded.chats.take_back(other.chat_id, b)
    assert loaded.told(QuestionReturned)[-1].text == "b"
    asked = []
    for _ in range(3):
        asked.append(loaded.client.requests[-1].conversation.messages[-1].text)
        loaded.client.write("x")
        loaded.client.finish_answer()
    assert asked == ["a", "c", "d"]
    assert loaded.texts() == ["a", "x", "c", "x"]


def test_an_answer_stands_before_waiting_questions(loaded):
    loaded.ask("a")
    loaded.ask("b")
    loaded.client.write("A")
    assert loaded.texts() == ["a", "A", "b"]
    loaded.client.finish_answer()
    assert [e.index for e in loaded.told(MessageAdded)] == [0, 1, 2, 3]


def test_stop_keeps_the_words(loaded):
    loaded.ask()
    loaded.client.write("half")
    loaded.chats.stop(loaded.chat.chat_id)
    assert loaded.client.cancelled == [loaded.client.open_id(Generate)]
    loaded.client.finish_answer(FinishReason.CANCELLED)
    assert loaded.states() == ["done", "stopped"]


def test_stop_before_a_word_leaves_the_question_unanswered(loaded):
    loaded.ask()
    loaded.chats.stop(loaded.chat.chat_id)
    loaded.client.finish_answer(FinishReason.CANCELLED)
    assert loaded.states() == ["unanswered"]
    assert not loaded.told(Trouble)
    loaded.chats.ask_again(loaded.chat.chat_id, loaded.chat.messages[0].message_id)
    loaded.client.write("now")
    loaded.client.finish_answer()
    assert loaded.states() == ["done", "done"]


def test_what_is_being_answered_cannot_be_taken_back_or_asked_twice(loaded):
    loaded.ask()
    question = loaded.chat.messages[0]
    loaded.chats.take_back(loaded.chat.chat_id, question.message_id)
    loaded.chats.ask_again(loaded.chat.chat_id, question.message_id)
    loaded.client.write("x")
    loaded.client.finish_answer()
    assert loaded.texts() == ["Q", "x"]
    assert loaded.chats.working_chat_id is None


def test_stop_in_another_chat_does_nothing(loaded):
    loaded.ask()
    loaded.chats.stop(loaded.chats.new_chat().chat_id)
    assert not loaded.client.cancelled


@pytest.mark.parametrize("reason", [FinishReason.LENGTH, FinishReason.CONTEXT])
def test_a_cut_answer_is_marked(loaded, reason):
    loaded.ask()
    loaded.client.write("so far")
    loaded.client.finish_answer(reason)
    assert loaded.states()[-1] == "cut"


def test_an_empty_answer_is_an_answer(loaded):
    loaded.ask()
    loaded.client.finish_answer()
    assert loaded.states() == ["done", "done"]


def test_a_crash_keeps_the_words_and_tells(loaded):
    loaded.ask()
    loaded.client.write("half")
    loaded.client.die(CRASH)
    assert loaded.states() == ["done", "interrupted"]
    assert loaded.told(Trouble)[-1].error is CRASH
    assert loaded.engine.state.phase is EnginePhase.EMPTY
    loaded.ask("again")
    loaded.client.finish_load()
    loaded.client.write("fine")
    loaded.client.finish_answer()
    assert loaded.texts() == ["Q", "half", "again", "fine"]


def test_a_crash_while_idle_is_told(loaded):
    loaded.client.die(CRASH)
    assert loaded.told(Trouble) == [Trouble(None, CRASH)]


def test_what_does_not_fit_goes_back_to_the_composer(loaded):
    loaded.ask("too long")
    error = ContextFull(context_tokens=5, needed_tokens=9)
    loaded.client.end(loaded.client.open_id(Generate), error)
    assert loaded.texts() == []
    assert loaded.told(QuestionReturned)[-1].text == "too long"
    assert loaded.told(Trouble)[-1].error is error


def test_a_failed_load_ends_the_question_and_the_rest_of_the_queue(stage):
    stage.ask("a")
    error = ModelDamaged(name="M")
    stage.client.end(stage.client.open_id(Load), error)
    assert stage.states() == ["unanswered"]
    assert stage.engine.state.error is error


def test_reading_is_told_with_an_estimate(loaded, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("app.services.reading_time.time.monotonic", lambda: now[0])
    loaded.ask()
    request_id = loaded.client.open_id(Generate)

    def read(done):
        progress = Progress(request_id=request_id, stage="prompt", done=done, total=1000)
        loaded.client.event(progress)

    read(200)
    now[0] += 2
    read(400)
    first, second = loaded.told(Reading)
    assert first.left_s is None
    assert (second.done_tokens, second.total_tokens, second.left_s) == (400, 1000, 6.0)


def test_another_model_unloads_and_the_next_question_loads_it(loaded):
    other = ModelFile(name="N", path=pathlib.Path("/n.gguf"))
    loaded.engine.use(other)
    assert loaded.client.is_open(Unload)
    loaded.ask()
    assert loaded.client.requests[-1].path == str(other.path.absolute())
    # The first one's context still counts as free: it is on its way out.
    assert loaded.client.requests[-1].free_bytes > 1 << 30


def test_half_an_emoji_is_sent_as_a_question_mark(loaded):
    loaded.ask("a \ud83d b")
    assert loaded.client.requests[-1].conversation.messages[-1].text == "a ? b"


def test_a_path_that_is_no_text_is_refused(stage):
    stage.engine.use(ModelFile(name="bad", path=pathlib.Path("/bad\udcff.gguf")))
    stage.ask()
    assert isinstance(stage.engine.state.error, ModelUnreadable)
    assert stage.states() == ["unanswered"]


def test_a_new_chat_is_reused_while_it_is_empty(stage):
    assert stage.chats.new_chat() is stage.chat
    stage.ask()
    assert stage.chats.new_chat() is not stage.chat
    assert MessageState.QUEUED not in stage.states()


class TestThoughts:
    """A model that switches between fast and deep."""

    @pytest.fixture
    def thinker(self, stage):
        stage.engine.prepare()
        stage.client.finish_load(thinking=Thinking.SWITCH)
        return stage

    def ask(self, stage, text="Q", effort=Effort.DEEP):
        stage.chats.ask(stage.chat.chat_id, text, effort=effort)

    def asked(self, stage):
        return next(r for r in reversed(stage.client.requests) if isinstance(r, Generate))

    def test_thought_and_answer_are_kept_apart_and_replayed(self, thinker):
        self.ask(thinker)
        thinker.client.write("hm", is_thought=True)
        thinker.client.write("so ", part=1)
        thinker.client.write("it is", part=1)
        thinker.client.finish_answer(thought_s=2.5)
        answer = thinker.chat.messages[-1]
        assert (answer.text, answer.thought, answer.thought_s) == ("so it is", "hm", 2.5)
        assert answer.effort is Effort.DEEP
        self.ask(thinker, "next", Effort.FAST)
        history = self.asked(thinker).conversation
        assert history.effort is Effort.FAST
        assert history.messages[1].content == (ThoughtPart("hm"), TextPart("so it is"))

    def test_a_thought_that_was_cut_off_is_replayed_open(self, thinker):
        self.ask(thinker)
        thinker.client.write("hm", is_thought=True)
        thinker.client.finish_answer(FinishReason.CANCELLED, is_thought_open=True)
        assert thinker.chat.messages[-1].parts == (ThoughtPart("hm", closed=False),)

    def test_an_empty_thought_is_one_too(self, thinker):
        self.ask(thinker)
        thinker.client.write("", is_thought=True)
        thinker.client.write("yes", part=1)
        thinker.client.finish_answer()
        assert thinker.chat.messages[-1].parts == (ThoughtPart(""), TextPart("yes"))

    def test_deep_has_a_budget_and_fast_has_none(self, thinker):
        self.ask(thinker)
        assert self.asked(thinker).thinking_tokens == CONTEXT_TOKENS // 2
        thinker.client.finish_answer()
        self.ask(thinker, effort=Effort.FAST)
        assert self.asked(thinker).thinking_tokens is None

    def test_answer_now_reaches_the_engine(self, thinker):
        self.ask(thinker)
        thinker.chats.answer_now(thinker.chat.chat_id)
        assert thinker.client.nudged == [thinker.client.open_id(Generate)]

    def test_the_last_answer_can_be_had_in_the_other_mode(self, thinker):
        self.ask(thinker, effort=Effort.FAST)
        thinker.client.write("quick")
        thinker.client.finish_answer()
        first = thinker.chat.messages[-1].message_id
        thinker.chats.answer_again(thinker.chat.chat_id, first, effort=Effort.DEEP)
        assert self.asked(thinker).conversation.effort is Effort.DEEP
        assert len(self.asked(thinker).conversation.messages) == 1
        thinker.client.write("slow")
        thinker.client.finish_answer()
        assert thinker.texts() == ["Q", "slow"]
        assert len(thinker.chat.variants(first)) == 2
        self.ask(thinker, "next")
        history = self.asked(thinker).conversation.messages
        assert [m.text for m in history] == ["Q", "slow", "next"]

    def test_an_answer_that_does_not_come_again_leaves_the_first_one(self, thinker):
        self.ask(thinker, effort=Effort.FAST)
        thinker.client.write("quick")
        thinker.client.finish_answer()
        first = thinker.chat.messages[-1].message_id
        thinker.chats.answer_again(thinker.chat.chat_id, first, effort=Effort.DEEP)
        thinker.client.end(thinker.client.open_id(Generate), CRASH)
        assert thinker.states() == ["done", "done"]
        assert thinker.texts() == ["Q", "quick"]

    def test_a_model_that_never_thinks_is_not_asked_to(self, loaded):
        loaded.chats.ask(loaded.chat.chat_id, "Q", effort=Effort.DEEP)
        assert self.asked(loaded).conversation.effort is None

    def test_another_model_does_not_get_the_thoughts(self, thinker):
        self.ask(thinker)
        thinker.client.write("hm", is_thought=True)
        thinker.client.write("yes", part=1)
        thinker.client.finish_answer()
        thinker.engine.use(ModelFile(name="N", path=pathlib.Path("/n.gguf")))
        self.ask(thinker, "next")
        thinker.client.finish_load()
        assert self.asked(thinker).conversation.messages[1].content == "yes"

    def test_a_repetition_is_told(self, thinker):
        self.ask(thinker)
        thinker.client.event(Repeating(request_id=thinker.client.open_id(Generate)))
        assert thinker.told(Repeats) == [Repeats(thinker.chat.chat_id)]


def test_the_oldest_turns_can_be_left_out(loaded):
    for text in ("one", "two"):
        loaded.ask(text)
        loaded.client.write(text.upper())
        loaded.client.finish_answer()
    assert loaded.chats.leave_out_oldest(loaded.chat.chat_id)
    loaded.ask("three")
    asked = loaded.client.requests[-1].conversation.messages
    assert [m.text for m in asked] == ["two", "TWO", "three"]
    loaded.client.finish_answer()
    assert loaded.chats.leave_out_oldest(loaded.chat.chat_id)
    assert loaded.chats.leave_out_oldest(loaded.chat.chat_id)
    assert not loaded.chats.leave_out_oldest(loaded.chat.chat_id)
    assert loaded.chat.seen() == []
    assert loaded.texts()[:2] == ["one", "ONE"]


class TestIdleWork:
    """What is done while nobody waits."""

    @pytest.fixture
    def idle(self, stage, monkeypatch):
        monkeypatch.setattr(idle_work, "_SETTLED_S", 0.0)
        posted = queue.SimpleQueue()
        power = {"mains": True, "low": False}
        idle = IdleWork(
            stage.engine,
            stage.chats,
            post=posted.put,
            is_on_mains=lambda: power["mains"],
            is_battery_low=lambda: power["low"],
        )
        stage.posted, stage.power, stage.idle = posted, power, idle
        stage.engine.prepare()
        stage.client.finish_load(thinking=Thinking.SWITCH)
        yield stage
        idle.close()

    def settle(self, stage):
        stage.chats.ask(stage.chat.chat_id, "Q", effort=Effort.DEEP)
        stage.client.write("A")
        stage.client.finish_answer()
        stage.posted.get(timeout=10)()

    def test_the_twin_effort_is_read_ahead(self, idle):
        self.settle(idle)
        request = idle.client.requests[-1]
        assert isinstance(request, Prepare)
        assert request.conversation.effort is Effort.FAST
        assert [m.text for m in request.conversation.messages] == ["Q", "A", ""]

    def test_it_gives_way_when_somebody_types_or_asks(self, idle):
        self.settle(idle)
        ahead = idle.client.open_id(Prepare)
        idle.idle.person_acts()
        assert idle.client.cancelled == [ahead]
        idle.ask("next")
        assert idle.client.is_open(Generate)

    def test_nothing_is_read_ahead_on_battery(self, idle):
        idle.power["mains"] = False
        self.settle(idle)
        assert not idle.client.is_open(Prepare)

    def test_always_means_on_battery_too_until_it_is_nearly_empty(self, idle):
        idle.idle.read_ahead = ReadAhead.ALWAYS
        idle.power["mains"] = False
        self.settle(idle)
        idle.client.end(idle.client.open_id(Prepare), Cancelled())
        idle.power["low"] = True
        self.settle(idle)
        assert not idle.client.is_open(Prepare)

    def test_the_model_is_unloaded_after_idle_time(self, idle):
        idle.idle.unload_after_s = 0.0
        idle.idle.person_acts()
        idle.posted.get(timeout=10)()
        assert isinstance(idle.client.requests[-1], Unload)
        assert idle.engine.state.phase is EnginePhase.EMPTY
        idle.ask()
        assert isinstance(idle.client.requests[-1], Load)

    def test_a_model_that_is_used_is_not_unloaded(self, idle):
        idle.ask()
        idle.idle.unload_after_s = 0.0
        idle.idle.person_acts()
        idle.posted.get(timeout=10)()
        assert idle.client.is_open(Generate)
        assert not idle.client.is_open(Unload)


def test_a_mistral_model_is_not_shown_an_empty_answer(stage):
    """Its prompt has no place for one: the chat could never go on."""
    stage.engine.prepare()
    stage.client.finish_load(tokenizer="v15", thinking=Thinking.SWITCH)
    stage.ask("one")
    stage.client.finish_answer()
    assert stage.states() == ["done", "done"]
    stage.ask("two")
    asked = stage.client.requests[-1].conversation.messages
    assert [(m.role, m.text) for m in asked] == [(Role.USER, "one"), (Role.USER, "two")]


def test_a_template_gets_its_turns_one_after_the_other(loaded):
    loaded.ask("one")
    loaded.client.finish_answer()
    loaded.ask("two")
    asked = loaded.client.requests[-1].conversation.messages
    assert [m.role for m in asked] == [Role.USER, Role.ASSISTANT, Role.USER]


def test_a_thought_without_an_answer_is_nothing_to_a_model_that_never_thinks(stage):
    stage.engine.prepare()
    stage.client.finish_load(tokenizer="v15", thinking=Thinking.SWITCH)
    stage.ask("one")
    stage.client.write("hm", is_thought=True)
    stage.client.finish_answer(FinishReason.CANCELLED, is_thought_open=True)
    stage.engine.use(ModelFile(name="N", path=pathlib.Path("/n.gguf")))
    stage.ask("two")
    stage.client.finish_load(tokenizer="v7")
    asked = stage.client.requests[-1].conversation.messages
    assert [(m.role, m.text) for m in asked] == [(Role.USER, "one"), (Role.USER, "two")]
