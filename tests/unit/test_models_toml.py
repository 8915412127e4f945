"""What models.toml says: against the facts that it was written from."""

import hashlib
import json
import pathlib

import msgspec
import pytest

from app.catalog.catalog import load_catalog
from app.domain.builds import Build
from app.domain.catalogue import CatalogModel, build_warning, warning_for
from app.domain.chat import Thinking
from app.domain.families import Family, find_family
from app.domain.parameters import parameters_of

FACTS = json.loads((pathlib.Path(__file__).parents[1] / "facts" / "hub_files.json").read_bytes())
CATALOG = load_catalog()
GB = 10**9


def model_of(identity: str) -> CatalogModel:
    (model,) = [model for model in CATALOG.models if model.id == identity]
    return model


def build_of(model: str, build: str) -> Build:
    (found,) = [candidate for candidate in model_of(model).builds if candidate.id == build]
    return found


def test_ours_has_no_problems():
    assert CATALOG.problems == ()


def test_the_starter_is_the_file_that_the_catalogue_names():
    starter = CATALOG.starter
    data = starter.path().read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (starter.bytes, starter.sha256)


@pytest.mark.parametrize("repo", FACTS)
def test_the_files_of_a_repository_are_those_that_the_hub_listed(repo):
    (found,) = [r for model in CATALOG.models for r in model.repositories if r.repo == repo]
    ours = {(file.path, file.bytes, file.sha256) for file in found.files}
    theirs = {(file["path"], file["size"], file["sha256"]) for file in FACTS[repo]["files"]}
    assert ours == theirs
    assert (found.commit, found.builds) == (FACTS[repo]["commit"], ())


@pytest.mark.parametrize("repo", FACTS)
def test_a_models_count_and_architecture_are_those_of_its_ggufs(repo):
    (model,) = [m for m in CATALOG.models if repo in {r.repo for r in m.repositories}]
    facts = (model.architecture, str(model.parameters))
    assert facts == (FACTS[repo]["arch"], FACTS[repo]["total"])


def test_every_model_that_was_promised_is_there():
    promised = """
        mistral-small-4 mistral-medium-3.5 magistral-small-2509 mistral-small-3.2 devstral-small-2
        devstral-2 mistral-nemo-12b pixtral-12b mistral-7b-instruct-v0.3 codestral-22b
        mixtral-8x7b-instruct mixtral-8x22b-instruct mistral-large-2 mistral-large-3
        ministral-3-3b-instruct ministral-3-8b-instruct ministral-3-14b-instruct
        ministral-3-3b-reasoning ministral-3-8b-reasoning ministral-3-14b-reasoning
    """
    assert {*promised.split()} <= {model.id for model in CATALOG.models if model.builds}


@pytest.mark.parametrize(
    ("model", "build", "parts", "weights_bytes"),
    [  # research/catalog.md §1.2, §4, §5, §6, §7
        ("mistral-small-4", "UD-IQ1_M", 1, 32_306_941_632),
        ("mistral-small-4", "MXFP4_MOE", 3, 71_812_829_184),
        ("mistral-small-4", "UD-Q4_K_XL", 3, 74_161_639_424),
        ("mistral-small-4", "BF16", 6, 237_992_005_728),
        ("mistral-small-4", "Q4_K_M", 2, 72_636_771_776),
        ("mistral-small-4", "bartowski/Q8_0", 4, 126_472_990_400),
        ("mistral-medium-3.5", "Q6_K", 4, 102_575_220_288),
        ("mistral-medium-3.5", "bartowski/Q4_K_M", 2, 78_409_343_008),
        ("ministral-3-14b-reasoning", "Q5_K_M", 1, 9_621_090_368),
        ("magistral-small-2509", "Q8_0", 1, 25_055_302_656),
        ("mistral-large-3", "UD-Q4_K_XL", 1, 387_880_303_968),
    ],
)
def test_a_builds_weights_are_as_many_bytes_as_were_read(model, build, parts, weights_bytes):
    found = build_of(model, build)
    assert (found.part_count, found.weights_bytes) == (parts, weights_bytes)
    assert not found.is_approximate


@pytest.mark.parametrize(
    ("model", "build", "gib"),
    [  # §5, §6, §7, §8; a tenth of a GiB at best
        ("ministral-3-3b-instruct", "Q4_K_M", 2.0),
        ("ministral-3-8b-reasoning", "UD-IQ2_M", 2.9),
        ("ministral-3-14b-instruct", "unsloth/Q4_K_M", 7.7),
        ("mistral-small-3.2", "UD-Q4_K_XL", 13.5),
        ("devstral-small-2", "bartowski/IQ4_XS", 11.9),
        ("devstral-small-2505", "devstral", 43.9),
        ("devstral-2", "Q4_K_M", 69.8),
        ("mistral-nemo-12b", "Q6_K_L", 9.7),
        ("mistral-7b-instruct-v0.3", "Q8_0", 7.2),
        ("mixtral-8x7b-instruct", "Q4_K_M", 24.6),
        ("mixtral-8x22b-instruct", "Q4_K_M", 79.7),
        ("mistral-large-2", "Q4_K_M", 68.2),
        ("mistral-large-2-2407", "Q6_K", 100.59 * GB / 2**30),
        ("codestral-22b", "Q4_K_M", 13.3 * GB / 2**30),
        ("mistral-small-4", "lmstudio-community/Q4_K_M", 67.21),
    ],
)
def test_a_rounded_size_is_the_sources_and_says_so(model, build, gib):
    found = build_of(model, build)
    assert found.is_approximate
    assert found.weights_bytes == pytest.approx(gib * 2**30, abs=500_000)


@pytest.mark.parametrize(
    ("build", "gb"),
    [  # §10.3; compute buffers are not in it
        ("UD-IQ2_XXS", 36.5),
        ("UD-Q2_K_XL", 41.8),
        ("UD-IQ4_XS", 59.7),
        ("MXFP4_MOE", 73.4),
        ("UD-Q4_K_XL", 75.8),
        ("Q8_0", 128.1),
    ],
)
def test_weights_projector_and_kv_of_small_4_add_up(build, gb):
    shape = model_of("mistral-small-4").shape
    assert shape.kv_values_per_token * 2 == 23_040
    kv_bytes = shape.kv_values_per_token * 2 * 32_768
    assert build_of("mistral-small-4", build).total_bytes + kv_bytes == pytest.approx(
        gb * GB, abs=0.06 * GB
    )


@pytest.mark.parametrize(
    ("model", "kv_bytes"),
    [  # f16, §4 to §7
        ("mistral-medium-3.5", 360_448),
        ("ministral-3-3b-instruct", 106_496),
        ("ministral-3-8b-instruct", 139_264),
        ("ministral-3-14b-instruct", 163_840),
        ("magistral-small-2509", 163_840),
        ("mistral-large-3", 70_272),
    ],
)
def test_the_shape_gives_the_published_kv_size(model, kv_bytes):
    assert model_of(model).shape.kv_values_per_token * 2 == kv_bytes


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_the_shape_gives_the_exact_parameter_count(model):
    assert parameters_of(model.shape) == model.parameters


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_every_build_has_an_id_of_its_own_and_all_its_parts(model):
    builds = model.builds
    assert len({build.id.lower() for build in builds}) == len(builds)
    assert not any(build.missing_parts for build in builds)


def test_small_4_is_taken_from_unsloth_then_bartowski():
    repositories = dict.fromkeys(b.repository for b in model_of("mistral-small-4").builds)
    owners = [repository.partition("/")[0] for repository in repositories]
    assert owners == ["unsloth", "bartowski", "lmstudio-community", "mudler"]


def test_mistrals_own_builds_come_first():
    for model in CATALOG.models:
        owners = [repository.repo.partition("/")[0] for repository in model.repositories]
        assert "mistralai" not in owners[1:]


def test_a_model_that_sees_comes_with_its_projector():
    build = build_of("ministral-3-8b-instruct", "Q8_0")
    assert build.projector
    assert build.projector.path == "Ministral-3-8B-Instruct-2512-BF16-mmproj.gguf"
    blind = build_of("devstral-small-2507", "unsloth/Q8_0")
    assert blind.projector is None


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_a_licence_that_is_not_open_has_terms_to_agree_to(model):
    assert bool(model.license_note) == (model.license in {"MNPL", "MRL", "Modified MIT"})


def test_a_family_is_what_the_engine_has_to_know_and_no_more():
    family = model_of("mistral-small-4").family
    assert type(family) is Family
    assert (family.tokenizer, family.thinking) == ("v15", Thinking.SWITCH)
    assert len(msgspec.json.encode(CATALOG.families)) < 16_384


# Names as the metadata of GGUFs have them ("general.name"), by their converters.
@pytest.mark.parametrize(
    ("like", "name", "expected"),
    [
        ("mistral-small-4", "Mistral-Small-4-119B-2603", "mistral-small-4"),
        ("mistral-medium-3.5", "Mistral Medium 3.5 128B", "mistral-medium-3.5"),
        ("mistral-medium-3.5", "Devstral 2 123B Instruct 2512", "devstral-2"),
        ("mistral-medium-3.5", "Somebody's Tune", None),
        ("ministral-3-14b-instruct", "Ministral 3 14B Reasoning 2512", "ministral-3-14b-reasoning"),
        ("ministral-3-14b-instruct", "Ministral-3-14B-Instruct-2512", "ministral-3-14b-instruct"),
        ("ministral-3-8b-instruct", "Ministral 3 8B Reasoning 2512", "ministral-3-8b-reasoning"),
        ("ministral-3-3b-instruct", "Ministral 3 3B Instruct 2512", "ministral-3-3b-instruct"),
        ("mistral-small-3.2", "Mistral Small 3.2 24B Instruct 2506", "mistral-small-3.2"),
        ("mistral-small-3.2", "Mistral-Small-3.1-24B-Instruct-2503", "mistral-small-3.1"),
        ("mistral-small-3.2", "Magistral Small 2509", "magistral-small-2509"),
        ("mistral-small-3.2", "Magistral Small 2506", "magistral-small-2506"),
        ("mistral-small-3.2", "Devstral Small 2507", "devstral-small-2507"),
        ("mistral-small-3.2", "Devstral Small 2505", "devstral-small-2505"),
        ("mistral-small-3.2", "Cydonia 24B v4", None),
        ("devstral-small-2", "Devstral Small 2 24B Instruct 2512", "devstral-small-2"),
        ("mistral-large-3", "Mistral-Large-3-675B-Instruct-2512", "mistral-large-3"),
        ("mistral-large-2", "Mistral Large Instruct 2411", "mistral-large-2"),
        ("mistral-large-2", "Mistral Large Instruct 2407", "mistral-large-2-2407"),
        ("mistral-nemo-12b", "Mistral Nemo Instruct 2407", "mistral-nemo-12b"),
        ("mistral-nemo-12b", "Pixtral 12b", "pixtral-12b"),
        ("mistral-nemo-12b", "Mistral Nemo Base 2407", None),
        ("mistral-7b-instruct-v0.3", "Mistral-7B-Instruct-v0.3", "mistral-7b-instruct-v0.3"),
        (
            "mistral-7b-instruct-v0.3",
            "models--mistralai--Mistral-7B-Instruct-v0.3",
            "mistral-7b-instruct-v0.3",
        ),
        ("mistral-7b-instruct-v0.3", "dolphin-2.9.3-mistral-7B-32k", None),
        ("codestral-22b", "Codestral-22B-v0.1", "codestral-22b"),
        ("codestral-22b", "Mistral Small Instruct 2409", None),
        (
            "mixtral-8x7b-instruct",
            "mistralai_mixtral-8x7b-instruct-v0.1",
            "mixtral-8x7b-instruct",
        ),
        ("mixtral-8x22b-instruct", "Mixtral-8x22B-Instruct-v0.1", "mixtral-8x22b-instruct"),
    ],
)
def test_a_gguf_of_this_shape_and_name_is_recognised(like, name, expected):
    shape = model_of(like)
    found = find_family(
        CATALOG.families,
        architecture=shape.architecture,
        parameters=shape.parameters,
        name=name,
    )
    assert (found.id if found else None) == expected


# Known bad builds


@pytest.mark.parametrize(
    ("label", "gib"),
    [
        ("UD-IQ1_M", 27.0),
        ("UD-IQ2_M", 38.9),
        ("UD-IQ2_XXS", 32.1),
        ("UD-IQ3_XXS", 43.8),
        ("UD-Q2_K_XL", 39.9),
    ],
)
def test_an_early_upload_of_small_4_is_known_by_its_size(label, gib):
    model, path = model_of("mistral-small-4"), f"Mistral-Small-4-119B-2603-{label}.gguf"
    for size_bytes in (round((gib - 0.05) * 2**30), round((gib + 0.05) * 2**30)):
        assert "2026-04-20" in warning_for(model, f"D:\\models\\{path}", size_bytes=size_bytes)
    good = build_of("mistral-small-4", label)
    assert warning_for(model, path, size_bytes=good.weights_bytes) == ""
    assert warning_for(model, path) == ""


def test_a_medium_that_is_not_the_corrected_upload_is_doubted():
    model = model_of("mistral-medium-3.5")
    (file,) = build_of("mistral-medium-3.5", "UD-IQ2_M").files
    assert warning_for(model, file.path, size_bytes=file.bytes, sha256=file.sha256.upper()) == ""
    assert warning_for(model, file.path, size_bytes=file.bytes) == ""
    assert "YaRN" in warning_for(model, file.path, size_bytes=file.bytes, sha256="0" * 64)
    assert "YaRN" in warning_for(model, file.path, size_bytes=file.bytes + 32)
    assert warning_for(model, "My-Medium-3.5.gguf", size_bytes=1, sha256="0" * 64) == ""


def test_mixtrals_of_2023_do_not_load():
    model = model_of("mixtral-8x7b-instruct")
    assert all("engine" in build_warning(model, build) for build in model.builds)
    assert warning_for(model, "Mixtral-8x7B-Instruct-v0.1.Q4_K_M.gguf") == ""


def test_nothing_else_is_warned_of():
    warned = {m.id for m in CATALOG.models for b in m.builds if build_warning(m, b)}
    assert warned == {"mixtral-8x7b-instruct"}
