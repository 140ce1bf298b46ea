import click

from livedocs.cli_page import format_commands


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bread() -> None:
    """Bake."""


@bread.command()
@click.argument("name")
@click.option(
    "-s", "--size", type=click.IntRange(1, 9), default=3, show_default=True, help="How big."
)
@click.option("--mode", type=click.Choice(["hot", "cold"]), help="How warm.")
@click.option("--salt/--no-salt", help="Salt it.")
@click.option("--ovens", type=click.IntRange(1), help="How many.  [default: as many as there are]")
def bake(name: str, size: int, mode: str, *, salt: bool, ovens: int) -> None:
    """Bake a loaf.

    NAME is what it is called.
    """


def test_each_command_has_a_section_with_its_options() -> None:
    text = format_commands(bread)

    assert (
        "## `bread` { #command-bread }\n\n```text\nbread [OPTIONS] COMMAND [ARGS]...\n```" in text
    )
    assert (
        "## `bread bake` { #command-bread-bake }\n\n```text\nbread bake [OPTIONS] NAME\n```" in text
    )
    assert "Bake a loaf.\n\n`NAME` is what it is called.\n" in text
    assert "| `-s`, `--size INTEGER` | How big. Default: `3`. From 1 to 9. |" in text
    assert "| `--mode [hot\\|cold]` | How warm. |" in text
    assert "| `--salt`, `--no-salt` | Salt it. |" in text
    assert "| `--ovens INTEGER` | How many. Default: as many as there are. At least 1. |" in text
    assert "| `-h`, `--help` | Show this message and exit. |" in text


def test_the_commands_are_those_of_the_framework() -> None:
    text = format_commands()

    assert "## `bocadillo run` { #command-bocadillo-run }" in text
    assert "## `bocadillo routes` { #command-bocadillo-routes }" in text
