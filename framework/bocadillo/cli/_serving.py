"""uvicorn, with the defaults that `bocadillo run` stands for."""

from pathlib import Path
from typing import Any

from click import ClickException

try:
    import uvicorn

    from ._logging import make_log_config
    from ._protocol import LimitedProtocol
except ImportError as error:
    raise ClickException(
        '`bocadillo run` needs uvicorn and httptools: pip install "bocadillo[cli]"'
    ) from error

__all__ = ["DEFAULTS", "serve"]

DEFAULTS: dict[str, Any] = {
    "http": LimitedProtocol,
    "interface": "asgi3",
    "lifespan": "on",
    "server_header": False,
    # The backstop of the setting DRAIN_GRACE, 10 s, after which streams have 5 s to clean up.
    "timeout_graceful_shutdown": 20,
    "ws_max_size": 1024 * 1024,
    "ws_per_message_deflate": False,
}


def serve(target: str, directory: Path, *, log_level: str, **options: Any) -> None:
    """Serve an application until the process is told to stop.

    Args:
        target: module and variable: `app:app`.
        directory: where modules are looked for first.
        log_level: the least important messages to log.
        **options: options of `uvicorn.run`, by the names uvicorn gives them.

    Raises:
        SystemExit: the application did not start.
    """
    uvicorn.run(
        target,
        app_dir=str(directory),
        log_level=log_level,
        log_config=make_log_config(log_level),
        **{**DEFAULTS, **options},
    )
