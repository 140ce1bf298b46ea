"""Plugins: functions that add to an application what its settings ask for.

`configure` calls the built-in ones, then those of the setting `PLUGINS`, in this order. What a
middleware added later wraps those added before, so that a request meets them from the bottom up:

| plugin               | settings                                     | adds                    |
|----------------------|----------------------------------------------|-------------------------|
| `use_providers`      | `PROVIDER_MODULES`                           | providers, for views    |
| `use_staticfiles`    | `STATIC_DIR`, `STATIC_ROOT`, `STATIC_CONFIG` | a directory of files    |
| `use_sessions`       | `SESSIONS`, `SECRET_KEY`                     | `req.session`           |
| `use_compression`    | `GZIP`, `COMPRESSION`, `GZIP_MIN_SIZE`       | compressed responses    |
| `use_cors`           | `CORS`                                       | answers for other sites |
| `use_hsts`           | `HSTS`                                       | a header: https only    |
| `use_https_redirect` | `HTTPS_REDIRECT`, `HSTS`                     | redirects to https      |
| `use_allowed_hosts`  | `ALLOWED_HOSTS`                              | a 400 for other hosts   |
| yours                | `PLUGINS`                                    | what you like           |

Middleware that the application adds before `configure` is inside of all of these, and what it
adds afterwards outside.
"""

from collections.abc import Callable

from bocadillo.applications import App

from ._compression import use_compression
from ._cors import use_cors
from ._hosts import use_allowed_hosts
from ._https import use_hsts, use_https_redirect
from ._providers import use_providers
from ._sessions import use_sessions
from ._static import use_staticfiles

__all__ = [
    "BUILTIN_PLUGINS",
    "use_allowed_hosts",
    "use_compression",
    "use_cors",
    "use_hsts",
    "use_https_redirect",
    "use_providers",
    "use_sessions",
    "use_staticfiles",
]

BUILTIN_PLUGINS: tuple[Callable[[App], None], ...] = (
    use_providers,
    use_staticfiles,
    use_sessions,
    use_compression,
    use_cors,
    use_hsts,
    use_https_redirect,
    use_allowed_hosts,
)
"""The built-in plugins, in the order in which they are called."""
