"""A preset or a saved prompt cannot be what the person wrote, or not be used as it was."""

from app.domain.errors.base import AppError


class PresetError(AppError):
    """Presets and saved prompts."""


class NameMissing(PresetError):
    """Nothing of the name can be seen."""

    sentence = "It needs a name."


class PresetNameTaken(PresetError):
    """Names are what presets are told apart by."""

    sentence = "There is a preset “{name}” already. Choose another name."


class PromptNameTaken(PresetError):
    """The same for saved prompts."""

    sentence = "There is a prompt “{name}” already. Choose another name."


class PromptEmpty(PresetError):
    """There is nothing to insert."""

    sentence = "A prompt needs some words."


class ChatModelGone(PresetError):
    """The file that a chat asks for is not where it was; the chosen model answers."""

    sentence = (
        "This chat asks for {name}, which is no longer on this PC, so {used} answers. Choose a "
        "model above to go on with that one."
    )
