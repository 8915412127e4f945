"""What a second start says to the first, and the name under which the first one listens."""

import getpass
import hashlib
import os
import pathlib

import msgspec

from app.domain.undecodable import UNDECODABLE
from app.domain.version import VERSION

# Four times the longest path there is, written as base64.
MOST_BYTES = 24 << 10
ANSWER = b"here\n"
_LONGEST_TOKEN = 256
_LONGEST_VERSION = 32
# The system's limit is 104 to 108, and Qt adds a folder while it makes the socket.
_LONGEST_PATH_BYTES = 80


class Summons(msgspec.Struct, frozen=True):
    """Come to the front.

    Attributes:
        model: Absolute path of a model file to use, as the file system writes it; may be empty.
        is_quick: The quick question is meant, not the window.
        activation_token: The compositor's leave to come to the front; may be empty.
        version: Of the program that was started.
    """

    model: bytes = b""
    is_quick: bool = False
    activation_token: str = ""
    version: str = VERSION

    @property
    def model_path(self) -> pathlib.Path | None:
        """Of the file to use."""
        return pathlib.Path(os.fsdecode(self.model)) if self.model else None


def written(summons: Summons) -> bytes:
    """As one line."""
    return msgspec.json.encode(summons) + b"\n"


def read(line: bytes) -> Summons | None:
    """What a line says; None where it is nothing of ours."""
    try:
        summons = msgspec.json.decode(line, type=Summons)
    except UNDECODABLE:
        return None
    token = summons.activation_token
    texts = ((token, _LONGEST_TOKEN), (summons.version, _LONGEST_VERSION))
    is_ours = all(len(text) <= most and (not text or text.isprintable()) for text, most in texts)
    path = summons.model_path
    if path and (not path.is_absolute() or b"\0" in summons.model):
        return None
    return summons if is_ours else None


def address(data: pathlib.Path) -> str:
    """Where the window of that data folder listens, for this user alone.

    On Windows the name of a pipe, elsewhere the path of a socket: sockets cannot lie in every
    folder, their paths are short and network drives have none.
    """
    user = str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()
    told_apart = f"{user}\n{data.resolve()}".encode(errors="surrogatepass")
    name = f"cierzo-{hashlib.sha256(told_apart).hexdigest()[:24]}"
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    path = str(pathlib.Path(folder, name))
    return path if _is_own(folder) and len(os.fsencode(path)) <= _LONGEST_PATH_BYTES else name


def _is_own(folder: str) -> bool:
    """Whether it is a folder that nobody but this user can write to."""
    if not folder or not hasattr(os, "getuid"):
        return False
    try:
        found = pathlib.Path(folder).stat()
    except OSError:
        return False
    return found.st_uid == os.getuid() and not found.st_mode & 0o022
