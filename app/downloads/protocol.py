"""What the window and the download worker say to each other.

Many requests are open at once; each ends in its own `Done` or `Failed`. A worker that is killed
loses nothing: everything a job needs is in its folder.
"""

from app.domain.amounts import Amount
from app.domain.builds import BuildFile
from app.domain.downloads.jobs import Failure, Job, State
from app.domain.downloads.network import Network
from app.pipe.messages import Cancel, Done, Event, Failed, Progress, Quit, Ready, Request

PROTOCOL = 1

# Stage -> (seconds of silence allowed, what it is doing in words). A worker with an open request
# says `Progress` once a second, whatever the network does.
ALIVE = "alive"
STAGES: dict[str, tuple[float, str]] = {ALIVE: (20.0, "downloading")}


class SetLimits(Request, frozen=True, kw_only=True):
    """Take effect at once, for all jobs together.

    Attributes:
        bytes_per_s: 0 is as fast as it goes.
    """

    bytes_per_s: int


class Look(Request, frozen=True, kw_only=True):
    """List a repository's files. Ends in `Looked`.

    Attributes:
        repository: OWNER/NAME.
        revision: A commit or a branch.
    """

    network: Network
    repository: str
    revision: str = "main"


class Peek(Request, frozen=True, kw_only=True):
    """Fetch the first bytes of a file, for its header. Ends in `Peeked`.

    Attributes:
        commit: 40 hex digits.
        path: Inside the repository.
        length_bytes: At most; a shorter file is fetched whole.
        target: A file to be written or replaced.
    """

    network: Network
    repository: str
    commit: str
    path: str
    length_bytes: int
    target: str


class Fetch(Request, frozen=True, kw_only=True):
    """Download a job and install it. Ends in `Fetched`, or in `Stopped` by a wish file.

    Attributes:
        job_folder: Holds job.json, the parts and their journals.
        models_folder: Where the files get their names, on the same volume: OWNER/NAME/FILE.
        reuse_folders: Where a file with the right hash may lie already: our own other model folders
            and Hugging Face caches.
        other_bytes: What other jobs are going to need on this volume.
    """

    network: Network
    job_folder: str
    models_folder: str
    reuse_folders: tuple[str, ...] = ()
    other_bytes: int = 0


class Hash(Request, frozen=True, kw_only=True):
    """Compute a file's sha256, slowly enough to be in nobody's way. Ends in `Hashed`.

    Attributes:
        is_urgent: Somebody waits for it: as fast as the disk is.
    """

    path: str
    is_urgent: bool = False


class Copy(Request, frozen=True, kw_only=True):
    """Put a file somewhere else, whole or not at all. Ends in `Copied`.

    Attributes:
        sha256: Checked while copying; "" is whatever the file has.
        keeps_source: A copy; a move otherwise.
    """

    source: str
    target: str
    sha256: str = ""
    keeps_source: bool = True


class ReadUrl(Request, frozen=True, kw_only=True):
    """Read a small file that a signed list names or is. Ends in `UrlRead`.

    Attributes:
        network: Its proxy; there is no token for anybody.
        url: Encrypted, as is every redirect.
        most_bytes: A longer answer is none; half a megabyte fits into a message.
        why: For the list of connections.
    """

    network: Network
    url: str
    most_bytes: int
    why: str


class FetchUrl(Request, frozen=True, kw_only=True):
    """Download a file that a signed list names. Ends in `UrlFetched`, cancelled in `Stopped`.

    Attributes:
        network: As in `ReadUrl`, as are `url` and `why`.
        bytes: Exact.
        sha256: In hex.
        target: Its place; what is there with that content is not fetched again. Parts lie beside.
    """

    network: Network
    url: str
    bytes: int
    sha256: str
    target: str
    why: str


class FetchState(Event, frozen=True, kw_only=True):
    """Where a job stands, at most five times a second.

    Attributes:
        job: As it is kept now; differs from the one before when the Hub said more.
        bytes_done: Verified or not, on the disk.
        bytes_total: None until the Hub was asked.
        bytes_per_s: From the network, over some seconds; None while it is not known.
        eta_s: None while it is not known.
        problem: What it waits for; None if it does not.
    """

    job: Job
    state: State
    bytes_done: Amount
    bytes_total: Amount | None = None
    bytes_per_s: float | None = None
    eta_s: float | None = None
    problem: Failure | None = None


class Traffic(Event, frozen=True, kw_only=True):
    """Bytes that came from a host since the last `Traffic` of this request, host and reason."""

    host: str
    why: str
    bytes: Amount


class FileProgress(Event, frozen=True, kw_only=True):
    """How far a hash or a copy is."""

    done_bytes: Amount
    total_bytes: Amount


class UrlState(Event, frozen=True, kw_only=True):
    """Where a `FetchUrl` stands, about five times a second.

    Attributes:
        problem: What it waits for; None if it does not.
    """

    bytes_done: Amount
    state: State
    problem: Failure | None = None


class Looked(Done, frozen=True, kw_only=True):
    """A repository.

    Attributes:
        commit: 40 hex digits.
        files: Everything in it, with exact sizes, and sha256 where the Hub has it.
    """

    commit: str
    files: tuple[BuildFile, ...]


class Peeked(Done, frozen=True, kw_only=True):
    """The bytes are there.

    Attributes:
        path: The target.
    """

    path: str


class Fetched(Done, frozen=True, kw_only=True):
    """Every file has its final name and its right hash.

    Attributes:
        paths: In the order of the job's files.
    """

    job: Job
    paths: tuple[str, ...]


class Stopped(Done, frozen=True, kw_only=True):
    """Cancelled by the window, or by a wish file of another process.

    Attributes:
        wish: "pause", "cancel", or "" where the window asked.
    """

    wish: str = ""


class Hashed(Done, frozen=True, kw_only=True):
    """A file's hash, and what it looked like before the first and after the last byte."""

    sha256: str
    bytes: int
    mtime_ns: int


class Copied(Done, frozen=True, kw_only=True):
    """The file is there under its name."""

    sha256: str
    bytes: int
    mtime_ns: int


class UrlRead(Done, frozen=True, kw_only=True):
    """The whole answer."""

    content: bytes


class UrlFetched(Done, frozen=True, kw_only=True):
    """The file is at its place, with the right hash."""


class LimitsSet(Done, frozen=True, kw_only=True):
    """They hold."""


ToWorker = SetLimits | Look | Peek | Fetch | ReadUrl | FetchUrl | Hash | Copy | Cancel | Quit
FromWorker = (
    Ready
    | Progress
    | FetchState
    | Traffic
    | FileProgress
    | UrlState
    | UrlRead
    | UrlFetched
    | Looked
    | Peeked
    | Fetched
    | Stopped
    | Hashed
    | Copied
    | LimitsSet
    | Failed
)
