import re
from pathlib import Path

from bocadillo._known_settings import KNOWN_SETTINGS
from livedocs.settings_page import PAGE_OF, default_of, format_settings

GUIDE = Path(__file__).parents[2] / "docs" / "guide"


def test_each_setting_is_in_the_table_and_has_a_section() -> None:
    text = format_settings()

    rows = re.findall(r"^\| \[`(\w+)`\]\(#(\w+)\) \| (.+) \| `(.+)` \|$", text, re.MULTILINE)
    assert rows == [
        (known.name, known.name.lower(), known.type, default_of(known))
        for known in KNOWN_SETTINGS.values()
    ]
    sections = re.findall(r"^## `(\w+)` \{ #\w+ \}\n\n(.+)\n\nType: (.+)\. Def", text, re.MULTILINE)
    assert sections == [
        (known.name, known.description, known.type) for known in KNOWN_SETTINGS.values()
    ]


def test_a_mapping_is_shown_as_a_dict() -> None:
    assert default_of(KNOWN_SETTINGS["STATIC_CONFIG"]) == "{}"


def test_the_page_that_explains_a_setting_names_it() -> None:
    silent = {
        name: page
        for name, page in PAGE_OF.items()
        if name not in (GUIDE / f"{page}.md").read_text(encoding="utf-8")
    }

    assert silent == {}
    assert set(PAGE_OF) <= set(KNOWN_SETTINGS)
