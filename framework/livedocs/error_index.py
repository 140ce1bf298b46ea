"""The index of errors: what the framework can say, read from its source, with an anchor each."""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "bocadillo"
GAP = "…"  # stands for what differs from case to case

OURS = frozenset({"ClickException", "ExpectedAsync", "MissingSetting", "RefusedMessage"})
LOG_METHODS = frozenset({"debug", "error", "exception", "info", "warning"})
HELD_IN_SECOND = frozenset({"HTTPError", "RefusedMessage"})  # their first argument is a number
TOLD_TO_CLIENTS = frozenset({"converters", "_body_errors"})  # which raise plain ValueErrors
NO_ATTRIBUTE = f"module {GAP} has no attribute {GAP}"  # Python's own words

# Headings in order, each with a line on what it is about; what no one knows comes in between.
HEADINGS = {
    "ProviderError": "Something that a view or a provider asks for cannot be provided.",
    "RouteError": "The pattern of a route and the signature of its view do not fit.",
    "SettingsError": "A setting cannot have its value.",
    "MissingSetting": "There is no such setting; it is an `AttributeError`, too.",
    "SessionError": "A session cannot be kept.",
    "ExpectedAsync": "An `async def` function is needed; it is a `TypeError`, too.",
    "UsageError": "What pytest says before it runs tests with the fixtures of Bocadillo.",
    "HTTPError": "What clients are told with a status from 400 on, in the detail of the response.",
    "WebSocket closes": "Reasons that clients get with the code 1003 or 1007.",
}
LAST_HEADINGS = {
    "Command line": "What the command `bocadillo` says before it leaves.",
    "Warnings": "What is said with `warnings.warn`.",
    "Log": "Lines of the loggers below `bocadillo`.",
}


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """Something the framework can say.

    Attributes:
        heading: What it comes as: the class of the exception, or another word of `HEADINGS`.
        text: Its words, with `…` for what differs.
        module: Where it is written, without the package: `_needs`, `cli._finding`.
    """

    heading: str
    text: str
    module: str


@cache
def read_index(package: Path = PACKAGE) -> tuple[Message, ...]:
    """Return all messages of a package, sorted."""
    found: set[Message] = set()
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        module = ".".join(parts).removesuffix(".__init__")
        found |= set(read_messages(path.read_text(encoding="utf-8"), module))
    return tuple(sorted(found))


def read_messages(source: str, module: str) -> Iterator[Message]:
    """Yield the messages of one module: those of exceptions, of warnings, of the log."""
    reader = _Reader(ast.parse(source))
    for call, function in reader.calls:
        heading, argument = _classify(call, module)
        if heading is None or argument is None:
            continue
        for text in reader.texts(argument, function):
            shown = re.sub(f"{GAP}[ {GAP}]*{GAP}", GAP, " ".join(text.replace("^", "").split()))
            if re.search(r"[A-Za-z]{2}", shown) and shown != NO_ATTRIBUTE:
                yield Message(heading, shown, module)


def _classify(call: ast.Call, module: str) -> tuple[str | None, ast.expr | None]:
    """Return the heading of what a call says, and the argument that holds the words."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    owner = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    first = call.args[0] if call.args else None
    if owner == "logger" and name in LOG_METHODS:
        return "Log", first
    if owner == "warnings" and name == "warn":
        return "Warnings", first
    if name in HELD_IN_SECOND:
        second = call.args[1] if len(call.args) > 1 else None
        return ("HTTPError" if name == "HTTPError" else "WebSocket closes"), second
    if not _is_exception(name):
        return None, None
    if module.startswith("cli.") or name == "ClickException":
        return "Command line", first
    return ("HTTPError" if module in TOLD_TO_CLIENTS else name), first


def _is_exception(name: str) -> bool:
    found = getattr(builtins, name, None)
    is_builtin = isinstance(found, type) and issubclass(found, Exception)
    return is_builtin or name in OURS or name.endswith("Error")


class _Reader:
    """Reads the words of expressions, as far as a module tells them."""

    def __init__(self, tree: ast.Module) -> None:
        self.functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self.calls: list[tuple[ast.Call, ast.AST]] = []
        self.tree = tree
        self._walk(tree, tree)

    def _walk(self, node: ast.AST, function: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            inner = function
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                self.functions[child.name] = inner = child
            elif isinstance(child, ast.Call):
                self.calls.append((child, function))
            self._walk(child, inner)

    def texts(self, node: ast.expr, function: ast.AST, depth: int = 0) -> list[str]:
        """Return what an expression may say; nothing if only running it would tell."""
        if isinstance(node, ast.Constant):
            return [_without_percents(node.value)] if isinstance(node.value, str) else []
        if isinstance(node, ast.JoinedStr):
            parts = [self._part(part, function, depth + 1) for part in node.values]
            if parts and parts[0] == [GAP] and isinstance(node.values[0], ast.FormattedValue):
                parts[0] = self.texts(node.values[0].value, function, depth + 1) or [GAP]
            return ["".join(words) for words in product(*parts)]
        if isinstance(node, ast.BinOp):
            left, right = (self.texts(side, function, depth) for side in (node.left, node.right))
            return [a + b for a in left or [GAP] for b in right or [GAP]]
        if isinstance(node, ast.IfExp):
            return [t for e in (node.body, node.orelse) for t in self.texts(e, function, depth)]
        if isinstance(node, ast.Dict):
            return [text for value in node.values for text in self.texts(value, function, depth)]
        if depth < 2:
            return self._resolved(node, function, depth + 1)
        return []

    def _part(self, part: ast.expr, function: ast.AST, depth: int) -> list[str]:
        """Return what stands in a part of an f-string, if a caller's constant tells it."""
        if isinstance(part, ast.Constant):
            return [str(part.value)]
        is_plain = isinstance(part, ast.FormattedValue) and part.conversion == -1 and depth < 2
        value = part.value if isinstance(part, ast.FormattedValue) else part
        if is_plain and isinstance(value, ast.Name):
            return self._given(value.id, function, depth) or [GAP]
        return [GAP]

    def _resolved(self, node: ast.expr, function: ast.AST, depth: int) -> list[str]:
        if isinstance(node, ast.Name):
            values = [*_assigned(node.id, function), *_assigned(node.id, self.tree, deep=False)]
            found = [text for value in values for text in self.texts(value, function, depth)]
            return found or self._given(node.id, function, depth)
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = self.functions.get(name or ast.unparse(node.func))
            if called is not None:
                returned = (n.value for n in ast.walk(called) if isinstance(n, ast.Return))
                return [t for v in returned if v for t in self.texts(v, called, depth)]
        return []

    def _given(self, name: str, function: ast.AST, depth: int) -> list[str]:
        """Return the words that calls of a private function give for one of its parameters.

        Other modules may call the others, and say other things.
        """
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            return []
        if not function.name.startswith("_"):
            return []
        names = [a.arg for a in function.args.args if a.arg not in ("self", "cls")]
        found: list[str] = []
        for call, caller in self.calls:
            called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if function.name in (called, ast.unparse(call.func)):
                given = dict(zip(names, call.args, strict=False))
                given |= {word.arg: word.value for word in call.keywords if word.arg}
                if name in given:
                    found += self.texts(given[name], caller, depth) or [GAP]
        return list(dict.fromkeys(found))


def _assigned(name: str, scope: ast.AST, *, deep: bool = True) -> Iterator[ast.expr]:
    nodes: Iterable[ast.AST] = ast.walk(scope) if deep else ast.iter_child_nodes(scope)
    for node in nodes:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            yield node.value


def _without_percents(text: str) -> str:
    return re.sub(r"%[rsdg]", GAP, text)
