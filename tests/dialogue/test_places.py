"""Where offices are: distances against known ones, names as people say them, the order of the nearest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.reference import Office
from box.dialogue.places import distance_km, in_order, named_by, places, to_choose_by_key
from tests.dialogue.reference import CLOSE_TO_SOKOL, FAR_FROM_SOKOL, NEAR_SOKOL, SOMEWHERE, office

KREMLIN = (55.7520, 37.6175)
WINTER_PALACE = (59.9404, 30.3139)


def at(latitude: float, longitude: float) -> Office:
    return office(1, at=(latitude, longitude))


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (KREMLIN, KREMLIN, 0),
        (KREMLIN, WINTER_PALACE, 634),  # Moscow to Saint Petersburg, as atlases give it
        ((0, 0), (1, 0), 111.2),  # a degree of latitude
        ((60, 0), (60, 1), 55.6),  # a degree of longitude at 60 degrees north is half as long
        ((0, 179.5), (0, -179.5), 111.2),  # over the date line
        ((90, 0), (-90, 0), 20015),  # from pole to pole
    ],
)
def test_distances_are_those_of_the_atlas(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert distance_km(at(*one), at(*other)) == pytest.approx(km, rel=0.003, abs=0.01)


POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(POINTS, POINTS)
def test_a_distance_is_the_same_both_ways(one: tuple[float, float], other: tuple[float, float]) -> None:
    there, back = distance_km(at(*one), at(*other)), distance_km(at(*other), at(*one))
    assert there == pytest.approx(back, abs=1e-6)
    assert 0 <= there <= 20016


def test_an_office_without_coordinates_comes_last() -> None:
    book = (SOMEWHERE, FAR_FROM_SOKOL, NEAR_SOKOL, CLOSE_TO_SOKOL)
    assert in_order(NEAR_SOKOL, book) == (NEAR_SOKOL, CLOSE_TO_SOKOL, FAR_FROM_SOKOL, SOMEWHERE)
    assert in_order(SOMEWHERE, book) == (SOMEWHERE, FAR_FROM_SOKOL, NEAR_SOKOL, CLOSE_TO_SOKOL)


def test_a_name_is_heard_as_it_is_said() -> None:
    found = places((office(1, "Северо-Западный", "Щукинская"),))
    assert [place.name for place in found] == ["Северо-Западный", "Щукинская"]
    names = named_by(found)
    assert names["северо западный"] == names["район северо западный"] == names["северо западный район"] == "place:0"
    assert names["щукинская"] == names["метро щукинская"] == names["станция метро щукинская"] == "place:1"
    assert "метро северо западный" not in names


def test_a_name_of_both_kinds_is_one_place_with_all_its_offices() -> None:
    (place,) = places((office(1, "Сокол"), office(2, "", "СОКОЛ")))
    assert [each.id for each in place.offices] == ["office-1", "office-2"]


def test_names_that_say_nothing_are_no_places() -> None:
    assert places((office(1, "", " "), office(2, "-"))) == ()


def test_keys_name_the_districts_and_what_has_none() -> None:
    found = places((office(1, "Сокол", "Аэропорт"), office(2, "", "Щукинская")))
    assert [found[number].name for number in to_choose_by_key(found)] == ["Сокол", "Щукинская"]
