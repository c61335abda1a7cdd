"""The private authority, judged by OpenSSL's own command line where it is there, and by the TLS library."""

from __future__ import annotations

import shutil
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from box.centre.authority import Use, certificate_serves, issue_certificate, make_authority
from box.errors import SettingsWrong

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "ca")
    files = issue_certificate(authority, "box:box1", tmp_path / "box1")
    assert mode(authority.key_file) == mode(files.key_file) == 0o600
    assert mode(tmp_path / "ca") == mode(tmp_path / "box1") == 0o700
    assert sorted(file.name for file in (tmp_path / "box1").iterdir()) == ["ca.pem", "certificate.pem", "key.pem"]
    assert b"PRIVATE" not in files.certificate_file.read_bytes() + files.ca_file.read_bytes()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")
@pytest.mark.parametrize(("use", "purpose"), [(Use.CLIENT, "sslclient"), (Use.SERVER, "sslserver")])
def test_openssl_agrees_with_the_certificates(tmp_path: Path, use: Use, purpose: str) -> None:
    authority = make_authority(tmp_path / "ca")
    files = issue_certificate(authority, "box:box1", tmp_path / "one", use=use, names=["centre.example", "10.0.0.1"])

    def verified(wanted: str) -> bool:
        command = ["openssl", "verify", "-x509_strict", "-purpose", wanted, "-CAfile", str(authority.certificate_file)]
        return subprocess.run([*command, str(files.certificate_file)], capture_output=True, check=False).returncode == 0

    assert verified(purpose)
    assert not verified("sslserver" if purpose == "sslclient" else "sslclient")
    text = subprocess.run(
        ["openssl", "x509", "-noout", "-text", "-in", str(files.certificate_file)],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    for fact in ("NIST CURVE: P-256", "CA:FALSE", "DNS:centre.example, IP Address:10.0.0.1", "CN = box:box1"):
        assert fact in text


def test_dates(tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "ca", days=30, now=NOW)
    short = issue_certificate(authority, "box:a", tmp_path / "a", days=7, now=NOW)
    long = issue_certificate(authority, "box:b", tmp_path / "b", days=900, now=NOW)
    ca = x509.load_pem_x509_certificate(authority.certificate_file.read_bytes())
    a, b = (x509.load_pem_x509_certificate(files.certificate_file.read_bytes()) for files in (short, long))
    assert a.not_valid_before_utc == NOW - timedelta(hours=1)
    assert a.not_valid_after_utc == NOW - timedelta(hours=1) + timedelta(days=7)
    assert b.not_valid_after_utc == ca.not_valid_after_utc


def test_a_second_authority_does_not_replace_the_first(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    before = authority.key_file.read_bytes(), authority.certificate_file.read_bytes()
    with pytest.raises(SettingsWrong, match="void"):
        make_authority(tmp_path)
    assert before == (authority.key_file.read_bytes(), authority.certificate_file.read_bytes())


def test_mistakes_are_told(tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "ca")
    with pytest.raises(SettingsWrong, match="1 to 64"):
        issue_certificate(authority, "x" * 65, tmp_path / "out")
    with pytest.raises(SettingsWrong, match="neither a DNS name"):
        issue_certificate(authority, "centre", tmp_path / "out", names=["почта.example"])
    (tmp_path / "file").touch()
    with pytest.raises(SettingsWrong, match="cannot make"):
        issue_certificate(authority, "box:a", tmp_path / "file" / "out")
    authority.key_file.write_text("not a key")
    with pytest.raises(SettingsWrong, match="damaged"):
        issue_certificate(authority, "box:a", tmp_path / "out")
    authority.key_file.unlink()
    with pytest.raises(SettingsWrong, match="ca init"):
        issue_certificate(authority, "box:a", tmp_path / "out")


def test_a_server_certificate_is_kept_while_it_serves(tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "ca", now=NOW)
    files = issue_certificate(
        authority, "centre", tmp_path / "s", use=Use.SERVER, names=["localhost", "127.0.0.1"], days=100, now=NOW
    )
    serves = files.certificate_file
    assert certificate_serves(serves, ["127.0.0.1", "localhost"], NOW + timedelta(days=99))
    assert not certificate_serves(serves, ["localhost"], NOW + timedelta(days=101))
    assert not certificate_serves(serves, ["localhost", "centre.example"], NOW)
    assert not certificate_serves(tmp_path / "absent.pem", ["localhost"], NOW)
    (tmp_path / "damaged.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    assert not certificate_serves(tmp_path / "damaged.pem", ["localhost"], NOW)
