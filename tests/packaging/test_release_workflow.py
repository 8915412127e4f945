"""The workflow for hosted runners, which cannot run here: what it calls, what it may do."""

import os
import pathlib
import re
import shlex
import subprocess
import sys

import pytest
import yaml

from release import azure_signing, macos_keychain, macos_signing, signature
from release.project import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"
# Programs of the runner that a step may call beside ours.
PLAIN = {"apt-get", "git", "tar"}
# Each is read where it is used, and its absence is no fault there.
SECRETS = {
    macos_keychain.CERTIFICATE_VARIABLE,
    macos_keychain.PASSWORD_VARIABLE,
    macos_signing.NOTARY_KEY_VARIABLE,
    macos_signing.NOTARY_KEY_ID_VARIABLE,
    macos_signing.NOTARY_ISSUER_VARIABLE,
    signature.KEY_VARIABLE,
    # Read by Azure's library, and only where AZURE_SIGNING_ACCOUNT names an account.
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
}


@pytest.fixture(scope="module")
def workflow() -> dict:
    content = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    content["on"] = content.pop(True)  # YAML 1.1 takes the word for a truth
    return content


@pytest.fixture(scope="module")
def steps(workflow) -> list[tuple[str, dict]]:
    return [(name, step) for name, job in workflow["jobs"].items() for step in job["steps"]]


def test_every_step_is_one_command_that_is_there(steps):
    ours = set()
    for _, step in steps:
        if "run" not in step:
            continue
        command = step["run"]
        assert "\n" not in command.strip()
        words = shlex.split(command)
        if words[0] in PLAIN:
            continue
        assert words[:2] == ["uv", "run"], command
        (path,) = (word for word in words if word.startswith(("packaging/", "tests/")))
        assert (ROOT / path).exists(), path
        if path.startswith("packaging/"):
            assert words[words.index(path) - 1] == "python", "Windows starts no scripts by name"
            assert os.access(ROOT / path, os.X_OK), path
            ours.add(path)
    assert len(ours) > 5


def test_commands_that_run_without_the_project_need_nothing_of_it(steps):
    """Before anything is installed; -S leaves out what is."""
    early = {
        shlex.split(step["run"])[4] for _, step in steps if "--no-project" in step.get("run", "")
    }
    assert early == {"packaging/prepare-machine", "packaging/publish"}
    for path in early:
        command = [sys.executable, "-S", ROOT / path, "--help"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr


def test_commands_hold_nothing_that_others_wrote(steps):
    """A tag's name in a command would be run as one; in a variable it is a text."""
    assert not [step["run"] for _, step in steps if "${{" in step.get("run", "")]


def test_actions_are_pinned(steps):
    """Those of GitHub and of uv by their major version, all others by the commit."""
    used = {step["uses"] for _, step in steps if "uses" in step}
    for action in used:
        owner = action.partition("/")[0]
        version = action.partition("@")[2]
        known = owner in ("actions", "astral-sh")
        assert re.fullmatch(r"v\d+" if known else r"[0-9a-f]{40}", version), action


def test_only_the_draft_may_write(workflow):
    assert workflow["permissions"] == {"contents": "read"}
    writing = {name for name, job in workflow["jobs"].items() if "permissions" in job}
    assert writing == {"draft"}
    assert workflow["jobs"]["draft"]["permissions"] == {
        "contents": "write",
        "id-token": "write",
        "attestations": "write",
    }


def test_nothing_is_published_without_a_tag(workflow):
    for name in ("check", "draft"):
        assert workflow["jobs"][name]["if"] == "github.ref_type == 'tag'"
    assert workflow["on"].keys() == {"push", "workflow_dispatch"}
    assert workflow["on"]["push"].keys() == {"tags"}


def test_the_draft_waits_for_everything(workflow):
    jobs = workflow["jobs"]
    assert set(jobs["draft"]["needs"]) == jobs.keys() - {"check", "draft"}
    for job in jobs.values():
        needs = job.get("needs", [])
        assert {needs} if isinstance(needs, str) else set(needs) <= jobs.keys()


def test_no_secret_decides_whether_something_runs(workflow, steps):
    text = WORKFLOW.read_text(encoding="utf-8")
    named = set(re.findall(r"secrets\.(\w+)", text))
    assert named == SECRETS
    for name, job in workflow["jobs"].items():
        assert "secrets." not in str({**job, "steps": None}), name
    for _, step in steps:
        given = step.get("env", {})
        assert "secrets." not in str({**step, "env": None})
        for variable, value in given.items():
            if "secrets." in value:
                assert value == "${{ secrets." + variable + " }}"


def test_secrets_go_only_to_the_step_that_signs(steps):
    for name, step in steps:
        if "secrets." in str(step.get("env", {})):
            assert re.search(r"packaging/(build|sign-manifest sign)$", step["run"]), name


def test_every_artefact_has_a_name_of_its_own(steps):
    names = [step["with"]["name"] for _, step in steps if "upload-artifact" in step.get("uses", "")]
    assert len(names) == len(set(names)) == 6


def test_a_pc_without_an_account_does_not_sign(monkeypatch):
    for name in azure_signing.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert not azure_signing.prepare_signing()


def test_every_bundle_is_asked_whether_it_works(workflow):
    for name in ("linux", "windows", "macos"):
        commands = [step.get("run", "") for step in workflow["jobs"][name]["steps"]]
        built = commands.index("uv run python packaging/build")
        assert "uv run python packaging/self-test" in commands[built:]


def test_the_maintainers_page_names_what_is_there():
    text = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![.\w])(?:packaging|tests|docs|\.github|app)/[\w./-]*\w", text))
    assert len(named) > 10
    assert not [name for name in named if not pathlib.Path(ROOT, name).exists()]
    for secret in SECRETS | set(azure_signing.VARIABLES):
        assert f"`{secret}`" in text, secret
