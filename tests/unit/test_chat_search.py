"""Finding chats by their titles and by what is said in them."""

from hypothesis import strategies as st

from app.domain.errors import ChatsUnreadable
from app.services.chat_library import ChatLibrary
from app.services.chat_search import ChatSearch
from app.store.chats import Chats
from tests.helpers.keeping import KeptStage
from tests.helpers.old_chats import fill, old_chat

TEXT = st.text("aAé ß.東京한ﬁ🙂ｱ1", max_size=12)


def test_a_new_title_is_found_by_its_new_words():
    library = ChatLibrary()
    chat = old_chat(1, "Bread")
    fill(library, [chat])
    search = ChatSearch(library)
    assert search.titles("brea") == [chat]
    library.rename(chat, "Rivers")
    assert search.titles("brea") == []
    assert search.titles("RÍVERS") == [chat]
    assert search.titles(" ") == []


def test_chats_that_are_not_kept_are_looked_into():
    library = ChatLibrary()
    fill(library, [old_chat(1, "Secret", is_private=True, says="x " * 90 + "the wind, the wind")])
    found = []
    ChatSearch(library).messages("win", found.extend)
    (hit,) = found
    assert [hit.excerpt[a:b] for a, b in hit.spans] == ["win", "win"]


def test_nothing_is_told_once_it_was_forgotten(tmp_path):
    stage, found = KeptStage(tmp_path).open(), []
    search = ChatSearch(stage.library)
    search.messages("wind", found.append)
    search.forget()
    stage.settle()
    stage.close()
    assert found == []


def test_what_is_in_memory_is_found_where_the_kept_chats_cannot_be_read(tmp_path, monkeypatch):
    stage, found = KeptStage(tmp_path).open(), []
    secret = old_chat(1_000, "Secret", is_private=True, says="the wind")
    fill(stage.library, [secret])

    def refuse(self, typed):
        raise ChatsUnreadable(reason="it is being restored")

    monkeypatch.setattr(Chats, "find", refuse)
    ChatSearch(stage.library).messages("wind", found.append)
    stage.settle()
    stage.close()
    assert [[hit.title for hit in hits] for hits in found] == [["Secret"]]
    assert len(stage.troubles()) == 1
