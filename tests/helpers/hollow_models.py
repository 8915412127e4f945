"""GGUFs with the real dimensions of large models, and holes in place of their weights."""

import pathlib

import gguf
import numpy as np

from app.domain.model_shape import ModelShape

_ALIGNMENT = 32
_FLOAT, _HALF, _BYTE = (gguf.GGMLQuantizationType[name] for name in ("F32", "F16", "Q8_0"))


def write_hollow(path: pathlib.Path, architecture: str, shape: ModelShape) -> pathlib.Path:
    """Write the header; the rest of the file is a hole, which takes no room on the disk."""
    hollow = _Hollow(path, architecture)
    _add_keys(hollow.writer, shape)
    hollow.add("token_embd.weight", shape.embedding, shape.vocabulary)
    hollow.add("output_norm.weight", shape.embedding, quant=_FLOAT)
    if not shape.is_tied:
        hollow.add("output.weight", shape.embedding, shape.vocabulary)
    for layer in range(shape.layers):
        for name in ("attn_norm", "ffn_norm"):
            hollow.add(f"blk.{layer}.{name}.weight", shape.embedding, quant=_FLOAT)
        _add_attention(hollow, f"blk.{layer}", shape)
        is_routed = shape.experts > 0 and layer >= shape.dense_layers
        _add_feed_forward(hollow, f"blk.{layer}", shape, is_routed=is_routed)
    hollow.write()
    return path


class _Hollow:
    def __init__(self, path: pathlib.Path, architecture: str) -> None:
        self.writer = gguf.GGUFWriter(path, architecture)
        self._path = path
        self._bytes = 0

    def add(self, name: str, *lengths: int, quant: gguf.GGMLQuantizationType = _BYTE) -> None:
        """Announce a tensor, the contiguous dimension first."""
        block, size = gguf.GGML_QUANT_SIZES[quant]
        total = int(np.prod(lengths, dtype=np.int64)) // block * size
        self.writer.add_tensor_info(
            name, lengths[::-1], np.dtype(np.float32), total, raw_dtype=quant
        )
        self._bytes += -(-total // _ALIGNMENT) * _ALIGNMENT

    def write(self) -> None:
        """Write what there is, and make the file as long as if it were whole."""
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_ti_data_to_file()
        self.writer.close()
        header = -(-self._path.stat().st_size // _ALIGNMENT) * _ALIGNMENT
        with self._path.open("r+b") as file:
            file.truncate(header + self._bytes)


def _add_keys(writer: gguf.GGUFWriter, shape: ModelShape) -> None:
    writer.add_tokenizer_model("none")
    writer.add_vocab_size(shape.vocabulary)
    writer.add_context_length(262_144)
    writer.add_embedding_length(shape.embedding)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward or shape.expert_feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    if shape.kv_lora_rank:
        writer.add_q_lora_rank(shape.q_lora_rank)
        writer.add_kv_lora_rank(shape.kv_lora_rank)
        writer.add_key_length(shape.kv_lora_rank + shape.rope_length)
        writer.add_value_length(shape.kv_lora_rank)
        writer.add_key_length_mla(shape.key_length)
        writer.add_value_length_mla(shape.value_length)
        writer.add_rope_dimension_count(shape.rope_length)
        writer.add_leading_dense_block_count(shape.dense_layers)
        writer.add_expert_shared_count(shape.shared_experts)
        writer.add_expert_feed_forward_length(shape.expert_feed_forward)
    else:
        writer.add_key_length(shape.key_length)
        writer.add_value_length(shape.value_length)
        writer.add_rope_dimension_count(shape.key_length)
    if shape.experts:
        writer.add_expert_count(shape.experts)
        writer.add_expert_used_count(shape.experts_used)


def _add_attention(hollow: _Hollow, block: str, shape: ModelShape) -> None:
    stream, queries = shape.embedding, shape.heads * shape.key_length
    hollow.add(f"{block}.attn_output.weight", shape.heads * shape.value_length, stream)
    if not shape.kv_lora_rank:
        hollow.add(f"{block}.attn_q.weight", stream, queries)
        hollow.add(f"{block}.attn_k.weight", stream, shape.kv_heads * shape.key_length)
        hollow.add(f"{block}.attn_v.weight", stream, shape.kv_heads * shape.value_length)
        return
    q_rank, rank, rope = shape.q_lora_rank, shape.kv_lora_rank, shape.rope_length
    hollow.add(f"{block}.attn_q_a_norm.weight", q_rank, quant=_FLOAT)
    hollow.add(f"{block}.attn_kv_a_norm.weight", rank, quant=_FLOAT)
    hollow.add(f"{block}.attn_q_a.weight", stream, q_rank)
    hollow.add(f"{block}.attn_q_b.weight", q_rank, queries)
    hollow.add(f"{block}.attn_kv_a_mqa.weight", stream, rank + rope)
    hollow.add(f"{block}.attn_k_b.weight", shape.key_length - rope, rank, shape.heads, quant=_HALF)
    hollow.add(f"{block}.attn_v_b.weight", rank, shape.value_length, shape.heads, quant=_HALF)


def _add_feed_forward(hollow: _Hollow, block: str, shape: ModelShape, *, is_routed: bool) -> None:
    stream = shape.embedding
    if not is_routed:
        _add_gated(hollow, f"{block}.ffn", "", stream, shape.feed_forward)
        return
    inner = shape.expert_feed_forward or shape.feed_forward
    hollow.add(f"{block}.ffn_gate_inp.weight", stream, shape.experts, quant=_FLOAT)
    _add_gated(hollow, f"{block}.ffn", "_exps", stream, inner, shape.experts)
    if shape.shared_experts:
        _add_gated(hollow, f"{block}.ffn", "_shexp", stream, inner * shape.shared_experts)


def _add_gated(
    hollow: _Hollow, stem: str, suffix: str, stream: int, inner: int, *experts: int
) -> None:
    for name in ("gate", "up"):
        hollow.add(f"{stem}_{name}{suffix}.weight", stream, inner, *experts)
    hollow.add(f"{stem}_down{suffix}.weight", inner, stream, *experts)
