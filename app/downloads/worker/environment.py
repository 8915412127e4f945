"""What this process does to itself before it imports a library that could use the network."""

import os
import sys

_SETTINGS = {
    # The first header that huggingface_hub builds would cost a request to learn of "agents".
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_XET": "1",
    "HF_XET_TELEMETRY_ENABLED": "0",
    # Only the token that the person gave to Cierzo is ever sent.
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_EXPERIMENTAL_WARNING": "1",
}
# They make huggingface_hub print whole requests, signed addresses included.
_TALKATIVE = ("HF_DEBUG", "HF_HUB_VERBOSITY")

_NICENESS = 10
_BELOW_NORMAL_PRIORITY_CLASS = 0x4000


def prepare_environment() -> None:
    """Switch off what libraries do unasked, and leave the processor to others first."""
    assert "huggingface_hub" not in sys.modules, "it reads the environment when it is imported"
    os.environ.update(_SETTINGS)
    for name in _TALKATIVE:
        os.environ.pop(name, None)
    _lower_priority()


def _lower_priority() -> None:
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(_NICENESS)
