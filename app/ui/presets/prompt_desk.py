"""Carries what the list of prompts says to the library of prompts and to the composer."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from app.domain.kept_chat import SavedPrompt
from app.services.chats import title_of
from app.services.named_list import Removed
from app.services.saved_prompts import SavedPrompts
from app.ui.chat.composer import Composer

if TYPE_CHECKING:
    from app.ui.presets.prompt_list import PromptList


class PromptDesk(QObject):
    """Joins the composer's button, the list behind it and `SavedPrompts`."""

    def __init__(self, composer: Composer, prompts: SavedPrompts, parent: QObject) -> None:
        super().__init__(parent)
        self._composer = composer
        self._prompts = prompts
        self._removed: Removed[SavedPrompt] | None = None
        composer.prompts_button.clicked.connect(self.toggle)

    @cached_property
    def _list(self) -> "PromptList":
        """Made when it is first opened: the start does without it."""
        from app.ui.presets.prompt_list import PromptList

        made = PromptList(self._composer)
        made.searched.connect(lambda: self._show(made, is_new_search=True))
        made.taken.connect(self._insert)
        made.edit_requested.connect(self._edit)
        made.delete_requested.connect(self._delete)
        made.new_requested.connect(self._write)
        made.undo_requested.connect(self._undo)
        self._prompts.on_change = lambda: self._show(made, is_new_search=False)
        self._show(made, is_new_search=False)
        return made

    def load(self) -> None:
        """The chats are open: so are the prompts."""
        self._prompts.load()

    @Slot()
    def toggle(self) -> None:
        """Show the list, or put it away."""
        self._removed = None
        self._list.say_deleted("")
        self._list.show_draft(has_draft=bool(self._composer.text().strip()))
        self._list.toggle_at(self._composer.prompts_button)

    def _show(self, shown: "PromptList", *, is_new_search: bool) -> None:
        found = self._prompts.find(shown.typed)
        has_any = bool(self._prompts.all)
        shown.show_prompts(found, has_any=has_any, is_new_search=is_new_search)

    @Slot(str)
    def _insert(self, name: str) -> None:
        prompt = self._prompt(name)
        self._list.close_panel()
        self._composer.input.setFocus(Qt.FocusReason.OtherFocusReason)
        if prompt:
            self._composer.input.insert_text(prompt.text)

    @Slot()
    def _write(self) -> None:
        draft = self._composer.text()
        name = self._prompts.free_name(title_of(draft)) if draft.strip() else ""
        self._ask(self.tr("New prompt"), name, draft, replacing="")

    @Slot(str)
    def _edit(self, name: str) -> None:
        if prompt := self._prompt(name):
            self._ask(self.tr("Edit the prompt"), prompt.name, prompt.text, replacing=prompt.name)

    @Slot(str)
    def _delete(self, name: str) -> None:
        self._removed = self._prompts.delete(name)
        self._list.say_deleted(name)

    @Slot()
    def _undo(self) -> None:
        removed, self._removed = self._removed, None
        self._list.say_deleted("")
        if removed:
            self._prompts.put_back(removed)

    def _ask(self, title: str, name: str, text: str, *, replacing: str) -> None:
        # The start does without it.
        from app.ui.presets.prompt_dialog import PromptDialog

        def save(name: str, text: str) -> None:
            if replacing:
                self._prompts.change(replacing, name, text)
            else:
                self._prompts.add(name, text)

        self._list.close_panel()
        window = self._composer.window()
        dialog = PromptDialog(window, title=title, name=name, text=text, save=save)
        dialog.finished.connect(self._go_on)
        dialog.open()

    @Slot()
    def _go_on(self) -> None:
        self._composer.input.setFocus(Qt.FocusReason.OtherFocusReason)

    def _prompt(self, name: str) -> SavedPrompt | None:
        return next((prompt for prompt in self._prompts.all if prompt.name == name), None)
