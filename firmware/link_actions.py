"""What each action of :mod:`firmware.link_table` does: the events that go up and the bytes that go to the modem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from firmware import codes
from firmware.agenda import Agenda
from firmware.at_events import STREAM_OPEN, AtCommand
from firmware.call_plans import release_line, take_line
from firmware.caller_gone import GoneWatch
from firmware.dle import StreamDecoder, shield
from firmware.errors import NotAVoiceModem, ProfileWrong
from firmware.init_plan import IdentifiedModem, LinkSettings, initialise
from firmware.link_machine import STREAM_QUIET_S, Deed, LinkMachine, Outgoing, Subject, Timer
from firmware.link_table import Action, Input
from firmware.plans import PROBE_S, regain_command_state
from firmware.profiles import ModemProfile
from firmware.sound_formats import Decoder, decoder
from firmware.tones import duration_s, vts_line
from firmware.transmission import Transmission
from firmware.vocabulary import (
    Advice,
    AudioReceived,
    CallerGone,
    CallerIdReceived,
    GoneReason,
    KeyPressed,
    KeySource,
    LineReleased,
    LineTaken,
    LinkFailed,
    LinkReady,
    Listen,
    ListeningStarted,
    Play,
    PlaybackFinished,
    PlaybackStarted,
    PlaybackStopped,
    Rang,
    ReleaseLine,
    RingingStopped,
    SendTones,
    TonesSent,
)

RINGING_QUIET_S = 8.0
"""Rings come every 4 to 5 s; none for 8 s = the caller gave up (voice-modem.md §11)."""

DRAIN_S = 5.0
"""From ``<DLE><ETX>`` to OK: at most 0.5 s is still to be played, the rest is the ordinary allowance."""

SILENCE_S = 2.0
"""``<DLE><CAN><DLE><ETX>`` is answered at once; the allowance is ours."""

STREAM_END_S = 2.0
"""From ``<DLE>!`` to ``<DLE><ETX>``: the modem's buffer, under 0.5 s, and a margin. Ours."""

TONES_MARGIN_S = 2.0
"""Above the sum of the durations (voice-modem.md §5)."""

CHECK_EVERY_S = 600.0
"""A modem that hangs on hook would cost every call from then on; asking costs nothing. Ours."""


FAILURES_BEFORE_DTR = 3
"""A link that fails so often without a finished call in between needs more than another Open. Ours."""


class LinkActions(LinkMachine):
    """See the module. Methods of the table take the subject of the input and ``now``."""

    def __init__(self, profiles: Sequence[ModemProfile], settings: LinkSettings) -> None:
        super().__init__(profiles, settings)
        self._transmission: Transmission | None = None
        self._heard_at_abort_s: float | None = None
        self._decoder: Decoder | None = None
        self._rings = 0
        self._failures_in_a_row = 0

    def _all_deeds(self) -> Mapping[Action, Deed]:
        return {action: getattr(self, f"_{action.name.lower()}") for action in Action}

    @property
    def _modem(self) -> IdentifiedModem:
        assert self.modem is not None, "no state beyond INITIALISING is reached without a modem"
        return self.modem

    def _nothing(self, _: Subject, now: float) -> None:
        pass

    # ------------------------------------------------------------ on hook

    def _begin_init(self, _: Subject, now: float) -> None:
        self._forget_everything()
        self._failure = None
        self._begin_plan(initialise(self._profiles, self._settings), now)

    def _report_ready(self, _: Subject, now: float) -> None:
        modem = self._modem
        self.events.append(LinkReady(now, modem.profile.name, modem.identity, modem.format.name, duplex=False))
        self._wait_for_calls(now)

    def _count_ring(self, _: Subject, now: float) -> None:
        self._rings += 1
        self.events.append(Rang(now, self._rings))
        self._timers[Timer.OVERDUE] = now + RINGING_QUIET_S

    def _note_ring(self, _: Subject, now: float) -> None:
        self._plan_rang = True

    def _report_caller(self, subject: Subject, now: float) -> None:
        assert isinstance(subject, CallerIdReceived)
        self.events.append(subject)

    def _report_ringing_stopped(self, _: Subject, now: float) -> None:
        self.events.append(RingingStopped(now))
        self._wait_for_calls(now)

    def _send_check(self, _: Subject, now: float) -> None:
        # Not a bare AT: units are known to forget caller ID.
        self._send(AtCommand(self._modem.profile.caller_id), now)
        self._timers[Timer.CHECK] = now + CHECK_EVERY_S

    def _note_alive(self, _: Subject, now: float) -> None:
        self._failures_in_a_row = 0

    def _wait_for_calls(self, now: float) -> None:
        self._rings = 0
        self._timers[Timer.CHECK] = now + CHECK_EVERY_S

    # ------------------------------------------------------------ taking and releasing

    def _begin_taking(self, _: Subject, now: float) -> None:
        self._agenda = Agenda()
        self._broken_streams = 0
        self.keys.release()
        self.gone = None
        self._begin_plan(take_line(self._modem), now)

    def _report_taken(self, _: Subject, now: float) -> None:
        # Not before: a sign that came while nobody could be told would be the one report of the call.
        self.gone = GoneWatch(self._modem.profile.gone)
        self.events.append(LineTaken(now))

    def _begin_releasing(self, _: Subject, now: float) -> None:
        self._agenda = Agenda()
        self._begin_plan(release_line(self._modem), now)

    def _report_released(self, _: Subject, now: float) -> None:
        self._failures_in_a_row = 0
        self.events.append(LineReleased(now))
        self._wait_for_calls(now)

    # ------------------------------------------------------------ what is wanted, what is reported

    def _add_errand(self, subject: Subject, now: float) -> None:
        assert isinstance(subject, Play | Listen | SendTones | ReleaseLine)
        if isinstance(subject, SendTones):
            vts_line(subject.elements, self._modem.profile.tones)  # refuses now, not in the middle of the call
        self._agenda.add(subject)

    def _owe_silence(self, _: Subject, now: float) -> None:
        self._agenda.stop_playing()

    def _unwant_listening(self, _: Subject, now: float) -> None:
        self._agenda.stop_listening()

    def _report_key(self, subject: Subject, now: float) -> None:
        assert isinstance(subject, str)
        self.events.append(KeyPressed(now, subject, KeySource.MODEM))

    def _report_gone(self, subject: Subject, now: float) -> None:
        assert isinstance(subject, GoneReason)
        self.events.append(CallerGone(now, subject))

    def _drop_errands(self, _: Subject, now: float) -> None:
        """The modem has left voice by itself because the line is dead; the application knows and will hang up."""
        self._agenda.drop_all_but_release()

    # ------------------------------------------------------------ playing

    def _open_transmit(self, _: Subject, now: float) -> None:
        self._heard_at_abort_s = None
        self._transmission = Transmission(self._modem.format.name, self._modem.profile.transmit_lead_s)
        self._send(AtCommand("AT+VTX", success=STREAM_OPEN), now)

    def _begin_playing(self, _: Subject, now: float) -> None:
        if not self._agenda.silences_owed:
            self._frame_due(now)

    def _frame_due(self, now: float) -> None:
        """Sound that was queued meanwhile joins before the end is decided."""
        transmission = self._transmission
        assert transmission is not None
        for samples in self._agenda.take_samples():
            transmission.add(samples)
        self.take(Input.PLAYED_OUT if transmission.played_out(now) else Input.FRAME_DUE, None, now)

    def _write_frames(self, _: Subject, now: float) -> None:
        transmission = self._transmission
        assert transmission is not None
        first = transmission.sent_s == 0
        frames = transmission.frames(now)
        if first and frames:
            self.events.append(PlaybackStarted(now))
        self.outgoing += [Outgoing(shield(frame), len(frame)) for frame in frames]
        self._timers[Timer.FRAME] = transmission.due_at(now)

    def _end_transmit(self, _: Subject, now: float) -> None:
        self._send(AtCommand("", timeout_s=DRAIN_S, wire=codes.END_TRANSMIT), now)

    def _abort_transmit(self, _: Subject, now: float) -> None:
        assert self._transmission is not None
        self._heard_at_abort_s = self._transmission.heard_s(now)
        # Frames that the shell has not fetched yet would follow the abort order as a line of garbage.
        self.outgoing = [item for item in self.outgoing if item.sound_bytes is None]
        self._send(AtCommand("", timeout_s=SILENCE_S, wire=codes.ABORT_TRANSMIT), now)

    def _probe(self, _: Subject, now: float) -> None:
        self._send(AtCommand("AT", timeout_s=PROBE_S), now)

    def _report_played(self, _: Subject, now: float) -> None:
        transmission, self._transmission = self._transmission, None
        assert transmission is not None
        aborted_s = self._heard_at_abort_s
        if self._agenda.silences_owed:
            self._answer_silences(transmission.heard_s(now) if aborted_s is None else aborted_s, now)
        elif aborted_s is None:
            self.events.append(PlaybackFinished(now, transmission.sent_s))

    def _report_silence(self, _: Subject, now: float) -> None:
        """StopPlaying when nothing plays: what was queued is gone, nothing of it was heard."""
        self._answer_silences(0.0, now)

    def _answer_silences(self, heard_s: float, now: float) -> None:
        for _ in range(self._agenda.silences_owed):
            self.events.append(PlaybackStopped(now, heard_s))
        self._agenda.silences_owed = 0

    # ------------------------------------------------------------ listening

    def _open_receive(self, _: Subject, now: float) -> None:
        self._agenda.done()
        self._send(AtCommand("AT+VRX", success=STREAM_OPEN), now)

    def _begin_listening(self, _: Subject, now: float) -> None:
        self.stream = StreamDecoder(self.keys)
        self._decoder = decoder(self._modem.format.name)
        self.events.append(ListeningStarted(now))
        self._timers[Timer.OVERDUE] = now + STREAM_QUIET_S

    def _report_listening(self, _: Subject, now: float) -> None:
        self._agenda.done()
        self.events.append(ListeningStarted(now))
        self._timers[Timer.OVERDUE] = now + STREAM_QUIET_S

    def _report_sound(self, subject: Subject, now: float) -> None:
        assert isinstance(subject, bytes)
        assert self._decoder is not None
        samples = self._decoder.decode(subject)
        if len(samples):
            self.events.append(AudioReceived(now, samples))

    def _close_receive(self, _: Subject, now: float) -> None:
        self.outgoing.append(Outgoing(codes.ABORT_RECEIVE))
        self._timers[Timer.OVERDUE] = now + STREAM_END_S

    def _await_ok(self, _: Subject, now: float) -> None:
        self._send(AtCommand("", timeout_s=self._modem.profile.ok_after_receive_s, wire=b""), now)

    def _note_broken_stream(self, subject: Subject, now: float) -> None:
        self._agenda.listen_again()
        self._await_ok(subject, now)

    # ------------------------------------------------------------ tones

    def _send_tones(self, _: Subject, now: float) -> None:
        errand = self._agenda.next()
        assert isinstance(errand, SendTones)
        self._agenda.done()
        line = vts_line(errand.elements, self._modem.profile.tones)
        self._send(AtCommand(line, timeout_s=duration_s(errand.elements) + TONES_MARGIN_S), now)

    def _report_tones_sent(self, _: Subject, now: float) -> None:
        self.events.append(TonesSent(now, ok=True))

    def _report_tones_refused(self, _: Subject, now: float) -> None:
        self.events.append(TonesSent(now, ok=False))

    # ------------------------------------------------------------ failing

    def _begin_regaining(self, _: Subject, now: float) -> None:
        self._forget_everything()
        self._begin_plan(regain_command_state(), now)

    def _report_failure(self, _: Subject, now: float) -> None:
        failure, self._failure = self._failure, None
        assert failure is not None
        self._failures_in_a_row += 1
        self.events.append(LinkFailed(now, failure.code, str(failure), self._advise(failure)))

    def _advise(self, failure: Exception) -> Advice:
        if isinstance(failure, NotAVoiceModem | ProfileWrong):
            return Advice.GIVE_UP
        if self._silent:
            return Advice.DROP_DTR if self._failures_in_a_row == 1 else Advice.REOPEN_PORT
        if self._failures_in_a_row < FAILURES_BEFORE_DTR:
            return Advice.OPEN_AGAIN
        return Advice.DROP_DTR if self._failures_in_a_row == FAILURES_BEFORE_DTR else Advice.REOPEN_PORT

    def _forget_everything(self) -> None:
        """No call, no stream, no command in flight."""
        self.engine.cancel()
        self._timers.clear()
        self._plan = None
        self._unsent = None
        self.stream = self._decoder = self._transmission = None
        self._agenda = Agenda()
        self.outgoing = [item for item in self.outgoing if item.sound_bytes is None]
        self.keys.release()
        self._rings = 0
