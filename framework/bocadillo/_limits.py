"""What a request may cost."""

from typing import NamedTuple

__all__ = ["DEFAULT_MAX_BODY_SIZE", "Limits"]

DEFAULT_MAX_BODY_SIZE = 10 * 1024 * 1024
"""The bytes that the body of a request may have unless a setting or a route says otherwise."""


class Limits(NamedTuple):
    """What the body of a request may cost; `None` lifts a limit.

    Attributes:
        max_body_size: bytes, counted as they are received.
        body_timeout: seconds a client may let pass before it sends more of the body.
        max_fields: fields of a form that are not files.
        max_files: files of a form.
        max_field_size: bytes of one field of a form; a file may be as large as the body.
    """

    max_body_size: int | None = DEFAULT_MAX_BODY_SIZE
    body_timeout: float | None = 20.0
    max_fields: float = 200
    max_files: float = 20
    max_field_size: int = 1024 * 1024
