"""Other programs' models, in trees made as those programs make them."""

import json
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.library import gpt4all, hf_cache, jan, lm_studio, ollama
from app.library.blob_names import claimed_sha256
from app.library.places import find_elsewhere, find_in, places
from app.library.surroundings import Surroundings
from tests.helpers.library_desk import gguf, sha256

COMMIT, OTHER_COMMIT = "a" * 40, "b" * 40


def surroundings(home, *, platform="linux", **variables) -> Surroundings:
    return Surroundings(home=home, variables=variables, platform=platform, root=home / "root")


def put(path: pathlib.Path, content: bytes | str) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def put_ollama(store, name: str, *, model: bytes, projector: bytes | None = None) -> None:
    layers = [("model", model), *([("projector", projector)] if projector else [])]
    manifest = {"schemaVersion": 2, "config": {"digest": f"sha256:{'0' * 64}"}, "layers": []}
    for kind, content in layers:
        put(store / "blobs" / f"sha256-{sha256(content)}", content)
        layer = {
            "mediaType": f"application/vnd.ollama.image.{kind}",
            "digest": f"sha256:{sha256(content)}",
            "size": len(content),
        }
        manifest["layers"].append(layer)
    put(store / "manifests" / name, json.dumps(manifest))


def put_hub(hub, repository: str, commit: str, files: dict[str, bytes]) -> None:
    home = hub / f"models--{repository.replace('/', '--')}"
    for path, content in files.items():
        blob = put(home / "blobs" / sha256(content), content)
        link = home / "snapshots" / commit / path
        link.parent.mkdir(parents=True, exist_ok=True)
        depth = "../" * (2 + path.count("/"))
        link.symlink_to(f"{depth}blobs/{blob.name}")
    put(home / "refs" / "main", commit)


def test_lm_studio_keeps_models_in_its_home(tmp_path):
    assert lm_studio.folders(surroundings(tmp_path)) == [tmp_path / ".lmstudio" / "models"]


def test_lm_studios_earlier_home_is_used_where_it_exists(tmp_path):
    (tmp_path / ".cache" / "lm-studio").mkdir(parents=True)
    assert lm_studio.folders(surroundings(tmp_path)) == [tmp_path / ".cache/lm-studio/models"]


def test_lm_studios_pointer_and_setting_lead_to_its_models(tmp_path):
    put(tmp_path / ".lmstudio-home-pointer", f"{tmp_path}/elsewhere\n")
    put(tmp_path / "elsewhere/settings.json", json.dumps({"downloadsFolder": f"{tmp_path}/big"}))
    assert lm_studio.folders(surroundings(tmp_path)) == [tmp_path / "big"]


@pytest.mark.parametrize("text", ["", "{", '{"downloadsFolder": 5}', '{"downloadsFolder": "x"}'])
def test_odd_settings_of_lm_studio_leave_the_default(tmp_path, text):
    put(tmp_path / ".lmstudio" / "settings.json", text)
    assert lm_studio.folders(surroundings(tmp_path)) == [tmp_path / ".lmstudio" / "models"]


def test_a_split_set_and_its_projector_are_one_model_in_lm_studio(tmp_path):
    folder = tmp_path / ".lmstudio/models/acme/Tiny-GGUF"
    parts = [put(folder / f"q/Tiny-Q8_0-0000{i}-of-00002.gguf", gguf(f"{i}")) for i in (1, 2)]
    projector = put(folder / "mmproj-F16.gguf", gguf("p"))
    (found,) = find_elsewhere(surroundings(tmp_path))
    assert (found.app, found.files, found.projector) == ("LM Studio", tuple(parts), projector)


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", ".local/share/Jan/data"),
        ("darwin", "Library/Application Support/Jan/data"),
        ("win32", "AppData/Roaming/Jan/data"),
    ],
)
def test_jan_keeps_its_data_where_the_system_says(tmp_path, platform, folder):
    assert jan.folders(surroundings(tmp_path, platform=platform)) == [tmp_path / folder]


def test_jans_setting_and_variable_lead_to_its_data(tmp_path):
    put(tmp_path / ".local/share/Jan/settings.json", json.dumps({"data_folder": "/big/jan"}))
    assert jan.folders(surroundings(tmp_path)) == [pathlib.Path("/big/jan")]
    chosen = surroundings(tmp_path, JAN_DATA_FOLDER="/other")
    assert jan.folders(chosen) == [pathlib.Path("/other")]


def test_jans_models_have_their_names_and_projectors(tmp_path):
    data = tmp_path / "data"
    home = data / "llamacpp/models/acme/tiny"
    put(home / "model.gguf", gguf("m"))
    put(home / "mmproj.gguf", gguf("p"))
    put(
        home / "model.yml",
        "model_path: llamacpp/models/acme/tiny/model.gguf\n"
        "mmproj_path: 'llamacpp/models/acme/tiny/mmproj.gguf'\nname: acme/tiny\nsize_bytes: 128\n",
    )
    (found,) = jan.find(data)
    assert (found.name, found.size_bytes, found.projector) == (
        "acme/tiny",
        128,
        home / "mmproj.gguf",
    )


def test_a_file_that_jan_was_pointed_at_is_found_where_it_is(tmp_path):
    file = put(tmp_path / "mine.gguf", gguf("m"))
    put(tmp_path / "data/llamacpp/models/mine/model.yml", f"name: mine\nmodel_path: {file}\n")
    (found,) = jan.find(tmp_path / "data")
    assert found.files == (file,)


def test_a_model_of_jans_that_leads_out_of_its_folder_is_left_out(tmp_path):
    put(tmp_path / "secret.gguf", gguf("m"))
    put(tmp_path / "data/llamacpp/models/x/model.yml", "model_path: ../secret.gguf\n")
    assert jan.find(tmp_path / "data") == []


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", ".local/share/nomic.ai/GPT4All"),
        ("darwin", "Library/Application Support/nomic.ai/GPT4All"),
        ("win32", "AppData/Local/nomic.ai/GPT4All"),
    ],
)
def test_gpt4all_keeps_models_where_the_system_says(tmp_path, platform, folder):
    assert gpt4all.folders(surroundings(tmp_path, platform=platform)) == [tmp_path / folder]


def test_gpt4alls_setting_leads_to_its_models(tmp_path):
    put(
        tmp_path / ".config/nomic.ai/GPT4All.ini",
        "[General]\nmodelPath=/big/\\xfc\\x62\\x65r/\nx=1\n",
    )
    assert gpt4all.folders(surroundings(tmp_path)) == [pathlib.Path("/big/über/")]


def test_gpt4alls_models_are_found(tmp_path):
    put(tmp_path / ".local/share/nomic.ai/GPT4All/Tiny.Q4_0.gguf", gguf("m"))
    (found,) = find_elsewhere(surroundings(tmp_path))
    assert (found.app, found.name) == ("GPT4All", "Tiny.Q4_0")


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({}, ".ollama/models"),
        ({"OLLAMA_HOME": "~/o"}, "o/models"),
        ({"OLLAMA_MODELS": '"~/m"'}, "m"),
    ],
)
def test_ollamas_variables_lead_to_its_models(tmp_path, variables, folder):
    assert ollama.folders(surroundings(tmp_path, **variables))[0] == tmp_path / folder


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("registry.ollama.ai/library/tiny/24b", "tiny:24b"),
        ("registry.ollama.ai/acme/tiny/latest", "acme/tiny:latest"),
        ("hf.co/acme/Tiny-GGUF/Q4_K_M", "hf.co/acme/Tiny-GGUF:Q4_K_M"),
    ],
)
def test_a_model_of_ollamas_has_its_name_blobs_and_hashes(tmp_path, path, name):
    put_ollama(tmp_path, path, model=gguf("m"), projector=gguf("p"))
    (found,) = ollama.find(tmp_path)
    assert (found.name, found.size_bytes) == (name, 128)
    assert [claimed_sha256(file) for file in (*found.files, found.projector)] == [
        sha256(gguf("m")),
        sha256(gguf("p")),
    ]


def test_manifests_that_are_links_to_blobs_and_lists_are_followed(tmp_path):
    put_ollama(tmp_path, "registry.ollama.ai/library/tiny/1b", model=gguf("m"))
    child = (tmp_path / "manifests/registry.ollama.ai/library/tiny/1b").read_bytes()
    put(tmp_path / "blobs" / f"sha256-{sha256(child)}", child)
    listing = {
        "mediaType": "application/vnd.ollama.manifest.list.v2+json",
        "manifests": [{"digest": f"sha256:{sha256(child)}", "runner": "ollama"}],
    }
    blob = put(tmp_path / "blobs" / f"sha256-{'1' * 64}", json.dumps(listing))
    link = tmp_path / "manifests-v2/registry.ollama.ai/library/new/1b"
    link.parent.mkdir(parents=True)
    link.symlink_to(blob)
    (tmp_path / "manifests/registry.ollama.ai/library/tiny/1b").unlink()
    assert [model.name for model in ollama.find(tmp_path)] == ["new:1b"]


@pytest.mark.parametrize(
    "digest",
    ["sha256:../../../etc/passwd", "sha256:" + "0" * 63, "/etc/passwd", "", "md5:" + "0" * 64],
)
def test_a_digest_that_is_none_names_no_file(tmp_path, digest):
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": digest}
    put(tmp_path / "manifests/h/n/m/t", json.dumps({"layers": [layer]}))
    (tmp_path / "blobs").mkdir()
    assert ollama.find(tmp_path) == []


def test_a_blob_that_is_no_gguf_is_left_out(tmp_path):
    put_ollama(tmp_path, "h/n/m/t", model=b"PK\x03\x04" * 16)
    assert ollama.find(tmp_path) == []


@pytest.mark.parametrize("content", [b"[" * 100_000, b" " * (2 << 20), b'{"layers": 7}', b"\xff"])
def test_a_hostile_manifest_is_left_out(tmp_path, content):
    put(tmp_path / "manifests/h/n/m/t", content)
    put_ollama(tmp_path, "registry.ollama.ai/library/good/1b", model=gguf("m"))
    assert [model.name for model in ollama.find(tmp_path)] == ["good:1b"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
_LAYER = st.fixed_dictionaries(
    {
        "mediaType": st.just("application/vnd.ollama.image.model") | st.text(max_size=10),
        "digest": st.text(max_size=80) | st.from_regex(r"sha256[:-][0-9a-fA-F./]{64}"),
    }
)
_MANIFEST = st.fixed_dictionaries({"layers": st.lists(_LAYER | _JSON, max_size=4)})


@given(manifest=_JSON | _MANIFEST)
def test_no_manifest_leads_out_of_the_store(tmp_path_factory, manifest):
    store = tmp_path_factory.getbasetemp() / "hostile"
    put(store / "blobs" / f"sha256-{'0' * 64}", gguf("m"))
    put(store / "manifests/h/n/m/t", json.dumps(manifest))
    for model in ollama.find(store):
        assert model.files[0].parent == store / "blobs"


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({}, ".cache/huggingface/hub"),
        ({"XDG_CACHE_HOME": "~/x"}, "x/huggingface/hub"),
        ({"HF_HOME": "~/h"}, "h/hub"),
        ({"HF_HOME": "~/h", "HUGGINGFACE_HUB_CACHE": "~/c"}, "c"),
        ({"HF_HUB_CACHE": "~/d", "HUGGINGFACE_HUB_CACHE": "~/c"}, "d"),
    ],
)
def test_the_hugging_face_caches_variables_lead_to_it(tmp_path, variables, folder):
    assert hf_cache.folders(surroundings(tmp_path, **variables)) == [tmp_path / folder]


def test_a_model_in_the_hugging_face_cache_has_its_name_hash_and_origin(tmp_path):
    put_hub(tmp_path, "acme/Tiny-GGUF", COMMIT, {"Tiny-Q8_0.gguf": gguf("m"), "README.md": b"x"})
    (found,) = hf_cache.find(tmp_path)
    assert found.name == "acme/Tiny-GGUF Q8_0"
    assert claimed_sha256(found.files[0]) == sha256(gguf("m"))
    assert hf_cache.origin_of(found.files[0]) == ("acme/Tiny-GGUF", COMMIT)


def test_the_newest_of_two_commits_is_listed_and_an_equal_file_once(tmp_path):
    put_hub(tmp_path, "acme/T", OTHER_COMMIT, {"T-Q8_0.gguf": gguf("same")})
    put_hub(tmp_path, "acme/T", COMMIT, {"T-Q8_0.gguf": gguf("same")})
    (found,) = hf_cache.find(tmp_path)
    assert COMMIT in found.files[0].parts


def test_the_hash_of_a_shared_blob_is_not_taken_for_that_of_the_file(tmp_path):
    shared = put(tmp_path / "blobs" / "ab" / ("ab" * 32), gguf("m"))
    home = tmp_path / "models--acme--T"
    (home / "blobs").mkdir(parents=True)
    (home / "blobs" / sha256(gguf("m"))).symlink_to(shared)
    link = home / "snapshots" / COMMIT / "T.gguf"
    link.parent.mkdir(parents=True)
    link.symlink_to(home / "blobs" / sha256(gguf("m")))
    assert claimed_sha256(link) == sha256(gguf("m"))


def test_what_two_programs_share_is_listed_once(tmp_path):
    put_hub(tmp_path / ".cache/huggingface/hub", "acme/T", COMMIT, {"T-Q8_0.gguf": gguf("m")})
    (cached,) = hf_cache.find(tmp_path / ".cache/huggingface/hub")
    link = tmp_path / ".lmstudio/models/acme/T/T-Q8_0.gguf"
    link.parent.mkdir(parents=True)
    link.symlink_to(cached.files[0])
    assert [model.app for model in find_elsewhere(surroundings(tmp_path))] == ["LM Studio"]


def test_only_places_that_exist_are_places(tmp_path):
    (tmp_path / ".ollama/models").mkdir(parents=True)
    assert [place.app for place in places(surroundings(tmp_path))] == ["Ollama"]


def test_a_folder_shown_by_the_person_is_searched_in_depth(tmp_path):
    put(tmp_path / "a/b/c/Tiny-Q8_0.gguf", gguf("m"))
    put(tmp_path / "a/b/notes.txt", b"x")
    assert [model.name for model in find_in(tmp_path)] == ["Tiny-Q8_0"]


def test_a_store_shown_by_the_person_is_read_as_one(tmp_path):
    put_ollama(tmp_path / "o", "registry.ollama.ai/library/tiny/1b", model=gguf("m"))
    put_hub(tmp_path / "h", "acme/T", COMMIT, {"T-Q8_0.gguf": gguf("m")})
    assert [model.name for model in find_in(tmp_path / "o")] == ["tiny:1b"]
    assert [model.name for model in find_in(tmp_path / "h")] == ["acme/T Q8_0"]


def test_a_part_shown_by_the_person_brings_the_others_and_the_projector(tmp_path):
    parts = [put(tmp_path / f"T-Q8_0-0000{i}-of-00002.gguf", gguf(f"{i}")) for i in (1, 2)]
    projector = put(tmp_path / "mmproj-F16.gguf", gguf("p"))
    (found,) = find_in(parts[1])
    assert (found.files, found.projector) == (tuple(parts), projector)


def test_a_blob_shown_by_the_person_is_a_model(tmp_path):
    blob = put(tmp_path / f"sha256-{'0' * 64}", gguf("m"))
    assert find_in(blob)[0].files == (blob,)


@pytest.mark.parametrize("name", ["T-00001-of-00002.gguf", "notes.gguf", "absent.gguf"])
def test_an_incomplete_set_or_no_model_is_nothing(tmp_path, name):
    put(tmp_path / "T-00001-of-00002.gguf", gguf("1"))
    put(tmp_path / "notes.gguf", b"not a model")
    assert find_in(tmp_path / name) == ()
