"""A model that says what a test wants: the next token is a function of the last one.

Every scripted token has an axis of the embedding to itself, all others share one. The blocks add
nothing, so the last norm hands the axis of the last token to the output matrix, where exactly one
row answers to it. Its logit is 100 and every other one 0: the script holds at any temperature up
to 5, at any position, and in any batch.
"""

import itertools
import pathlib
from collections.abc import Mapping

import gguf
import numpy as np

from tests.helpers.tiny_models.chat_template import mistral_template
from tests.helpers.tiny_models.llama_blocks import LlamaShape, add_llama_blocks, add_llama_keys
from tests.helpers.tiny_models.tekken import EMBEDDING, tekken_vocabulary
from tests.helpers.tiny_models.vocabulary import Vocabulary
from tests.helpers.tiny_models.weights import Weights

Token = str | int
_SHAPE = LlamaShape(embedding=EMBEDDING, layers=1, feed_forward=64)
_LOGIT = 100.0


def chain(*tokens: Token) -> dict[Token, Token]:
    """The successors that make up one succession of tokens.

    Raises:
        ValueError: A token comes twice and goes on differently.
    """
    successors: dict[Token, Token] = {}
    for token, successor in itertools.pairwise(tokens):
        if successors.setdefault(token, successor) != successor:
            raise ValueError(f"{token!r} cannot have two successors")
    return successors


def write_scripted(
    path: pathlib.Path,
    successors: Mapping[Token, Token],
    *,
    default: Token = "</s>",
    version: str = "v15",
) -> pathlib.Path:
    """Write a model with a Tekken vocabulary that follows a script.

    Args:
        path: Where to.
        successors: What comes after which token: text of a single token (" a", "[THINK]") or id.
        default: What comes after every other token.
        version: Of the tokenizer.

    Raises:
        ValueError: A text is not a single token, or more than 255 tokens are scripted.
    """
    vocabulary = tekken_vocabulary(version)
    embeddings, outputs = _matrices(vocabulary, successors, default)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Scripted")
    add_llama_keys(writer, _SHAPE, context_tokens=32768)
    vocabulary.add_to(writer, template=mistral_template(version))
    weights = Weights(writer)
    weights.add_matrix("token_embd.weight", embeddings)
    weights.add_ones("output_norm.weight", _SHAPE.embedding)
    weights.add_matrix("output.weight", outputs)
    add_llama_blocks(weights, _SHAPE, is_silent=True)
    weights.write()
    return path


def _matrices(
    vocabulary: Vocabulary, successors: Mapping[Token, Token], default: Token
) -> tuple[np.ndarray, np.ndarray]:
    """Token embeddings and output matrix; axis 0 is the one that unscripted tokens share."""
    size, axes = len(vocabulary.tokens), _SHAPE.embedding
    if len(successors) >= axes:
        raise ValueError(f"at most {axes - 1} tokens can be scripted")
    # A row that has one entry, of the root of its length, is its own root mean square norm.
    unit = np.sqrt(axes)
    embeddings = np.zeros((size, axes), dtype=np.float32)
    outputs = np.zeros((size, axes), dtype=np.float32)
    embeddings[:, 0] = unit
    outputs[_id(vocabulary, default), 0] = _LOGIT / unit
    for axis, (token, successor) in enumerate(successors.items(), start=1):
        row = embeddings[_id(vocabulary, token)]
        row[0], row[axis] = 0, unit
        outputs[_id(vocabulary, successor), axis] = _LOGIT / unit
    return embeddings, outputs


def _id(vocabulary: Vocabulary, token: Token) -> int:
    return token if isinstance(token, int) else vocabulary.id_of(token)
