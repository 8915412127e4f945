"""What the download worker's errors mean where no model is downloaded."""

from app.domain.downloads.jobs import Failure
from app.domain.errors import (
    AppError,
    Cancelled,
    DiskFailed,
    DiskTooFull,
    FileUnavailable,
    HubRefused,
    LoginNeeded,
    LoginPage,
    ModelFolderGone,
    UpdateDamaged,
    UpdateDiskFailed,
    UpdateDiskFull,
    WrongBytes,
)
from app.services.download_entry import error_of


def said_of(error: Exception | Failure) -> AppError | None:
    """Say it in words that fit an update; None where the person ended it.

    Raises:
        Exception: A defect of ours.
    """
    if isinstance(error, Failure):
        found = error_of(error)
        return said_of(found) if found else None
    if isinstance(error, Cancelled):
        return None
    if not isinstance(error, AppError):
        raise error
    facts = error.facts
    if isinstance(error, LoginPage):
        return LoginNeeded(host=facts["host"])
    if isinstance(error, HubRefused):
        return FileUnavailable(host=facts["host"], status=facts["status"])
    if isinstance(error, WrongBytes):
        return UpdateDamaged(name=facts["name"])
    if isinstance(error, DiskTooFull):
        return UpdateDiskFull(folder=facts["folder"], missing_bytes=facts["missing_bytes"])
    if isinstance(error, DiskFailed | ModelFolderGone):
        return UpdateDiskFailed(folder=facts["folder"], reason=facts["reason"])
    return error
