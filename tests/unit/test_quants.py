import gguf
import pytest

from app.domain.quants import QUANTS, quant_of_label, tensor_bytes


def test_the_table_is_that_of_the_gguf_package():
    ours = {quant.id: (quant.block_values, quant.block_bytes) for quant in QUANTS}
    theirs = {int(kind): sizes for kind, sizes in gguf.GGML_QUANT_SIZES.items()}
    # The package counts q8_1's sums as 32-bit floats; in ggml they are 16-bit, and no file has it.
    theirs[gguf.GGMLQuantizationType.Q8_1] = (32, 36)
    # Newer than the package.
    theirs[42] = (64, 18)
    assert ours == theirs


def test_names_are_those_of_the_gguf_package_but_for_case():
    for quant in QUANTS:
        if quant.id != 42:
            assert gguf.GGMLQuantizationType(quant.id).name.lower() == quant.name.lower()


def test_bytes_of_tensors():
    assert tensor_bytes("f32", 3) == 12
    assert tensor_bytes("q4_K", 4096 * 256) == 4096 * 144
    with pytest.raises(ValueError, match="whole blocks"):
        tensor_bytes("q4_0", 33)


@pytest.mark.parametrize(
    ("label", "quant"),
    [
        ("UD-Q4_K_XL", "q4_K"),
        ("Q4_K_M", "q4_K"),
        ("q6_k", "q6_K"),
        ("Q2_K", "q2_K"),
        ("UD-Q8_K_XL", "q8_0"),
        ("Q8_0", "q8_0"),
        ("Q4_0", "q4_0"),
        ("MXFP4_MOE", "mxfp4"),
        ("UD-IQ4_NL", "iq4_nl"),
        ("IQ4_XS", "iq4_xs"),
        ("UD-IQ1_M", "iq1_m"),
        ("IQ2_XXS", "iq2_xxs"),
        ("IQ2_M", "iq2_s"),
        ("IQ2_S", "iq2_xs"),
        ("IQ3_M", "iq3_s"),
        ("IQ3_XS", "iq3_s"),
        ("UD-TQ1_0", "tq1_0"),
        ("BF16", "bf16"),
        ("F16", "f16"),
        ("APEX-I-Mini", None),
        ("", None),
    ],
)
def test_the_format_that_a_label_names(label, quant):
    assert quant_of_label(label) == quant
