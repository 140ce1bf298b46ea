import json
import shutil
import time
from pathlib import Path

import pytest

from livedocs import runtime
from livedocs.runtime import browser_modules, build, check_tools, main
from livedocs.wheels import CURE, ROOT, RuntimeBuildError

TARGET_SECONDS = 0.2


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site with the runtime in it."""
    site = tmp_path_factory.mktemp("site")
    build(site)
    return site


def test_manifest_names_every_file_with_its_size(built: Path) -> None:
    manifest = json.loads((built / "_live" / "manifest.json").read_text())
    folder = built / "_live" / manifest["hash"]
    assert manifest["files"] == {path.name: path.stat().st_size for path in folder.iterdir()}
    assert {
        "more.zip",
        "python.zip",
        "project.zip",
        "native.zip",
        "pyodide.asm.wasm",
        "worker.js",
        "panel.js",
        "codemirror.js",
    } <= manifest["files"].keys()
    assert {"asyncio", "json"} <= set(manifest["stdlib"].split())


def test_webassembly_is_webassembly(built: Path) -> None:
    (wasm,) = built.glob("_live/*/*.wasm")
    assert wasm.read_bytes()[:4] == b"\0asm"


def test_page_script_and_style_stand_beside_each_other(built: Path) -> None:
    assert {path.name for path in (built / "assets" / "live").iterdir()} == {"page.js", "live.css"}


def test_second_build_takes_it_from_the_cache(built: Path, tmp_path: Path) -> None:
    started = time.perf_counter()
    name = build(tmp_path)
    assert time.perf_counter() - started < TARGET_SECONDS * 5  # the machine may be busy
    assert (built / "_live" / name).is_dir()


def test_runtime_of_an_earlier_build_is_removed(tmp_path: Path) -> None:
    (tmp_path / "_live" / "0123456789abcdef").mkdir(parents=True)
    name = build(tmp_path)
    assert [path.name for path in (tmp_path / "_live").glob("*/")] == [name]


def test_browser_gets_the_runner_with_all_it_imports() -> None:
    names = {path.relative_to(runtime.LIVEDOCS).as_posix() for path in browser_modules()}
    assert {"__init__.py", "browser/runner.py", "engine.py", "model.py", "asgi.py"} <= names
    assert not names & {"collect.py", "pytest_plugin.py", "runtime.py", "hooks.py"}


def test_missing_node_names_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: None)
    with pytest.raises(RuntimeBuildError) as caught:
        check_tools()
    assert str(caught.value) == (
        "Node.js is not installed; it bundles the scripts of the live examples. "
        f"Install Node.js 20 or later (https://nodejs.org) with its npm, then: {CURE}"
    )


@pytest.mark.parametrize(("version", "shown"), [(None, "none"), ("0.1", "0.1")])
def test_missing_npm_package_names_the_cure(
    version: str | None, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, wanted = next(iter(runtime._node_packages().items()))
    if version is not None:
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "package.json").write_text(json.dumps({"version": version}))
    monkeypatch.setattr(runtime, "MODULES", tmp_path)
    with pytest.raises(RuntimeBuildError) as caught:
        check_tools()
    message = str(caught.value)
    assert message.startswith(f"The npm package {name} {wanted} is needed in ")
    assert message.endswith(f", which has {shown}. {CURE}")


def test_missing_bundler_names_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "MODULES", ROOT / "nowhere")
    with pytest.raises(RuntimeBuildError) as caught:
        runtime._bundle(["page.js"], tmp_path)
    assert str(caught.value) == f"esbuild is not in nowhere/.bin. {CURE}"


def test_script_that_does_not_bundle_names_the_tool(tmp_path: Path) -> None:
    with pytest.raises(RuntimeBuildError) as caught:
        runtime._bundle(["missing.js"], tmp_path)
    message = str(caught.value)
    assert message.startswith("esbuild could not bundle the scripts of the live examples:\n")
    assert "missing.js" in message


def test_command_line_builds(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build", str(tmp_path)])
    (folder,) = (built / "_live").glob("*/")
    assert capsys.readouterr().out == f"live runtime {folder.name} in {tmp_path}\n"


def test_wrong_command_line_shows_the_usage() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["bake"])
    assert caught.value.code == "Usage: python -m livedocs.runtime fetch | build DESTINATION"
