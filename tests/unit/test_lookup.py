import random

from app.engine.worker.lookup import MOST_GUESSES, Lookup


def test_what_followed_before_is_guessed():
    entries = [1, 2, 3, 4, 5, 6, 1, 2]
    assert Lookup(entries).guesses(3, 7) == [4, 5, 6]
    assert Lookup(entries).guesses(9, 7) == []


def test_the_latest_place_wins():
    entries = [1, 2, 3, 4, 0, 1, 2, 3, 5, 0, 1, 2]
    assert Lookup(entries).guesses(3, 1) == [5]


def test_never_more_than_there_is_room_for():
    entries = [*range(20), 0, 1]
    assert [len(Lookup(entries).guesses(2, room)) for room in range(6)] == [0, 1, 2, 3, 3, 3]


def test_a_picture_is_never_guessed():
    assert Lookup([1, 2, 3, -7, -7, 1, 2]).guesses(3, 7) == []
    assert Lookup([1, 2, 3, 4, -7, -7, 1, 2]).guesses(3, 7) == []


def test_right_guesses_make_longer_ones_and_wrong_ones_a_pause():
    entries = [*range(50), 0, 1]
    lookup = Lookup(entries)
    for _ in range(3):
        lookup.learn_outcome(3, 3)
    assert len(lookup.guesses(2, 99)) == MOST_GUESSES
    lookup.learn_outcome(7, 1)
    assert lookup.guesses(2, 99) == []
    entries += [*range(2, 18), 0, 1]
    assert lookup.guesses(2, 99) == [3, 4, 5]


def test_what_was_taken_back_is_not_learnt():
    """Wrong guesses are trimmed from the entries before the next guess is made."""
    rng = random.Random(3)
    entries = [rng.randrange(4) for _ in range(30)]
    lookup = Lookup(entries)
    said = list(entries)
    for _ in range(500):
        last = rng.randrange(4)
        guesses = lookup.guesses(last, 7)
        at = {tuple(said[end - 3 : end]): end for end in range(3, len(said))}
        start = at.get((*said[-2:], last))
        assert not guesses or guesses == said[start : start + len(guesses)]
        entries += [last, *guesses]
        del entries[len(said) + 1 :]
        said.append(last)
