"""What the parent and the process that reads headers say to each other, a line each."""

from app.domain.tensors import Header
from app.pipe.messages import Failed, Wire

# The longest header that the reader lets pass takes half of it.
MAX_ANSWER_BYTES = 16 * 1024 * 1024


class ReadHeader(Wire, frozen=True, kw_only=True):
    """Read the header of the model that this file belongs to.

    Attributes:
        path: As `os.fsencode` makes it, since a name need not be valid text.
        whole_bytes: Of the file that only the beginning is there of, alone; 0 is a whole model.
    """

    path: bytes
    whole_bytes: int = 0


class HeaderRead(Wire, frozen=True, kw_only=True):
    """The good answer."""

    header: Header


Reply = HeaderRead | Failed
