"""Models and projectors of Mistral's architectures, a few megabytes each, with real vocabularies.

Weights are random but seeded: a file is the same every time it is written. Random models never
draw a control token, so their answers end at the token limit only; `write_scripted` makes a model
that says exactly what a test wants.
"""

from tests.helpers.tiny_models.llama_models import (
    write_llama_spm,
    write_llama_tekken,
    write_mistral3,
    write_mixtral,
)
from tests.helpers.tiny_models.mistral4 import write_mistral4
from tests.helpers.tiny_models.projector import write_pixtral_projector
from tests.helpers.tiny_models.scripted import chain, write_scripted
from tests.helpers.tiny_models.spm import spm_vocabulary
from tests.helpers.tiny_models.tekken import EMBEDDING, tekken_vocabulary

__all__ = [
    "EMBEDDING",
    "chain",
    "spm_vocabulary",
    "tekken_vocabulary",
    "write_llama_spm",
    "write_llama_tekken",
    "write_mistral3",
    "write_mistral4",
    "write_mixtral",
    "write_pixtral_projector",
    "write_scripted",
]
