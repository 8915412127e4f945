"""A question cannot be asked as it stands."""

from app.domain.errors.base import AppError


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


class MessagesUnsupported(PromptError):
    """The model's prompt format has no place for something in the messages."""

    sentence = (
        "This model cannot be given these messages: {reason}. Leave that out, or choose another "
        "model."
    )
