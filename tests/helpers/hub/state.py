"""What both origins know; any thread may ask."""

from tests.helpers.hub.content import Content, sha256_of
from tests.helpers.hub.faults import Faults
from tests.helpers.hub.links import Links
from tests.helpers.hub.log import Log
from tests.helpers.hub.repositories import Repository, is_lfs


class State:
    """Repositories, links, faults and the log of one hub.

    Attributes:
        token: That the hub knows.
        is_accepted: Its owner has accepted the terms of gated repositories.
        tree_page_length: Most entries of a page of a listing.
        bytes_per_s_per_connection: How fast each connection sends; 0 is as fast as it goes.
        cdn_url: Where links point.
        published: What the CDN has at plain paths.
    """

    def __init__(self) -> None:
        self.token = "hf_" + "testtoken" * 3
        self.is_accepted = True
        self.tree_page_length = 1000
        self.bytes_per_s_per_connection = 0.0
        self.cdn_url = ""
        self.links = Links()
        self.faults = Faults()
        self.log = Log()
        self.repositories: dict[str, Repository] = {}
        self.published: dict[str, Content] = {}
        self._blobs: dict[str, Content] = {}

    def add(
        self,
        name: str,
        files: dict[str, Content],
        *,
        gated: bool,
        private: bool,
        commit: str,
    ) -> str:
        """A new commit."""
        repository = self.repositories.setdefault(name, Repository(name=name))
        repository.is_gated, repository.is_private = gated, private
        self._blobs |= {sha256_of(c): c for path, c in files.items() if is_lfs(path, c)}
        return repository.add(files, commit)

    def blob(self, sha256: str) -> Content | None:
        """Content by its hash."""
        return self._blobs.get(sha256)
