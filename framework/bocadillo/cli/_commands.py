"""The commands and their options."""

from pathlib import Path
from typing import Any

import click

from bocadillo import __version__

from ._finding import find_app
from ._listing import check_app, format_plans, format_routes
from ._project import check_free, check_name, render_project, write_project

__all__ = ["bocadillo"]

DIRECTORY = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False)

app_dir_option = click.option(
    "--app-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The folder in which modules are looked for first.  [default: this folder]",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="bocadillo")
def bocadillo() -> None:
    """Create, run and look into applications made with Bocadillo."""


@bocadillo.command()
@click.argument("name")
@click.option(
    "-d", "--directory", type=DIRECTORY, help="The folder of the project.  [default: ./NAME]"
)
@click.option("--dry", is_flag=True, help="Only say which files would be written.")
@click.option("--no-input", is_flag=True, help="Ask nothing: for scripts.")
def create(name: str, directory: Path | None, *, dry: bool, no_input: bool) -> None:
    """Create a project that runs, with tests that pass.

    NAME is that of the project and of its folder. Files that exist are never overwritten.
    """
    name = check_name(name)
    folder = directory or Path(name)
    check_free(folder)
    texts = render_project(name)
    paths = "\n".join(f"  {folder / path}" for path in texts)
    if dry:
        click.echo(f"These files would be written:\n{paths}")
        return
    is_occupied = folder.is_dir() and any(folder.iterdir())
    if is_occupied and not no_input:
        click.confirm(f"{str(folder)!r} is not empty. Add the project to it?", abort=True)
    write_project(folder, texts)
    move = "" if folder == Path() else f"  cd {folder}\n"
    click.echo(
        f"These files were written:\n{paths}\n\nGo on with:\n{move}"
        "  pip install -r requirements.txt\n  bocadillo run app:app --reload"
    )


@bocadillo.command()
@click.argument("target", metavar="MODULE:APP")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port to listen on; 0 is a free one.",
)
@click.option("--uds", type=click.Path(), help="The UNIX socket to listen on, in place of a port.")
@click.option("--reload", is_flag=True, help="Start again when a file changes: for development.")
@click.option(
    "--reload-dir",
    "reload_dirs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    help="A folder to watch, again for each.  [default: this folder]",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    help="The number of processes.  [default: $WEB_CONCURRENCY, or 1]",
)
@click.option("--root-path", default="", help="The prefix that a proxy takes off the path.")
@click.option(
    "--forwarded-allow-ips",
    help="The proxies whose X-Forwarded headers are believed.  [default: those on this machine]",
)
@click.option("--ssl-certfile", type=FILE, help="The certificate, to serve https.")
@click.option("--ssl-keyfile", type=FILE, help="The key of the certificate.")
@click.option(
    "--log-level",
    type=click.Choice(["critical", "error", "warning", "info", "debug", "trace"]),
    default="info",
    show_default=True,
    help="The least important messages to log.",
)
@click.option("--access-log/--no-access-log", default=True, help="Log each request, or do not.")
@app_dir_option
def run(target: str, app_dir: Path, **options: Any) -> None:
    """Serve an application.

    MODULE:APP names it: app:app is the variable `app` of the module `app`.

    Ctrl-C stops it: requests in progress have 20 seconds to end. Heads of requests are limited
    to 64 KiB, 100 headers and 10 seconds, messages over WebSockets to 1 MiB.
    """
    from ._serving import serve  # noqa: PLC0415 - it needs uvicorn

    if options["workers"] and options["reload"]:
        raise click.UsageError("--reload and --workers exclude each other: take one of them")
    find_app(target, app_dir)
    options["reload_dirs"] = list(options["reload_dirs"]) or None
    serve(target, app_dir, **options)


@bocadillo.command()
@click.argument("target", metavar="MODULE:APP")
@click.option(
    "--providers", is_flag=True, help="Show what is set up for each view, in order, as a tree."
)
@app_dir_option
def routes(target: str, app_dir: Path, *, providers: bool) -> None:
    """List the routes of an application.

    They are in the order in which they are matched. MODULE:APP names the application, such as
    app:app. If it could not start, an error below the list tells why.
    """
    app = find_app(target, app_dir)
    click.echo(format_plans(app, target) if providers else format_routes(app, target))
    check_app(app, target)
