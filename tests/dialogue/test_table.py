"""The transition table: complete, reachable, and drawn as it is."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from box.accounts.model import EntryMode
from box.dialogue import drawing
from box.dialogue.engine import Conversation, Line
from box.dialogue.lines import LINES
from box.dialogue.readings import READINGS_LINE
from box.dialogue.state import DialogueState, Move, StateId, Transition, go, joined
from box.dialogue.vocabulary import (
    AccountFound,
    AskedRepeat,
    CallStarted,
    DialogueEvent,
    NoInput,
    QuestionKind,
    SaidDigits,
    SaidIntent,
    SaidNo,
    SaidYes,
)
from box.errors import BoxError, DialogueDefect
from tests.dialogue.callers import DIALOGUE, YES, Call, account
from tests.dialogue.test_random_callers import play

TABLE = READINGS_LINE.table
OWN = {at for at, _ in TABLE} | {StateId.ENDED}
EVENTS = get_args(DialogueEvent)


def sample(kind: type, call: CallStarted) -> DialogueEvent:
    """One event of each kind."""
    special: dict[type, DialogueEvent] = {
        CallStarted: call,
        AccountFound: AccountFound(account()),
        SaidDigits: SaidDigits("1578", EntryMode.KEYS),
        SaidIntent: SaidIntent("balance"),
    }
    return special[kind] if kind in special else kind()


def walked() -> tuple[set[tuple[StateId, type]], dict[StateId, DialogueState]]:
    """The rows that random callers used, and a state of each kind that they met."""
    rows: set[tuple[StateId, type]] = set()
    states: dict[StateId, DialogueState] = {}
    original = type(DIALOGUE).step
    for seed in range(1500):
        call, _ = play(random.Random(seed).randrange)
        # Played once more, event by event, to see the states between.
        started = call.heard[0]
        assert isinstance(started, CallStarted)
        step = DIALOGUE.start(started)
        rows.add((StateId.ANSWERED, CallStarted))
        for event in call.heard[1:]:
            states.setdefault(step.state.at, step.state)
            rows.add((step.state.at, type(event)))
            step = original(DIALOGUE, step.state, event)
        states.setdefault(step.state.at, step.state)
    return rows, states


ROWS_USED, STATES = walked()


def test_every_state_is_reachable_by_the_table() -> None:
    reached = {StateId.ANSWERED}
    while True:
        more = {to for (at, _), row in TABLE.items() if at in reached for to in row.to} - reached
        if not more:
            break
        reached |= more
    assert reached == OWN


def test_every_row_is_used_by_some_caller() -> None:
    """No row is dead; of those that are the same at every question, one of each kind is enough."""
    own = {(at, event) for (at, event), row in TABLE.items() if not row.universal}
    assert own - ROWS_USED == set()
    everywhere = {event for (_, event), row in TABLE.items() if row.universal}
    assert everywhere == {event for at, event in ROWS_USED if TABLE[at, event].universal}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_every_question_takes_everything_a_caller_can_do(line: Line) -> None:
    answers = {
        QuestionKind.YES_NO: {SaidYes, SaidNo},
        QuestionKind.DIGITS: {SaidDigits},
        QuestionKind.MENU: {SaidIntent},
    }
    also_yes_no = {
        StateId.WHAT_ELSE: {SaidYes, SaidNo},
        StateId.PAY_MENU: {SaidNo},
        StateId.OFFICE_TOLD: {SaidNo},
    }
    for at, form in line.questions.items():
        listed = {event.__name__ for state, event in line.table if state is at}
        wanted = {event.__name__ for event in answers[form.kind] | also_yes_no.get(at, set())} | {
            "NoInput",
            "NoMatch",
            "CardNumberGiven",
            "AskedOperator",
            "AskedRepeat",
            "AskedBack",
            "AskedWait",
            "TimeIsUp",
        }
        assert listed == wanted


@pytest.mark.parametrize("at", sorted(OWN - {StateId.ANSWERED}, key=lambda at: at.value), ids=lambda at: at.value)
def test_what_is_not_listed_raises(at: StateId) -> None:
    state = STATES[at]
    for kind in EVENTS:
        event = sample(kind, state.call)
        if (at, kind) in TABLE:
            DIALOGUE.step(state, event)
        else:
            with pytest.raises(DialogueDefect):
                DIALOGUE.step(state, event)


def test_a_defect_is_one_of_our_declared_errors() -> None:
    assert issubclass(DialogueDefect, BoxError)


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_nothing_is_possible_after_the_end(line: Line) -> None:
    assert not [row for row in line.table if row[0] is StateId.ENDED]


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_no_row_leads_out_of_its_line(line: Line) -> None:
    own = {at for at, _ in line.table} | {StateId.ENDED}
    assert {to for row in line.table.values() for to in row.to} <= own
    assert set(line.questions) <= own
    assert line.home in line.questions


def test_every_state_belongs_to_some_line() -> None:
    assert {at for line in LINES.values() for at, _ in line.table} | {StateId.ENDED} == set(StateId)


def test_lines_are_found_by_their_role() -> None:
    assert {name: line.name for name, line in LINES.items()} == {
        "readings": "readings",
        "consultation": "consultation",
        "services": "services",
    }


def test_a_handler_that_leaves_its_row_is_caught() -> None:
    def astray(state: DialogueState, _: SaidYes) -> Move:
        return Move(go(state, StateId.ASK_ACCOUNT))

    table = {**TABLE, (StateId.OFFER_ADDRESS, SaidYes): Transition(astray, frozenset({StateId.ASK_READING}))}
    line = Line("astray", READINGS_LINE.questions, table)
    call = Call((account(),), dialogue=replace(DIALOGUE, line=line))
    call.start()
    with pytest.raises(DialogueDefect, match="SaidYes while offer-address led to ask-account"):
        call.say(YES)


def test_a_pair_listed_twice_is_a_defect() -> None:
    row = {(StateId.OFFER_ADDRESS, SaidYes): TABLE[StateId.OFFER_ADDRESS, SaidYes]}
    assert joined(row, {}) == row
    with pytest.raises(DialogueDefect, match="listed twice: SaidYes while offer-address"):
        joined(row, row)


def test_steps_are_pure() -> None:
    """The same state and event give the same step, and the state given is not touched."""
    state = STATES[StateId.ASK_READING]
    before = repr(state), hash(state.progress)
    first = DIALOGUE.step(state, SaidDigits("1578", EntryMode.KEYS))
    assert DIALOGUE.step(state, SaidDigits("1578", EntryMode.KEYS)) == first
    assert (repr(state), hash(state.progress)) == before


def test_a_conversation_remembers_its_call() -> None:
    conversation = Conversation(DIALOGUE)
    with pytest.raises(DialogueDefect):
        conversation.step(NoInput())
    call = STATES[StateId.ASK_READING].call
    assert conversation.start(call) == DIALOGUE.start(call).effects
    assert conversation.step(AskedRepeat()) == DIALOGUE.step(DIALOGUE.start(call).state, AskedRepeat()).effects
    assert conversation.start(call) == DIALOGUE.start(call).effects


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_the_drawings_in_the_docs_are_drawn_from_this_table(line: Line) -> None:
    anew = f"draw it anew: python -m box.dialogue.drawing {line.name}"
    dot = drawing.drawing(line)
    assert (drawing.DOCS / f"{line.name}.dot").read_text("utf-8") == dot, anew
    picture = (drawing.DOCS / f"{line.name}.svg").read_text("utf-8")
    assert picture.endswith(drawing.checksum(dot)), f"the picture is of another table; {anew}"
    assert "<svg " in picture


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_the_drawing_shows_every_state_and_every_own_row(line: Line) -> None:
    text = drawing.drawing(line)
    for at in {at for at, _ in line.table} | {StateId.ENDED}:
        assert f'"{at.value}" [shape=' in text
    for (at, event), row in line.table.items():
        if not row.universal:
            assert any(f'"{at.value}" ->' in line and event.__name__ in line for line in text.splitlines())


def test_a_picture_tells_from_which_table_it_was_made() -> None:
    one, other = (drawing.drawing(LINES[name]) for name in ("readings", "services"))
    assert drawing.checksum(one) != drawing.checksum(other)
    assert drawing.checksum(one) == drawing.checksum(one)


def test_drawing_an_unknown_line_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert drawing.main(["gardening"]) == 2
    assert "no such line: gardening; wants readings, consultation, services" in capsys.readouterr().err


def test_drawing_without_graphviz_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert drawing.main(["services"], tmp_path) == 1
    assert "install graphviz" in capsys.readouterr().err
    assert (tmp_path / "services.dot").read_text("utf-8") == drawing.drawing(LINES["services"])
