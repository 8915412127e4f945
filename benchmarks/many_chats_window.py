"""A window with the chats of a home, for `chat_window`: `HOME [WORD]`.

Says in JSON how long it took until the chat used last was on the screen, how long a search and 20
other chats took, and what memory the process has after the search and in the end. The same as
processor time of all threads (`…_cpu_s`), also that of a letter in the search field and of a new
chat in the list.
"""

import json
import pathlib
import statistics
import sys
import time

import psutil
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit

from app.program import Program
from app.services.chat_search import ChatSearch
from app.services.chats import ChatLoaded, ChatsOpened
from app.settings.folders import folders_for
from app.ui.garbage import Garbage

_OTHERS = 20
_ACTS = 10
_SETTLED_MS = 1500


class Watch:
    """Goes through the chats and notes how long each thing takes."""

    def __init__(
        self, application: QApplication, program: Program, word: str, began_cpu_s: float
    ) -> None:
        self._application = application
        self._program = program
        self._word = word
        self._found: dict[str, float] = {}
        self._others_s: list[float] = []
        self._began_s, self._began_cpu_s = time.perf_counter(), began_cpu_s
        self._pass_on = program.chats.on_event
        program.chats.on_event = self._on_event

    def _on_event(self, event: object) -> None:
        self._pass_on(event)
        if isinstance(event, ChatsOpened) and not self._program.library.chats[0].info.leaf_id:
            QTimer.singleShot(_SETTLED_MS, self._end)
        elif isinstance(event, ChatLoaded):
            self._program.window.repaint()  # on the screen, not only in memory
            took_s = time.perf_counter() - self._began_s
            if "newest_s" in self._found:
                self._others_s.append(took_s)
                QTimer.singleShot(0, self._open_another)
            else:
                self._found["newest_s"] = took_s
                self._found["newest_cpu_s"] = time.process_time() - self._began_cpu_s
                QTimer.singleShot(_SETTLED_MS, self._search)

    def _open_another(self) -> None:
        if len(self._others_s) == _OTHERS:
            self._found["other_s"] = statistics.median(self._others_s)
            QTimer.singleShot(_SETTLED_MS, self._use_list)
            return
        chats = self._program.library.chats
        chat = chats[(len(self._others_s) + 1) * len(chats) // (_OTHERS + 1)]
        self._began_s = time.perf_counter()
        self._program.window.findChild(object, "chatPage").open_chat(chat.chat_id)

    def _search(self) -> None:
        began_s, began_cpu_s = time.perf_counter(), time.process_time()

        def found(hits: list[object]) -> None:
            assert hits
            self._found["search_cpu_s"] = time.process_time() - began_cpu_s
            self._found["search_s"] = time.perf_counter() - began_s
            self._found["rss_mb"] = psutil.Process().memory_info().rss / 1e6
            self._open_another()

        ChatSearch(self._program.library).messages(self._word, found)

    def _use_list(self) -> None:
        """Type into its search field, then have a chat come into it and go again."""
        find = self._program.window.findChild
        field, page = find(QLineEdit, "searchField"), find(object, "chatPage")
        library = self._program.library

        def type_letter() -> None:
            field.setText("" if field.text() else self._word[0])

        def change_list() -> None:
            page.new_chat() if library.chats[0].messages else library.move_to_trash(
                library.chats[0]
            )

        for name, act in (("letter_cpu_s", type_letter), ("change_cpu_s", change_list)):
            costs_s = []
            for _ in range(2 * _ACTS):
                began_s = time.thread_time()
                act()
                self._application.processEvents()
                costs_s.append(time.thread_time() - began_s)
            self._found[name] = statistics.median(costs_s)
        self._end()

    def _end(self) -> None:
        self._found["rss_after_others_mb"] = psutil.Process().memory_info().rss / 1e6
        self._found.setdefault("rss_mb", self._found["rss_after_others_mb"])
        print(json.dumps(self._found), flush=True)
        self._application.quit()


def main() -> None:
    """Play it."""
    home, word = pathlib.Path(sys.argv[1]), "".join(sys.argv[2:])
    application = QApplication(["cierzo"])
    Garbage(application)
    began_cpu_s = time.process_time()
    program = Program(application, folders_for(home), None)
    program.window.show()
    Watch(application, program, word, began_cpu_s)
    application.exec()
    program.close()


if __name__ == "__main__":
    main()
