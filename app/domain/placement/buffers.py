"""What llama.cpp's compute buffers take, before it has said so.

Its allocator reuses memory along the graph, so that a buffer is as large as the greatest number of
tensors that live at the same time. Which those are was read off dry runs (`no_alloc`) of the
catalogue's shapes over contexts of 4k to 128k and batches of 512 and 2048, on the CPU and on a
second device: the terms below are exact for most, and a few per cent too high for the rest.
Flash attention is taken for granted: without it a cache of quantised values is refused, and every
back end has it for the head sizes of these models.
"""

import msgspec

from app.domain.model_shape import ModelShape
from app.domain.placement.kv import cells_for

# The worker's context keeps logits for as many positions as it has sequences.
_OUTPUTS = 8
_FLOAT_BYTES = 4
_MASK_VALUE_BYTES = 2


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What a device has to do.

    Attributes:
        attends: It has the attention of at least one layer.
        feeds: It has the feed-forward part, experts included, of at least one layer.
        has_output: It has the head.
        is_host: It is the CPU, where every input of a graph lies.
        copied_bytes: The largest piece of weights and cache that is copied there for a batch.
    """

    attends: bool
    feeds: bool
    has_output: bool = False
    is_host: bool = False
    copied_bytes: int = 0


def compute_bytes(shape: ModelShape, work: Work, *, tokens: int, batch_tokens: int) -> int:
    """Predict a device's compute buffer, llama.cpp's output buffer in RAM included.

    Args:
        shape: Of the model.
        work: What the device has to do.
        tokens: All cells of the context, that is with the kept chats.
        batch_tokens: llama.cpp's n_ubatch.
    """
    cells = cells_for(tokens)
    batch = -(-max(1, min(batch_tokens, tokens)) // _OUTPUTS) * _OUTPUTS
    width = _width(shape, work)
    mask_bytes = cells * batch * _MASK_VALUE_BYTES if work.attends or work.is_host else 0
    steps_bytes = width * batch * _FLOAT_BYTES
    logits_bytes = _OUTPUTS * (shape.vocabulary + shape.embedding) * _FLOAT_BYTES
    buffer_bytes = mask_bytes + steps_bytes
    if work.has_output:
        buffer_bytes = max(buffer_bytes, logits_bytes)
    if work.is_host:
        buffer_bytes += _OUTPUTS * shape.vocabulary * _FLOAT_BYTES
    return buffer_bytes + work.copied_bytes


def _width(shape: ModelShape, work: Work) -> int:
    """Numbers per token that live at the same time."""
    stream = shape.embedding
    queries = shape.heads * shape.key_length
    width = 0
    if work.attends:
        width = 4 * stream + _attention(shape)
    if work.feeds:
        width = max(width, 2 * stream + (queries if work.attends else 0) + _feed_forward(shape))
    if work.is_host:
        width = width + stream if work.attends else max(width, 2 * stream)
    return width


def _attention(shape: ModelShape) -> int:
    """Queries, keys and values; with MLA the queries are blown up to the length of the cache."""
    queries = shape.heads * shape.key_length
    if not shape.kv_lora_rank:
        return queries + shape.kv_heads * (shape.key_length + shape.value_length)
    rank, rope = shape.kv_lora_rank, shape.rope_length
    return queries + shape.heads * (rope + rank + (rank + rope))


def _feed_forward(shape: ModelShape) -> int:
    """Gate, up and their product; or the product and what every expert makes of it."""
    dense = 3 * shape.feed_forward
    if not shape.experts:
        return dense
    inner = shape.experts_used * (shape.expert_feed_forward or shape.feed_forward)
    routed = max(3 * inner, inner + shape.experts_used * shape.embedding)
    return max(routed, dense) if shape.dense_layers else routed
