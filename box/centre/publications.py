"""Accounts from billing to boxes: what was published last, and for each box the changes that it has not heard yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, delete, func, insert, literal, select, union_all

from box.centre.cursors import Stream, read_cursor, write_cursor
from box.centre.database import FEED_COUNTER, Database, last_number, locked_counter, move_counter
from box.centre.tables import account_audience, accounts
from box.courier.messages import AccountChange, AccountRecord, Feed, Publication, Published

EVERY_BOX = ""


def publish(connection: Connection, publications: Iterable[Publication]) -> Published:
    """Make these the accounts that boxes serve; of two for one account the later counts. What is published again as it
    was gets no new number and costs the boxes nothing."""
    wanted = {publication.number: publication for publication in publications}
    number = locked_counter(connection, FEED_COUNTER)
    records = _records(connection, wanted)
    audiences = _audiences(connection, wanted)
    changed: list[dict[str, Any]] = []
    audience_rows: list[dict[str, Any]] = []
    for account, publication in wanted.items():
        record = "" if publication.account is None else msgspec.json.encode(publication.account).decode()
        served = set() if publication.account is None else set(publication.boxes) or {EVERY_BOX}
        heard = audiences[account]
        if records.get(account, "") == record and served == {box for box, is_served in heard.items() if is_served}:
            continue
        number += 1
        changed.append({"number": account, "record": record})
        audience_rows += [
            {"box_id": box, "account": account, "changed": number, "served": int(box in served)}
            for box in sorted(served | heard.keys())
        ]
    if changed:
        names = [row["number"] for row in changed]
        connection.execute(delete(account_audience).where(account_audience.c.account.in_(names)))
        connection.execute(delete(accounts).where(accounts.c.number.in_(names)))
        connection.execute(insert(accounts), changed)
        connection.execute(insert(account_audience), audience_rows)
        move_counter(connection, FEED_COUNTER, number)
    return Published(changed=len(changed), unchanged=len(wanted) - len(changed))


def feed_page(database: Database, box_id: str, after: str, limit: int) -> Feed:
    """The changes behind ``after`` that concern this box, '' = all from the start. An account that it no longer serves
    comes as a tombstone. Raises Refusal about ``after``."""
    with database.reading() as connection:
        newest = last_number(connection, FEED_COUNTER)
        start = read_cursor(after, Stream.FEED, database.store_id, newest) if after else 0
        rows = connection.execute(_changes(box_id, start, limit + 1)).all()
    page = rows[:limit]
    return Feed(
        changes=tuple(_change(row.number, row.record if row.served else "") for row in page),
        cursor=write_cursor(Stream.FEED, database.store_id, page[-1].changed if page else start),
        more=len(rows) > limit,
    )


def _changes(box_id: str, start: int, limit: int) -> Select[Any]:
    """One statement, so that audience and record belong together on any isolation level. Each half walks its index and
    stops early; sorting a whole snapshot for each of its pages would take hours for a million accounts."""

    def half(name: str) -> Select[Any]:
        audience = account_audience.c
        first = (
            select(audience.account, audience.changed, audience.served)
            .where(audience.box_id == literal(name), audience.changed > start)
            .order_by(audience.changed)
            .limit(limit)
            .subquery()
        )
        return select(first)

    heard = union_all(half(EVERY_BOX), half(box_id)).subquery()
    merged = (
        select(heard.c.account, heard.c.changed, func.max(heard.c.served).label("served"))
        .group_by(heard.c.account, heard.c.changed)
        .order_by(heard.c.changed)
        .limit(limit)
        .subquery()
    )
    return (
        select(merged.c.changed, merged.c.served, accounts.c.number, accounts.c.record)
        .join(accounts, accounts.c.number == merged.c.account)
        .order_by(merged.c.changed)
    )


def _change(number: str, record: str) -> AccountChange:
    return AccountChange(number, msgspec.json.decode(record, type=AccountRecord) if record else None)


def _records(connection: Connection, wanted: Iterable[str]) -> dict[str, str]:
    query = select(accounts.c.number, accounts.c.record).where(accounts.c.number.in_(list(wanted)))
    return {row.number: row.record for row in connection.execute(query)}


def _audiences(connection: Connection, wanted: Iterable[str]) -> Mapping[str, dict[str, bool]]:
    audience = account_audience.c
    query = select(audience.account, audience.box_id, audience.served).where(audience.account.in_(list(wanted)))
    heard: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for row in connection.execute(query):
        heard[row.account][row.box_id] = bool(row.served)
    return heard
