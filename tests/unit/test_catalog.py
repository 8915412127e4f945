import hashlib

import pytest

from app.catalog import catalog
from app.catalog.catalog import load_catalog
from app.domain.errors import CatalogBroken, ModelNotFound
from app.services.models import find_model


def test_the_starter_is_the_file_that_the_catalogue_names():
    starter = load_catalog().starter
    data = starter.path().read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (starter.bytes, starter.sha256)


@pytest.mark.parametrize(
    ("text", "word"),
    [("[starter", "models.toml"), ("x = 1", "x"), ("[starter]\nid = 5", "starter")],
)
def test_a_broken_catalogue_names_the_place(monkeypatch, tmp_path, text, word):
    path = tmp_path / "models.toml"
    path.write_text(text)
    monkeypatch.setattr(catalog, "package_file", lambda name: path)
    with pytest.raises(CatalogBroken) as caught:
        load_catalog()
    assert word in str(caught.value)


def test_names_paths_and_the_last_model(tmp_path):
    starter = load_catalog().starter
    file = tmp_path / "some-model.gguf"
    file.touch()

    def find(name, last=""):
        return find_model(name, starter=starter, last_model=str(last))

    assert find(None).is_toy
    assert find(None, last=file).path == file
    assert find(None, last=tmp_path / "gone.gguf").is_toy
    assert find("SmolLM2-135M-Instruct").is_toy
    assert find(str(file)).name == "some-model"
    with pytest.raises(ModelNotFound):
        find("nosuch")
