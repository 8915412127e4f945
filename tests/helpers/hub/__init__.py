"""A Hub on loopback: what huggingface_hub talks to, with a CDN of its own and faults on demand."""

from tests.helpers.hub.content import Content, Pattern, sha256_of
from tests.helpers.hub.faults import Fault
from tests.helpers.hub.hub import Hub
from tests.helpers.hub.log import Logged

__all__ = ["Content", "Fault", "Hub", "Logged", "Pattern", "sha256_of"]
