import pytest

from app.domain import errors
from app.domain.errors import AppError, ContextFull, WorkerBug, error_from_code
from app.domain.package_data import package_file
from app.domain.prompt import Control, ControlTokens, Text, join_texts
from app.domain.units import format_bytes, format_count, format_duration


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "0.977 KiB"),
        (98_362_432, "93.8 MiB"),
        (1024**3 - 1, "1 GiB"),
        (5 * 1024**4, "5 TiB"),
        (5000 * 1024**4, "5,000 TiB"),
    ],
)
def test_bytes_in_words(count, words):
    assert format_bytes(count) == words


def test_counts_and_durations_in_words():
    assert format_count(262144) == "262,144"
    assert [format_duration(s) for s in (0.2, 40, 89, 150, 7200)] == [
        "1 s",
        "40 s",
        "89 s",
        "2 min",
        "2.0 h",
    ]


def leaves(kind: type[AppError]) -> list[type[AppError]]:
    children = kind.__subclasses__()
    return [leaf for child in children for leaf in leaves(child)] if children else [kind]


@pytest.mark.parametrize("kind", leaves(AppError), ids=lambda kind: kind.__name__)
def test_every_error_says_what_happened_and_survives_the_pipe(kind):
    import string

    names = [name for _, name, _, _ in string.Formatter().parse(kind.sentence) if name]
    facts = {name: 7 if name.endswith(("_bytes", "_tokens")) else "thing" for name in names}
    error = kind(detail="d", **facts)
    assert str(error).endswith(".")
    assert "{" not in str(error)
    again = error_from_code(kind.code, facts, "d")
    assert (type(again), str(again), again.detail) == (kind, str(error), "d")


def test_codes_are_stable_and_unknown_ones_are_bugs():
    assert ContextFull.code == "context_full"
    assert isinstance(error_from_code("bug", {}, "frames"), WorkerBug)
    assert isinstance(error_from_code("model_error", {}, ""), WorkerBug)


def test_the_tree_in_the_docstring_is_complete():
    for leaf in leaves(AppError):
        assert leaf.__name__ in errors.__doc__


def test_texts_join_and_empty_ones_go():
    segments = [Text("a"), Text(""), Text("b"), Control("<s>"), Text("")]
    assert join_texts(segments) == [Text("ab"), Control("<s>")]


def test_control_tokens_are_found_longest_first():
    controls = ControlTokens(["<|", "<|end|>", ""])
    found = join_texts(controls.split("a<|end|>b<|c"))
    assert found == [Text("a"), Control("<|end|>"), Text("b"), Control("<|"), Text("c")]
    assert controls.break_up("a<b", "#") == "a<#b"
    assert ControlTokens([]).split("a") == [Text("a")]


def test_package_files_are_found():
    assert package_file("models.toml").is_file()
    with pytest.raises(FileNotFoundError):
        package_file("nosuch")
