"""Why a file cannot be written, in a sentence."""

import errno

from app.domain.errors import ExportDiskFull, ExportError, ExportFolderMissing, ExportRefused

# The last: more than a file may have on that drive, or than the person's limits allow.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def export_refusal(error: OSError, name: str) -> ExportError:
    """Return the error of ours for one of the system's."""
    if error.errno in _FULL:
        return ExportDiskFull(name=name)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return ExportFolderMissing(name=name)
    return ExportRefused(name=name, reason=error.strerror or type(error).__name__)
