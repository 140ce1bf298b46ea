import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click import ClickException

from bocadillo.cli import _serving
from bocadillo.cli._logging import make_log_config
from bocadillo.cli._protocol import LimitedProtocol


def test_server_has_the_defaults_that_are_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(uvicorn, "run", lambda target, **options: calls.append((target, options)))

    _serving.serve("app:app", Path("shop"), log_level="info", port=1, reload=True)

    assert calls == [
        (
            "app:app",
            {
                "app_dir": "shop",
                "http": LimitedProtocol,
                "interface": "asgi3",
                "lifespan": "on",
                "log_config": make_log_config("info"),
                "log_level": "info",
                "port": 1,
                "reload": True,
                "server_header": False,
                "timeout_graceful_shutdown": 20,
                "ws_max_size": 1024 * 1024,
                "ws_per_message_deflate": False,
            },
        )
    ]


def test_missing_uvicorn_is_told_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ClickException) as caught:
        runpy.run_path(str(_serving.__file__))
    assert caught.value.message == (
        '`bocadillo run` needs uvicorn and httptools: pip install "bocadillo[cli]"'
    )
