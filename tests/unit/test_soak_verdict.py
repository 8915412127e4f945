"""When the soak says that something grew."""

import msgspec
import pytest

from benchmarks.soak import Held, Sample, in_words, judge

COUNT = 30


def samples(**grown: float) -> list[Sample]:
    """Rounds in which some of what is held grows by so much a round."""

    def held(process: str, number: int) -> Held:
        steps = {
            name: grown.get(f"{process}_{name}", 0) * number for name in Held.__struct_fields__
        }
        return Held(
            own_mb=100 + steps["own_mb"],
            pss_mb=120,
            files=20 + round(steps["files"]),
            threads=9 + round(steps["threads"]),
        )

    return [
        Sample(
            generations=10 * number,
            window=held("window", number),
            engine=held("engine", number),
            processes=round(grown.get("processes", 0) * number),
            temporary=round(grown.get("temporary", 0) * number),
            cached=30 + round(grown.get("cached", 0) * number),
        )
        for number in range(COUNT)
    ]


def missed(rounds: list[Sample]) -> list[str]:
    return [outcome.name for outcome in judge(rounds) if not outcome.is_kept]


def test_what_stays_is_kept():
    assert not missed(samples())


@pytest.mark.parametrize(
    ("grown", "name"),
    [
        ({"window_own_mb": 0.2}, "window: memory, MB"),
        ({"engine_own_mb": 0.2}, "engine: memory, MB"),
        ({"window_files": 0.2}, "window: open files"),
        ({"engine_threads": 0.2}, "engine: threads"),
        ({"processes": 0.2}, "other processes"),
        ({"temporary": 0.2}, "temporary files"),
        ({"cached": 0.2}, "files in the cache"),
    ],
)
def test_what_piles_up_is_named(grown, name):
    assert missed(samples(**grown)) == [name]


def test_a_little_growth_of_memory_is_allowed():
    assert not missed(samples(window_own_mb=0.05))


def test_a_file_that_is_open_for_a_moment_is_no_leak():
    rounds = samples()
    held = msgspec.structs.replace(rounds[-1].window, files=25)
    rounds[-1] = msgspec.structs.replace(rounds[-1], window=held)
    assert not missed(rounds)


def test_the_first_rounds_may_fill_caches():
    rounds = samples()
    for place in range(COUNT // 3):
        rounds[place] = msgspec.structs.replace(rounds[place], cached=0)
    assert not missed(rounds)


def test_the_table_says_what_was_missed():
    rounds = samples(temporary=1)
    words = in_words(rounds, judge(rounds), 7)
    assert "30 rounds with 290 answers, seed 7; from round 11 on:" in words
    assert words.count("**missed**") == 1
