"""The routes of an application as a table."""

import traceback
from collections.abc import Sequence
from typing import Any

from click import ClickException

from bocadillo.applications import App

__all__ = ["check_app", "format_routes", "format_table"]

HEADINGS = ("METHODS", "PATTERN", "VIEW", "NAME")


def format_routes(app: Any, target: str) -> str:
    """Return a table of the routes of an application, in the order in which they are matched.

    Args:
        app: the application.
        target: what names it in a message: `app:app`.

    Raises:
        ClickException: it is an application of another framework.
    """
    if not isinstance(app, App):
        raise ClickException(
            f"expected a Bocadillo application as {target}, got {app!r}: only those tell their "
            "routes"
        )
    rows = [_row(route) for route in app.routes]
    return format_table([HEADINGS, *rows]) if rows else f"{target} has no routes"


def check_app(app: App, target: str) -> None:
    """Refuse an application that could not start: this is what it checks before it serves.

    Args:
        app: the application; it takes no further routes afterwards.
        target: what names it in a message: `app:app`.

    Raises:
        ClickException: it could not start; the message tells why.
    """
    try:
        app._freeze()  # noqa: SLF001 - starting it would run its startup handlers
    except Exception as error:  # noqa: BLE001 - whatever is raised, it does not start
        reason = "".join(traceback.format_exception_only(error)).rstrip()
        raise ClickException(f"{target} cannot start: {reason}") from None


def _row(route: Any) -> tuple[str, ...]:
    if hasattr(route, "app"):
        kind = getattr(route.app, "__qualname__", type(route.app).__qualname__)
        return "any", route.pattern.text, f"{kind.lstrip('_')} (mounted)", route.name
    view = route.place.removeprefix("view ").replace("`", "")
    return ", ".join(route.methods), route.pattern.text, view, route.name


def format_table(rows: Sequence[Sequence[str]]) -> str:
    """Align the cells of each column; two spaces stand between columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (zip(row, widths, strict=True) for row in rows)
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in line).rstrip() for line in lines
    )
