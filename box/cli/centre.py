"""``linebox centre``: the collecting service, its authority, and a look at what it holds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from box.cli.options import json_option


class RunByDefault(click.Group):
    """A group whose bare name, or name with options only, means its command ``run``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``run`` in front where no command is named."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["run", *args]
        return super().parse_args(ctx, args)


folder_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: Path.home() / "linebox-centre",
    show_default="~/linebox-centre",
    envvar="LINEBOX_CENTRE",
    help="Where the centre keeps its database, authority and certificate (else $LINEBOX_CENTRE).",
)

database_option = click.option(
    "--database",
    metavar="URL",
    envvar="LINEBOX_CENTRE_DATABASE",
    help="A database server (postgresql+psycopg://…) instead of SQLite in the folder.",
)


@click.group(cls=RunByDefault, epilog="Example: ./linebox centre run --folder /srv/linebox --port 8443")
def centre() -> None:
    """The collecting service: takes events from boxes, serves billing. Without a command it runs."""


@centre.command(epilog='On standard output, once it answers: {"listening": "https://127.0.0.1:8443"}')
@folder_option
@database_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 = every one.")
@click.option("--port", type=click.IntRange(0, 65535), default=8443, show_default=True, help="0 = any free one.")
@click.option("--name", "names", multiple=True, help="A DNS name or address that boxes call it by; may be repeated.")
def run(folder: Path, database: str | None, host: str, port: int, names: tuple[str, ...]) -> None:
    """Run until stopped (SIGTERM, Ctrl+C). The first run makes the folder, the authority and the certificate."""
    from box.centre.server import run_centre
    from box.logs import start_logging

    start_logging()
    fresh = not (folder / "ca").exists()

    def on_listening(url: str) -> None:
        click.echo(json.dumps({"listening": url}))
        if fresh:
            click.echo(_next_steps(folder, url), err=True)

    run_centre(folder, host, port, names=names, database_url=database, on_listening=on_listening)


def _next_steps(folder: Path, url: str) -> str:
    return (
        f"This centre is new. What to do next, with --folder {folder} each time:\n"
        "  linebox centre ca issue --name box:box1 --out DIR       a certificate for the box with the id box1\n"
        "  linebox centre ca issue --name billing:main --out DIR   one for billing\n"
        "  linebox centre publish FILE.json                        accounts for the boxes\n"
        f"  in the box's settings: centre.url = {url} (or a --name of yours), and the three files of its DIR\n"
        f"  a copy of {folder / 'ca'} belongs into a safe"
    )


@centre.command(epilog="Example: ./linebox centre publish accounts.json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@folder_option
@database_option
@json_option
def publish(file: Path, folder: Path, database: str | None, as_json: bool) -> None:
    """Publish the accounts of a file to the boxes.

    FILE holds what billing sends to POST /v1/accounts: {"accounts": [{"number": …, "account": …, "boxes": […]}, …]}. An
    account that is null is taken back; without boxes, every box serves it."""
    from box.centre.desk import opened, publish_file

    with opened(folder, database) as database_:
        published = publish_file(database_, file)
    if as_json:
        click.echo(json.dumps({"changed": published.changed, "unchanged": published.unchanged}))
    else:
        click.echo(f"{published.changed} accounts changed, {published.unchanged} were so already")


@centre.command("publish-reference", epilog="Example: ./linebox centre publish-reference tariffs-and-offices.json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@folder_option
@database_option
@json_option
def publish_reference(file: Path, folder: Path, database: str | None, as_json: bool) -> None:
    """Publish tariffs, offices and days off to the boxes, in place of those of now.

    FILE holds what billing sends to POST /v1/reference: {"tariffs": […], "offices": […], "holidays": […]}. Exit 1 when
    boxes will pass over an entry of it: each is named, the others are published."""
    import msgspec

    from box.centre.desk import opened, publish_reference_file

    with opened(folder, database) as database_:
        published = publish_reference_file(database_, file)
    if as_json:
        click.echo(msgspec.json.encode(published).decode())
    else:
        click.echo("published" if published.changed else "it was so already")
        for finding in published.findings:
            click.echo(finding, err=True)
    if published.findings:
        sys.exit(1)


@centre.command(epilog="Example: ./linebox centre readings --json")
@folder_option
@database_option
@json_option
def readings(folder: Path, database: str | None, as_json: bool) -> None:
    """Show the readings that stand, one for each meter and month."""
    import msgspec

    from box.centre.desk import opened
    from box.centre.pull import standing_readings

    with opened(folder, database) as database_:
        standing = standing_readings(database_)
    if as_json:
        click.echo(msgspec.json.encode({"readings": standing}).decode())
        return
    for one in standing:
        zones = "  ".join(f"{zone.zone} {zone.digits}" for zone in one.zones)
        click.echo(f"{one.recorded_at}  {one.account}  {one.meter}  {zones}  {one.mode}  {one.box_id}")


@centre.group(epilog="Example: ./linebox centre ca issue --name box:box1 --out box1")
def ca() -> None:
    """The fleet's authority: who may speak to the centre."""


@ca.command(epilog="Example: ./linebox centre ca init --folder /srv/linebox")
@folder_option
def init(folder: Path) -> None:
    """Make the authority (the first run of the centre does it too)."""
    from box.centre.authority import make_authority

    click.echo(f"made {make_authority(folder / 'ca').certificate_file}")


@ca.command(epilog="Example: ./linebox centre ca issue --name billing:main --out billing")
@click.option("--name", required=True, metavar="ROLE:NAME", help="box:ID or billing:NAME.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for three files.")
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="How long it is valid.")
@folder_option
@json_option
def issue(name: str, out: Path, days: int, folder: Path, as_json: bool) -> None:
    """Make a key and a certificate for one box or one billing system."""
    from box.centre.desk import issue_for_client

    files = issue_for_client(folder, name, out, days)
    named = {"ca": files.ca_file, "certificate": files.certificate_file, "key": files.key_file}
    if as_json:
        click.echo(json.dumps({what: str(file) for what, file in named.items()}))
        return
    for what, file in named.items():
        click.echo(f"{what:12} {file}")
