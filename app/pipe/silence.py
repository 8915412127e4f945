"""How a worker gives up the network: in Python on every system, on Linux in the kernel as well.

On macOS and Windows native code is not held: what those systems have for it is deprecated
(`sandbox_init`) or meant for programs that are installed as such (AppContainer).
"""

import sys

from app.pipe.seccomp import refuse_calls

_AF_UNIX = 1  # on all three systems; `socket` is for the download worker
# A socket is there only if it was made, and what was made is local: these need no look.
_NEW = "socket.__new__"
_LOOK_UPS = ("socket.getaddrinfo", "socket.getnameinfo", "socket.gethostby")


def stay_silent(*, is_throw_away: bool) -> bool:
    """From here on this process cannot reach the network, and what it starts cannot either.

    The kernel's filter forbids set-user-id programs, too: who needs one of them comes before this.

    Args:
        is_throw_away: It talks to nobody but its parent: no local socket, no other program.

    Returns:
        Whether the kernel holds native code to it.
    """
    sys.addaudithook(_refuse_the_network)
    return refuse_calls(local_sockets=not is_throw_away, programs=not is_throw_away)


def _refuse_the_network(event: str, arguments: tuple[object, ...]) -> None:
    if not event.startswith("socket."):
        return
    is_refused = arguments[1] != _AF_UNIX if event == _NEW else event.startswith(_LOOK_UPS)
    if is_refused:
        raise PermissionError("only the download worker opens internet sockets")
