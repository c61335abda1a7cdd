"""The talk with a volunteer: consent before anything, every way out, and nobody is kept on the line for ever."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.collecting.conversation import (
    GIVEN_UP,
    TABLE,
    TRIES,
    AskConsent,
    AskFor,
    Close,
    Effect,
    Event,
    Forget,
    Keep,
    Stage,
    Talk,
    Thank,
    begin,
    step,
)
from box.collecting.things_to_say import row_of
from box.dialogue.vocabulary import DigitRow
from box.errors import DialogueDefect

THINGS = tuple(row_of(digits) for digits in ("01", "23", "45", "67"))


def talk(*events: Event) -> tuple[Talk, list[Effect]]:
    state, effects = begin("123456", THINGS)
    everything = list(effects)
    for event in events:
        state, effects = step(state, event)
        everything += effects
    return state, everything


def phrases(effect: Effect) -> list[str]:
    assert isinstance(effect, AskConsent | AskFor | Thank | Close)
    return [phrase.id for phrase in effect.phrases]


def test_a_whole_talk() -> None:
    state, effects = talk(Event.YES, *[Event.GOOD] * 4)
    assert [type(effect) for effect in effects] == [
        *(AskConsent, AskFor, Keep, AskFor, Keep, AskFor, Keep, AskFor, Keep, Thank)
    ]
    assert [effect.thing for effect in effects if isinstance(effect, Keep)] == list(THINGS)
    assert state.stage is Stage.THANKED
    assert state.kept == 4
    last = effects[-1]
    assert isinstance(last, Thank)
    assert last.phrases[0].values == {"number": DigitRow("123456")}


@pytest.mark.parametrize("event", [Event.NO, Event.ENOUGH, Event.WITHDRAW, Event.TIME_UP])
def test_without_a_yes_nothing_is_kept(event: Event) -> None:
    state, effects = talk(event)
    assert state.stage is Stage.OVER
    assert phrases(effects[-1]) == ["collect.nothing_kept"]


def test_who_does_not_answer_the_question_for_consent_is_asked_again_and_then_let_go() -> None:
    _, effects = talk(*[Event.SILENT] * TRIES)
    assert [phrases(effect)[0] for effect in effects[1:]] == [
        *["collect.consent_again"] * (TRIES - 1),
        "collect.nothing_kept",
    ]


def test_a_star_at_the_question_for_consent_says_all_of_it_again() -> None:
    _, effects = talk(Event.AGAIN)
    assert effects[0] == effects[1]


@pytest.mark.parametrize(
    ("event", "lead"),
    [
        (Event.TOO_QUIET, "collect.quiet"),
        (Event.TOO_LOUD, "collect.loud"),
        (Event.TOO_SHORT, "collect.once_more"),
        (Event.SILENT, "collect.silence"),
        (Event.UNCLEAR, "collect.once_more"),
    ],
)
def test_a_bad_recording_is_asked_for_again_with_the_reason(event: Event, lead: str) -> None:
    state, effects = talk(Event.YES, event)
    last = effects[-1]
    assert isinstance(last, AskFor)
    assert phrases(last) == [lead, "collect.row"]
    assert last.thing == THINGS[0]
    state, effects = talk(Event.YES, event, Event.GOOD)
    assert (state.place, state.tries, state.kept) == (1, 0, 1)


def test_what_does_not_come_is_passed_over_and_nobody_there_ends_the_call() -> None:
    state, effects = talk(Event.YES, *[Event.SILENT] * TRIES)
    assert state.place == 1
    assert [type(effect) for effect in effects[-1:]] == [AskFor]
    state, effects = talk(Event.YES, *[Event.SILENT] * TRIES * GIVEN_UP)
    assert state.stage is Stage.OVER
    assert phrases(effects[-1]) == ["collect.nothing_kept"]


def test_keys() -> None:
    assert talk(Event.YES, Event.AGAIN)[1][-1] == AskFor((THINGS[0].prompt,), THINGS[0])
    assert talk(Event.YES, Event.SKIP)[0].place == 1
    assert not any(isinstance(effect, Keep) for effect in talk(Event.YES, Event.SKIP, Event.SKIP)[1])
    state, effects = talk(Event.YES, Event.GOOD, Event.ENOUGH)
    assert phrases(effects[-1]) == ["collect.thanks"]
    assert state.kept == 1


def test_withdrawing_deletes_and_says_so() -> None:
    state, effects = talk(Event.YES, Event.GOOD, Event.WITHDRAW)
    assert effects[-2] == Forget()
    assert phrases(effects[-1]) == ["collect.erased"]
    assert state.kept == 0
    _, effects = talk(Event.YES, Event.GOOD, Event.WITHDRAW, Event.NOT_ERASED)
    assert phrases(effects[-1]) == ["collect.not_erased"]


def test_the_last_moment_for_withdrawing_is_after_the_thanks() -> None:
    _, effects = talk(Event.YES, Event.GOOD, Event.ENOUGH, Event.WITHDRAW)
    assert effects[-2] == Forget()
    for event in (Event.SILENT, Event.GOOD, Event.TOO_LOUD, Event.ENOUGH):
        state, effects = talk(Event.YES, Event.GOOD, Event.ENOUGH, event)
        assert effects[-1] == Close(())
        assert state.kept == 1
    assert isinstance(talk(Event.YES, Event.GOOD, Event.ENOUGH, Event.AGAIN)[1][-1], Thank)


def test_a_full_disk_ends_the_talk_even_with_the_last_recording() -> None:
    for events in ((Event.YES, Event.GOOD), (Event.YES, *[Event.GOOD] * 4)):
        state, effects = talk(*events, Event.NOT_SAVED)
        assert state.stage is Stage.OVER
        assert phrases(effects[-1]) == ["collect.not_saved"]


def test_a_pair_that_is_not_in_the_table_is_a_declared_error() -> None:
    with pytest.raises(DialogueDefect, match="good while consent"):
        talk(Event.GOOD)


@given(st.lists(st.sampled_from(list(Event)), max_size=60))
@settings(max_examples=300)
def test_whatever_happens(events: list[Event]) -> None:
    """Always one turn or the end; nothing kept before a yes; after withdrawing nothing is kept."""
    state, effects = begin("000001", THINGS)
    agreed = False
    for event in events:
        if event not in TABLE[state.stage]:
            continue
        agreed = agreed or event is Event.YES
        state, effects = step(state, event)
        assert isinstance(effects[-1], AskConsent | AskFor | Thank | Close)
        assert (state.stage is Stage.OVER) == isinstance(effects[-1], Close)
        assert agreed or not any(isinstance(effect, Keep) for effect in effects)
        if event is Event.WITHDRAW:
            assert agreed == (Forget() in effects)
            assert state.kept == 0
        assert state.kept <= len(THINGS)
