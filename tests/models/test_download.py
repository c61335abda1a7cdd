"""Fetching over real TLS on loopback: the hash is of what came, HTTPS only, every failure one line."""

from __future__ import annotations

import hashlib
import http.server
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from box.centre.authority import Use, issue_certificate, make_authority
from box.models.download import download, file_name, sha256_of
from box.models.errors import ModelAway, ModelRefused, WrongUse

CONTENT = bytes(range(256)) * 4000


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        plain = f"http://127.0.0.1:{self.server.server_address[1]}/model.zip"
        moved = {
            "/moved": "/model.zip",
            "/moved-to-plain": plain,
            "/moved-to-file": "file:///etc/passwd",
            "/round": "/round",
        }
        if self.path in moved:
            self.send_response(302)
            self.send_header("Location", moved[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path in ("/model.zip", "/cut.zip"):
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT[:-5000] if self.path == "/cut.zip" else CONTENT)
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@dataclass(frozen=True)
class Server:
    url: str
    ca_file: Path

    @property
    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca_file))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("tls")
    authority = make_authority(folder / "ca")
    files = issue_certificate(authority, "models", folder / "server", use=Use.SERVER, names=["127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate_file, files.key_file)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield Server(f"https://127.0.0.1:{httpd.server_address[1]}", files.ca_file)
        httpd.shutdown()
        thread.join()


def test_what_comes_is_written_and_hashed(tmp_path: Path, server: Server) -> None:
    target = tmp_path / "a"
    seen: list[tuple[int, int | None]] = []
    found = download(f"{server.url}/model.zip", target, context=server.context, progress=lambda *at: seen.append(at))
    assert found == hashlib.sha256(CONTENT).hexdigest() == sha256_of(target)
    assert target.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_a_redirection_within_https_is_followed(tmp_path: Path, server: Server) -> None:
    assert (
        download(f"{server.url}/moved", tmp_path / "a", context=server.context) == hashlib.sha256(CONTENT).hexdigest()
    )


@pytest.mark.parametrize("path", ["/moved-to-plain", "/moved-to-file", "/absent", "/round", "/cut.zip"])
def test_other_ways_end_in_one_line(tmp_path: Path, server: Server, path: str) -> None:
    with pytest.raises(ModelAway) as away:
        download(server.url + path, tmp_path / "a", context=server.context)
    assert "\n" not in str(away.value)
    assert server.url in str(away.value)


def test_a_server_that_nobody_vouches_for_is_not_talked_to(tmp_path: Path, server: Server) -> None:
    with pytest.raises(ModelAway, match="certificate"):
        download(f"{server.url}/model.zip", tmp_path / "a")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/model.zip", "ftp://127.0.0.1/m.zip", "file:///m.zip", "https:///m.zip"]
)
def test_only_https(tmp_path: Path, url: str) -> None:
    with pytest.raises(WrongUse, match="https://"):
        download(url, tmp_path / "a")


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(ModelAway, match="network"):
        download("https://127.0.0.1:1/model.zip", tmp_path / "a")


def test_no_room_for_it(tmp_path: Path, server: Server) -> None:
    with pytest.raises(ModelRefused, match="cannot be written"):
        download(f"{server.url}/model.zip", tmp_path / "absent" / "a", context=server.context)


def test_the_name_in_an_address() -> None:
    assert file_name("https://a.example/x/vosk-model%20b.zip?x=1") == "vosk-model b.zip"
