"""Everything that can go wrong without anybody having made a bug.

    AppError                    one plain sentence, a stable code, facts with units
      EngineError               EngineCrashed  EngineSilent  EngineKeepsCrashing  EngineMissing
                                ComputeFailed  ComputingOnCpu  MeasuredWhileBusy
      ModelError                ModelNotFound  ModelAmbiguous  ModelIsFolder  ModelUnreadable
                                NotAModel  ModelTruncated  ModelDamaged  ModelUnsupported  ModelPart
                                NotEnoughMemory  ContextTooLarge  TemplateBroken
                                ProjectorUnusable  ProjectorMismatch  ModelVersionUnsupported
                                SplitMissing  SplitMixed  SplitRenamed  ShapeUnknown
                                HeaderReaderFailed  BuildNotFound  SizeUnknown  KnownBad
                                NoModelYet  NoModelHere  StarterNotHere
      PromptError               ContextFull  PromptTooLong  PasteTooLong  BadMessages  MissingPrompt
                                EffortUnavailable  ThinkingUnavailable  PicturesUnavailable
                                MessagesUnsupported  AlwaysThinks
      PictureError              PictureNotFound  PictureIsFolder  PictureUnreadable  PictureEmpty
                                PictureFileTooLarge  PictureTooLarge  NotAPicture  PictureIsDrawing
                                PictureDamaged  PictureTooSlow  PictureCrashed
                                PictureReaderMissing
                                PictureMissing  ScreenUnreadable
      DocumentError             DocumentNotFound  DocumentIsFolder  DocumentUnreadable
                                DocumentEmpty  DocumentFileTooLarge  DocumentTooLarge
                                DocumentTooLong  DocumentTooManyPages  DocumentEncrypted
                                DocumentScanned  DocumentBroken  DocumentOldFormat  NotADocument
                                DocumentTooSlow  DocumentCrashed  DocumentReaderMissing
      StorageError              FolderUnwritable  SettingsBroken  CatalogBroken
                                SettingsPartlyBroken
                                CatalogEntryBroken
      ChatsError                ChatsInUse  ChatsTooNew  ChatsDamaged  ChatsUnreadable
                                ChatsReadOnly  ChatsDiskFull  ChatsDiskLow  ChatsFaulty
                                ChatsBusy  ChatUnknown  ChatAmbiguous  BackupUnusable
                                AttachmentGone  TooManyAttachments
                                SeveralNotAttached
      PresetError               NameMissing  PresetNameTaken  PromptNameTaken  PromptEmpty
                                ChatModelGone
      DownloadError             OfflineSwitchedOn  NetworkDown  HubUnreachable  HubBusy
                                HubOverrun  HubTrouble  HubRefused  LoginPage  LoginNeeded
                                ProxyFailed  FolderMissing
                                SecureConnectionFailed  BadEndpoint  RepositoryUnknown
                                RepositoryGated  RepositoryDisabled  RepositoryEmpty
                                BadRepositoryName  TokenRefused  PublishedFileMissing
                                BuildIncomplete  BuildAmbiguous  ChecksumMissing
                                PublishedFileChanged
                                WrongBytes  UnsafeFileName  DiskTooFull  FileTooLargeForDisk
                                ModelFolderGone  DiskFailed  DownloadElsewhere  DownloadUnknown
                                DownloaderMissing  DownloadAmbiguous  DownloadCancelled
                                BuildUndecided  NotInCatalogue  TokenMissing
                                KeyStoreMissing
      LibraryError              FileAltered  NotInstalled  InstalledAmbiguous  AlreadyInstalled
                                ModelInUse  BelongsToOther  TargetExists  NothingToAdopt
                                LibraryUnreadable  CheckStopped  AdoptedInFolder
                                LibraryDiskFailed
      ExportError               ExportFolderMissing  ExportRefused  ExportDiskFull  ExportFailed
                                ExporterMissing
      ChatImportError           ImportNotFound  ImportUnreadable  NotChats  ImportTooNew
                                ImportDamaged  ImportTooLarge  NoChats  ImportEncrypted
                                ChatReaderTooSlow  ChatReaderCrashed  ChatReaderMissing
      UpdateError               AddressInsecure  FileUnavailable  AnswerTooLong  UpdatesUntrusted
                                UpdatesUnreadable  UpdatesReplayed  UpdateDamaged  UpdateDiskFull
                                UpdateDiskFailed  InstallerNotStarted  PackRefused  PackInUse
                                PackDriverOld
      WindowSilent  OtherVersionStarted
      HotKeyError               HotKeyTaken  HotKeyUnsupported  HotKeyUnusable
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
from app.domain.errors.chats import (
    AttachmentGone,
    BackupUnusable,
    ChatAmbiguous,
    ChatsBusy,
    ChatsDamaged,
    ChatsDiskFull,
    ChatsDiskLow,
    ChatsError,
    ChatsFaulty,
    ChatsInUse,
    ChatsReadOnly,
    ChatsTooNew,
    ChatsUnreadable,
    ChatUnknown,
    SeveralNotAttached,
    TooManyAttachments,
)
from app.domain.errors.documents import (
    DocumentBroken,
    DocumentCrashed,
    DocumentEmpty,
    DocumentEncrypted,
    DocumentError,
    DocumentFileTooLarge,
    DocumentIsFolder,
    DocumentNotFound,
    DocumentOldFormat,
    DocumentReaderMissing,
    DocumentScanned,
    DocumentTooLarge,
    DocumentTooLong,
    DocumentTooManyPages,
    DocumentTooSlow,
    DocumentUnreadable,
    NotADocument,
)
from app.domain.errors.downloads import (
    BadEndpoint,
    BadRepositoryName,
    BuildAmbiguous,
    BuildIncomplete,
    BuildUndecided,
    ChecksumMissing,
    DiskFailed,
    DiskTooFull,
    DownloadAmbiguous,
    DownloadCancelled,
    DownloadElsewhere,
    DownloaderMissing,
    DownloadError,
    DownloadUnknown,
    FileTooLargeForDisk,
    FolderMissing,
    HubBusy,
    HubOverrun,
    HubRefused,
    HubTrouble,
    HubUnreachable,
    KeyStoreMissing,
    LoginNeeded,
    LoginPage,
    ModelFolderGone,
    NetworkDown,
    NotInCatalogue,
    OfflineSwitchedOn,
    ProxyFailed,
    PublishedFileChanged,
    PublishedFileMissing,
    RepositoryDisabled,
    RepositoryEmpty,
    RepositoryGated,
    RepositoryUnknown,
    SecureConnectionFailed,
    TokenMissing,
    TokenRefused,
    UnsafeFileName,
    WrongBytes,
)
from app.domain.errors.engine import (
    ComputeFailed,
    ComputingOnCpu,
    EngineCrashed,
    EngineError,
    EngineKeepsCrashing,
    EngineMissing,
    EngineSilent,
    MeasuredWhileBusy,
)
from app.domain.errors.exports import (
    ExportDiskFull,
    ExporterMissing,
    ExportError,
    ExportFailed,
    ExportFolderMissing,
    ExportRefused,
)
from app.domain.errors.imports import (
    ChatImportError,
    ChatReaderCrashed,
    ChatReaderMissing,
    ChatReaderTooSlow,
    ImportDamaged,
    ImportEncrypted,
    ImportNotFound,
    ImportTooLarge,
    ImportTooNew,
    ImportUnreadable,
    NoChats,
    NotChats,
)
from app.domain.errors.library import (
    AdoptedInFolder,
    AlreadyInstalled,
    BelongsToOther,
    CheckStopped,
    FileAltered,
    InstalledAmbiguous,
    LibraryDiskFailed,
    LibraryError,
    LibraryUnreadable,
    ModelInUse,
    NothingToAdopt,
    NotInstalled,
    TargetExists,
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
    NoModelHere,
    NoModelYet,
    NotAModel,
    NotEnoughMemory,
    ProjectorMismatch,
    ProjectorUnusable,
    ShapeUnknown,
    SizeUnknown,
    SplitMissing,
    SplitMixed,
    SplitRenamed,
    StarterNotHere,
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
    ScreenUnreadable,
)
from app.domain.errors.presets import (
    ChatModelGone,
    NameMissing,
    PresetError,
    PresetNameTaken,
    PromptEmpty,
    PromptNameTaken,
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
    SettingsPartlyBroken,
    StorageError,
)
from app.domain.errors.updates import (
    AddressInsecure,
    AnswerTooLong,
    FileUnavailable,
    InstallerNotStarted,
    PackDriverOld,
    PackInUse,
    PackRefused,
    UpdateDamaged,
    UpdateDiskFailed,
    UpdateDiskFull,
    UpdateError,
    UpdatesReplayed,
    UpdatesUnreadable,
    UpdatesUntrusted,
)
from app.domain.errors.window import (
    HotKeyError,
    HotKeyTaken,
    HotKeyUnsupported,
    HotKeyUnusable,
    OtherVersionStarted,
    WindowSilent,
)

__all__ = [
    "AddressInsecure",
    "AdoptedInFolder",
    "AlreadyInstalled",
    "AlwaysThinks",
    "AnswerTooLong",
    "AppError",
    "AttachmentGone",
    "BackupUnusable",
    "BadEndpoint",
    "BadMessages",
    "BadRepositoryName",
    "BelongsToOther",
    "BuildAmbiguous",
    "BuildIncomplete",
    "BuildNotFound",
    "BuildUndecided",
    "Cancelled",
    "CatalogBroken",
    "CatalogEntryBroken",
    "ChatAmbiguous",
    "ChatImportError",
    "ChatModelGone",
    "ChatReaderCrashed",
    "ChatReaderMissing",
    "ChatReaderTooSlow",
    "ChatUnknown",
    "ChatsBusy",
    "ChatsDamaged",
    "ChatsDiskFull",
    "ChatsDiskLow",
    "ChatsError",
    "ChatsFaulty",
    "ChatsInUse",
    "ChatsReadOnly",
    "ChatsTooNew",
    "ChatsUnreadable",
    "CheckStopped",
    "ChecksumMissing",
    "ComputeFailed",
    "ComputingOnCpu",
    "ContextFull",
    "ContextTooLarge",
    "DiskFailed",
    "DiskTooFull",
    "DocumentBroken",
    "DocumentCrashed",
    "DocumentEmpty",
    "DocumentEncrypted",
    "DocumentError",
    "DocumentFileTooLarge",
    "DocumentIsFolder",
    "DocumentNotFound",
    "DocumentOldFormat",
    "DocumentReaderMissing",
    "DocumentScanned",
    "DocumentTooLarge",
    "DocumentTooLong",
    "DocumentTooManyPages",
    "DocumentTooSlow",
    "DocumentUnreadable",
    "DownloadAmbiguous",
    "DownloadCancelled",
    "DownloadElsewhere",
    "DownloadError",
    "DownloadUnknown",
    "DownloaderMissing",
    "EffortUnavailable",
    "EngineCrashed",
    "EngineError",
    "EngineKeepsCrashing",
    "EngineMissing",
    "EngineSilent",
    "ExportDiskFull",
    "ExportError",
    "ExportFailed",
    "ExportFolderMissing",
    "ExportRefused",
    "ExporterMissing",
    "Fact",
    "FileAltered",
    "FileTooLargeForDisk",
    "FileUnavailable",
    "FolderMissing",
    "FolderUnwritable",
    "HeaderReaderFailed",
    "HotKeyError",
    "HotKeyTaken",
    "HotKeyUnsupported",
    "HotKeyUnusable",
    "HubBusy",
    "HubOverrun",
    "HubRefused",
    "HubTrouble",
    "HubUnreachable",
    "ImportDamaged",
    "ImportEncrypted",
    "ImportNotFound",
    "ImportTooLarge",
    "ImportTooNew",
    "ImportUnreadable",
    "InstalledAmbiguous",
    "InstallerNotStarted",
    "KeyStoreMissing",
    "KnownBad",
    "LibraryDiskFailed",
    "LibraryError",
    "LibraryUnreadable",
    "LoginNeeded",
    "LoginPage",
    "MeasuredWhileBusy",
    "MessagesUnsupported",
    "MissingPrompt",
    "ModelDamaged",
    "ModelError",
    "ModelFolderGone",
    "ModelInUse",
    "ModelIsFolder",
    "ModelNotFound",
    "ModelPart",
    "ModelTruncated",
    "ModelUnreadable",
    "ModelUnsupported",
    "ModelVersionUnsupported",
    "NameMissing",
    "NetworkDown",
    "NoChats",
    "NoModelHere",
    "NoModelYet",
    "NotADocument",
    "NotAModel",
    "NotAPicture",
    "NotChats",
    "NotEnoughMemory",
    "NotInCatalogue",
    "NotInstalled",
    "NothingToAdopt",
    "OfflineSwitchedOn",
    "OtherVersionStarted",
    "PackDriverOld",
    "PackInUse",
    "PackRefused",
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
    "PresetError",
    "PresetNameTaken",
    "ProjectorMismatch",
    "ProjectorUnusable",
    "PromptEmpty",
    "PromptError",
    "PromptNameTaken",
    "PromptTooLong",
    "ProxyFailed",
    "PublishedFileChanged",
    "PublishedFileMissing",
    "RepositoryDisabled",
    "RepositoryEmpty",
    "RepositoryGated",
    "RepositoryUnknown",
    "ScreenUnreadable",
    "SecureConnectionFailed",
    "SettingsBroken",
    "SettingsPartlyBroken",
    "SeveralNotAttached",
    "ShapeUnknown",
    "SizeUnknown",
    "SplitMissing",
    "SplitMixed",
    "SplitRenamed",
    "StarterNotHere",
    "StorageError",
    "TargetExists",
    "TemplateBroken",
    "ThinkingUnavailable",
    "TokenMissing",
    "TokenRefused",
    "TooManyAttachments",
    "UnsafeFileName",
    "UpdateDamaged",
    "UpdateDiskFailed",
    "UpdateDiskFull",
    "UpdateError",
    "UpdatesReplayed",
    "UpdatesUnreadable",
    "UpdatesUntrusted",
    "WindowSilent",
    "WorkerBug",
    "WrongBytes",
    "error_from_code",
]
