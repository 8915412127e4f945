"""The library of prompts: words that a person uses again and again."""

from collections.abc import Callable

from app.domain.errors import PromptEmpty, PromptNameTaken
from app.domain.kept_chat import SavedPrompt
from app.domain.names import same_name
from app.domain.search_words import SearchWords
from app.domain.well_formed import as_text
from app.services.chat_library import ChatLibrary
from app.services.named_list import NamedList, Removed, checked_name


class SavedPrompts:
    """The person's prompts, the newest first."""

    def __init__(self, library: ChatLibrary) -> None:
        """Keep them where `library` keeps its chats; `load` has them here."""
        self._list: NamedList[SavedPrompt] = NamedList(
            library,
            read=lambda store: store.presets.prompts(),
            write=lambda store, prompts: store.presets.put_prompts(prompts),
        )

    @property
    def all(self) -> list[SavedPrompt]:
        """In order."""
        return self._list.items

    @property
    def on_change(self) -> Callable[[], None]:
        """Called after every change."""
        return self._list.on_change

    @on_change.setter
    def on_change(self, on_change: Callable[[], None]) -> None:
        self._list.on_change = on_change

    def load(self) -> None:
        """Have here what is kept, as soon as the chats are open."""
        self._list.load()

    def find(self, typed: str) -> list[SavedPrompt]:
        """Those that have all of these words, first where the name has them; all for none."""
        words = SearchWords(typed)
        if not words:
            return list(self.all)
        found = [p for p in self.all if words.are_in(f"{p.name}\n{p.text}")]
        return sorted(found, key=lambda prompt: not words.are_in(prompt.name))

    def free_name(self, wanted: str) -> str:
        """That name, or one like it that no other prompt has."""
        return self._list.free_name(wanted)

    def add(self, name: str, text: str) -> SavedPrompt:
        """Save a prompt.

        Raises:
            PresetError: It has no name or no words, or the name is taken.
        """
        prompt = self._checked(name, text, replacing=None)
        self._list.insert(0, prompt)
        return prompt

    def change(self, old_name: str, name: str, text: str) -> SavedPrompt:
        """Give one that there is another name, other words, or both.

        Raises:
            PresetError: It has no name or no words, or the name is taken.
        """
        prompt = self._checked(name, text, replacing=old_name)
        self._list.replace(old_name, prompt)
        return prompt

    def delete(self, name: str) -> Removed[SavedPrompt]:
        """Take one out; what `put_back` needs."""
        return self._list.remove(name)

    def put_back(self, removed: Removed[SavedPrompt]) -> SavedPrompt:
        """Bring back what was deleted."""
        return self._list.put_back(removed)

    def _checked(self, written: str, text: str, *, replacing: str | None) -> SavedPrompt:
        name, text = checked_name(written), as_text(text)
        if not text.strip():
            raise PromptEmpty
        other = self._list.find(name)
        if other and (replacing is None or not same_name(other.name, replacing)):
            raise PromptNameTaken(name=other.name)
        return SavedPrompt(name=name, text=text)
