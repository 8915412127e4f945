import random

from app.engine.worker.lookup import MOST_GUESSES, Lookup


def test_what_followed_before_is_guessed():
    entries = [*range(1, 9), *range(1, 5)]
    assert Lookup(entries).guesses(5, 7) == [6, 7, 8]
    assert Lookup(entries).guesses(9, 7) == []


def test_the_latest_place_wins():
    entries = [*range(1, 7), 0, *range(1, 6), 7, 0, *range(1, 5)]
    assert Lookup(entries).guesses(5, 1) == [7]


def test_never_more_than_there_is_room_for():
    entries = [*range(20), 0, 1, 2, 3]
    assert [len(Lookup(entries).guesses(4, room)) for room in range(6)] == [0, 1, 2, 3, 3, 3]


def test_a_picture_is_never_guessed():
    for words in (5, 6):
        entries = [*range(1, words + 1), -7, -7, 1, 2, 3, 4]
        assert Lookup(entries).guesses(5, 7) == []


def test_right_guesses_make_longer_ones_and_wrong_ones_a_pause():
    entries = [*range(80), 0, 1, 2, 3]
    lookup = Lookup(entries)
    for _ in range(3):
        lookup.learn_outcome(3, 3)
    assert len(lookup.guesses(4, 99)) == MOST_GUESSES
    lookup.learn_outcome(7, 1)
    assert lookup.guesses(4, 99) == []
    entries += [*range(4, 70), 0, 1, 2, 3]
    assert lookup.guesses(4, 99) == [5, 6, 7]


def test_what_was_taken_back_is_not_learnt():
    """Wrong guesses are trimmed from the entries before the next guess is made."""
    rng = random.Random(3)
    entries = [rng.randrange(4) for _ in range(30)]
    lookup = Lookup(entries)
    said = list(entries)
    for _ in range(500):
        last = rng.randrange(4)
        guesses = lookup.guesses(last, 7)
        at = {tuple(said[end - 5 : end]): end for end in range(5, len(said))}
        start = at.get((*said[-4:], last))
        assert not guesses or guesses == said[start : start + len(guesses)]
        entries += [last, *guesses]
        del entries[len(said) + 1 :]
        said.append(last)
