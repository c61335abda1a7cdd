"""Declared errors as lines for a person instead of tracebacks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from box.errors import BoxError, SettingsWrong
from firmware.errors import FirmwareError
from firmware.virtual.errors import LineFileWrong, VirtualError


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Prints a declared error on standard error, a line for each problem, and exits: 2 when the user's own words or
    files are wrong, 1 otherwise. Anything undeclared is a defect and keeps its traceback."""
    try:
        yield
    except (SettingsWrong, LineFileWrong) as error:
        for problem in error.problems:
            click.echo(f"linebox: {problem}", err=True)
        sys.exit(2)
    except VirtualError as error:
        click.echo(f"linebox: {error}", err=True)
        sys.exit(2)
    except (BoxError, FirmwareError) as error:
        click.echo(f"linebox: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output has gone (| head): not an error of ours; nothing more can be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
