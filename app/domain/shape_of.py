"""A model's dimensions from its header, with llama.cpp's defaults for what is left out."""

import msgspec

from app.domain.errors import ModelDamaged, ModelPart, ShapeUnknown
from app.domain.model_shape import ModelShape
from app.domain.tensors import Header

# llama.cpp's LLAMA_MAX_LAYERS; it aborts beyond.
_MOST_LAYERS = 512
# Of any other number; it keeps products of a few of them in 64 bits.
_MOST = 1 << 24


def layers_of(header: Header, *, name: str) -> int:
    """How many layers there are.

    Raises:
        ModelError: The header does not say, or too many.
    """
    return _Numbers(header, name).layers()


def shape_of(header: Header, *, name: str) -> ModelShape:
    """Take the dimensions from the metadata.

    Args:
        header: Of a text model, all its parts joined.
        name: Of its file, for errors.

    Raises:
        ShapeUnknown: A number is missing, or the layers have different numbers of KV heads.
        ModelDamaged: A number is absurd.
        ModelPart: It is a vision projector.
    """
    numbers = _Numbers(header, name)
    embedding, heads = numbers.get("embedding_length"), numbers.most("attention.head_count")
    usual_length = embedding // heads
    experts = numbers.get("expert_count", 0, least=0)
    feed_forward = numbers.most("feed_forward_length", 0, least=0)
    shape = ModelShape(
        layers=numbers.layers(),
        embedding=embedding,
        heads=heads,
        kv_heads=numbers.same("attention.head_count_kv", heads),
        key_length=numbers.get("attention.key_length", usual_length),
        value_length=numbers.get("attention.value_length", usual_length),
        feed_forward=feed_forward,
        vocabulary=numbers.vocabulary(),
        q_lora_rank=numbers.get("attention.q_lora_rank", 0, least=0),
        experts=experts,
        experts_used=numbers.most("expert_used_count", 0, least=0),
        shared_experts=numbers.get("expert_shared_count", 0, least=0) if experts else 0,
        expert_feed_forward=(
            numbers.most("expert_feed_forward_length", feed_forward, least=0) if experts else 0
        ),
        dense_layers=numbers.get("leading_dense_block_count", 0, least=0) if experts else 0,
        is_tied=all(tensor.name != "output.weight" for tensor in header.tensors),
    )
    return _with_latent_attention(shape, numbers)


def _with_latent_attention(shape: ModelShape, numbers: "_Numbers") -> ModelShape:
    """Add what MLA has; files from before llama.cpp knew it keep whole keys and values instead."""
    rank = numbers.get("attention.kv_lora_rank", 0, least=0)
    key_length = numbers.get("attention.key_length_mla", 0, least=0)
    value_length = numbers.get("attention.value_length_mla", 0, least=0)
    if not (rank and key_length and value_length):
        return shape
    return msgspec.structs.replace(
        shape,
        kv_heads=1,
        key_length=key_length,
        value_length=value_length,
        kv_lora_rank=rank,
        rope_length=numbers.get("rope.dimension_count", most=key_length - 1),
    )


class _Numbers:
    """Looks up the model's own keys; without a default a missing one is an error."""

    def __init__(self, header: Header, name: str) -> None:
        self._header = header
        self._name = name
        self._architecture = header.keys.get("general.architecture")
        if self._architecture == "clip":
            raise ModelPart(name=name)

    def layers(self) -> int:
        return self.get("block_count", most=_MOST_LAYERS)

    def vocabulary(self) -> int:
        """How many rows the embedding has; not every file says it in a key."""
        for tensor in self._header.tensors:
            if tensor.name == "token_embd.weight" and len(tensor.shape) > 1:
                return self._checked("the vocabulary", tensor.shape[1])
        return self.get("vocab_size")

    def get(
        self, key: str, default: int | None = None, *, least: int = 1, most: int = _MOST
    ) -> int:
        values = self._values(key, default)
        if len(values) > 1:
            raise ModelDamaged(name=self._name, detail=f"{key} is a list")
        return self._checked(key, values[0], least=least, most=most)

    def most(self, key: str, default: int | None = None, *, least: int = 1) -> int:
        """The largest where every layer has its own."""
        return self._checked(key, max(self._values(key, default)), least=least)

    def same(self, key: str, default: int) -> int:
        """The one that all layers share."""
        values = set(self._values(key, default))
        if len(values) > 1:
            raise ShapeUnknown(name=self._name, reason="its layers differ")
        return self._checked(key, values.pop())

    def _values(self, key: str, default: int | None) -> tuple[int, ...]:
        value = self._header.keys.get(f"{self._architecture}.{key}", default)
        if value is None:
            raise ShapeUnknown(name=self._name, reason=f"it does not say its {key}")
        if type(value) is int:
            return (value,)
        if type(value) is tuple and value:
            return value
        raise ModelDamaged(name=self._name, detail=f"{key} is no number")

    def _checked(self, key: str, value: int, *, least: int = 1, most: int = _MOST) -> int:
        if not least <= value <= most:
            raise ModelDamaged(name=self._name, detail=f"{key} is {value}")
        return value
