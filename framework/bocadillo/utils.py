"""Small helpers for applications and their tests."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from ._dispositions import safe_filename

__all__ = ["override_env", "safe_filename"]


@contextmanager
def override_env(var: str, value: str | None) -> Iterator[None]:
    """Set an environment variable inside of a `with` block, and put the former value back.

    Args:
        var: its name.
        value: its value; `None` to unset it.
    """
    former = os.environ.get(var)
    _set_env(var, value)
    try:
        yield
    finally:
        _set_env(var, former)


def _set_env(var: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(var, None)
    else:
        os.environ[var] = value
