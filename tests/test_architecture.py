"""The import rules of the design, read from the source: who may know whom, and who may touch the world."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
PRODUCT = ("firmware", "box")

ONE_IMPORTER = {
    "serial": {"firmware/port.py"},
    "vosk": {"box/listening/vosk_recogniser.py", "box/training/evaluate.py"},
    "torch": {"box/training/"},
    "sounddevice": {"box/rehearsal/handset_sound.py"},
    "RPi": {"firmware/panel_gpio.py"},
    "httpx": {"box/courier/https_client.py"},
    "sqlite3": {"box/store/", "box/centre/"},
    "sqlite_utils": {"box/store/"},
    "sqlalchemy": {"box/centre/"},
    "starlette": {"box/centre/", "box/status/"},
    "uvicorn": {"box/centre/", "box/status/"},
    "cryptography": {"box/centre/authority.py"},
    "click": {"box/cli/"},
}
"""Outside packages and the only places that may import them; a name with / at its end is a folder."""

PURE = (
    "firmware/vocabulary.py",
    "firmware/codes.py",
    "firmware/line_framer.py",
    "firmware/at_engine.py",
    "firmware/at_events.py",
    "firmware/dle.py",
    "firmware/voice_link.py",
    "firmware/link_table.py",
    "firmware/link_machine.py",
    "firmware/link_actions.py",
    "firmware/agenda.py",
    "firmware/plans.py",
    "firmware/init_plan.py",
    "firmware/call_plans.py",
    "firmware/caller_gone.py",
    "firmware/caller_id.py",
    "firmware/pacing.py",
    "firmware/transmission.py",
    "firmware/tones.py",
    "firmware/transcript.py",
    "firmware/flight_recorder.py",
    "firmware/sound_formats.py",
    "firmware/sample_format_offer.py",
    "firmware/g711.py",
    "firmware/adpcm.py",
    "firmware/tone_frames.py",
    "firmware/key_proof.py",
    "firmware/key_detector.py",
    "firmware/key_merge.py",
    "firmware/progress_meter.py",
    "firmware/progress_bursts.py",
    "firmware/progress_tones.py",
    "firmware/line_ear.py",
    "firmware/backoff.py",
    "firmware/virtual/modem.py",
    "firmware/virtual/exchange.py",
    "firmware/virtual/caller.py",
    "firmware/virtual/latencies.py",
    "box/accounts/model.py",
    "box/accounts/reading.py",
    "box/accounts/window.py",
    "box/accounts/records.py",
    "box/accounts/directory.py",
    "box/accounts/guess_limits.py",
    "box/accounts/reference.py",
    "box/accounts/reference_records.py",
    "box/calls/vocabulary.py",
    "box/calls/phases.py",
    "box/calls/session.py",
    "box/calls/callers_turn.py",
    "box/calls/turns.py",
    "box/calls/answering_line.py",
    "box/dialogue/vocabulary.py",
    "box/dialogue/engine.py",
    "box/dialogue/state.py",
    "box/dialogue/attempts.py",
    "box/dialogue/person.py",
    "box/dialogue/ends.py",
    "box/dialogue/money.py",
    "box/dialogue/questions.py",
    "box/dialogue/readings.py",
    "box/dialogue/readings_questions.py",
    "box/dialogue/finding_account.py",
    "box/dialogue/metering.py",
    "box/dialogue/closing.py",
    "box/dialogue/submission.py",
    "box/dialogue/window.py",
    "box/dialogue/consultation.py",
    "box/dialogue/consultation_questions.py",
    "box/dialogue/debt.py",
    "box/dialogue/forgetting.py",
    "box/dialogue/holidays.py",
    "box/dialogue/identity.py",
    "box/dialogue/lines.py",
    "box/dialogue/menu.py",
    "box/dialogue/meters.py",
    "box/dialogue/news.py",
    "box/dialogue/offices.py",
    "box/dialogue/payment.py",
    "box/dialogue/person_questions.py",
    "box/dialogue/phone_entry.py",
    "box/dialogue/places.py",
    "box/dialogue/services.py",
    "box/dialogue/tariff.py",
    "box/dialogue/topics.py",
    "box/listening/decision.py",
    "box/understanding/plausible.py",
    "box/understanding/keypad.py",
    "box/understanding/card.py",
    "box/courier/delivery.py",
    "box/courier/http_refusals.py",
    "box/courier/messages.py",
    "box/speaking/numbers.py",
    "box/speaking/calendar_words.py",
    "box/speaking/hours_words.py",
    "box/speaking/street_numbers.py",
    "box/speaking/name_words.py",
    "box/speaking/addresses.py",
    "box/speaking/examples.py",
    "box/speaking/stress_checks.py",
    "box/speaking/script.py",
    "box/speaking/values.py",
    "box/speaking/phrases.py",
    "box/speaking/phrase_texts.py",
    "box/speaking/house_numbers.py",
    "box/speaking/line_sound.py",
    "box/speaking/clip_checks.py",
    "box/speaking/free_text.py",
    "box/rehearsal/verdict.py",
    "box/rehearsal/settings_file.py",
    "box/store/event_id.py",
    "box/models/coverage.py",
    "box/models/settings_line.py",
    "box/models/vocabulary_of_model.py",
    "box/collecting/conversation.py",
    "box/collecting/corpus_entries.py",
    "box/collecting/handset_call.py",
    "box/collecting/recorder.py",
)
"""Cores: no clock, thread, socket, process, logger or outside package but numpy and msgspec."""

IMPURE = {
    "asyncio", "httpx", "logging", "multiprocessing", "os", "queue", "random", "select", "serial", "signal", "socket",
    "sqlite3", "ssl", "subprocess", "sys", "threading", "time", "vosk",
}  # fmt: skip


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((HOME / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every absolute module name that the file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def relative(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


def breaches(rule: str) -> list[str]:
    """Imports that break ``rule``, as «file: module»."""
    found = []
    for path in sources(*PRODUCT):
        for module in imports(path):
            if RULES[rule](relative(path), module):
                found.append(f"{relative(path)}: {module}")
    return found


def _importer_is_another(file: str, module: str) -> bool:
    allowed = ONE_IMPORTER.get(module.partition(".")[0])
    return allowed is not None and not any(file == a or (a.endswith("/") and file.startswith(a)) for a in allowed)


RULES = {
    "firmware never imports box": lambda file, module: file.startswith("firmware/") and module.split(".")[0] == "box",
    "the virtual modem knows nothing of the driver": lambda file, module: (
        file.startswith("firmware/virtual/")
        and module.startswith("firmware")
        and not module.startswith("firmware.virtual")
    ),
    "the driver knows nothing of the virtual modem": lambda file, module: (
        file.startswith("firmware/") and not file.startswith("firmware/virtual/") and "virtual" in module
    ),
    "one importer for each outside package": _importer_is_another,
    "the product never imports the training": lambda file, module: (
        module.startswith("box.training") and not file.startswith("box/training/")
    ),
    "nothing imports the command line but itself": lambda file, module: (
        module.startswith("box.cli") and not file.startswith("box/cli/")
    ),
    "the product does not import its tests": lambda file, module: module.split(".")[0] == "tests",
    "cores are pure": lambda file, module: file in PURE and module.split(".")[0] in IMPURE,
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_holds(rule: str) -> None:
    assert breaches(rule) == []


def test_every_core_named_here_exists() -> None:
    assert [name for name in PURE if not (HOME / name).is_file()] == []


def test_a_breach_would_be_seen() -> None:
    """The rules themselves can fail: each is shown a breach."""
    assert RULES["firmware never imports box"]("firmware/dle.py", "box.settings")
    assert RULES["the virtual modem knows nothing of the driver"]("firmware/virtual/modem.py", "firmware.dle")
    assert RULES["one importer for each outside package"]("box/calls/session.py", "serial.tools")
    assert not RULES["one importer for each outside package"]("box/store/ledger.py", "sqlite_utils.db")
    assert RULES["cores are pure"]("firmware/dle.py", "time")


def test_the_top_level_holds_the_six_folders_and_no_other() -> None:
    folders = {path.name for path in HOME.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}
    assert folders == {"firmware", "box", "prompts", "config", "systemd", "tests"}
