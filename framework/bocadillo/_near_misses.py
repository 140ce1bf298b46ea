"""Wording errors: what was probably meant."""

from collections.abc import Coroutine, Iterable

__all__ = ["ask_for_await", "find_near_miss"]


def ask_for_await(value: object) -> str:
    """Return the end of a message about a wrong value: nothing, unless it waits to be awaited."""
    return ". Did you forget `await`?" if isinstance(value, Coroutine) else ""


def find_near_miss(name: str, names: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the name that looks most like `name`, or `None` when none is near.

    Args:
        name: what was written.
        names: what could have been meant.
        cutoff: how alike the two must be, from 0 (not at all) to 1 (the same).
    """
    import difflib  # noqa: PLC0415 - it is only needed to word an error

    near = difflib.get_close_matches(name, sorted(names), n=1, cutoff=cutoff)
    return near[0] if near else None
