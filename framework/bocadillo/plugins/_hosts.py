"""The hosts an application answers for: the setting `ALLOWED_HOSTS`."""

import re

from bocadillo.applications import App
from bocadillo.config import SettingsError

__all__ = ["use_allowed_hosts"]

HOST = r"\*|(?:\*\.)?[a-z0-9_\-]+(?:\.[a-z0-9_\-]+)*|\[[0-9a-f:.]+\]"


def use_allowed_hosts(app: App) -> None:
    """Answer requests to other hosts than one's own with a 400.

    Settings: `ALLOWED_HOSTS`, a list of hosts such as `example.com`, `*.example.com` (every
    subdomain) or `[::1]`, without scheme and port; `*` allows any host. Where `www.example.com`
    is listed but `example.com` is not, requests to the latter are redirected to the former.

    Raises:
        SettingsError: the list is empty, or a host in it could never match.
    """
    hosts = app.settings.ALLOWED_HOSTS
    if hosts is None:
        return
    for host in hosts:
        if not re.fullmatch(HOST, host, re.IGNORECASE):
            raise SettingsError(
                "setting `ALLOWED_HOSTS` expects hosts without scheme and port, such as "
                f"'example.com', '*.example.com' or '[::1]', got {host!r}"
            )
    if not hosts:
        raise SettingsError(
            "setting `ALLOWED_HOSTS` is empty: no request could be answered. List the hosts, or "
            "leave it out for any host."
        )
    if "*" not in hosts:
        from bocadillo.middleware._hosts import AllowedHostsMiddleware  # noqa: PLC0415 - only if asked for

        app.add_middleware(AllowedHostsMiddleware, allowed_hosts=list(hosts))
