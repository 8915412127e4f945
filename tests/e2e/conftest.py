"""Models with real vocabularies, written once for all tests of the real worker."""

import pathlib

import pytest

from app.domain.model_file import ModelFile
from tests.helpers.command_line import CommandLine
from tests.helpers.publisher import Publisher
from tests.helpers.tiny_models import (
    EMBEDDING,
    write_llama_spm,
    write_llama_tekken,
    write_mistral3,
    write_mistral4,
    write_mixtral,
    write_pixtral_projector,
)
from tests.helpers.updates_desk import SharedWorker


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A cache folder in which this PC's speed is known."""
    home = tmp_path_factory.mktemp("measured")
    result = CommandLine(home)("models", "list", "--home", home)
    assert result.returncode == 0, result
    return home / "cache"


@pytest.fixture(scope="session")
def tiny_models_folder(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Where the models lie."""
    return tmp_path_factory.mktemp("tiny-models")


@pytest.fixture(scope="session")
def mistral4_model(tiny_models_folder) -> ModelFile:
    """Small 4: tokenizer v15, experts, effort."""
    return named(write_mistral4(tiny_models_folder / "mistral4.gguf"))


@pytest.fixture(scope="session")
def mistral3_model(tiny_models_folder) -> ModelFile:
    """Ministral 3: tokenizer v13, thinking without a switch."""
    return named(write_mistral3(tiny_models_folder / "mistral3.gguf"))


@pytest.fixture(scope="session")
def tekken_model(tiny_models_folder) -> ModelFile:
    """Nemo, and the text model of Pixtral 12B: tokenizer v3."""
    return named(write_llama_tekken(tiny_models_folder / "tekken.gguf"))


@pytest.fixture(scope="session")
def spm_model(tiny_models_folder) -> ModelFile:
    """7B v0.3: tokenizer v3 with sentencepiece."""
    return named(write_llama_spm(tiny_models_folder / "spm.gguf"))


@pytest.fixture(scope="session")
def mixtral_model(tiny_models_folder) -> ModelFile:
    """Mixtral 8x7B: tokenizer v1."""
    return named(write_mixtral(tiny_models_folder / "mixtral.gguf"))


@pytest.fixture(scope="session")
def projector(tiny_models_folder) -> ModelFile:
    """For every model with a Tekken vocabulary: a token stands for 28 x 28 pixels."""
    return named(write_pixtral_projector(tiny_models_folder / "mmproj.gguf", embedding=EMBEDDING))


@pytest.fixture(scope="session")
def pixtral_12b_projector(tiny_models_folder) -> ModelFile:
    """For `tekken_model`: a token stands for 16 x 16 pixels."""
    path = tiny_models_folder / "mmproj-12b.gguf"
    return named(
        write_pixtral_projector(path, embedding=EMBEDDING, image_px=1024, patch_px=16, merge=1)
    )


@pytest.fixture(scope="session")
def unfitting_projector(tiny_models_folder) -> ModelFile:
    """For a model of another width."""
    path = tiny_models_folder / "mmproj-unfitting.gguf"
    return named(write_pixtral_projector(path, embedding=EMBEDDING // 2))


def named(path: pathlib.Path) -> ModelFile:
    """A model file that is named after its path."""
    return ModelFile(name=path.stem, path=path)


@pytest.fixture
def publisher(hub) -> Publisher:
    """Who publishes updates and runtime packs."""
    return Publisher(hub)


@pytest.fixture(scope="module")
def updates_worker():
    """A download worker for the tests of a module."""
    shared = SharedWorker()
    yield shared
    shared.client.close()
