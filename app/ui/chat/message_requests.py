"""What a person can want of a message on the screen."""

import msgspec

from app.domain.chat import Effort
from app.domain.model_file import ModelFile


class TakeBack(msgspec.Struct, frozen=True):
    """Have a question back in the composer that nobody has answered."""

    message_id: int


class AskAgain(msgspec.Struct, frozen=True):
    """Ask a question once more that got no answer."""

    message_id: int


class AnswerNow(msgspec.Struct, frozen=True):
    """Have the thought ended that an answer is in."""

    message_id: int


class AnswerAgain(msgspec.Struct, frozen=True):
    """Have another answer beside this one, perhaps in another mode or from another model."""

    message_id: int
    effort: Effort | None = None
    model: ModelFile | None = None


class GoOn(msgspec.Struct, frozen=True):
    """Have an answer continued that ended too early."""

    message_id: int


class Rewrite(msgspec.Struct, frozen=True):
    """Have other words in the place of a message; its own are kept as a variant."""

    message_id: int
    text: str


class ShowVariant(msgspec.Struct, frozen=True):
    """Go on from that variant."""

    message_id: int


class Compare(msgspec.Struct, frozen=True):
    """See this one and another variant side by side."""

    message_id: int


class DeleteVariant(msgspec.Struct, frozen=True):
    """Take this one out with all that follows it."""

    message_id: int


MessageRequest = (
    TakeBack
    | AskAgain
    | AnswerNow
    | AnswerAgain
    | GoOn
    | Rewrite
    | ShowVariant
    | Compare
    | DeleteVariant
)
