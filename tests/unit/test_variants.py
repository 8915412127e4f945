"""Variants of questions and answers, against an engine whose every word the test decides."""

import pathlib

import pytest

from app.domain.chat import Effort, FinishReason, Role, TextPart, Thinking, ThoughtPart
from app.domain.errors import EngineCrashed
from app.domain.kept_chat import ChatSettings
from app.domain.model_file import ModelFile
from app.engine.protocol import Generate, Load
from app.services.chats import MessageAdded, PathChanged
from tests.unit.test_chat_service import Stage


class Talk(Stage):
    """A stage with short words for what a person does."""

    def answered(self, question="Q", answer="A"):
        self.ask(question)
        self.client.write(answer)
        self.client.finish_answer()
        return self.chat.messages[-1].message_id

    @property
    def id(self):
        return self.chat.chat_id

    def asked(self):
        return self.client.requests[-1].conversation.messages


@pytest.fixture
def talk():
    stage = Talk()
    stage.engine.prepare()
    stage.client.finish_load()
    return stage


def test_another_answer_stands_beside_the_first(talk):
    first = talk.answered("one", "first")
    talk.answered("two", "second")
    talk.chats.answer_again(talk.id, first)
    assert [m.text for m in talk.asked()] == ["one"]
    talk.client.write("other")
    talk.client.finish_answer()
    assert talk.texts() == ["one", "other"]
    other = talk.chat.messages[-1].message_id
    assert talk.chat.variants(other) == [first, other]
    talk.chats.show_variant(talk.id, first)
    assert talk.texts() == ["one", "first", "two", "second"]
    assert talk.told(PathChanged)[-1].index == 1


def test_a_question_asked_differently_keeps_the_first_with_all_that_followed(talk):
    talk.answered("one", "1")
    talk.answered("two", "2")
    two = talk.chat.messages[2].message_id
    talk.chats.edit_question(talk.id, two, "three")
    assert [m.text for m in talk.asked()] == ["one", "1", "three"]
    talk.client.write("3")
    talk.client.finish_answer()
    assert talk.texts() == ["one", "1", "three", "3"]
    talk.chats.show_variant(talk.id, two)
    assert talk.texts() == ["one", "1", "two", "2"]


def test_the_first_question_can_be_edited_too(talk):
    talk.answered("one", "1")
    talk.chats.edit_question(talk.id, talk.chat.messages[0].message_id, "uno")
    talk.client.write("eins")
    talk.client.finish_answer()
    assert talk.texts() == ["uno", "eins"]
    assert len(talk.chat.variants(talk.chat.messages[0].message_id)) == 2


def test_an_edited_answer_is_what_the_model_goes_on_from(talk):
    answer = talk.answered("one", "wrong")
    talk.chats.edit_answer(talk.id, answer, "right")
    edited = talk.chat.messages[-1]
    assert (edited.text, edited.is_edited, edited.model) == ("right", True, "M")
    talk.ask("two")
    assert [m.text for m in talk.asked()] == ["one", "right", "two"]


def test_an_answer_that_was_cut_goes_on_where_it_ended(talk):
    talk.ask("count")
    talk.client.write("1, 2,")
    talk.client.finish_answer(FinishReason.LENGTH, tokens=3)
    answer = talk.chat.messages[-1]
    assert answer.state.value == "cut"
    talk.chats.go_on(talk.id, answer.message_id)
    *_, last = talk.asked()
    assert (last.role, last.text, last.is_prefix) == (Role.ASSISTANT, "1, 2,", True)
    talk.client.write(" 3")
    talk.client.finish_answer(tokens=2)
    assert talk.texts() == ["count", "1, 2, 3"]
    answer = talk.chat.messages[-1]
    assert answer.parts == (TextPart("1, 2, 3"),)
    assert answer.state.value == "done"
    assert answer.usage.completion_tokens == 5


def test_a_thought_that_was_cut_goes_on_as_one(talk):
    talk.engine.use(ModelFile(name="T", path=pathlib.Path("/t.gguf")))
    talk.engine.prepare()
    talk.client.finish_load(thinking=Thinking.ALWAYS, tokenizer="v13")
    talk.ask("why")
    talk.client.write("Let me", is_thought=True)
    talk.client.finish_answer(FinishReason.CANCELLED, is_thought_open=True)
    answer = talk.chat.messages[-1]
    talk.chats.go_on(talk.id, answer.message_id)
    assert talk.asked()[-1].content == (ThoughtPart("Let me", closed=False),)
    talk.client.write(" see.", is_thought=True)
    talk.client.write("So.", part=1)
    talk.client.finish_answer()
    assert talk.chat.messages[-1].parts == (ThoughtPart("Let me see."), TextPart("So."))


def test_going_on_that_fails_loses_nothing(talk):
    talk.ask("count")
    talk.client.write("1,")
    talk.client.finish_answer(FinishReason.CANCELLED)
    talk.chats.go_on(talk.id, talk.chat.messages[-1].message_id)
    talk.client.end(talk.client.open_id(Generate), EngineCrashed(reason="test"))
    assert talk.texts() == ["count", "1,"]
    assert talk.states() == ["done", "interrupted"]


def test_another_answer_from_another_model(talk):
    answer = talk.answered()
    other = ModelFile(name="Other", path=pathlib.Path("/other.gguf"))
    talk.chats.answer_again(talk.id, answer, model=other)
    assert talk.client.requests[-1].path == "/other.gguf"
    talk.client.finish_load()
    talk.client.write("B")
    talk.client.finish_answer()
    assert [talk.chat.message(i).model for i in talk.chat.variants(answer)] == ["M", "Other"]


def test_a_chat_asks_the_model_it_was_given(talk, tmp_path):
    own = tmp_path / "own.gguf"
    own.touch()
    settings = ChatSettings(model="Own", model_path=str(own), system="Be brief.", temperature=0.25)
    talk.chats.library.change(talk.chat, settings=settings)
    talk.ask("Q")
    load = next(r for r in reversed(talk.client.requests) if isinstance(r, Load))
    assert load.path == str(own)
    talk.client.finish_load()
    request = talk.client.requests[-1]
    assert [m.text for m in request.conversation.messages] == ["Be brief.", "Q"]
    assert request.conversation.messages[0].role is Role.SYSTEM
    assert request.sampling.temperature == 0.25


def test_a_variant_is_taken_out_and_comes_back_as_it_was(talk):
    first = talk.answered("one", "first")
    talk.answered("two", "2")
    talk.chats.answer_again(talk.id, first)
    talk.client.write("other")
    talk.client.finish_answer()
    talk.chats.show_variant(talk.id, first)
    taken = talk.chats.take_out(talk.id, first)
    assert [m.text for m in taken] == ["first", "two", "2"]
    assert talk.texts() == ["one", "other"]
    talk.chats.put_back(talk.id, taken)
    assert talk.texts() == ["one", "first", "two", "2"]
    assert talk.chat.variants(first)[0] == first


def test_what_is_being_answered_cannot_be_taken_out(talk):
    first = talk.answered("one", "first")
    talk.chats.answer_again(talk.id, first)
    question = talk.chat.messages[0].message_id
    assert talk.chats.take_out(talk.id, question) == []
    assert talk.texts() == ["one", ""]


def test_looking_at_another_variant_does_not_disturb_the_answer_that_is_written(talk):
    first = talk.answered("one", "first")
    talk.chats.answer_again(talk.id, first)
    talk.client.write("oth")
    second = talk.chat.messages[-1].message_id
    talk.chats.show_variant(talk.id, first)
    talk.client.write("er")
    talk.client.finish_answer()
    assert talk.texts() == ["one", "first"]
    assert talk.chat.message(second).text == "other"
    assert talk.chat.message(second).state.value == "done"


def test_a_second_answer_that_waits_can_be_called_off(talk):
    first = talk.answered("one", "first")
    other = talk.chats.new_chat()
    talk.ask("busy", other)
    talk.chats.answer_again(talk.id, first, effort=Effort.DEEP)
    question = talk.chat.messages[0]
    assert question.state.value == "queued"
    talk.chats.take_back(talk.id, question.message_id)
    assert talk.states() == ["done", "done"]
    talk.client.finish_answer()
    assert talk.chats.working_chat_id is None


def test_questions_that_wait_follow_the_answer_before_them(talk):
    talk.ask("one")
    talk.ask("two")
    talk.client.write("1")
    talk.client.finish_answer()
    talk.client.write("2")
    talk.client.finish_answer()
    assert talk.texts() == ["one", "1", "two", "2"]
    messages = talk.chat.messages
    assert [m.parent_id for m in messages] == [None, *(m.message_id for m in messages[:-1])]
    assert [e.index for e in talk.told(MessageAdded)] == [0, 1, 2, 3]
