"""Chats in a real database: what is kept is what comes back, and what is searched for is found."""

import pathlib
import tempfile

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.chat import Effort, Role, TextPart, ThoughtPart
from app.domain.kept_chat import ChatSettings, Draft, MessageState, Preset, SavedPrompt
from app.store.store import Store
from tests.helpers.kept_chats import (
    DRAFTS,
    SETTINGS,
    all_of,
    answer,
    chat_of,
    document,
    found,
    info_of,
    kept_chats,
    question,
)

QUEUED, WORKING = MessageState.QUEUED, MessageState.WORKING


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "data") as store:
        yield store


@pytest.fixture
def reopened(tmp_path, store):
    """End the program in the middle, and start it again."""
    opened = []

    def reopen() -> Store:
        store.close()
        for earlier in opened:
            earlier.close()
        opened.append(Store(tmp_path / "data"))
        return opened[-1]

    yield reopen
    for earlier in opened:
        earlier.close()


def placed(store, kept):
    """The same chat with its contents where they are kept."""

    def with_path(attachment):
        path = str(store.files.path(attachment.source.sha256))
        source = msgspec.structs.replace(attachment.source, path=path)
        return msgspec.structs.replace(attachment, source=source)

    return msgspec.structs.replace(
        kept,
        messages=tuple(
            msgspec.structs.replace(m, attachments=tuple(map(with_path, m.attachments)))
            for m in kept.messages
        ),
    )


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_everything_comes_back(data):
    chats = [data.draw(kept_chats(1, 1)), data.draw(kept_chats(2, 7))]
    presets = [Preset(name=str(i), settings=data.draw(SETTINGS)) for i in range(2)]
    draft = data.draw(DRAFTS.filter(bool))
    with tempfile.TemporaryDirectory() as folder:
        with Store(pathlib.Path(folder)) as store:
            store.chats.add(chats)
            for kept in chats:
                store.chats.put(kept.info, *kept.messages)
            store.presets.put_presets(presets)
            store.chats.put_draft(chats[0].info, draft)
        for reads_only in (False, True):
            with Store(pathlib.Path(folder), reads_only=reads_only) as store:
                assert all_of(store) == {c.info.key: placed(store, c) for c in chats}
                assert store.presets.presets() == presets
                (kept_draft,) = store.chats.drafts().values()
                assert (kept_draft.text, kept_draft.effort) == (draft.text, draft.effort)
                assert [a.name for a in kept_draft.attachments] == [
                    a.name for a in draft.attachments
                ]
                assert store.problems() == []


class TestChats:
    def test_there_is_nothing_at_first(self, store):
        assert store.chats.infos() == []
        assert store.chats.drafts() == {}
        assert store.chats.last_ids() == (0, 0, 0)
        assert store.chats.find("a") == []

    def test_the_chat_used_last_is_first_whatever_the_clock_says(self, store):
        for chat_id, order, used_ms in ((1, 5, 900), (2, 7, 100), (3, 6, 10**15), (4, 5, 0)):
            store.chats.put(info_of(chat_id, used_order=order, used_ms=used_ms))
        assert [info.chat_id for info in store.chats.infos()] == [2, 3, 4, 1]

    def test_a_message_put_twice_is_there_once(self, store):
        first = question(1, "first words")
        store.chats.put(info_of(), first)
        changed = question(1, "other words")
        store.chats.put(info_of(title="New"), changed)
        assert store.chats.load(1).messages == (changed,)
        assert store.chats.load(1).info.title == "New"
        assert found(store, "first") == []
        assert found(store, "other") == [1]

    def test_variants_are_all_kept(self, store):
        messages = (question(1, "q"), answer(2, "a", 1), answer(3, "b", 1), question(4, "r"))
        store.chats.put(info_of(leaf_id=2), *messages)
        assert store.chats.load(1).messages == messages

    def test_halves_of_emoji_do_not_lose_a_message(self, store):
        half = "x\ud83d"
        store.chats.put(info_of(title=half), question(1, half, model=half))
        store.chats.put_draft(info_of(title=half), Draft(text=half))
        store.presets.put_prompts([SavedPrompt(name=half, text=half)])
        store.presets.put_presets([Preset(name=half, settings=ChatSettings(system=half))])
        store.presets.put_folders([half])
        (message,) = store.chats.load(1).messages
        assert message.text == message.model == store.chats.drafts()[1].text == "x?"
        assert found(store, "x") == [1]

    def test_ids_are_never_given_again(self, store, reopened):
        store.chats.add([chat_of(1, 1, "a", "b"), chat_of(2, 3, "c", "d")])
        assert store.chats.last_ids() == (2, 4, 2)
        store.delete_chats([info_of(2)])
        store.delete_messages(store.chats.load(1).messages[1:])
        assert store.chats.last_ids()[:2] == (2, 4)
        assert reopened().chats.last_ids()[:2] == (2, 4)

    def test_import_is_all_or_nothing(self, store):
        twice = [chat_of(1, 1, "a"), msgspec.structs.replace(chat_of(2, 2, "b"))]
        clash = msgspec.structs.replace(chat_of(3, 3, "c"), info=info_of(3, key="key-1"))
        with pytest.raises(Exception, match="UNIQUE"):
            store.chats.add([*twice, clash])
        assert store.chats.infos() == []
        assert found(store, "a") == []


class TestAnswersBeingWritten:
    def test_the_tail_is_kept_and_found_when_it_ends(self, store):
        whole = answer(2, "one two three", 1)
        store.chats.put(info_of(), question(1, "q", state=WORKING), answer(2, "", 1, WORKING))
        store.chats.put_tail([answer(2, "one two", 1, WORKING, thought_s=1.5)])
        kept = store.chats.load(1).messages[1]
        assert (kept.text, kept.state, kept.thought_s) == ("one two", WORKING, 1.5)
        assert found(store, "two") == []
        store.chats.put(info_of(), question(1, "q"), whole)
        assert store.chats.load(1).messages[1] == whole
        assert found(store, "two") == [2]

    def test_a_tail_that_comes_late_changes_nothing(self, store):
        store.chats.put(info_of(), question(1, "q"), answer(2, "whole", 1))
        store.chats.put_tail([answer(2, "who", 1, WORKING), answer(9, "none", 1, WORKING)])
        assert [m.text for m in store.chats.load(1).messages] == ["q", "whole"]
        assert found(store, "whole") == [2]

    @pytest.mark.parametrize(
        ("parts", "state", "ended"),
        [
            ((TextPart("half a"),), MessageState.INTERRUPTED, (TextPart("half a"),)),
            (
                (ThoughtPart("hmm"),),
                MessageState.INTERRUPTED,
                (ThoughtPart("hmm", closed=False),),
            ),
            (
                (ThoughtPart("hmm"), TextPart("so")),
                MessageState.INTERRUPTED,
                (ThoughtPart("hmm"), TextPart("so")),
            ),
        ],
    )
    def test_what_a_crash_cut_off_is_kept_as_far_as_it_came(
        self, store, reopened, parts, state, ended
    ):
        working = answer(2, "", 1, WORKING, parts=parts)
        store.chats.put(info_of(leaf_id=2), question(1, "why", state=WORKING), working)
        after = reopened()
        asked, answered = after.chats.load(1).messages
        assert asked.state is MessageState.DONE
        assert (answered.state, answered.parts) == (state, ended)
        assert found(after, "why") == [1]
        assert after.chats.infos()[0].leaf_id == 2

    @pytest.mark.parametrize("parts", [(), (TextPart(""),), (ThoughtPart(" \n"), TextPart(""))])
    def test_an_answer_without_a_word_is_gone(self, store, reopened, parts):
        empty = answer(2, "", 1, WORKING, parts=parts)
        store.chats.put(info_of(leaf_id=2), question(1, "why", state=WORKING), empty)
        after = reopened()
        (asked,) = after.chats.load(1).messages
        assert asked.state is MessageState.UNANSWERED
        assert after.chats.infos()[0].leaf_id == 1
        assert found(after, "why") == [1]

    def test_a_second_answer_without_a_word_leaves_the_first(self, store, reopened):
        store.chats.put(
            info_of(leaf_id=3),
            question(1, "q", state=WORKING),
            answer(2, "a", 1),
            answer(3, "", 1, WORKING),
        )
        after = reopened()
        assert [m.state for m in after.chats.load(1).messages] == [MessageState.DONE] * 2
        assert after.chats.infos()[0].leaf_id == 1

    @pytest.mark.parametrize("state", [QUEUED, WORKING])
    def test_a_question_that_was_never_answered(self, store, reopened, state):
        attached = document(store, "notes.txt", "pages")
        store.chats.put(info_of(leaf_id=1), question(1, "q", state=state, attachments=(attached,)))
        (asked,) = reopened().chats.load(1).messages
        assert (asked.state, asked.attachments) == (MessageState.UNANSWERED, (attached,))

    def test_questions_of_several_chats(self, store, reopened):
        for chat_id in (1, 2, 3):
            first = 10 * chat_id
            store.chats.put(
                info_of(chat_id),
                question(first, "q", state=WORKING),
                answer(first + 1, "a" * (chat_id % 2), first, WORKING),
                question(first + 2, "r", first + 1 if chat_id % 2 else first, QUEUED),
            )
        states = [[m.state.value for m in reopened().chats.load(i).messages] for i in (1, 2)]
        assert states == [["done", "interrupted", "unanswered"], ["done", "unanswered"]]

    def test_what_only_reads_ends_nothing(self, tmp_path, store):
        store.chats.put(info_of(), question(1, "q", state=WORKING))
        with Store(tmp_path / "data", reads_only=True) as reader:
            assert reader.chats.load(1).messages[0].state is WORKING


class TestDrafts:
    def test_a_draft_comes_back_with_its_attachments(self, store):
        draft = Draft(text="hm", attachments=(document(store, "a.txt", "p"),), effort=Effort.DEEP)
        store.chats.put_draft(info_of(7), draft)
        store.chats.put_draft(info_of(8), Draft(text="other"))
        assert store.chats.drafts() == {7: draft, 8: Draft(text="other")}
        assert {info.chat_id for info in store.chats.infos()} == {7, 8}

    def test_the_last_one_counts_and_an_empty_one_is_none(self, store):
        store.chats.put_draft(info_of(), Draft(attachments=(document(store, "a.txt", "p"),)))
        store.chats.put_draft(info_of(), Draft(text="b"))
        assert store.chats.drafts() == {1: Draft(text="b")}
        store.chats.put_draft(info_of(), Draft(text=" "))
        assert store.chats.drafts() == {}
        assert [info.chat_id for info in store.chats.infos()] == [1]

    def test_an_empty_draft_begins_no_chat(self, store):
        store.chats.put_draft(info_of(), Draft())
        assert store.chats.infos() == []


class TestPresets:
    def test_folders(self, store):
        store.presets.put_folders(["b", "a", "c"])
        for chat_id, folder in ((1, "a"), (2, "b"), (3, "")):
            store.chats.put(info_of(chat_id, folder=folder))
        store.presets.rename_folder("a", "z")
        assert store.presets.folders() == ["b", "z", "c"]
        store.presets.put_folders(["c", "z"])
        assert store.presets.folders() == ["c", "z"]
        assert [info.folder for info in store.chats.infos()] == ["", "", "z"]

    def test_prompts_keep_their_order(self, store):
        prompts = [SavedPrompt(name=name, text=name * 2) for name in "bac"]
        store.presets.put_prompts(prompts)
        store.presets.put_prompts(prompts[::-1])
        assert store.presets.prompts() == prompts[::-1]

    def test_facts(self, store):
        assert store.presets.fact("a") == ""
        store.presets.put_fact("a", "1")
        store.presets.put_fact("a", "2")
        assert store.presets.fact("a") == "2"


class TestSearch:
    def test_the_newest_are_first_and_only_so_many(self, store):
        store.chats.add([chat_of(1, 1, *["same words"] * 4), chat_of(2, 5, "same", "other")])
        assert found(store, "same") == [5, 4, 3, 2, 1]
        assert [hit.message_id for hit in store.chats.find("same", most=2)] == [5, 4]

    def test_what_is_in_the_trash_is_not_found(self, store):
        store.chats.add([chat_of(1, 1, "words"), chat_of(2, 2, "words", trashed_ms=5)])
        assert found(store, "words") == [1]
        store.chats.put(info_of(2))
        assert found(store, "words") == [2, 1]

    def test_a_hit_knows_its_chat_as_it_is_called_now(self, store):
        store.chats.add([chat_of(1, 1, "q", "a stormy day", title="Old")])
        store.chats.put(info_of(1, title="New"))
        (hit,) = store.chats.find("storm")
        assert (hit.chat_id, hit.message_id, hit.title) == (1, 2, "New")
        assert (hit.role, hit.created_ms) == (
            Role.ASSISTANT,
            store.chats.load(1).messages[1].created_ms,
        )

    def test_all_words_have_to_be_there(self, store):
        store.chats.add([chat_of(1, 1, "red house", "house", "Red roof and HOUSES")])
        assert found(store, "hous red") == [3, 1]

    def test_thoughts_and_documents_are_found(self, store):
        attached = document(store, "Quarterly.pdf", "the revenue", "of ships")
        shown = msgspec.structs.replace(attached, chosen=(1,))
        thought = answer(2, "", 1, parts=(ThoughtPart("ponder"), TextPart("say")))
        store.chats.put(info_of(), question(1, "q", attachments=(shown,)), thought)
        assert found(store, "ponder say") == [2]
        assert found(store, "ships") == found(store, "quarterly") == [1]
        assert found(store, "revenue") == []
        (hit,) = store.chats.find("ship")
        assert (hit.excerpt, hit.spans) == ("of ships", ((3, 7),))

    def test_a_hit_shows_some_words_around_the_first_place(self, store):
        text = f"{'before ' * 30}Target {'after ' * 30} target {'x' * 300}"
        store.chats.put(info_of(), question(1, text))
        (hit,) = store.chats.find("target")
        assert hit.excerpt.startswith("…")
        assert [hit.excerpt[begin:end] for begin, end in hit.spans] == ["Target"]
        assert len(hit.excerpt) == 161

    def test_a_word_cut_off_by_the_excerpt_is_not_shown_as_another(self, store):
        store.chats.put(info_of(), question(1, f"{'xxxx' * 20}go {'y' * 38} go"))
        (hit,) = store.chats.find("go")
        assert [hit.excerpt[begin:end] for begin, end in hit.spans] == ["go"]

    @pytest.mark.parametrize("typed", ["", "  ", "!?", '"', "*", "a*b(", "NOT", "{w}: x", "a\0b"])
    def test_anything_can_be_typed(self, store, typed):
        store.chats.put(info_of(), question(1, "not a thing"))
        assert found(store, typed) == ([1] if typed == "NOT" else [])

    def test_without_an_index_everything_is_found_too(self, store):
        store.chats.add(
            [chat_of(1, 1, "old words", "x"), chat_of(2, 5000, "new words", trashed_ms=1)]
        )
        store.chats.put(
            info_of(3), question(9000, "new words"), answer(9001, "words", 9000, WORKING)
        )
        with store._database.writing() as connection:
            for part in (0, 2, 4):
                connection.execute(f"DROP TABLE word_{part}")
        assert found(store, "words") == [9000, 1]
        assert [hit.message_id for hit in store.chats.find("word", most=1)] == [9000]
        assert [store.chats.index_more() for _ in range(4)] == [True, True, True, False]
        assert found(store, "words") == [9000, 1]
        assert store.chats.find("words") == store.chats.find("WORDS")

    def test_an_index_in_another_form_is_made_anew(self, store, reopened):
        store.chats.put(info_of(), question(1, "words"))
        store.presets.put_fact("index", "0 1.0")
        after = reopened()
        assert after.chats.index_more()
        assert found(after, "words") == [1]
        after.chats.put(info_of(), question(1, "changed"))
        assert found(after, "words") == []
