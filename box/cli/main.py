"""``linebox``: the one group of commands. A command's module is imported only when that command runs, since a Pi pays
for every import."""

from __future__ import annotations

import importlib

import click

from box.cli.errors import one_line_errors
from box.service_manager import end_with_parent

COMMANDS = {
    "rehearse": ("box.cli.rehearse:rehearse", "Play a whole call on a virtual line: the box, the caller and billing."),
    "callers": ("box.cli.callers:callers", "The recorded voices of virtual callers."),
    "scenarios": ("box.cli.scenarios:scenarios", "List the calls that rehearse can play."),
    "test": ("box.cli.test:test", "Check the code and run the tests."),
    "line": ("box.cli.line:line", "Answer a telephone line (the process that runs on a Pi)."),
    "courier": ("box.cli.courier:courier", "Deliver readings to the centre and fetch accounts."),
    "centre": ("box.cli.centre:centre", "The collecting service: takes from boxes, serves billing."),
    "virtual-modem": ("box.cli.virtual_modem:virtual_modem", "A voice modem in software, for any program to use."),
    "say": ("box.cli.say:say", "Say a text, a prompt, a sum or a number in the box's voice."),
    "prompts": ("box.cli.prompts:prompts", "Render and check what the box says."),
    "keys": ("box.cli.keys:keys", "Find key presses (DTMF) in sound files."),
    "recognise": ("box.cli.recognise:recognise", "What the box understands in recordings of answers."),
    "speech-report": ("box.cli.speech_report:speech_report", "Count what is understood of labelled recordings."),
    "model": ("box.cli.model:model", "Install, check, compare and train speech models."),
    "voices": ("box.cli.voices:voices", "Record volunteers into a speech corpus."),
    "settings": ("box.cli.settings:settings", "Print the settings in force."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and short help, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from box.toml_tables import did_you_mean

            if args and args[0] not in COMMANDS:
                raise click.UsageError(f"no command {args[0]!r}{did_you_mean(args[0], list(COMMANDS))}", ctx) from None
            raise error from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: ./linebox rehearse",
)
def linebox() -> None:
    """A Raspberry Pi with a voice modem that answers an electricity retailer's telephone line in Russian."""


def main() -> None:
    """Run the command line; exit 0 = good, 1 = it found something wrong, 2 = wrong use."""
    end_with_parent()
    with one_line_errors():
        linebox.main(prog_name="linebox")


if __name__ == "__main__":
    main()
