"""What the KV cache takes, exactly as llama.cpp allocates it."""

from app.domain.model_shape import ModelShape
from app.domain.placement.values import KvType
from app.domain.quants import tensor_bytes

# llama_context pads its context to this many cells.
CELLS_STEP = 256
_BLOCK_VALUES = 32


def cells_for(tokens: int) -> int:
    """How many cells llama.cpp makes for a context of so many tokens; at least one step."""
    return max(CELLS_STEP, -(-tokens // CELLS_STEP) * CELLS_STEP)


def cell_bytes(shape: ModelShape, kv_type: KvType) -> int:
    """What one layer keeps of one token.

    Raises:
        ValueError: The rows are not whole blocks of that type, see `can_hold`.
    """
    return sum(tensor_bytes(kv_type, row) for row in _rows(shape))


def kv_bytes(shape: ModelShape, tokens: int, kv_type: KvType) -> int:
    """What a context of so many tokens takes over all layers.

    Raises:
        ValueError: As in `cell_bytes`.
    """
    return shape.layers * cells_for(tokens) * cell_bytes(shape, kv_type)


def can_hold(shape: ModelShape, kv_type: KvType) -> bool:
    """Whether llama.cpp can keep the cache in that type: a head must be whole blocks."""
    if kv_type == "f16":
        return True
    heads = (
        (shape.kv_lora_rank + shape.rope_length, shape.kv_lora_rank)
        if shape.kv_lora_rank
        else (shape.key_length, shape.value_length)
    )
    return all(length % _BLOCK_VALUES == 0 for length in heads)


def _rows(shape: ModelShape) -> tuple[int, ...]:
    """Values per token of each tensor of a layer; with MLA the values are a view of the keys."""
    if shape.kv_lora_rank:
        return (shape.kv_lora_rank + shape.rope_length,)
    return (shape.kv_heads * shape.key_length, shape.kv_heads * shape.value_length)
