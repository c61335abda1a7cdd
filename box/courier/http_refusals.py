"""What an answer of the centre that is no success means, as the declared errors of ``box.courier.errors``.

Pure: status, headers and content come in. Free text of the other side never gets into an error's text.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import msgspec

from box.courier.delivery import Outcome, outcome_of_status
from box.courier.errors import CallerRefused, CentreAnswerWrong, CentreBusy, ContentRefused, CursorForgotten
from box.courier.messages import Problem
from box.errors import CentreAway


def said_by_status(
    status: int, headers: Mapping[str, str], content: bytes
) -> CentreAway | CallerRefused | ContentRefused | CursorForgotten:
    """The declared error for an answer that is not the one wished for. ``headers`` are looked up by their usual names,
    whatever their case on the wire."""
    said = f"the centre answered {status}{_problem_name(headers, content)}"
    if status == 410:
        return CursorForgotten(said)
    match outcome_of_status(status):
        case Outcome.AWAY:
            return CentreBusy(said, retry_after_s(headers.get("Retry-After"), headers.get("Date")))
        case Outcome.CALLER_REFUSED:
            return CallerRefused(said)
        case Outcome.CONTENT_REFUSED:
            return ContentRefused(said)
        case _:
            return CentreAnswerWrong(said)


def _problem_name(headers: Mapping[str, str], content: bytes) -> str:
    """The last word of a problem's type, for the log; free text of the other side stays out of it."""
    if headers.get("Content-Type", "").partition(";")[0] != "application/problem+json":
        return ""
    try:
        name = msgspec.json.decode(content, type=Problem).type.rsplit("/", 1)[-1]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return f" ({name})" if name.isascii() and name.replace("-", "").isalpha() and len(name) <= 40 else ""


def retry_after_s(value: str | None, date: str | None) -> float | None:
    """Seconds asked for by Retry-After (RFC 9110 §10.2.3): a number, or a date that is read against the answer's own
    Date, since a box's clock may be wrong. None when it says nothing usable."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - parsedate_to_datetime(date or "")).total_seconds())
    except (ValueError, TypeError):
        return None
