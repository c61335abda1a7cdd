"""Tells a bank card number from other digits, so that one is wiped wherever it is typed or said."""

from __future__ import annotations

CARD_LENGTHS = range(13, 20)
"""Digits of a card number (ISO/IEC 7812-1: up to 19; issued cards start at 13)."""


def looks_like_card(digits: str) -> bool:
    """Whether ``digits`` has a card's length and passes the Luhn check (ISO/IEC 7812-1, annex B)."""
    if len(digits) not in CARD_LENGTHS:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
