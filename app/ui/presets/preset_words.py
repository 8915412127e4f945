"""Presets in the person's language: those that come along are translated, their own are theirs."""

from PySide6.QtCore import QCoreApplication

from app.domain.chat import Effort
from app.domain.kept_chat import ChatSettings, Preset
from app.domain.names import clean_name
from app.services.chat_presets import BuiltInPreset, Used
from app.ui.quantities import format_number

_EXCERPT_CHARACTERS = 60
_MODEL_CHARACTERS = 24


def _tr(text: str) -> str:
    return QCoreApplication.translate("presets", text)


def preset_name(preset: Preset) -> str:
    """What it is called."""
    return _tr(preset.name) if isinstance(preset, BuiltInPreset) else preset.name


def used_words(used: Used) -> str:
    """What a chat is answered like."""
    if used.preset is None:
        return _tr("Own settings")
    name = preset_name(used.preset)
    return _tr("{name} (changed)").format(name=name) if used.is_changed else name


def preset_line(preset: Preset) -> str:
    """What it does, in one line."""
    if isinstance(preset, BuiltInPreset):
        return _tr(preset.description)
    return settings_line(preset.settings)


def settings_line(settings: ChatSettings) -> str:
    """What settings do, in one line."""
    parts = []
    if settings.effort:
        parts.append(effort_words(settings.effort))
    if settings.model:
        parts.append(_tr("Uses {model}").format(model=shortened(settings.model, _MODEL_CHARACTERS)))
    if settings.system:
        parts.append(excerpt(settings.system))
    if settings.temperature is not None:
        parts.append(_tr("Temperature {value}").format(value=format_number(settings.temperature)))
    return " · ".join(parts) or _tr("Nothing is added to your question")


def effort_words(effort: Effort | None) -> str:
    """A mode, or none in particular."""
    return {Effort.FAST: _tr("Fast"), Effort.DEEP: _tr("Deep"), None: _tr("Any")}[effort]


def excerpt(text: str) -> str:
    """The beginning of a text, in one line."""
    return shortened(clean_name(text[: 4 * _EXCERPT_CHARACTERS]), _EXCERPT_CHARACTERS)


def shortened(text: str, characters: int) -> str:
    """As much of a text as that, for where it cannot be elided by its width."""
    return text if len(text) <= characters else text[: characters - 1].rstrip() + "…"
