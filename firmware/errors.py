"""The errors of the wires. Each class answers: whose fault, worth another try, and the code that a technician reads."""


class FirmwareError(Exception):
    """Root of every error that ``firmware`` raises on purpose. ``code`` is printed in the technician's manual."""

    code = "line"
    retriable = False


class PortLost(FirmwareError):
    """The serial port is away (unplugged, closed by the other side, no permission): open it again later."""

    code = "modem-absent"
    retriable = True


class CommandTimedOut(FirmwareError):
    """The modem did not answer a command in its time: bring it back to command state and go on."""

    code = "modem-silent"
    retriable = True


class CommandRefused(FirmwareError):
    """The modem answered ERROR to a command that the call cannot do without."""

    code = "modem-refused"


class ProtocolViolation(FirmwareError):
    """The modem broke the rules (garbage, an impossible answer); what it sent is in the flight record."""

    code = "modem-garbage"
    retriable = True


class NotAVoiceModem(FirmwareError):
    """The device answers AT but has no voice class 8, or none of its sample formats is known."""

    code = "modem-no-voice"


class Misuse(FirmwareError):
    """Our own program asked for something that the state does not allow: a defect, never the modem's fault."""

    code = "defect"


class ProfileWrong(FirmwareError):
    """A file in config/modems cannot be used; the text names the file, the key and what it wants."""

    code = "settings"


class TranscriptWrong(FirmwareError):
    """A transcript (dump of the flight recorder) cannot be read; the text names the line and what it wants."""

    code = "transcript"
