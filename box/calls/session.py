"""The arbiter of one call: line events in, actions out. It decides who has the turn, never what is said.

Pure: time is handed in, sound comes from ``speak``, records from the answers to its requests. What may happen in which
phase is the table :data:`box.calls.phases.TABLE`; a pair that is not in it raises SessionDefect.
"""

from __future__ import annotations

from collections import deque

from box.accounts.model import PhoneNumber
from box.calls.callers_turn import CallersTurn
from box.calls.phases import EVERYWHERE, IN_CALL, TABLE, LineRules, Phase, SessionEvent
from box.calls.turns import CallState, SessionDefect, answer_as_text, outcome_of
from box.calls.vocabulary import (
    Action,
    BeginCall,
    Dialogue,
    EndCall,
    KeyHeard,
    Speak,
    StartHearing,
    StopHearing,
    Told,
)
from box.dialogue.vocabulary import (
    Ask,
    CallStarted,
    CountGuess,
    DialogueEvent,
    HangUp,
    NoInput,
    NoMatch,
    Outcome,
    Phrase,
    Say,
    TimeIsUp,
    Transfer,
    TransferFailed,
)
from box.listening.vocabulary import HearingEvent
from box.understanding.keypad import Timeouts
from firmware.progress_tones import Tone, ToneHeard
from firmware.vocabulary import (
    CallerIdReceived,
    DialKey,
    Flash,
    KeyPressed,
    LineReleased,
    LineTaken,
    LinkFailed,
    LinkReady,
    Listen,
    ListeningStarted,
    Pause,
    Play,
    PlaybackFinished,
    PlaybackStarted,
    PlaybackStopped,
    Rang,
    ReleaseLine,
    RingingStopped,
    SendTones,
    StopPlaying,
    TakeLine,
    TonesSent,
)

LAST_WORDS_S = 30.0
"""After the ceiling the good-bye may take this long; then the line is released whatever happens."""

CALLER_ID_LASTS_S = 10.0
"""Some lines send the number before the first ring (voice-modem.md section 9); one that is older belonged to a caller
who never rang, and must not open his accounts to the next one."""

DIAL_PAUSE_S = 1.0
"""From the flash to the first digit: the exchange needs time to give dial tone (voice-modem.md section 5)."""

REFUSALS = frozenset({Tone.BUSY, Tone.CONGESTION, Tone.SPECIAL_INFORMATION, Tone.ANSWER_TONE, Tone.FAX_CALLING})
"""After dialling: nobody is reached. Special information precedes «номер не обслуживается» (ITU-T E.180), whose voice
is no operator's; the others are a fax machine's."""


class Session:
    """Calls on one line, one after another. ``dialogue`` is asked for a fresh start at each call."""

    def __init__(self, dialogue: Dialogue, speak: Speak, timeouts: Timeouts, rules: LineRules) -> None:
        self._dialogue = dialogue
        self._speak = speak
        self._timeouts = timeouts
        self._rules = rules
        self.phase = Phase.AWAY
        self._actions: list[Action] = []
        self._call = CallState()

    @property
    def in_call(self) -> bool:
        """Whether the line is taken, or about to be."""
        return self.phase in IN_CALL

    # ------------------------------------------------------------ what the shell calls

    def receive(self, event: SessionEvent, now: float) -> list[Action]:
        """One line event. Raises SessionDefect for a pair that the table does not list."""
        name = TABLE[self.phase].get(type(event)) or EVERYWHERE.get(type(event))
        if name is None:
            raise SessionDefect(f"{type(event).__name__} while {self.phase.value}")
        getattr(self, name)(event, now)
        return self._take_actions()

    def answer(self, event: DialogueEvent, now: float) -> list[Action]:
        """The desk's answer to a request."""
        if isinstance(event, CallStarted) and self.phase is Phase.GREETING:
            self._call.effects.extend(self._dialogue.start(event))
            self._advance(now)
        elif self.phase in IN_CALL - {Phase.LEAVING}:
            self._answered(event, now)
        return self._take_actions()

    def heard(self, event: HearingEvent, now: float) -> list[Action]:
        """What the recogniser reports; of no consequence unless the line listens."""
        if self.phase is Phase.LISTENING and self._call.turn is not None:
            result = self._call.turn.heard(event, now)
            if isinstance(result, Phrase):
                self._utter((result,), now)
            elif result is not None:
                self._answered(result, now)
        return self._take_actions()

    def next_deadline(self) -> float | None:
        """The monotonic second at which on_deadline wants to be called, or None."""
        times = [self._call.until, self._call.ceiling if self.phase in IN_CALL - {Phase.LEAVING} else None]
        if self.phase is Phase.LISTENING and self._call.turn is not None:
            times.append(self._call.turn.next_deadline())
        return min((t for t in times if t is not None), default=None)

    def on_deadline(self, now: float) -> list[Action]:
        """Time has come to what next_deadline named; harmless when called early."""
        if self._call.ceiling is not None and now >= self._call.ceiling and self.phase in IN_CALL - {Phase.LEAVING}:
            self._time_is_up(now)
        elif self.phase is Phase.LISTENING and self._call.turn is not None:
            answer = self._call.turn.on_deadline(now)
            if answer is not None:
                self._answered(answer, now)
        elif self._call.until is not None and now >= self._call.until:
            self._call.until = None
            if self.phase is Phase.CHECKING:
                self._transfer_failed(None, now)
        return self._take_actions()

    # ------------------------------------------------------------ before the first word

    def _ignore(self, event: SessionEvent, now: float) -> None:
        """Known, and of no consequence in this phase."""

    def _link_ready(self, event: LinkReady, now: float) -> None:
        if self.phase in IN_CALL:
            self._close(Outcome.LINE_FAILED, now)
        self.phase = Phase.IDLE
        duplex = "duplex" if event.duplex else "half duplex"
        self._tell(now, "system", "ready", f"{event.profile}, {event.sound_format}, {duplex}")

    def _rang(self, event: Rang, now: float) -> None:
        told_at = self._call.caller_told_at
        if event.count == 1 and told_at is not None and event.at - told_at > CALLER_ID_LASTS_S:
            self._call.caller = None
        self._call.rings = event.count
        self.phase = Phase.RINGING
        if event.count >= self._rules.answer_after_rings:
            self.phase = Phase.TAKING
            self._actions.append(TakeLine())

    def _caller_known(self, event: CallerIdReceived, now: float) -> None:
        self._call.caller = PhoneNumber.from_caller_id(event.number, country=self._rules.number_country)
        self._call.caller_told_at = event.at

    def _ringing_stopped(self, event: RingingStopped, now: float) -> None:
        self._call = CallState()
        self.phase = Phase.IDLE

    def _line_taken(self, event: LineTaken, now: float) -> None:
        self.phase = Phase.GREETING
        self._call.taken_at = now
        self._call.ceiling = now + self._rules.call_ceiling_s
        self._actions.append(BeginCall(self._call.caller))

    # ------------------------------------------------------------ carrying effects out

    def _advance(self, now: float) -> None:
        """Carry effects out until one of them needs time."""
        while self._call.effects:
            effect = self._call.effects.popleft()
            match effect:
                case Say(phrases):
                    self._call.turn = None
                    return self._utter(phrases, now)
                case Ask():
                    return self._ask(effect, now)
                case Transfer():
                    return self._dial(now)
                case HangUp(outcome):
                    return self._leave(outcome)
                case CountGuess():
                    self._actions.append(effect)
                case _:
                    self._actions.append(effect)  # the desk answers at once; the answer brings more effects
                    return None
        raise SessionDefect("the dialogue left the caller without a turn")

    def _utter(self, phrases: tuple[Phrase, ...], now: float) -> None:
        spoken = self._speak(phrases)
        ids = tuple(phrase.id for phrase in phrases)
        self._tell(now, "box", "said", spoken.text, spoken.gloss, ids)
        self.phase = Phase.SPEAKING
        if self._call.turn is not None:
            self._call.turn.speaking()
        self._actions += [StopHearing(), Play(spoken.samples)]

    def _ask(self, ask: Ask, now: float) -> None:
        """Put a question; keys typed ahead answer it unheard."""
        turn = self._call.turn = CallersTurn(ask.question, self._timeouts)
        self._call.typed.put_question(forget=ask.clear_keys)
        began = False
        while (key := self._call.typed.take()) is not None:
            began = True
            answer = turn.early_key(key, now)
            if answer is not None:
                return self._answered(answer, now)
        return self._listen() if began else self._utter(ask.phrases, now)

    def _listen(self) -> None:
        self.phase = Phase.LISTENING
        self._call.until = None
        self._actions.append(Listen())

    def _speaking_began(self, event: PlaybackStarted, now: float) -> None:
        self._call.until = None

    def _prompt_ended(self, event: PlaybackFinished | PlaybackStopped, now: float) -> None:
        if self._call.pending is not None:
            answer, self._call.pending = self._call.pending, None
            self._answered(answer, now)
        elif self._call.turn is not None:
            self._listen()
        else:
            self._advance(now)

    # ------------------------------------------------------------ the caller's turn

    def _key_ahead(self, event: KeyPressed, now: float) -> None:
        self._tell(now, "caller", "key", event.key)
        self._call.typed.press(event.key)

    def _key_interrupts(self, event: KeyPressed, now: float) -> None:
        self._tell(now, "caller", "key", event.key)
        self._hush()
        if self._call.turn is None or self._call.pending is not None:
            self._call.typed.press(event.key)
        else:
            self._call.pending = self._call.turn.early_key(event.key, now)

    def _hush(self) -> None:
        """Cut the prompt, once: each StopPlaying is answered, and only one answer is waited for."""
        if self.phase is Phase.SPEAKING:
            self.phase = Phase.HUSHING
            self._actions.append(StopPlaying())

    def _listening_began(self, event: ListeningStarted, now: float) -> None:
        if self._call.turn is None:
            raise SessionDefect("listening without a question")
        self._actions.append(StartHearing(self._call.turn.listening(now)))

    def _key_answers(self, event: KeyPressed, now: float) -> None:
        self._tell(now, "caller", "key", event.key)
        if self._call.turn is None:
            raise SessionDefect("a key without a question")
        self._actions.append(KeyHeard())
        answer = self._call.turn.key(event.key, now)
        if answer is not None:
            self._answered(answer, now)

    def _tone_while_listening(self, event: ToneHeard, now: float) -> None:
        if event.tone in (Tone.BUSY, Tone.CONGESTION, Tone.DIAL):
            self._caller_gone(event, now)

    def _answered(self, event: DialogueEvent, now: float) -> None:
        self._call.noinput += isinstance(event, NoInput)
        self._call.nomatch += isinstance(event, NoMatch)
        self._call.stored = outcome_of(event) or self._call.stored
        kind, text = answer_as_text(event)
        self._tell(now, "caller" if kind == "answer" else "system", kind, text)
        self._actions.append(StopHearing())
        if self._call.turn is not None:
            self._call.turn.over()
        self._call.until = None
        self._call.effects = deque(self._dialogue.step(event))
        self._advance(now)

    # ------------------------------------------------------------ handing over to a person

    def _dial(self, now: float) -> None:
        digits = tuple(DialKey(key) for key in self._rules.operator_number)
        between = [part for digit in digits for part in (digit, Pause(0.08))][:-1]
        self.phase = Phase.DIALLING
        self._call.turn = None
        self._actions.append(SendTones((Flash(self._rules.flash_s), Pause(DIAL_PAUSE_S), *between)))

    def _dialled(self, event: TonesSent, now: float) -> None:
        if not event.ok:
            return self._answered(TransferFailed(), now)
        self.phase = Phase.CHECKING
        self._call.until = now + self._rules.answer_wait_s
        self._actions.append(Listen())
        return None

    def _tone_after_dialling(self, event: ToneHeard, now: float) -> None:
        if event.tone in (Tone.RINGBACK, Tone.VOICE):
            self._leave(Outcome.TRANSFERRED)
        elif event.tone in REFUSALS:
            self._transfer_failed(event, now)

    def _transfer_failed(self, event: SessionEvent | None, now: float) -> None:
        self.phase = Phase.RETURNING
        self._call.until = None
        self._actions.append(SendTones((Flash(self._rules.flash_s), Pause(DIAL_PAUSE_S))))

    def _returned(self, event: TonesSent, now: float) -> None:
        self._answered(TransferFailed(), now)

    # ------------------------------------------------------------ ends

    def _time_is_up(self, now: float) -> None:
        if self._call.time_was_up:
            return self._leave(Outcome.TIME_UP)
        self._call.time_was_up = True
        self._call.ceiling = now + LAST_WORDS_S
        if self.phase in (Phase.SPEAKING, Phase.HUSHING):
            self._call.pending = TimeIsUp()
            self._hush()
            return None
        if self.phase is Phase.LISTENING:
            return self._answered(TimeIsUp(), now)
        return self._leave(Outcome.TIME_UP)

    def _caller_gone(self, event: SessionEvent, now: float) -> None:
        self._tell(now, "caller", "gone", "")
        self._leave(self._call.stored or Outcome.CALLER_LEFT)

    def _leave(self, outcome: Outcome) -> None:
        self.phase = Phase.LEAVING
        self._call.outcome = outcome
        self._call.until = None
        self._call.effects.clear()
        self._actions += [StopHearing(), ReleaseLine()]

    def _line_released(self, event: LineReleased, now: float) -> None:
        self._close(self._call.outcome or Outcome.LINE_FAILED, now)
        self.phase = Phase.IDLE

    def _link_failed(self, event: LinkFailed, now: float) -> None:
        if self.phase in IN_CALL:
            self._close(self._call.outcome or self._call.stored or Outcome.LINE_FAILED, now)
        self._call = CallState()
        self.phase = Phase.AWAY

    def _close(self, outcome: Outcome, now: float) -> None:
        if self._call.taken_at is not None:
            self._actions.append(StopHearing())
            self._actions.append(EndCall(outcome, now - self._call.taken_at, self._call.noinput, self._call.nomatch))
            self._tell(now, "system", "ended", outcome.value)
        self._call = CallState()

    # ------------------------------------------------------------ small things

    def _tell(self, now: float, who: str, kind: str, text: str, gloss: str = "", phrases: tuple[str, ...] = ()) -> None:
        self._actions.append(Told(now, who, kind, text, gloss, phrases))

    def _take_actions(self) -> list[Action]:
        actions, self._actions = self._actions, []
        return actions
