"""A new project: the files it begins with, and where they may be written."""

import re
from importlib.resources import files
from pathlib import Path

from click import ClickException

from bocadillo import __version__

__all__ = ["check_free", "check_name", "render_project", "write_project"]

TEMPLATES = {
    ".gitignore": "gitignore.txt",
    "README.md": "README.md.txt",
    "app.py": "app.py.txt",
    "requirements.txt": "requirements.txt.txt",
    "settings.py": "settings.py.txt",
    "test_app.py": "test_app.py.txt",
}


def check_name(name: str) -> str:
    """Return the name of a project.

    Raises:
        ClickException: it could not be the name of a folder everywhere.
    """
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        return name
    near = re.sub(r"[^A-Za-z0-9_]+", "-", re.sub(r"^[^A-Za-z]+", "", name)).strip("-")
    cure = f"Did you mean {near!r}?" if near else "Try 'my-app'."
    raise ClickException(
        "expected a name that begins with a letter and has letters, digits, '-' and '_' only, "
        f"got {name!r}. {cure}"
    )


def check_free(folder: Path) -> None:
    """Refuse a folder in which a file of a new project exists already.

    Raises:
        ClickException: the message names the files.
    """
    if folder.exists() and not folder.is_dir():
        raise ClickException(f"expected a folder, but {str(folder)!r} is a file. Name another.")
    taken = [name for name in TEMPLATES if (folder / name).exists()]
    if taken:
        raise ClickException(
            f"{str(folder)!r} has {', '.join(taken)} already, and nothing is ever overwritten. "
            "Name another folder with --directory."
        )


def render_project(name: str) -> dict[str, str]:
    """Return the text of each file of a new project, by its path in the folder."""
    folder = files(__package__) / "project"
    return {
        path: (folder / template)
        .read_text(encoding="utf-8")
        .replace("VERSION", __version__)
        .replace("NAME", name)
        for path, template in TEMPLATES.items()
    }


def write_project(folder: Path, texts: dict[str, str]) -> None:
    """Write the files of a project.

    Raises:
        ClickException: the system refuses; the message says why.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            with (folder / path).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except OSError as error:
        raise ClickException(f"cannot write to {str(folder)!r}: {error}") from None
