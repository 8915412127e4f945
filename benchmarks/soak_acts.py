"""What a person does in eight hours, as acts that a window can be put through in any order.

An act is a generator: it does something and yields what must be true before it goes on.
"""

import pathlib
import random
from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QAbstractItemModel, QMimeData, Qt, QUrl
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QLabel, QPlainTextEdit

from app.program import Program
from app.services.chats import Chat
from app.services.models import model_at
from app.ui.chat.message_requests import AnswerAgain, DeleteVariant, Rewrite, ShowVariant
from benchmarks.hands import Hands

Condition = Callable[[], bool]
Act = Callable[[], Iterator[Condition]]

ANSWER = "So all must come."
_CHATS = 12
_FORMATS = ("pdf", "docx", "html", "md", "json")
_AT_WORK = {"queued", "working"}


class Acts:
    """Acts on the real window.

    Attributes:
        generations: How many answers were asked for.
    """

    def __init__(self, program: Program, folder: pathlib.Path, draw: random.Random) -> None:
        """Use the files that `soak` put into `folder`."""
        self._program, self._hands, self._draw = program, Hands(program.window), draw
        self._folder = folder
        self._pictures = sorted((folder / "pictures").iterdir())
        self._documents = sorted((folder / "documents").iterdir())
        self.generations = 0

    def round(self) -> list[Act]:
        """Everything, in a new order, with an empty chat first and the chats tidied up last."""
        middle = [
            *[self.ask] * 40,
            *[self.turn_effort, self.ask, self.turn_effort] * 2,
            *[self.ask_about_a_picture, self.ask_about_a_document] * 2,
            *[self.search, self.rewrite, self.answer_again, self.delete_variant] * 2,
            *[self.stop_answers, self.export, self.bring_in, self.ask_privately],
            *[self.see_pages, self.change_text_size, self.change_width, self.scroll],
            *[self.new_chat, self.open_another, self.open_another],
        ]
        self._draw.shuffle(middle)
        return [self.new_chat, self.ask, *middle, self.tidy_up]

    def new_chat(self) -> Iterator[Condition]:
        """Begin one."""
        self._hands.press("newChatButton")
        yield self._is_loaded

    def ask(self) -> Iterator[Condition]:
        """Ask something and wait for the answer."""
        self._put(f"What is the wind of day {self._draw.randrange(1000)}?")
        yield self._can_send
        yield from self._send()

    def turn_effort(self) -> Iterator[Condition]:
        """Fast or Deep, whichever it was not."""
        self._hands.widget("effortSwitch").toggle()
        yield self._is_at_rest

    def ask_about_a_picture(self) -> Iterator[Condition]:
        """Paste one with a question; all that follows in the chat is read behind it."""
        yield from self._ask_about(self._draw.choice(self._pictures))

    def ask_about_a_document(self) -> Iterator[Condition]:
        """The same with a document."""
        yield from self._ask_about(self._draw.choice(self._documents))

    def search(self) -> Iterator[Condition]:
        """Type a word, go to the newest message that has it, and leave the search."""
        found = self._hands.widget("chatList")
        self._hands.type("searchField", "must")
        yield lambda: any(ANSWER in row for row in _spoken(found))
        self._hands.key("searchField", Qt.Key.Key_Down)
        self._hands.key("chatList", Qt.Key.Key_Return)
        yield self._is_loaded
        self._hands.widget("searchField").clear()
        yield lambda: not any(ANSWER in row for row in _spoken(found))

    def rewrite(self) -> Iterator[Condition]:
        """Ask the last question differently: a new branch."""
        if questions := [m for m in self._chat.path if m.role == "user"]:
            words = f"And what of day {self._draw.randrange(1000)}?"
            self._request(Rewrite(questions[-1].message_id, words))
            self.generations += 1
            yield self._is_at_rest

    def answer_again(self) -> Iterator[Condition]:
        """Have a variant of the last answer, and go back to the first."""
        if answers := [m for m in self._chat.path if m.role == "assistant"]:
            self._request(AnswerAgain(answers[-1].message_id))
            self.generations += 1
            yield self._is_at_rest
            self._request(ShowVariant(answers[-1].message_id))
            yield self._is_at_rest

    def delete_variant(self) -> Iterator[Condition]:
        """Delete the last answer where it is not the only one."""
        answers = [m.message_id for m in self._chat.path if m.role == "assistant"]
        if answers and len(self._chat.variants(answers[-1])) > 1:
            self._request(DeleteVariant(answers[-1]))
            yield self._is_at_rest

    def stop_answers(self) -> Iterator[Condition]:
        """Two of another model, which never ends by itself; then back."""
        yield from self.new_chat()
        self._use("endless")
        for _ in range(2):
            self._put("Tell me everything.")
            yield self._can_send
            self._hands.press("sendButton")
            self.generations += 1
            yield partial(self._has_begun, self._draw.randrange(200))
            self._hands.press("stopButton")
            yield self._is_at_rest
        self._use("short")
        yield from self.ask()

    def export(self) -> Iterator[Condition]:
        """Write all chats in some format."""
        format_ = self._draw.choice(_FORMATS)
        target = self._folder / f"out.{format_}"
        self._program.window.export_chats()
        for name in ("allChatsChoice", f"{format_}Choice", "exportButton"):
            self._hands.press(name)
        self._choose(target)
        yield lambda: bool(self._told("exportOutcome"))
        target.unlink()
        yield from self._close("export")

    def bring_in(self) -> Iterator[Condition]:
        """Import chats of a file, and take that back."""
        self._program.window.import_chats()
        self._hands.press("importFileButton")
        self._choose(self._folder / "chats.json")
        yield lambda: bool(self._told("importOutcome"))
        self._hands.press("importOutcomeButton")
        yield lambda: bool(self._told("importRemark"))
        yield from self._close("import")

    def ask_privately(self) -> Iterator[Condition]:
        """A chat of which nothing is to be left."""
        self._hands.press("newPrivateChatButton")
        yield self._is_loaded
        yield from self.ask_about_a_picture()
        self._hands.widget("chatList").trash_wanted.emit(self._chat.chat_id)
        yield self._is_loaded

    def see_pages(self) -> Iterator[Condition]:
        """Look at the other pages, and come back."""
        for name in ("models", "settings"):
            self._hands.press(f"{name}Button")
            yield lambda name=name: self._hands.widget(f"{name}Page").isVisible()
            for step in range(4):
                self._hands.scroll(f"{name}Page", step / 4)
                yield lambda: True
        self._program.window.show_chat()
        yield self._hands.widget("chatPage").isVisible

    def change_text_size(self) -> Iterator[Condition]:
        """Larger, and back: every style and layout is made anew."""
        for step in (1, -1):
            self._program.window.text_size_requested.emit(step)
            yield self._is_at_rest

    def change_width(self) -> Iterator[Condition]:
        """Narrow and wide again."""
        for width_px in (700, 520, 1080):
            self._program.window.resize(width_px, 740)
            yield lambda: True

    def scroll(self) -> Iterator[Condition]:
        """Through the open chat."""
        for step in range(8):
            self._hands.scroll("transcript", step / 8)
            yield lambda: True

    def open_another(self) -> Iterator[Condition]:
        """Any chat."""
        chat = self._draw.choice(self._program.chats.chats)
        self._hands.widget("chatPage").open_chat(chat.chat_id)
        yield self._is_loaded

    def tidy_up(self) -> Iterator[Condition]:
        """Delete all but the newest chats for good, and have the engine give its memory back.

        What chats fill of the model's cache would be different every time.
        """
        library = self._program.library
        yield from self.new_chat()
        for chat in library.chats[_CHATS:]:
            self._hands.widget("chatList").trash_wanted.emit(chat.chat_id)
        is_over: list[bool] = []
        library.delete(library.trash, lambda: is_over.append(True))
        yield lambda: bool(is_over)
        self._program.engine.free_memory()
        yield lambda: self._program.engine.state.loaded is None

    @property
    def _chat(self) -> Chat:
        return self._program.library.chat(self._hands.widget("sidebar").open_chat_id)

    def _put(self, words: str) -> None:
        field = self._hands.widget("messageInput")
        assert isinstance(field, QPlainTextEdit)
        field.setPlainText(words)

    def _send(self) -> Iterator[Condition]:
        self._hands.press("sendButton")
        self.generations += 1
        yield self._is_at_rest
        assert self._chat.messages[-1].text == ANSWER, self._chat.messages[-1].state

    def _ask_about(self, path: pathlib.Path) -> Iterator[Condition]:
        pasted = QMimeData()
        pasted.setUrls([QUrl.fromLocalFile(str(path))])
        field = self._hands.widget("messageInput")
        field.insertFromMimeData(pasted)
        self._put("What is this?")
        yield self._can_send
        yield from self._send()

    def _use(self, name: str) -> None:
        model = model_at(self._folder / name / f"{name}.gguf")
        self._hands.widget("modelPicker").chosen.emit(model)

    def _request(self, request: object) -> None:
        self._hands.widget("transcript").requested.emit(request)

    def _choose(self, place: pathlib.Path) -> None:
        (dialog,) = self._program.window.findChildren(QFileDialog)
        dialog.fileSelected.emit(str(place))
        dialog.reject()

    def _told(self, name: str) -> str:
        label = self._program.window.findChild(QLabel, name)
        return label.text() if label else ""

    def _close(self, name: str) -> Iterator[Condition]:
        self._hands.press(f"{name}CloseButton")
        yield lambda: self._program.window.findChild(QLabel, f"{name}Outcome") is None

    def _can_send(self) -> bool:
        return self._hands.widget("sendButton").isEnabled()

    def _is_loaded(self) -> bool:
        return self._chat.is_loaded

    def _has_begun(self, length: int) -> bool:
        last = self._chat.messages[-1]
        return last.role == "assistant" and len(last.text) > length

    def _is_at_rest(self) -> bool:
        states = {message.state.value for message in self._chat.messages}
        return not states & _AT_WORK and self._program.chats.working_chat_id is None


def _spoken(rows: object) -> list[str]:
    """What a screen reader says of the rows of a list."""
    assert isinstance(rows, QAbstractItemView)
    model = rows.model()
    assert isinstance(model, QAbstractItemModel)
    places = (model.index(number, 0) for number in range(model.rowCount()))
    return [str(place.data(Qt.ItemDataRole.AccessibleTextRole)) for place in places]
