import json
from pathlib import Path

import pytest

from livedocs.files import is_text, to_bytes, to_text, write_files


@pytest.mark.parametrize(
    ("data", "readable"), [(b"", True), ("é\0".encode(), True), (b"\x89PNG\r\n", False)]
)
def test_bytes_survive_as_text_and_as_json(data: bytes, readable: bool) -> None:
    text = to_text(data)

    assert to_bytes(json.loads(json.dumps(text))) == data
    assert is_text(text) is readable


def test_files_are_written_with_their_folders_and_line_ends(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "é\r\n", "static/b/logo.png": to_text(b"\x89PNG")})

    assert (tmp_path / "a.txt").read_bytes() == "é\r\n".encode()
    assert (tmp_path / "static" / "b" / "logo.png").read_bytes() == b"\x89PNG"
