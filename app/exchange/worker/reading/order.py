"""Messages that name the one they follow, put behind it."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def in_order(parents: Mapping[Key, Key | None]) -> list[tuple[Key, Key | None]]:
    """Put every key behind its parent; those with the same parent keep their order.

    Args:
        parents: Of each key. A parent that is not among the keys is none, and so is one in a
            circle, for the first key of that circle.

    Returns:
        Every key once, with the parent that it has now.
    """
    children: dict[Key | None, list[Key]] = {}
    for key, parent in parents.items():
        children.setdefault(parent if parent in parents else None, []).append(key)
    found: dict[Key, Key | None] = {}
    # After those that come from a beginning only circles are left.
    for beginning in (*children.get(None, ()), *parents):
        waiting: list[tuple[Key, Key | None]] = [(beginning, None)]
        while waiting:  # and no function that calls itself: chats are long
            key, parent = waiting.pop()
            if key not in found:
                found[key] = parent
                waiting += [(child, key) for child in reversed(children.get(key, []))]
    return list(found.items())
