"""``linebox centre`` as a process: started, killed, started again, stopped."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from box.centre.authority import Credentials
from box.centre.database import open_database
from box.cli.centre import centre
from box.errors import SettingsWrong
from tests.centre.loopback import Talker, publication, reading_event

HOME = Path(__file__).resolve().parent.parent.parent


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "box.cli.main", "centre", *args]


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*args), cwd=HOME, capture_output=True, text=True, check=False)


def in_process(*args: str) -> str:
    """What a command beside the running centre prints."""
    done = CliRunner().invoke(centre, args, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


@contextmanager
def running(folder: Path, *args: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address."""
    process = subprocess.Popen(
        command(*args, "--folder", str(folder), "--port", "0"),
        cwd=HOME,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())["listening"]
    finally:
        process.kill()
        process.communicate()


def issued(folder: Path, name: str) -> Credentials:
    out = folder / name.replace(":", "-")
    made = in_process("ca", "issue", "--name", name, "--out", str(out), "--folder", str(folder / "c"), "--json")
    files: dict[str, Any] = json.loads(made)
    return Credentials(Path(files["ca"]), Path(files["certificate"]), Path(files["key"]))


def test_a_centre_that_is_killed_keeps_what_it_confirmed(tmp_path: Path) -> None:
    with running(tmp_path / "c") as (process, url):
        box, billing = issued(tmp_path, "box:box1"), issued(tmp_path, "billing:main")
        events = [reading_event("box1", seq) for seq in range(1, 6)]
        for one in events:
            results = Talker(url, box).post("/v1/events", {"events": [one]}).json()["results"]
            assert results[0]["status"] == "accepted"
        process.kill()
    with running(tmp_path / "c", "run") as (process, url):
        again = Talker(url, box).post("/v1/events", {"events": events}).json()["results"]
        assert [one["status"] for one in again] == ["duplicate"] * 5
        pulled = Talker(url, billing).get("/v1/readings").json()["readings"]
        assert [one["event_id"] for one in pulled] == [one["event_id"] for one in events]
        shown = in_process("readings", "--json", "--folder", str(tmp_path / "c"))
        assert [one["seq"] for one in json.loads(shown)["readings"]] == [5]
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate()
        assert process.returncode == 0, told
        assert "Traceback" not in told
        assert "the centre stops" in told
        assert "What to do next" not in told


def test_publishing_from_a_file(tmp_path: Path) -> None:
    folder, file = str(tmp_path / "c"), tmp_path / "accounts.json"
    file.write_text(json.dumps({"accounts": [publication(f"{n:010}") for n in range(1201)]}))
    with running(tmp_path / "c") as (process, url):
        box = issued(tmp_path, "box:box1")
        first, second = (in_process("publish", str(file), "--folder", folder, "--json") for _ in range(2))
        assert json.loads(first) == {"changed": 1201, "unchanged": 0}
        assert json.loads(second) == {"changed": 0, "unchanged": 1201}
        page = Talker(url, box).get("/v1/feed?limit=500").json()
        assert (len(page["changes"]), page["more"]) == (500, True)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
        assert process.returncode == 0
        assert "What to do next" in told


def test_publishing_tariffs_and_offices_from_a_file(tmp_path: Path) -> None:
    file, where = tmp_path / "reference.json", ("--folder", str(tmp_path))
    open_database(tmp_path / "centre.sqlite3").close()
    file.write_text('{"holidays": ["2027-01-01"]}')
    first, second = (json.loads(in_process("publish-reference", str(file), *where, "--json")) for _ in range(2))
    assert (first["changed"], second["changed"], first["version"]) == (True, False, second["version"])
    file.write_text('{"holidays": ["2027-01-01", "soon"]}')
    done = CliRunner().invoke(centre, ["publish-reference", str(file), *where])
    assert (done.exit_code, done.stdout) == (1, "published\n")
    assert done.stderr.startswith("reference: holiday 2 is passed over: it is not a date")
    file.write_text('{"holidays": 5}')
    done = CliRunner().invoke(centre, ["publish-reference", str(file), *where])
    assert isinstance(done.exception, SettingsWrong)
    assert "no reference document in JSON, at $.holidays" in str(done.exception)


def test_wrong_use_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"accounts": [{"number": "1"}, {"number": "x"}]}')
    (tmp_path / "worse.json").write_text("{")
    folder = str(tmp_path / "c")
    cases = [
        (["readings", "--folder", str(tmp_path / "absent")], "no centre in"),
        (["ca", "issue", "--name", "box1", "--out", str(tmp_path / "o"), "--folder", folder], "box:ID or billing:NAME"),
        (["ca", "issue", "--name", "box:1", "--out", str(tmp_path / "o"), "--folder", folder], "no authority in"),
        (["publish", str(tmp_path / "bad.json"), "--folder", folder], "no centre in"),
        (["publish", str(tmp_path / "bad.json"), "--folder", folder, "--database", "sqlite://"], "accounts[1].number"),
        (["publish", str(tmp_path / "worse.json"), "--folder", folder, "--database", "sqlite://"], "not accounts"),
    ]
    for args, told in cases:
        done = CliRunner().invoke(centre, args)
        assert isinstance(done.exception, SettingsWrong), (args, done.exception)
        assert told in str(done.exception)
        assert done.stdout == ""


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("run", "--folder", str(tmp_path / "d"), "--port", str(port))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"linebox: cannot listen on 127.0.0.1:{port}: {os.strerror(errno.EADDRINUSE)}; choose" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_command_has_an_example() -> None:
    for args in (
        [],
        ["run"],
        ["publish"],
        ["publish-reference"],
        ["readings"],
        ["ca"],
        ["ca", "init"],
        ["ca", "issue"],
    ):
        shown = CliRunner().invoke(centre, [*args, "--help"])
        assert shown.exit_code == 0
        assert "Example:" in shown.stdout or "On standard output" in shown.stdout


def test_the_authority_can_be_made_by_itself(tmp_path: Path) -> None:
    assert CliRunner().invoke(centre, ["ca", "init", "--folder", str(tmp_path / "c")]).exit_code == 0
    again = CliRunner().invoke(centre, ["ca", "init", "--folder", str(tmp_path / "c")])
    assert isinstance(again.exception, SettingsWrong)
    made = CliRunner().invoke(
        centre, ["ca", "issue", "--name", "box:a", "--out", str(tmp_path / "a"), "--folder", str(tmp_path / "c")]
    )
    assert made.stdout.split()[::2] == ["ca", "certificate", "key"]
