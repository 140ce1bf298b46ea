"""Templates: text with holes, filled by Jinja.

What is filled in is escaped for HTML, whatever the name of the template. Only files, and the
sources a program gives, are templates: never what a client sent.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from ._near_misses import find_near_miss

try:
    import jinja2
except ImportError as missing:
    raise ImportError(
        'templates need the package jinja2: pip install "bocadillo[templates]"'
    ) from missing

__all__ = ["Templates"]

logger = logging.getLogger("bocadillo")

AnyPath = str | PathLike[str]


class HasURLs(Protocol):
    """An application that can tell the URLs of its routes."""

    def url_for(self, name: str, /, **params: Any) -> Any:
        """Return the URL of a route."""


class Templates:
    """Render the templates of a directory.

    Variables are the `context`, then the dicts given when rendering, then the keywords: the
    later wins. A variable that is not given prints nothing, and a warning is logged.

    A template is read and compiled when it is first rendered, and again when its file changes.
    A template that includes, imports or extends another finds it in the same directories.

    Args:
        directory: where the templates are: a path, or a list of paths of which the first that
            has the template wins. A relative path is relative to the working directory.
        context: variables of every template.
        app: the application whose routes `url_for(name, **params)` looks up in the templates;
            it can also be set later, as `templates.app = app`.

    Raises:
        TypeError: the directory is neither a path nor a list of paths.
    """

    def __init__(
        self,
        directory: AnyPath | Sequence[AnyPath] = "templates",
        context: Mapping[str, Any] | None = None,
        *,
        app: HasURLs | None = None,
    ) -> None:
        self.context: dict[str, Any] = dict(context or {})
        self.app = app
        # Two environments, as one renders either synchronously or not: nothing is toggled.
        self._sync = self._make_environment(is_async=False)
        self._async = self._make_environment(is_async=True)
        self._async.filters = self._sync.filters
        self.directory = directory

    @property
    def directory(self) -> AnyPath | Sequence[AnyPath]:
        """Where the templates are: as given, or set later."""
        return self._directory

    @directory.setter
    def directory(self, value: AnyPath | Sequence[AnyPath]) -> None:
        paths = [value] if isinstance(value, str | PathLike) else value
        if (
            not isinstance(paths, Sequence)
            or not paths
            or not all(isinstance(path, str | PathLike) for path in paths)
        ):
            raise TypeError(
                f"expected the directory of templates as a path or a list of paths, got {value!r}"
            )
        self._directory = value
        self._loader = jinja2.FileSystemLoader(paths)
        # Their caches are by loader: what was read from elsewhere is not found any more.
        self._sync.loader = self._async.loader = self._loader

    @property
    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of the templates, by name: add functions to it for `{{ value | name }}`."""
        return self._sync.filters

    async def render(self, name: str, /, *dicts: Mapping[str, Any], **variables: Any) -> str:
        """Render a template. It may call `async` functions, and loop over async iterators.

        Args:
            name: the path of the template below the directory, with slashes.
            dicts: variables.
            variables: more of them.

        Raises:
            jinja2.TemplateNotFound: it is in none of the directories.
            jinja2.TemplateSyntaxError: it is malformed.

        Cancellation:
            Async functions that the template calls are cancelled; nothing else is left behind.
        """
        with self._explaining():
            template = self._async.get_template(name)
            return await template.render_async(self._merge(dicts, variables))

    def render_sync(self, name: str, /, *dicts: Mapping[str, Any], **variables: Any) -> str:
        """Render a template where nothing can be awaited: see `render`."""
        with self._explaining():
            return self._sync.get_template(name).render(self._merge(dicts, variables))

    def render_string(self, source: str, /, *dicts: Mapping[str, Any], **variables: Any) -> str:
        """Render a template given as text; it is not asynchronous, and compiles at every call.

        Never build `source` from what a client sent, for a template can do what the program can.
        Give what the client sent as a variable: `render_string("Hi {{ name }}", name=name)`.

        Raises:
            jinja2.TemplateSyntaxError: it is malformed.
        """
        with self._explaining():
            return self._sync.from_string(source).render(self._merge(dicts, variables))

    def _make_environment(self, *, is_async: bool) -> jinja2.Environment:
        environment = jinja2.Environment(
            autoescape=True, enable_async=is_async, undefined=LoggedUndefined
        )
        environment.globals["url_for"] = self._url_for
        return environment

    def _url_for(self, name: str, /, **params: Any) -> Any:
        if self.app is None:
            raise RuntimeError(
                f"url_for({name!r}) in a template needs the application: create the templates "
                "with `Templates(app=app)`, or set `templates.app = app`"
            )
        return self.app.url_for(name, **params)

    def _merge(
        self, dicts: Sequence[Mapping[str, Any]], variables: Mapping[str, Any]
    ) -> dict[str, Any]:
        merged = dict(self.context)
        for mapping in (*dicts, variables):
            merged.update(mapping)
        return merged

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Let the error of a missing template, be it an included one, tell where it was sought."""
        try:
            yield
        except jinja2.TemplatesNotFound:
            raise  # it lists what it sought
        except jinja2.TemplateNotFound as error:
            error.message = self._explain(str(error.name))
            raise

    def _explain(self, name: str) -> str:
        searched = ", ".join(repr(str(Path(path).absolute())) for path in self._loader.searchpath)
        near = find_near_miss(name, self._loader.list_templates())
        hint = f" Did you mean {near!r}?" if near else ""
        return f"there is no template {name!r} in {searched}.{hint}"


class LoggedUndefined(jinja2.Undefined):
    """Print nothing for a variable that was not given, but say so in the log.

    Testing one, as in `{% if user %}` or `{{ title or "" }}`, is no mistake.
    """

    __slots__ = ()

    def __str__(self) -> str:
        logger.warning("a template prints what it was not given: %s", self._undefined_message)
        return super().__str__()
