"""Every event and effect the dialogue knows. Reading this file tells what a call can do.

Events go in, effects come out and are carried out in order by ``box.calls.session``. Nothing here holds a Russian
word: what is said is a :class:`Phrase`, an id of ``prompts/manifest.toml`` with the values that fill it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from typing import TypeAlias

from box.accounts.model import (
    Account,
    AccountNumber,
    Address,
    ClockTrust,
    EntryMode,
    Kopecks,
    PhoneNumber,
)
from box.accounts.reference import NO_REFERENCE, DayHours, ReferenceBook

# ---------------------------------------------------------------- what is said


@dataclass(frozen=True, slots=True)
class DigitRow:
    """Digits said one by one («ноль один пять…»), with a breath after every third."""

    digits: str


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number with its noun: ``noun`` is a key of the noun table in ``box.speaking.numbers`` (rouble, kopeck,
    kilowatt_hour, day, minute, digit, address, reading)."""

    number: int
    noun: str


class DateForm(Enum):
    """How a date is declined (caller-service.md §5.1)."""

    ON = "on"  # «двенадцатое ноября» after «на», «по»: neuter ordinal, accusative; the preposition is in the phrase
    BARE = "bare"  # «двенадцатого ноября»: genitive


@dataclass(frozen=True, slots=True)
class SpokenDate:
    """A date without its year."""

    date: date
    form: DateForm


@dataclass(frozen=True, slots=True)
class DayOrdinal:
    """A day of the month alone, for windows: genitive «пятнадцатого», accusative «двадцать шестое»."""

    day: int
    form: DateForm


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day in the genitive, for ranges: «восьми тридцати»."""

    time: time


@dataclass(frozen=True, slots=True)
class Zone:
    """The name of a meter's zone as billing gives it; '' (one-rate) says nothing."""

    name: str


@dataclass(frozen=True, slots=True)
class Money:
    """A sum that is said in rubles and kopecks, without a sign: the phrase around it says debt or overpaid."""

    amount: Kopecks


@dataclass(frozen=True, slots=True)
class FullAddress:
    """An address said with its settlement, for a caller who has addresses in two (a plain Address leaves it out)."""

    address: Address


@dataclass(frozen=True, slots=True)
class MonthName:
    """A month by its first day: «октябрь» after «за» (accusative). The year is not said."""

    month: date


@dataclass(frozen=True, slots=True)
class Hours:
    """A range of a day, both ends in the genitive: «с семи до двадцати трёх»; minutes only where they are not zero."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Opening hours of a week, days with equal hours said together: «по будням с девяти до двадцати, в субботу с десяти
    до шестнадцати, воскресенье — выходной»."""

    days: tuple[DayHours, ...]


@dataclass(frozen=True, slots=True)
class SpokenName:
    """A proper name that came by sync (an office, a district, a metro station): said by text-to-speech rendered at
    sync time, never during a call."""

    text: str


Value: TypeAlias = (
    DigitRow
    | Count
    | SpokenDate
    | DayOrdinal
    | ClockTime
    | Zone
    | Money
    | Address
    | FullAddress
    | AccountNumber
    | PhoneNumber
    | MonthName
    | Hours
    | WeekHours
    | SpokenName
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry of the prompt manifest, filled: each ``{name}`` of its text has a value of that name."""

    id: str
    values: Mapping[str, Value] = field(default_factory=dict)


# ---------------------------------------------------------------- questions


class QuestionKind(Enum):
    """What kind of answer a question takes; it decides keys, words and time-outs."""

    YES_NO = "yes_no"
    DIGITS = "digits"
    MENU = "menu"


@dataclass(frozen=True, slots=True, repr=False)
class PlausibleReading:
    """What is known of a register before its new value is said, in kWh: ``last`` accepted value, ``usual_kwh`` used
    since then as a rule, ``capacity`` in digits. It orders alternatives that sound alike, and is kept out of every
    log."""

    last: int
    usual_kwh: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Question:
    """What the box listens for after a prompt. Time-outs come from config/dialogue.toml, by kind.

    ``length`` is the expected number of digits; with ``fixed`` the entry ends by itself on that digit, otherwise the
    caller may go on for a while (a longer entry is a mistake worth hearing). ``choices`` maps keys to intents (MENU);
    ``also`` are intents that a menu takes by voice alone, "yes" and "no" among them if it is answered so too (SaidYes,
    SaidNo); ``names`` maps spoken names that are not in config/intents.toml (districts, metro stations) to the intent
    that each of them is reported as. ``noinput_s`` replaces the silence that its kind allows, in
    seconds (a caller who asked us to wait).
    """

    id: str
    kind: QuestionKind
    length: int | None = None
    fixed: bool = False
    max_length: int = 20
    choices: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    noinput_s: float | None = None
    plausible: PlausibleReading | None = None


# ---------------------------------------------------------------- events in


class OperatorAccess(Enum):
    """Whether a call can be handed to a person now."""

    OPEN = "open"
    CLOSED_HOURS = "closed-hours"
    NO_TRANSFER = "no-transfer"  # the line has no transfer service


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The line is taken. ``accounts`` are those that know the caller's phone, the ones without a reading this window
    first. ``now`` is wall time in the box's zone; ``clock`` says how far to trust it. ``reference``: tariffs and
    offices as billing published them last."""

    call_id: str
    now: datetime
    clock: ClockTrust
    caller: PhoneNumber | None
    accounts: tuple[Account, ...]
    operator: OperatorAccess
    speech: bool
    reference: ReferenceBook = NO_REFERENCE


@dataclass(frozen=True, slots=True)
class AccountFound:
    """Answer to FindAccount."""

    account: Account


@dataclass(frozen=True, slots=True)
class AccountUnknown:
    """Answer to FindAccount: no such account, not one that this box may serve, or too many were asked for from this
    phone or on this line (the same words and time for all)."""


@dataclass(frozen=True, slots=True)
class SaidYes:
    """ДА, or key 1."""


@dataclass(frozen=True, slots=True)
class SaidNo:
    """НЕТ, or key 2."""


@dataclass(frozen=True, slots=True)
class SaidDigits:
    """A whole entry, typed and spoken parts joined in order. ``fraction_dropped``: digits were given after a comma and
    left out; the caller is to be told."""

    digits: str
    mode: EntryMode
    fraction_dropped: bool = False


@dataclass(frozen=True, slots=True)
class SaidIntent:
    """One of a menu's choices, or a command word."""

    intent: str


@dataclass(frozen=True, slots=True)
class AskedOperator:
    """«Оператор», key 0 outside digit entry, or ``**`` inside it."""


@dataclass(frozen=True, slots=True)
class AskedRepeat:
    """Key ``*`` outside digit entry, or «повторите»: the same question again, not a failure."""


@dataclass(frozen=True, slots=True)
class AskedBack:
    """Key ``#`` outside digit entry, or «назад»."""


@dataclass(frozen=True, slots=True)
class AskedWait:
    """«Подождите»: hold."""


@dataclass(frozen=True, slots=True)
class NoInput:
    """Nothing was said or pressed in the question's time."""


class NoMatchReason(Enum):
    """What the caller may be told of an answer that was not understood."""

    UNCLEAR = "unclear"
    SAY_SINGLE_DIGITS = "say-single-digits"  # a whole number that may mean more than one row of digits
    TOO_QUIET = "too-quiet"
    TOO_LOUD = "too-loud"


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Something was said that was not understood, or a key that means nothing here was pressed."""

    reason: NoMatchReason = NoMatchReason.UNCLEAR


@dataclass(frozen=True, slots=True)
class CardNumberGiven:
    """13 to 19 digits that pass Luhn were typed or said; they are wiped already, nobody has kept them."""


@dataclass(frozen=True, slots=True)
class ReadingsSaved:
    """Answer to SaveReadings: the transaction has been committed to the disk."""


@dataclass(frozen=True, slots=True)
class PhoneSaved:
    """Answer to SavePhone: committed."""


@dataclass(frozen=True, slots=True)
class CallBackSaved:
    """Answer to RequestCallBack: committed."""


@dataclass(frozen=True, slots=True)
class PayLinkSaved:
    """Answer to RequestPayLink: committed; the centre will send the link."""


@dataclass(frozen=True, slots=True)
class PhoneForgotten:
    """Answer to ForgetPhone: committed."""


@dataclass(frozen=True, slots=True)
class SavingFailed:
    """Answer to any that stores: nothing was stored (disk full, database broken)."""


@dataclass(frozen=True, slots=True)
class TransferFailed:
    """The flash or the number was not accepted; the caller is back with us."""


@dataclass(frozen=True, slots=True)
class TimeIsUp:
    """The call has reached its ceiling; say good-bye."""


DialogueEvent: TypeAlias = (
    CallStarted
    | AccountFound
    | AccountUnknown
    | SaidYes
    | SaidNo
    | SaidDigits
    | SaidIntent
    | AskedOperator
    | AskedRepeat
    | AskedBack
    | AskedWait
    | NoInput
    | NoMatch
    | CardNumberGiven
    | ReadingsSaved
    | PhoneSaved
    | CallBackSaved
    | PayLinkSaved
    | PhoneForgotten
    | SavingFailed
    | TransferFailed
    | TimeIsUp
)


# ---------------------------------------------------------------- effects out


@dataclass(frozen=True, slots=True)
class Say:
    """Speak the phrases one after another; the next effect follows when they have been heard or cut short by a key."""

    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Speak the phrases, then listen for the answer to ``question``. Always the last effect of a step.
    ``clear_keys`` forgets keys typed ahead (after an error prompt)."""

    phrases: tuple[Phrase, ...]
    question: Question
    clear_keys: bool = False


@dataclass(frozen=True, slots=True)
class FindAccount:
    """Look an account up; answered by AccountFound or AccountUnknown."""

    number: AccountNumber


@dataclass(frozen=True, slots=True)
class SaveReadings:
    """Store one submission of all zones of one meter, with its outbox row; answered by ReadingsSaved or SavingFailed.
    ``zones`` are (zone id, digits to the meter's capacity) in billing's order; ``flags`` such as ``high_confirmed``,
    ``rollover``, ``below_estimate``; ``supersedes`` the event id of an earlier reading of this window."""

    account: AccountNumber
    meter: str
    zones: tuple[tuple[str, str], ...]
    mode: EntryMode
    flags: tuple[str, ...] = ()
    supersedes: str = ""


@dataclass(frozen=True, slots=True)
class SavePhone:
    """Store the caller's phone as a contact of the account; answered by PhoneSaved or SavingFailed."""

    account: AccountNumber
    phone: PhoneNumber


@dataclass(frozen=True, slots=True)
class RequestCallBack:
    """Ask the centre to ring the caller back; answered by CallBackSaved or SavingFailed. ``service``: the intent of the
    service that it is about (config/intents.toml), '' = none."""

    phone: PhoneNumber
    account: AccountNumber | None
    service: str = ""


@dataclass(frozen=True, slots=True)
class RequestPayLink:
    """Have the centre send a link for paying to the caller's phone; answered by PayLinkSaved or SavingFailed. Its
    result comes with the account's next sync (``Account.pay_link``)."""

    account: AccountNumber
    phone: PhoneNumber


@dataclass(frozen=True, slots=True)
class ForgetPhone:
    """Forget the caller's phone as a contact of every account that knows it; answered by PhoneForgotten or
    SavingFailed."""

    phone: PhoneNumber


@dataclass(frozen=True, slots=True)
class CountGuess:
    """A second fact (flat, last reading) that was wrong: counts against the caller's phone and the line as an unknown
    account does (caller-service.md §11.1). Not answered."""

    account: AccountNumber


@dataclass(frozen=True, slots=True)
class Transfer:
    """Hand the call to a person (hook flash, number, release); answered only when it failed."""


class Outcome(Enum):
    """How a call ended, for its record."""

    READING_ACCEPTED = "reading-accepted"
    BALANCE_TOLD = "balance-told"
    INFORMED = "informed"  # tariff, debt, offices, ways to pay, services: told what was asked for
    PAY_LINK_REQUESTED = "pay-link-requested"
    PHONE_FORGOTTEN = "phone-forgotten"
    OUTSIDE_WINDOW = "outside-window"
    TRANSFERRED = "transferred"
    CALL_BACK_REQUESTED = "call-back-requested"
    SENT_AWAY = "sent-away"  # told what was not done, and why
    CALLER_LEFT = "caller-left"
    TIME_UP = "time-up"
    LINE_FAILED = "line-failed"


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call after everything before it has been heard."""

    outcome: Outcome


Effect: TypeAlias = (
    Say
    | Ask
    | FindAccount
    | SaveReadings
    | SavePhone
    | RequestCallBack
    | RequestPayLink
    | ForgetPhone
    | CountGuess
    | Transfer
    | HangUp
)
