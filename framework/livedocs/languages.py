"""Check texts of other languages than Python, as far as this environment can.

Each parser raises `LanguageError` or what its library raises; `ERRORS` are all of these.
"""

import json
import re
import tomllib
from collections.abc import Callable
from configparser import ConfigParser, Error
from typing import Any
from xml.etree import ElementTree as ET

import yaml
from jinja2 import Environment, TemplateSyntaxError
from packaging.requirements import InvalidRequirement, Requirement

from livedocs.errors import did_you_mean

INSTRUCTIONS = (
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
    "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
)  # fmt: skip
NGINX = re.compile(
    r"""\s+|\#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[;{}]|[^\s;{}"'#]\S*?(?=[;{}\s]|$)"""
)


class LanguageError(ValueError):
    """A text that is not what its language asks for; the message names the line."""


def _ini(text: str) -> None:
    ConfigParser(interpolation=None).read_string(text)


def _toml(text: str) -> None:
    """Parse TOML; the requirements of a `[project]` must be some. Source: PEP 508, PEP 621."""
    project: Any = tomllib.loads(text).get("project", {})
    extras = project.get("optional-dependencies", {}).values()
    for needs in (project.get("dependencies", ()), *extras):
        for need in needs:
            Requirement(need)


def _dockerfile(text: str) -> None:
    """Check that each line of a Dockerfile is an instruction, and that the first is `FROM`."""
    is_continued = has_from = False
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if not is_continued:
            word = words[0].upper()
            if word not in INSTRUCTIONS:
                hint = did_you_mean(word, INSTRUCTIONS)
                raise LanguageError(f"line {number}: unknown instruction {words[0]!r}.{hint}")
            has_from = has_from or word == "FROM"
            if not has_from and word != "ARG":
                raise LanguageError(f"line {number}: expected `FROM` first, got {words[0]!r}.")
        is_continued = line.rstrip().endswith("\\")


def _nginx(text: str) -> None:
    """Check that directives end with `;` and blocks are closed."""
    open_lines: list[int] = []
    begins, line = 0, 1  # 0: no directive has begun
    for found in NGINX.finditer(text):
        sign = found[0]
        if sign in ";{}":
            _check_sign(sign, line, begins=begins, is_open=bool(open_lines))
            begins = 0
            if sign == "{":
                open_lines.append(line)
            elif sign == "}":
                open_lines.pop()
        elif not begins and sign.strip() and not sign.startswith("#"):
            begins = line
        line += sign.count("\n")
    if begins:
        raise LanguageError(f"line {begins}: the directive has no ';' at its end.")
    if open_lines:
        raise LanguageError(f"line {open_lines[-1]}: '{{' is never closed.")


def _check_sign(sign: str, line: int, *, begins: int, is_open: bool) -> None:
    if sign == "}" and begins:
        raise LanguageError(f"line {begins}: the directive has no ';' at its end.")
    if sign == "}" and not is_open:
        raise LanguageError(f"line {line}: '}}' closes nothing.")
    if sign != "}" and not begins:
        raise LanguageError(f"line {line}: a directive before {sign!r} is missing.")


def _jinja(text: str) -> None:
    try:
        Environment(autoescape=True).parse(text)
    except TemplateSyntaxError as error:
        raise LanguageError(f"line {error.lineno}: {error.message}") from None


PARSERS: dict[str, Callable[[str], object]] = {
    "dockerfile": _dockerfile,
    "ini": _ini,
    "jinja": _jinja,
    "json": json.loads,
    "nginx": _nginx,
    "toml": _toml,
    "xml": lambda text: ET.fromstring(text.lstrip()),  # noqa: S314 # our own pages
    "yaml": yaml.safe_load,
}
ERRORS = (ValueError, yaml.YAMLError, Error, InvalidRequirement, ET.ParseError)
