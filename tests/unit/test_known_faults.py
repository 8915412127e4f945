import pytest

from app.catalog.catalog import load_catalog
from app.services.models import known_fault

MODELS = load_catalog().models
EARLY_BYTES = 28_991_000_000


def sparse(folder, name: str, size_bytes: int):
    path = folder / name
    with path.open("wb") as file:
        file.truncate(size_bytes)
    return path


def test_a_file_that_was_replaced_is_told_apart_by_its_size(tmp_path):
    name = "Mistral-Small-4-119B-2603-UD-IQ1_M.gguf"
    fault = known_fault(sparse(tmp_path, name, EARLY_BYTES), MODELS)
    assert "early upload" in str(fault)
    assert name in str(fault)
    assert known_fault(sparse(tmp_path, name, 32_306_941_632), MODELS) is None


@pytest.mark.parametrize("name", ["model.gguf", "Mistral-Small-4-119B-2603-UD-Q4_K_XL.gguf"])
def test_nothing_is_held_against_other_files(tmp_path, name):
    assert known_fault(sparse(tmp_path, name, EARLY_BYTES), MODELS) is None


def test_a_missing_file_is_for_the_loader_to_tell(tmp_path):
    assert known_fault(tmp_path / "gone.gguf", MODELS) is None
