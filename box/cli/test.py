"""``linebox test``: what every change must pass."""

from __future__ import annotations

import subprocess
import sys

import click

from box.settings import HOME

STEPS = (
    ("ruff: form", ["ruff", "format", "--check", "."]),
    ("ruff: rules", ["ruff", "check", "."]),
    ("mypy --strict: types of firmware and box", ["mypy", "--strict", "firmware", "box"]),
    ("pytest", ["pytest"]),
)


@click.command(
    context_settings={"ignore_unknown_options": True},
    epilog="Example: ./linebox test -k scenario -x",
)
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def test(pytest_arguments: tuple[str, ...]) -> None:
    """Check form, rules and types, then run the tests; further arguments go to pytest and skip the checks."""
    failed = []
    for name, command in STEPS if not pytest_arguments else STEPS[-1:]:
        click.echo(f"--- {name}")
        extra = pytest_arguments if command == ["pytest"] else ()
        if subprocess.run([sys.executable, "-m", *command, *extra], cwd=HOME, check=False).returncode:
            failed.append(name)
    if failed:
        click.echo(f"failed: {', '.join(failed)}", err=True)
        sys.exit(1)
