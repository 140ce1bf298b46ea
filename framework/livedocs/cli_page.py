"""The command line as Markdown: each command with its arguments and options, as click has them."""

import re
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Any

import click

from bocadillo.cli._commands import bocadillo


def format_commands(program: click.Group = bocadillo) -> str:
    """Return a section on the program itself, and one on each of its commands."""
    settings: Mapping[str, Any] = program.context_settings
    context = click.Context(program, info_name=program.name, **settings)
    lines = [*_section(program, context)]
    for command in program.commands.values():
        lines += _section(command, click.Context(command, info_name=command.name, parent=context))
    return "\n".join(lines)


def _section(command: click.Command, context: click.Context) -> Iterator[str]:
    path = context.command_path
    usage = command.get_usage(context).partition(": ")[2]
    words = re.sub(r"\b(NAME|MODULE:APP|app:app)\b", r"`\1`", cleandoc(command.help or ""))
    yield f"## `{path}` {{ #command-{path.replace(' ', '-')} }}\n"
    yield f"```text\n{usage}\n```\n\n{words}\n"
    yield "| Option | Meaning |\n|---|---|"
    for option in command.get_params(context):
        record = option.get_help_record(context)
        if isinstance(option, click.Option) and record:
            yield f"| {_names(record[0])} | {_meaning(record[1])} |"
    yield ""


def _names(words: str) -> str:
    """Return the names of an option and the word for its value, each as code."""
    words = words.replace("INTEGER RANGE", "INTEGER").replace("|", "\\|")
    return ", ".join(f"`{name}`" for name in re.split(r", | / ", words))


def _meaning(text: str) -> str:
    text = re.sub(r"\s+\[default: (?P<value>[^\];]+)(?:; (?P<limits>[^\]]+))?\]", _default, text)
    return re.sub(r"\s+\[x>=(\d+)\]", r" At least \1.", text)


def _default(found: re.Match[str]) -> str:
    value = found["value"] if " " in found["value"] else f"`{found['value']}`"
    low, _, high = (found["limits"] or "").partition("<=x<=")
    return f" Default: {value}." + (f" From {low} to {high}." if high else "")
