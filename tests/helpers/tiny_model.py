"""GGUFs of a few hundred kilobytes with random weights, written in milliseconds."""

import pathlib

import gguf
import numpy as np

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTROLS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "[INST]", "[/INST]", "</s>")
# Found by llama.cpp in any text, even where control tokens are not.
TAGS = ("<|tag|>",)
_EMBEDDING, _HEADS, _HEAD_SIZE, _FEED_FORWARD = 64, 4, 64, 128


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
    writer.add_context_length(context_tokens)
    writer.add_embedding_length(_EMBEDDING)
    writer.add_block_count(claimed_layers or layers)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_key_length(_HEAD_SIZE)
    writer.add_value_length(_HEAD_SIZE)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_HEAD_SIZE)
    tokens = _add_vocabulary(writer)
    if template is not None:
        writer.add_chat_template(template)
    _add_tensors(writer, vocabulary=len(tokens), layers=layers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: gguf.GGUFWriter) -> list[str]:
    byte_tokens = list(_byte_alphabet())
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


def _byte_alphabet() -> str:
    """GPT-2's printable stand-ins for the 256 bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = (byte for byte in range(256) if byte not in printable)
    stand_ins = {byte: chr(byte) for byte in printable}
    stand_ins |= {byte: chr(256 + i) for i, byte in enumerate(others)}
    return "".join(stand_ins[byte] for byte in range(256))


def _add_tensors(writer: gguf.GGUFWriter, *, vocabulary: int, layers: int) -> None:
    random = np.random.default_rng(7)

    def add(name: str, *shape: int) -> None:
        values = random.standard_normal(shape) / np.sqrt(shape[-1])
        writer.add_tensor(name, values.astype(np.float16))

    def add_ones(name: str) -> None:
        writer.add_tensor(name, np.ones(_EMBEDDING, dtype=np.float32))

    heads = _HEADS * _HEAD_SIZE
    add("token_embd.weight", vocabulary, _EMBEDDING)
    add_ones("output_norm.weight")
    add("output.weight", vocabulary, _EMBEDDING)
    for layer in range(layers):
        block = f"blk.{layer}"
        add_ones(f"{block}.attn_norm.weight")
        add_ones(f"{block}.ffn_norm.weight")
        for name in ("attn_q", "attn_k", "attn_v"):
            add(f"{block}.{name}.weight", heads, _EMBEDDING)
        add(f"{block}.attn_output.weight", _EMBEDDING, heads)
        add(f"{block}.ffn_gate.weight", _FEED_FORWARD, _EMBEDDING)
        add(f"{block}.ffn_up.weight", _FEED_FORWARD, _EMBEDDING)
        add(f"{block}.ffn_down.weight", _EMBEDDING, _FEED_FORWARD)
