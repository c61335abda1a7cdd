"""Where offices are: the names by which callers choose one, and which office is nearest to which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from box.accounts.reference import Office

EARTH_RADIUS_KM = 6371.0
"""Mean radius (IUGG); a town is too small for its flattening to matter."""

PLACE = "place:"
"""Begins the intent of a place's name; the place's number in ``places`` follows."""

BEFORE_STATION = ("", "метро ", "станция ", "станция метро ")
BEFORE_DISTRICT = ("", "район ")
"""What callers say before a name, or not."""


@dataclass(frozen=True, slots=True)
class Place:
    """A district or a metro station, as billing spells it, with its offices in the book's order."""

    name: str
    offices: tuple[Office, ...]
    is_district: bool
    is_station: bool

    @property
    def spoken(self) -> tuple[str, ...]:
        """The ways to say it, in lower case and without hyphens, as config/places.toml has them."""
        name = spoken_name(self.name)
        before = {*(BEFORE_DISTRICT if self.is_district else ()), *(BEFORE_STATION if self.is_station else ())}
        after = (f"{name} район",) if self.is_district else ()
        return (*(f"{word}{name}" for word in sorted(before)), *after)


def spoken_name(name: str) -> str:
    """``name`` as it is said and heard."""
    return " ".join(name.casefold().replace("-", " ").split())


def places(offices: tuple[Office, ...]) -> tuple[Place, ...]:
    """Every district and station that has an office, by name. A name that is both is one place."""
    spelling: dict[str, str] = {}
    for office in offices:
        for name in (office.district, *office.metro):
            if spoken_name(name):
                spelling.setdefault(spoken_name(name), name)
    return tuple(_place(spelling[key], offices) for key in sorted(spelling))


def _place(name: str, offices: tuple[Office, ...]) -> Place:
    key = spoken_name(name)
    of_district = [office for office in offices if spoken_name(office.district) == key]
    at_station = [office for office in offices if key in map(spoken_name, office.metro)]
    here = tuple(office for office in offices if office in of_district or office in at_station)
    return Place(name, here, bool(of_district), bool(at_station))


def named_by(found: tuple[Place, ...]) -> Mapping[str, str]:
    """The spoken names of ``found`` and the intent that each is reported as."""
    return {name: f"{PLACE}{number}" for number, place in enumerate(found) for name in place.spoken}


def to_choose_by_key(found: tuple[Place, ...]) -> tuple[int, ...]:
    """The numbers of the places that are named for the keys: the districts, and the stations of offices without one."""
    covered = {office.id for place in found if place.is_district for office in place.offices}
    return tuple(
        number
        for number, place in enumerate(found)
        if place.is_district or any(office.id not in covered for office in place.offices)
    )


def in_order(first: Office, offices: tuple[Office, ...]) -> tuple[Office, ...]:
    """``first`` and the rest, the nearest to it first; those whose distance is not known last, in the book's order."""
    rest = [office for office in offices if office.id != first.id]
    return (first, *sorted(rest, key=lambda office: distance_km(first, office)))


def distance_km(one: Office, other: Office) -> float:
    """As the crow flies (haversine); infinite where a coordinate is missing."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return float("inf")
    up, across = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    shrink = cos(radians(one.latitude)) * cos(radians(other.latitude))
    chord = sin(up / 2) ** 2 + shrink * sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))
