"""Pixtral's vision tower and its projector (mmproj): a picture to embeddings of a text model."""

import pathlib

import gguf

from tests.helpers.tiny_models.weights import Weights

_WIDTH, _HEADS, _FEED_FORWARD, _LAYERS = 64, 4, 128, 1
_COLOURS = 3
# Of CLIP's training pictures; mistral-common normalises with the same.
_MEAN = (0.48145466, 0.4578275, 0.40821073)
_DEVIATION = (0.26862954, 0.26130258, 0.27577711)


def write_pixtral_projector(
    path: pathlib.Path,
    *,
    embedding: int,
    image_px: int = 1540,
    patch_px: int = 14,
    merge: int = 2,
) -> pathlib.Path:
    """Write it for a text model with this `embedding` size.

    Pixtral 12B has `image_px` 1024, `patch_px` 16 and `merge` 1; later models have the defaults.
    """
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_type("mmproj")
    writer.add_name("Pixtral Tiny")
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type(gguf.VisionProjectorType.PIXTRAL)
    writer.add_vision_image_size(image_px)
    writer.add_vision_patch_size(patch_px)
    writer.add_vision_embedding_length(_WIDTH)
    writer.add_vision_feed_forward_length(_FEED_FORWARD)
    writer.add_vision_projection_dim(embedding)
    writer.add_vision_block_count(_LAYERS)
    writer.add_vision_head_count(_HEADS)
    writer.add_vision_attention_layernorm_eps(1e-5)
    writer.add_vision_image_mean(_MEAN)
    writer.add_vision_image_std(_DEVIATION)
    writer.add_vision_use_silu(True)
    weights = Weights(writer)
    _add_tower(weights, patch_px)
    weights.add_random_float("mm.1.weight", embedding, _WIDTH)
    weights.add_random_float("mm.2.weight", embedding, embedding)
    weights.add_random_float("v.token_embd.img_break", embedding)
    if merge > 1:
        writer.add_vision_spatial_merge_size(merge)
        weights.add_ones("mm.input_norm.weight", _WIDTH)
        weights.add_random_float("mm.patch_merger.weight", _WIDTH, _WIDTH * merge**2)
    weights.write()
    return path


def _add_tower(weights: Weights, patch_px: int) -> None:
    weights.add_random_float("v.patch_embd.weight", _WIDTH, _COLOURS, patch_px, patch_px)
    weights.add_ones("v.pre_ln.weight", _WIDTH)
    for layer in range(_LAYERS):
        block = f"v.blk.{layer}"
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            weights.add_random_float(f"{block}.{name}.weight", _WIDTH, _WIDTH)
        weights.add_ones(f"{block}.ln1.weight", _WIDTH)
        weights.add_ones(f"{block}.ln2.weight", _WIDTH)
        weights.add_random_float(f"{block}.ffn_gate.weight", _FEED_FORWARD, _WIDTH)
        weights.add_random_float(f"{block}.ffn_up.weight", _FEED_FORWARD, _WIDTH)
        weights.add_random_float(f"{block}.ffn_down.weight", _WIDTH, _FEED_FORWARD)
