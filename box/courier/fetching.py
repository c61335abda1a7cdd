"""What comes down from the centre, each time it is asked: accounts page by page, the reference document when it is new.

No loop, no patience: when to ask, and what a failure means for the next time, is the courier's business.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from box.courier.errors import CentreAnswerWrong, CursorForgotten
from box.courier.vocabulary import BoxSide, Centre, Name, NamesArrived

log = logging.getLogger(__name__)

FEED_PAGE = 200
"""Account changes in one page and so in one transaction: a call waits for the writer no longer than that."""


def fetch_feed_once(
    box: BoxSide, centre: Centre, limit: int = FEED_PAGE, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Take every page of account changes that waits, each applied in its own transaction with its cursor; the number of
    changes. Raises CentreAway, CentreRefused or what the store raises; pages applied until then stay applied."""
    accounts = box.accounts
    changes = 0
    cursor = accounts.cursor()
    while not stopping():
        try:
            page = centre.get_feed(cursor, limit)
        except CursorForgotten:
            if not cursor:
                raise
            log.warning("the centre does not know our place in the accounts feed; taking all accounts again")
            cursor = ""
            continue
        if page.more and (page.cursor == cursor or not page.changes):
            raise CentreAnswerWrong("the centre's feed promises more and does not move on")
        if page.changes or page.cursor != cursor:
            tell(box.names_arrived, accounts.apply_feed(page.changes, page.cursor))
            changes += len(page.changes)
            cursor = page.cursor
        if not page.more:
            break
    return changes


def fetch_reference_once(box: BoxSide, centre: Centre) -> bool:
    """Take the reference document if the centre has another than the box; whether it had. Raises like the feed."""
    fetched = centre.get_reference(box.reference.etag())
    if fetched is None:
        return False
    tell(box.names_arrived, box.reference.put(fetched.document, fetched.etag))
    return True


def tell(names_arrived: NamesArrived, names: Sequence[Name]) -> None:
    """Hand new names over, if there are any."""
    if names:
        names_arrived(names)
