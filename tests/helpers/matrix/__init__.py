"""The fault matrix: what is tried by `scripts/faults`, and in its quick form by the tests."""
