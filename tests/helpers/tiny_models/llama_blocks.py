"""Keys and tensors that llama, Mixtral and mistral3 have in common."""

import gguf
import msgspec

from tests.helpers.tiny_models.weights import Weights


class LlamaShape(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes of a model; `experts` 0 makes it dense."""

    embedding: int
    heads: int = 4
    kv_heads: int = 2
    head_size: int = 32
    feed_forward: int = 256
    layers: int = 2
    experts: int = 0
    experts_used: int = 2


def add_llama_keys(writer: gguf.GGUFWriter, shape: LlamaShape, *, context_tokens: int) -> None:
    """Write the sizes and what else the loader requires."""
    writer.add_context_length(context_tokens)
    writer.add_embedding_length(shape.embedding)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_size)
    writer.add_value_length(shape.head_size)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.head_size)
    if shape.experts:
        writer.add_expert_count(shape.experts)
        writer.add_expert_used_count(shape.experts_used)


def add_llama_blocks(weights: Weights, shape: LlamaShape, *, is_silent: bool = False) -> None:
    """Write every block; silent blocks hand on what they get, unchanged."""
    add_last = weights.add_zeros if is_silent else weights.add_random
    heads, kv_heads = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    for layer in range(shape.layers):
        block = f"blk.{layer}"
        weights.add_ones(f"{block}.attn_norm.weight", shape.embedding)
        weights.add_ones(f"{block}.ffn_norm.weight", shape.embedding)
        weights.add_random(f"{block}.attn_q.weight", heads, shape.embedding)
        weights.add_random(f"{block}.attn_k.weight", kv_heads, shape.embedding)
        weights.add_random(f"{block}.attn_v.weight", kv_heads, shape.embedding)
        add_last(f"{block}.attn_output.weight", shape.embedding, heads)
        experts, suffix = (), ""
        if shape.experts:
            weights.add_random_float(f"{block}.ffn_gate_inp.weight", shape.experts, shape.embedding)
            experts, suffix = (shape.experts,), "_exps"
        inner = (shape.feed_forward, shape.embedding)
        weights.add_random(f"{block}.ffn_gate{suffix}.weight", *experts, *inner)
        weights.add_random(f"{block}.ffn_up{suffix}.weight", *experts, *inner)
        add_last(f"{block}.ffn_down{suffix}.weight", *experts, *reversed(inner))
