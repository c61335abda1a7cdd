"""What can go wrong with the virtual modem on purpose; every text is one line that says what to do."""

from __future__ import annotations

from firmware.virtual.errors import VirtualError


class ProfileUnknown(VirtualError):
    """No profile of that name is shipped, or its file breaks the schema; the text names the choices or the key."""

    code = "profile"


class LinkUnusable(VirtualError):
    """The path for the link to the pty cannot be used (taken by a file, folder missing, no permission)."""

    code = "link"
