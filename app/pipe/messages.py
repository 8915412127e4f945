"""The messages every worker understands, and the two ends of a request.

One JSON object per line, UTF-8. Every request ends in exactly one `Done` or `Failed`.
A worker's own protocol adds its requests, its events and its kinds of `Done`.
"""

import msgspec

from app.domain.amounts import Amount

# In a `Failed` before `Ready`: the worker cannot start, whatever it was asked.
NO_REQUEST = 0
MAX_TO_WORKER_BYTES = 64 * 1024 * 1024
MAX_FROM_WORKER_BYTES = 1024 * 1024


class Wire(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="type"):
    """Anything that travels; the class name is the tag."""


class Request(Wire, frozen=True, kw_only=True):
    """Work for a worker; the id is unique for the life of the worker."""

    request_id: int


class Cancel(Wire, frozen=True, kw_only=True):
    """End that request soon; its own `Done` or `Failed` is the answer."""

    request_id: int


class Nudge(Wire, frozen=True, kw_only=True):
    """Have that request go on to its next step, if it knows one; it ends as usual."""

    request_id: int


class Quit(Wire, frozen=True):
    """Finish and exit with code 0."""


class Ready(Wire, frozen=True, kw_only=True):
    """The first message of a worker.

    Attributes:
        protocol: Must equal the client's number.
        build: What the worker is made of, for reports.
    """

    protocol: int
    build: str


class Event(Wire, frozen=True, kw_only=True):
    """Something about one open request."""

    request_id: int


class Progress(Event, frozen=True, kw_only=True):
    """A request moves on: `done` of `total` units of the named stage.

    The stage decides how long the watchdog waits for the next sign of life.
    """

    stage: str
    done: Amount
    total: Amount


class Done(Event, frozen=True, kw_only=True):
    """The base of every good end."""


class Failed(Event, frozen=True, kw_only=True):
    """The bad end: an `AppError` in parts, see `app.domain.errors.error_from_code`."""

    code: str
    facts: dict[str, int | str] = {}
    detail: str = ""
