"""The station: looking through others' pouches for one's own."""

import secrets
from collections.abc import Iterator
from pathlib import Path

from measure import Figure, Goal, take_turns
from offices import office

from backchannel.desk import events as ev
from backchannel.desk.office import own_envelope_name
from backchannel.desk.opening import _key_of
from backchannel.encoding import encode
from backchannel.pouches.fragments import cut
from backchannel.pouches.packet import HOP_INFO, build
from backchannel.seals.keys import KemKey, Random
from backchannel.station.run import _look

POUCHES = 400
RANDOM: Random = secrets.token_bytes
WHY = "The library's own opening of an encapsulation is all but a few microseconds of it; more cores look in processes."


def figures(folder: Path) -> Iterator[Figure]:
    mine, theirs = KemKey.from_seed(RANDOM(32)), KemKey.from_seed(RANDOM(32))
    inner = cut(RANDOM(20_000), RANDOM)[0]
    others = [build(theirs.public, inner, RANDOM) for _ in range(POUCHES)]
    own = [build(mine.public, inner, RANDOM) for _ in range(POUCHES)]

    def look(pouches: list[bytes]) -> int:
        return sum(_look(pouch, [(1, mine)]) is not None for pouch in pouches)

    assert (look(others), look(own)) == (0, POUCHES)
    runs = take_turns(
        {
            "others": lambda: look(others),
            "own": lambda: look(own),
            "bare": lambda: [mine.open(HOP_INFO, pouch[:1168]) for pouch in others],
        },
        7,
    )
    rate = {name: [POUCHES / one * 1000 for one in found.cpu] for name, found in runs.items()}
    yield Figure(
        "others' pouches tried, a key and second of CPU", "pouches", rate["others"], more=True,
        limits={"bare HPKE open": rate["bare"]}, goals=[Goal(12_000, "", WHY)], cpu=runs["others"].cpu,
    )  # fmt: skip
    yield Figure(
        "own pouches peeled, a second of CPU", "pouches", rate["own"], more=True,
        limits={"bare HPKE open": rate["bare"]}, cpu=runs["own"].cpu,
        goals=[Goal(6_000, "", "Two passes of AES-CTR and two of HMAC over 30 KiB make the payload all or nothing.")],
    )  # fmt: skip
    yield _among_envelopes(folder)


def _among_envelopes(folder: Path) -> Figure:
    """What a pouch costs does not know of envelopes; to find the one a letter names is one look, however many wait."""
    one, many = office(folder, "One", 1), office(folder, "Many", 2)
    slots = {desk.directory.name: _envelopes(desk, count) for desk, count in ((one, 1), (many, 10_000))}
    runs = take_turns(
        {
            "one": lambda: _key_of(one, slots["One"][0]),
            "many": lambda: _key_of(many, secrets.choice(slots["Many"])),
        },
        15,
        times=40,
    )
    return Figure(
        "the key of a letter's envelope among 10,000", "CPU ms", runs["many"].cpu,
        limits={"among one": runs["one"].cpu}, goals=[Goal(1.25, "among one")],
    )  # fmt: skip


def _envelopes(desk, count: int) -> list[bytes]:  # type: ignore[no-untyped-def]
    slots = [secrets.token_bytes(16) for _ in range(count)]
    with desk.changing() as change:
        for at in range(0, count, 16):
            batch = tuple((slot, 1_900_000_000) for slot in slots[at : at + 16])
            change.add(ev.BatchMade(bytes(32), 1 + at // 16, batch))
            for slot, until in batch:
                change.tx.put_secret(own_envelope_name(slot), encode([RANDOM(32), RANDOM(32)]), until)
    assert len(desk.state.own_slots) == count
    return slots
