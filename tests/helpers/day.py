"""What a person does in a day with a model that thinks and sees: steps for the real window."""

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QAbstractItemView

from app.domain.chat import ThoughtPart
from tests.helpers.person import Person
from tests.helpers.pictures import flag, saved

QUESTION = "What flag is this?"
THOUGHT, ANSWER = " It is from far away", "So all must come."


def ask_about_a_picture(me: Person, tmp_path) -> None:
    """Paste a file, think about it, read the thought and the answer."""
    picture = tmp_path / "flag.png"
    picture.write_bytes(saved(flag(), "PNG"))
    pasted = QMimeData()
    pasted.setUrls([QUrl.fromLocalFile(str(picture))])
    me.press("newChatButton")
    me.find("messageInput").insertFromMimeData(pasted)
    me.qtbot.keyClicks(me.find("messageInput"), QUESTION)
    me.wait(lambda: me.find("sendButton").isEnabled() and me.find("effortSwitch").isEnabled())
    me.press_key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert "Deep" in me.find("effortSwitch").accessibleName()
    me.click("sendButton")
    me.wait(lambda: me.answers() == [ANSWER])
    me.wait_for_answer()
    question, answer = me.program.chats.chats[0].messages
    assert [part.text for part in answer.parts if isinstance(part, ThoughtPart)] == [THOUGHT]
    assert answer.usage.image_tokens > 0
    assert len(question.attachments) == 1
    assert me.seen("pictureTile")
    me.press("thoughtButton")
    assert THOUGHT.strip() in me.words()


def find_it_from_another_chat(me: Person) -> None:
    """By a word of the answer; the newest hit leads to its chat and opens the variant with it."""
    me.press("newChatButton")
    me.wait(lambda: not me.seen("pictureTile"))
    me.press_key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    field, found = me.find("searchField"), me.find("chatList")
    assert isinstance(found, QAbstractItemView)
    me.qtbot.keyClicks(field, "must")
    me.wait(lambda: any(ANSWER in row for row in spoken(found)))
    me.qtbot.keyClick(field, Qt.Key.Key_Down)
    me.qtbot.keyClick(found, Qt.Key.Key_Return)
    me.wait(lambda: me.seen("pictureTile"))
    assert QUESTION in me.words()
    field.clear()


def spoken(rows: QAbstractItemView) -> list[str]:
    """What a screen reader says of the rows of a list."""
    model = rows.model()
    places = (model.index(number, 0) for number in range(model.rowCount()))
    return [str(place.data(Qt.ItemDataRole.AccessibleTextRole)) for place in places]
