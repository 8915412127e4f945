"""Dense models and Mixtral: architectures `llama` and `mistral3`."""

import pathlib

import gguf

from tests.helpers.tiny_models.chat_template import mistral_template
from tests.helpers.tiny_models.llama_blocks import LlamaShape, add_llama_blocks, add_llama_keys
from tests.helpers.tiny_models.spm import spm_vocabulary
from tests.helpers.tiny_models.tekken import EMBEDDING, tekken_vocabulary
from tests.helpers.tiny_models.vocabulary import Vocabulary
from tests.helpers.tiny_models.weights import Quant, Weights

_TEKKEN_SHAPE = LlamaShape(embedding=EMBEDDING)
# 32,768 tokens, twice: a wider model would be mostly vocabulary.
_SPM_SHAPE = LlamaShape(embedding=32, heads=2, head_size=16, feed_forward=64)
_MIXTRAL_SHAPE = LlamaShape(embedding=32, heads=2, head_size=16, feed_forward=64, experts=8)


def write_mistral3(
    path: pathlib.Path, *, version: str = "v13", quant: Quant = "f16"
) -> pathlib.Path:
    """Write what Small 3 (version "v7", "v11") and Ministral 3 ("v13", "v13-plain") look like."""
    is_ministral = version.startswith("v13")
    writer = gguf.GGUFWriter(path, "mistral3")
    if is_ministral:
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(16.0)
        writer.add_rope_scaling_orig_ctx_len(16384)
        writer.add_rope_scaling_yarn_beta_fast(32.0)
        writer.add_rope_scaling_yarn_beta_slow(1.0)
        writer.add_rope_scaling_yarn_log_mul(1.0)
        writer.add_attn_temperature_scale(0.1)
    name = "Ministral 3 Tiny" if is_ministral else "Mistral Small 3 Tiny"
    return _write(
        writer, path, name, version, tekken_vocabulary(version), _TEKKEN_SHAPE, quant=quant
    )


def write_llama_tekken(path: pathlib.Path, *, version: str = "v3") -> pathlib.Path:
    """Write what Nemo and Pixtral 12B look like."""
    writer = gguf.GGUFWriter(path, "llama")
    vocabulary = tekken_vocabulary(version)
    return _write(writer, path, "Mistral Nemo Tiny", version, vocabulary, _TEKKEN_SHAPE)


def write_llama_spm(path: pathlib.Path, *, version: str = "v3") -> pathlib.Path:
    """Write what 7B v0.1 ("v1"), Large 2402 ("v2"), 7B v0.3 ("v3"), Large 2411 ("v7") look like."""
    writer = gguf.GGUFWriter(path, "llama")
    vocabulary = spm_vocabulary(version)
    return _write(writer, path, "Mistral 7B Tiny", version, vocabulary, _SPM_SHAPE)


def write_mixtral(path: pathlib.Path) -> pathlib.Path:
    """Write what Mixtral 8x7B looks like: experts, and the oldest vocabulary."""
    writer = gguf.GGUFWriter(path, "llama")
    vocabulary = spm_vocabulary("v1")
    return _write(writer, path, "Mixtral 8x7B Tiny", "v1", vocabulary, _MIXTRAL_SHAPE)


def _write(
    writer: gguf.GGUFWriter,
    path: pathlib.Path,
    name: str,
    version: str,
    vocabulary: Vocabulary,
    shape: LlamaShape,
    *,
    quant: Quant = "f16",
) -> pathlib.Path:
    writer.add_name(name)
    add_llama_keys(writer, shape, context_tokens=32768)
    vocabulary.add_to(writer, template=mistral_template(version))
    weights = Weights(writer, quant=quant)
    size = len(vocabulary.tokens)
    weights.add_random("token_embd.weight", size, shape.embedding)
    weights.add_ones("output_norm.weight", shape.embedding)
    weights.add_random("output.weight", size, shape.embedding, silent_rows=vocabulary.controls)
    add_llama_blocks(weights, shape)
    weights.write()
    return path
