"""The signed cookie that keeps a session: its options, reading it, writing it.

Source: RFC 6265, and its revision for SameSite and the prefixes of names.
"""

import hmac
import warnings
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from ._cookies import format_cookie
from ._session import State, decode_state

try:
    from itsdangerous import BadData, TimestampSigner
    from itsdangerous.encoding import base64_decode, base64_encode
except ImportError as missing:
    raise ImportError(
        'sessions need the package itsdangerous: pip install "bocadillo[sessions]"'
    ) from missing

if TYPE_CHECKING:
    from starlette.types import Scope

__all__ = ["SameSite", "SessionCookie", "check_keys"]

SameSite = Literal["lax", "strict", "none"]

MIN_KEY_BYTES = 32
MAKE_KEY = 'python -c "import secrets; print(secrets.token_urlsafe(32))"'


class SessionCookie:
    """Read and write the cookie of sessions."""

    def __init__(
        self,
        name: str,
        keys: list[str],
        *,
        max_age: int | None,
        path: str,
        domain: str | None,
        same_site: SameSite,
        https_only: bool | None,
    ) -> None:
        texts = {
            "session_cookie": name,
            "path": path,
            "domain": domain or "",
            "same_site": same_site,
        }
        for option, text in texts.items():
            if not isinstance(text, str):
                raise TypeError(f"expected {option} as str, got {text!r}")
        self._name = name
        self._max_age = max_age
        self._path = path
        self._domain = domain
        self._same_site = same_site
        self._https_only = https_only
        if max_age is not None and (type(max_age) is not int or max_age <= 0):
            raise ValueError(f"expected max_age in seconds, or None, got {max_age!r}")
        if name.startswith("__Host-") and (domain is not None or path != "/"):
            raise ValueError(
                f"the cookie {name!r} cannot have a domain or a path: "
                "browsers refuse that of names which start with `__Host-`"
            )
        if name.startswith(("__Host-", "__Secure-")) or same_site == "none":
            self._https_only = True  # without the flag, browsers refuse them
        self.format(b"", is_secure=False)  # which checks what no other check does
        # What the keys sign for another purpose, or under another name, is no session.
        purpose = f"bocadillo.sessions.{name}".encode()
        self._signer = TimestampSigner(
            [
                hmac.digest(key.encode("utf-8", "surrogateescape"), purpose, "sha256")
                for key in reversed(keys)
            ],
            key_derivation="none",  # they are derived here, once
            digest_method=sha256,
        )

    def read(self, scope: "Scope") -> State:
        """Return the session that a request carries, or a new one.

        Of several, one is the work of another host of the domain, or of an earlier setting of
        path and domain: the one signed last is taken.
        """
        values = list(_find_cookies(scope, self._name.encode()))
        found = [valid for value in values if (valid := self._unsign(value))]
        if not found:
            return State.new(was_sent=bool(values))
        state, signed_at = max(found, key=lambda valid: valid[1])
        age = self._signer.get_timestamp() - signed_at
        state.is_stale = self._max_age is not None and age > self._max_age / 2
        return state

    def _unsign(self, value: bytes) -> tuple[State, float] | None:
        """Return a session and when it was signed, if it was signed, by us, and not too long ago.

        A time to come is that of a server whose clock is ahead: it signed nonetheless.
        """
        try:
            payload, signed_at = self._signer.unsign(value, return_timestamp=True)
            signature = value.rpartition(b".")[2]
            if base64_encode(base64_decode(signature)) != signature:
                return None  # decoding overlooks what does not belong there
            state = decode_state(base64_decode(payload))
        except (BadData, ValueError):
            return None
        seconds = signed_at.timestamp()
        if self._max_age is not None and self._signer.get_timestamp() - seconds > self._max_age:
            return None
        return state, seconds

    def format(self, text: bytes, *, is_secure: bool) -> str:
        """Format the Set-Cookie header of a text; of an empty one, to delete the cookie."""
        value = self._signer.sign(base64_encode(text)).decode("ascii") if text else ""
        return format_cookie(
            self._name,
            value,
            max_age=self._max_age if text else 0,
            expires=None if text else 0,
            path=self._path,
            domain=self._domain,
            secure=is_secure if self._https_only is None else self._https_only,
            httponly=True,
            samesite=self._same_site,
            partitioned=False,
        )


def check_keys(secret_key: object) -> list[str]:
    """Return the keys as a list, checked.

    Messages end up in logs: they do not show a key.

    Raises:
        ValueError: there is no key, or it is empty.

    Warns:
        UserWarning: a key is short.
    """
    given = secret_key if isinstance(secret_key, list | tuple) else [secret_key]
    keys = [key for key in given if isinstance(key, str) and key.strip()]
    if not keys or len(keys) < len(given):
        kinds = ", ".join(type(key).__name__ if key else repr(key) for key in given) or "no key"
        raise ValueError(
            f"expected a secret key, or a list of them, each a str that is not empty; got {kinds}. "
            f"Set SECRET_KEY to the output of: {MAKE_KEY}"
        )
    for key in keys:
        size = len(key.encode("utf-8", "surrogateescape"))
        if size < MIN_KEY_BYTES:
            warnings.warn(
                f"a secret key of {size} bytes can be guessed: expected at least {MIN_KEY_BYTES}, "
                f"as from {MAKE_KEY}",
                UserWarning,
                stacklevel=3,
            )
    return keys


def _find_cookies(scope: "Scope", name: bytes) -> Iterator[bytes]:
    for header, value in scope["headers"]:
        if header == b"cookie":
            for pair in value.split(b";"):
                found, _, content = pair.strip().partition(b"=")
                if found == name:
                    yield content
