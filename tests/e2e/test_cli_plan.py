"""`plan`, `models` and `doctor --model`, as a person runs them."""

import json
import shutil

import pytest

from tests.helpers.command_line import CommandLine

GB = 10**9
GAMING_PC = ("--device-memory", f"CUDA0={12 * GB}", "--ram", str(64 * GB))


@pytest.fixture(autouse=True)
def known_speed(measured, tmp_path):
    shutil.copytree(measured, tmp_path / "cache", dirs_exist_ok=True)


def cierzo(*arguments: str, home):
    return CommandLine(home.parent)(*arguments, "--home", home)


def planned(*arguments: str, home) -> dict:
    result = cierzo("plan", "--json", *arguments, home=home)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_small_4_on_a_gaming_pc_lies_on_the_card_and_in_memory(tmp_path):
    report = planned(
        "--model", "mistral-small-4", "--build", "UD-Q3_K_XL", *GAMING_PC, home=tmp_path
    )
    assert (report["model"], report["build"]) == ("mistral-small-4", "UD-Q3_K_XL")
    assert report["fits"] == "gpu+ram"
    assert report["kv_bytes"] == 23_040 * report["context"]
    card, memory = report["devices"]
    assert (card["name"], card["kind"], memory["kind"]) == ("CUDA0", "gpu", "cpu")
    assert card["expert_bytes"] > 0 < memory["expert_bytes"]
    assert card["free_bytes"] > 0
    assert 0 < report["cpu_expert_layers"] < 36
    assert report["tokens_per_s"] is None, "nobody measured that card"


def test_the_same_model_does_not_fit_a_small_pc_and_that_is_no_error(tmp_path):
    report = planned("--model", "mistral-medium-3.5", "--ram", str(8 * GB), home=tmp_path)
    assert report["fits"] == "no"
    assert report["reason"] == "It does not fit this PC."


@pytest.mark.parametrize("ram", ["0", "-5"])
def test_a_pc_without_memory_holds_nothing(tmp_path, ram):
    assert (
        planned("--model", "ministral-3-3b-instruct", "--ram", ram, home=tmp_path)["fits"] == "no"
    )


def test_a_context_of_ten_million_is_cut_to_what_the_model_was_made_for(tmp_path):
    report = planned("--context", "10000000", "--ram", str(64 * GB), home=tmp_path)
    assert report["context"] == 8192
    assert "the context is shorter" in report["reason"]


def test_the_starter_has_a_speed_and_nothing_is_stored(tmp_path):
    home = tmp_path / "new"  # nothing was measured for this one
    report = planned(home=home)
    assert (report["model"], report["fits"]) == ("SmolLM2 135M", "cpu")
    assert report["tokens_per_s"] > 1
    assert not home.exists()


def test_a_plan_is_readable_too(tmp_path):
    result = cierzo("plan", "--model", "mistral-small-4", *GAMING_PC, home=tmp_path)
    assert result.returncode == 0
    assert "It fits on the graphics card and in memory together." in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--model", "mistral-large-9"), 3, "mistral-large-9"),
        (("--model", "mistral-small-4", "--build", "Q9"), 3, "has no build “Q9”"),
        (("--device-memory", "12"), 2, "is not NAME=BYTES"),
        (("--ram", "lots"), 2, "is not a number of bytes"),
        (("--model", "pixtral-12b"), 3, "is not known"),
    ],
)
def test_what_cannot_be_planned_is_one_sentence(tmp_path, arguments, code, sentence):
    result = cierzo("plan", *arguments, home=tmp_path)
    assert result.returncode == code
    assert sentence in result.stderr
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.stderr


def test_a_file_that_is_no_model_is_one_sentence(tmp_path):
    path = tmp_path / "x.gguf"
    path.write_text("no")
    result = cierzo("plan", "--model", str(path), home=tmp_path)
    assert result.returncode == 3
    assert result.stderr.count("\n") == 1


def test_the_catalogue_is_listed_with_what_fits(tmp_path):
    result = cierzo("models", "list", "--json", home=tmp_path)
    assert result.returncode == 0, result.stderr
    models = {model["id"]: model for model in json.loads(result.stdout)}
    assert "ministral-3-8b-reasoning" in models
    small_4 = models["mistral-small-4"]
    build = next(b for b in small_4["builds"] if b["build"] == "UD-Q4_K_XL")
    assert build["installed"] is False
    assert build["path"] is None
    assert sum(file.get("bytes", 0) for file in build["files"][:3]) == 74_161_639_424
    assert all(len(file["sha256"]) == 64 for file in build["files"])
    assert build["fits"] in ("gpu", "gpu+ram", "cpu", "disk", "no")


def test_only_what_is_installed_is_listed_on_request(tmp_path):
    listed = cierzo("models", "list", "--installed", "--json", home=tmp_path)
    assert json.loads(listed.stdout) == []
    path = tmp_path / "data/models/mistralai/Ministral-3-14B-Instruct-2512-GGUF"
    path.mkdir(parents=True)
    with (path / "Ministral-3-14B-Instruct-2512-Q4_K_M.gguf").open("wb") as sparse:
        sparse.truncate(8_239_593_024)
    (model,) = json.loads(cierzo("models", "list", "--installed", "--json", home=tmp_path).stdout)
    (build,) = model["builds"]
    assert (build["build"], build["installed"]) == ("Q4_K_M", True)
    assert build["path"].endswith("Ministral-3-14B-Instruct-2512-Q4_K_M.gguf")


def test_one_model_is_shown_with_its_licence_and_builds(tmp_path):
    result = cierzo("models", "show", "codestral-22b", home=tmp_path)
    assert result.returncode == 0
    assert "MNPL" in result.stdout
    assert "Q4_K_M" in result.stdout
    assert cierzo("models", "show", "codestral-99b", home=tmp_path).returncode == 3


def test_a_broken_entry_of_ones_own_is_a_warning_and_the_rest_works(tmp_path):
    own = tmp_path / "config/models.toml"
    own.parent.mkdir()
    own.write_text('[[models]]\nid = "mine"\nparameters = "many"\n')
    result = cierzo("models", "list", home=tmp_path)
    assert result.returncode == 0
    assert "warning: “mine” in the model catalogue “models.toml”" in result.stderr
    assert "mistral-small-4" in result.stdout


def test_the_doctor_compares_a_loaded_model_with_its_plan(tmp_path):
    result = cierzo("doctor", "--model", "smollm2-135m-instruct", "--json", home=tmp_path)
    assert result.returncode == 0, result.stderr
    (cpu,) = json.loads(result.stdout)["model"]["memory"]
    assert cpu["device"] == "CPU"
    assert abs(cpu["planned_bytes"] - cpu["real_bytes"]) < 16 << 20
