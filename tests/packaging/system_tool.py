"""Programs of the system that tests of packages use."""

import os
import shutil

import pytest

# Set where everything that .ci/run installs must be there.
MUST_RUN = "CIERZO_TEST_EVERYTHING"


def tool(program: str, package: str) -> str:
    """Return its path; where it lacks, the test is left out, in continuous integration it fails."""
    if path := shutil.which(program):
        return path
    if os.environ.get(MUST_RUN):
        pytest.fail(f"{program} is missing: install the package {package}.")
    pytest.skip(f"{program} is missing: it is in the package {package}")


def tool_for_artefacts(program: str, package: str) -> str:
    """Return its path; a test of what was built never goes without it."""
    return shutil.which(program) or pytest.fail(f"{program} is missing: install {package}.")
