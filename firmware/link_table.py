"""The modem's life as one table: state → input → (what to do, next state).

Every change of state of :class:`firmware.link_machine.LinkMachine` is a row here, and nothing here knows how anything
is done. The three kinds of input differ in what an absent row means: a command of ours that the state does not allow
and a timer that has no business there are our own defect (Misuse); an input of the modem is its breach of the rules,
answered by winning command state back (:data:`VIOLATED`). A wish (``WANT_…``) is different: it is looked up only
when the agenda has it, and without a row it waits for a state that can serve it.

Duplex would be one more pair of states beside LISTENING and PLAYING with the rows of both.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias


class State(Enum):
    """Where the modem is, as far as we know."""

    CLOSED = "closed"
    INITIALISING = "initialising"
    ON_HOOK = "on-hook"
    RINGING = "ringing"
    TAKING = "taking"
    OFF_HOOK = "off-hook"
    OPENING_TRANSMIT = "opening-transmit"
    PLAYING = "playing"
    DRAINING = "draining"
    SILENCING = "silencing"
    PROBING = "probing"  # the end of a playback was not confirmed: is the modem in command state?
    OPENING_RECEIVE = "opening-receive"
    LISTENING = "listening"
    CLOSING_RECEIVE = "closing-receive"
    AFTER_RECEIVE = "after-receive"
    SENDING_TONES = "sending-tones"
    RELEASING = "releasing"
    REGAINING = "regaining"  # command state is being won back; LinkFailed follows
    FAILED = "failed"


class Input(Enum):
    """What can happen."""

    OPEN = "Open"
    TAKE_LINE = "TakeLine"
    PLAY = "Play"
    STOP_PLAYING = "StopPlaying"
    LISTEN = "Listen"
    STOP_LISTENING = "StopListening"
    SEND_TONES = "SendTones"
    RELEASE_LINE = "ReleaseLine"

    ANSWERED = "the answer that was waited for"
    REFUSED = "a refusal"
    REFUSED_AFTER_GONE = "a refusal after the caller had gone"
    UNANSWERED = "no answer in time"
    STREAM_ENDED = "<DLE><ETX>"
    SOUND = "samples"
    RING = "a ring"
    CALLER_ID = "caller ID"
    KEY = "a key"
    GONE = "a sign that the caller has gone"
    STRAY_RESULT = "a result code that answers nothing"
    STRAY_CONNECT = "CONNECT without +VTX or +VRX"
    GARBAGE_FLOOD = "nothing but garbage"
    STREAM_BREAKS = "a stream that ends by itself again and again"

    PLAN_DONE = "the plan came to its end"
    PLAN_FAILED = "the plan failed"
    FRAME_DUE = "time for another frame"
    PLAYED_OUT = "everything is written and nearly played"
    OVERDUE = "time is up"
    CHECK_DUE = "time to see whether the modem is alive"

    WANT_PLAY = "sound is queued"
    WANT_LISTEN = "listening is wanted"
    WANT_TONES = "tones are wanted"
    WANT_RELEASE = "hanging up is wanted"
    WANT_SILENCE = "silence is owed"
    WANT_LEAVE = "listening is wanted no more"


COMMANDS = frozenset(
    {
        Input.OPEN,
        Input.TAKE_LINE,
        Input.PLAY,
        Input.STOP_PLAYING,
        Input.LISTEN,
        Input.STOP_LISTENING,
        Input.SEND_TONES,
        Input.RELEASE_LINE,
    }
)
FROM_MODEM = frozenset(
    {
        Input.ANSWERED,
        Input.REFUSED,
        Input.REFUSED_AFTER_GONE,
        Input.UNANSWERED,
        Input.STREAM_ENDED,
        Input.SOUND,
        Input.RING,
        Input.CALLER_ID,
        Input.KEY,
        Input.GONE,
        Input.STRAY_RESULT,
        Input.STRAY_CONNECT,
        Input.GARBAGE_FLOOD,
        Input.STREAM_BREAKS,
    }
)
WISHES = frozenset(what for what in Input if what.name.startswith("WANT_"))
OWN = frozenset(Input) - COMMANDS - FROM_MODEM - WISHES
"""Our own timers and plans."""


class Action(Enum):
    """What to do on the way; one method of the machine each."""

    NOTHING = "nothing"
    BEGIN_INIT = "begin-init"
    BEGIN_TAKING = "begin-taking"
    BEGIN_RELEASING = "begin-releasing"
    BEGIN_REGAINING = "begin-regaining"
    REPORT_READY = "report-ready"
    REPORT_TAKEN = "report-taken"
    REPORT_RELEASED = "report-released"
    REPORT_FAILURE = "report-failure"
    COUNT_RING = "count-ring"
    NOTE_RING = "note-ring"
    REPORT_CALLER = "report-caller"
    REPORT_RINGING_STOPPED = "report-ringing-stopped"
    SEND_CHECK = "send-check"
    NOTE_ALIVE = "note-alive"
    ADD_ERRAND = "add-errand"
    OWE_SILENCE = "owe-silence"
    UNWANT_LISTENING = "unwant-listening"
    REPORT_KEY = "report-key"
    REPORT_GONE = "report-gone"
    OPEN_TRANSMIT = "open-transmit"
    BEGIN_PLAYING = "begin-playing"
    WRITE_FRAMES = "write-frames"
    END_TRANSMIT = "end-transmit"
    ABORT_TRANSMIT = "abort-transmit"
    REPORT_PLAYED = "report-played"
    REPORT_SILENCE = "report-silence"
    PROBE = "probe"
    OPEN_RECEIVE = "open-receive"
    BEGIN_LISTENING = "begin-listening"
    REPORT_LISTENING = "report-listening"
    REPORT_SOUND = "report-sound"
    CLOSE_RECEIVE = "close-receive"
    AWAIT_OK = "await-ok"
    NOTE_BROKEN_STREAM = "note-broken-stream"
    SEND_TONES = "send-tones"
    REPORT_TONES_SENT = "report-tones-sent"
    REPORT_TONES_REFUSED = "report-tones-refused"
    DROP_ERRANDS = "drop-errands"


Row: TypeAlias = tuple[Action, State]
Rows: TypeAlias = dict[Input, Row]

VIOLATED: Row = (Action.BEGIN_REGAINING, State.REGAINING)


def _to(state: State, **actions: Action) -> Rows:
    """Rows that share the next state, by the names of their inputs."""
    return {Input[name]: (action, state) for name, action in actions.items()}


def _ignoring(state: State, *inputs: Input) -> Rows:
    return dict.fromkeys(inputs, (Action.NOTHING, state))


def _anywhere(state: State) -> Rows:
    """What means nothing wherever it comes, and the port that was opened anew."""
    late = (Input.STRAY_RESULT, Input.STREAM_ENDED, Input.CALLER_ID, Input.RING, Input.KEY, Input.GONE)
    return _ignoring(state, *late) | _to(State.INITIALISING, OPEN=Action.BEGIN_INIT)


def _deaf(state: State) -> Rows:
    """The modem's words do not count: nothing is expected of it, or a plan with its own deadlines listens."""
    return _ignoring(state, *FROM_MODEM) | _anywhere(state)


def _off_hook(state: State) -> Rows:
    """What holds in every state of a call. Commands are noted; the agenda serves them when the state allows."""
    return _anywhere(state) | _to(
        state,
        PLAY=Action.ADD_ERRAND,
        LISTEN=Action.ADD_ERRAND,
        SEND_TONES=Action.ADD_ERRAND,
        RELEASE_LINE=Action.ADD_ERRAND,
        STOP_PLAYING=Action.OWE_SILENCE,
        STOP_LISTENING=Action.UNWANT_LISTENING,
        KEY=Action.REPORT_KEY,
        GONE=Action.REPORT_GONE,
    )


def _nothing_plays(state: State) -> Rows:
    return _to(state, WANT_SILENCE=Action.REPORT_SILENCE)


def _void(state: State) -> Rows:
    """Commands of a call that is lost already; the application learns it by LinkFailed."""
    return _ignoring(state, *(COMMANDS - {Input.OPEN}))


_REGAIN = _to(State.REGAINING, UNANSWERED=Action.BEGIN_REGAINING)
_REGAIN_IF_REFUSED = _REGAIN | _to(State.REGAINING, REFUSED=Action.BEGIN_REGAINING)
_LINE_DEAD = _to(State.OFF_HOOK, REFUSED_AFTER_GONE=Action.DROP_ERRANDS)
_PLAN_LOST = _to(State.REGAINING, PLAN_FAILED=Action.BEGIN_REGAINING)


def _settled(action: Action, *inputs: Input) -> Rows:
    return dict.fromkeys(inputs, (action, State.OFF_HOOK))


_ANY_ANSWER = (Input.ANSWERED, Input.REFUSED, Input.REFUSED_AFTER_GONE)


def _idle(state: State) -> Rows:
    """On hook, with or without a ring: the check of the modem may be in flight."""
    alive = dict.fromkeys(_ANY_ANSWER, (Action.NOTE_ALIVE, state))
    return (
        _anywhere(state)
        | alive
        | _REGAIN
        | _to(state, CALLER_ID=Action.REPORT_CALLER)
        | _to(State.RINGING, RING=Action.COUNT_RING)
        | _to(State.TAKING, TAKE_LINE=Action.BEGIN_TAKING)
    )


TRANSITIONS: dict[State, Rows] = {
    State.CLOSED: _deaf(State.CLOSED),
    State.INITIALISING: _deaf(State.INITIALISING)
    | _to(State.ON_HOOK, PLAN_DONE=Action.REPORT_READY)
    | _to(State.FAILED, PLAN_FAILED=Action.REPORT_FAILURE),
    # An idle line may be taken as well: a technician's self-test listens for the dial tone.
    State.ON_HOOK: _idle(State.ON_HOOK) | _to(State.ON_HOOK, CHECK_DUE=Action.SEND_CHECK),
    State.RINGING: _idle(State.RINGING) | _to(State.ON_HOOK, OVERDUE=Action.REPORT_RINGING_STOPPED),
    State.TAKING: _anywhere(State.TAKING)
    | _to(State.TAKING, RING=Action.NOTE_RING, RELEASE_LINE=Action.ADD_ERRAND)
    | _to(State.OFF_HOOK, PLAN_DONE=Action.REPORT_TAKEN)
    | _PLAN_LOST,
    State.OFF_HOOK: _off_hook(State.OFF_HOOK)
    | _nothing_plays(State.OFF_HOOK)
    | _to(State.OPENING_TRANSMIT, WANT_PLAY=Action.OPEN_TRANSMIT)
    | _to(State.OPENING_RECEIVE, WANT_LISTEN=Action.OPEN_RECEIVE)
    | _to(State.SENDING_TONES, WANT_TONES=Action.SEND_TONES)
    | _to(State.RELEASING, WANT_RELEASE=Action.BEGIN_RELEASING),
    State.OPENING_TRANSMIT: _off_hook(State.OPENING_TRANSMIT)
    | _to(State.PLAYING, ANSWERED=Action.BEGIN_PLAYING)
    | _REGAIN_IF_REFUSED
    | _LINE_DEAD,
    # The modem's words count for nothing while it plays: a CONNECT said twice must not cost the call.
    State.PLAYING: _off_hook(State.PLAYING)
    | _ignoring(State.PLAYING, Input.STRAY_CONNECT)
    | _to(State.PLAYING, FRAME_DUE=Action.WRITE_FRAMES)
    | _to(State.DRAINING, PLAYED_OUT=Action.END_TRANSMIT)
    | _to(State.SILENCING, WANT_SILENCE=Action.ABORT_TRANSMIT, WANT_RELEASE=Action.ABORT_TRANSMIT),
    State.DRAINING: _off_hook(State.DRAINING)
    | _settled(Action.REPORT_PLAYED, *_ANY_ANSWER)
    | _to(State.PROBING, UNANSWERED=Action.PROBE),
    State.SILENCING: _off_hook(State.SILENCING)
    | _settled(Action.REPORT_PLAYED, *_ANY_ANSWER)
    | _to(State.PROBING, UNANSWERED=Action.PROBE),
    State.PROBING: _off_hook(State.PROBING) | _settled(Action.REPORT_PLAYED, *_ANY_ANSWER) | _REGAIN,
    State.OPENING_RECEIVE: _off_hook(State.OPENING_RECEIVE)
    | _nothing_plays(State.OPENING_RECEIVE)
    | _to(State.LISTENING, ANSWERED=Action.BEGIN_LISTENING)
    | _REGAIN_IF_REFUSED
    | _LINE_DEAD,
    State.LISTENING: _off_hook(State.LISTENING)
    | _nothing_plays(State.LISTENING)
    | _to(State.LISTENING, SOUND=Action.REPORT_SOUND, WANT_LISTEN=Action.REPORT_LISTENING)
    | _to(State.AFTER_RECEIVE, STREAM_ENDED=Action.NOTE_BROKEN_STREAM)
    | _to(State.REGAINING, OVERDUE=Action.BEGIN_REGAINING)
    | _to(
        State.CLOSING_RECEIVE,
        WANT_PLAY=Action.CLOSE_RECEIVE,
        WANT_TONES=Action.CLOSE_RECEIVE,
        WANT_RELEASE=Action.CLOSE_RECEIVE,
        WANT_LEAVE=Action.CLOSE_RECEIVE,
    ),
    State.CLOSING_RECEIVE: _off_hook(State.CLOSING_RECEIVE)
    | _nothing_plays(State.CLOSING_RECEIVE)
    | _to(State.CLOSING_RECEIVE, SOUND=Action.REPORT_SOUND)
    | _to(State.AFTER_RECEIVE, STREAM_ENDED=Action.AWAIT_OK)
    | _to(State.REGAINING, OVERDUE=Action.BEGIN_REGAINING),
    # Some modems send no OK here, so its absence is an answer too.
    State.AFTER_RECEIVE: _off_hook(State.AFTER_RECEIVE)
    | _nothing_plays(State.AFTER_RECEIVE)
    | _settled(Action.NOTHING, *_ANY_ANSWER, Input.UNANSWERED),
    State.SENDING_TONES: _off_hook(State.SENDING_TONES)
    | _nothing_plays(State.SENDING_TONES)
    | _to(State.OFF_HOOK, ANSWERED=Action.REPORT_TONES_SENT)
    | _settled(Action.REPORT_TONES_REFUSED, Input.REFUSED, Input.REFUSED_AFTER_GONE)
    | _REGAIN,
    State.RELEASING: _anywhere(State.RELEASING)
    | _ignoring(State.RELEASING, Input.RELEASE_LINE)
    | _to(State.ON_HOOK, PLAN_DONE=Action.REPORT_RELEASED)
    | _PLAN_LOST,
    State.REGAINING: _deaf(State.REGAINING)
    | _void(State.REGAINING)
    | _to(State.FAILED, PLAN_DONE=Action.REPORT_FAILURE, PLAN_FAILED=Action.REPORT_FAILURE),
    State.FAILED: _deaf(State.FAILED) | _void(State.FAILED),
}
