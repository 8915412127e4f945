"""Numbers that a person types, with their bounds."""

import argparse
import contextlib


def natural(text: str) -> int:
    """A whole number from 0 on, small enough for a seed."""
    return round(_number(text, int, 0, 2**32 - 2))


def positive(text: str) -> int:
    """A whole number from 1 on."""
    return round(_number(text, int, 1, 2**31 - 1))


def threads(text: str) -> int:
    """A number of threads."""
    return round(_number(text, int, 1, 512))


def not_negative(text: str) -> float:
    """A number from 0 on, small enough for a temperature."""
    return _number(text, float, 0, 1000)


def share(text: str) -> float:
    """A number from 0 to 1."""
    return _number(text, float, 0, 1)


def _number(text: str, kind: type[int] | type[float], least: float, most: float) -> float:
    with contextlib.suppress(ValueError):
        if least <= (number := kind(text)) <= most:
            return number
    raise argparse.ArgumentTypeError(f"“{text}” is not a number from {least} to {most}")
