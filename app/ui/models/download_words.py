"""How downloads are said in plain words.

Numbers that change keep their number of decimals, so that nothing beside them moves.
"""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from app.domain.downloads.jobs import Download, State
from app.domain.errors import NetworkDown
from app.domain.placement.values import Fit
from app.services.offers import BuildOffer
from app.ui.catalogue_text import catalogue_text
from app.ui.models.words import fit_words
from app.ui.quantities import (
    counted,
    format_bytes,
    format_duration,
    format_limit,
    format_part,
    format_rate,
    sentence,
)

# The word joiner keeps a unit together at the end of a line.
_PER_SECOND = "/\u2060s"
RUNNING = frozenset({State.CONNECTING, State.DOWNLOADING, State.VERIFYING})
PENDING = RUNNING | {State.QUEUED, State.WAITING}


def _tr(text: str) -> str:
    return QCoreApplication.translate("downloads", text)


def state_words(download: Download) -> str:
    """Say what it is doing."""
    if download.is_elsewhere and download.state in PENDING:
        return _tr("Another Cierzo is downloading it")
    if download.state is State.WAITING and not isinstance(
        download.problem, NetworkDown | type(None)
    ):
        return _tr("Waiting")
    return {
        State.QUEUED: _tr("Waiting for its turn"),
        State.CONNECTING: _tr("Connecting"),
        State.DOWNLOADING: _tr("Downloading"),
        State.WAITING: _tr("Waiting for the network"),
        State.VERIFYING: _tr("Verifying"),
        State.PAUSED: _tr("Paused"),
        State.FAILED: _tr("Failed"),
        State.INSTALLED: _tr("Installed"),
    }[download.state]


def amount_words(done_bytes: int, total_bytes: int | None) -> str:
    """Say how much of it is there, in the unit of the whole."""
    if total_bytes is None:
        return format_bytes(done_bytes)
    done = format_part(done_bytes, total_bytes)
    return _tr("{done} of {whole}").format(done=done, whole=format_bytes(total_bytes))


def percent_of(done_bytes: int, total_bytes: int | None) -> int | None:
    """Whole per cent, a hundred only when nothing is missing; None where it is not known."""
    return None if not total_bytes else min(100, done_bytes * 100 // total_bytes)


def percent_words(percent: int | None) -> str:
    """Say it; empty where it is not known."""
    return "" if percent is None else _tr("{percent} %").format(percent=percent)


def transfer_words(bytes_per_s: float | None) -> str:
    """Say how fast it comes; empty where it is not known."""
    if bytes_per_s is None:
        return ""
    return format_rate(bytes_per_s).replace("/s", _PER_SECOND)


def time_left_words(eta_s: float | None) -> str:
    """Say how long it still takes; empty where it is not known."""
    return "" if eta_s is None else _tr("{time} left").format(time=format_duration(eta_s))


def total_words(downloads: Sequence[Download]) -> str:
    """Say where all of them stand together."""
    pending = [download for download in downloads if download.state in PENDING]
    if not pending:
        return _standing_words(downloads)
    count = len(pending)
    words = [counted(count, "1 to go", "{count} to go")]
    words.append(percent_words(total_percent(pending)))
    speeds = [download.bytes_per_s for download in pending if download.bytes_per_s is not None]
    if speeds:
        words.append(transfer_words(sum(speeds)))
    return " · ".join(word for word in words if word)


def _standing_words(downloads: Sequence[Download]) -> str:
    number = {
        state: sum(download.state is state for download in downloads)
        for state in (State.FAILED, State.PAUSED, State.INSTALLED)
    }
    words = {
        State.FAILED: counted(number[State.FAILED], "1 failed", "{count} failed"),
        State.PAUSED: counted(number[State.PAUSED], "1 paused", "{count} paused"),
        State.INSTALLED: counted(number[State.INSTALLED], "1 installed", "{count} installed"),
    }
    return " · ".join(words[state] for state, count in number.items() if count)


def limit_words(bytes_per_s: int) -> str:
    """Say the limit; empty where there is none."""
    if not bytes_per_s:
        return ""
    rate = format_limit(bytes_per_s).replace("/s", _PER_SECOND)
    return _tr("limited to {rate}").format(rate=rate)


def total_percent(downloads: Sequence[Download]) -> int | None:
    """Of all bytes that are known of; None where none is."""
    known = [(d.bytes_done, d.bytes_total) for d in downloads if d.bytes_total]
    return percent_of(sum(done for done, _ in known), sum(total or 0 for _, total in known))


def shortage_words(missing_bytes: int) -> str:
    """Say that there is no room; empty where there is."""
    if missing_bytes <= 0:
        return ""
    return _tr("Not enough room: {missing} more are needed in the folder for downloads.").format(
        missing=format_bytes(missing_bytes)
    )


def doubts(build: BuildOffer, *, has_gpu: bool, missing_bytes: int) -> str:
    """Say why somebody might not want to download it; empty where nothing speaks against it."""
    reasons = [catalogue_text(build.warning)]
    if build.plan and build.plan.fit in (Fit.NO, Fit.DISK):
        reasons.append(sentence(fit_words(build.plan.fit, has_gpu=has_gpu)))
    reasons.append(shortage_words(missing_bytes))
    return " ".join(reason for reason in reasons if reason)
