"""A reader who wants to prove a deniable letter with everything it holds: each thing it could have made alone."""

from zoneinfo import ZoneInfo

import pytest
from hostile import enclosure_of, given, letters, now, rounds, settle

from backchannel.conveyance.bundle import About, Bundle, Item, make_bundle, read_bundle, verify
from backchannel.conveyance.covering import Covering, read_covering
from backchannel.conveyance.evidence import Evidence, reference, state
from backchannel.desk import conveying, exporting, opening, sealing
from backchannel.desk.forging import forge
from backchannel.desk.sealing import Order, Route
from backchannel.errors import NotPossible
from backchannel.letters.docket import Docket
from backchannel.letters.letter import contents
from backchannel.letters.parts import Body
from backchannel.seals.cards import read_card
from backchannel.seals.envelopes import make_batch
from backchannel.seals.seal import Target, seal, seal_id_of
from backchannel.values import replace


@pytest.fixture
def carried(town):
    """A deniable letter of North's, on an envelope of South's, carried by Ferry with signed custody, and opened."""
    north, south, ferry, harbour = settle(town, "North", "South", "Ferry", "Harbour")
    town.exchange(south, north)
    n, charge = given(
        town, north, south, ferry, Route((ferry.state.office,), custody="signed"), title="We yield", signed=False
    )
    closed = enclosure_of(ferry, charge)
    conveying.accept(ferry, charge.n, ZoneInfo)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, south, ferry, north)
    (letter,) = letters(south)
    assert (letter.event.signed, letter.event.via) == (False, "envelope")
    return town, north, south, ferry, harbour, n, letter, closed


def own_envelope(south, north):
    """An envelope that South makes for North, as it made the one that was used: nobody else is needed."""
    with south.changing() as change:
        batch = sealing._new_batch(change, south.state.of(north.state.office))
    one = batch.envelopes[0]
    return Target(one.slot, one.public, one.token)


def made_by(south, north, letter, target):
    """The letter sealed by South alone as if by North: with North's card and South's own keys."""
    card = read_card(south.state.of(north.state.office).card_data)
    dh = south.link.shared(card.body.link_public)
    return seal(contents(letter), card.body.writer, south.state.office, dh, target, south.random(32))


def covering_of(south, letter):
    kept = sealing.read_kept(south, letter.event.covering)
    return read_covering(next(one.value for one in kept.matters if one.kind == "conveyance"))


def test_the_closed_letter_and_its_text_can_be_made_by_the_reader(carried):
    """Same text, same letter-id, on an envelope: South's own desk, with every check, takes its own work for North's."""
    _, north, south, _, _, _, letter, closed = carried
    true = sealing.read_kept(south, letter.n)
    for text in ("At the harbour, at ten.", "We yield everything."):
        body = Body("en", "prevailing", "We yield", text)
        _, other = forge(south, Order(north.state.office, "letter", (body,), signed=False), ZoneInfo)
        made = made_by(south, north, replace(other, docket=replace(true.docket, number=9)), own_envelope(south, north))
        assert len(made) == len(closed)
        assert opening.try_to_open(south, made).bodies == (body,)
    same = made_by(south, north, true, own_envelope(south, north))
    opened = opening.try_to_open(south, same)
    assert (opened.letter_id, opened.sheet.sender) == (true.letter_id, north.state.office)


def test_the_covering_letter_and_the_readers_own_receipt_can_be_made_by_the_reader(carried):
    """What Ferry wrote to South is no more certain to others than what North did; its blind too."""
    _, north, south, ferry, _, _, letter, _ = carried
    true = sealing.read_kept(south, letter.n)
    enclosed = made_by(south, north, replace(true, docket=replace(true.docket, number=9)), own_envelope(south, north))
    covering = Covering(south.state.office, enclosed, south.random(32), taken=1)
    order = Order(ferry.state.office, "conveyance", (), matters=(covering.matter(),), signed=False)
    sealed, made = forge(south, order, ZoneInfo)
    opened = opening.try_to_open(south, sealed)
    assert opened.sheet.sender == ferry.state.office
    assert read_covering(opened.matters[0].value) == covering
    assert made.signature is None
    assert sealing.read_kept(south, letter.event.covering).signature is None
    # South's receipt names the sealed bytes by a reference that South can make about any bytes.
    ref = reference(covering.blind, seal_id_of(enclosed), ferry.state.office, south.state.office)
    receipt = state("ContentHandover", ref, south.state.office, 1, "automatic", key=south.signing)
    item = Item(receipt, covering.blind, ferry.state.office, south.state.office)
    (finding,) = verify(Bundle((south.state.card_data,), (About(enclosed, (item,)),)))
    assert finding.verdict == "proved"  # that South says so


def test_of_signed_custody_the_reader_lacks_statement_and_blind(carried):
    """North asked Ferry to sign: of that leg nothing is on South's desk, and what is there fits nothing."""
    _, north, south, ferry, _, n, letter, closed = carried
    made = exporting.bundle_of(north, n)
    (about,) = read_bundle(made.data).about
    assert about.sealed == closed
    held = [one.value for one in south.register.secrets()]
    for entry, data in south.register.events():
        held += [data or b"", *(south.register.blob(entry, name) or b"" for name in south.register.blob_names(entry))]
    blind, ref = about.items[0].blind, about.items[0].said.statement.ref
    assert not [one for one in held if blind in one or ref in one or about.items[0].said.signature in one]
    theirs = covering_of(south, letter).blind
    assert [one for one in held if theirs in one]  # the search finds what is there
    with pytest.raises(NotPossible):
        exporting.bundle_of(south, letter.n)
    # Were the signed statement found on the street: none of the blinds that South holds fits it.
    cards = (ferry.state.card_data,)
    for giver, addressee in ((north, south), (ferry, south)):
        items = tuple(Item(one.said, theirs, giver.state.office, addressee.state.office) for one in about.items)
        found = verify(read_bundle(make_bundle(Bundle(cards, (About(closed, items),)))))
        assert {one.verdict for one in found} == {"about-other-bytes"}


def test_a_carrier_in_league_signs_the_same_for_a_letter_that_the_reader_made(carried):
    """Ferry gives South blind and signature: they prove what Ferry says, and Ferry says it of South's own work too."""
    town, north, south, ferry, _, n, letter, closed = carried
    (about,) = read_bundle(exporting.bundle_of(north, n).data).about
    true = sealing.read_kept(south, letter.n)
    body = Body("en", "prevailing", "We yield", "We yield everything, and the harbour.")
    _, other = forge(south, Order(north.state.office, "letter", (body,), signed=False), ZoneInfo)
    made = made_by(south, north, replace(other, docket=replace(true.docket, number=9)), own_envelope(south, north))
    blind = town.dice.randbytes(32)
    ref = reference(blind, seal_id_of(made), north.state.office, south.state.office)
    items = tuple(
        Item(state(one.said.statement.event, ref, ferry.state.office, now(town), "manual", key=ferry.signing), blind,
             north.state.office, south.state.office)
        for one in about.items
    )  # fmt: skip
    cards = (ferry.state.card_data,)
    of_true = verify(Bundle(cards, (about,)))
    of_made = verify(Bundle(cards, (About(made, items),)))
    assert [one.verdict for one in of_true] == [one.verdict for one in of_made] == ["proved"] * 3
    assert len(made) == len(closed)
    assert opening.try_to_open(south, made).bodies == (body,)


def test_a_later_signed_letter_names_nothing_of_the_deniable_one(carried):
    """Its signature covers no id, reference, blind, slot or text of it; what stands beside it, South writes itself."""
    town, north, south, _, _, n, letter, closed = carried
    direct = {"form": "reply", "routes": (Route(),)}
    _, asked = town.exchange(south, north, "You yielded?", replies=(letter.n,), signed=False, **direct)
    _, came = town.exchange(north, south, "Noted", text="We have read it.", replies=(asked,), signed=True, **direct)
    signed = sealing.read_kept(south, came)
    assert signed.signature is not None
    assert signed.sheet.answers == ()
    covered = signed.sheet.data + b"".join(part.data for part in signed.parts) + signed.signature
    event = letter.event
    blind = covering_of(south, letter).blind
    names = [event.letter_id, event.seal_id, event.slot, blind, seal_id_of(closed), b"We yield"]
    names += [north.state.letters[n].event.letter_id]
    assert not [name for name in names if name in covered]
    # Its docket tells of earlier letters (number, view, what it answers): it is not signed, and South writes another.
    other = Docket(epoch=signed.docket.epoch, number=40, replies=(b"?" * 32,), handling=signed.docket.handling)
    made = made_by(south, north, replace(signed, docket=other), own_envelope(south, north))
    opened = opening.try_to_open(south, made)
    assert (opened.letter_id, opened.signature) == (signed.letter_id, signed.signature)
    assert opened.docket.replies == (b"?" * 32,)


def test_envelopes_that_the_writer_gave_prove_nothing(carried):
    """Return envelopes come in the unsigned docket: South could have made each pair of keys itself, as North's gift."""
    town, north, south, _, _, _, letter, _ = carried
    true = sealing.read_kept(south, letter.n)
    assert true.docket.batch is not None
    batch, _ = make_batch(true.docket.batch["number"] + 1, None, now(town), south.random)
    given_by_nobody = replace(true, docket=replace(true.docket, number=9, batch=batch.to_wire()))
    opened = opening.try_to_open(south, made_by(south, north, given_by_nobody, own_envelope(south, north)))
    assert opened.docket.batch == batch.to_wire()
    assert {type(one) for one in opened.docket.batch.values()} == {type(one) for one in true.docket.batch.values()}


def test_evidence_that_the_reader_passes_on_or_heard_is_its_own_word(carried):
    """An oral statement, as Ferry's or North's, South makes as it likes; signed in another's name it does not hold."""
    town, north, south, ferry, _, _, letter, closed = carried
    said = state("SubmissionAcceptance", bytes(32), ferry.state.office, now(town), "manual")
    order = Order(ferry.state.office, "evidence", (), matters=(Evidence((said,)).matter(),), signed=False)
    sealed, _ = forge(south, order, ZoneInfo)
    assert opening.try_to_open(south, sealed).matters[0].kind == "evidence"
    blind = covering_of(south, letter).blind
    ref = reference(blind, seal_id_of(closed), north.state.office, south.state.office)
    own = state("SubmissionAcceptance", ref, ferry.state.office, now(town), "manual", key=south.signing)
    item = Item(own, blind, north.state.office, south.state.office)
    (finding,) = verify(Bundle((ferry.state.card_data, south.state.card_data), (About(closed, (item,)),)))
    assert finding.verdict == "signature-fails"
