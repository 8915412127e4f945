"""A download cannot go on, or the network is not what it should be."""

from app.domain.errors.base import AppError


class DownloadError(AppError):
    """Something between this PC and the Hub."""


class OfflineSwitchedOn(DownloadError):
    """The person's own switch."""

    sentence = (
        "“Offline” is switched on, so nothing is fetched. Switch it off in the settings to go on."
    )


class NetworkDown(DownloadError):
    """Nothing can be reached; it goes on by itself."""

    sentence = "{host} cannot be reached. Waiting for the network; it goes on by itself."


class HubUnreachable(DownloadError):
    """The same, where nobody waits for it."""

    sentence = "{host} cannot be reached. Check the network, then try again."


class HubBusy(DownloadError):
    """It said when to come back; it goes on by itself."""

    sentence = "{host} asks to wait. It goes on by itself in {wait_s} s."


class HubOverrun(DownloadError):
    """The same, where nobody waits for it."""

    sentence = "{host} asks to wait. Try again in {wait_s} s."


class HubTrouble(DownloadError):
    """An error of the server's own; it goes on by itself."""

    sentence = "{host} has a problem of its own (error {status}). It is tried again by itself."


class HubRefused(DownloadError):
    """A status that trying again does not mend."""

    sentence = (
        "{host} refused the request (error {status}). Try again later; if it keeps happening, "
        "choose another build or another mirror."
    )


class LoginPage(DownloadError):
    """A web page came instead of the file: a captive portal, a proxy, a page of maintenance."""

    sentence = (
        "Instead of the model {host} sent a web page, as hotels and companies do before a login. "
        "Log in to the network with a browser; it goes on by itself."
    )


class LoginNeeded(DownloadError):
    """The same, where nobody waits for it."""

    sentence = (
        "Instead of an answer {host} sent a web page, as hotels and companies do before a login. "
        "Log in to the network with a browser, then try again."
    )


class ProxyFailed(DownloadError):
    """The proxy does not answer or refuses."""

    sentence = "The proxy does not work ({reason}). Check its address in the settings."


class SecureConnectionFailed(DownloadError):
    """The certificate is not trusted."""

    sentence = (
        "The connection to {host} is not secure, so nothing was fetched ({reason}). Check this "
        "PC's date and time; in a company ask for its certificate to be installed."
    )


class BadEndpoint(DownloadError):
    """The mirror's address is no address, or what answers there is no Hub."""

    sentence = (
        "“{endpoint}” is not a Hugging Face hub or mirror. Check its address in the settings."
    )


class RepositoryUnknown(DownloadError):
    """It does not exist, or is private."""

    sentence = (
        "There is no repository “{repository}”, or it is private. Check its name; for a private "
        "one add your Hugging Face token in the settings."
    )


class RepositoryGated(DownloadError):
    """Its licence must be accepted by a person with an account."""

    sentence = (
        "“{repository}” is gated: accept its terms on its page with your Hugging Face account, "
        "then add your token in the settings."
    )


class RepositoryDisabled(DownloadError):
    """The Hub took it down."""

    sentence = "“{repository}” was taken down by the Hub. Choose another build."


class RepositoryEmpty(DownloadError):
    """No GGUF in it."""

    sentence = "“{repository}” has no GGUF model. Look for a repository whose name ends in GGUF."


class BadRepositoryName(DownloadError):
    """Neither OWNER/NAME nor the address of a repository."""

    sentence = "“{text}” is no repository. Write OWNER/NAME, or paste the address of its page."


class TokenRefused(DownloadError):
    """The Hub does not know it."""

    sentence = "Your Hugging Face token was refused. Make a new one and add it in the settings."


class PublishedFileMissing(DownloadError):
    """The repository no longer has it."""

    sentence = "“{repository}” no longer has “{name}”. Choose another build."


class BuildIncomplete(DownloadError):
    """A split model of which the repository has not all parts."""

    sentence = (
        "The build {build} in “{repository}” is incomplete: parts of it were never published. "
        "Choose another build."
    )


class BuildAmbiguous(DownloadError):
    """Several builds answer to the same name."""

    sentence = "“{repository}” has several builds called {build}: {choices}. Name one of them."


class ChecksumMissing(DownloadError):
    """Published without a sha256, as small files in git are."""

    sentence = (
        "“{repository}” says no checksum of “{name}”, so nobody could tell whether it arrived "
        "right. Choose another build."
    )


class PublishedFileChanged(DownloadError):
    """Size or hash differ from what was published under the same commit."""

    sentence = (
        "“{name}” is no longer the file that was chosen: the server now says another size or "
        "hash. Remove this download and begin again."
    )


class WrongBytes(DownloadError):
    """Twice the right size and the wrong hash."""

    sentence = (
        "“{name}” arrived twice with wrong content, so it was not installed. The server, a mirror "
        "or a program between changes it; try another network or mirror."
    )


class UnsafeFileName(DownloadError):
    """A name that leads out of the folder, or that this system cannot have."""

    sentence = "“{name}” is a file name that cannot be used safely here. Choose another build."


class DiskTooFull(DownloadError):
    """Not enough room for what is still to come, other downloads counted."""

    sentence = (
        "There is not enough room in “{folder}”: {missing_bytes} more are needed. Make room or "
        "choose another folder, then resume."
    )


class FileTooLargeForDisk(DownloadError):
    """FAT32."""

    sentence = (
        "The drive of “{folder}” cannot hold a file of {size_bytes}: it is formatted for smaller "
        "ones (FAT32). Choose a folder on another drive."
    )


class FolderMissing(DownloadError):
    """It was named on the command line."""

    sentence = "There is no folder “{folder}”. Make it or name another one, then try again."


class ModelFolderGone(DownloadError):
    """An unplugged drive, or a folder that was deleted or may not be written."""

    sentence = (
        "The folder “{folder}” cannot be used ({reason}). Plug its drive in or choose another "
        "folder, then resume."
    )


class DiskFailed(DownloadError):
    """The disk refuses to read or write."""

    sentence = "The disk with “{folder}” does not work ({reason}). Check the drive, then resume."


class DownloadElsewhere(DownloadError):
    """Another process holds the job."""

    sentence = "Another Cierzo is already downloading this. It goes on there."


class DownloadUnknown(DownloadError):
    """No job of that name."""

    sentence = "There is no download “{name}”. `cierzo models list` shows what there is."


class DownloaderMissing(DownloadError):
    """The worker cannot be started or keeps dying."""

    sentence = (
        "The part of Cierzo that downloads does not work ({reason}). Nothing is lost; restart "
        "Cierzo, and if it keeps happening install it again."
    )


class NotInCatalogue(DownloadError):
    """Neither a model that is known nor the name of a repository."""

    sentence = (
        "There is no model “{name}” in the catalogue. `cierzo models list` shows what there is; "
        "any other is named by its repository, as OWNER/NAME."
    )


class BuildUndecided(DownloadError):
    """None was named, and how they fit cannot be told."""

    sentence = (
        "Which build of “{name}” suits this PC cannot be told. Name one with --build: {choices}."
    )


class DownloadAmbiguous(DownloadError):
    """Several jobs answer to the name."""

    sentence = "“{name}” is downloaded more than once: {choices}. Name the job."


class DownloadCancelled(DownloadError):
    """From the window or another command line."""

    sentence = "The download of “{name}” was cancelled."


class TokenMissing(DownloadError):
    """Nothing came on stdin."""

    sentence = "No token was given. Pass it on the standard input, never as an argument."


class KeyStoreMissing(DownloadError):
    """The system has none, or it is locked."""

    sentence = (
        "This system has no key store that could be used, so the token was not kept. Add it in "
        "the window's settings: there it is used until Cierzo ends."
    )
