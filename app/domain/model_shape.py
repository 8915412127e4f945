"""The numbers of a model that decide what it costs to run."""

import msgspec


class ModelShape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Dimensions of a text model, named as in GGUF metadata.

    Attributes:
        embedding: Length of a token's vector.
        kv_heads: Of grouped-query attention; without use where `kv_lora_rank` is set.
        key_length: Per head; with MLA of a whole key, as is `value_length`.
        feed_forward: Width of a dense layer's.
        kv_lora_rank: Of multi-head latent attention (MLA); 0 where attention is the usual one.
        rope_length: With MLA, the part of a key that carries the position.
        experts_used: Per token.
        dense_layers: How many layers at the beginning have no experts, in a model that has them.
        is_tied: The embedding is the output head too.
    """

    layers: int
    embedding: int
    heads: int
    kv_heads: int = 1
    key_length: int
    value_length: int
    feed_forward: int = 0
    vocabulary: int
    q_lora_rank: int = 0
    kv_lora_rank: int = 0
    rope_length: int = 0
    experts: int = 0
    experts_used: int = 0
    shared_experts: int = 0
    expert_feed_forward: int = 0
    dense_layers: int = 0
    is_tied: bool = False

    @property
    def kv_values_per_token(self) -> int:
        """Numbers that the KV cache holds for one token, over all layers.

        Grouped-query attention keeps a key and a value per KV head; MLA keeps one compressed vector
        and the rotated part of the key, of which the values are computed.
        """
        if self.kv_lora_rank:
            return self.layers * (self.kv_lora_rank + self.rope_length)
        return self.layers * self.kv_heads * (self.key_length + self.value_length)
