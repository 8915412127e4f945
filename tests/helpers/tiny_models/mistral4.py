"""Mistral Small 4's architecture: compressed attention (MLA), eight experts and a shared one."""

import pathlib

import gguf

from tests.helpers.tiny_models.chat_template import mistral_template
from tests.helpers.tiny_models.tekken import EMBEDDING, tekken_vocabulary
from tests.helpers.tiny_models.weights import Quant, Weights

_LAYERS, _HEADS = 4, 4
_Q_RANK, _KV_RANK = 64, 64
_ROPE, _NOPE, _VALUE = 32, 32, 64
_EXPERTS, _EXPERTS_USED, _FEED_FORWARD = 8, 2, 128
_ORIGINAL_CONTEXT_TOKENS = 8192


def write_mistral4(
    path: pathlib.Path,
    *,
    version: str = "v15",
    fused_experts: bool = False,
    context_tokens: int = 262_144,
    quant: Quant = "f16",
) -> pathlib.Path:
    """Write the model; fused experts have gate and up in one tensor, as some conversions do."""
    writer = gguf.GGUFWriter(path, "mistral4")
    writer.add_name("Mistral Small 4 Tiny")
    _add_keys(writer, context_tokens)
    vocabulary = tekken_vocabulary(version)
    vocabulary.add_to(writer, template=mistral_template(version))
    weights = Weights(writer, quant=quant)
    size = len(vocabulary.tokens)
    weights.add_random("token_embd.weight", size, EMBEDDING)
    weights.add_ones("output_norm.weight", EMBEDDING)
    weights.add_random("output.weight", size, EMBEDDING, silent_rows=vocabulary.controls)
    for layer in range(_LAYERS):
        _add_attention(weights, f"blk.{layer}")
        _add_experts(weights, f"blk.{layer}", is_fused=fused_experts)
    weights.write()
    return path


def _add_keys(writer: gguf.GGUFWriter, context_tokens: int) -> None:
    writer.add_context_length(context_tokens)
    writer.add_embedding_length(EMBEDDING)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(_ROPE)
    writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
    writer.add_rope_scaling_factor(128.0)
    writer.add_rope_scaling_orig_ctx_len(_ORIGINAL_CONTEXT_TOKENS)
    writer.add_rope_scaling_yarn_beta_fast(32.0)
    writer.add_rope_scaling_yarn_beta_slow(1.0)
    writer.add_rope_scaling_yarn_log_mul(0.1)
    writer.add_attn_temperature_scale(0.1)
    writer.add_attn_temperature_length(_ORIGINAL_CONTEXT_TOKENS)
    writer.add_leading_dense_block_count(0)
    writer.add_q_lora_rank(_Q_RANK)
    writer.add_kv_lora_rank(_KV_RANK)
    writer.add_key_length(_KV_RANK + _ROPE)
    writer.add_value_length(_KV_RANK)
    writer.add_key_length_mla(_NOPE + _ROPE)
    writer.add_value_length_mla(_VALUE)
    writer.add_expert_count(_EXPERTS)
    writer.add_expert_used_count(_EXPERTS_USED)
    writer.add_expert_shared_count(1)
    writer.add_expert_feed_forward_length(_FEED_FORWARD)
    writer.add_expert_weights_norm(True)
    writer.add_expert_weights_scale(1.0)


def _add_attention(weights: Weights, block: str) -> None:
    weights.add_ones(f"{block}.attn_norm.weight", EMBEDDING)
    weights.add_ones(f"{block}.attn_q_a_norm.weight", _Q_RANK)
    weights.add_ones(f"{block}.attn_kv_a_norm.weight", _KV_RANK)
    weights.add_random(f"{block}.attn_q_a.weight", _Q_RANK, EMBEDDING)
    weights.add_random(f"{block}.attn_q_b.weight", _HEADS * (_NOPE + _ROPE), _Q_RANK)
    weights.add_random(f"{block}.attn_kv_a_mqa.weight", _KV_RANK + _ROPE, EMBEDDING)
    weights.add_random(f"{block}.attn_k_b.weight", _HEADS, _KV_RANK, _NOPE)
    weights.add_random(f"{block}.attn_v_b.weight", _HEADS, _VALUE, _KV_RANK)
    weights.add_random(f"{block}.attn_output.weight", EMBEDDING, _HEADS * _VALUE)


def _add_experts(weights: Weights, block: str, *, is_fused: bool) -> None:
    weights.add_ones(f"{block}.ffn_norm.weight", EMBEDDING)
    weights.add_random_float(f"{block}.ffn_gate_inp.weight", _EXPERTS, EMBEDDING)
    if is_fused:
        weights.add_random(
            f"{block}.ffn_gate_up_exps.weight", _EXPERTS, 2 * _FEED_FORWARD, EMBEDDING
        )
    else:
        for name in ("ffn_gate_exps", "ffn_up_exps"):
            weights.add_random(f"{block}.{name}.weight", _EXPERTS, _FEED_FORWARD, EMBEDDING)
    weights.add_random(f"{block}.ffn_down_exps.weight", _EXPERTS, EMBEDDING, _FEED_FORWARD)
    weights.add_random(f"{block}.ffn_gate_shexp.weight", _FEED_FORWARD, EMBEDDING)
    weights.add_random(f"{block}.ffn_up_shexp.weight", _FEED_FORWARD, EMBEDDING)
    weights.add_random(f"{block}.ffn_down_shexp.weight", EMBEDDING, _FEED_FORWARD)
