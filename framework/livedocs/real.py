"""Run an example for real: a uvicorn process on a free port, and the real curl.

What a page shows then is not only what the in-process engine does.
"""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from livedocs.asgi import HOST, PORT
from livedocs.compare import Difference, compare
from livedocs.http_text import parse_response
from livedocs.model import Example, Response, Step

STOP_TIMEOUT_SECONDS = 10
CURL_TIMEOUT_SECONDS = 20


class ServerError(RuntimeError):
    """The server could not start or stop; the message holds its log."""


def run_for_real(example: Example, folder: Path) -> dict[str, list[Difference]]:
    """Serve an application and make its documented requests; return what differs, by step.

    Args:
        example: An application.
        folder: An empty folder for its files.

    Raises:
        ServerError: The server did not start, or did not stop in order.
    """
    for path, text in example.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    with serve(f"{Path(example.main).stem}:app", folder) as port:
        return {step.id: compare(step.expected, curl(step, port)) for step in example.steps}


@contextmanager
def serve(target: str, folder: Path) -> Iterator[int]:
    """Serve `module:app` from a folder with uvicorn, in a process; yield the port.

    The socket listens before the process starts, so requests wait for it instead of failing.

    Raises:
        ServerError: The process ended by itself, or not within the time limit.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", target, "--fd", str(listener.fileno())]
        process = subprocess.Popen(
            command,
            cwd=folder,
            pass_fds=[listener.fileno()],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        yield port
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[str]") -> None:
    ended = process.poll()
    process.terminate()
    try:
        log, _ = process.communicate(timeout=STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        log, _ = process.communicate()
        raise ServerError(f"uvicorn did not stop within its time:\n{log}") from None
    if ended is not None:
        raise ServerError(f"uvicorn ended by itself with code {ended}:\n{log}")


def curl(step: Step, port: int) -> Response:
    """Make a step's request with the real curl and return the response.

    Raises:
        ServerError: curl got no response; the message is curl's.
    """
    program = shutil.which("curl")
    if program is None:
        raise ServerError("no curl on this machine: install it (Debian: `apt install curl`).")
    command = [program, "--silent", "--show-error", "--include", "--connect-to"]
    command += [f"{HOST}:{PORT}:127.0.0.1:{port}", *_arguments(step)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=CURL_TIMEOUT_SECONDS, check=False
    )
    if done.returncode != 0:
        raise ServerError(f"{step.label}: {done.stderr.strip()}")
    head, _, body = done.stdout.partition("\n\n")
    shown = parse_response(head.split("\n"), 0)
    return Response(shown.status or HTTPStatus.OK, shown.headers, body)


def _arguments(step: Step) -> list[str]:
    if step.command is not None:
        return list(step.command[1:])
    request = step.request
    arguments = ["--head"] if request.method == "HEAD" else ["--request", request.method]
    for name, value in request.headers:
        arguments += ["--header", f"{name}: {value}"]
    if request.body:
        arguments += ["--data-binary", request.body]
        if "content-type" not in dict(request.headers):
            arguments += ["--header", "content-type:"]
    return [*arguments, "--path-as-is", f"http://{HOST}:{PORT}{request.target}"]
