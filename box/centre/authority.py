"""The fleet's private certificate authority, in a folder: one key that signs who may speak to the centre, as whom.

Knows files and X.509, nothing of HTTP or the database. Keys are EC P-256, files that hold one are 0600, and no key is
ever printed or logged. The authority's own key should live on the centre alone, and in a safe as a copy.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from box.clock import SystemClock
from box.errors import SettingsWrong

AUTHORITY_DAYS = 3650
CLIENT_DAYS = 90
"""caller-service.md §10, enrolment: certificate 90 days."""

SERVER_DAYS = 365

BACKDATED = timedelta(hours=1)
"""A box's clock may be a little behind; a fresh certificate must not look as if from the future."""

_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,64}")


class Use(Enum):
    """Which end of a connection a certificate is for; it is no good at the other."""

    CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
    SERVER = ExtendedKeyUsageOID.SERVER_AUTH


@dataclass(frozen=True, slots=True)
class Credentials:
    """PEM files: the authority to trust, one's own certificate, its key."""

    ca_file: Path
    certificate_file: Path
    key_file: Path


@dataclass(frozen=True, slots=True)
class Authority:
    """The files of an authority."""

    folder: Path

    @property
    def certificate_file(self) -> Path:
        """What everybody may have and must trust."""
        return self.folder / "ca.pem"

    @property
    def key_file(self) -> Path:
        """What nobody else may have."""
        return self.folder / "ca.key"

    @property
    def exists(self) -> bool:
        """Whether it was made."""
        return self.certificate_file.exists() and self.key_file.exists()


def make_authority(
    folder: Path, *, name: str = "linebox", days: int = AUTHORITY_DAYS, now: datetime | None = None
) -> Authority:
    """A new authority in ``folder``. Raises SettingsWrong when there is one: every certificate would become void."""
    authority = Authority(folder)
    if authority.certificate_file.exists() or authority.key_file.exists():
        raise SettingsWrong([f"{folder} holds an authority already; a new one would make every certificate void"])
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _checked(name))])
    starts = (now or SystemClock().wall()) - BACKDATED
    certificate = (
        _draft(subject, subject, key.public_key(), starts, starts + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _make_folder(folder)
    _write(authority.key_file, _key_pem(key), secret=True)
    _write(authority.certificate_file, certificate.public_bytes(serialization.Encoding.PEM), secret=False)
    return authority


def issue_certificate(
    authority: Authority,
    common_name: str,
    out: Path,
    *,
    use: Use = Use.CLIENT,
    names: Sequence[str] = (),
    days: int | None = None,
    now: datetime | None = None,
) -> Credentials:
    """A key and a certificate for ``common_name`` (``box:ID``, ``billing:NAME``, or any for a server) in the folder
    ``out``, beside the authority's certificate. ``names`` are the DNS names and IP addresses that a server answers to.
    It ends no later than the authority. Raises SettingsWrong."""
    ca_key, ca = _load(authority)
    key = ec.generate_private_key(ec.SECP256R1())
    starts = (now or SystemClock().wall()) - BACKDATED
    ends = starts + timedelta(days=days or (SERVER_DAYS if use is Use.SERVER else CLIENT_DAYS))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _checked(common_name))])
    draft = (
        _draft(subject, ca.subject, key.public_key(), starts, min(ends, ca.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([use.value]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
    )
    if names:
        draft = draft.add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), False)
    certificate = draft.sign(ca_key, hashes.SHA256())
    _make_folder(out)
    files = Credentials(out / "ca.pem", out / "certificate.pem", out / "key.pem")
    _write(files.key_file, _key_pem(key), secret=True)
    _write(files.certificate_file, certificate.public_bytes(serialization.Encoding.PEM), secret=False)
    _write(files.ca_file, ca.public_bytes(serialization.Encoding.PEM), secret=False)
    return files


def certificate_serves(file: Path, names: Sequence[str], until: datetime) -> bool:
    """Whether the server certificate in ``file`` is there, valid until then and good for all ``names``."""
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        answered = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return certificate.not_valid_after_utc >= until and all(_general_name(name) in answered for name in names)


def _draft(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, starts: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        try:
            return x509.DNSName(name)
        except ValueError:
            raise SettingsWrong([f"{name!r} is neither a DNS name in ASCII nor an IP address"]) from None


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise SettingsWrong(["a certificate's name has 1 to 64 characters"])
    return name


def _load(authority: Authority) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    try:
        key = serialization.load_pem_private_key(authority.key_file.read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate(authority.certificate_file.read_bytes())
    except OSError as error:
        raise SettingsWrong([f"no authority in {authority.folder} ({error.strerror}): make it with ca init"]) from error
    except (ValueError, TypeError) as error:
        raise SettingsWrong([f"the authority's files in {authority.folder} are damaged"]) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SettingsWrong([f"the authority's key in {authority.folder} is not an EC key"])
    return key, certificate


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsWrong([f"cannot make {folder}: {error.strerror}"]) from error


def _write(file: Path, content: bytes, *, secret: bool) -> None:
    """Whole or not at all, and never readable by others for a moment."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600 if secret else 0o644)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    except OSError as error:
        raise SettingsWrong([f"cannot write {file}: {error.strerror}"]) from error
