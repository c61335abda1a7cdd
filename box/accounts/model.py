"""Whom a call is about: accounts, meters, balances, phones. Plain facts, no storage, no clock.

Personal data (phones, accounts, addresses) are types that print masked, so no log line can show them by accident;
``.digits`` gives the value itself to the code that must have it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import NewType

Kopecks = NewType("Kopecks", int)
"""Money, integer kopecks; positive = the account is overpaid, negative = debt (caller-service.md §7.6)."""

KilowattHours = NewType("KilowattHours", int)


class _MaskedDigits:
    """Digits that compare by value and print masked."""

    __slots__ = ("digits",)

    def __init__(self, digits: str) -> None:
        if not digits.isascii() or not digits.isdigit():
            raise ValueError(f"{type(self).__name__} takes digits only")
        self.digits = digits

    def masked(self) -> str:
        return "·" * len(self.digits)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.digits == getattr(other, "digits", None)

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.digits))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.masked()})"

    def __str__(self) -> str:
        return self.masked()

    def __format__(self, spec: str) -> str:
        return format(self.masked(), spec)


class AccountNumber(_MaskedDigits):
    """A customer account («лицевой счёт»); usually ten digits, said 5-3-2. Prints as ·····-···-90."""

    __slots__ = ()

    def masked(self) -> str:
        if len(self.digits) == 10:
            return f"·····-···-{self.digits[-2:]}"
        return "·" * max(len(self.digits) - 2, 0) + self.digits[-2:]


class PhoneNumber(_MaskedDigits):
    """A national number with country code, digits only (74991234567). Prints as +7···4567."""

    __slots__ = ()

    def masked(self) -> str:
        return f"+{self.digits[:1]}···{self.digits[-4:]}" if len(self.digits) >= 7 else "···"

    @classmethod
    def from_caller_id(cls, text: str | None, *, country: str = "7") -> PhoneNumber | None:
        """The number that a caller-ID text means, or None when it is absent, withheld or partial: a partial number is
        unknown, never a match (caller-service.md §9). Accepts 10 national digits, or 11 with 7 or 8 before them."""
        digits = "".join(c for c in text or "" if c.isascii() and c.isdigit())
        if len(digits) == 10:
            return cls(country + digits)
        if len(digits) == 11 and digits[0] in ("7", "8"):
            return cls(country + digits[1:])
        return None


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Structured parts as billing sends them; ``settlement`` is spoken only when a caller has addresses in two.
    ``street`` holds type and name as billing spells them («ул. Ленина»); ``house`` may hold a letter or a fraction."""

    settlement: str
    street: str
    house: str
    building: str = ""
    flat: str = ""

    def __repr__(self) -> str:
        return "Address(···)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Register:
    """One zone of a meter, in billing's order. ``zone`` is billing's id («T1»); ``name`` what it is called aloud
    («дневная зона», empty for a one-rate meter). ``last`` is the last accepted value as a digit string of the meter's
    capacity ('' when there is none yet)."""

    zone: str
    name: str = ""
    last: str = ""
    last_on: date | None = None
    last_is_estimate: bool = False
    last_actual: str = ""


@dataclass(frozen=True, slots=True)
class Meter:
    """``whole_digits`` is the capacity («значность») before the comma, 4–8; ``fraction_digits`` what follows it.
    ``usual_kwh`` is the usual use in 30 days over all zones, 0 = unknown. ``installed_on``: the day on which it took
    the place of another, None = not known; last values of that day or before are what it showed when it was put in.
    ``reports_itself``: a smart meter whose readings reach billing without the caller."""

    serial: str
    whole_digits: int
    registers: tuple[Register, ...]
    fraction_digits: int = 0
    usual_kwh: KilowattHours = KilowattHours(0)
    power_kw: int = 15
    window_first_day: int = 15
    window_last_day: int = 26
    installed_on: date | None = None
    reports_itself: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """Money of an account at the end of ``as_of``."""

    amount: Kopecks
    as_of: date


@dataclass(frozen=True, slots=True)
class DebtParts:
    """How billing arrives at what is to be paid for ``month`` (its first day), all integer kopecks, signs as billing
    books them: ``opening`` is what was owed at the month's start (negative = overpaid), ``charged`` for the month,
    ``recalculated`` added (negative = taken off), ``paid`` in the month, ``penalty`` for late payment. ``to_pay`` is
    billing's own sum, positive = owed; the box never computes it."""

    month: date
    opening: Kopecks
    charged: Kopecks
    recalculated: Kopecks
    paid: Kopecks
    penalty: Kopecks
    to_pay: Kopecks


@dataclass(frozen=True, slots=True)
class RefusedReading:
    """A reading of an earlier call that billing did not accept; told on the caller's next call. ``zones`` as given;
    ``reason`` is one of lower, high, closed, meter-changed, other."""

    event_id: str
    meter: str
    given_on: date
    zones: tuple[tuple[str, str], ...]
    reason: str = "other"


class PayLinkState(Enum):
    """What became of a link for paying that a caller asked for."""

    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PayLink:
    """The last link asked for, as the centre reports it; ``on`` is the day of that report."""

    event_id: str
    state: PayLinkState
    on: date


@dataclass(frozen=True, slots=True)
class EarlierReading:
    """A reading that this box stored in the current window and a new one would replace."""

    event_id: str
    meter: str
    zones: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that a call needs to know of one account. ``tariff`` and ``office`` are ids in the reference book
    ('' = unknown); ``refused``: readings that billing refused and no later one has replaced."""

    number: AccountNumber
    address: Address
    meters: tuple[Meter, ...]
    balance: Balance | None = None
    phones: tuple[PhoneNumber, ...] = field(default=())
    earlier: tuple[EarlierReading, ...] = ()
    tariff: str = ""
    debt: DebtParts | None = None
    refused: tuple[RefusedReading, ...] = ()
    pay_link: PayLink | None = None
    office: str = ""


class ClockTrust(Enum):
    """How far the wall clock of a record can be believed (caller-service.md §10)."""

    SYNCED = "synced"
    HOLDOVER = "holdover"
    UNKNOWN = "unknown"


class EntryMode(Enum):
    """How digits were given."""

    KEYS = "keys"
    VOICE = "voice"
    MIXED = "mixed"
