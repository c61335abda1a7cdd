"""A collecting call at this machine's microphone, loudspeaker and keyboard. The sound card is the rehearsal's: the one
place that knows it."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Protocol

from box.collecting.corpus_entries import Condition
from box.collecting.handset_call import HandsetCall
from box.collecting.line import Collection
from box.listening.vocabulary import Heard
from box.rehearsal.handset_sound import HandsetSound
from box.rehearsal.keyboard import HANG_UP, Keyboard
from firmware.vocabulary import Samples

_HANDSET = Condition("handset", "linear16")


class Keys(Protocol):
    """Keys pressed since they were last asked for."""

    def pressed(self) -> list[str]: ...


def handset_call(collection: Collection) -> tuple[HandsetCall, Callable[[Samples], Samples]]:
    """A call that begins now, and what takes a microphone's frame and gives the loudspeaker's."""
    heard: list[Heard] = []
    recorder = collection.recorder(heard.append)
    volunteer = collection.call(recorder, lambda: _HANDSET)
    call = HandsetCall(collection.session(volunteer), volunteer, recorder)

    def exchange(microphone: Samples) -> Samples:
        loudspeaker = call.frame(microphone)
        while heard:
            call.heard(heard.pop(0))
        return loudspeaker

    return call, exchange


def press(call: HandsetCall, keys: Keys) -> None:
    """Hand the pressed keys over."""
    for key in keys.pressed():
        if key == HANG_UP:
            call.hang_up()
        else:
            call.key(key)


def run_handset(collection: Collection) -> None:
    """One call, from its first word to its last. Raises NoSound."""
    frames: queue.SimpleQueue[Samples] = queue.SimpleQueue()
    with HandsetSound(frames.put) as sound, Keyboard() as keyboard:
        call, exchange = handset_call(collection)
        try:
            while not call.done:
                sound.heard(exchange(frames.get()))
                press(call, keyboard)
        except KeyboardInterrupt:
            call.hang_up()  # what was given stays, as after any hang-up
