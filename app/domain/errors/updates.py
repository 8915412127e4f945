"""Updates and runtime packs: what was published is missing, not ours, or not what it should be."""

from app.domain.errors.base import AppError


class UpdateError(AppError):
    """Something between this copy and its publisher."""


class AddressInsecure(UpdateError):
    """Plain HTTP, or a redirect to it."""

    sentence = "{host} offers no secure connection (HTTPS) for this, so nothing was fetched."


class FileUnavailable(UpdateError):
    """A status that trying again at once does not mend."""

    sentence = "{host} does not have what was asked for (error {status}). Try again later."


class AnswerTooLong(UpdateError):
    """More than is ever published at such an address."""

    sentence = (
        "{host} sent more than {most_bytes}, which no list of updates has, so it was not used."
    )


class UpdatesUntrusted(UpdateError):
    """The signature does not fit the list or our key."""

    sentence = (
        "The list of updates from {host} is not signed by the publisher of this Cierzo, so it was "
        "not used. Try another network; if it stays so, tell the publisher."
    )


class UpdatesUnreadable(UpdateError):
    """Signed, and of another format."""

    sentence = (
        "The list of updates from {host} is made for other versions of Cierzo. Look on Cierzo's "
        "homepage for a new one."
    )


class UpdatesReplayed(UpdateError):
    """An older list than one that was seen already."""

    sentence = (
        "{host} sent an older list of updates than before, so it was not used. Try another "
        "network, or look again tomorrow."
    )


class UpdateDamaged(UpdateError):
    """Wrong size or hash, also after it was fetched again."""

    sentence = (
        "“{name}” did not arrive as it was published, so it was deleted. Try again, or use "
        "another network."
    )


class UpdateDiskFull(UpdateError):
    """For the file itself, or for what is unpacked from it."""

    sentence = (
        "There is not enough room in “{folder}”: {missing_bytes} more are needed. Make room, then "
        "try again."
    )


class UpdateDiskFailed(UpdateError):
    """The folder cannot be written or read."""

    sentence = "“{folder}” cannot be used ({reason}). Check the drive, then try again."


class InstallerNotStarted(UpdateError):
    """The system refuses."""

    sentence = (
        "The installer could not be started ({reason}). It lies in “{folder}”: close Cierzo and "
        "open it there."
    )


class PackRefused(UpdateError):
    """The archive is not what a pack is; it was signed all the same, so its publisher erred."""

    sentence = "The pack was not installed because {reason}. Nothing of it was kept."


class PackInUse(UpdateError):
    """Windows keeps files that are loaded."""

    sentence = (
        "The pack could not be removed ({reason}). Close Cierzo, start it again and remove the "
        "pack before you ask a question."
    )


class PackDriverOld(UpdateError):
    """The card would do."""

    sentence = (
        "There is a faster engine for this graphics card, for drivers from {minimum} on; this PC "
        "has {driver}. Update NVIDIA's driver to use it."
    )
