"""GGUFs of a few hundred kilobytes with random weights, written in milliseconds."""

import pathlib

import gguf
import msgspec

from tests.helpers.tiny_models.byte_alphabet import byte_alphabet
from tests.helpers.tiny_models.llama_blocks import LlamaShape, add_llama_blocks, add_llama_keys
from tests.helpers.tiny_models.weights import Weights

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTROLS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "[INST]", "[/INST]", "</s>")
# Found by llama.cpp in any text, even where control tokens are not.
TAGS = ("<|tag|>",)
_SHAPE = LlamaShape(embedding=64, heads=4, kv_heads=4, head_size=64, feed_forward=128)


def write_tiny_llama(
    path: pathlib.Path,
    *,
    template: str | None = CHATML,
    context_tokens: int = 2048,
    layers: int = 2,
    claimed_layers: int | None = None,
    architecture: str = "llama",
) -> pathlib.Path:
    """Write a llama-architecture model with a byte-level vocabulary.

    `claimed_layers` makes the header lie about the number of layers.
    """
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("Tiny")
    claimed = msgspec.structs.replace(_SHAPE, layers=claimed_layers or layers)
    add_llama_keys(writer, claimed, context_tokens=context_tokens)
    tokens = _add_vocabulary(writer)
    if template is not None:
        writer.add_chat_template(template)
    weights = Weights(writer)
    weights.add_random("token_embd.weight", len(tokens), _SHAPE.embedding)
    weights.add_ones("output_norm.weight", _SHAPE.embedding)
    weights.add_random("output.weight", len(tokens), _SHAPE.embedding)
    add_llama_blocks(weights, msgspec.structs.replace(_SHAPE, layers=layers))
    weights.write()
    return path


def _add_vocabulary(writer: gguf.GGUFWriter) -> list[str]:
    byte_tokens = list(byte_alphabet())
    tokens = [*CONTROLS, *TAGS, *byte_tokens, "he"]
    kinds = [gguf.TokenType.CONTROL] * len(CONTROLS)
    kinds += [gguf.TokenType.USER_DEFINED] * len(TAGS)
    kinds += [gguf.TokenType.NORMAL] * (len(byte_tokens) + 1)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(["h e"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    return tokens
