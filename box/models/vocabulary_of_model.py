"""The words that a Vosk model knows: from graph/words.txt, or from the symbol table inside graph/Gr.fst.

Public small models carry the table in Gr.fst alone, and libvosk reads it there; the box looks into words.txt before it
lets the library near a model. Pure but for the two functions that take a folder.

Format: OpenFst 1.6-1.8, fst/fst.cc (FstHeader) and fst/symbol-table.cc (SymbolTableImpl::Read), little-endian.
"""

from __future__ import annotations

import struct
from pathlib import Path

from box.listening.model_folder import LOOKAHEAD_GRAPH, WORDS
from box.models.errors import ModelRefused

_FST_MAGIC = 2125659606
_SYMBOLS_MAGIC = 2125658996
_HAS_INPUT_SYMBOLS, _HAS_OUTPUT_SYMBOLS = 1, 2
_MOST_WORDS = 5_000_000
_GRAMMAR = LOOKAHEAD_GRAPH[1]


class NoSymbols(ValueError):
    """The bytes are no OpenFst file, are cut, or hold no table of output symbols."""


def output_symbols(content: bytes) -> dict[str, int]:
    """The table of output symbols of an OpenFst file, word by word with its number. Raises NoSymbols."""
    reader = _Reader(content)
    if reader.number("<i") != _FST_MAGIC:
        raise NoSymbols("not an OpenFst file")
    reader.text()  # kind of graph
    reader.text()  # kind of arcs
    reader.number("<i")  # version
    flags = reader.number("<i")
    reader.skip(8 + 3 * 8)  # properties; start, number of states, number of arcs
    if flags & _HAS_INPUT_SYMBOLS:
        _table(reader)
    if not flags & _HAS_OUTPUT_SYMBOLS:
        raise NoSymbols("no table of words inside")
    return _table(reader)


def listed_words(text: str) -> dict[str, int]:
    """The content of a words.txt: «word number», a line each; other lines are passed over."""
    rows = (line.split() for line in text.splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}


def words_text(symbols: dict[str, int]) -> str:
    """``symbols`` as a words.txt."""
    return "".join(f"{word} {number}\n" for word, number in sorted(symbols.items(), key=lambda each: each[1]))


def words_of(folder: Path) -> frozenset[str]:
    """The words of a model's folder, from wherever it keeps them. Raises ModelRefused."""
    try:
        if (folder / WORDS).is_file():
            return frozenset(listed_words((folder / WORDS).read_text("utf-8", "replace")))
        return frozenset(output_symbols((folder / _GRAMMAR).read_bytes()))
    except (OSError, NoSymbols) as error:
        raise ModelRefused(f"{folder}: its list of words cannot be read: {error}; take the model anew") from None


def complete_words(folder: Path) -> bool:
    """Write graph/words.txt from the symbol table inside Gr.fst where the model has only that. True if it was written;
    False if it was there, or cannot be made (whoever checks the folder then says what is missing)."""
    target = folder / WORDS
    if target.exists():
        return False
    try:
        symbols = output_symbols((folder / _GRAMMAR).read_bytes())
        target.write_text(words_text(symbols), "utf-8")
    except (OSError, NoSymbols):
        return False
    return True


class _Reader:
    """Bytes from front to back; a read beyond the end raises NoSymbols."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def take(self, length: int) -> bytes:
        if length < 0 or self._at + length > len(self._content):
            raise NoSymbols("cut short")
        piece = self._content[self._at : self._at + length]
        self._at += length
        return piece

    def skip(self, length: int) -> None:
        self.take(length)

    def number(self, form: str) -> int:
        (value,) = struct.unpack(form, self.take(struct.calcsize(form)))
        return int(value)

    def text(self) -> str:
        return self.take(self.number("<i")).decode("utf-8", "replace")


def _table(reader: _Reader) -> dict[str, int]:
    if reader.number("<i") != _SYMBOLS_MAGIC:
        raise NoSymbols("the table of words is damaged")
    reader.text()  # name
    reader.number("<q")  # the next free number
    size = reader.number("<q")
    if not 0 <= size <= _MOST_WORDS:
        raise NoSymbols("the table of words is damaged")
    table: dict[str, int] = {}
    for _ in range(size):
        word = reader.text()
        table[word] = reader.number("<q")
    return table
