"""Every fuzzer on every input that is kept, and on some more; the same ones every time."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.table import TARGETS
from tests.fuzz.target import CORPORA, Target

PLAIN = [target for target in TARGETS.values() if not target.needs_screen]
DRAWN = [target for target in TARGETS.values() if target.needs_screen]


def try_some(target: Target) -> None:
    for path in target.corpus():
        target.fuzz_one(path.read_bytes())

    @settings(
        max_examples=target.examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(target.inputs())
    def keep_the_promise(data: bytes) -> None:
        target.fuzz_one(data)

    keep_the_promise()


@pytest.mark.parametrize("target", PLAIN, ids=lambda target: target.name)
def test_a_promise_is_kept(target):
    try_some(target)


@pytest.mark.parametrize("target", DRAWN, ids=lambda target: target.name)
@pytest.mark.usefixtures("qapp")
def test_a_promise_is_kept_on_the_screen(target):
    try_some(target)


def test_every_target_has_a_small_corpus():
    assert {folder.name for folder in CORPORA.iterdir()} == TARGETS.keys()
    for target in TARGETS.values():
        assert target.corpus()
        assert sum(path.stat().st_size for path in target.corpus()) < 40_000


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_words_are_bytes(target):
    assert {type(word) for word in target.words} == {bytes}
