"""Every way in which the centre says no: RFC 9457 problem documents, one table.

``type`` is stable for ever within /v1; ``title`` is for people and in Russian; ``detail`` names the place of the
mistake and never a value, since values are personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

import msgspec

from box.courier.messages import Problem

CONTENT_TYPE = "application/problem+json"

TYPE_PREFIX = "/v1/problems/"
"""Types are paths at the centre itself (RFC 9457 §3.1.1: better when they can be looked up), where a page explains."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem."""

    name: str
    status: int
    title: str


class Problems(Enum):
    """All of them."""

    MALFORMED = Kind("malformed", 400, "Запрос составлен неправильно")
    KEY_MISSING = Kind("key-missing", 400, "Нет заголовка Idempotency-Key")
    CURSOR_WRONG = Kind("cursor-wrong", 400, "Это не отметка, которую выдавал центр")
    CERTIFICATE_MISSING = Kind("certificate-missing", 403, "Нужен сертификат, выданный центром")
    CERTIFICATE_EXPIRED = Kind("certificate-expired", 403, "Срок сертификата не начался или истёк")
    CERTIFICATE_STRANGE = Kind("certificate-strange", 403, "По сертификату не понять, кто вы")
    BOX_WRONG = Kind("box-wrong", 403, "Сертификат другого устройства")
    ROLE_WRONG = Kind("role-wrong", 403, "Этому сертификату сюда нельзя")
    NOT_FOUND = Kind("not-found", 404, "Такого адреса нет")
    METHOD_WRONG = Kind("method-wrong", 405, "Так к этому адресу не обращаются")
    BODY_SLOW = Kind("body-slow", 408, "Запрос приходил слишком долго")
    STILL_RUNNING = Kind("still-running", 409, "Такой же запрос ещё выполняется")
    CURSOR_UNKNOWN = Kind("cursor-unknown", 410, "Центр не помнит такой отметки, начните сначала")
    BODY_TOO_LARGE = Kind("body-too-large", 413, "Запрос слишком велик")
    MEDIA_TYPE_WRONG = Kind("media-type-wrong", 415, "Нужен application/json")
    KEY_REUSED = Kind("key-reused", 422, "Этот Idempotency-Key уже был у другого запроса")
    DEFECT = Kind("defect", 500, "Ошибка в программе центра")
    BUSY = Kind("busy", 503, "Центр занят, повторите позже")


KINDS: Mapping[str, Kind] = MappingProxyType({problem.value.name: problem.value for problem in Problems})

OTHER_STATUSES: Mapping[int, Problems] = MappingProxyType({404: Problems.NOT_FOUND, 405: Problems.METHOD_WRONG})
"""What the router itself refuses."""


class Refusal(Exception):
    """A request is answered with a problem. ``retry_after_s`` becomes the Retry-After header."""

    def __init__(self, problem: Problems, detail: str = "", *, retry_after_s: int | None = None) -> None:
        super().__init__(f"{problem.value.name}: {detail}" if detail else problem.value.name)
        self.kind = problem.value
        self.detail = detail
        self.retry_after_s = retry_after_s

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.kind.status

    def body(self) -> bytes:
        """The problem document."""
        kind = self.kind
        return msgspec.json.encode(Problem(TYPE_PREFIX + kind.name, kind.title, kind.status, self.detail))

    def headers(self) -> dict[str, str]:
        """The headers that go with it. A body that was not read to its end makes the connection useless."""
        headers = {"Content-Type": CONTENT_TYPE, "Content-Language": "ru"}
        if self.retry_after_s is not None:
            headers["Retry-After"] = str(self.retry_after_s)
        if self.status in (408, 413):
            headers["Connection"] = "close"
        return headers
