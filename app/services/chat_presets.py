"""Ways to be answered that have a name: those that come along, and the person's own."""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import msgspec

from app.catalog.starter import read_toml
from app.domain.chat import Effort
from app.domain.errors import CatalogBroken, PresetNameTaken
from app.domain.kept_chat import ChatSettings, Preset
from app.domain.names import same_name
from app.domain.package_data import package_file
from app.domain.well_formed import as_text
from app.services.chat_library import ChatLibrary
from app.services.chats import Chat
from app.services.named_list import NamedList, Removed, checked_name

# Adds nothing: a chat that was never given a preset has it.
PLAIN = "Plain"


class BuiltInPreset(Preset, frozen=True, kw_only=True):
    """One that comes along; `description` is one line for the menu, as is the name in English."""

    description: str


class Used(NamedTuple):
    """The preset of a chat; None where it is gone or never was one."""

    preset: Preset | None
    is_changed: bool


class RemovedPreset(NamedTuple):
    """What `ChatPresets.put_back` needs."""

    removed: Removed[Preset]
    was_default: bool


class ChatPresets:
    """Gives chats their settings; what a chat was given is its own from then on.

    Attributes:
        default: Name of the preset of new chats; empty is `PLAIN`.
        on_change: Called after every change of the presets and of the default.
    """

    def __init__(
        self,
        library: ChatLibrary,
        *,
        default: str = "",
        keep_default: Callable[[str], None] = lambda name: None,
    ) -> None:
        """Keep them where `library` keeps its chats; `load` has them here.

        Args:
            library: Its new chats get the default.
            default: Name of the preset of new chats, as of the last time.
            keep_default: Remembers it for the next time.
        """
        self.default = default
        self.on_change: Callable[[], None] = lambda: None
        self._library = library
        self._keep_default = keep_default
        self._list: NamedList[Preset] = NamedList(
            library,
            read=lambda store: store.presets.presets(),
            write=lambda store, presets: store.presets.put_presets(presets),
        )
        self._list.on_change = self._changed
        self._use_default()

    def load(self) -> None:
        """Have here what is kept, as soon as the chats are open."""
        self._list.load()

    @property
    def own(self) -> list[Preset]:
        """The person's, in order."""
        return self._list.items

    @cached_property
    def built_in(self) -> tuple[BuiltInPreset, ...]:
        """Those that come along.

        Raises:
            CatalogBroken: The installation is damaged.
        """
        return read_built_in()

    def find(self, name: str) -> Preset | None:
        """The one of that name; empty is `PLAIN`."""
        own = self._list.find(name)
        return own or next((p for p in self.built_in if same_name(p.name, name or PLAIN)), None)

    def is_default(self, preset: Preset) -> bool:
        """Whether new chats begin with it."""
        return same_name(preset.name, self.default or PLAIN)

    def of(self, chat: Chat) -> Used:
        """Which one a chat was given, and whether it is still answered like that."""
        settings = chat.settings
        if not settings.preset:
            is_plain = settings == ChatSettings()
            return Used(self.find(PLAIN) if is_plain else None, is_changed=False)
        preset = self.find(settings.preset)
        return Used(preset, is_changed=preset is not None and settings != _given_by(preset))

    def apply(self, chat: Chat, preset: Preset) -> None:
        """Have a chat answered like that from its next question on."""
        self._library.change(chat, settings=_given_by(preset))

    def add(self, name: str, settings: ChatSettings) -> Preset:
        """Make a preset of some settings.

        Raises:
            PresetError: The name is missing or taken.
        """
        preset = Preset(name=self.checked_name(name), settings=_without_name(settings))
        self._list.insert(len(self.own), preset)
        return preset

    def change(self, preset: Preset, settings: ChatSettings) -> Preset:
        """Give one of the person's own other settings; chats keep what they were given."""
        changed = Preset(name=preset.name, settings=_without_name(settings))
        if changed != self._list.find(preset.name):
            self._list.replace(preset.name, changed)
        return changed

    def rename(self, preset: Preset, written: str) -> Preset:
        """Give one of the person's own another name, in all chats that have it.

        Raises:
            PresetError: The name is missing or taken.
        """
        name = self.checked_name(written, replacing=preset.name)
        if name == preset.name:
            return preset
        renamed = msgspec.structs.replace(preset, name=name)
        if self.is_default(preset):
            self._set_default(name)
        self._list.replace(preset.name, renamed)
        for chat in (*self._library.chats, *self._library.trash):
            if same_name(chat.settings.preset, preset.name):
                named = msgspec.structs.replace(chat.settings, preset=name)
                self._library.change(chat, settings=named)
        return renamed

    def duplicate(self, preset: Preset) -> Preset:
        """Make one of the person's own that is like it, with a name like its."""
        name = self.free_name(preset.name)
        return self.add(name, preset.settings)

    def free_name(self, wanted: str) -> str:
        """That name, or one like it that no other preset has."""
        return self._list.free_name(wanted, others=tuple(p.name for p in self.built_in))

    def checked_name(self, written: str, *, replacing: str = "") -> str:
        """The name as a preset gets it, perhaps in place of another one.

        Raises:
            PresetError: The name is missing or taken.
        """
        name = checked_name(written)
        other = self.find(name)
        if other and not (replacing and same_name(other.name, replacing)):
            raise PresetNameTaken(name=other.name)
        return name

    def move(self, preset: Preset, steps: int) -> None:
        """Move one of the person's own down the list, up where `steps` is negative."""
        self._list.move(preset.name, steps)

    def delete(self, preset: Preset) -> RemovedPreset:
        """Take one of the person's own out; chats keep what they were given."""
        was_default = self.is_default(preset)
        if was_default:
            self._set_default("")
        return RemovedPreset(self._list.remove(preset.name), was_default)

    def put_back(self, removed: RemovedPreset) -> Preset:
        """Bring back what was deleted."""
        preset = self._list.put_back(removed.removed)
        if removed.was_default:
            self.use_for_new_chats(preset)
        return preset

    def use_for_new_chats(self, preset: Preset) -> None:
        """Have chats begin with it from now on."""
        self._set_default("" if preset.name == PLAIN else preset.name)
        self._changed()

    def _set_default(self, name: str) -> None:
        self.default = name
        self._keep_default(name)

    def _changed(self) -> None:
        self._use_default()
        self.on_change()

    def _use_default(self) -> None:
        """Give its settings to the chats to come, and to one in which nothing was said or set."""
        before = self._library.new_settings
        preset = self.find(self.default) if self.default else None
        after = _given_by(preset) if preset else ChatSettings()
        if after == before:
            return
        self._library.new_settings = after
        for chat in self._library.chats:
            if chat.is_loaded and not chat.messages and chat.settings == before:
                self._library.change(chat, settings=after)


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As `resources/presets.toml` has it."""

    name: str
    description: str
    system: str = ""
    effort: Effort | None = None


def read_built_in() -> tuple[BuiltInPreset, ...]:
    """Read those that come along.

    Raises:
        CatalogBroken: The installation is damaged.
    """
    path = package_file("resources/presets.toml")
    try:
        entries = msgspec.convert(read_toml(path).get("presets"), list[_Entry])
    except msgspec.ValidationError as error:
        raise CatalogBroken(name=path.name, reason=str(error)) from None
    return tuple(
        BuiltInPreset(
            name=entry.name,
            description=entry.description,
            settings=ChatSettings(system=entry.system.strip(), effort=entry.effort),
        )
        for entry in entries
    )


def _given_by(preset: Preset) -> ChatSettings:
    """What a chat gets from it."""
    name = "" if preset.name == PLAIN else preset.name
    return msgspec.structs.replace(preset.settings, preset=name)


def _without_name(settings: ChatSettings) -> ChatSettings:
    return msgspec.structs.replace(settings, preset="", system=as_text(settings.system).strip())
