"""Running the real program."""

import json
import pathlib
import subprocess
import sys

CIERZO = [sys.executable, "-P", "-m", "app"]


class CommandLine:
    """Runs `cierzo` in a folder."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder

    def __call__(self, *arguments: object, stdin: str = "") -> subprocess.CompletedProcess:
        """Run it to its end."""
        return subprocess.run(
            [*CIERZO, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=100,
            cwd=self._folder,
            check=False,
        )

    def json(self, *arguments: object) -> dict:
        """Run it with success and read the one object that it prints."""
        result = self(*arguments, "--json")
        assert (result.returncode, result.stderr) == (0, "")
        (line,) = result.stdout.splitlines()
        return json.loads(line)

    def refusal(self, *arguments: object, code: int = 3) -> str:
        """Run it, expecting that exit code and one line on stderr, which is returned."""
        result = self(*arguments)
        assert result.returncode == code, result
        assert result.stderr.startswith("error: ")
        assert result.stderr.count("\n") == 1
        return result.stderr

    def save(self, name: str, content: object) -> pathlib.Path:
        """Write a file: text as it is, anything else as JSON."""
        path = self._folder / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path
