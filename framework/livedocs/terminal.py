"""Say in a terminal's words what the documented exchanges of an example do.

It is what readers find beside an example that they download.
"""

import re
import shlex
from dataclasses import replace

from livedocs.asgi import HOST, PORT
from livedocs.cookies import OPEN_VALUE
from livedocs.model import Example, Request, Step

KEEPS_COOKIES = ("-b", "cookies.txt", "-c", "cookies.txt")
# What curl takes for more than a path.
GLOBS = re.compile(r"[\[\]{}]|/(?:\.|%2e){1,2}(?:[/?]|$)", re.IGNORECASE)


def command_lines(example: Example) -> list[str]:
    """Return a line for each documented exchange, in order.

    A conversation's starts its client; what is typed at Python's prompt has none.

    >>> command_lines(example)
    ['curl -i http://localhost:8000/', "curl -i -d name=Ada http://localhost:8000/login"]
    """
    keeps = any(_is_kept(*pair) for step in example.steps for pair in step.request.headers)
    return [line for step in example.steps for line in _lines(step, keeps=keeps)]


def _lines(step: Step, *, keeps: bool) -> list[str]:
    if step.session is not None:
        return []  # it is typed at a prompt
    if step.talk is not None:
        requests = step.talk.handshakes.values()
        targets = dict.fromkeys(f"ws://{HOST}:{PORT}{request.target}" for request in requests)
        return [f"python -m websockets {shlex.quote(target)}" for target in targets]
    if step.command is not None:
        return [shlex.join(step.command)]
    words = ["curl", "-iN" if step.manner.events is not None else "-i"]
    shown = [pair for pair in step.request.headers if not _is_kept(*pair)]
    arguments = curl_arguments(replace(step.request, headers=tuple(shown)))
    return [shlex.join([*words, *(KEEPS_COOKIES if keeps else ()), *arguments])]


def _is_kept(name: str, value: str) -> bool:
    """Tell whether it is a cookie that only the application knows."""
    return name == "cookie" and OPEN_VALUE.search(value) is not None


def curl_arguments(request: Request) -> list[str]:
    """Return what curl needs to make a request, without what it does anyway."""
    arguments: list[str] = []
    if request.method == "HEAD":
        arguments.append("--head")
    elif request.method != ("POST" if request.body else "GET"):
        arguments += ["-X", request.method]
    for name, value in request.headers:
        arguments += ["-H", f"{name}: {value}"]
    if request.body:
        arguments += ["--data-raw", request.body]
        if "content-type" not in dict(request.headers):
            arguments += ["-H", "content-type:"]
    if GLOBS.search(request.target):
        arguments += ["--globoff", "--path-as-is"]
    return [*arguments, f"http://{HOST}:{PORT}{request.target}"]
