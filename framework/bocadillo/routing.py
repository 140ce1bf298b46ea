"""Routes and mounts, and the table that finds the one a request is for.

The semantics are those of a linear scan: the route registered first among those whose pattern
matches. The cost is not: static paths are in a dict, the others in a tree of segments in which
every node knows the lowest rank below it, so that a branch that cannot win is not walked.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import EllipsisType, MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from .patterns import ANONYMOUS, Literal, Part, Pattern, Whole
from .plans import Params, Plan
from .views import View

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["Entry", "Leaf", "Mount", "Route", "Table", "WebSocketRoute", "allowed_methods"]


class Route(NamedTuple):
    """What was registered: a pattern, the handler of each method, and a name.

    Attributes:
        pattern: the pattern of its paths.
        views: the checked handler of each method.
        name: what `url_for` calls it.
        place: the view and where it is defined, for messages.
        max_body_size: the route's own limit of a body, in bytes; `...` is the application's.
        cancel_on_disconnect: whether the view is cancelled when the client leaves.
    """

    pattern: Pattern
    views: Mapping[str, View]
    name: str
    place: str
    max_body_size: "int | EllipsisType | None" = ...
    cancel_on_disconnect: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that the view answers."""
        return tuple(self.views)

    @property
    def label(self) -> str:
        """How messages name the route: `GET /todos/{pk}`."""
        return f"{' '.join(self.views)} {self.pattern.text}"


class Mount(NamedTuple):
    """What was mounted: an ASGI application, for all paths below a prefix.

    Attributes:
        pattern: the prefix, and the rest of the path as the parameter `path`.
        app: the application.
        name: what `url_for` calls it.
    """

    pattern: Pattern
    app: "ASGIApp"
    name: str

    @property
    def label(self) -> str:
        """How messages name it: `mount /static`."""
        return f"mount {self.pattern.text.rpartition('/')[0] or '/'}"


class WebSocketRoute(NamedTuple):
    """What was registered: a pattern, the view of its WebSockets, and a name.

    Attributes:
        pattern: the pattern of its paths.
        view: the checked view.
        name: what `url_for` calls it.
        place: the view and where it is defined, for messages.
        origins: the origins of the pages that may open it, instead of the application's.
        options: how its WebSockets are made.
    """

    pattern: Pattern
    view: View
    name: str
    place: str
    origins: frozenset[str] | None = None
    options: Mapping[str, Any] = MappingProxyType({})

    @property
    def views(self) -> Mapping[str, View]:
        """The view, as if it answered a method of its own."""
        return {"WEBSOCKET": self.view}

    @property
    def methods(self) -> tuple[str, ...]:
        """What stands where other routes have methods."""
        return tuple(self.views)

    @property
    def label(self) -> str:
        """How messages name the route: `WEBSOCKET /chat`."""
        return f"WEBSOCKET {self.pattern.text}"


Entry = Route | Mount | WebSocketRoute
"""Whatever a router registers."""


class Leaf:
    """The end of a look-up.

    Args:
        rank: its place in the order of registration.
        names: those of the parameters of its pattern.
        plans: by method.
        other: the plan for all other methods.
    """

    __slots__ = ("names", "other", "plans", "rank")

    def __init__(self, rank: int, names: tuple[str, ...], *, plans: dict[str, Plan], other: Plan):
        self.rank = rank
        self.names = names
        self.plans = plans
        self.other = other


class Node:
    """One place in the tree of segments."""

    __slots__ = ("has_rare", "leaf", "least", "literals", "parts", "tails", "whole")

    def __init__(self) -> None:
        self.least = FAR
        self.has_rare = False
        self.leaf: Leaf | None = None
        self.literals: dict[str, Node] = {}
        self.whole: Node | None = None
        self.parts: dict[str, tuple[re.Pattern[str], Node]] = {}
        self.tails: list[tuple[Pattern, Leaf]] = []


FAR = 1 << 62

Values = tuple[str, ...]
Found = tuple[Leaf, Values]
Branch = tuple[Node, int, Values]


def allowed_methods(methods: Iterable[str]) -> str:
    """Return the value of Allow: GET brings HEAD, and OPTIONS is always answered."""
    methods = list(methods)
    if "GET" in methods and "HEAD" not in methods:
        methods.insert(methods.index("GET") + 1, "HEAD")
    if "OPTIONS" not in methods:
        methods.append("OPTIONS")
    return ", ".join(methods)


class Table:
    """Find the plan for a request; built once, from all leaves in order of registration.

    Args:
        leaves: each with the pattern of its paths; their ranks ascend.
        missing: the plan of the requests that no pattern matches.
    """

    def __init__(self, leaves: Sequence[tuple[Pattern, Leaf]], *, missing: Plan) -> None:
        self._root = Node()
        self._static: dict[str, Leaf] = {}
        self._missing = missing
        for pattern, leaf in leaves:
            if not pattern.is_static:
                self._insert(pattern, leaf)
        for pattern, leaf in leaves:
            if pattern.is_static and pattern.text not in self._static:
                earlier = self._find(pattern.text)
                if earlier is None or earlier[0].rank > leaf.rank:
                    self._static[pattern.text] = leaf

    def match(self, method: str, path: str) -> tuple[Plan, Params]:
        """Return the plan for a request, and the text of its route parameters by name.

        There is always one: 404, 405 and OPTIONS are plans like others.

        Args:
            method: the method, in upper case.
            path: the decoded path, below that of the application.
        """
        leaf = self._static.get(path)
        if leaf is not None:
            return leaf.plans.get(method) or leaf.other, {}
        found = self._find(path)
        if found is None:
            return self._missing, {}
        leaf, values = found
        if len(values) == 1:  # the usual case, at a third of the cost of the next line
            params = {leaf.names[0]: values[0]}
        else:
            params = dict(zip(leaf.names, values, strict=True))
        if ANONYMOUS in params:
            del params[ANONYMOUS]
        return leaf.plans.get(method) or leaf.other, params

    def has(self, path: str) -> bool:
        """Tell whether any route or mount is for a path."""
        return path in self._static or self._find(path) is not None

    def _insert(self, pattern: Pattern, leaf: Leaf) -> None:
        node = self._root
        node.least = min(node.least, leaf.rank)
        for segment in pattern.segments:
            if isinstance(segment, Literal):
                if segment.text not in node.literals:
                    node.literals[segment.text] = Node()
                node = node.literals[segment.text]
            elif isinstance(segment, Whole):
                node.whole = node = node.whole or Node()
            elif isinstance(segment, Part):
                node.has_rare = True
                regex = re.compile(segment.expression)
                node = node.parts.setdefault(segment.expression, (regex, Node()))[1]
            else:
                node.has_rare = True
                node.tails.append((pattern, leaf))
                return
            node.least = min(node.least, leaf.rank)
        node.leaf = node.leaf or leaf

    def _find(self, path: str) -> Found | None:
        """Return the leaf of lowest rank whose pattern matches, with the values it took."""
        segments = path.split("/")
        count = len(segments)
        i = 1 if path.startswith("/") else count
        node, best = self._root, FAR
        values: Values = ()
        found: Found | None = None
        pending: list[Branch] = []
        while True:
            if node.has_rare:
                found = _match_tails(node, path, found=found)
                best = found[0].rank if found else FAR
                pending += _match_parts(node, segments, i=i, values=values)
            if i == count:
                if node.leaf is not None and node.leaf.rank < best:
                    found, best = (node.leaf, values), node.leaf.rank
            else:
                segment = segments[i]
                i += 1
                literal = node.literals.get(segment)
                if node.whole is not None and segment:
                    pending.append((node.whole, i, (*values, segment)))
                if literal is not None:
                    node = literal
                    continue
            while pending:
                node, i, values = pending.pop()
                if node.least < best:
                    break
            else:
                return found


def _match_tails(node: Node, path: str, *, found: Found | None) -> Found | None:
    for pattern, leaf in node.tails:
        if found is None or leaf.rank < found[0].rank:
            values = pattern.match(path)
            if values is not None:
                found = leaf, values
    return found


def _match_parts(node: Node, segments: list[str], *, i: int, values: Values) -> list[Branch]:
    if i == len(segments):
        return []
    segment = segments[i]
    matches = [(regex.fullmatch(segment), child) for regex, child in node.parts.values()]
    return [(child, i + 1, values + match.groups()) for match, child in matches if match]
