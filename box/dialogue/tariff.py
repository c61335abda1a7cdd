"""What the account's tariff is: since when, the hours of its zones, the price of each by the month's use.

Prices, hours and ranges are data of the reference book; none is known here (caller-service.md §7.6).
"""

from __future__ import annotations

from collections.abc import Iterator

from box.accounts.model import ClockTrust, KilowattHours
from box.accounts.reference import PriceRange, Tariff, TariffZone
from box.dialogue.closing import close
from box.dialogue.readings_questions import account_of
from box.dialogue.state import DialogueState, Move, note, phrase
from box.dialogue.vocabulary import Count, DateForm, Hours, Money, Phrase, SpokenDate, Zone


def tell(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    """The tariff of the account in hand, or who knows it."""
    tariff = _tariff(state)
    if tariff is None:
        return close(state, (*lead, phrase("tariff.unknown")))
    prices = tuple(_prices(tariff))
    if not prices:
        return close(state, (*lead, phrase("tariff.no_prices")))
    since = phrase("tariff.valid", date=SpokenDate(tariff.valid_from, DateForm.BARE))
    return close(note(state, informed=True), (*lead, since, *_hours(tariff), *prices))


def _tariff(state: DialogueState) -> Tariff | None:
    """The version in force today; the newest where the box cannot know the day, since its date is said with it."""
    book, id_ = state.call.reference, account_of(state).tariff
    if state.call.clock is not ClockTrust.UNKNOWN:
        return book.tariff_on(id_, state.today)
    versions = [tariff for tariff in book.tariffs if tariff.id == id_]
    return max(versions, key=lambda tariff: tariff.valid_from, default=None)


def _hours(tariff: Tariff) -> Iterator[Phrase]:
    """When each zone holds; nothing of a tariff with one price round the clock."""
    for zone in tariff.zones if len(tariff.zones) > 1 else ():
        name = Zone(zone.name)
        if not zone.hours:
            yield phrase("tariff.zone_round", zone=name)
            continue
        first, *more = zone.hours
        yield phrase("tariff.zone_hours", zone=name, hours=Hours(*first))
        for hours in more:
            yield phrase("tariff.zone_hours_more", hours=Hours(*hours))


def _prices(tariff: Tariff) -> Iterator[Phrase]:
    """Each range of use with its prices, by rising use; a range without a price is left out."""
    priced = [each for each in tariff.ranges if any(_zone_prices(tariff, each))]
    for each in priced:
        use = None if each.up_to_kwh is None else Count(KilowattHours(each.up_to_kwh), "kilowatt_hour")
        prices = list(_zone_prices(tariff, each))
        if len(tariff.zones) <= 1:
            ((_, price),) = prices
            if use is not None:
                yield phrase("tariff.price_up_to", use=use, price=price)
            elif len(priced) > 1:
                yield phrase("tariff.price_above", price=price)
            else:
                yield phrase("tariff.price", price=price)
            continue
        if use is not None:
            yield phrase("tariff.range_up_to", use=use)
        elif len(priced) > 1:
            yield phrase("tariff.range_above")
        for zone, price in prices:
            yield phrase("tariff.zone_price", zone=Zone(zone.name), price=price)


def _zone_prices(tariff: Tariff, prices: PriceRange) -> Iterator[tuple[TariffZone, Money]]:
    """The zones of ``tariff`` that have a price in this range, in the order of the tariff."""
    by_zone = dict(prices.prices)
    for zone in tariff.zones:
        if zone.zone in by_zone:
            yield zone, Money(by_zone[zone.zone])
