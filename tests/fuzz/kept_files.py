"""Small files: ours, which a disk may have damaged, and those of other programs."""

import pathlib
import tempfile

import msgspec

from app.catalog.catalog import load_catalog
from app.domain.device import EngineBuild
from app.domain.errors import AppError
from app.domain.library import Found
from app.domain.placement.values import Wishes
from app.domain.units import format_bytes
from app.engine.packs import engine_abi
from app.engine.runtime_packs import BrokenPackError, check_pack
from app.hardware.speed_cache import SpeedCache
from app.library import jan, ollama, trash
from app.library.index import read_index
from app.library.places import places as places_of
from app.library.recognise import Recogniser
from app.library.surroundings import Surroundings
from app.services.model_folders import models_folders, open_library
from app.services.network_log import NetworkLog
from app.services.update_manifests import _read as read_updates
from app.settings.file import SettingsFile
from app.settings.folders import folders_for
from app.ui.instance.summons import read as read_summons
from tests.fuzz.target import Target
from tests.fuzz.workers import quiet

_DIGEST = "a" * 64


def _settings(data: bytes) -> None:
    with quiet(), tempfile.TemporaryDirectory() as name:
        folders = folders_for(pathlib.Path(name))
        folders.config.mkdir()
        path = folders.config / "settings.json"
        path.write_bytes(data)
        file = SettingsFile(folders.config)
        trouble = file.load()
        assert trouble is None or str(trouble).endswith(".")
        value = file.value
        encoded = msgspec.json.encode(value)
        assert msgspec.json.decode(encoded, type=type(value), strict=True) == value
        assert all(path.is_absolute() for path in models_folders(folders, value))
        assert open_library(folders, lambda: value).installed(()) == ()
        file.change(text_percent=120)
        file.write()
        again = SettingsFile(folders.config)
        assert again.load() is None
        assert again.value == file.value


def _catalogue(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = pathlib.Path(name) / "models.toml"
        path.write_bytes(data)
        catalog = load_catalog(own=path)
    assert len(catalog.models) >= 1
    for problem in catalog.problems:
        assert str(problem).endswith(".")
    Recogniser(catalog.models).has("0" * 64)
    for model in catalog.models:
        for build in model.builds:
            assert build.id
            assert format_bytes(build.total_bytes or 0)


def _ours(data: bytes) -> None:
    """Whatever Cierzo writes for itself; each is only a memory, and none may stop a start."""
    with quiet(), tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        entry = folder / ".trash" / ("0" * 16) / "entry.json"
        entry.parent.mkdir(parents=True)
        files = ("library.json", "speed.json", "updates.json", "engine.json", "pack.json")
        for path in (*(folder / file for file in files), entry, folder / "connections.jsonl"):
            path.write_bytes(data)
        try:
            read_index(folder)
        except AppError as error:
            assert str(error).endswith(".")  # noqa: PT017
        build = EngineBuild(version="1", features=(), devices=(), threads=1)
        SpeedCache(folder).find(build)
        read_updates(folder / "updates.json")
        engine_abi(folder)
        try:
            check_pack(folder)
        except BrokenPackError as error:
            assert error.reason  # noqa: PT017
        for found in trash.entries(folder):
            assert all(file.path.is_relative_to(folder) for file in found.installed.all_files)
        NetworkLog(folder).read()
        read_summons(data)


def _others(data: bytes) -> None:
    """What other programs keep of their models."""
    with tempfile.TemporaryDirectory() as name:
        home = pathlib.Path(name)
        surroundings = Surroundings(home=home, variables={}, platform="linux", root=home / "root")
        config, share = home / ".config", home / ".local" / "share"
        manifests = home / ".ollama/models/manifests/registry.ollama.ai/library/m"
        places = (
            *(config / "nomic.ai" / "GPT4All.ini", share / "Jan" / "settings.json"),
            *(share / "Jan/data/llamacpp/models/m/model.yml", home / ".lmstudio-home-pointer"),
            *(home / ".lmstudio/settings.json", manifests / "latest"),
            home / f".ollama/models/blobs/sha256-{_DIGEST}",
        )
        for path in places:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        assert all(place.folder.is_dir() for place in places_of(surroundings))
        found: list[Found] = [
            *jan.find(share / "Jan" / "data"),
            *ollama.find(home / ".ollama" / "models"),
        ]
        assert all(file.is_file() for one in found for file in one.files)


TARGETS = (
    Target(
        name="settings",
        promise="a settings file costs its wrong values, never the start",
        fuzz_one=_settings,
        words=(
            *(b"{", b"}", b'"text_percent":', b'"model_folders":["', b'"]', b",", b'"last_model":'),
            *(b'"temperature":', b'"model_wishes":{"a":{', b'"download_bytes_per_s":', b"1" * 400),
            *(b"1e999", b"-1", b"null", b"[" * 3000, b'{"a":' * 3000, b"\\u0000", b"/", b"true"),
            *(f'"{name}":'.encode() for name in Wishes.__struct_fields__),
        ),
        examples=40,
    ),
    Target(
        name="catalogue",
        promise="an entry of the person's own models.toml is right or named as wrong",
        fuzz_one=_catalogue,
        words=(
            *(b"[[models]]\n", b"[models.shape]\n", b"[[models.repositories]]\n", b'id = "a"\n'),
            *(b"[[models.repositories.files]]\n", b'path = "a-Q4_K_M.gguf"\n', b"bytes = 1\n"),
            *(
                b"parameters = 1\n",
                b"a.b.c = ",
                b"[" * 3000,
                b"1e999",
                b"9" * 30,
                b'"\\u0000"',
                b"{a=",
            ),
        ),
        examples=15,
    ),
    Target(
        name="our_files",
        promise="what Cierzo keeps for itself may be anything and never stops a start",
        fuzz_one=_ours,
        words=(
            *(b"[" * 3000, b'{"a":' * 3000, b"1" * 400, b'"bytes":', b'"files":[{"path":"../x",'),
            *(b'"sha256":"' + b"0" * 64 + b'"', b'"mtime_ns":', b'"version":1', b"\\u0000", b"\n"),
            *(
                b'"name":"a","abi":"b","target":"c"',
                b'"removed_at":"x"',
                b'"id":"' + b"0" * 16 + b'"',
            ),
        ),
        examples=60,
    ),
    Target(
        name="other_programs",
        promise="what other programs keep of their models is used or passed over",
        fuzz_one=_others,
        words=(
            *(
                b"modelPath=",
                b"modelPaths = ",
                b"\\x2f",
                b"\\xd800",
                b"\n",
                b"name: ",
                b"GGUF",
                b"/",
            ),
            *(
                b"model_path: ",
                b"mmproj_path: ",
                b'{"data_folder":"',
                b'{"downloadsFolder":"',
                b"~",
            ),
            *(b'{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:' + b"a" * 64,),
            *(b'"layers":[', b'"manifests":[', b"[" * 3000, b"\\u0000", b" " * 50, b"..", b'"}'),
        ),
        examples=40,
    ),
)
