"""config/dialogue.toml as checked values: time-outs, attempts, limits. Every mistake is reported at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from box.accounts.reading import Plausibility
from box.errors import SettingsWrong
from box.toml_tables import build, read_toml
from box.understanding.keypad import Timeouts

CHOICES: Mapping[str, tuple[str, ...]] = {
    "main": ("balance", "readings", "tariff", "payment", "debt", "services", "office", "forget_phone", "more"),
    "payment": ("pay_by_link", "pay_ways"),
    "offices": ("next", "by_place"),
    "services": ("meter_replacement", "water_meters", "electrical_work", "plumbing", "renovation"),
}
"""The choices of each menu that the dialogue knows what to do with; every one has its key."""


class Attempts(msgspec.Struct, frozen=True):
    """[attempts]: how often something may go wrong before a person is offered; see the file for each."""

    per_question: int
    per_call: int
    refused_readings: int
    failed_lookups: int
    addresses_offered: int
    questions_per_call: int


class AccountRules(msgspec.Struct, frozen=True):
    """[account]: ``digits`` is the length of an account number."""

    digits: int


class IdentityRules(msgspec.Struct, frozen=True):
    """[identity]: before what a caller with an unknown phone gives a second fact (caller-service.md §11.1)."""

    money: bool
    readings: bool


class WindowDays(msgspec.Struct, frozen=True):
    """[window]: days of the month, both inclusive; a window may run over the month's end (28 to 3)."""

    first_day: int
    last_day: int


class BalanceRules(msgspec.Struct, frozen=True):
    """[balance]"""

    old_after_days: int


class OperatorFacts(msgspec.Struct, frozen=True):
    """[operator]: ``phone`` in national form with country code, digits only; '' = not said."""

    phone: str


class MenuKeys(msgspec.Struct, frozen=True):
    """[keys]: for each menu the intent (config/intents.toml) that a key means. The recorded prompts name the keys."""

    main: dict[str, str]
    payment: dict[str, str]
    offices: dict[str, str]
    services: dict[str, str]


class DialogueConfig(msgspec.Struct, frozen=True):
    """The whole file."""

    timeouts: Timeouts
    attempts: Attempts
    account: AccountRules
    identity: IdentityRules
    window: WindowDays
    balance: BalanceRules
    operator: OperatorFacts
    keys: MenuKeys
    plausibility: Plausibility


def load_dialogue_config(path: Path) -> DialogueConfig:
    """The file at ``path``. Raises SettingsWrong with a line for every mistake in it."""
    table, problems = read_toml(path)
    config = None if problems else build(DialogueConfig, table, "", problems)
    if config is not None:
        problems += _range_problems(config)
    if config is None or problems:
        raise SettingsWrong(problems)
    return config


def _range_problems(config: DialogueConfig) -> Iterator[str]:
    for name in Timeouts.__struct_fields__:
        value = getattr(config.timeouts, name)
        if not 0.5 <= value <= 300:
            yield f"timeouts.{name}: wants 0.5 to 300 seconds (found {value})"
    for name in Attempts.__struct_fields__:
        count = getattr(config.attempts, name)
        lowest = 10 if name == "questions_per_call" else 1
        if not lowest <= count <= 500:
            yield f"attempts.{name}: wants {lowest} to 500 (found {count})"
    if not 4 <= config.account.digits <= 20:
        yield f"account.digits: wants 4 to 20 (found {config.account.digits})"
    for name in WindowDays.__struct_fields__:
        day = getattr(config.window, name)
        if not 1 <= day <= 31:
            yield f"window.{name}: wants a day of the month, 1 to 31 (found {day})"
    if config.balance.old_after_days < 0:
        yield f"balance.old_after_days: wants 0 or more (found {config.balance.old_after_days})"
    phone = config.operator.phone
    if phone and not (phone.isascii() and phone.isdigit()):
        yield f"operator.phone: wants digits only, such as 74995550100 (found {phone!r})"
    for name in MenuKeys.__struct_fields__:
        yield from _keys_problems(f"keys.{name}", getattr(config.keys, name), CHOICES[name])
    yield from _plausibility_problems(config.plausibility)


def _keys_problems(menu: str, keys: Mapping[str, str], choices: tuple[str, ...]) -> Iterator[str]:
    for key, intent in keys.items():
        if key not in "123456789" or len(key) != 1:
            yield f"{menu}.{key}: wants a key from 1 to 9; 0, star and hash mean the same everywhere"
        if intent not in choices:
            yield f"{menu}.{key}: {intent!r} is no choice of this menu; it has {', '.join(choices)}"
    for intent in choices:
        found = sum(each == intent for each in keys.values())
        if found != 1:
            yield f"{menu}: wants one key for {intent} (found {found})"


def _plausibility_problems(rules: Plausibility) -> Iterator[str]:
    if rules.high_percent < 100:
        yield f"plausibility.high_percent: wants 100 or more (found {rules.high_percent})"
    if rules.high_above_kwh < 0:
        yield f"plausibility.high_above_kwh: wants 0 or more (found {rules.high_above_kwh})"
    if not 50 <= rules.rollover_from_percent <= 100:
        yield f"plausibility.rollover_from_percent: wants 50 to 100 (found {rules.rollover_from_percent})"
    if not 1 <= rules.unknown_period_days <= 366:
        yield f"plausibility.unknown_period_days: wants 1 to 366 (found {rules.unknown_period_days})"
