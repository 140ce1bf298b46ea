"""A shop that only records, and a small tree for it."""

from collections.abc import Callable
from pathlib import Path

from devtools.shop import Shop, python_of

Answer = tuple[int, str] | Callable[[], tuple[int, str]]


class FakeShop(Shop):
    """Answers commands from a table whose keys are parts of them; what is not there succeeds."""

    def __init__(
        self,
        root: Path,
        answers: dict[str, Answer] | None = None,
        *,
        programs: tuple[str, ...] = ("node", "npm"),
        env: dict[str, str] | None = None,
        is_root: bool = False,
    ) -> None:
        super().__init__(root, env=env or {}, is_root=is_root)
        self.answers: dict[str, Answer] = {"node --version": (0, "v22.1.0\n"), **(answers or {})}
        self.programs = list(programs)
        self.ran: list[str] = []

    def which(self, name: str) -> str | None:
        return f"/bin/{name}" if name in self.programs else None

    def run(self, *command: str | Path) -> int:
        return self.ask(*command)[0]

    def ask(self, *command: str | Path) -> tuple[int, str]:
        line = " ".join(str(word) for word in command)
        self.ran.append(line)
        for part, answer in self.answers.items():
            if part in line:
                return answer() if callable(answer) else answer
        return 0, ""

    def has_run(self, part: str) -> bool:
        return any(part in line for line in self.ran)


def make_tree(tmp_path: Path) -> Path:
    """Make a tree with the files that decide what is installed, and an environment's Python."""
    (tmp_path / "framework" / "livedocs" / "browser").mkdir(parents=True)
    (tmp_path / "framework" / "constraints.txt").write_text("starlette==1.10.0\n")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["starlette>=1"]\n'
        '[dependency-groups]\ndev = ["pytest"]\ndocs = ["mkdocs"]\n'
    )
    python = python_of(tmp_path / ".venv")
    python.parent.mkdir(parents=True)
    python.touch()
    return tmp_path


def add_browser_code(tree: Path) -> Path:
    folder = tree / "framework" / "livedocs" / "browser"
    (folder / "package.json").write_text("{}")
    (folder / "package-lock.json").write_text("{}")
    (folder / "node_modules").mkdir()
    return folder
