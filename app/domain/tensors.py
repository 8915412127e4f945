"""What a GGUF header says: metadata and the table of tensors."""

from enum import StrEnum

import msgspec

Key = bool | int | float | str | tuple[int, ...]


class Role(StrEnum):
    """What a tensor is for, as far as it decides where it should lie.

    DENSE is everything of a layer that every token needs beside attention: feed-forward weights of
    dense layers, the router, norms. OUTPUT holds the head and the last norm.
    """

    EMBEDDING = "embedding"
    ATTENTION = "attention"
    DENSE = "dense"
    SHARED_EXPERT = "shared_expert"
    ROUTED_EXPERT = "routed_expert"
    OUTPUT = "output"
    VISION = "vision"


class Tensor(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the table.

    Attributes:
        quant: Number format by ggml's own name, e.g. "q4_K".
        shape: In ggml's order, the dimension that is contiguous first.
        bytes: Of its data, without padding.
    """

    name: str
    quant: str
    shape: tuple[int, ...]
    bytes: int


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The headers of a model, all parts of a split one together.

    Attributes:
        keys: Metadata; long strings, and arrays other than of a few integers, are left out.
        file_bytes: Of all parts.
    """

    keys: dict[str, Key]
    tensors: tuple[Tensor, ...]
    file_bytes: int
    parts: int = 1
