"""A caller and a desk for tests of the dialogue: events go in, what the box says comes out as phrase ids.

The desk answers what the dialogue asks of it at once, like the one of a line; it is a complete small one, with accounts
to find and a store that can be full.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path

from box.accounts.model import (
    Account,
    AccountNumber,
    Address,
    Balance,
    ClockTrust,
    EntryMode,
    KilowattHours,
    Kopecks,
    Meter,
    PhoneNumber,
    Register,
)
from box.accounts.reference import NO_REFERENCE, ReferenceBook
from box.dialogue.config import load_dialogue_config
from box.dialogue.engine import Dialogue, Step
from box.dialogue.readings import READINGS_LINE
from box.dialogue.state import DialogueState, OperatorHours
from box.dialogue.vocabulary import (
    AccountFound,
    AccountUnknown,
    Ask,
    CallBackSaved,
    CallStarted,
    DialogueEvent,
    Effect,
    FindAccount,
    ForgetPhone,
    HangUp,
    OperatorAccess,
    Outcome,
    PayLinkSaved,
    PhoneForgotten,
    PhoneSaved,
    Phrase,
    ReadingsSaved,
    RequestCallBack,
    RequestPayLink,
    SaidDigits,
    SaidNo,
    SaidYes,
    SavePhone,
    SaveReadings,
    SavingFailed,
    Say,
    Transfer,
    TransferFailed,
)

HOME = Path(__file__).resolve().parents[2]
CONFIG = load_dialogue_config(HOME / "config" / "dialogue.toml")
DIALOGUE = Dialogue(READINGS_LINE, CONFIG, OperatorHours(time(8, 30), time(20, 30)))

YES, NO = SaidYes(), SaidNo()
PHONE = PhoneNumber("74995550101")
IN_WINDOW = datetime(2026, 11, 20, 12, 0)
OUT_OF_WINDOW = datetime(2026, 11, 28, 12, 0)


def typed(digits: str) -> SaidDigits:
    return SaidDigits(digits, EntryMode.KEYS)


def spoken(digits: str) -> SaidDigits:
    return SaidDigits(digits, EntryMode.VOICE)


def meter(
    *lasts: str,
    serial: str = "20145678",
    whole: int = 5,
    fraction: int = 1,
    usual: int = 200,
    names: tuple[str, ...] = (),
) -> Meter:
    """A meter with one zone for each last value; zone names as billing gives them where there are several."""
    names = names or (("",) if len(lasts) == 1 else ("дневная зона", "ночная зона", "полупиковая зона")[: len(lasts)])
    registers = tuple(
        Register(f"T{number}", name, last, date(2026, 10, 20) if last else None)
        for number, (name, last) in enumerate(zip(names, lasts, strict=True), 1)
    )
    return Meter(serial, whole, registers, fraction, KilowattHours(usual))


def account(number: int = 1, *meters: Meter, kopecks: int | None = -34_500, settlement: str = "Москва") -> Account:
    """A fictional account; its number, house and balance are all told apart by ``number``."""
    balance = None if kopecks is None else Balance(Kopecks(kopecks - number), date(2026, 11, 19))
    return Account(
        AccountNumber(f"{number:010d}"),
        Address(settlement, "ул. Лесная", str(number), flat="7"),
        meters or (meter("01500"),),
        balance,
    )


@dataclass
class Call:
    """One call. ``say`` gives the box an event and returns the ids of what it says then, in order."""

    accounts: tuple[Account, ...] = ()
    directory: Mapping[str, Account] = field(default_factory=dict)
    operator: OperatorAccess = OperatorAccess.OPEN
    speech: bool = True
    now: datetime = IN_WINDOW
    clock: ClockTrust = ClockTrust.SYNCED
    caller: PhoneNumber | None = PHONE
    store_works: bool = True
    transfer_works: bool = True
    dialogue: Dialogue = DIALOGUE
    reference: ReferenceBook = NO_REFERENCE

    state: DialogueState | None = None
    effects: list[Effect] = field(default_factory=list)
    heard: list[DialogueEvent] = field(default_factory=list)
    phrases: list[Phrase] = field(default_factory=list)
    saved: list[SaveReadings] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    question: Ask | None = None
    outcome: Outcome | None = None

    def start(self) -> list[str]:
        event = CallStarted(
            "call-1", self.now, self.clock, self.caller, self.accounts, self.operator, self.speech, self.reference
        )
        return self._carry_out(self.dialogue.start(event), event)

    def say(self, event: DialogueEvent) -> list[str]:
        assert self.state is not None
        return self._carry_out(self.dialogue.step(self.state, event), event)

    @property
    def over(self) -> bool:
        return self.outcome is not None

    def last(self, phrase_id: str) -> Phrase:
        return next(phrase for phrase in reversed(self.phrases) if phrase.id == phrase_id)

    def _carry_out(self, step: Step, event: DialogueEvent) -> list[str]:
        self.state = step.state
        self.heard.append(event)
        said: list[str] = []
        for position, effect in enumerate(step.effects):
            self.effects.append(effect)
            if isinstance(effect, Ask | Say):
                self.phrases += effect.phrases
                said += [phrase.id for phrase in effect.phrases]
            if isinstance(effect, Ask):
                assert position == len(step.effects) - 1, "a question is the last effect of a step"
                self.questions.append(effect.question.id)
                self.question = effect
            if isinstance(effect, HangUp):
                self.outcome = effect.outcome
            if isinstance(effect, Transfer) and self.transfer_works:
                self.outcome = Outcome.TRANSFERRED
            answer = self._desk(effect)
            if answer is not None:
                said += self._carry_out(self.dialogue.step(self.state, answer), answer)
        return said

    def _desk(self, effect: Effect) -> DialogueEvent | None:
        match effect:
            case FindAccount(number):
                found = self.directory.get(number.digits)
                return AccountFound(found) if found is not None else AccountUnknown()
            case SaveReadings() | SavePhone() | RequestCallBack() | RequestPayLink() | ForgetPhone() if (
                not self.store_works
            ):
                return SavingFailed()
            case SaveReadings():
                self.saved.append(effect)
                return ReadingsSaved()
            case SavePhone():
                return PhoneSaved()
            case RequestCallBack():
                return CallBackSaved()
            case RequestPayLink():
                return PayLinkSaved()
            case ForgetPhone():
                return PhoneForgotten()
            case Transfer() if not self.transfer_works:
                return TransferFailed()
        return None


def impatient(**attempts: int) -> Dialogue:
    """The dialogue with other limits."""
    fields = {name: getattr(CONFIG.attempts, name) for name in CONFIG.attempts.__struct_fields__}
    config = type(CONFIG)(
        **{name: getattr(CONFIG, name) for name in CONFIG.__struct_fields__ if name != "attempts"},
        attempts=type(CONFIG.attempts)(**fields | attempts),
    )
    return replace(DIALOGUE, config=config)
