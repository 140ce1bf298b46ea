"""Import what few examples use from archives that are fetched when it is needed."""

import importlib.machinery
import sys
import zipimport
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType

# `more` is what templates, sessions and their like need, `rest` all else.
ARCHIVES = ("more", "rest")


class RestFinder:
    """Finds modules in an archive that is not there yet; asked after all other finders.

    Args:
        names: The modules in the archive.
        download: Fetches the archive, blocking; imports cannot wait otherwise.
        archive: Where the archive is kept.
    """

    def __init__(
        self, names: frozenset[str], download: Callable[[], bytes], *, archive: str
    ) -> None:
        self.names = names
        self._download = download
        self._archive = Path(archive)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where the module is, fetching the archive the first time; `None`: not here."""
        if name not in self.names:
            return None
        if not self._archive.exists():
            self._archive.write_bytes(self._download())
        # A package may be split between archives: its own path does not lead here.
        parent = name.rpartition(".")[0].replace(".", "/")
        return zipimport.zipimporter(str(self._archive / parent)).find_spec(name, target)


def install(
    read_names: Callable[[str], str], download: Callable[[str], bytes], *, folder: str = "/lib"
) -> None:
    """Make the seldom used modules importable.

    Args:
        read_names: Returns the text of a list of modules, one a line, as of `more.txt`.
        download: Fetches an archive such as `more.zip`, blocking.
        folder: Where archives are kept.
    """
    for name in ARCHIVES:
        modules = frozenset(read_names(f"{name}.txt").split())
        fetch = partial(download, f"{name}.zip")
        sys.meta_path.append(RestFinder(modules, fetch, archive=f"{folder}/{name}.zip"))
