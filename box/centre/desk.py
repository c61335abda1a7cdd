"""What a person does at the centre itself, on its folder and beside the running service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from box.centre.authority import Credentials, issue_certificate
from box.centre.database import Database, open_database
from box.centre.identity import NAME
from box.centre.publication_rules import publication_mistake
from box.centre.publications import publish
from box.centre.reference import canonical, publish_reference
from box.centre.rules import place_of
from box.centre.server import CentreFolder
from box.clock import SystemClock
from box.courier.messages import Publications, Published, ReferenceDocument, ReferencePublished
from box.errors import SettingsWrong, StoreBroken

AT_ONCE = 500
"""Accounts in one transaction: boxes that ask for the feed meanwhile are not kept waiting."""


@contextmanager
def opened(folder: Path, database_url: str | None) -> Iterator[Database]:
    """The centre's database. Raises SettingsWrong when there is no centre in ``folder``, and StoreBroken."""
    place = CentreFolder(folder)
    if database_url is None and not place.database_file.exists():
        raise SettingsWrong([f"no centre in {folder}: name its --folder, or run it once"])
    database = open_database(database_url or place.database_file)
    try:
        yield database
    except SQLAlchemyError as error:
        raise StoreBroken(f"the centre's database does not answer: {str(error).partition(chr(10))[0]}") from error
    finally:
        database.close()


def publish_file(database: Database, file: Path) -> Published:
    """Publish the accounts of a JSON file. Raises SettingsWrong with the place of every mistake, and publishes nothing
    then."""
    try:
        publications = msgspec.json.decode(file.read_bytes(), type=Publications).accounts
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsWrong([f"{file}: not accounts in JSON, at {place_of(error)}"]) from error
    except OSError as error:
        raise SettingsWrong([f"cannot read {file}: {error.strerror}"]) from error
    mistakes = [(index, publication_mistake(publication)) for index, publication in enumerate(publications)]
    if problems := [f"{file}: $.accounts[{index}].{mistake} is wrong" for index, mistake in mistakes if mistake]:
        raise SettingsWrong(problems)
    changed = unchanged = 0
    for start in range(0, len(publications), AT_ONCE):
        with database.writing() as connection:
            published = publish(connection, publications[start : start + AT_ONCE])
        changed += published.changed
        unchanged += published.unchanged
    return Published(changed, unchanged)


def publish_reference_file(database: Database, file: Path) -> ReferencePublished:
    """Publish the reference document (tariffs, offices, days off) in a JSON file. Raises SettingsWrong when it is no
    such document; entries that boxes will pass over come back as findings."""
    try:
        body = file.read_bytes()
        msgspec.json.decode(body, type=ReferenceDocument)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsWrong([f"{file}: no reference document in JSON, at {place_of(error)}"]) from error
    except OSError as error:
        raise SettingsWrong([f"cannot read {file}: {error.strerror}"]) from error
    with database.writing() as connection:
        return publish_reference(connection, canonical(body), SystemClock().wall())


def issue_for_client(folder: Path, name: str, out: Path, days: int) -> Credentials:
    """A certificate for a box or for billing. Raises SettingsWrong."""
    if not NAME.fullmatch(name):
        raise SettingsWrong([f"--name: wants box:ID or billing:NAME, letters, digits, - . _ (found {name!r})"])
    return issue_certificate(CentreFolder(folder).authority, name, out, days=days)
