"""What this copy of Cierzo is and what it runs on, for its About window and reports of problems."""

import os
import platform
from importlib import metadata

import msgspec

from app.domain.distribution import Distribution, read_distribution
from app.domain.package_data import package_file
from app.domain.undecodable import UNDECODABLE
from app.domain.units import format_bytes
from app.domain.version import VERSION
from app.engine.packs import engine_folder
from app.hardware.memory import read_memory
from app.services.logs import scrub
from app.services.unfolding import unfolded

_COMMIT_CHARACTERS = 12


class _Engine(msgspec.Struct, frozen=True, kw_only=True):
    """Of a bundle's ``llama/engine.json`` what is said here."""

    abi: str = ""
    backends: tuple[str, ...] = ()


class AboutFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is said.

    Attributes:
        changes: CHANGELOG.md from its newest version on; empty where it is missing.
        details: Lines of a report, with nothing that tells whose PC it is.
    """

    distribution: Distribution
    changes: str
    details: str


def read_about() -> AboutFacts:
    """Look; reads files and asks the system."""
    distribution = read_distribution()
    return AboutFacts(distribution=distribution, changes=_changes(), details=_details(distribution))


def _details(distribution: Distribution) -> str:
    commit = distribution.commit[:_COMMIT_CHARACTERS]
    built = ", ".join(filter(None, (distribution.kind.value, commit and f"commit {commit}")))
    processor = platform.processor() or platform.machine()
    lines = (
        f"Cierzo {VERSION} ({built})",
        f"Python {platform.python_version()}, {platform.platform()}",
        f"Engine {_engine()}",
        f"Processor {processor}, {os.cpu_count()} threads",
        f"Memory {format_bytes(read_memory().total_bytes)}",
    )
    return scrub("\n".join(lines))


def _engine() -> str:
    """The packaged engine as it says itself, else the library that is installed."""
    folder = engine_folder()
    try:
        content = (folder / "engine.json").read_bytes() if folder else b"{}"
        engine = msgspec.json.decode(content, type=_Engine)
    except (OSError, *UNDECODABLE):
        engine = _Engine()
    if engine.abi:
        return ", ".join(filter(None, (engine.abi, *engine.backends)))
    try:
        return f"llama-cpp-python {metadata.version('llama-cpp-python')}"
    except metadata.PackageNotFoundError:
        return "unknown"


def _changes() -> str:
    try:
        text = package_file("CHANGELOG.md").read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    return unfolded(text[max(0, text.find("## ")) :])
