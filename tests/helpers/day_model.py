"""The model of `tests.helpers.day`: it thinks, sees, and says one sentence."""

import pathlib

from tests.helpers.tiny_models import EMBEDDING, chain, write_pixtral_projector, write_scripted

REPOSITORY = "acme/tiny-GGUF"
SCRIPT = chain(
    *("[/INST]", "[THINK]", " It", " is", " from", " far", " away"),
    *("[/THINK]", "So", " all", " must", " come", ".", "</s>"),
)
OWN = f"""
[[models]]
id = "tiny"
name = "Tiny"
architecture = "llama"
parameters = 1_000_000
context_limit_tokens = 4096
thinking = "switch"
pictures = true
license = "Apache-2.0"
released = "2026"
about = "A model of the tests."

[[models.repositories]]
repo = "{REPOSITORY}"
files = [
  {{ path = "tiny-F16.gguf", bytes = %d }},
  {{ path = "mmproj-F16.gguf", bytes = %d }},
]
"""


def write_model(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """Write the model's files, by their names in the repository."""
    return {
        "tiny-F16.gguf": write_scripted(folder / "tiny-F16.gguf", SCRIPT),
        "mmproj-F16.gguf": write_pixtral_projector(folder / "mmproj-F16.gguf", embedding=EMBEDDING),
    }


def own_catalogue(files: dict[str, pathlib.Path]) -> str:
    """The models.toml of a person who knows that model."""
    return OWN % tuple(path.stat().st_size for path in files.values())
