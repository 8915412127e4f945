"""Fuzzers: whatever parses what others wrote, with the promise that it has to keep.

One function per target serves three: the tests (hypothesis, the same inputs every time, and every
file of `tests/corpora`), `scripts/fuzz` with atheris, which follows the branches that inputs reach,
and `scripts/fuzz` without it.
"""
