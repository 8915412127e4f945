"""Mistral's Tekken vocabulary, cut as the reference's: 1,000 special tokens and 8,000 others."""

import functools
import pathlib
import tempfile
from collections.abc import Sequence

import gguf

from tests.helpers.reference import load_reference
from tests.helpers.tiny_models.byte_alphabet import in_byte_alphabet
from tests.helpers.tiny_models.vocabulary import Vocabulary

# Of every model with this vocabulary, so that one projector fits them all.
EMBEDDING = 256
_REFERENCES = {
    "v3": "v3-tekken-image",
    "v7": "v7-tekken-image",
    "v11": "v11-image",
    "v13": "v13-image-think",
    "v13-plain": "v13",
    "v15": "v15-image-think",
}
_BYTES = 256


@functools.cache
def tekken_vocabulary(version: str) -> Vocabulary:
    """The vocabulary of a tokenizer version: "v3", "v7", "v11", "v13" or "v15".

    "v13-plain" has no tokens for thinking.
    """
    with tempfile.TemporaryDirectory() as folder:
        reference = load_reference(_REFERENCES[version], pathlib.Path(folder))
    specials = sorted(reference.special_tokens, key=reference.special_tokens.__getitem__)
    entries = reference.normal_tokens
    kinds = (gguf.TokenType.CONTROL,) * len(specials) + (gguf.TokenType.NORMAL,) * len(entries)
    return Vocabulary(
        model="gpt2",
        pre="tekken",
        tokens=(*specials, *map(in_byte_alphabet, entries)),
        kinds=kinds,
        space=in_byte_alphabet(b" "),
        merges=_merges(entries),
        pad=reference.special_tokens["<pad>"],
    )


@functools.cache
def _merges(entries: Sequence[bytes]) -> tuple[str, ...]:
    """Every way to cut an entry into two others, by the rank of the entry."""
    ranks = {entry: rank for rank, entry in enumerate(entries)}
    merges: list[str] = []
    for entry in entries[_BYTES:]:
        cuts = [(entry[:i], entry[i:]) for i in range(1, len(entry))]
        pairs = [(ranks[a], ranks[b]) for a, b in cuts if a in ranks and b in ranks]
        merges += (
            f"{in_byte_alphabet(entries[a])} {in_byte_alphabet(entries[b])}"
            for a, b in sorted(pairs)
        )
    return tuple(merges)
