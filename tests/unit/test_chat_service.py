"""Chats and their queue against an engine whose every word the test decides."""

import pathlib

import pytest

from app.domain.chat import FinishReason, Role
from app.domain.errors import ContextFull, EngineCrashed, ModelDamaged, ModelUnreadable
from app.engine.protocol import Generate, Load, Unload
from app.pipe.messages import Progress
from app.services.chat_service import (
    ChatService,
    MessageAdded,
    MessageState,
    QuestionReturned,
    Reading,
    TextAdded,
    Trouble,
)
from app.services.engine_service import EnginePhase, EngineService, ModelFile
from tests.helpers.fake_engine import FakeWorkerClient

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
    seen = loaded.client.requests[-1].messages
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
        asked.append(loaded.client.requests[-1].messages[-1].text)
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
    monkeypatch.setattr("app.services.chat_service.time.monotonic", lambda: now[0])
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
    assert loaded.client.requests[-1].messages[-1].text == "a ? b"


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
