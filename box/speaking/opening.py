"""The voice of this program: prompts/ and config/ as they are installed. The one place that knows where they are."""

from __future__ import annotations

from pathlib import Path

from box.settings import HOME
from box.speaking.addresses import PlaceAudio
from box.speaking.catalogue import load_catalogue
from box.speaking.name_words import load_abbreviations
from box.speaking.voice import Voice

PROMPTS = HOME / "prompts"
ABBREVIATIONS = HOME / "config" / "abbreviations.toml"
STRESS = HOME / "config" / "stress.toml"


def open_voice(folder: Path = PROMPTS, place_audio: PlaceAudio | None = None) -> Voice:
    """A voice ready to speak. Raises PromptsBroken, SettingsWrong."""
    return Voice(load_catalogue(folder), load_abbreviations(ABBREVIATIONS), place_audio)
