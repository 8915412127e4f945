import msgspec
import pytest

from app.domain.builds import (
    BuildFile,
    StatedBuild,
    choose_projector,
    group_builds,
    is_projector,
    quant_label,
)


def files(*paths: str, size: int = 10) -> list[BuildFile]:
    return [BuildFile(path=path, bytes=size) for path in paths]


def labels(*paths: str) -> list[str]:
    return [build.label for build in group_builds("owner/name", files(*paths))]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("Mistral-Small-4-119B-2603-UD-IQ1_M.gguf", "UD-IQ1_M"),
        ("UD-Q4_K_XL/Mistral-Small-4-119B-2603-UD-Q4_K_XL-00002-of-00003.gguf", "UD-Q4_K_XL"),
        ("MXFP4_MOE/Mistral-Small-4-119B-2603-MXFP4_MOE-00001-of-00003.gguf", "MXFP4_MOE"),
        ("Mistral-Large-3-675B-Instruct-2512-UD-TQ1_0.gguf", "UD-TQ1_0"),
        ("Ministral-3-14B-Instruct-2512-BF16.gguf", "BF16"),
        ("mistralai_Mistral-Small-4-119B-2603-IQ2_XXS.gguf", "IQ2_XXS"),
        ("mixtral-8x7b-instruct-v0.1.Q4_K_M.gguf", "Q4_K_M"),
        ("Mistral-7B-Instruct-v0.3.IQ4_XS.gguf", "IQ4_XS"),
        ("some-model.i1-Q4_K_S.gguf", "Q4_K_S"),
        ("Magistral-Small-2506_Q8_0.gguf", "Q8_0"),
        ("devstralQ4_K_M.gguf", "Q4_K_M"),
        ("smollm2-q4_1.gguf", "Q4_1"),
        ("model-fp16.gguf", "F16"),
        ("gemma-q4_0-it.gguf", "Q4_0"),
        ("Devstral-2-123B-IQ4_KSS-00001-of-00002.gguf", "IQ4_KSS"),
        ("Mistral-Small-4-119B-APEX-I-Mini.gguf", "APEX-I-Mini"),
        ("Q5_K_M/model-00001-of-00002.gguf", "Q5_K_M"),
        ("Qwen3-8B.gguf", "Qwen3-8B"),
        ("devstral.gguf", "devstral"),
    ],
)
def test_the_name_tells_the_number_format(path, label):
    assert quant_label(path) == label


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("mmproj-F16.gguf", True),
        ("mmproj.gguf", True),
        ("Ministral-3-8B-Instruct-2512-BF16-mmproj.gguf", True),
        ("sub/MMPROJ-model-f16.gguf", True),
        ("mmprojects-Q8_0.gguf", False),
        ("mmproj/model-Q8_0.gguf", False),
    ],
)
def test_a_projector_has_mmproj_at_either_end_of_its_name(path, expected):
    assert is_projector(path) is expected


def test_a_split_model_is_one_build_with_its_parts_in_order():
    (build,) = group_builds(
        "owner/name",
        files("Q8_0/a-Q8_0-00002-of-00003.gguf", "Q8_0/a-Q8_0-00001-of-00003.gguf")
        + files("Q8_0/a-Q8_0-00003-of-00003.gguf", size=5),
        commit="c" * 40,
    )
    assert [file.path[-19:-14] for file in build.files] == ["00001", "00002", "00003"]
    assert (build.id, build.commit, build.part_count) == ("Q8_0", "c" * 40, 3)
    assert (build.weights_bytes, build.total_bytes, build.missing_parts) == (25, 25, ())


def test_a_missing_part_is_named():
    paths = ("a-Q8_0-00001-of-00004.gguf", "a-Q8_0-00003-of-00004.gguf")
    (build,) = group_builds("owner/name", files(*paths))
    assert build.missing_parts == (2, 4)


@pytest.mark.parametrize("path", ["a-Q8_0-00000-of-00002.gguf", "a-Q8_0-00003-of-00002.gguf"])
def test_an_impossible_part_is_a_file_like_any_other(path):
    (build,) = group_builds("owner/name", files(path))
    assert (build.part_count, build.missing_parts) == (1, ())


def test_sets_of_other_counts_are_other_builds():
    paths = ("a-Q8_0-00001-of-00002.gguf", "a-Q8_0-00001-of-00003.gguf")
    assert [build.missing_parts for build in group_builds("owner/name", files(*paths))] == [
        (2,),
        (2, 3),
    ]


def test_what_is_no_model_is_left_out():
    assert labels(
        "README.md", "imatrix.gguf", "a-imatrix.gguf", "a.gguf.part1of2", "a-Q8_0.GGUF"
    ) == ["Q8_0"]


def test_the_same_label_twice_gives_two_builds():
    assert labels("a-Q4_0.gguf", "b-Q4_0.gguf") == ["Q4_0", "Q4_0"]


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ("F32 BF16 F16", "F16"),
        ("F32 BF16", "BF16"),
        ("Q8_0 F32", "F32"),
        ("Q8_0", "Q8_0"),
    ],
)
def test_the_projector_that_every_backend_computes_is_chosen(offered, chosen):
    found = choose_projector(files(*(f"mmproj-{label}.gguf" for label in offered.split())))
    assert found
    assert found.path == f"mmproj-{chosen}.gguf"


def test_the_projector_belongs_to_every_build_that_has_a_use_for_it():
    listing = files("a-Q4_0.gguf", "a-Q8_0.gguf", size=100) + files("a-BF16-mmproj.gguf")
    seeing = group_builds("owner/name", listing)
    assert [build.total_bytes for build in seeing] == [110, 110]
    blind = group_builds("owner/name", listing, sees_pictures=False)
    assert [(build.projector, build.total_bytes) for build in blind] == [(None, 100)] * 2


def test_one_rounded_size_makes_the_sum_approximate():
    exact = files("a-Q4_0.gguf")
    assert not group_builds("owner/name", exact)[0].is_approximate
    rounded = [BuildFile(path="mmproj-F16.gguf", approx_bytes=7)]
    (build,) = group_builds("owner/name", [*exact, *rounded])
    assert (build.is_approximate, build.weights_bytes, build.total_bytes) == (True, 10, 17)


def test_one_unknown_size_makes_the_sum_unknown():
    projector = [BuildFile(path="mmproj-F16.gguf")]
    (build,) = group_builds("owner/name", [*files("a-Q4_0.gguf"), *projector])
    assert (build.weights_bytes, build.total_bytes) == (10, None)
    (build,) = group_builds(
        "owner/name", [BuildFile(path="a-Q4_0.gguf"), *files("mmproj-F16.gguf")]
    )
    assert (build.weights_bytes, build.total_bytes) == (None, None)


def test_a_build_whose_files_are_not_known_has_its_stated_size():
    stated = [StatedBuild(label="Q4_K_M", approx_bytes=100)]
    (build,) = group_builds("owner/name", files("mmproj-F16.gguf"), stated=stated)
    assert (build.id, build.files, build.missing_parts) == ("Q4_K_M", (), ())
    assert (build.weights_bytes, build.total_bytes, build.is_approximate) == (100, 110, True)


def test_a_file_is_written_with_what_is_known_of_it():
    exact = BuildFile(path="a.gguf", bytes=1, sha256="f" * 64)
    assert msgspec.to_builtins(exact) == {"path": "a.gguf", "bytes": 1, "sha256": "f" * 64}
    rounded = BuildFile(path="a.gguf", approx_bytes=1)
    assert msgspec.to_builtins(rounded) == {"path": "a.gguf", "approx_bytes": 1}
