"""The page about configuration lists the settings that the framework knows, as it knows them."""

import re
from collections.abc import Mapping
from pathlib import Path

from bocadillo._known_settings import KNOWN_SETTINGS, KnownSetting

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "configuration.md"
HEADING = "## Known settings\n"


def write_row(known: KnownSetting) -> str:
    default = dict(known.default) if isinstance(known.default, Mapping) else known.default
    return f"| `{known.name}` | {known.type} | `{default!r}` | {known.description} |"


def test_the_table_of_settings_is_that_of_the_code() -> None:
    section = PAGE.read_text(encoding="utf-8").partition(HEADING)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `.*$", section, re.MULTILINE)
    assert rows == [write_row(known) for known in KNOWN_SETTINGS.values()]


def test_no_text_of_a_setting_ends_its_cell() -> None:
    assert [
        known.name for known in KNOWN_SETTINGS.values() if write_row(known).count("|") != 5
    ] == []
