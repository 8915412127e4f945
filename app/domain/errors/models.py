"""A model cannot be used."""

from app.domain.errors.base import AppError


class ModelError(AppError):
    """A model cannot be used."""


class ModelNotFound(ModelError):
    """No file and no catalogue entry of that name."""

    sentence = (
        "There is no model “{name}”. Check the path, or leave it out to use the starter model."
    )


class NoModelYet(ModelError):
    """Somebody asks in a window before there is a model on this PC."""

    sentence = (
        "There is no model on this PC yet that could answer. Download one, or open a model file "
        "that you have; what you wrote stays."
    )


class NoModelHere(ModelError):
    """The same on a command line."""

    sentence = (
        "There is no model on this PC yet. `cierzo models download {model}` fetches a small one to "
        "try, `cierzo models list` shows what else fits."
    )


class StarterNotHere(ModelError):
    """The small model to try the app with was not installed along, and not downloaded."""

    sentence = "“{name}” is not on this PC. `cierzo models download {model}` fetches it."


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


class KnownBad(ModelError):
    """A file that the catalogue warns of; it may be used all the same."""

    sentence = "“{name}” is known to be faulty. {reason} It can be used all the same."


class BuildNotFound(ModelError):
    """A model of the catalogue has no such build."""

    sentence = "“{name}” has no build “{build}”. `cierzo models show` lists them."


class SizeUnknown(ModelError):
    """A build of which the catalogue knows neither size nor shape."""

    sentence = (
        "How large the build {build} of “{name}” is, is not known before its repository is asked. "
        "Choose another build."
    )
