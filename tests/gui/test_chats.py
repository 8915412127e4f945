"""Several chats at once."""

from PySide6.QtCore import QModelIndex, Qt

from app.ui.chat.chat_rows import ChatRole


def chat_rows(desk) -> list[QModelIndex]:
    """The rows that are chats, without their headings."""
    model = desk.widget("chatList").model()
    indexes = [model.index(i, 0) for i in range(model.rowCount())]
    return [index for index in indexes if index.data(ChatRole.CHAT_ID) is not None]


def rows(desk) -> list[str]:
    return [index.data() for index in chat_rows(desk)]


def open_row(desk, qtbot, row: int) -> None:
    view = desk.widget("chatList")
    place = view.visualRect(chat_rows(desk)[row]).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_switching_while_an_answer_is_written(desk, qtbot):
    desk.load()
    desk.ask("First chat")
    desk.client.write("One ")
    desk.press("newChatButton")
    assert desk.words() == []
    assert not desk.widget("stopButton").isEnabled()
    desk.client.write("two ")
    assert desk.words() == []
    working = chat_rows(desk)[1]
    assert working.data(ChatRole.IS_WORKING)
    assert "being answered" in working.data(Qt.ItemDataRole.AccessibleTextRole)
    open_row(desk, qtbot, 1)
    assert desk.words()[1][1] == "One two "
    assert desk.widget("stopButton").isEnabled()
    desk.client.write("three")
    desk.client.finish_answer()
    assert desk.words()[1][1] == "One two three"
    assert not working.data(ChatRole.IS_WORKING)


def test_a_question_of_another_chat_waits_too(desk, qtbot):
    desk.load()
    desk.ask("A")
    desk.press("newChatButton")
    desk.ask("B")
    assert desk.statuses() == ["Waiting for its turn."]
    desk.client.write("for A")
    desk.client.finish_answer()
    desk.client.write("for B")
    desk.client.finish_answer()
    assert desk.words()[1][1] == "for B"
    open_row(desk, qtbot, 1)
    assert desk.words()[1][1] == "for A"


def test_every_chat_keeps_its_draft(desk, qtbot):
    desk.load()
    desk.ask("A")
    desk.client.finish_answer()
    desk.write("draft of A")
    desk.press("newChatButton")
    assert desk.draft() == ""
    desk.write("draft of B")
    qtbot.keyClick(desk.window, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert desk.draft() == "draft of A"
    qtbot.keyClick(desk.window, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert desk.draft() == "draft of B"


def test_a_returned_question_goes_to_its_own_chat(desk, qtbot):
    desk.load()
    desk.ask("A")
    desk.ask("B waits")
    chat, question = desk.chats.chats[0], desk.chats.chats[0].messages[-1]
    desk.press("newChatButton")
    desk.write("new draft")
    desk.chats.take_back(chat.chat_id, question.message_id)
    assert desk.draft() == "new draft"
    open_row(desk, qtbot, 1)
    assert desk.draft() == "B waits"


def test_search_looks_into_titles_and_messages(desk, qtbot):
    desk.load()
    for question, answer in (("Rivers", "The Ebro."), ("Bread", "Flour and water.")):
        desk.ask(question)
        desk.client.write(answer)
        desk.client.finish_answer()
        desk.press("newChatButton")
    desk.ask("Open chat")
    field = desk.widget("searchField")
    qtbot.keyClick(desk.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert field.hasFocus()
    qtbot.keyClicks(field, "ebro")
    desk.wait_for(lambda: rows(desk) == ["Rivers"])
    # Filtering moves nobody to another chat.
    assert desk.words()[0][1] == "Open chat"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert rows(desk) == ["Open chat", "Bread", "Rivers"]
    # Nor does that Escape stop the answer.
    assert desk.client.cancelled == []
    assert desk.widget("messageInput").hasFocus()
    qtbot.keyClicks(field, "BREAD")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(desk.widget("chatList"), Qt.Key.Key_Return)
    assert desk.words()[0][1] == "Bread"


def test_asking_brings_a_chat_to_the_top(desk, qtbot):
    desk.load()
    desk.ask("A")
    desk.client.finish_answer()
    desk.press("newChatButton")
    desk.ask("B")
    desk.client.finish_answer()
    open_row(desk, qtbot, 1)
    desk.ask("A again")
    assert rows(desk) == ["A", "B"]
    assert desk.words()[0][1] == "A"


def test_new_chat_does_not_pile_up_empty_chats(desk):
    desk.press("newChatButton")
    desk.press("newChatButton")
    assert rows(desk) == ["New chat"]
