"""What each AT command does: a table of names, small handlers, and nothing about bytes, time and sound.

The modem itself (hook, streams, tones) is reached through :class:`ModemActions`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from firmware.virtual.modem_actions import ModemActions, Outcome
from firmware.virtual.modem_profiles import Label, ModemProfile
from firmware.virtual.modem_settings import BASIC_SETTINGS, OutOfRange, Settings
from firmware.virtual.modem_syntax import BadCommand, Command, Operation, next_command
from firmware.virtual.modem_tones import DialSettings, ToneGrammar, parse_dial, parse_tones

_VOICE_CLASS = "8"
_VIEW_COLUMNS = 76


class CommandInterpreter:
    """Executes command lines. After LATER the modem calls :meth:`resume` for the rest of the line."""

    def __init__(self, profile: ModemProfile, settings: Settings, actions: ModemActions) -> None:
        self._profile = profile
        self._settings = settings
        self._actions = actions
        self._rest = ""
        self._handlers: dict[str, Callable[[Command], Outcome]] = {
            "A": self._answer,
            "D": self._dial,
            "H": self._hook,
            "I": self._identify,
            "O": lambda _: Outcome.NO_CARRIER,  # there is never a data call to return to
            "S": self._register,
            "Z": self._reset,
            "&F": self._factory,
            "&V": self._view,
            "&W": self._store,
            "+FCLASS": self._class,
            "+VSM": self._sound,
            "+VLS": self._line,
            "+VTS": self._tones,
            "+VTX": lambda command: self._stream(command, transmit=True, receive=False),
            "+VRX": lambda command: self._stream(command, transmit=False, receive=True),
            "+VTR": lambda command: self._stream(command, transmit=True, receive=True),
        }

    def execute(self, line: str) -> Outcome:
        """Run a whole command line (without AT)."""
        self._rest = line.upper()
        return self.resume()

    def resume(self) -> Outcome:
        """Run what is left of the line."""
        try:
            while (found := next_command(self._rest)) is not None:
                command, self._rest = found
                outcome = self._handler(command)(command)
                if outcome is not Outcome.OK:
                    return outcome
        except (BadCommand, OutOfRange, ToneGrammar):
            self._rest = ""
            return Outcome.ERROR
        return Outcome.OK

    def _handler(self, command: Command) -> Callable[[Command], Outcome]:
        name = command.name
        if name in self._handlers:
            return self._handlers[name]
        if name in self._profile.parameters:
            return self._parameter
        if name in self._profile.identity or name in self._profile.information:
            return self._facts
        if name in BASIC_SETTINGS:
            return self._basic
        raise BadCommand(name)

    # ------------------------------------------------------------ identity and settings

    def _identify(self, command: Command) -> Outcome:
        lines = self._profile.identity.get(f"I{int(command.argument or 0)}")
        if lines:
            self._actions.inform(lines)
        return Outcome.OK

    def _facts(self, command: Command) -> Outcome:
        if command.operation in (Operation.SET, Operation.TEST):
            raise BadCommand(command.name)
        self._actions.inform(self._profile.identity.get(command.name) or self._profile.information[command.name])
        return Outcome.OK

    def _basic(self, command: Command) -> Outcome:
        self._settings.set_basic(command.name, int(command.argument or 0))
        return Outcome.OK

    def _register(self, command: Command) -> Outcome:
        number, _, value = command.argument.partition("=")
        if command.operation is Operation.READ:
            if int(number) not in self._settings.now.registers:
                raise OutOfRange(number)
            self._actions.inform([f"{self._settings.now.registers[int(number)]:03d}"])
        else:
            self._settings.set_register(int(number), int(value))
        return Outcome.OK

    def _reset(self, _: Command) -> Outcome:
        self._actions.hang_up()
        self._settings.reset()
        self._rest = ""  # V.250 6.1.1: what follows Z on the line is ignored
        return Outcome.OK

    def _factory(self, _: Command) -> Outcome:
        self._settings.factory()
        return Outcome.OK

    def _store(self, _: Command) -> Outcome:
        self._settings.store()
        return Outcome.OK

    def _view(self, _: Command) -> Outcome:
        now = self._settings.now
        lists = (
            [f"{name}{value}" for name, value in now.basic.items()],
            [f"S{number:02d}:{value:03d}" for number, value in now.registers.items()],
            [f"{name}:{self._values(name)}" for name in now.parameters],
        )
        lines = [
            line for shown in lists for line in textwrap.wrap(" ".join(shown), _VIEW_COLUMNS, break_on_hyphens=False)
        ]
        self._actions.inform(["ACTIVE PROFILE:", *lines])
        return Outcome.OK

    def _parameter(self, command: Command) -> Outcome:
        facts = self._profile.parameters[command.name]
        if command.operation is Operation.SET:
            self._settings.set_parameter(command.name, command.argument)
        elif command.operation is Operation.TEST:
            self._read_out(command.name, ",".join(f"({ranges})" for ranges in facts.takes))
        elif command.operation is Operation.READ and not facts.write_only:
            self._read_out(command.name, self._values(facts.alias or command.name))
        elif command.name == "+VIP":  # V.253: initialise the voice parameters
            for name, other in self._profile.parameters.items():
                if name.startswith("+V") and not other.alias:
                    self._settings.now.parameters[name] = list(other.start)
        else:
            raise BadCommand(command.name)
        return Outcome.OK

    def _values(self, name: str) -> str:
        template = "{:02X}" if self._profile.parameters[name].base == 16 else "{}"
        return ",".join(template.format(value) for value in self._settings.parameter(name))

    def _read_out(self, name: str, text: str) -> None:
        self._actions.inform([f"{name}: {text}" if self._profile.manner.parameter_prefix else text])

    # ------------------------------------------------------------ class, format, line

    def _class(self, command: Command) -> Outcome:
        if command.operation is Operation.TEST:
            self._actions.inform(["0,8"])
        elif command.operation is Operation.READ:
            self._actions.inform([_VOICE_CLASS if self._settings.voice_class else "0"])
        elif command.operation is Operation.SET and command.argument in ("0", _VOICE_CLASS):
            self._settings.voice_class = command.argument == _VOICE_CLASS
        else:
            raise OutOfRange(command.argument)
        return Outcome.OK

    def _sound(self, command: Command) -> Outcome:
        sound = self._settings.sound
        if command.operation is Operation.TEST:
            self._actions.inform([self._format_line(number) for number in range(len(self._profile.format))])
        elif command.operation is Operation.READ:
            self._read_out("+VSM", f"{sound.id},{self._settings.rate_hz},0,0")
        elif command.operation is Operation.SET:
            self._settings.set_sound(command.argument)
        else:
            raise BadCommand(command.name)
        return Outcome.OK

    def _format_line(self, number: int) -> str:
        facts = self._profile.format[number]
        rates = ",".join(str(rate) for rate in facts.rates_hz)
        if self._profile.manner.vsm_short_form:
            return f'{facts.id},"{facts.name}",({rates})'
        return f'{facts.id},"{facts.name}",{facts.bits},0,{rates if len(facts.rates_hz) == 1 else f"({rates})"},0,0'

    def _line(self, command: Command) -> Outcome:
        if command.operation is Operation.TEST:
            self._actions.inform([_label_line(label) for label in self._profile.label])
        elif command.operation is Operation.READ:
            self._read_out("+VLS", str(self._settings.label.id))
        elif command.operation is Operation.SET and self._settings.voice_class and command.argument.isdigit():
            self._use_label(self._profile.label_by_id(int(command.argument)))
        else:
            raise OutOfRange(command.argument)
        return Outcome.OK

    def _use_label(self, label: Label | None) -> None:
        if label is None:
            raise OutOfRange("no such label")
        if label.off_hook:
            self._actions.take_line()
        else:
            self._actions.hang_up()
        self._settings.label = label

    def _hook(self, command: Command) -> Outcome:
        if command.argument in ("", "0"):
            self._actions.hang_up()
            self._settings.label = self._profile.label[0]
            if self._profile.manner.hangup_leaves_voice:
                self._settings.voice_class = False
        elif command.argument == "1":
            self._seize()
        else:
            raise OutOfRange(command.argument)
        return Outcome.OK

    def _seize(self) -> None:
        """Off hook by a command that is not +VLS: the label becomes that of the line."""
        self._actions.take_line()
        line = next(label for label in self._profile.label if label.off_hook)
        if not self._settings.label.off_hook:
            self._settings.label = line

    # ------------------------------------------------------------ streams, tones, dialling

    def _stream(self, command: Command, transmit: bool, receive: bool) -> Outcome:
        manner, both = self._profile.manner, transmit and receive
        if command.operation is Operation.TEST and manner.action_test_form:
            return Outcome.OK
        possible = not both or (manner.duplex and self._settings.sound.duplex)
        if command.operation is not Operation.EXECUTE or not possible or not self._has_sound():
            raise BadCommand(command.name)
        self._actions.begin_stream(transmit, receive)
        return Outcome.CONNECT

    def _has_sound(self) -> bool:
        """Class 8 and something to speak to: the line, or a loudspeaker label while on hook."""
        return self._settings.voice_class and (self._actions.off_hook or self._settings.label.id != 0)

    def _tones(self, command: Command) -> Outcome:
        limits = self._profile.tones
        if command.operation is Operation.TEST:
            span = f"({limits.lowest_hz}-{limits.highest_hz})"
            self._actions.inform([f"{span},{span},(0-{limits.longest})"])
            return Outcome.OK
        if command.operation is not Operation.SET or not self._has_sound():
            raise BadCommand(command.name)
        steps = parse_tones(command.argument, limits, self._settings.parameter("+VTD")[0])
        self._actions.play_tones(steps, command.argument)
        return Outcome.LATER

    def _dial(self, command: Command) -> Outcome:
        stays, text = command.argument.endswith(";"), command.argument.rstrip(";")
        now, manner = self._settings.now, self._profile.manner
        settings = DialSettings(
            wait_for_dial_tone=now.basic["X"] in (2, 4),
            blind_wait_s=float(now.registers[6]),
            patience_s=float(now.registers[7]),
            comma_s=float(now.registers[8]),
            digit_s=now.registers[11] / 1000,
            flash_s=manner.flash_s,
        )
        stays = stays or (self._settings.voice_class and manner.answer_result == "OK")
        self._seize()
        digits = sum(character in "0123456789*#ABCD" for character in text)
        self._actions.dial(parse_dial(text, settings), digits, wait_for_answer=not stays)
        return Outcome.LATER

    def _answer(self, _: Command) -> Outcome:
        self._rest = ""
        self._seize()
        if self._settings.voice_class:
            return Outcome(self._profile.manner.answer_result)
        self._actions.await_carrier()
        return Outcome.LATER


def _label_line(label: Label) -> str:
    return f'{label.id},"{label.primitives}",{",".join(label.masks)}'
