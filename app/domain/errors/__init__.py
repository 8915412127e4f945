"""Everything that can go wrong without anybody having made a bug.

    AppError                    one plain sentence, a stable code, facts with units
      EngineError               EngineCrashed  EngineSilent  EngineKeepsCrashing  EngineMissing
                                ComputeFailed
      ModelError                ModelNotFound  ModelAmbiguous  ModelIsFolder  ModelUnreadable
                                NotAModel  ModelTruncated  ModelDamaged  ModelUnsupported  ModelPart
                                NotEnoughMemory  ContextTooLarge  TemplateBroken
                                ProjectorUnusable  ProjectorMismatch  ModelVersionUnsupported
                                SplitMissing  SplitMixed  SplitRenamed  ShapeUnknown
                                HeaderReaderFailed  BuildNotFound  SizeUnknown  KnownBad
      PromptError               ContextFull  PromptTooLong  PasteTooLong  BadMessages  MissingPrompt
                                EffortUnavailable  ThinkingUnavailable  PicturesUnavailable
                                MessagesUnsupported  AlwaysThinks
      PictureError              PictureNotFound  PictureIsFolder  PictureUnreadable  PictureEmpty
                                PictureFileTooLarge  PictureTooLarge  NotAPicture  PictureIsDrawing
                                PictureDamaged  PictureTooSlow  PictureCrashed
                                PictureReaderMissing
                                PictureMissing
      StorageError              FolderUnwritable  SettingsBroken  CatalogBroken
                                CatalogEntryBroken
    WorkerBug                   a defect of ours that a worker reported; carries a report
    Cancelled                   not an error: never shown

The sentence is English and serves the command line and the log; the window translates the
template and fills in the same facts. `detail` is for the report a person may copy: technical,
never their words, never a path of theirs.
"""

from app.domain.errors.base import (
    AppError,
    Cancelled,
    Fact,
    WorkerBug,
    error_from_code,
)
from app.domain.errors.engine import (
    ComputeFailed,
    EngineCrashed,
    EngineError,
    EngineKeepsCrashing,
    EngineMissing,
    EngineSilent,
)
from app.domain.errors.models import (
    BuildNotFound,
    ContextTooLarge,
    HeaderReaderFailed,
    KnownBad,
    ModelDamaged,
    ModelError,
    ModelIsFolder,
    ModelNotFound,
    ModelPart,
    ModelTruncated,
    ModelUnreadable,
    ModelUnsupported,
    ModelVersionUnsupported,
    NotAModel,
    NotEnoughMemory,
    ProjectorMismatch,
    ProjectorUnusable,
    ShapeUnknown,
    SizeUnknown,
    SplitMissing,
    SplitMixed,
    SplitRenamed,
    TemplateBroken,
)
from app.domain.errors.pictures import (
    NotAPicture,
    PictureCrashed,
    PictureDamaged,
    PictureEmpty,
    PictureError,
    PictureFileTooLarge,
    PictureIsDrawing,
    PictureIsFolder,
    PictureMissing,
    PictureNotFound,
    PictureReaderMissing,
    PictureTooLarge,
    PictureTooSlow,
    PictureUnreadable,
)
from app.domain.errors.prompts import (
    AlwaysThinks,
    BadMessages,
    ContextFull,
    EffortUnavailable,
    MessagesUnsupported,
    MissingPrompt,
    PasteTooLong,
    PicturesUnavailable,
    PromptError,
    PromptTooLong,
    ThinkingUnavailable,
)
from app.domain.errors.storage import (
    CatalogBroken,
    CatalogEntryBroken,
    FolderUnwritable,
    SettingsBroken,
    StorageError,
)

__all__ = [
    "AlwaysThinks",
    "AppError",
    "BadMessages",
    "BuildNotFound",
    "Cancelled",
    "CatalogBroken",
    "CatalogEntryBroken",
    "ComputeFailed",
    "ContextFull",
    "ContextTooLarge",
    "EffortUnavailable",
    "EngineCrashed",
    "EngineError",
    "EngineKeepsCrashing",
    "EngineMissing",
    "EngineSilent",
    "Fact",
    "FolderUnwritable",
    "HeaderReaderFailed",
    "KnownBad",
    "MessagesUnsupported",
    "MissingPrompt",
    "ModelDamaged",
    "ModelError",
    "ModelIsFolder",
    "ModelNotFound",
    "ModelPart",
    "ModelTruncated",
    "ModelUnreadable",
    "ModelUnsupported",
    "ModelVersionUnsupported",
    "NotAModel",
    "NotAPicture",
    "NotEnoughMemory",
    "PasteTooLong",
    "PictureCrashed",
    "PictureDamaged",
    "PictureEmpty",
    "PictureError",
    "PictureFileTooLarge",
    "PictureIsDrawing",
    "PictureIsFolder",
    "PictureMissing",
    "PictureNotFound",
    "PictureReaderMissing",
    "PictureTooLarge",
    "PictureTooSlow",
    "PictureUnreadable",
    "PicturesUnavailable",
    "ProjectorMismatch",
    "ProjectorUnusable",
    "PromptError",
    "PromptTooLong",
    "SettingsBroken",
    "ShapeUnknown",
    "SizeUnknown",
    "SplitMissing",
    "SplitMixed",
    "SplitRenamed",
    "StorageError",
    "TemplateBroken",
    "ThinkingUnavailable",
    "WorkerBug",
    "error_from_code",
]
