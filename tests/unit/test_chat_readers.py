"""What each program's chats become, without the process around the readers."""

import json
import sqlite3

import pytest

from app.domain import errors
from app.domain.attachments import Detail, DocumentAttachment, PictureAttachment
from app.domain.chat import Effort
from app.domain.kept_chat import MessageState
from app.exchange.reader_protocol import Why
from tests.helpers.foreign_chats import (
    PIXEL,
    SECOND_MS,
    SECOND_S,
    Reading,
    chatgpt_chat,
    conversation,
    jan_message,
    lm_studio_chat,
    node,
    own_chat,
    own_file,
    tree,
    write_jan,
    write_json,
    write_ollama,
    write_zip,
)


@pytest.fixture
def read(tmp_path):
    return lambda path: Reading(path, tmp_path / "attachments")


@pytest.fixture
def read_json(tmp_path, read):
    return lambda value, name="chats.json": read(write_json(tmp_path / name, value))


class TestChatGPT:
    def test_an_answer_of_many_nodes_is_one_and_branches_are_variants(self, read_json):
        reading = read_json([chatgpt_chat()])
        (chat,) = reading.chats
        assert reading.programs == ["ChatGPT"]
        assert tree(chat) == [
            (1, None, "user", "Is it windy in Zaragoza?"),
            (2, 1, "assistant", "(Look\nIs it windy?) Yes, the cierzo."),
            (3, 1, "assistant", "I do not know."),
        ]
        question, answer, _ = chat.messages
        assert question.state is MessageState.DONE
        assert (answer.model, answer.thought_s) == ("gpt-5-2-thinking", 8.0)
        assert answer.created_ms == SECOND_MS + 1500
        info = chat.info
        assert (info.leaf_id, info.title, info.is_named) == (2, "Weather", True)
        assert (info.created_ms, info.used_ms) == (SECOND_MS + 250, SECOND_MS + 9000)
        assert info.settings.model == "gpt-5-2"

    def test_the_same_chat_has_the_same_key(self, read_json):
        keys = {read_json([chatgpt_chat()]).chats[0].info.key for _ in range(2)}
        other = read_json([chatgpt_chat(conversation_id="other")]).chats[0].info.key
        assert len(keys) == 1
        assert other not in keys
        assert len(other) == 32

    def test_a_single_conversation_is_a_file_too(self, read_json):
        assert len(read_json(chatgpt_chat()).chats) == 1

    def test_pictures_come_out_of_the_archive(self, tmp_path, read):
        def pointer(asset: str) -> dict[str, object]:
            return {"content_type": "image_asset_pointer", "asset_pointer": asset, "width": 1}

        files = [{"id": "file-Doc1", "name": "notes.md"}, {"id": "file_gone", "name": "gone.png"}]
        asked = node(
            "q",
            None,
            "user",
            pointer("file-service://file-Abc1"),
            pointer("sediment://file_00f?x=1"),
            pointer("sediment://../../etc/passwd"),
            "What?",
            metadata={"attachments": files},
        )
        drawn = node("d", "q", "tool", pointer("file-service://file-Drawn"), "made")
        path = write_zip(
            tmp_path / "export.zip",
            {
                "export/conversations-000.json": [conversation(asked, drawn)],
                "export/conversations-001.json": [conversation(node("x", None, "user", "Hi"))],
                "export/shared_conversations.json": [{"id": "s", "title": "shared"}],
                "export/user.json": {"id": "user-1"},
                "export/file-Abc1-one.png": PIXEL,
                "export/user-1/file_00f-abc.dat": PIXEL + b"x",
                "export/file-Doc1-notes.md": b"# Notes",
            },
        )
        reading = read(path)
        chat = reading.chats[0]
        kinds = [(type(a).__name__, a.name) for a in chat.messages[0].attachments]
        assert kinds == [
            ("PictureAttachment", "file-Abc1-one.png"),
            ("PictureAttachment", "file_00f-abc.dat"),
            ("DocumentAttachment", "notes.md"),
        ]
        assert chat.messages[0].attachments[0].source.data == PIXEL
        # The one that is gone, the one that a tool drew.
        assert reading.keeper.missing == 2
        assert len(reading.chats) == 2, "an export may be cut into several files"

    @pytest.mark.parametrize(
        ("finish", "state"),
        [
            ("stop", MessageState.DONE),
            ("interrupted", MessageState.STOPPED),
            ("max_tokens", MessageState.CUT),
        ],
    )
    def test_how_an_answer_ended(self, read_json, finish, state):
        metadata = {"finish_details": {"type": finish}}
        nodes = [node("q", None, "user", "Q"), node("a", "q", "assistant", "A", metadata=metadata)]
        assert read_json([conversation(*nodes)]).chats[0].messages[1].state is state

    def test_what_the_person_wrote_for_all_chats_is_not_a_question(self, read_json):
        mine = {"content_type": "user_editable_context", "user_profile": "Secret"}
        nodes = [node("c", None, "user", content=mine), node("q", "c", "user", "Q")]
        (chat,) = read_json([conversation(*nodes)]).chats
        assert [row[3] for row in tree(chat)][-1] == "Q"
        assert "Secret" not in str(chat)

    def test_a_leading_system_prompt_is_a_setting(self, read_json):
        nodes = [node("s", None, "system", "Be brief."), node("q", "s", "user", "Q")]
        (chat,) = read_json([conversation(*nodes)]).chats
        assert chat.info.settings.system == "Be brief."
        assert tree(chat) == [(1, None, "user", "Q")]


class TestLMStudio:
    def test_versions_are_variants_and_the_selected_one_goes_on(self, tmp_path, read):
        more = lm_studio_chat()
        more["messages"].append(
            {"versions": [{"role": "user", "content": [{"type": "text", "text": "And?"}]}]}
        )
        folder = tmp_path / "lm-studio"
        write_json(folder / "conversations" / "Work" / "1765672000000.conversation.json", more)
        (folder / "user-files").mkdir()
        (folder / "user-files" / "1 - 2.png").write_bytes(PIXEL)
        reading = read(folder)
        (chat,) = reading.chats
        assert reading.programs == ["LM Studio"]
        assert tree(chat) == [
            (1, None, "user", "What is it?"),
            (2, 1, "assistant", "(A picture.) A flag."),
            (3, 2, "user", "And?"),
            (4, 1, "assistant", "Stopped"),
        ]
        states = [message.state for message in chat.messages]
        assert states == [
            MessageState.DONE,
            MessageState.DONE,
            MessageState.UNANSWERED,
            MessageState.STOPPED,
        ]
        assert isinstance(chat.messages[0].attachments[0], PictureAttachment)
        assert chat.messages[1].created_ms == SECOND_MS + 7
        assert chat.info.leaf_id == 3
        assert chat.info.is_pinned
        assert (chat.info.settings.system, chat.info.settings.model) == (
            "Be brief.",
            "mistral-small",
        )
        assert (chat.info.created_ms, chat.info.used_ms) == (SECOND_MS, SECOND_MS + 9)

    def test_pictures_beside_a_single_file_are_not_looked_for(self, tmp_path, read):
        path = write_json(tmp_path / "conversations" / "1.conversation.json", lm_studio_chat())
        (tmp_path / "user-files").mkdir()
        (tmp_path / "user-files" / "1 - 2.png").write_bytes(PIXEL)
        reading = read(path)
        assert reading.keeper.missing == 1
        assert not reading.chats[0].messages[0].attachments

    def test_a_configured_system_prompt(self, read_json):
        fields = [{"key": "llm.prediction.systemPrompt", "value": "Configured"}]
        chat = lm_studio_chat(systemPrompt="", perChatPredictionConfig={"fields": fields})
        assert read_json(chat).chats[0].info.settings.system == "Configured"

    def test_an_empty_conversation_is_counted(self, read_json):
        reading = read_json(lm_studio_chat(messages=[]))
        assert reading.skipped == [Why.EMPTY]


class TestJan:
    def test_a_thread_without_links_is_a_list(self, tmp_path, read):
        picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
        elsewhere = {"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}
        question = jan_message("m1", "user", "Q")
        question["content"] += [picture, elsewhere]
        question["metadata"] = {"inline_file_contents": [{"name": "a.txt", "content": "Words"}]}
        answer = jan_message("m2", "assistant", "<think>Hm</think>\nA", SECOND_S)
        stopped = jan_message("m4", "assistant", "<think>Not", status="stopped")
        messages = [question, answer, jan_message("m3", "user", "More"), stopped]
        write_jan(tmp_path / "threads" / "thread-1", messages)
        reading = read(tmp_path / "threads")
        (chat,) = reading.chats
        assert reading.programs == ["Jan"]
        assert tree(chat) == [
            (1, None, "user", "Q"),
            (2, 1, "assistant", "(Hm) A"),
            (3, 2, "user", "More"),
            (4, 3, "assistant", "(Not) "),
        ]
        assert chat.messages[1].created_ms == SECOND_MS, "seconds and milliseconds"
        assert chat.messages[3].state is MessageState.STOPPED
        kinds = [type(attachment) for attachment in chat.messages[0].attachments]
        assert kinds == [PictureAttachment, DocumentAttachment]
        assert reading.keeper.missing == 1, "what is not in the file is not opened"
        assert (chat.info.title, chat.info.is_pinned) == ("Of Jan", True)
        assert (chat.info.created_ms, chat.info.used_ms) == (SECOND_MS, SECOND_MS + 60_500)
        assert (chat.info.settings.system, chat.info.settings.model) == ("Be kind.", "ministral")

    def test_links_make_variants_and_the_open_child_is_open(self, tmp_path, read):
        linked = [
            ("q", "user", {"parentId": None, "activeChildId": "a1"}),
            ("a1", "assistant", {"parentId": "q"}),
            ("a2", "assistant", {"parentId": "q"}),
            ("q2", "user", {"parentId": "a1"}),
            ("lost", "assistant", {}),
        ]
        messages = [
            jan_message(key, role, key, SECOND_MS + place, metadata=metadata)
            for place, (key, role, metadata) in enumerate(linked)
        ]
        (chat,) = read(write_jan(tmp_path / "thread", messages)).chats
        assert tree(chat) == [
            (1, None, "user", "q"),
            (2, 1, "assistant", "a1"),
            (3, 2, "user", "q2"),
            (4, 3, "assistant", "lost"),
            (5, 1, "assistant", "a2"),
        ]
        assert chat.info.leaf_id == 4

    def test_thoughts_that_are_content_of_their_own(self, tmp_path, read):
        answer = jan_message("a", "assistant", "A")
        answer["content"].insert(0, {"type": "reasoning", "text": {"value": "Hm"}})
        answer["content"].append({"type": "tool_call", "tool_name": "x", "input": {}})
        (chat,) = read(write_jan(tmp_path / "t", [jan_message("q", "user", "Q"), answer])).chats
        assert tree(chat)[1][3] == "(Hm) A"

    def test_messages_alone_and_a_line_that_was_cut(self, tmp_path, read):
        lines = [jan_message("q", "user", "Q"), jan_message("a", "assistant", "A")]
        text = "\n".join(json.dumps(line) for line in lines)
        path = tmp_path / "messages.jsonl"
        path.write_text(f'{text}\n{{"id": "cut', encoding="utf-8")
        (chat,) = read(path).chats
        assert [row[3] for row in tree(chat)] == ["Q", "A"]
        assert not chat.info.title


class TestOllama:
    @pytest.mark.parametrize("with_log", [False, True])
    def test_chats_of_the_database(self, tmp_path, read, with_log):
        path = write_ollama(tmp_path / "db.sqlite", with_log=with_log)
        before = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
        reading = read(path)
        (chat,) = reading.chats
        assert reading.programs == ["Ollama"]
        assert reading.skipped == [Why.EMPTY]
        assert tree(chat) == [
            (1, None, "user", "What is it?"),
            (2, 1, "assistant", "(Small.) A pixel."),
        ]
        question, answer = chat.messages
        assert question.created_ms == SECOND_MS + 1123
        assert (answer.model, answer.thought_s) == ("ministral-3", 2.5)
        assert [a.name for a in question.attachments] == ["pixel.png", "notes.txt"]
        assert question.attachments[1].pages[0].text == "Grüße"
        assert reading.keeper.missing == 1
        assert chat.info.created_ms == SECOND_MS + 500
        after = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
        assert after == before, "another program's files are not touched"
        assert not list((tmp_path / "attachments").iterdir()), "no copy is left"

    def test_the_first_schema_had_fewer_columns(self, tmp_path, read):
        database = sqlite3.connect(tmp_path / "db.sqlite")
        database.executescript(
            "CREATE TABLE chats (id TEXT, title TEXT, created_at TIMESTAMP);"
            "CREATE TABLE messages (id INTEGER, chat_id TEXT, role TEXT, content TEXT);"
            "INSERT INTO chats VALUES ('c', 'T', 'nonsense');"
            "INSERT INTO messages VALUES (1, 'c', 'user', 'Q'), (2, 'c', 'tool', 'x'),"
            " (3, 'c', 'assistant', 'A')"
        )
        database.close()
        (chat,) = read(tmp_path / "db.sqlite").chats
        assert tree(chat) == [(1, None, "user", "Q"), (2, 1, "assistant", "A")]
        assert chat.info.created_ms == 0

    @pytest.mark.parametrize(
        "schema",
        [
            "CREATE TABLE other (id INTEGER)",
            "CREATE TABLE chats (id); CREATE VIEW messages AS WITH RECURSIVE n(i) AS"
            " (SELECT 1 UNION ALL SELECT i FROM n) SELECT i AS id FROM n",
        ],
    )
    def test_another_database_is_refused(self, tmp_path, read, schema):
        database = sqlite3.connect(tmp_path / "db.sqlite")
        database.executescript(schema)
        database.close()
        with pytest.raises(errors.NotChats):
            read(tmp_path / "db.sqlite")

    def test_wrong_types_everywhere(self, tmp_path, read):
        write_ollama(tmp_path / "db.sqlite")
        database = sqlite3.connect(tmp_path / "db.sqlite")
        database.executescript(
            "UPDATE chats SET title = x'ff00', created_at = 7;"
            "UPDATE messages SET content = x'33', thinking = x'00', created_at = x'80' WHERE id = 2"
            ";"
            "UPDATE messages SET role = x'00ff' WHERE id = 1"
        )
        database.close()
        with_wrong_types = read(tmp_path / "db.sqlite")
        assert with_wrong_types.skipped == [Why.EMPTY, Why.EMPTY]


class TestCierzo:
    def test_everything_comes_back(self, read_json):
        reading = read_json(own_file(own_chat()))
        (chat,) = reading.chats
        assert reading.programs == ["Cierzo"]
        assert tree(chat) == [
            (1, None, "user", "Look"),
            (2, 1, "assistant", "(Hm) Nice"),
            (3, 1, "assistant", "Another"),
        ]
        info = chat.info
        assert (info.key, info.title) == ("0123456789abcdef0123456789abcdef", "Ours")
        assert (info.folder, info.is_pinned, info.is_named) == ("Work", True, True)
        assert (info.leaf_id, info.reads_after) == (2, 1)
        assert (info.created_ms, info.used_ms) == (SECOND_MS, SECOND_MS + 5)
        assert (info.settings.effort, info.settings.top_p) == (Effort.DEEP, 0.5)
        picture, document = chat.messages[0].attachments
        assert (picture.detail, picture.original_width_px) == (Detail.HALF, 1)
        assert picture.source.data
        assert picture.source.sha256 != "a" * 64, "what the content says counts"
        assert (document.kind, document.chosen, len(document.pages)) == ("PDF", (1,), 2)
        assert document.source.sha256 == "b" * 64
        answer = chat.messages[1]
        assert not answer.parts[0].closed
        assert (answer.state, answer.seed, answer.is_edited) == (MessageState.STOPPED, 7, True)
        assert (answer.sampling.temperature, answer.usage.completion_tokens) == (0.1, 2)
        assert (answer.timings.tokens_per_s, answer.thought_s) == (3.5, 1.5)

    def test_folders_come_in_their_order_also_those_that_are_empty(self, read_json):
        names = ["Empty", "Work", "", "a\nb", "Work"]
        assert read_json(own_file(own_chat(), folders=names)).folders == ["Empty", "Work", "a b"]
        for nonsense in (None, "Work", [1]):
            assert read_json(own_file(own_chat(), folders=nonsense)).folders == []

    def test_messages_keep_the_order_of_the_file(self, read_json):
        def message(number, parent, role):
            parts = [{"type": "text", "text": str(number)}]
            return {"id": number, "parent": parent, "role": role, "parts": parts}

        messages = [
            message(1, None, "user"),
            message(2, 1, "assistant"),
            message(3, 1, "assistant"),
            message(4, 2, "user"),
        ]
        (chat,) = read_json(own_file(own_chat(messages=messages, leaf=3))).chats
        assert [row[3] for row in tree(chat)] == ["1", "2", "3", "4"]
        (chat,) = read_json(own_file(own_chat(messages=messages[::-1], leaf=3))).chats
        assert [row[3] for row in tree(chat)] == ["1", "3", "2", "4"]

    def test_paths_and_what_is_unknown_are_passed_over(self, read_json):
        settings = {"model_path": "/etc/passwd", "unknown": 1}
        (chat,) = read_json(own_file(own_chat(settings=settings, unknown=[]))).chats
        assert chat.info.settings.model_path == ""

    def test_a_newer_version_is_refused(self, read_json):
        with pytest.raises(errors.ImportTooNew, match="newer version of Cierzo"):
            read_json(own_file(own_chat(), version=2))

    @pytest.mark.parametrize("key", ["", "../../x", "0" * 31, "g" * 32])
    def test_a_key_that_is_none_is_made_anew(self, read_json, key):
        first, second = (read_json(own_file(own_chat(key=key))).chats[0].info for _ in range(2))
        assert first.key == second.key != key
        assert len(first.key) == 32

    def test_broken_and_empty_chats_are_counted_and_the_others_go_on(self, read_json):
        broken = [own_chat(messages="none"), 7, own_chat(leaf="x"), {"messages": [{"id": 1}]}]
        reading = read_json(own_file(*broken, {}, own_chat()))
        assert reading.skipped == [*[Why.BROKEN] * 4, Why.EMPTY]
        assert len(reading.chats) == 1

    def test_states_fit_to_what_is_there(self, read_json):
        def message(number, parent, role, text, state):
            parts = [{"type": "text", "text": text}]
            return {"id": number, "parent": parent, "role": role, "state": state, "parts": parts}

        messages = [
            message(1, None, "user", "Q", "working"),
            message(2, 1, "assistant", " ", "stopped"),
            message(3, 2, "user", "More", "queued"),
            message(4, 3, "assistant", "Half", "working"),
            message(5, 4, "tool", "x", "done"),
            message(6, 5, "user", "Last", "done"),
        ]
        (chat,) = read_json(own_file(own_chat(messages=messages, leaf=6))).chats
        assert [(m.message_id, m.parent_id, m.state.value) for m in chat.messages] == [
            (1, None, "unanswered"),
            (2, 1, "done"),
            (3, 2, "interrupted"),
            (4, 3, "unanswered"),
        ]
