"""Fetching a model over HTTPS, and only over HTTPS: the one place here that touches the network.

A download is worth nothing until its hash is known to be right; that is the caller's business.
"""

from __future__ import annotations

import hashlib
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from box.models.errors import ModelAway, ModelRefused, WrongUse

MOST_BYTES = 1 << 30
SILENCE_S = 30.0
"""A server that sends nothing for so long is given up."""

_PIECE = 1 << 18

Progress = Callable[[int, int | None], None]
"""Gets the bytes so far and, where the server tells, how many there will be."""


def download(
    url: str, target: Path, *, context: ssl.SSLContext | None = None, progress: Progress = lambda *_: None
) -> str:
    """Save ``url`` as ``target`` and return its SHA-256. Redirections are followed to HTTPS only. Raises WrongUse for
    another kind of address, ModelAway when it cannot be had now, ModelRefused when it is too large."""
    if urlsplit(url).scheme != "https" or not urlsplit(url).hostname:
        raise WrongUse(f"{url}: an address starts with https://; a model is never fetched in the clear")
    digest = hashlib.sha256()
    got = 0
    try:
        with _opener(context).open(url, timeout=SILENCE_S) as answer, target.open("wb") as file:
            told = answer.headers.get("Content-Length", "")
            whole = int(told) if told.isdigit() else None
            while piece := answer.read(_PIECE):
                got += len(piece)
                if got > MOST_BYTES:
                    raise ModelRefused(f"{url}: larger than {MOST_BYTES >> 20} MB; use a «small» model")
                file.write(piece)
                digest.update(piece)
                progress(got, whole)
    except urllib.error.HTTPError as error:
        error.close()
        raise ModelAway(f"{url}: the server answers {error.code} {_why(error)}; check the address") from None
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ssl.SSLError, ConnectionError) as error:
        raise ModelAway(f"{url}: cannot be fetched: {_why(error)}; is the network up?") from None
    except OSError as error:
        raise ModelRefused(f"{target}: cannot be written: {error.strerror or error}") from None
    if whole is not None and got != whole:
        raise ModelAway(f"{url}: broke off after {got} bytes of {whole}; run the command again")
    return digest.hexdigest()


def file_name(url: str) -> str:
    """The last part of the address, for a file."""
    return Path(unquote(urlsplit(url).path)).name


def sha256_of(path: Path) -> str:
    """Of a file on the disk."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _opener(context: ssl.SSLContext | None) -> urllib.request.OpenerDirector:
    """Knows HTTPS and nothing else: no handler for http:, file: or ftp:, so that no redirection leads there."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPSHandler(context=context or ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return " ".join(str(reason).split()).rstrip(".") or type(error).__name__
