"""What callers were promised, sentence by sentence, and the scenarios that prove it: by keys, and by voice.

The sentences are those of the instruction that callers have in hand. Its titles of tables and its telephone numbers
alone promise nothing and are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from box.listening.vosk_recogniser import VoskEngine
from box.rehearsal.scenario import FOLDER, load_scenario, scenario_names
from box.settings import HOME, load_settings
from box.speaking.opening import open_voice
from box.understanding.words import load_words
from firmware.virtual.line_events import BoxAnswered
from firmware.virtual.line_file import load_line
from firmware.virtual.line_plan import ways_of
from tests.kit.simulated_call import INTENTS, SimulatedCall

SPOKEN = "-spoken"
"""What the name of a scenario by voice ends in; without it, it is the same call by keys."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Scenarios by the way in which their callers answer: ``by_keys`` the box hears no speech, ``by_voice`` it does."""

    by_keys: tuple[str, ...] = ()
    by_voice: tuple[str, ...] = ()

    def __add__(self, other: Proof) -> Proof:
        return Proof(self.by_keys + other.by_keys, self.by_voice + other.by_voice)


def pairs(*names: str) -> Proof:
    """The same call twice: NAME by keys alone, NAME-spoken by voice alone."""
    return Proof(names, tuple(name + SPOKEN for name in names))


PROMISES: Mapping[str, Proof] = {
    "КОНСУЛЬТАЦИИ ПО ВОПРОСАМ ЭНЕРГОСНАБЖЕНИЯ": pairs("more-commands"),
    "Система самообслуживания – круглосуточно.": pairs("consultation-at-night"),
    "Режим работы операторов – с 8:30 до 20:30, без выходных дней": pairs(
        "operator-at-night", "operator-night-call-back", "operator-on-holiday", "services-withheld-number"
    ),
    "ПЕРЕДАЧА ПОКАЗАНИЙ ПРИБОРОВ УЧЁТА ЭЛЕКТРОЭНЕРГИИ": pairs(
        "new-meter", "no-meters", "several-meters", "three-zones", "two-zones"
    ),
    "Круглосуточно, в автоматическом режиме, с 15-го по 26-е число каждого месяца": pairs(
        "network-down", "outside-window", "readings-at-night", "unknown-clock"
    ),
    "ЗАМЕНА ПРИБОРОВ УЧЕТА ЭЛЕКТРОЭНЕРГИИ;": pairs("services-meter", "services-meter-at-night"),
    "ПОВЕРКА И УСТАНОВКА ПРИБОРОВ УЧЕТА ВОДЫ;": pairs("services-transfer-fails", "services-water"),
    "ЭЛЕКТРОМОНТАЖНЫЕ РАБОТЫ;": pairs("services-electrical"),
    "САНТЕХНИЧЕСКИЕ РАБОТЫ;": pairs("services-plumbing"),
    "РЕМОНТ КВАРТИР": pairs("services-renovation", "services-two-requests"),
    (
        "При звонке на номер +7 (499) 550-9-550 Вас поприветствует роботизированная система "
        "самообслуживания, которая управляется с помощью голосовых команд."
    ): pairs("several-topics"),
    "Внимательно слушайте инструкции системы;": pairs("repeat-back-wait") + Proof(by_voice=("hold-spoken",)),
    "Говорите четко и с нормальной громкостью;": pairs("unclear-then-clear")
    + Proof(by_voice=("quiet-voice-then-keys",)),
    "Начинайте говорить только после завершения вопроса системы": pairs("answer-too-early"),
    "УЗНАТЬ БАЛАНС": pairs("balance-debt", "balance-old-data", "balance-overpaid"),
    "ПЕРЕДАТЬ ПОКАЗАНИЯ СЧЁТЧИКА": pairs("consultation-readings"),
    "УЗНАТЬ ТАРИФ НА ЭЛЕКТРОЭНЕРГИЮ": pairs(
        "tariff-one-rate", "tariff-three-zones", "tariff-two-zones", "tariff-unknown"
    ),
    "СОЕДИНИТЬ С ОПЕРАТОРОМ": pairs("operator-at-once", "operator-busy", "transfer-fails")
    + Proof(by_voice=("operator-by-voice",)),
    "ЗАМЕНИТЬ СЧЕТЧИК": pairs("consultation-services", "replace-meter"),
    "НАЙТИ БЛИЖАЙШИЙ ОФИС": pairs(
        "office-by-district",
        "office-by-metro",
        "office-closed-today",
        "office-next",
        "office-none",
        "office-of-account",
    ),
    "Задолженность – чтобы получить разъяснение о причинах появления задолженности;": pairs(
        "debt-no-parts", "debt-none", "debt-penalty", "debt-recalculation", "debt-unpaid-month"
    ),
    "Оплата – чтобы узнать о способах оплаты или оплатить банковской картой": pairs(
        "card-number-warned", "payment-link", "payment-link-sent", "payment-ways", "payment-withheld-number"
    ),
    (
        "Если робот Вас не понимает – можно просто промолчать, после трех неуспешных попыток понять Ваш "
        "ответ, система соединит Вас с оператором"
    ): pairs("operator-after-silence", "silence-to-operator"),
    "НАБЕРИТЕ НОМЕР ТЕЛЕФОНА ДЛЯ ПЕРЕДАЧИ ПОКАЗАНИЙ +7 (499) 550-88-99": pairs("two-phones"),
    "ПРОСЛУШАЙТЕ ПРИВЕТСТВИЕ И ВОПРОС РОБОТА": pairs("question-repeated"),
    "Подтвердить адрес или ввести Ваш номер лицевого счета": pairs(
        "balance-unknown-phone", "guessing-limit", "second-fact-wrong", "withheld-number"
    ),
    "Проговаривать цифры строго по одной, например: «один_пять_семь_восемь_ноль».": pairs("digit-by-digit")
    + Proof(by_voice=("pause-in-the-middle",)),
    "Или ввести цифры клавишами телефонного аппарата.": Proof(
        by_keys=("key-ahead", "no-speech-model"), by_voice=("keys-and-voice", "mixed-entry")
    ),
    "Соблюдать значность электросчетчика.": pairs("rollover", "too-few-digits"),
    "Озвучивать цифры со счетчика до запятой.": pairs("too-many-digits") + Proof(by_voice=("comma-said",)),
    "Если Ваши показания не были приняты, система предупредит Вас об этом.": pairs(
        "lower-then-corrected", "refused-later-told"
    ),
    "Вам необходимо сверить показания с электросчетчика и передать их еще раз.": pairs(
        "hang-up-after-yes", "hang-up-before-yes", "high-reading", "high-second-statement", "replaced-submission"
    )
    + Proof(by_voice=("misheard-then-corrected",)),
    "После передачи показаний Вы можете узнать состояние счета": pairs("balance-after-reading"),
    (
        "Если мы знаем номер Вашего телефона, то мы предложим только подтвердить правильность адреса словами ДА или НЕТ"
    ): pairs("known-one-address"),
    (
        "Если номер с которого Вы звоните указан как контактный по нескольким адресам, мы перечислим все "
        "адреса, когда услышите нужный – скажите ДА"
    ): pairs("known-three-addresses"),
    (
        "Если Вы звоните с этого номера нам впервые, то необходимо будет назвать номер лицевого счета, после "
        "чего мы предложим сохранить номер телефона как контактный."
    ): pairs("forget-number", "unknown-phone-save"),
}
"""Sentence of the instruction: what proves it."""

SCENARIOS = {name: load_scenario(FOLDER / f"{name}.toml") for name in scenario_names()}
PAIRS = sorted(name for name in SCENARIOS if name + SPOKEN in SCENARIOS)

MOST_QUESTIONS = 4
LONGEST_S = 45.0
"""For a reading from a known phone, one zone: from pick-up to «приняты» (caller-service.md §9)."""


@pytest.mark.parametrize("sentence", PROMISES)
def test_a_sentence_is_proved_by_keys_and_by_voice(sentence: str) -> None:
    proof = PROMISES[sentence]
    assert proof.by_keys
    assert proof.by_voice
    for name, hears in (*((each, False) for each in proof.by_keys), *((each, True) for each in proof.by_voice)):
        assert name in SCENARIOS, f"no scenario {name}"
        assert SCENARIOS[name].proves == sentence
        assert SCENARIOS[name].world.speech is hears, f"{name}: [world] speech"


def test_each_scenario_proves_a_sentence_of_the_instruction() -> None:
    named = sorted(name for proof in PROMISES.values() for name in (*proof.by_keys, *proof.by_voice))
    assert named == sorted(SCENARIOS)
    assert len(SCENARIOS) >= 60


@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_is_one_call_by_keys_and_by_voice(name: str) -> None:
    by_keys, by_voice = SCENARIOS[name], SCENARIOS[name + SPOKEN]
    presses, speaks = ways_of(load_line(by_keys.path))
    presses_too, speaks_instead = ways_of(load_line(by_voice.path))
    assert (speaks, presses_too) == (False, False)
    assert speaks_instead or not presses, "what is done by keys is said by voice"
    assert by_keys.world.accounts == by_voice.world.accounts
    assert by_keys.expect.outcome == by_voice.expect.outcome
    assert [each.zones for each in by_keys.expect.readings] == [each.zones for each in by_voice.expect.readings]


@pytest.fixture(scope="module")
def engine() -> VoskEngine:
    return VoskEngine(HOME / load_settings(None).recognition.model, load_words(INTENTS))


@pytest.mark.parametrize("way", ["", SPOKEN])
def test_a_reading_from_a_known_phone_is_quick(way: str, engine: VoskEngine, tmp_path: Path) -> None:
    """Every question of the call has one answer. The time runs until the sentence with «приняты» is over."""
    scenario = SCENARIOS[f"known-one-address{way}"]
    call = SimulatedCall(scenario, tmp_path, open_voice(), engine=engine if way else None)
    call.run()
    said = [told for told in call.told if told.phrases]
    accepted = next(place for place, told in enumerate(said) if "accepted.one" in told.phrases)
    [picked_up] = [event.at for event in call.exchange.take_log() if isinstance(event, BoxAnswered)]
    answers = [told for told in call.told if told.kind == "answer"]
    assert len(answers) in range(MOST_QUESTIONS - 1, MOST_QUESTIONS + 1), call.transcript()
    assert 0 < said[accepted + 1].at - picked_up <= LONGEST_S, call.transcript()
