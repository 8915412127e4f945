"""Mistral's sentencepiece vocabularies, in full."""

import functools
import pathlib
import tempfile

import gguf

from tests.helpers.reference import load_reference
from tests.helpers.tiny_models.vocabulary import Vocabulary

_REFERENCES = {"v1": "v1", "v2": "v2", "v3": "v3-spm", "v7": "v7-spm"}


@functools.cache
def spm_vocabulary(version: str) -> Vocabulary:
    """The vocabulary of a tokenizer version: "v1", "v2", "v3" or "v7".

    There is no `tokenizer.ggml.add_space_prefix`: llama.cpp's own conversion of Mistral's files
    leaves it out, and then a text gets a space in front, as the reference does.
    """
    with tempfile.TemporaryDirectory() as folder:
        pieces = load_reference(_REFERENCES[version], pathlib.Path(folder)).spm_pieces
    return Vocabulary(
        model="llama",
        pre="default",
        tokens=tuple(piece.text for piece in pieces),
        kinds=tuple(gguf.TokenType(piece.kind) for piece in pieces),
        scores=tuple(piece.score for piece in pieces),
        space="▁",
    )
