"""What can go wrong between box and centre, by who must act: time, the centre's people, or the box's people."""

from __future__ import annotations

from box.errors import CentreAway, CentreRefused


class CentreBusy(CentreAway):
    """The centre answered and asks for patience; ``retry_after_s`` is its own wish, if it named one."""

    code = "centre-busy"

    def __init__(self, text: str, retry_after_s: float | None = None) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class CentreAnswerWrong(CentreAway):
    """What came back is no answer to what was asked (schema, size, unknown event): nothing of it is believed."""

    code = "centre-answer"


class ContentRefused(CentreRefused):
    """The centre will never take what was sent: one of its events is poisoned."""

    code = "centre-refused-content"


class CallerRefused(CentreRefused):
    """The centre will not deal with this box as it is (certificate, role, address); the events are not at fault."""

    code = "centre-refused-box"


class CursorForgotten(CentreRefused):
    """The centre does not know the feed cursor (it was rebuilt or restored): start again from the beginning."""

    code = "centre-cursor"
