"""House numbers, buildings and flats as words: «12А», «5/2», «12 к. 1 стр. 3».

Pure: a text and a table of abbreviations go in, groups of words come out; a comma belongs between groups. A text that
cannot be read for certain raises CannotSay: a wrong house number is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from box.errors import CannotSay
from box.speaking.numbers import number_words

LETTER = "литера"
FRACTION = "дробь"
MOST_DIGITS = 6

_TOKEN = re.compile(r"\d+|[^\W\d_]+|[^\s.,]")


def house_groups(text: str, kind: str, abbreviations: Mapping[str, str]) -> list[list[str]]:
    """``text`` as groups of words, ``kind`` («дом», «квартира») before a number that does not say itself what it is.
    ``abbreviations`` maps what may stand before a number to its word. Raises CannotSay for anything doubtful."""
    tokens = _TOKEN.findall(text)
    full = set(abbreviations.values())
    groups: list[list[str]] = []
    awaits_number = True
    for part, follower in pairwise([*tokens, ""]):
        small = part.lower()
        named = abbreviations.get(small) or (small if small in full else "")
        if named and (follower.isdecimal() or (named == LETTER and follower)):
            groups.append([named])
            awaits_number = True
        elif part.isdecimal() and awaits_number and len(part) <= MOST_DIGITS:
            groups = groups or [[kind]]
            groups[-1] += number_words(int(part))
            awaits_number = False
        elif part == "/" and groups and not awaits_number and follower.isdecimal():
            groups[-1].append(FRACTION)
            awaits_number = True
        elif len(part) == 1 and part.isalpha():
            _add_letter(groups, part.upper(), kind)
            awaits_number = False
        elif not (part == "-" and len(follower) == 1 and follower.isalpha()):
            raise CannotSay(f"«{part}» has no clear meaning in a house number")
    return groups


def _add_letter(groups: list[list[str]], letter: str, kind: str) -> None:
    if groups and groups[-1] == [LETTER]:
        groups[-1].append(letter)
    elif groups:
        groups.append([LETTER, letter])
    else:
        groups.append([kind, LETTER, letter])
