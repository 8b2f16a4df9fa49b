"""What a hostile office does with a program of its own: real keys, real letters, none of our rules."""

import shutil
from zoneinfo import ZoneInfo

from backchannel.conveyance.covering import Covering
from backchannel.conveyance.evidence import Evidence, PassedOn, Said, reference, state
from backchannel.desk import conveying, sealing
from backchannel.desk import events as ev
from backchannel.desk.sealing import Order, Route
from backchannel.desk.states import Correspondent
from backchannel.encoding import decode, decode_prefix, encode
from backchannel.letters.letter import contents
from backchannel.letters.matter import Matter
from backchannel.letters.parts import Body
from backchannel.seals.cards import read_card, standing_target
from backchannel.seals.envelopes import make_batch
from backchannel.seals.seal import NO_TOKEN, Target, seal

_SETTLED = {}  # by their names: where they lie closed, and the dice as they were; founding them takes seconds


def settle(town, *names):
    """Offices that all know each other."""
    if names not in _SETTLED:
        offices = [town.office(name) for name in names]
        for one in offices:
            for other in offices:
                if one is not other:
                    town.introduce(one, other)
        for one in offices:
            one.close()
        _SETTLED[names] = (shutil.copytree(town.folder, town.folder.parent / "-".join(names)), town.dice.getstate())
    folder, dice = _SETTLED[names]
    shutil.copytree(folder, town.folder, dirs_exist_ok=True)
    town.dice.setstate(dice)
    for name in names:
        town.offices[name] = town.clerk("ada", town.folder / name.lower())
    return [town.offices[name] for name in names]


def send(by, to, *routes, title="Will you meet?", **more):
    body = Body("en", "prevailing", title, "At the harbour, at ten.")
    routes = tuple(
        Route(tuple(hop.state.office for hop in hops)) if isinstance(hops, tuple) else hops for hops in routes
    )
    return sealing.seal_letter(by, Order(to.state.office, "letter", (body,), routes=routes, **more), ZoneInfo)


def rounds(town, *offices, times=3):
    for _ in range(times):
        town.carry()
        for office in offices:
            town.keep_house(office)
    town.carry()


def given(town, north, south, ferry, *routes, title="Will you meet?", **more):
    """A letter from North that Ferry now has in its tray: its entry at North, its charge at Ferry."""
    n = send(north, south, *(routes or ((ferry,),)), title=title, **more)
    rounds(town, ferry)
    return n, conveying.tray(ferry)[-1]


def write(by, to, form, matter=None, **more):
    """Whatever letter a program of its own would write, over a relay."""
    order = Order(
        to.state.office, form, more.pop("bodies", ()), matters=(matter,) if matter else (),
        routes=(Route(receipt=False),), spoken=True, **more,
    )  # fmt: skip
    with by.changing() as change:
        n = sealing.write_in(change, order, False, ZoneInfo)
    sealing.hand_down(change)
    return n


def cover(writer, to, enclosure, *, addressee=None, blind=b"b" * 32, kind="operation", **asked):
    """A covering letter with any enclosure."""
    covering = Covering((addressee or to).state.office, enclosure, blind, **asked)
    return write(writer, to, "conveyance", covering.matter(), type=kind)


def hand_over(town, writer, to, enclosure, **asked):
    """Such a covering letter, carried and opened: what `to` says that it brought."""
    cover(writer, to, enclosure, **asked)
    town.carry()
    return town.take_in(to)


def tell(town, by, to, said=(), passed_on=(), *, kind="operation", raw=None):
    """An evidence letter, carried and opened: what `to` says that it brought."""
    matter = Evidence(tuple(said), tuple(passed_on)).matter() if raw is None else Matter("evidence", raw)
    write(by, to, "evidence", matter, type=kind)
    town.carry()
    return town.take_in(to)


def stating(carrier, charge, event, at, reasons=(), *, by=None, signed=False, ref=None, mode="manual"):
    """A statement about a charge, by whomever."""
    by = (by or carrier).state.office
    return state(event, ref or charge.came.ref, by, at, mode, reasons, carrier.signing if signed else None)


def passing(said: Said, blind, giver, addressee):
    return PassedOn(said, blind, giver.state.office, addressee.state.office)


def next_leg(charge, blind, giver, addressee):
    """The reference of a later leg with the same sealed bytes."""
    return reference(blind, charge.came.seal_id, giver.state.office, addressee.state.office)


def enclosure_of(office, charge):
    return conveying.covering_of(office, charge).enclosure


def letters(office):
    """Letters of people's that came."""
    return [one for one in office.state.letters.values() if not one.ours and one.event and one.event.form == "letter"]


def kinds(office, after):
    """Kinds of the entries after number `after`."""
    return [type(one.event).__name__ for one in entries(office) if one.n > after]


def entries(office):
    return [ev.from_bytes(n, data) for n, data in office.register.events()]


def head(office):
    return office.register.head()[0]


def marks(intake):
    return [mark for mark, _, many in intake.refused for _ in range(many)]


def sealed_of(office, n):
    """The sealed bytes as they leave here over a relay."""
    return office.register.blob(n, "sealed")


def now(town):
    return int(town.clock().timestamp())


# --- contents of any kind, sealed as their writer's own desk would ---

BODY = Body("en", "prevailing", "Meeting", "Will you meet?")


def composed(north, south, **more):
    """[sheet, parts, signature, docket] of a letter of North's as it would be sealed, sheet and docket decoded."""
    order = Order(south.state.office, "letter", (BODY,), signed=False, **more)
    other = north.state.of(south.state.office)
    number = max((number for _, number in other.written), default=0) + 1
    batch, _ = make_batch(other.made_batches + 1, None, north.now, north.random)
    letter = sealing._compose(north, order, other, False, number, batch, (Route(),), ZoneInfo)
    sheet, parts, signature, docket = decode_prefix(contents(letter))[0]
    return [decode(sheet, limit=1 << 20), parts, signature, decode(docket, limit=1 << 20)]


def sealed_by(north, south, letter, *, target=None):
    """Any contents, sealed as North's own desk would, on the envelope or key it would take; a docket may be bytes."""
    other = north.state.of(south.state.office)
    sheet, parts, signature, docket = letter
    data = encode([encode(sheet), parts, signature, docket if isinstance(docket, bytes) else encode(docket)])
    target = target or sealing._choose(north, other, Route(), set()).target
    dh = north.link.shared(other.card.body.link_public)
    return seal(data, north.writer, other.office, dh, target, north.random(32))


def standing(south, clock, token=NO_TOKEN):
    slot, key = standing_target(read_card(south.state.card_data), clock())
    return Target(slot, key.public, token)


def arrives(town, office, sealed, times=1):
    """As the station gives it up, and taken in; what the desk says of it."""
    with office.hatch._changing():
        for _ in range(times):
            office.hatch._run(
                "INSERT INTO arrived(sealed, left_by, reached) VALUES (?, ?, ?)", sealed, now(town), now(town)
            )
    return town.take_in(office)


def picture(office):
    """All that a letter could change."""
    office.forget_state()
    state = office.state
    known = [one for one in state.correspondents.values() if one != Correspondent(one.office)]
    secrets = sorted(secret.name for secret in office.register.secrets())
    return repr((state.letters, state.own_slots, state.spent, state.seals, state.seal_ids, known, secrets))


def unchanged(town, office, sealed):
    before, head = picture(office), office.register.head()[0]
    intake = arrives(town, office, sealed)
    assert picture(office) == before
    assert office.register.head()[0] == head + 1  # the one entry that counts what was refused
    assert intake.opened == ()
    ((mark, why, number),) = intake.refused
    assert number == 1
    return mark, why
