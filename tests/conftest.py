"""What holds for every test: an example of Hypothesis may take as long as a loaded machine needs."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("linebox", deadline=None)
settings.load_profile("linebox")
