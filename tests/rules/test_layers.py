"""A module imports only modules of strictly lower rank, and optional packages stay in one place.

The tables below are the architecture: a new module gets its place here.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import bocadillo

FRAMEWORK = Path(__file__).parents[2] / "framework"

# Lowest first. Modules of one layer do not import each other. `.` is the package itself.
LAYERS: dict[str, list[set[str]]] = {
    "bocadillo": [
        {
            "_annotations",
            "_beside",
            "_conditions",
            "_cookies",
            "_dataclasses",
            "_deadlines",
            "_dispositions",
            "_draining",
            "_guarding",
            "_headers",
            "_known_settings",
            "_limits",
            "_media_types",
            "_near_misses",
            "_origins",
            "_paths",
            "_patience",
            "_queries",
            "_ranges",
            "_redirects",
            "_rounds",
            "_session",
            "_stream",
            "_threads",
            "cli._logging",
            "cli._protocol",
            "constants",
            "converters",
            "middleware._codings",
            "middleware._https",
            "middleware._vary",
            "patterns",
            "testing._events",
            "testing._scopes",
            "testing._wire",
            "testing.live",
        },
        {
            "_body_errors",
            "_connection",
            "_inbox",
            "_response_cookies",
            "_security",
            "_session_cookie",
            "_signals",
            "_wsgi",
            "cli._serving",
            "config",
            "errors",
            "middleware._compression",
            "middleware._cors",
            "middleware._hosts",
            "templates",
            "testing._conversation",
            "testing._exchange",
            "testing._life",
            "utils",
        },
        {
            "_file_replies",
            "_finishing",
            "_forms",
            "_pydantic",
            "_sockets",
            "_transmission",
            "plugins._options",
            "sessions",
            "testing._sockets",
            "testing._streams",
            "views",
        },
        {"_delivery", "_outbox", "_watching"},
        {
            "_bodies",
            "_calling",
            "_handlers",
            "_heartbeat",
            "_json",
            "_kinds",
            "hooks",
            "lifespan",
            "testing._transport",
        },
        {"_messages", "providers", "requests", "sse", "streaming"},
        {
            "_declaring",
            "_files",
            "_graph",
            "_lifetimes",
            "_opening",
            "_response_streams",
            "_socket_options",
        },
        {"_extras", "_needs", "_provision", "_static", "responses", "websockets"},
        {"_app_scope", "_debug", "error_handlers"},
        {"_providing"},
        {"_asking", "_attending", "_background"},
        {"_runs"},
        {"plans"},
        {"_mounts", "_refusals", "middleware._http", "routing"},
        {"_denying", "_living", "_parts", "middleware", "middleware._asgi", "routers"},
        {"_sources"},
        {"_answering", "_conversing", "_scoped"},
        {"_socket_table"},
        {"_freezing"},
        {"_explaining", "applications"},
        {
            "cli._finding",
            "cli._listing",
            "plugins._compression",
            "plugins._cors",
            "plugins._hosts",
            "plugins._https",
            "plugins._providers",
            "plugins._sessions",
            "plugins._static",
            "testing._substitutes",
        },
        {"plugins", "testing._async_client", "testing.client"},
        {"_configure", "testing"},
        {".", "testing.plugin"},
        {"cli._project"},
        {"cli._commands"},
        {"cli"},
        {"__main__"},
    ],
    "livedocs": [
        {
            ".",
            "api",
            "browser",
            "browser.marks",
            "browser.precompile",
            "browser.rest",
            "browser.threads",
            "cli_page",
            "docstrings",
            "error_index",
            "errors",
            "events",
            "files",
            "folding",
            "frame_page",
            "policy",
            "settings_page",
            "wheels",
        },
        {
            "api_text",
            "collect",
            "console",
            "curl_data",
            "error_page",
            "hiding",
            "hosting",
            "include",
            "languages",
            "markup",
            "mentions",
            "redirects",
            "runtime",
            "session_text",
            "testing",
            "update",
        },
        {"generated", "model", "page_checks", "serving", "sources", "spelling"},
        {"site_checks"},
        {"asgi", "cookies", "http_text", "talking"},
        {"blocks", "sockets", "talk_text"},
        {"compare", "conversation", "messages", "real_sockets", "terminal"},
        {"browser.visits", "client_text", "commands", "curl", "engine", "real"},
        {
            "browser.output",
            "browser.streams",
            "placing",
            "prints",
            "rewrite",
            "sessions",
        },
        {"browser.programs", "running"},
        {"browser.sockets"},
        {"browser.runner", "page"},
        {"browser.rehearsal", "checking", "fence", "plain"},
        {"clients", "llms", "pytest_plugin"},
        {"completing"},
        {"hooks"},
    ],
}

# Packages that may be missing, and those a browser does not have: the one module, or package, for
# each; a second one where the command line needs what the test tools need too.
CONFINED: dict[str, dict[str, str | tuple[str, ...]]] = {
    "bocadillo": {
        "a2wsgi": "_wsgi",
        "brotli": "middleware._codings",
        "click": "cli",
        "httpx2": "testing",
        "itsdangerous": "_session_cookie",
        "jinja2": "templates",
        "multiprocessing": "cli",
        "pydantic": "_pydantic",
        "pytest": "testing.plugin",
        "signal": ("cli", "_signals"),
        "socket": "testing.live",
        "ssl": "testing.live",
        "starlette.testclient": ("testing.client", "testing.plugin"),
        "subprocess": "cli",
        "threading": "testing.live",
        "uvicorn": ("cli", "testing.live"),
    },
    "livedocs": {
        "click": "cli_page",
        "griffe": ("api", "api_text", "docstrings"),
        "hatchling": "runtime",
        "mkdocs": "hooks",
        "playwright": "clients",
        "pytest": "pytest_plugin",
        "spylls": "spelling",
        "websockets": "real_sockets",
        "yaml": "languages",
    },
}

# What the site's machinery imports of the framework beyond what that exports, to describe it.
DESCRIBED = {
    "livedocs.cli_page": "bocadillo.cli._commands",
    "livedocs.settings_page": "bocadillo._known_settings",
}

# Imports inside a function, each with its reason.
LAZY = {
    ("bocadillo._answering", "bocadillo._sources"): "most responses are known as a whole",
    ("bocadillo._freezing", "bocadillo._debug"): "it is for development",
    ("bocadillo._freezing", "bocadillo._scoped"): "most views have nothing cleaned up",
    ("bocadillo._socket_table", "bocadillo._conversing"): "most applications have no WebSockets",
    ("bocadillo.routers", "bocadillo._socket_options"): "most applications have no WebSockets",
    ("bocadillo.requests", "bocadillo._forms"): "most requests are no forms",
    ("bocadillo.responses", "bocadillo._dispositions"): "most responses are no attachments",
    ("bocadillo.responses", "bocadillo._files"): "most applications send no files",
    ("bocadillo._response_streams", "bocadillo.streaming"): "most applications send no streams",
    ("bocadillo.plugins._static", "bocadillo._static"): "most applications have no static files",
    ("bocadillo.plans", "bocadillo._attending"): "most views do not wait for long",
    ("bocadillo._near_misses", "difflib"): "only to word an error",
    ("bocadillo.error_handlers", "html"): "it brings all entities along",
    ("bocadillo.providers", "pkgutil"): "only for packages of providers",
    ("bocadillo.middleware._codings", "brotli"): "only if the setting COMPRESSION asks for it",
    ("bocadillo.middleware._codings", "zstandard"): "only if the setting COMPRESSION asks for it",
    ("bocadillo.plugins._compression", "bocadillo.middleware._codings"): "only if asked for",
    ("bocadillo.plugins._compression", "bocadillo.middleware._compression"): "only if asked for",
    ("bocadillo.plugins._cors", "bocadillo.middleware._cors"): "only if asked for",
    ("bocadillo.plugins._hosts", "bocadillo.middleware._hosts"): "only if asked for",
    ("bocadillo.plugins._https", "bocadillo.middleware._https"): "only if asked for",
    ("bocadillo.plugins._sessions", "bocadillo.sessions"): "it needs itsdangerous",
    ("bocadillo.cli", "_commands"): "it needs click",
    ("bocadillo.cli._commands", "bocadillo.cli._serving"): "it needs uvicorn",
    ("bocadillo._bodies", "bocadillo._body_errors"): "most bodies are right",
    ("bocadillo._bodies", "bocadillo._pydantic"): "it needs pydantic",
    ("bocadillo._json", "bocadillo._pydantic"): "it needs pydantic",
    ("bocadillo._mounts", "bocadillo._wsgi"): "it needs a2wsgi",
    ("bocadillo", "testing"): "applications do not need the test tools",
}


def full_name(package: str, module: str) -> str:
    return package if module == "." else f"{package}.{module}"


RANKS = {
    full_name(package, module): (package, rank)
    for package, layers in LAYERS.items()
    for rank, layer in enumerate(layers)
    for module in layer
}


@cache
def modules() -> dict[str, Path]:
    """Return every module of the packages by its name."""
    found = {}
    for package in LAYERS:
        for path in sorted((FRAMEWORK / package).rglob("*.py")):
            if "node_modules" not in path.parts:
                parts = path.relative_to(FRAMEWORK).with_suffix("").parts
                found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imports(name: str) -> Iterator[tuple[str, int, bool]]:
    """Yield what a module imports: the name, the line, and whether it is inside a function."""
    tree = ast.parse(modules()[name].read_text())
    lazy = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, id(node) in lazy
        elif isinstance(node, ast.ImportFrom):
            base = resolve(name, node)
            for alias in node.names:
                submodule = f"{base}.{alias.name}"
                target = submodule if submodule in modules() else base
                yield target, node.lineno, id(node) in lazy


def resolve(name: str, node: ast.ImportFrom) -> str:
    """Return the absolute name of the module a `from` imports from."""
    if not node.level:
        return node.module or ""
    is_package = modules()[name].name == "__init__.py"
    parts = name.split(".")
    base = parts[: len(parts) - node.level + is_package]
    return ".".join([*base, node.module] if node.module else base)


def belongs_to(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def test_every_module_has_a_rank() -> None:
    assert sorted(RANKS) == sorted(modules())


@pytest.mark.parametrize("name", sorted(modules()))
def test_module_imports_only_lower_ranks(name: str) -> None:
    package, rank = RANKS[name]
    for target, line, _ in imports(name):
        if target in RANKS and RANKS[target][0] == package:
            assert RANKS[target][1] < rank, f"{name}, line {line}: imports {target}"


@pytest.mark.parametrize("name", sorted(modules()))
def test_framework_never_imports_its_documentation_tools(name: str) -> None:
    if belongs_to(name, "bocadillo"):
        assert not [target for target, _, _ in imports(name) if belongs_to(target, "livedocs")]


@pytest.mark.parametrize("name", sorted(modules()))
def test_documentation_tools_use_only_what_the_framework_exports(name: str) -> None:
    if belongs_to(name, "livedocs"):
        for node in ast.walk(ast.parse(modules()[name].read_text())):
            if isinstance(node, ast.ImportFrom) and belongs_to(node.module or "", "bocadillo"):
                if node.module == DESCRIBED.get(name):
                    continue
                assert node.module == "bocadillo"
                assert {alias.name for alias in node.names} <= set(bocadillo.__all__)


@pytest.mark.parametrize("name", sorted(modules()))
def test_optional_packages_are_imported_in_one_place_each(name: str) -> None:
    package, _ = RANKS[name]
    for target, line, _ in imports(name):
        for optional, given in CONFINED[package].items():
            if belongs_to(target, optional):
                places = (given,) if isinstance(given, str) else given
                expected = [full_name(package, place) for place in places]
                message = f"{name}, line {line}: {optional} is for {expected}"
                assert any(belongs_to(name, place) for place in expected), message


@pytest.mark.parametrize("name", sorted(modules()))
def test_imports_stand_at_the_top_but_for_those_listed(name: str) -> None:
    for target, line, is_lazy in imports(name):
        if is_lazy:
            short = target.removeprefix(f"{name}.")
            assert (name, short) in LAZY, f"{name}, line {line}: imports {target} in a function"
