"""What `doctor` says of the installation."""

import msgspec
import pytest

from app.domain.distribution import Distribution, Kind
from app.services.update_checkup import UpdateSwitch, examine_installation
from app.settings.folders import folders_for

PUBLISHED = Distribution(kind=Kind.DEB, update_url="u", update_key="k")


@pytest.mark.parametrize(
    ("distribution", "settings", "switch"),
    [
        (PUBLISHED, {}, UpdateSwitch.OFF),
        (PUBLISHED, {"looks_for_updates": True}, UpdateSwitch.ON),
        (Distribution(kind=Kind.DEB), {"looks_for_updates": True}, UpdateSwitch.NONE),
        (
            msgspec.structs.replace(PUBLISHED, kind=Kind.CHECKOUT),
            {"looks_for_updates": True},
            UpdateSwitch.NONE,
        ),
    ],
)
def test_it_says_whether_this_copy_looks_for_updates(tmp_path, distribution, settings, switch):
    folders = folders_for(tmp_path)
    folders.config.mkdir()
    (folders.config / "settings.json").write_bytes(msgspec.json.encode(settings))
    assert examine_installation(folders, distribution).updates is switch
