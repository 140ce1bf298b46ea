"""Run an example for real: a uvicorn process on a free port, the real curl, real WebSockets.

What a page shows then is not only what the in-process engine does.
"""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from threading import Timer
from typing import IO

from livedocs.asgi import HOST, PORT
from livedocs.compare import Difference, compare, compare_talk
from livedocs.conversation import REDIRECTS
from livedocs.cookies import Jar, fill
from livedocs.events import count_events
from livedocs.files import to_text, write_files
from livedocs.http_text import parse_response
from livedocs.model import Example, Response, Step
from livedocs.real_sockets import talk_for_real
from livedocs.terminal import curl_arguments

START_TIMEOUT_SECONDS = 20
STOP_TIMEOUT_SECONDS = 10
CURL_TIMEOUT_SECONDS = 20


class ServerError(RuntimeError):
    """The server could not start or stop; the message holds its log."""


def run_for_real(example: Example, folder: Path) -> dict[str, list[Difference]]:
    """Serve an application and do what is documented; return what differs, by step.

    It ends where a session at the prompt begins, which belongs to the process of the application.

    Args:
        example: An application.
        folder: An empty folder for its files.

    Raises:
        ServerError: The server did not start, or did not stop in order.
    """
    app, terminal = folder / "app", folder / "terminal"
    # The reader's `-F file=@...` and `-c ...` are no files of the app.
    for place in (app, terminal):
        write_files(place, example.files)
    found: dict[str, list[Difference]] = {}
    jar = Jar()
    with serve(f"{Path(example.main).stem}:app", app) as port:
        for step in example.steps:
            if step.session is not None:
                break  # what is typed at a prompt changes what follows, and is not typed here
            if step.talk is not None:
                found[step.id] = compare_talk(talk_for_real(step.talk, port, jar))
                continue
            sent = replace(step, request=fill(step.request, jar))
            response = curl(sent, port, folder=terminal)
            jar.keep(response, target=step.request.target)
            found[step.id] = compare(step.expected, response)
    return found


@contextmanager
def serve(target: str, folder: Path) -> Iterator[int]:
    """Serve `module:app` from a folder with uvicorn, in a process; yield the port.

    The socket listens before the process starts, so requests wait for it instead of failing.

    Raises:
        ServerError: It did not start, ended by itself, or not within the time limit.
    """
    with tempfile.TemporaryFile() as log:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port: int = listener.getsockname()[1]
            command = [sys.executable, "-m", "uvicorn", target, "--fd", str(listener.fileno())]
            process = subprocess.Popen(
                command,
                cwd=folder,
                pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,  # a pipe that nobody reads would stop the server when it is full
                stderr=subprocess.STDOUT,
            )
        try:
            if not _answers(port):
                raise ServerError(f"uvicorn did not start:\n{_end(process, log)}")
            yield port
            ended = process.poll()
            text = _end(process, log)
            # One that is just ending may not have an exit code yet when it is asked for.
            if ended is not None or process.returncode not in (0, -signal.SIGTERM):
                raise ServerError(
                    f"uvicorn ended by itself with code {process.returncode}:\n{text}"
                )
        finally:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    """Tell whether the server answers, which it does to what is no HTTP, without its app."""
    with (
        suppress(OSError),
        socket.create_connection(("127.0.0.1", port), START_TIMEOUT_SECONDS) as client,
    ):
        client.sendall(b"?\r\n\r\n")
        return client.recv(1) != b""
    return False


def _end(process: "subprocess.Popen[bytes]", log: IO[bytes]) -> str:
    """Stop the server and return its log."""
    process.terminate()
    late = ""
    try:
        process.wait(STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        late = f"uvicorn did not stop within {STOP_TIMEOUT_SECONDS} seconds:\n"
    log.seek(0)
    text = log.read().decode(errors="replace")
    if late:
        raise ServerError(late + text)
    return text


def curl(step: Step, port: int, *, folder: Path) -> Response:
    """Make a step's request with the real curl and return the response as curl prints it.

    Args:
        step: Its cookies have their values already.
        port: Where the application is served.
        folder: Where curl runs: it reads and writes the files that its options name.

    Raises:
        ServerError: curl got no response; the message is curl's.
    """
    program = shutil.which("curl")
    if program is None:
        raise ServerError("no curl on this machine: install it (Debian: `apt install curl`).")
    # Neither a .curlrc nor a proxy of this machine has a say.
    command = [program, "--disable", "--noproxy", "*", "--silent", "--show-error"]
    if not step.manner.discards:
        command.append("--include")
    for host in (HOST, "127.0.0.1"):
        command += ["--connect-to", f"{host}:{PORT}:127.0.0.1:{port}"]
    documented = step.command
    command += documented[1:] if documented is not None else curl_arguments(step.request)
    if step.manner.events is not None:
        return _listen(command, folder, step.manner.events)
    done = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=CURL_TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise ServerError(f"{step.label}: {done.stderr.decode(errors='replace').strip()}")
    if step.manner.discards:
        return Response(HTTPStatus.OK, (), to_text(done.stdout))
    return _read_printed(done.stdout, follows=step.manner.follows)


def _listen(command: list[str], folder: Path, count: int) -> Response:
    """Return the first events that curl prints, and stop it: the server must notice."""
    with subprocess.Popen(
        [*command, "--no-buffer"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None  # noqa: S101 # it is a pipe
        stop = Timer(CURL_TIMEOUT_SECONDS, process.kill)
        stop.start()
        output = b""
        while line := process.stdout.readline():
            output += line
            _, end, body = output.partition(b"\r\n\r\n")
            if end and count_events(to_text(body)) >= count:
                break
        stop.cancel()
        process.terminate()
    if not output.startswith(b"HTTP/1.1 "):
        raise ServerError(output.decode(errors="replace").strip() or "curl was not answered")
    return _read_printed(output, follows=False)


def _read_printed(output: bytes, *, follows: bool) -> Response:
    """Return the last response of what curl printed with `--include`."""
    while True:
        head, _, body = output.partition(b"\r\n\r\n")
        shown = parse_response(head.decode("latin-1").split("\r\n"), 0)
        status = shown.status or HTTPStatus.OK
        is_interim = status < HTTPStatus.OK or (follows and status in REDIRECTS)
        if not (is_interim and body.startswith(b"HTTP/1.1 ")):
            return Response(status, shown.headers, to_text(body))
        output = body
