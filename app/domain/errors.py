"""Everything that can go wrong without anybody having made a bug.

    AppError                    one plain sentence, a stable code, facts with units
      EngineError               EngineCrashed  EngineSilent  EngineKeepsCrashing  EngineMissing
                                ComputeFailed
      ModelError                ModelNotFound  ModelAmbiguous  ModelIsFolder  ModelUnreadable
                                NotAModel  ModelTruncated  ModelDamaged  ModelUnsupported  ModelPart
                                NotEnoughMemory  ContextTooLarge  TemplateBroken
                                ProjectorUnusable  ProjectorMismatch  ModelVersionUnsupported
                                SplitMissing  SplitMixed  SplitRenamed  ShapeUnknown
                                HeaderReaderFailed
      PromptError               ContextFull  PromptTooLong  PasteTooLong  BadMessages  MissingPrompt
                                EffortUnavailable  ThinkingUnavailable  PicturesUnavailable
                                MessagesUnsupported  AlwaysThinks
      PictureError              PictureNotFound  PictureIsFolder  PictureUnreadable  PictureEmpty
                                PictureFileTooLarge  PictureTooLarge  NotAPicture  PictureIsDrawing
                                PictureDamaged  PictureTooSlow  PictureCrashed
                                PictureReaderMissing
                                PictureMissing
      StorageError              FolderUnwritable  SettingsBroken  CatalogBroken
                                CatalogEntryBroken
    WorkerBug                   a defect of ours that a worker reported; carries a report
    Cancelled                   not an error: never shown

The sentence is English and serves the command line and the log; the window translates the
template and fills in the same facts. `detail` is for the report a person may copy: technical,
never their words, never a path of theirs.
"""

import re
from typing import ClassVar

from app.domain.units import format_bytes, format_count

Fact = int | str

_BY_CODE: dict[str, type["AppError"]] = {}


class AppError(Exception):
    """An environment error: shown as one sentence that says what happened and what to do.

    Attributes:
        code: Stable name for programs, derived from the class name.
        sentence: Template; `{name_bytes}` and `{name_tokens}` are formatted by their unit.
        facts: The values for the template.
        detail: Technical context for the report, may be empty.
    """

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        _BY_CODE[cls.code] = cls

    def __init__(self, *, detail: str = "", **facts: Fact) -> None:
        self.facts = facts
        self.detail = detail
        super().__init__(self.fill(self.sentence))

    def fill(self, template: str) -> str:
        """Put the facts into a (translated) template."""
        return template.format(
            **{name: _in_words(name, value) for name, value in self.facts.items()}
        )


def _in_words(name: str, value: Fact) -> str:
    if isinstance(value, int):
        return format_bytes(value) if name.endswith("_bytes") else format_count(value)
    return value


def error_from_code(code: str, facts: dict[str, Fact], detail: str) -> Exception:
    """Rebuild an error that crossed a process boundary.

    Returns:
        The `AppError` of that code, or a `WorkerBug` where the code is unknown.
    """
    known = _BY_CODE.get(code)
    if known is None or not known.sentence:
        return WorkerBug(detail or code)
    return known(detail=detail, **facts)


class WorkerBug(Exception):
    """A defect of ours inside a worker; `args[0]` is the report, without the person's words."""


class Cancelled(Exception):
    """The person stopped it."""


class EngineError(AppError):
    """The engine process failed."""


class EngineCrashed(EngineError):
    """The process died."""

    sentence = "The engine stopped unexpectedly ({reason}). Your text is safe; ask again to go on."


class EngineSilent(EngineError):
    """The watchdog ended a process that made no progress."""

    sentence = (
        "The engine made no progress for {limit_s} seconds while {activity}, so it was stopped. "
        "Try again, or use another model file."
    )


class EngineKeepsCrashing(EngineError):
    """Too many deaths with one model: no further automatic start."""

    sentence = (
        "The engine stopped {deaths} times within ten minutes with “{model}”. "
        "Choose another model, or press Try again to start it once more."
    )


class EngineMissing(EngineError):
    """The worker program or its native library cannot be started."""

    sentence = "The engine could not be started ({reason}). Reinstall Cierzo to repair it."


class ComputeFailed(EngineError):
    """llama.cpp could not evaluate a batch."""

    sentence = (
        "The engine could not compute the answer (status {status}). "
        "Try again; if it keeps happening, choose a smaller context or model."
    )


class ModelError(AppError):
    """A model cannot be used."""


class ModelNotFound(ModelError):
    """No file and no catalogue entry of that name."""

    sentence = (
        "There is no model “{name}”. Check the path, or leave it out to use the starter model."
    )


class ModelIsFolder(ModelError):
    """A directory was given."""

    sentence = "“{name}” is a folder. Choose the .gguf file inside it."


class ModelUnreadable(ModelError):
    """The operating system refuses to read it."""

    sentence = "“{name}” cannot be read ({reason}). Check the file's permissions."


class NotAModel(ModelError):
    """The file does not start like a GGUF."""

    sentence = "“{name}” is not a GGUF model file. Choose a file whose name ends in .gguf."


class ModelTruncated(ModelError):
    """The tensors reach beyond the end of the file."""

    sentence = "“{name}” is incomplete: part of the file is missing. Download it again."


class ModelDamaged(ModelError):
    """The engine refuses the content."""

    sentence = "“{name}” is damaged and cannot be loaded. Download it again."


class ModelUnsupported(ModelError):
    """The engine does not know the architecture."""

    sentence = (
        "“{name}” uses the architecture “{architecture}”, which this version of the engine "
        "does not know. Choose another model, or update Cierzo."
    )


class ModelPart(ModelError):
    """A vision projector, or a later file of a split model."""

    sentence = (
        "“{name}” is only a part of a model (a vision projector, or one of several files). "
        "Choose the main file, or the first one."
    )


class NotEnoughMemory(ModelError):
    """Weights, KV cache and buffers exceed what is free."""

    sentence = (
        "“{name}” with a context of {context_tokens} tokens needs {needed_bytes} of memory and "
        "{free_bytes} are free. Choose a shorter context or a smaller model, or close other "
        "programs."
    )


class ContextTooLarge(ModelError):
    """More context than the model was made for."""

    sentence = (
        "“{name}” reads at most {limit_tokens} tokens at a time; "
        "{context_tokens} were asked for. Choose a smaller context."
    )


class ProjectorUnusable(ModelError):
    """The file is not a vision projector of a kind that is known here."""

    sentence = "“{name}” cannot be used to see pictures. Choose the model's own mmproj file."


class ProjectorMismatch(ModelError):
    """The projector was made for another model."""

    sentence = (
        "“{name}” belongs to another model, so pictures cannot be shown to this one. Choose the "
        "mmproj file that was published with the model."
    )


class ModelVersionUnsupported(ModelError):
    """A GGUF of the first version, of a coming one, or for processors of another kind."""

    sentence = (
        "“{name}” is written in a form of GGUF ({version}) that cannot be read here. "
        "Choose another build of the model."
    )


class SplitMissing(ModelError):
    """A model in several files of which one is not there."""

    sentence = (
        "“{part}” is missing: the model is in {parts} files. Put them all into one folder, or "
        "download the model again."
    )


class SplitMixed(ModelError):
    """A model in several files that do not belong together."""

    sentence = "“{part}” does not fit the model's other files. Download the model again."


class SplitRenamed(ModelError):
    """One of several files, under a name that does not lead to the others."""

    sentence = (
        "“{name}” is one of {parts} files of a model and has another name than it was published "
        "with. Give all of them their own names back."
    )


class ShapeUnknown(ModelError):
    """The metadata do not say what the model costs to run, or it is built in an unusual way."""

    sentence = (
        "How much memory “{name}” needs cannot be told ({reason}). Choose another build of the "
        "model."
    )


class HeaderReaderFailed(ModelError):
    """The process that reads headers could not be started, died or was too slow."""

    sentence = (
        "“{name}” could not be examined ({reason}). Try again; if it keeps happening, download "
        "it again."
    )


class TemplateBroken(ModelError):
    """The chat template inside the file is missing, invalid or refuses the conversation."""

    sentence = (
        "The chat template inside “{name}” does not work ({reason}). "
        "Use an instruct model made for chatting."
    )


class PromptError(AppError):
    """A question cannot be put to the model."""


class ContextFull(PromptError):
    """The conversation does not fit."""

    sentence = (
        "This conversation needs more than the {context_tokens} tokens that the model can keep in "
        "mind (it has at least {needed_tokens}). Shorten the question or start a new chat."
    )


class PromptTooLong(PromptError):
    """More than may be sent to the engine at once."""

    sentence = "The text is {text_bytes} long, more than any model here can read. Shorten it."


class PasteTooLong(PromptError):
    """More text than the composer takes."""

    sentence = (
        "That text has {characters} characters, more than any model here can read at once. "
        "Nothing was inserted."
    )


class BadMessages(PromptError):
    """A messages file or message list is malformed."""

    sentence = "The messages cannot be used: {reason}."


class MissingPrompt(PromptError):
    """Nothing was asked."""

    sentence = "There is nothing to ask: the question is empty."


class EffortUnavailable(PromptError):
    """The model cannot do the requested effort."""

    sentence = "“{name}” cannot do “{effort}”: it always answers at once. Leave the effort out."


class AlwaysThinks(PromptError):
    """A quick answer was asked of a model that always thinks."""

    sentence = "“{name}” cannot do “{effort}”: it always thinks first. Leave the effort out."


class ThinkingUnavailable(PromptError):
    """A thinking budget for a model that does not think."""

    sentence = "“{name}” does not think before it answers. Leave the thinking budget out."


class PicturesUnavailable(PromptError):
    """A picture for a model that has no vision projector."""

    sentence = "“{name}” reads text only: no vision projector (mmproj) for it was found."


class PictureError(AppError):
    """A picture cannot be attached."""


class PictureNotFound(PictureError):
    """No file of that name."""

    sentence = "There is no picture “{name}”. Check the path."


class PictureIsFolder(PictureError):
    """A directory was given."""

    sentence = "“{name}” is a folder. Choose a picture inside it."


class PictureUnreadable(PictureError):
    """The operating system refuses to read it."""

    sentence = "“{name}” cannot be read ({reason}). Check the file's permissions."


class PictureEmpty(PictureError):
    """A file without a byte."""

    sentence = "“{name}” is empty. Choose another picture."


class PictureFileTooLarge(PictureError):
    """More bytes than are read."""

    sentence = (
        "“{name}” is larger than {limit_bytes}, the most that a picture's file may have. "
        "Save a smaller copy and choose that."
    )


class PictureTooLarge(PictureError):
    """More pixels than are decoded, or a file that pretends to have them."""

    sentence = (
        "“{name}” is too large to be opened safely: a picture may have {limit_megapixels} million "
        "pixels. Save a smaller copy and choose that."
    )


class NotAPicture(PictureError):
    """The content belongs to none of the formats, whatever the name says."""

    sentence = (
        "“{name}” is not a picture that can be opened. "
        "Choose a PNG, JPEG, WebP, AVIF, GIF, BMP, TIFF or HEIC file."
    )


class PictureIsDrawing(PictureError):
    """An SVG: instructions instead of pixels."""

    sentence = "“{name}” is an SVG drawing, which has no pixels. Save it as PNG and choose that."


class PictureDamaged(PictureError):
    """It begins like a picture and cannot be decoded to its end."""

    sentence = "“{name}” is damaged or incomplete. Choose another copy of the picture."


class PictureTooSlow(PictureError):
    """The watchdog or the system's limit ended the process that opened it."""

    sentence = (
        "“{name}” took too long to open, so it was stopped. "
        "Save the picture as PNG or JPEG and choose that."
    )


class PictureCrashed(PictureError):
    """The process that opened it died."""

    sentence = (
        "“{name}” stopped the program part that opens pictures ({reason}). "
        "Save the picture as PNG or JPEG and choose that."
    )


class PictureReaderMissing(PictureError):
    """The worker program or its libraries cannot be started."""

    sentence = "Pictures cannot be opened ({reason}). Reinstall Cierzo to repair it."


class PictureMissing(PictureError):
    """The prepared pixels are gone, or are not what they were."""

    sentence = (
        "A picture of this conversation is no longer on the disk. Attach it again, or start a new "
        "chat."
    )


class MessagesUnsupported(PromptError):
    """The model's prompt format has no place for something in the messages."""

    sentence = (
        "This model cannot be given these messages: {reason}. Leave that out, or choose another "
        "model."
    )


class StorageError(AppError):
    """A file of ours cannot be read or written."""


class FolderUnwritable(StorageError):
    """A data folder cannot be used."""

    sentence = "The folder “{folder}” cannot be used ({reason}). Choose another with --home."


class SettingsBroken(StorageError):
    """The settings file is no valid JSON, or holds values of a wrong kind."""

    sentence = (
        "Your settings could not be read, so the defaults are used. The old file will be kept as "
        "“{name}”."
    )


class CatalogBroken(StorageError):
    """models.toml is invalid."""

    sentence = "The model catalogue “{name}” cannot be read: {reason}."


class CatalogEntryBroken(StorageError):
    """One entry of a models.toml is invalid; the others are used."""

    sentence = (
        "“{entry}” in the model catalogue “{name}” was left out: its key “{key}” is wrong "
        "({reason}). Mend the entry or remove it."
    )
