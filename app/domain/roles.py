"""What a tensor is for, by the name that llama.cpp gives it."""

import re

from app.domain.tensors import Role

_LAYER = re.compile(r"blk\.(\d{1,9})\.")
# The same names as the overrides that keep experts in RAM, fused and chunked ones included.
_ROUTED = re.compile(r"ffn_(up|down|gate|gate_up)_(ch)?exps\b")
_ATTENTION = re.compile(r"(attn|indexer)[._]")
_VISION = re.compile(r"(v|mm)\.")
_OUTPUT = re.compile(r"(output|cls)\b|output_")
_EMBEDDING = re.compile(r"(token_embd|per_layer_token_embd|position_embd|token_types)\.")


def layer_of(tensor_name: str) -> int | None:
    """Which layer it belongs to, counted from 0; None where it belongs to none."""
    match = _LAYER.match(tensor_name)
    return int(match[1]) if match else None


def role_of(tensor_name: str) -> Role:
    """What it is for; what is not known is dense, for every token needs it."""
    layer = _LAYER.match(tensor_name)
    if layer:
        return _role_in_layer(tensor_name[layer.end() :])
    for pattern, role in (
        (_VISION, Role.VISION),
        (_OUTPUT, Role.OUTPUT),
        (_EMBEDDING, Role.EMBEDDING),
    ):
        if pattern.match(tensor_name):
            return role
    return Role.DENSE


def _role_in_layer(name: str) -> Role:
    if _ROUTED.match(name):
        return Role.ROUTED_EXPERT
    if "norm" in name:
        return Role.DENSE
    if "_shexp" in name:
        return Role.SHARED_EXPERT
    return Role.ATTENTION if _ATTENTION.match(name) else Role.DENSE
