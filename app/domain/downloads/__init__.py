"""The rules of a download, as values and pure functions."""
