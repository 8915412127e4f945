"""A picture cannot be shown to the model."""

from app.domain.errors.base import AppError


class PictureError(AppError):
    """A picture cannot be attached."""


class PictureNotFound(PictureError):
    """No file of that name."""

    sentence = "There is no picture “{name}”. Check the path."


class PictureIsFolder(PictureError):
    """A directory was given."""

    sentence = "“{name}” is a folder. Choose a picture inside it."


class PictureUnreadable(PictureError):
    """The operating system refuses to read it."""

    sentence = "“{name}” cannot be read ({reason}). Check the file's permissions."


class PictureEmpty(PictureError):
    """A file without a byte."""

    sentence = "“{name}” is empty. Choose another picture."


class PictureFileTooLarge(PictureError):
    """More bytes than are read."""

    sentence = (
        "“{name}” is larger than {limit_bytes}, the most that a picture's file may have. "
        "Save a smaller copy and choose that."
    )


class PictureTooLarge(PictureError):
    """More pixels than are decoded, or a file that pretends to have them."""

    sentence = (
        "“{name}” is too large to be opened safely: a picture may have {limit_megapixels} million "
        "pixels. Save a smaller copy and choose that."
    )


class NotAPicture(PictureError):
    """The content belongs to none of the formats, whatever the name says."""

    sentence = (
        "“{name}” is not a picture that can be opened. "
        "Choose a PNG, JPEG, WebP, AVIF, GIF, BMP, TIFF or HEIC file."
    )


class PictureIsDrawing(PictureError):
    """An SVG: instructions instead of pixels."""

    sentence = "“{name}” is an SVG drawing, which has no pixels. Save it as PNG and choose that."


class PictureDamaged(PictureError):
    """It begins like a picture and cannot be decoded to its end."""

    sentence = "“{name}” is damaged or incomplete. Choose another copy of the picture."


class PictureTooSlow(PictureError):
    """The watchdog or the system's limit ended the process that opened it."""

    sentence = (
        "“{name}” took too long to open, so it was stopped. "
        "Save the picture as PNG or JPEG and choose that."
    )


class PictureCrashed(PictureError):
    """The process that opened it died."""

    sentence = (
        "“{name}” stopped the program part that opens pictures ({reason}). "
        "Save the picture as PNG or JPEG and choose that."
    )


class PictureReaderMissing(PictureError):
    """The worker program or its libraries cannot be started."""

    sentence = "Pictures cannot be opened ({reason}). Reinstall Cierzo to repair it."


class PictureMissing(PictureError):
    """The prepared pixels are gone, or are not what they were."""

    sentence = (
        "A picture of this conversation is no longer on the disk. Attach it again, or start a new "
        "chat."
    )


class ScreenUnreadable(PictureError):
    """The system gives programs no picture of the screen."""

    sentence = (
        "The system gave no picture of the screen. Allow Cierzo to record the screen in the "
        "system's settings, or paste a picture instead."
    )
