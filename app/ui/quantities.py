"""Numbers, sizes and counts in the window's language; rounded as everywhere (`domain.units`)."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLocale

from app.domain import units

_MOST_FOR_QT = 2**31 - 1


def counted(count: int, one: str, many: str, **others: str) -> str:
    """Say a number of things: ``counted(3, "1 chat", "{count} chats")``.

    Both are literals, which the search for texts finds; other languages have forms of their own,
    some for other numbers. English needs no file for its two.
    """
    said = QCoreApplication.translate("", many, "", min(count, _MOST_FOR_QT))
    words = one if said == many and count == 1 else said
    return words.format(count=format_count(count), **others)


def forms(one: str, many: str) -> tuple[str, str]:
    """The words for one thing and for several, where somebody else counts them."""
    said, several = (QCoreApplication.translate("", many, "", count) for count in (1, 2))
    return one if said == many else said, several


def format_count(count: int) -> str:
    """Say a count with grouped digits, e.g. ``262,144``."""
    locale = QLocale()
    return units.format_count(count) if _is_plain(locale) else locale.toString(count)


def format_decimal(value: float, decimals: int) -> str:
    """Say a number with so many decimals, e.g. ``1,234.5``."""
    return _number(f"{value:,.{decimals}f}")


def format_number(value: float) -> str:
    """Say a number as short as it is, as somebody would write it, e.g. ``0.7``."""
    return _number(f"{value:g}")


def format_bytes(count_bytes: int) -> str:
    """Say a size in binary units, e.g. ``93.8 MiB``."""
    return _with_unit(units.format_bytes(count_bytes))


def format_rate(bytes_per_s: float) -> str:
    """Say how fast a network is, e.g. ``5.5 MB/s``."""
    return _with_unit(units.format_rate(bytes_per_s))


def format_limit(bytes_per_s: int) -> str:
    """Say a limit for it, in the unit that the settings have, e.g. ``2.5 MB/s``."""
    return _with_unit(f"{bytes_per_s / 1_000_000:g} MB/s")


def format_duration(seconds: float) -> str:
    """Say a waiting time coarsely, e.g. ``3 min``."""
    return _with_unit(units.format_duration(seconds))


def format_part(done_bytes: int, whole_bytes: int) -> str:
    """Say a part in the unit of the whole and without it, e.g. ``1.50`` of ``2.25 GiB``.

    As many decimals whatever the part is, so that nothing moves while it grows.
    """
    number, unit = units.format_bytes(whole_bytes).split(" ")
    decimals = max(1 if unit in ("GiB", "TiB") else 0, len(number.partition(".")[2]))
    return format_decimal(done_bytes / units.UNIT_BYTES[unit], decimals)


def listed(words: Iterable[str]) -> str:
    """One after the other, as the language separates them."""
    return QCoreApplication.translate("units", ", ").join(words)


def sentence(words: str) -> str:
    """End words that can also stand alone."""
    return QCoreApplication.translate("units", "{words}.").format(words=words) if words else ""


def month_words(month: str, year: str) -> str:
    """Say a month by its name and its year, e.g. ``March 2026``."""
    words = QCoreApplication.translate("units", "{month} {year}")
    return words.format(month=month, year=year)


def _with_unit(text: str) -> str:
    number, unit = text.split(" ")
    # A space that holds both together; a plain one in English, as everywhere else.
    return QCoreApplication.translate("units", "{number} {unit}").format(
        number=_number(number), unit=_unit(unit)
    )


def _unit(unit: str) -> str:
    translate = QCoreApplication.translate
    return {
        "bytes": translate("units", "bytes"),
        "KiB": translate("units", "KiB"),
        "MiB": translate("units", "MiB"),
        "GiB": translate("units", "GiB"),
        "TiB": translate("units", "TiB"),
        "kB/s": translate("units", "kB/s"),
        "MB/s": translate("units", "MB/s"),
        "s": translate("units", "s"),
        "min": translate("units", "min"),
        "h": translate("units", "h"),
    }[unit]


def _number(text: str) -> str:
    locale = QLocale()
    if _is_plain(locale):
        return text
    signs = {",": locale.groupSeparator(), ".": locale.decimalPoint()}
    return "".join(signs.get(sign, sign) for sign in text)


def _is_plain(locale: QLocale) -> bool:
    return locale.name() == "C"
