"""How many parameters a model of a shape has, part by part: the tensors of llama.cpp's layout."""

import msgspec

from app.domain.model_shape import ModelShape


class LayerParameters(msgspec.Struct, frozen=True, kw_only=True):
    """One layer's, with the same parts as `app.domain.weights.LayerWeights`."""

    attention: int
    dense: int
    shared: int
    routed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.attention + self.dense + self.shared + self.routed


def parameters_of(shape: ModelShape) -> int:
    """Count the text model's parameters, as llama.cpp does."""
    layers = (layer_parameters(shape, layer).total for layer in range(shape.layers))
    return embedding_parameters(shape) + output_parameters(shape) + sum(layers)


def embedding_parameters(shape: ModelShape) -> int:
    """Of the table that turns tokens into vectors."""
    return shape.vocabulary * shape.embedding


def output_parameters(shape: ModelShape) -> int:
    """Of the last norm, and of the head where the embedding does not serve as it."""
    head = 0 if shape.is_tied else shape.vocabulary * shape.embedding
    return head + shape.embedding


def layer_parameters(shape: ModelShape, layer: int) -> LayerParameters:
    """Of one layer, counted from 0."""
    norms = 2 * shape.embedding
    if shape.kv_lora_rank:
        norms += shape.kv_lora_rank + shape.q_lora_rank
    attention = _latent_attention(shape) if shape.kv_lora_rank else _grouped_attention(shape)
    if not shape.experts or layer < shape.dense_layers:
        return LayerParameters(
            attention=attention,
            dense=norms + 3 * shape.embedding * shape.feed_forward,
            shared=0,
            routed=0,
        )
    expert = 3 * shape.embedding * shape.expert_feed_forward
    return LayerParameters(
        attention=attention,
        dense=norms + shape.embedding * shape.experts,
        shared=shape.shared_experts * expert,
        routed=shape.experts * expert,
    )


def _grouped_attention(shape: ModelShape) -> int:
    keys = shape.kv_heads * shape.key_length
    values = shape.kv_heads * shape.value_length
    queries, answers = shape.heads * shape.key_length, shape.heads * shape.value_length
    return shape.embedding * (queries + keys + values + answers)


def _latent_attention(shape: ModelShape) -> int:
    """Of MLA, where keys and values are computed from one compressed vector."""
    heads_keys = shape.heads * shape.key_length
    queries = shape.embedding * heads_keys
    if shape.q_lora_rank:
        queries = shape.q_lora_rank * (shape.embedding + heads_keys)
    compression = shape.embedding * (shape.kv_lora_rank + shape.rope_length)
    plain_length = shape.key_length - shape.rope_length
    expansion = shape.heads * shape.kv_lora_rank * (plain_length + shape.value_length)
    answers = shape.heads * shape.value_length * shape.embedding
    return queries + compression + expansion + answers
