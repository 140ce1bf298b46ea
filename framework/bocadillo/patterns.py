r"""URL patterns: their syntax, and what one matches on its own.

    pattern               segments                                    matches
    /todos/new            Literal("todos") Literal("new")             that path
    /todos/{pk}           Literal("todos") Whole("pk")                /todos/1
    /chat-{room}/log      Part("chat-{room}") Literal("log")          /chat-tea/log
    /files/{rest:path}    Literal("files") Tail("{rest:path}")        /files/a/b and /files/
    {}                    Tail("{}")                                  every path

A parameter takes the shortest text that lets the pattern match; the last one of a segment
takes the rest of it. Every piece but the last is an atomic group, so that matching takes time
linear in the path, whatever a client sends.
"""

import re
from collections.abc import Mapping
from enum import Enum
from functools import cached_property
from urllib.parse import quote

from msgspec import Struct

__all__ = ["Literal", "Part", "Pattern", "Tail", "Whole", "parse_pattern"]

ANONYMOUS = ""
CATCH_ALL = "{}"


# Structs are made eight times faster than named tuples: five of those were 1 % of the start.
class Piece(Struct, frozen=True):
    """One piece of a pattern: literal text, or a parameter when `name` is not `None`."""

    text: str
    name: str | None = None
    is_path: bool = False


class Literal(Struct, frozen=True):
    """A segment that is always the same text.

    Attributes:
        text: that text.
    """

    text: str


class Whole(Struct, frozen=True):
    """A segment that is one parameter: any text but the empty one.

    Attributes:
        name: that of the parameter.
    """

    name: str


class Part(Struct, frozen=True):
    """A segment that mixes text and parameters.

    Attributes:
        expression: its regular expression.
        names: those of the parameters.
    """

    expression: str
    names: tuple[str, ...]


class Tail(Struct, frozen=True):
    """All that follows, slashes included: only the whole pattern tells if it matches."""


Segment = Literal | Whole | Part | Tail


class Pattern:
    """A parsed pattern.

    Attributes:
        text: how the application wrote it, with its leading slash.
        pieces: what it is made of.
        names: the names of the parameters in order; an anonymous one has an empty name.
    """

    def __init__(self, text: str, pieces: tuple[Piece, ...]) -> None:
        self.text = text
        self.pieces = pieces
        self.names = tuple(piece.name for piece in pieces if piece.name is not None)

    @property
    def is_static(self) -> bool:
        """Whether the pattern matches exactly one path: its text."""
        return not self.names

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The pattern cut at its slashes, up to the first parameter that may hold one."""
        if self.text == CATCH_ALL:
            return (Tail(),)
        segments: list[Segment] = []
        for pieces in _cut(self.pieces):
            segments.append(_segment(pieces))
            if isinstance(segments[-1], Tail):
                break
        return tuple(segments)

    @property
    def shape(self) -> str:
        """The pattern without its names: those of one shape match the same paths."""
        return "".join(
            piece.text if piece.name is None else "{:path}" if piece.is_path else CATCH_ALL
            for piece in self.pieces
        )

    @property
    def takes_rest(self) -> bool:
        """Whether it matches all paths that begin like it."""
        return self.text == CATCH_ALL or any(piece.is_path for piece in self.pieces)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The regular expression of the whole path, one group per parameter."""
        if self.text == CATCH_ALL:
            return re.compile("(.*)", re.DOTALL)
        return re.compile(_expression(self.pieces), re.DOTALL)

    def match(self, path: str) -> tuple[str, ...] | None:
        """Return the values of the parameters in order, or `None` when `path` does not match."""
        found = self.regex.fullmatch(path)
        return found.groups() if found else None

    def format(self, params: Mapping[str, object]) -> str:
        """Return the path that the pattern matches with these values: `/todos/7`, percent-encoded.

        Raises:
            ValueError: a parameter is missing or unknown, or its value is one that would not match.
        """
        if unknown := sorted(params.keys() - set(self.names)):
            raise ValueError(f"pattern {self.text!r} has no parameter {unknown[0]!r}")
        path = "".join(
            piece.text if piece.name is None else self._as_text(piece, params.get(piece.name))
            for piece in self.pieces
        )
        if self.match(path) is None:
            raise ValueError(f"pattern {self.text!r} does not match {path!r}, which it would make")
        # As a reference, `//host` would lead to another site: its second slash is encoded.
        return f"/%2F{quote(path[2:])}" if path.startswith("//") else quote(path)

    def _as_text(self, piece: Piece, given: object) -> str:
        if given is None:
            what = f"parameter {piece.name!r}" if piece.name else "an anonymous parameter"
            raise ValueError(f"pattern {self.text!r} needs a value for {what}")
        value = str(given.value if isinstance(given, Enum) else given)
        if not piece.is_path and (not value or "/" in value):
            raise ValueError(
                f"pattern {self.text!r} does not match with {piece.name!r} being {value!r}: "
                "expected text that is not empty and holds no slash"
            )
        return value


def parse_pattern(text: str) -> Pattern:
    """Parse the pattern of a route, and check it.

    Raises:
        TypeError: the pattern is not text, or names a converter that does not exist.
        ValueError: the pattern is malformed; the message shows where.
    """
    if not isinstance(text, str):
        raise TypeError(f"expected the pattern of a route as str, got {text!r}")
    if text == CATCH_ALL:
        return Pattern(text, (Piece(text, ANONYMOUS),))
    if not text.startswith("/"):
        text = f"/{text}"
    pieces: list[Piece] = []
    position = 0
    while position < len(text):
        piece = _literal(text, position) or _parameter(text, position)
        _check_order(text, position, piece=piece, before=pieces)
        pieces.append(piece)
        position += len(piece.text)
    return Pattern(text, tuple(pieces))


def _literal(text: str, start: int) -> Piece | None:
    end = text.find("{", start)
    literal = text[start:] if end < 0 else text[start:end]
    if "}" in literal:
        raise _error(text, start + literal.index("}"), "unbalanced brace")
    return Piece(literal) if literal else None


def _parameter(text: str, start: int) -> Piece:
    end = text.find("}", start)
    if end < 0 or "{" in text[start + 1 : end]:
        raise _error(text, start, "unbalanced brace")
    name, colon, converter = text[start + 1 : end].partition(":")
    if name and not name.isidentifier():
        raise _error(text, start + 1, f"expected a parameter name, got {name!r}")
    if colon and converter != "path":
        raise TypeError(
            f"unknown converter {converter!r} of parameter {name!r} in pattern {text!r}: only "
            "'path' exists. Annotate the parameter of the view to convert it."
        )
    return Piece(text[start : end + 1], name, is_path=bool(colon))


def _check_order(text: str, position: int, *, piece: Piece, before: list[Piece]) -> None:
    """Refuse what would be ambiguous or slow: it depends on what stands before the piece."""
    if piece.name is None:
        return
    if piece.name and any(piece.name == other.name for other in before):
        raise _error(text, position, f"duplicate parameter name {piece.name!r}")
    if before and before[-1].name is not None:
        raise _error(text, position, "nothing separates this parameter from the one before")
    if any(other.is_path for other in before):
        raise _error(text, position, "no parameter can follow one that takes the rest of the path")


def _error(text: str, position: int, problem: str) -> ValueError:
    return ValueError(f"{problem} in pattern {text!r}\n    {text}\n    {' ' * position}^")


def _cut(pieces: tuple[Piece, ...]) -> list[list[Piece]]:
    """Cut at the slashes: `/chat-{room}/log` gives `[[chat-, {room}], [log]]`."""
    segments: list[list[Piece]] = []
    for piece in pieces:
        if piece.name is not None:
            segments[-1].append(piece)
            continue
        first, *others = piece.text.split("/")
        if first:
            segments[-1].append(Piece(first))
        segments += [[Piece(text)] if text else [] for text in others]
    return segments


def _segment(pieces: list[Piece]) -> Segment:
    names = tuple(piece.name for piece in pieces if piece.name is not None)
    if not names:
        return Literal(pieces[0].text if pieces else "")
    if any(piece.is_path for piece in pieces):
        return Tail()
    if len(pieces) == 1:
        return Whole(names[0])
    return Part(_expression(tuple(pieces)), names)


def _expression(pieces: tuple[Piece, ...]) -> str:
    r"""Build the regular expression: `{a}-{b}.x` gives `(?>([^/]+?)\-)([^/]+)\.x`."""
    last = max((i for i, piece in enumerate(pieces) if piece.name is not None), default=-1)
    expression = ""
    for i, piece in enumerate(pieces):
        if piece.name is None:
            atomic_end = ")" if 0 < i < last else ""
            expression += re.escape(piece.text) + atomic_end
        elif i < last:
            expression += "(?>([^/]+?)"
        elif piece.is_path:
            alone = i == len(pieces) - 1 and pieces[i - 1].text.endswith("/")
            expression += "(.*)" if alone else "(.+)"
        else:
            expression += "([^/]+)"
    return expression
