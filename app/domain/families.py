"""What the catalogue knows of a family of models, as the engine and the window need it."""

import re
from collections.abc import Iterable

import msgspec

from app.domain.chat import Effort, Sampling, Thinking


class Family(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Models of one shape that are to be used alike.

    Attributes:
        architecture: As GGUFs name it.
        parameters: Of the text model, exactly: with the architecture it identifies the family.
        name_words: Must occur in the GGUF's own name, where siblings have the same shape; without
            spaces and signs.
        context_limit_tokens: What the product allows, whatever the GGUF claims.
        tokenizer: Version of Mistral's tokenizer, where the vocabulary does not tell; "" else.
        sampling: What Mistral recommends, by effort.
    """

    id: str
    name: str
    architecture: str
    parameters: int
    name_words: tuple[str, ...] = ()
    context_limit_tokens: int
    tokenizer: str = ""
    thinking: Thinking = Thinking.NEVER
    sampling: dict[Effort, Sampling] = {}


def find_family(
    families: Iterable[Family], *, architecture: str, parameters: int, name: str
) -> Family | None:
    """Find the family of a GGUF by its own metadata; the first one that fits."""
    plain_name = re.sub(r"[^a-z0-9]", "", name.lower())
    return next(
        (
            family
            for family in families
            if family.architecture == architecture
            and family.parameters == parameters
            and all(word in plain_name for word in family.name_words)
        ),
        None,
    )


def recommended_sampling(
    families: Iterable[Family], family_id: str, effort: Effort | None
) -> Sampling:
    """What Mistral recommends for a family; the usual values where the catalogue knows nothing.

    A model that cannot switch has one recommendation, whatever the effort.
    """
    family = next((family for family in families if family.id == family_id), None)
    advice = family.sampling if family else {}
    return advice.get(effort or Effort.FAST) or next(iter(advice.values()), Sampling())
