"""How many bytes of a model are of which kind: from its header, or guessed by its shape."""

from app.domain.errors import ModelDamaged
from app.domain.model_shape import ModelShape
from app.domain.parameters import (
    embedding_parameters,
    layer_parameters,
    output_parameters,
    parameters_of,
)
from app.domain.roles import layer_of, role_of
from app.domain.shape_of import layers_of
from app.domain.tensors import Header, Role
from app.domain.weights import LayerWeights, QuantBytes, Weights

_PART_OF_ROLE = {
    Role.ATTENTION: "attention",
    Role.DENSE: "dense",
    Role.SHARED_EXPERT: "shared",
    Role.ROUTED_EXPERT: "routed",
}


def weights_of(header: Header, *, name: str) -> Weights:
    """Sum up the table of tensors; what belongs to no layer lies with the first, as in llama.cpp.

    Args:
        header: Of a text model.
        name: Of its file, for errors.

    Raises:
        ModelDamaged: A tensor is of a layer that the model does not have.
        ShapeUnknown: The header does not say how many layers there are.
    """
    ends: dict[Role, QuantBytes] = {Role.EMBEDDING: {}, Role.OUTPUT: {}, Role.VISION: {}}
    layers: list[dict[str, QuantBytes]] = [
        {part: {} for part in _PART_OF_ROLE.values()} for _ in range(layers_of(header, name=name))
    ]
    for tensor in header.tensors:
        role, layer = role_of(tensor.name), layer_of(tensor.name) or 0
        if layer >= len(layers):
            raise ModelDamaged(name=name, detail=f"a tensor of layer {layer} of {len(layers)}")
        sums = ends[role] if role in ends else layers[layer][_PART_OF_ROLE[role]]
        sums[tensor.quant] = sums.get(tensor.quant, 0) + tensor.bytes
    return Weights(
        embedding=ends[Role.EMBEDDING],
        output=ends[Role.OUTPUT],
        layers=tuple(LayerWeights(**parts) for parts in layers),
        is_exact=True,
    )


def estimated_weights(shape: ModelShape, *, quant: str, total_bytes: int) -> Weights:
    """Spread the bytes of a build over the model, as if every parameter took the same.

    Args:
        shape: Of the model.
        quant: The format of most of its weights, by ggml's name.
        total_bytes: Of the build, without the vision projector.
    """
    shares = _Shares(total_bytes, parameters_of(shape), quant)
    return Weights(
        embedding=shares.next(embedding_parameters(shape)),
        output=shares.next(output_parameters(shape)),
        layers=tuple(
            LayerWeights(
                attention=shares.next(layer.attention),
                dense=shares.next(layer.dense),
                shared=shares.next(layer.shared),
                routed=shares.next(layer.routed),
            )
            for layer in (layer_parameters(shape, i) for i in range(shape.layers))
        ),
        is_exact=False,
    )


class _Shares:
    """Deals out bytes in proportion to parameters; together exactly all of them."""

    def __init__(self, total_bytes: int, total_parameters: int, quant: str) -> None:
        self._total_bytes = total_bytes
        self._total_parameters = total_parameters
        self._quant = quant
        self._parameters = 0
        self._dealt_bytes = 0

    def next(self, parameters: int) -> QuantBytes:
        self._parameters += parameters
        until = self._total_bytes * self._parameters // self._total_parameters
        share, self._dealt_bytes = until - self._dealt_bytes, until
        return {self._quant: share} if share else {}
