"""What the settings say of updates and runtime packs."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale

from app.domain.distribution import Kind
from app.services.runtime_packs import InstalledPack, PackPhase, PackState
from app.services.updates import UpdatePhase, UpdateState
from app.ui.quantities import format_bytes, format_part

_MOST_NOTES = 4000


def looked_words(looked_at: datetime | None) -> str:
    """Say when it was looked for updates."""
    if looked_at is None:
        return _tr("Cierzo has not looked for updates yet.")
    moment = QDateTime.fromSecsSinceEpoch(int(looked_at.timestamp()))
    short = QLocale.FormatType.ShortFormat
    said = QLocale().toString(moment, short)
    return _tr("Last looked: {moment}.").format(moment=said)


def found_words(state: UpdateState) -> str:
    """Say what came of the last look."""
    if state.phase is UpdatePhase.LOOKING:
        return _tr("Looking…")
    if state.release:
        return _tr("Cierzo {version} is there.").format(version=state.release.version)
    is_known = state.looked_at is not None and state.problem is None
    return _tr("There is no newer version for this PC.") if is_known else ""


def released_words(released: str) -> str:
    """Say when a version was published."""
    day = QDate.fromString(released[:10], "yyyy-MM-dd")
    said = QLocale().toString(day, QLocale.FormatType.LongFormat) if day.isValid() else released
    return _tr("Published on {day}.").format(day=said)


def notes_of(text: str) -> str:
    """What is new, as the publisher wrote it."""
    return text.strip()[:_MOST_NOTES]


def way_words(kind: Kind, *, has_homepage: bool) -> str:
    """Say how this copy gets a newer version where it does not fetch it itself."""
    if kind in (Kind.DEB, Kind.RPM):
        return _tr("It comes the way this one came: through your system's packages.")
    if has_homepage:
        return _tr("Get it from Cierzo's homepage and put it in the place of this one.")
    return _tr("Get it where you got this one, and put it in its place.")


def install_words(kind: Kind) -> str:
    """Ask before the program ends."""
    if kind is Kind.MACOS:
        return _tr(
            "Close Cierzo and open the new version? Then drag it into Applications, in the place "
            "of this one. Chats, drafts and models stay as they are."
        )
    return _tr("Close Cierzo and start the installer? Chats, drafts and models stay as they are.")


def download_words(state: UpdateState) -> str:
    """Say how far the installer is."""
    if state.phase is UpdatePhase.CHECKING:
        return _tr("Checking what was downloaded…")
    total_bytes = state.release.artefact.bytes if state.release else 0
    return _part_words(state.done_bytes, total_bytes)


def pack_work_words(state: PackState) -> str:
    """Say what is being done with a pack."""
    if state.phase is PackPhase.UNPACKING:
        return _tr("Unpacking…")
    if state.phase is PackPhase.REMOVING:
        return _tr("Removing…")
    return _part_words(state.done_bytes, state.offer.bytes if state.offer else 0)


def offer_words(state: PackState) -> str:
    """Say what a pack brings."""
    if not state.offer:
        return ""
    return _tr(
        "NVIDIA's own way to compute, for your {card}. Reading and answering are usually faster "
        "than with what came along. {size} to download, {unpacked} on the disk."
    ).format(
        card=state.card,
        size=format_bytes(state.offer.bytes),
        unpacked=format_bytes(state.offer.unpacked_bytes),
    )


def installed_words(pack: InstalledPack) -> str:
    """Say of a pack that is there what it takes, or why it is not used."""
    if pack.fault:
        fault = QCoreApplication.translate("errors", pack.fault)
        return _tr("It is not used because it {fault}. Remove it and install it again.").format(
            fault=fault
        )
    size = format_bytes(pack.bytes)
    return _tr("Installed, {size}. Used when the model is loaded next.").format(size=size)


def nothing_words(state: PackState) -> str:
    """Say why no pack is offered."""
    if state.phase is PackPhase.READING or state.has_card is None:
        return _tr("Looking at this PC…")
    if state.phase is PackPhase.LOOKING:
        return _tr("Looking…")
    if not state.has_card:
        return _tr("This PC has no graphics card of NVIDIA's. What came along serves it well.")
    if state.was_removed:
        return _tr("The update of Cierzo needs a new pack for your graphics card. Look for it.")
    return _tr("There may be a pack that makes better use of your graphics card. Look for it.")


def _part_words(done_bytes: int, total_bytes: int) -> str:
    if not total_bytes:
        return ""
    done, total = format_part(done_bytes, total_bytes), format_bytes(total_bytes)
    return _tr("Downloading: {done} of {total}").format(done=done, total=total)


def _tr(text: str) -> str:
    return QCoreApplication.translate("updates", text)
