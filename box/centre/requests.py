"""Requests read with suspicion: size and time are limited before content is looked at, and content by a schema."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import msgspec
from starlette.requests import Request

from box.centre.problems import Problems, Refusal
from box.centre.rules import place_of
from box.courier.messages import MAX_BODY_BYTES

BODY_PATIENCE_S = 60.0
SLOWEST_LINK_BYTES_PER_S = 1000.0
"""A poor GPRS link; the box allows itself the same."""

Message = TypeVar("Message")


async def read_body(request: Request) -> bytes:
    """The JSON body. Raises Refusal MEDIA_TYPE_WRONG, BODY_TOO_LARGE (before a byte is read where the length is
    announced) or BODY_SLOW."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(Problems.MEDIA_TYPE_WRONG)
    announced = int(request.headers.get("content-length", "0"))
    if announced > MAX_BODY_BYTES:
        raise Refusal(Problems.BODY_TOO_LARGE, f"≤ {MAX_BODY_BYTES}")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_PATIENCE_S + (announced or MAX_BODY_BYTES) / SLOWEST_LINK_BYTES_PER_S):
            async for part in request.stream():
                body += part
                if len(body) > MAX_BODY_BYTES:
                    raise Refusal(Problems.BODY_TOO_LARGE, f"≤ {MAX_BODY_BYTES}")
    except TimeoutError:
        raise Refusal(Problems.BODY_SLOW) from None
    return bytes(body)


def read_message(body: bytes, kind: type[Message]) -> Message:
    """The body as a message. Raises Refusal MALFORMED with the place of the mistake."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(Problems.MALFORMED, place_of(error)) from None


def read_limit(request: Request, default: int, largest: int) -> int:
    """``limit`` of a page, 1 … ``largest``. Raises Refusal MALFORMED."""
    text = request.query_params.get("limit")
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= largest):
        raise Refusal(Problems.MALFORMED, f"limit: 1…{largest}")
    return int(text)
