"""The errors of the application. ``code`` is what a technician reads; ``retriable`` whether time alone may cure it."""


class BoxError(Exception):
    """Root of every error that ``box`` raises on purpose; its text is one line that says what to do."""

    code = "box"
    retriable = False


class SettingsWrong(BoxError):
    """The settings cannot be used. ``problems`` holds one line for each mistake found, all at once."""

    code = "settings"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class ScenarioWrong(SettingsWrong):
    """A scenario file cannot be used; ``problems`` as above."""

    code = "scenario"


class PromptsBroken(BoxError):
    """The manifest and the audio disagree: an id without text or sound, or a wrong hash."""

    code = "prompts"


class CannotSay(BoxError):
    """There are no words or no recording for something that was to be said."""

    code = "cannot-say"


class StoreBroken(BoxError):
    """The database cannot be opened or written (corrupt, read-only, SQLite too old)."""

    code = "store"


class DiskFull(StoreBroken):
    """No room to write; nothing was stored and the caller must be told so."""

    code = "disk-full"
    retriable = True


class StoreBusy(StoreBroken):
    """Another process kept the database locked for too long; nothing was stored, and a repeat may succeed."""

    code = "store-busy"
    retriable = True


class StoreMisused(StoreBroken):
    """Our own program asked for something that the store must not do (an event id used twice for different events, a
    call that was never opened): a defect. Nothing was stored."""

    code = "defect"


class CentreAway(BoxError):
    """The centre cannot be reached or asks for patience: try again later."""

    code = "centre-away"
    retriable = True


class CentreRefused(BoxError):
    """The centre refused for good (wrong certificate, unknown box, malformed event): a person is needed."""

    code = "centre-refused"


class DialogueDefect(BoxError):
    """The dialogue was given an event that its table does not list for its state, or a handler left the states that its
    row declares: a defect of ours, never of the caller; the call cannot go on."""

    code = "defect"
