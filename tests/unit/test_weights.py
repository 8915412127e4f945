"""Roles, shapes and weights: arithmetic on headers, and on nothing but a shape."""

import io

import pytest

from app.domain.errors import ModelDamaged, ModelPart, ShapeUnknown
from app.domain.model_shape import ModelShape
from app.domain.parameters import parameters_of
from app.domain.roles import layer_of, role_of
from app.domain.shape_of import shape_of
from app.domain.tensors import Header, Role, Tensor
from app.domain.weights_of import estimated_weights, weights_of
from app.gguf.reader import read_header
from tests.helpers.planned_models import LARGE_3, SMALL_4
from tests.helpers.tiny_models import write_llama_spm, write_mistral4, write_mixtral

TEKKEN = 131_072


def dense(layers, embedding, heads, feed_forward, *, vocabulary=TEKKEN, is_tied=False):
    return ModelShape(
        layers=layers,
        embedding=embedding,
        heads=heads,
        kv_heads=8,
        key_length=128,
        value_length=128,
        feed_forward=feed_forward,
        vocabulary=vocabulary,
        is_tied=is_tied,
    )


MEDIUM_3_5 = dense(88, 12288, 96, 28672)
MINISTRAL_3B = dense(26, 3072, 32, 9216, is_tied=True)
MINISTRAL_8B = dense(34, 4096, 32, 14336)
MINISTRAL_14B = dense(40, 5120, 32, 16384)
SMALL_3 = dense(40, 5120, 32, 32768)
CODESTRAL = dense(56, 6144, 48, 16384, vocabulary=32768)


@pytest.mark.parametrize(
    ("shape", "parameters"),
    [
        (SMALL_4, 118_972_826_624),
        (MEDIUM_3_5, 125_025_988_608),
        (MINISTRAL_14B, 13_506_073_600),
        (SMALL_3, 23_572_403_200),
        (LARGE_3, 673_421_089_792),
        (CODESTRAL, 22_247_282_688),
    ],
)
def test_shapes_of_the_catalogue_have_the_published_number_of_parameters(shape, parameters):
    assert parameters_of(shape) == parameters


@pytest.mark.parametrize(
    ("shape", "token_bytes"),
    [
        (SMALL_4, 23_040),
        (MEDIUM_3_5, 360_448),
        (LARGE_3, 70_272),
        (SMALL_3, 163_840),
        (MINISTRAL_3B, 106_496),
        (MINISTRAL_8B, 139_264),
        (MINISTRAL_14B, 163_840),
    ],
)
def test_what_a_token_takes_in_the_cache_at_f16(shape, token_bytes):
    assert 2 * shape.kv_values_per_token == token_bytes


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("token_embd.weight", Role.EMBEDDING),
        ("output.weight", Role.OUTPUT),
        ("output_norm.weight", Role.OUTPUT),
        ("rope_freqs.weight", Role.DENSE),
        ("blk.0.attn_q.weight", Role.ATTENTION),
        ("blk.0.attn_output.weight", Role.ATTENTION),
        ("blk.0.attn_kv_a_mqa.weight", Role.ATTENTION),
        ("blk.0.attn_k_b.weight", Role.ATTENTION),
        ("blk.0.attn_norm.weight", Role.DENSE),
        ("blk.0.attn_q_a_norm.weight", Role.DENSE),
        ("blk.0.ffn_up.weight", Role.DENSE),
        ("blk.0.ffn_gate_inp.weight", Role.DENSE),
        ("blk.0.exp_probs_b.bias", Role.DENSE),
        ("blk.0.ffn_gate_exps.weight", Role.ROUTED_EXPERT),
        ("blk.0.ffn_gate_up_exps.weight", Role.ROUTED_EXPERT),
        ("blk.0.ffn_down_chexps.weight", Role.ROUTED_EXPERT),
        ("blk.0.ffn_down_shexp.weight", Role.SHARED_EXPERT),
        ("v.blk.0.attn_q.weight", Role.VISION),
        ("mm.1.weight", Role.VISION),
        ("something.new", Role.DENSE),
    ],
)
def test_what_a_tensor_is_for(name, role):
    assert role_of(name) is role


def test_the_layer_of_a_tensor():
    assert layer_of("blk.35.ffn_up.weight") == 35
    assert layer_of("output.weight") is None
    assert layer_of("v.blk.3.attn_q.weight") is None


def header_of(path):
    data = path.read_bytes()
    return read_header(io.BytesIO(data), len(data))


@pytest.mark.parametrize("fused", [False, True])
def test_weights_of_a_mixture_of_experts(tmp_path, fused):
    header = header_of(write_mistral4(tmp_path / "m.gguf", fused_experts=fused))
    weights, shape = weights_of(header, name="m"), shape_of(header, name="m")
    assert weights.is_exact
    assert weights.total_bytes == sum(tensor.bytes for tensor in header.tensors)
    assert len(weights.layers) == shape.layers == 4
    for layer in weights.layers:
        # Eight experts, a shared one, three matrices of 128 x 256 each, two bytes a value.
        assert layer.routed == {"f16": 8 * 3 * 128 * 256 * 2}
        assert layer.shared == {"f16": 3 * 128 * 256 * 2}
        # Norms and router.
        assert layer.dense == {"f32": 4 * (2 * 256 + 2 * 64 + 8 * 256)}
    assert weights.embedding == {"f16": 9000 * 256 * 2}
    assert weights.output == {"f16": 9000 * 256 * 2, "f32": 256 * 4}


def test_the_shape_of_a_model_with_compressed_attention(tmp_path):
    header = header_of(write_mistral4(tmp_path / "m.gguf"))
    assert shape_of(header, name="m") == ModelShape(
        layers=4,
        embedding=256,
        heads=4,
        kv_heads=1,
        key_length=64,
        value_length=64,
        feed_forward=128,
        vocabulary=9000,
        q_lora_rank=64,
        kv_lora_rank=64,
        rope_length=32,
        experts=8,
        experts_used=2,
        shared_experts=1,
        expert_feed_forward=128,
    )


def test_parameters_of_written_models_are_those_of_their_tensors(tmp_path):
    for write in (write_mistral4, write_mixtral, write_llama_spm):
        header = header_of(write(tmp_path / "m.gguf"))
        counts = [t.bytes // (2 if t.quant == "f16" else 4) for t in header.tensors]
        assert parameters_of(shape_of(header, name="m")) == sum(counts)


def test_mixtral_names_the_width_of_its_experts_as_a_dense_model_does(tmp_path):
    shape = shape_of(header_of(write_mixtral(tmp_path / "m.gguf")), name="m")
    assert (shape.experts, shape.expert_feed_forward, shape.shared_experts) == (8, 64, 0)


def minimal_header(*, tensors=(), **changes):
    keys = {
        "general.architecture": "llama",
        "llama.block_count": 2,
        "llama.embedding_length": 64,
        "llama.attention.head_count": 4,
        "llama.vocab_size": 100,
    }
    keys |= {f"llama.{name}": value for name, value in changes.items()}
    keys = {name: value for name, value in keys.items() if value is not None}
    return Header(keys=keys, tensors=tuple(tensors), file_bytes=0)


def test_what_a_header_leaves_out_is_what_the_engine_takes_for_it():
    shape = shape_of(minimal_header(), name="m")
    assert (shape.kv_heads, shape.key_length, shape.value_length) == (4, 16, 16)
    assert shape.is_tied


def test_numbers_by_layer():
    by_layer = {"attention.head_count_kv": (2, 2), "feed_forward_length": (128, 256)}
    shape = shape_of(minimal_header(**by_layer), name="m")
    assert (shape.kv_heads, shape.feed_forward) == (2, 256)
    with pytest.raises(ShapeUnknown, match="“m” needs cannot be told"):
        shape_of(minimal_header(**{"attention.head_count_kv": (2, 1)}), name="m")


def test_compressed_attention_of_old_files_is_cached_uncompressed():
    old = {"attention.kv_lora_rank": 512, "attention.key_length": 192}
    shape = shape_of(minimal_header(**old), name="m")
    assert shape.kv_values_per_token == 2 * 4 * (192 + 16)


def test_a_header_without_dimensions():
    with pytest.raises(ShapeUnknown, match="block_count"):
        shape_of(minimal_header(block_count=None), name="m")


@pytest.mark.parametrize("value", [0, -1, 100_000, "two", 2.0, ()])
def test_absurd_dimensions(value):
    with pytest.raises(ModelDamaged):
        shape_of(minimal_header(block_count=value), name="m")
    with pytest.raises(ModelDamaged):
        weights_of(minimal_header(block_count=value), name="m")


def test_a_tensor_of_a_layer_that_does_not_exist():
    stray = Tensor(name="blk.2.ffn_up.weight", quant="f32", shape=(1,), bytes=4)
    with pytest.raises(ModelDamaged):
        weights_of(minimal_header(tensors=[stray]), name="m")


def test_what_belongs_to_no_layer_lies_with_the_first():
    ropes = Tensor(name="rope_freqs.weight", quant="f32", shape=(8,), bytes=32)
    weights = weights_of(minimal_header(tensors=[ropes]), name="m")
    assert weights.layers[0].dense == {"f32": 32}
    assert weights.total_bytes == 32


def test_a_projector_has_no_shape():
    header = Header(keys={"general.architecture": "clip"}, tensors=(), file_bytes=0)
    with pytest.raises(ModelPart):
        shape_of(header, name="mmproj.gguf")


@pytest.mark.parametrize("shape", [SMALL_4, MEDIUM_3_5, LARGE_3, MINISTRAL_3B])
@pytest.mark.parametrize("total_bytes", [0, 1, 74_161_639_424, 387_880_303_968])
def test_estimated_weights_are_exactly_the_whole(shape, total_bytes):
    weights = estimated_weights(shape, quant="q4_K", total_bytes=total_bytes)
    assert weights.total_bytes == total_bytes
    assert not weights.is_exact
    assert len(weights.layers) == shape.layers


def test_estimated_weights_follow_the_parameters():
    weights = estimated_weights(LARGE_3, quant="q4_K", total_bytes=parameters_of(LARGE_3))
    assert weights.layers[2].routed == {}
    assert weights.layers[2].shared == {}
    assert weights.layers[3].routed_bytes == 128 * 3 * 7168 * 4096
    assert weights.layers[3].shared == {"q4_K": 3 * 7168 * 4096}
    assert weights.embedding == {"q4_K": TEKKEN * 7168}
