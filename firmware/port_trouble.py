"""Why a serial port cannot be used, in one line that tells a technician what to do.

Looks at the file system and the process table; opens nothing.
"""

from __future__ import annotations

import errno
import grp
import os
from pathlib import Path

from firmware.uucp_lock import process_name

_ABSENT = (errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.ENOTDIR)
_FORBIDDEN = (errno.EACCES, errno.EPERM)
_BUSY = (errno.EBUSY, errno.EAGAIN)
_GONE = (errno.EIO, errno.ENXIO, errno.ENODEV, errno.EBADF)


def opening_failed(device: str, error: Exception) -> str:
    """The reason why ``device`` could not be opened."""
    number = getattr(error, "errno", None)
    if number in _ABSENT:
        return f"{device} is absent: plug the modem in, or correct the port in the settings"
    if number in _FORBIDDEN:
        return f"no permission to open {device}: add this user to the group {_owning_group(device)}"
    if number in _BUSY:
        return f"{device} is in use by {holder_of(device)}: stop that program"
    if Path(device).exists() and not Path(device).is_char_device():
        return f"{device} is not a serial port: correct the port in the settings"
    return f"{device} cannot be set up as a serial port: {_one_line(error)}"


def use_failed(device: str, error: Exception | None) -> str:
    """The reason why ``device``, once open, cannot be used any longer. None: it ended without an error."""
    number = getattr(error, "errno", None)
    if error is None or number in _GONE:
        return f"{device} vanished while it was open: unplugged, or reset by the modem"
    return f"{device} failed while it was open: {_one_line(error)}"


def holder_of(device: str) -> str:
    """Who has ``device`` open, as far as this user may know."""
    target = os.path.realpath(device)
    for folder in Path("/proc").glob("[0-9]*"):
        if folder.name == str(os.getpid()):
            continue
        try:
            links = [str(link.readlink()) for link in (folder / "fd").iterdir()]
        except OSError:
            continue
        if target in links:
            return process_name(int(folder.name))
    return "another program"


def _owning_group(device: str) -> str:
    try:
        return grp.getgrgid(Path(device).stat().st_gid).gr_name
    except (OSError, KeyError):
        return "dialout"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
