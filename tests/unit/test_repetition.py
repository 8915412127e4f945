import random

import pytest

from app.engine.worker.repetition import Repetition

MOST_STEP_TOKENS = 8  # one drawn, seven guessed


def news_of(tokens: list[int], steps: list[int]) -> list[int]:
    """At which lengths a growing answer is told to repeat itself."""
    repetition, told, length = Repetition(), [], 0
    for step in steps:
        length += step
        if length > len(tokens):
            break
        if repetition.is_news(tokens[:length]):
            told.append(length)
    return told


def beginning(rng: random.Random) -> list[int]:
    return [rng.randrange(1000) for _ in range(rng.randrange(100))]


@pytest.mark.parametrize("step", range(1, MOST_STEP_TOKENS + 1))
@pytest.mark.parametrize("period", [1, 2, 3, 7, 31, 64])
def test_a_loop_is_told_once_however_many_tokens_come_at_a_time(period, step):
    rng = random.Random(period * 10 + step)
    before = beginning(rng)
    loop = [rng.randrange(1000) for _ in range(period)]
    told = news_of(before + loop * (2000 // period), [step] * 2000)
    needed = max(192, 6 * period)
    assert len(told) == 1
    assert needed <= told[0] <= len(before) + needed + 64 + step


def test_a_loop_is_told_in_steps_of_any_size():
    for seed in range(100):
        rng = random.Random(seed)
        tokens = beginning(rng) + [1, 2, 3, 4, 5] * 200
        steps = [rng.randint(1, MOST_STEP_TOKENS) for _ in tokens]
        assert len(news_of(tokens, steps)) == 1


def test_a_list_of_zeros_and_a_table_are_no_loop():
    row = [7, 8, 9, 10, 11]
    table = [token for number in range(300) for token in (*row, number)]
    short_loops = ([0] * 150 + list(range(100))) * 5
    for tokens in (table, short_loops, list(range(3000))):
        assert not news_of(tokens, [1] * len(tokens))
