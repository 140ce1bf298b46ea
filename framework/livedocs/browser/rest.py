"""Import the seldom used part of the standard library from an archive fetched when it is needed."""

import importlib.machinery
import sys
import zipimport
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

ARCHIVE = "/lib/rest.zip"


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


def install(names: str, download: Callable[[], bytes]) -> None:
    """Make the seldom used modules importable.

    Args:
        names: Their names, one a line.
        download: Fetches their archive, blocking.
    """
    sys.meta_path.append(RestFinder(frozenset(names.split()), download, archive=ARCHIVE))
