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


class StoreBroken(BoxError):
    """The database cannot be opened or written (corrupt, read-only, SQLite too old)."""

    code = "store"


class DiskFull(StoreBroken):
    """No room to write; nothing was stored and the caller must be told so."""

    code = "disk-full"
    retriable = True


class CentreAway(BoxError):
    """The centre cannot be reached or asks for patience: try again later."""

    code = "centre-away"
    retriable = True


class CentreRefused(BoxError):
    """The centre refused for good (wrong certificate, unknown box, malformed event): a person is needed."""

    code = "centre-refused"
