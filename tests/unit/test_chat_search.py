"""Finding chats by their titles and by what is said in them."""

from hypothesis import strategies as st

from app.services.chat_library import ChatLibrary
from app.services.chat_search import ChatSearch
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
