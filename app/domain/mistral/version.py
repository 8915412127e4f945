"""The versions of Mistral's prompt format and how to tell which one a vocabulary belongs to."""

from collections.abc import Collection
from enum import StrEnum


class TokenizerVersion(StrEnum):
    """Named as in Mistral's reference; the numbers in between were never published."""

    V1 = "v1"
    V2 = "v2"
    V3 = "v3"
    V7 = "v7"
    V11 = "v11"
    V13 = "v13"
    V15 = "v15"


# Newest first: a vocabulary has the marks of the older versions too.
_MARKS = (
    (TokenizerVersion.V15, frozenset({"[MODEL_SETTINGS]", "[/MODEL_SETTINGS]"})),
    (TokenizerVersion.V13, frozenset({"[THINK]", "[/THINK]"})),
    (TokenizerVersion.V11, frozenset({"[CALL_ID]", "[ARGS]"})),
    (TokenizerVersion.V7, frozenset({"[SYSTEM_PROMPT]", "[TOOL_CONTENT]"})),
)
_TURN_MARKS = frozenset({"[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[TOOL_CALLS]"})


def recognise(special_tokens: Collection[str], *, is_spm: bool) -> TokenizerVersion | None:
    """Tell the version from the special tokens of a model file.

    v1 has no special tokens of its own, so it cannot be told from any other SentencePiece
    vocabulary. Neither can v13 models that do not think be told from v11: both are for the
    catalogue to say.

    Args:
        special_tokens: Texts of the vocabulary's special tokens.
        is_spm: The vocabulary is SentencePiece, not Tekken.

    Returns:
        None where the vocabulary is v1's or not Mistral's at all.
    """
    tokens = frozenset(special_tokens)
    if not tokens >= _TURN_MARKS:
        return None
    for version, marks in _MARKS:
        if tokens >= marks:
            return version
    return TokenizerVersion.V2 if is_spm and "[IMG]" not in tokens else TokenizerVersion.V3
