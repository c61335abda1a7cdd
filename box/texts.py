"""Texts for technicians, in their language, from the one catalogue config/texts.toml."""

from __future__ import annotations

from typing import Literal, cast

from box.errors import BoxError
from box.settings import HOME
from box.toml_tables import read_toml

CATALOGUE = HOME / "config" / "texts.toml"

Language = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = ("ru", "en")


class TextMissing(BoxError):
    """The catalogue has no such text: a defect of ours."""

    code = "defect"


class Texts:
    """The catalogue in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._tables, problems = read_toml(CATALOGUE)
        if problems:
            raise TextMissing("; ".join(problems))

    def __call__(self, key: str, /, **values: object) -> str:
        """The text ``table.name`` of the catalogue with ``values`` filled in. Raises TextMissing."""
        table, _, name = key.partition(".")
        try:
            return cast(str, self._tables[table][name][self.language]).format(**values)
        except KeyError as error:
            raise TextMissing(f"config/texts.toml: {key} lacks {error}") from None
