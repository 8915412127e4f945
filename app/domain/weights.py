"""How many bytes of a model's weights are of which kind, layer by layer."""

import msgspec

# Bytes by number format (ggml's name): reading a byte takes another time in each.
QuantBytes = dict[str, int]


class LayerWeights(msgspec.Struct, frozen=True, kw_only=True):
    """One layer; `routed` are its experts of which a token needs a few."""

    attention: QuantBytes
    dense: QuantBytes
    shared: QuantBytes
    routed: QuantBytes

    @property
    def resident_bytes(self) -> int:
        """Of what every token needs."""
        return sum(sum(part.values()) for part in (self.attention, self.dense, self.shared))

    @property
    def routed_bytes(self) -> int:
        """Of the experts of which a token needs a few."""
        return sum(self.routed.values())


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """A text model's weights; the vision projector is a file of its own.

    Attributes:
        output: The last norm, and the head unless the embedding serves as it.
        is_exact: From a file's header; else spread over the roles by the model's shape.
    """

    embedding: QuantBytes
    output: QuantBytes
    layers: tuple[LayerWeights, ...]
    is_exact: bool

    @property
    def total_bytes(self) -> int:
        """All of it, as in the file."""
        ends = sum(self.embedding.values()) + sum(self.output.values())
        return ends + sum(layer.resident_bytes + layer.routed_bytes for layer in self.layers)
