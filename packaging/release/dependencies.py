"""From what libraries need to what packages ask for."""

import pathlib
import tomllib
from dataclasses import dataclass

from release.elf import Needs, elf_files, system_needs
from release.project import PACKAGING

# What only these need is recommended: without it their device is missing, nothing else.
_OPTIONAL = ("_internal/llama/vulkan/",)
_IN_LIBC = "libc6"
# The first release of GCC whose libstdc++ has them; libstdc++6 is numbered like it.
_GCC_OF_GLIBCXX = {
    21: "5", 22: "6", 23: "7", 24: "7.2", 25: "8", 26: "9", 27: "9.2", 28: "9.3", 29: "11",
    30: "12", 31: "13.1", 32: "13.2", 33: "14", 34: "15",
}  # fmt: skip
_OLDEST_GCC = "4.9"


class UnknownLibraryError(Exception):
    """A library of the system whose package we do not know."""

    def __init__(self, soname: str) -> None:
        super().__init__(f"{soname} has no line in packaging/linux/debian-packages.toml.")


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """As control files and spec files say them."""

    debian: list[str]
    debian_recommends: list[str]
    rpm: list[str]
    rpm_recommends: list[str]


def dependencies_of(bundle: pathlib.Path) -> Dependencies:
    """Read all ELF files of the bundle.

    Raises:
        UnknownLibraryError: One of them needs what no package is known for.
    """
    files = elf_files(bundle)
    optional = [path for path in files if path.relative_to(bundle).as_posix().startswith(_OPTIONAL)]
    demanded = system_needs([path for path in files if path not in optional], carried=files)
    wished = system_needs(optional, carried=files)
    for soname in [soname for soname in wished.libraries if soname in demanded.libraries]:
        demanded.libraries[soname] |= wished.libraries.pop(soname)
    return Dependencies(
        debian=debian_packages(demanded),
        debian_recommends=debian_packages(wished),
        rpm=rpm_capabilities(demanded),
        rpm_recommends=rpm_capabilities(wished),
    )


def debian_packages(needs: Needs) -> list[str]:
    """Name the packages, with the lowest version that will do where that matters."""
    with (PACKAGING / "linux" / "debian-packages.toml").open("rb") as file:
        packages: dict[str, str] = tomllib.load(file)
    versions: dict[str, set[str]] = {}
    for soname in needs.libraries:
        if soname not in packages:
            raise UnknownLibraryError(soname)
        versions.setdefault(packages[soname], set()).update(
            _lowest(packages[soname], needs, soname)
        )
    return [
        f"{package} (>= {max(numbers, key=_as_numbers)})" if numbers else package
        for package, numbers in sorted(versions.items())
    ]


def rpm_capabilities(needs: Needs) -> list[str]:
    """Name the libraries as RPM does everywhere, e.g. ``libc.so.6(GLIBC_2.34)(64bit)``."""
    names = []
    for soname in sorted(needs.libraries):
        names.append(f"{soname}()(64bit)")
        families = sorted(needs.highest(soname).items())
        names += [f"{soname}({family}_{number})(64bit)" for family, number in families]
    return names


def _lowest(package: str, needs: Needs, soname: str) -> set[str]:
    highest = needs.highest(soname)
    numbers = set()
    if package == _IN_LIBC and "GLIBC" in highest:
        numbers.add(highest["GLIBC"])
    if "GLIBC_ABI_DT_RELR" in needs.libraries[soname]:
        numbers.add("2.36")
    if package == "libgcc-s1" and "GCC" in highest:
        numbers.add(highest["GCC"])
    if "GLIBCXX" in highest:
        numbers.add(_GCC_OF_GLIBCXX.get(_as_numbers(highest["GLIBCXX"])[-1], _OLDEST_GCC))
    return numbers


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
