"""Reproducible measurements of Cierzo against the barest program that does the same."""
