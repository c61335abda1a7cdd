"""Logging for people and the journal: one line an entry on standard error, and masks as a second net.

Phones, accounts and addresses mask themselves by type (box.accounts.model); the filter here catches a long row of
digits that slipped into a message in some other way.
"""

from __future__ import annotations

import logging
import re
import sys

_LONG_DIGITS = re.compile(r"(?<![\w.:-])\d{5,}(?![\w.:-])")


class DigitsMasked(logging.Filter):
    """Replaces every free-standing row of five or more digits in a finished message by dots and its length."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = _LONG_DIGITS.sub(lambda m: f"·({len(m.group())} digits)", message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True


def start_logging(level: str = "INFO") -> None:
    """Log to standard error; under systemd without time stamps, which the journal adds itself."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(DigitsMasked())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
