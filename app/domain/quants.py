"""ggml's number formats: how many bytes weights take.

As in llama.cpp's ggml.h (`enum ggml_type`) and ggml-common.h; the tests compare with the engine.
"""

import msgspec


class Quant(msgspec.Struct, frozen=True):
    """One format: blocks of values that share a scale.

    Attributes:
        id: In GGUF files.
        name: ggml's own.
    """

    id: int
    name: str
    block_values: int
    block_bytes: int


QUANTS = tuple(
    Quant(*row)
    for row in (
        (0, "f32", 1, 4),
        (1, "f16", 1, 2),
        (2, "q4_0", 32, 18),
        (3, "q4_1", 32, 20),
        (6, "q5_0", 32, 22),
        (7, "q5_1", 32, 24),
        (8, "q8_0", 32, 34),
        (9, "q8_1", 32, 36),
        (10, "q2_K", 256, 84),
        (11, "q3_K", 256, 110),
        (12, "q4_K", 256, 144),
        (13, "q5_K", 256, 176),
        (14, "q6_K", 256, 210),
        (15, "q8_K", 256, 292),
        (16, "iq2_xxs", 256, 66),
        (17, "iq2_xs", 256, 74),
        (18, "iq3_xxs", 256, 98),
        (19, "iq1_s", 256, 50),
        (20, "iq4_nl", 32, 18),
        (21, "iq3_s", 256, 110),
        (22, "iq2_s", 256, 82),
        (23, "iq4_xs", 256, 136),
        (24, "i8", 1, 1),
        (25, "i16", 1, 2),
        (26, "i32", 1, 4),
        (27, "i64", 1, 8),
        (28, "f64", 1, 8),
        (29, "iq1_m", 256, 56),
        (30, "bf16", 1, 2),
        (34, "tq1_0", 256, 54),
        (35, "tq2_0", 256, 66),
        (39, "mxfp4", 32, 17),
        (40, "nvfp4", 64, 36),
        (41, "q1_0", 128, 18),
        (42, "q2_0", 64, 18),
    )
)
QUANT_BY_ID = {quant.id: quant for quant in QUANTS}
_QUANT_BY_NAME = {quant.name: quant for quant in QUANTS}

_QUANT_BY_LABEL = {
    **{quant.name.upper(): quant.name for quant in QUANTS},
    # Mixtures that are not named after the format of most of their weights: what
    # `llama_ftype_get_default_type` in llama.cpp's llama-quant.cpp says.
    "IQ2_S": "iq2_xs",
    "IQ2_M": "iq2_s",
    "IQ3_XS": "iq3_s",
    "IQ3_M": "iq3_s",
    # ggml's own q8_K is for sums only, no file has it.
    "Q8_K": "q8_0",
}


def tensor_bytes(quant: str, values: int) -> int:
    """What so many values take.

    Raises:
        KeyError: No format has that name.
        ValueError: They are not a whole number of blocks.
    """
    found = _QUANT_BY_NAME[quant]
    blocks, rest = divmod(values, found.block_values)
    if rest:
        raise ValueError(f"{values} values are not whole blocks of {quant}")
    return blocks * found.block_bytes


def quant_of_label(label: str) -> str | None:
    """The format of most weights in a build, by the label that its file names carry.

    Args:
        label: Such as "UD-Q4_K_XL"; what follows the format's name says how rich the mixture is.

    Returns:
        ggml's name; None for a label that names no format.
    """
    words = label.upper().removeprefix("UD-").split("_")
    stems = ("_".join(words[:end]) for end in range(len(words), 0, -1))
    return next((_QUANT_BY_LABEL[stem] for stem in stems if stem in _QUANT_BY_LABEL), None)
