"""How models.toml is read: broken entries, the person's own file, a damaged one of ours."""

import msgspec
import pytest

from app.catalog import catalog
from app.catalog.catalog import Catalog, load_catalog
from app.domain.catalogue import CatalogModel, warning_for
from app.domain.errors import (
    CatalogBroken,
    CatalogEntryBroken,
    ModelNotFound,
    NoModelHere,
    StarterNotHere,
)
from app.services.library import Library
from app.services.models import find_model

CATALOG = load_catalog()

# A whole entry, every line of which a test can replace.
ENTRY = """
[[models]]
id = "mine"
name = "Mine"
architecture = "llama"
parameters = 1000
name_words = ["mine"]
context_limit_tokens = 4096
tokenizer = "v3"
sampling = { fast = { temperature = 0.5 } }
license = "Apache-2.0"
released = "2026"
about = "A model for tests."
shape = { layers = 1, embedding = 8, heads = 1, key_length = 8, value_length = 8, vocabulary = 9 }
bad_files = [{ name = "bad.gguf", reason = "It is bad." }]

[[models.repositories]]
repo = "me/mine-GGUF"
commit = "0123456789012345678901234567890123456789"
files = [{ path = "mine-Q8_0.gguf", bytes = 7 }]
builds = [{ label = "Q4_0", approx_bytes = 4 }]
"""


def model_of(identity: str, source: Catalog) -> CatalogModel:
    (model,) = [model for model in source.models if model.id == identity]
    return model


@pytest.fixture
def own(tmp_path):
    """Load the catalogue beside a file of the person's own with this text."""

    def load(text: str | bytes) -> Catalog:
        path = tmp_path / "models.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_catalog(own=path)

    return load


def test_a_bad_file_can_be_known_by_its_hash(own):
    bad = f'{{ name = "*.gguf", sha256 = "{"a" * 64}", reason = "It is bad." }}'
    model = model_of(
        "mine", own(ENTRY.replace('{ name = "bad.gguf", reason = "It is bad." }', bad))
    )
    assert warning_for(model, "x.gguf", sha256="A" * 64) == "It is bad."
    assert warning_for(model, "x.gguf", sha256="b" * 64) == warning_for(model, "x.gguf") == ""


# The person's own file


def test_no_file_of_the_persons_own_is_no_problem(tmp_path):
    assert load_catalog(own=tmp_path / "models.toml") == CATALOG


def test_the_persons_models_come_before_ours(own):
    loaded = own(ENTRY)
    assert loaded.problems == ()
    assert [model.id for model in loaded.models] == ["mine", *(m.id for m in CATALOG.models)]
    builds = {build.id: build.total_bytes for build in model_of("mine", loaded).builds}
    assert builds == {"Q8_0": 7, "Q4_0": 4}


def test_an_entry_with_the_id_of_ours_takes_its_place(own):
    loaded = own(ENTRY.replace('id = "mine"', 'id = "mistral-small-4"'))
    assert [model.id for model in loaded.models] == [model.id for model in CATALOG.models]
    assert model_of("mistral-small-4", loaded).name == "Mine"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("x = 1\ny\n", "line 2"), (b"\xff", "UTF-8"), ("x = " + "[" * 5000, "recursion")],
)
def test_an_own_file_that_is_no_toml_is_reported_and_ours_is_used(own, text, reason):
    loaded = own(text)
    assert loaded.models == CATALOG.models
    (problem,) = loaded.problems
    assert isinstance(problem, CatalogBroken)
    assert "models.toml" in str(problem)
    assert reason in str(problem)


def test_a_folder_in_place_of_the_own_file_is_reported(tmp_path):
    loaded = load_catalog(own=tmp_path)
    assert (loaded.models, len(loaded.problems)) == (CATALOG.models, 1)


def test_the_label_twice_puts_the_owner_before_it(own):
    second = '\n[[models.repositories]]\nrepo = "{}"\nfiles = [{{ path = "{}", bytes = 3 }}]\n'
    text = ENTRY + second.format("you/mine-GGUF", "mine-Q8_0.gguf")
    text += second.format("you/more-GGUF", "mine-q8_0.gguf")
    ids = [build.id for build in model_of("mine", own(text)).builds]
    assert ids == ["Q8_0", "Q4_0", "you/Q8_0", "you/more-GGUF/Q8_0"]


GOOD = ENTRY.replace('id = "mine"', 'id = "good"')
FILE = 'path = "mine-Q8_0.gguf", bytes = 7'


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ('id = "mine"', 'id = "My Model"', "id", "small letters"),
        ('id = "mine"', 'id = "good"', "id", "taken"),
        ('id = "mine"', 'id = "smollm2-135m-instruct"', "id", "taken"),
        ('id = "mine"', "id = 5", "id", "Expected `str`, got `int`"),
        ('id = "mine"', 'id = "mine"\ncolour = "red"', "colour", "unknown field"),
        ('name = "Mine"', 'name = " "', "name", "empty"),
        ('name = "Mine"\n', "", "name", "missing required field"),
        ("parameters = 1000", "parameters = 0", "parameters", "greater than 0"),
        ('["mine"]', '["My Model"]', "name_words[0]", "small letters"),
        ("tokens = 4096", "tokens = -1", "context_limit_tokens", "greater than 0"),
        ('"v3"', '"v4"', "tokenizer", "none of v1, v2, v3"),
        ("temperature = 0.5", "temperature = 2.5", "sampling.fast.temperature", "0 and 2"),
        ("temperature = 0.5", "top_p = 1.5", "sampling.fast.top_p", "0 and 1"),
        ("temperature = 0.5", "seed = 1", "sampling.fast.seed", "not for the catalogue"),
        ("fast = {", "deep = {", "sampling.deep", "never"),
        ('"2026"', '"last year"', "released", "not a date"),
        ('"Apache-2.0"', '"MNPL"', "license_note", "terms to agree to"),
        ("layers = 1", "layers = 0", "shape.layers", "is 0"),
        ("layers = 1", "layers = -1", "shape.layers", "negative"),
        ('"me/mine-GGUF"', '"mine"', "repositories[0].repo", "OWNER/NAME"),
        ('"me/mine-GGUF"', '"../mine"', "repositories[0].repo", "OWNER/NAME"),
        ("89012345678", "8901234567", "repositories[0].commit", "40 small hexadecimal"),
        (FILE, FILE + ', sha256 = "abc"', "repositories[0].files[0].sha256", "64 small"),
        (FILE, FILE + ", approx_bytes = 7", "repositories[0].files[0].approx_bytes", "not both"),
        ("bytes = 7", "bytes = 0", "repositories[0].files[0].bytes", "greater than 0"),
        ("bytes = 7", "bytes = 7.5", "repositories[0].files[0].bytes", "Expected `int"),
        ('"mine-Q8_0.gguf"', '"../Q8_0.gguf"', "repositories[0].files[0].path", "plain path"),
        ('"mine-Q8_0.gguf"', '"/Q8_0.gguf"', "repositories[0].files[0].path", "plain path"),
        ('"mine-Q8_0.gguf"', '"mine.bin"', "repositories[0].files[0].path", "plain path"),
        (FILE, FILE + " }, { " + FILE, "repositories[0].files[1].path", "there twice"),
        ("mine-Q8_0", "mine-Q8_0-00002-of-00002", "repositories[0].files", "part 1 of 2"),
        (FILE, FILE + ' }, { path = "b-q8_0.gguf"', "repositories[0].files", "two builds “Q8_0”"),
        ('"Q4_0"', '"Q8_0"', "repositories[0].files", "two builds “Q8_0”"),
        ('"Q4_0"', '"a/b"', "repositories[0].builds[0].label", "not a label"),
        (", approx_bytes = 4", "", "repositories[0].builds[0].bytes", "missing"),
        ("approx_bytes = 4", "approx_bytes = -4", "repositories[0].builds[0].approx_bytes", "than"),
        ('"bad.gguf"', '"a/bad.gguf"', "bad_files[0].name", "name of a file"),
        ('"It is bad."', '""', "bad_files[0].reason", "empty"),
    ],
)
def test_a_broken_entry_names_file_key_and_reason_and_the_rest_works(own, old, new, key, reason):
    assert old in ENTRY
    loaded = own(GOOD + ENTRY.replace(old, new, 1))
    assert [model.id for model in loaded.models] == ["good", *(m.id for m in CATALOG.models)]
    (problem,) = loaded.problems
    assert isinstance(problem, CatalogEntryBroken)
    assert "models.toml" in str(problem)
    assert f"“{key}”" in str(problem)
    assert reason in str(problem)


def test_the_same_repository_twice_is_a_mistake(own):
    text = ENTRY + '\n[[models.repositories]]\nrepo = "me/mine-GGUF"\n'
    (problem,) = own(text).problems
    assert problem.facts["key"] == "repositories[1].repo"


@pytest.mark.parametrize(
    ("text", "key"), [("models = 5", "models"), ("model = 5", "model"), ("[starter]", "starter")]
)
def test_what_does_not_belong_into_an_own_file_is_reported(own, text, key):
    loaded = own(text)
    assert (loaded.models, loaded.starter) == (CATALOG.models, CATALOG.starter)
    assert [problem.facts["key"] for problem in loaded.problems] == [key]


def test_an_entry_without_an_id_is_named_by_its_place(own):
    (problem,) = own(GOOD + "\n[[models]]\nname = 'x'\n").problems
    assert problem.facts["entry"] == "models[1]"


# Ours, damaged

STARTER = """
[starter]
id = "s"
name = "S"
license = "MIT"
package = "p"
repo = "o/n"
commit = "0000000000000000000000000000000000000000"
file = "f"
bytes = 1
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
"""


@pytest.fixture
def ours(monkeypatch, tmp_path):
    """Load a catalogue of which ours has this text."""

    def load(text: str) -> Catalog:
        path = tmp_path / "models.toml"
        path.write_text(text)
        monkeypatch.setattr(catalog, "package_file", lambda name: path)
        return load_catalog()

    return load


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[starter", "models.toml"),
        ("x = 1", "starter"),
        ("[starter]\nid = 5", "starter.id"),
        (STARTER.replace("bytes = 1", "bytes = 0"), "starter.bytes"),
        (STARTER.replace('sha256 = "000', 'sha256 = "', 1), "starter.sha256"),
        (STARTER.replace('commit = "000', 'commit = "', 1), "starter.commit"),
        (STARTER.replace("o/n", "n"), "starter.repo"),
    ],
)
def test_a_catalogue_without_its_starter_is_broken_and_names_the_place(ours, text, word):
    with pytest.raises(CatalogBroken) as caught:
        ours(text)
    assert word in str(caught.value)


def test_a_broken_entry_of_ours_leaves_the_starter_and_the_others(ours):
    loaded = ours(STARTER + GOOD + ENTRY.replace("1000", "0"))
    assert [model.id for model in loaded.models] == ["good"]
    assert [problem.facts["entry"] for problem in loaded.problems] == ["mine"]


def test_names_paths_and_the_last_model(tmp_path):
    starter = CATALOG.starter
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


@pytest.fixture
def toyless(monkeypatch):
    """A starter that no package carries."""
    return msgspec.structs.replace(CATALOG.starter, package="nosuch_package", bytes=3)


def test_the_starter_is_found_in_the_bundle_then_among_the_models(toyless, monkeypatch, tmp_path):
    models, bundle = tmp_path / "models", tmp_path / "bundle"
    assert toyless.path([models]) is None
    downloaded = models / toyless.repo / toyless.file
    downloaded.parent.mkdir(parents=True)
    downloaded.write_bytes(b"no")
    assert toyless.path([models]) is None, "a file of another size is another file"
    downloaded.write_bytes(b"toy")
    assert toyless.path([models]) == downloaded
    monkeypatch.setattr("sys._MEIPASS", str(bundle), raising=False)
    packaged = bundle / "starter" / toyless.file
    packaged.parent.mkdir(parents=True)
    packaged.write_bytes(b"toy")
    assert toyless.path([models]) == packaged
    assert CATALOG.starter.path([models]).parent.name == CATALOG.starter.package


def test_what_is_downloaded_is_the_published_file(toyless):
    job = toyless.job
    (file,) = job.files
    assert (job.repository, job.commit) == (toyless.repo, toyless.commit)
    assert (file.path, file.bytes, file.sha256) == (toyless.file, 3, toyless.sha256)
    assert (job.model_id, job.name, job.build) == (toyless.id, toyless.name, "Q4_1")


def test_without_any_model_the_sentence_names_what_fetches_one(toyless, tmp_path):
    library = Library(tmp_path)
    with pytest.raises(NoModelHere) as none_named:
        find_model(None, starter=toyless, last_model="", library=library)
    with pytest.raises(StarterNotHere) as named:
        find_model(toyless.id, starter=toyless, last_model="", library=library)
    for caught in (none_named, named):
        assert f"`cierzo models download {toyless.id}`" in str(caught.value)
