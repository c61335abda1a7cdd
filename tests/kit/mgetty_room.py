"""Debian's vgetty and vm in a room of their own: a private mount namespace in which /etc/mgetty, /dev, /run and
/var/log are folders of the test, so that nothing of the machine is read or written.

Known here: the RMD file layout (mgetty, voice/include/header.h): "RMD1", name of the driver in 16 bytes, compression
and rate as big-endian shorts, bits, 7 reserved bytes.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

PORT = "ttyLB0"

_FURNISH = """
set -e
room=$1; shift
mount --rbind /dev/pts "$room/dev/pts"
mount --bind /dev/null "$room/dev/null"
mount --bind "$room/etc" /etc/mgetty
mount --bind "$room/log" /var/log
mount --bind "$room/run" /run
mount --rbind "$room/dev" /dev
exec "$@"
"""

_MGETTY_CONFIG = """
debug 9
speed 38400
data-only yes
port-owner root
"""

_VOICE_CONFIG = """
part generic
voice_log_level 6
voice_shell_log {room}/log/voice_shell.%s
voice_dir {room}/spool
phone_owner root
phone_group root
receive_dir incoming
message_dir messages
backup_message standard.rmd
port_speed 38400
port_timeout 10
command_delay 20
ring_report_delay 5
rec_compression {compression}
rec_speed 8000
rec_silence_len 70
rec_silence_threshold 40
rec_max_len {longest_s}
rec_min_len 0
rec_always_keep true
do_hard_flow true
beep_length 200
program vgetty
rings 2
answer_mode voice
program vm
voice_devices {port}
"""


def why_not(program: str) -> str | None:
    """Why ``program`` cannot be run in a room here; None when it can."""
    if shutil.which(program) is None:
        return f"{program} is not installed (Debian package mgetty-voice)"
    if os.geteuid() != 0:
        return f"{program} needs root here: its configuration and port are mounted in a private namespace"
    probe = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    return None if probe.returncode == 0 else f"{program} needs mount namespaces, and unshare -m is refused here"


@dataclass
class MgettyRoom:
    """One furnished folder; ``port`` is where the virtual modem has to appear."""

    folder: Path
    longest_s: int = 2
    compression: int = 10  # G.711 mu-law in vgetty's numbering

    def __post_init__(self) -> None:
        for name in ("etc", "log/mgetty", "run/lock", "dev/pts", "spool/incoming", "spool/messages"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "dev/null").touch()
        (self.folder / "etc/mgetty.config").write_text(_MGETTY_CONFIG)
        (self.folder / "etc/login.config").write_text("* - - /bin/false\n")
        (self.folder / "etc/dialin.config").write_text("all\n")
        (self.folder / "etc/voice.conf").write_text(
            _VOICE_CONFIG.format(room=self.folder, compression=self.compression, longest_s=self.longest_s, port=PORT)
        )

    @property
    def port(self) -> Path:
        """The link that the virtual modem makes."""
        return self.folder / "dev" / PORT

    def run(self, *command: str, timeout_s: float) -> subprocess.CompletedProcess[str]:
        """Run a program inside; ends it, and only it, after ``timeout_s`` (subprocess.TimeoutExpired)."""
        return subprocess.run(
            ["unshare", "-m", "sh", "-c", _FURNISH, "sh", str(self.folder), *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
        )

    def logs(self) -> str:
        """What the programs have logged, for the message of a failing test."""
        return "\n".join(path.read_text(errors="replace") for path in sorted((self.folder / "log").rglob("*.log")))


def write_rmd(path: Path, sound: bytes, compression: int, bits: int = 8, rate_hz: int = 8000) -> None:
    """A sound file for vgetty's V.253 driver."""
    path.write_bytes(struct.pack(">4s16sHHB7s", b"RMD1", b"V253modem", compression, rate_hz, bits, b"") + sound)


def read_rmd(path: Path) -> tuple[int, int, bytes]:
    """Compression, bits and sound of such a file."""
    data = path.read_bytes()
    magic, _, compression, _, bits, _ = struct.unpack(">4s16sHHB7s", data[:32])
    assert magic == b"RMD1"
    return compression, bits, data[32:]
