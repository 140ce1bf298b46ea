import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bocadillo import App, Request, Response, SettingsError, configure, create_client

FRAMEWORK = Path(__file__).parents[3] / "framework"


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with files in `static/` and in `assets/`."""
    for name in ("static", "assets"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "site.css").write_text(f"/* {name} */")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "assets"


def get(path: str, **settings: Any) -> tuple[int, str]:
    answer = create_client(configure(App(), **settings)).get(path)
    return answer.status_code, answer.text if answer.status_code == 200 else ""


def test_files_of_the_default_directory_are_served(assets: Path) -> None:
    assert get("/static/site.css") == (200, "/* static */")
    assert get("/static/missing.css")[0] == 404


@pytest.mark.parametrize("root", ["files", "/files", "/files/"])
def test_directory_and_root_are_settings(assets: Path, root: str) -> None:
    for directory in (assets, "assets"):
        settings = {"static_dir": directory, "static_root": root}
        assert get("/files/site.css", **settings) == (200, "/* assets */")
        assert get("/static/site.css", **settings)[0] == 404


def test_static_files_can_be_off(assets: Path) -> None:
    assert get("/static/site.css", static_dir=None)[0] == 404


def test_options_are_those_of_static(assets: Path) -> None:
    app = configure(App(), static_config={"max_age": 60})
    answer = create_client(app).get("/static/site.css")
    assert "max-age=60" in answer.headers["cache-control"]


@pytest.mark.parametrize("config", [{"maxage": 60}, {"max_age": "a day"}, {"max_age": -1}])
def test_option_that_static_refuses_is_named_with_the_setting(assets: Path, config: Any) -> None:
    with pytest.raises(SettingsError, match=r"setting `STATIC_CONFIG`: .*max_?age"):
        configure(App(), static_config=config)


def test_default_directory_that_is_not_there_leaves_the_path_to_the_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = configure(App())

    @app.route("/static/{name}")
    async def own(req: Request, res: Response, name: str) -> None:
        res.text = name

    assert create_client(app).get("/static/site.css").text == "site.css"


def test_named_directory_may_come_later(tmp_path: Path) -> None:
    directory = tmp_path / "dist"
    app = configure(App(), static_dir=directory)
    client = create_client(app)
    assert client.get("/static/app.js").status_code == 404
    directory.mkdir()
    (directory / "app.js").write_text("1")
    assert client.get("/static/app.js").text == "1"


def test_name_that_users_import_is_the_function_still(assets: Path) -> None:
    """The module of the same name must not take its place when the plugin imports it."""
    script = "import bocadillo as b; b.configure(b.App()); from bocadillo import static; static('')"
    environment = {**os.environ, "PYTHONPATH": str(FRAMEWORK)}
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=assets.parent, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
