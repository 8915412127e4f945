"""A document's words cannot be shown to the model."""

from app.domain.errors.base import AppError


class DocumentError(AppError):
    """A document cannot be attached."""


class DocumentNotFound(DocumentError):
    """No file of that name."""

    sentence = "There is no document “{name}”. Check the path."


class DocumentIsFolder(DocumentError):
    """A directory was given."""

    sentence = "“{name}” is a folder. Choose a document inside it."


class DocumentUnreadable(DocumentError):
    """The operating system refuses to read it."""

    sentence = "“{name}” cannot be read ({reason}). Check the file's permissions."


class DocumentEmpty(DocumentError):
    """Nothing in it, or nothing that is text."""

    sentence = "“{name}” has no text. Choose another document."


class DocumentFileTooLarge(DocumentError):
    """More bytes than are read."""

    sentence = (
        "“{name}” is larger than {limit_bytes}, the most that a document's file may have. "
        "Save a part of it as a file of its own and choose that."
    )


class DocumentTooLarge(DocumentError):
    """It unpacks to more than is opened, or is a file that was made to fill the memory."""

    sentence = (
        "“{name}” needs more than {limit_bytes} of memory when it is opened, so it was not. "
        "Save a part of it as a file of its own and choose that."
    )


class DocumentTooLong(DocumentError):
    """More words than are kept."""

    sentence = (
        "“{name}” has more than {limit_characters} characters of text. "
        "Save a part of it as a file of its own and choose that."
    )


class DocumentTooManyPages(DocumentError):
    """More pages, sheets or slides than are kept."""

    sentence = (
        "“{name}” has more than {limit_pages} pages. "
        "Save a part of it as a file of its own and choose that."
    )


class DocumentEncrypted(DocumentError):
    """It opens with a password only."""

    sentence = (
        "“{name}” is protected by a password. Save a copy without the password and choose that."
    )


class DocumentScanned(DocumentError):
    """A PDF without a word on any page."""

    sentence = "“{name}” looks like a scan: no page has text. Attach its pages as pictures."


class DocumentBroken(DocumentError):
    """It begins like a document and cannot be read to its end."""

    sentence = "“{name}” is damaged or incomplete. Choose another copy of the document."


class DocumentOldFormat(DocumentError):
    """A known format that is not read: DOC, PPT or RTF."""

    sentence = (
        "“{name}” has an old format that cannot be read. "
        "Save it as DOCX, PPTX or PDF and choose that."
    )


class NotADocument(DocumentError):
    """The content is neither text nor one of the formats, whatever the name says."""

    sentence = (
        "“{name}” is not a document that can be read. "
        "Choose a PDF, a text, a web page, or a Word, Excel, PowerPoint or OpenDocument file."
    )


class DocumentTooSlow(DocumentError):
    """The watchdog or the system's limit ended the process that read it."""

    sentence = (
        "“{name}” took too long to read, so it was stopped. "
        "Save a part of it as a file of its own and choose that."
    )


class DocumentCrashed(DocumentError):
    """The process that read it died."""

    sentence = (
        "“{name}” stopped the program part that reads documents ({reason}). "
        "Save the document as plain text and choose that."
    )


class DocumentReaderMissing(DocumentError):
    """The worker program or its libraries cannot be started."""

    sentence = "Documents cannot be read ({reason}). Reinstall Cierzo to repair it."
