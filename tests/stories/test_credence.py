"""Envoys: whose word they carry, and what their reader sees when they carry nobody's."""

from zoneinfo import ZoneInfo

import pytest
from hostile import rounds

from backchannel.conveyance.credence import Claim
from backchannel.desk import accrediting, conveying, judging, reading, sealing
from backchannel.desk import events as ev
from backchannel.desk.accrediting import Accredit
from backchannel.desk.forging import forge
from backchannel.desk.opening import try_to_open
from backchannel.desk.sealing import Order, Route
from backchannel.errors import NotPossible, Refused
from backchannel.letters.parts import Body
from backchannel.seals.seal import read_sealed
from backchannel.values import replace

DAY = 86_400
DIRECT = (Route(receipt=False),)


def acquaint(town, *offices):
    for one in offices:
        for other in offices:
            if one is not other:
                town.introduce(one, other)


@pytest.fixture
def court(town):
    """North, its envoy, South, and a further office; all have compared their numbers."""
    north, envoy, south, harbour = (town.office(name) for name in ("North", "Envoy", "South", "Harbour"))
    acquaint(town, north, envoy, south, harbour)
    return town, north, envoy, south, harbour


def pass_all(town, office):
    """The office gives on all that waits in its tray."""
    rounds(town, office, times=1)
    for charge in conveying.tray(office):
        if charge.status == "waiting":
            conveying.pass_on(office, charge.n, ZoneInfo)


def accredit(town, by, envoy, audience, verbs=("carry", "explore"), carry=True, **more):
    given = accrediting.give(by, Accredit(envoy.state.office, audience.state.office, verbs, **more), ZoneInfo)
    if carry:
        pass_all(town, envoy)
        rounds(town, envoy, audience, by)
    return given.credence


def speak(town, by, to, principal, verb="explore", matter=None, *, claim=None, beyond=False, carry=True, **more):
    """An envoy writes; the entry at its desk and at its reader's."""
    claim = claim or accrediting.claim_for(by, principal.state.office, to.state.office, verb, matter)
    body = Body("en", "prevailing", "A word", "We could meet.")
    order = Order(
        to.state.office, "letter", (body,), origin="envoy", authority=claim.to_wire(), beyond=beyond,
        routes=DIRECT, **more,
    )  # fmt: skip
    n = sealing.seal_letter(by, order, ZoneInfo)
    if not carry:
        return n, 0
    rounds(town, to, times=1)
    return n, last(to).n


def last(office, form="letter"):
    return [one for one in office.state.letters.values() if not one.ours and one.event and one.event.form == form][-1]


def verdict(office, n):
    found = judging.judge_letter(office.state, office.state.letters[n])
    return found.verdict if found else None


def test_a_credence_carried_by_its_envoy_convinces_its_audience(court):
    """North accredits Envoy with South in a letter that Envoy carries and cannot open; then Envoy speaks for North."""
    town, north, envoy, south, _ = court
    credence = accredit(town, north, envoy, south, matters=("prisoners",), limits="no sums of money")
    at_south = [one for one in south.state.credences.accreditations() if one.by == north.state.office]
    assert [one.what for one in at_south] == [credence]
    assert not at_south[0].signed
    assert credence.until - credence.since == 30 * DAY
    ours, theirs = speak(town, envoy, south, north, "explore", "prisoners")
    found = judging.judge_letter(south.state, south.state.letters[theirs])
    assert (found.verdict, found.carried) == ("valid", True)
    assert found.chain[0].by == north.state.office
    assert found.confirmed == credence.serial
    assert verdict(envoy, ours) == "valid"


def test_who_claims_nothing_speaks_for_itself_only(court):
    """An envoy's words without a claim are its own, credence or not; an office's own words have no banner."""
    town, north, envoy, south, _ = court
    accredit(town, north, envoy, south)
    body = Body("en", "prevailing", "A word", "Between us.")
    order = Order(south.state.office, "letter", (body,), origin="envoy", routes=DIRECT)
    sealing.seal_letter(envoy, order, ZoneInfo)
    rounds(town, south)
    assert verdict(south, last(south).n) == "itself"
    _, plain = town.exchange(south, north, "ours", routes=DIRECT)
    assert judging.judge_letter(north.state, north.state.letters[plain]) is None


def test_nothing_that_an_envoy_does_makes_its_letter_count_beyond_its_credence(court):
    """Verb, matter, audience, period: the reader sees which, the letter is kept, and nobody can set it aside."""
    town, north, envoy, south, harbour = court
    credence = accredit(town, north, envoy, south, ("explain",), matters=("prisoners",))
    with pytest.raises(NotPossible, match="beyond-verb"):
        speak(town, envoy, south, north, "commit", "prisoners")
    _, verb = speak(town, envoy, south, north, "commit", "prisoners", beyond=True)
    assert verdict(south, verb) == "beyond-verb"
    _, matter = speak(town, envoy, south, north, "explain", "borders", beyond=True)
    assert verdict(south, matter) == "beyond-matter"
    _, matter = speak(town, envoy, south, north, "explain", None, beyond=True)
    assert verdict(south, matter) == "beyond-matter"
    _, right = speak(town, envoy, south, north, "explain", "Prisoners")
    assert verdict(south, right) == "valid"
    claim = Claim(north.state.office, credence.id, "explain", "prisoners")
    with pytest.raises(NotPossible, match="other-audience"):
        speak(town, envoy, harbour, north, claim=claim)
    _, other = speak(town, envoy, harbour, north, claim=claim, beyond=True)
    assert verdict(harbour, other) == "unknown"  # it holds no credence at all: South's convinces South alone
    town.clock.move(days=31)
    with pytest.raises(NotPossible, match="expired"):
        speak(town, envoy, south, north, "explain", "prisoners")
    _, late = speak(town, envoy, south, north, "explain", "prisoners", beyond=True)
    assert verdict(south, late) == "expired"
    assert verdict(south, right) == "valid"  # what came in time keeps what it was


def test_a_credence_counts_from_its_day(court):
    town, north, envoy, south, _ = court
    now = int(town.clock().timestamp())
    accredit(town, north, envoy, south, since=now + 2 * DAY)
    _, early = speak(town, envoy, south, north, beyond=True)
    assert verdict(south, early) == "not-yet"
    town.clock.move(days=3)
    _, later = speak(town, envoy, south, north)
    assert verdict(south, later) == "valid"


def test_a_letter_written_in_time_and_held_back_until_after_the_end_does_not_count(court):
    """Reaching counts, not the envoy's date: an envoy cannot spend an ended credence by dating back."""
    town, north, envoy, south, _ = court
    accredit(town, north, envoy, south)
    town.clock.move(days=29)
    ours, _ = speak(town, envoy, south, north, carry=False)
    assert verdict(envoy, ours) == "valid"
    town.clock.move(days=2)
    rounds(town, south)
    assert verdict(south, last(south).n) == "expired"


def test_a_recalled_credence_ends_when_the_recall_reaches_the_audience(court):
    """Not by the envoy, unless the principal says so; what came before the recall stays what it was, and says so."""
    town, north, envoy, south, _ = court
    credence = accredit(town, north, envoy, south)
    _, before = speak(town, envoy, south, north)
    with pytest.raises(NotPossible, match="through the very office"):
        accrediting.recall(north, credence.id, (), ZoneInfo)
    entries = accrediting.recall(north, credence.id, DIRECT, ZoneInfo)
    assert not any(leg for n in entries for leg in north.state.custody.legs.get(n, []))  # over relays, not by the envoy
    town.clock.move(minutes=5)
    rounds(town, south, envoy)
    town.clock.move(minutes=5)
    with pytest.raises(NotPossible, match="recalled"):
        speak(town, envoy, south, north)
    _, after = speak(town, envoy, south, north, beyond=True)
    assert verdict(south, after) == "recalled"
    found = judging.judge_letter(south.state, south.state.letters[before])
    assert (found.verdict, found.since_ended) == ("valid", True)
    with pytest.raises(NotPossible, match="for good"):
        accrediting.give(
            north, Accredit(envoy.state.office, south.state.office, ("carry",), renews=credence.id), ZoneInfo
        )


def test_a_recall_held_back_by_the_envoy_shows_as_long_not_confirmed(court):
    """The envoy carries the recall and lets it lie: South sees when North last said so, and the credence runs out."""
    town, north, envoy, south, _ = court
    credence = accredit(town, north, envoy, south)
    town.clock.move(days=10)
    accrediting.recall(north, credence.id, (Route((envoy.state.office,)),), ZoneInfo)
    rounds(town, envoy, south)
    town.clock.move(days=10)
    with pytest.raises(NotPossible, match="recalled"):  # its own copy of the recall came to it openly
        speak(town, envoy, south, north)
    _, theirs = speak(town, envoy, south, north, beyond=True)
    found = judging.judge_letter(south.state, south.state.letters[theirs])
    assert found.verdict == "valid"
    assert found.confirmed == credence.serial
    assert int(town.clock().timestamp()) - found.confirmed == 20 * DAY
    town.clock.move(days=11)
    _, theirs = speak(town, envoy, south, north, beyond=True)
    assert verdict(south, theirs) == "expired"


def test_only_who_gave_a_credence_recalls_it(court):
    town, north, envoy, south, harbour = court
    credence = accredit(town, north, envoy, south)
    with pytest.raises(NotPossible):
        accrediting.recall(harbour, credence.id, (), ZoneInfo)
    from backchannel.conveyance.credence import Recall

    order = Order(south.state.office, "credence", (), matters=(Recall(credence.id, credence.serial + 1).matter(),))
    sealing.seal_letter(harbour, order, ZoneInfo)
    rounds(town, south)
    _, theirs = speak(town, envoy, south, north)
    assert verdict(south, theirs) == "valid"


def test_another_envoy_cannot_use_a_credence_that_is_not_its_own(court):
    """Harbour learns the id and claims it."""
    town, north, envoy, south, harbour = court
    credence = accredit(town, north, envoy, south)
    claim = Claim(north.state.office, credence.id, "explore")
    _, theirs = speak(town, harbour, south, north, claim=claim, beyond=True)
    assert verdict(south, theirs) == "copied"
    claim = Claim(harbour.state.office, credence.id, "explore")
    _, theirs = speak(town, envoy, south, north, claim=claim, beyond=True)
    assert verdict(south, theirs) == "unknown"  # Harbour never gave one


def test_the_sealed_credence_opens_for_its_audience_alone(court):
    """Carried to another office the enclosure is refused, and so is a credence letter for somebody else."""
    town, north, envoy, south, harbour = court
    accredit(town, north, envoy, south, carry=False)
    rounds(town, envoy)
    (charge,) = conveying.tray(envoy)
    enclosure = conveying.covering_of(envoy, charge).enclosure
    for other in (harbour, envoy):
        with pytest.raises(Refused) as caught:
            try_to_open(other, enclosure)
        assert caught.value.mark == "S16"
    assert try_to_open(south, enclosure).sheet.form == "credence"


def test_an_unsigned_credence_convinces_its_audience_alone(court):
    """South can make one itself that its own desk takes for North's: so nobody is shown anything by it."""
    town, north, envoy, south, _ = court
    credence = accredit(town, north, envoy, south)
    invented = replace(credence, id=bytes(16), verbs=("commit",), until=credence.until - 1)
    sealed, _ = forge(south, Order(north.state.office, "credence", (), matters=(invented.matter(),)), ZoneInfo)
    opened = try_to_open(south, sealed)
    assert opened.sheet.sender == north.state.office
    assert opened.signature is None
    signed = accredit(town, north, envoy, south, signed=True)
    kept = reading.show(south, next(one.n for one in south.state.credences.accreditations() if one.what == signed))
    assert kept.letter.signature is not None
    with pytest.raises(NotPossible):
        forge(south, Order(north.state.office, "credence", (), matters=(signed.matter(),), signed=True), ZoneInfo)


def test_what_is_passed_on_is_less_or_nothing(court):
    """North -> Envoy -> Harbour: narrower counts, wider is refused here and shown there."""
    town, north, envoy, south, harbour = court
    credence = accredit(
        town, north, envoy, south, ("carry", "explain", "explore"), matters=("prisoners", "borders"), pass_on=True,
        limits="no sums",
    )  # fmt: skip
    sub = accredit(town, envoy, harbour, south, ("explain",), matters=("borders",), under=credence.id)
    assert (sub.principal, sub.limits, sub.until) == (north.state.office, "no sums", credence.until)
    _, theirs = speak(town, harbour, south, north, "explain", "borders")
    found = judging.judge_letter(south.state, south.state.letters[theirs])
    assert found.verdict == "valid"
    assert [one.by for one in found.chain] == [envoy.state.office, north.state.office]
    for wider in (
        {"verbs": ("negotiate",), "matters": ("borders",)},
        {"matters": ()},
        {"matters": ("sums",)},
        {"matters": ("borders",), "until": credence.until + DAY},
    ):
        with pytest.raises(NotPossible, match="more than"):
            accredit(town, envoy, harbour, south, **{"verbs": ("explain",), "under": credence.id, **wider})
    _passed_wider(town, envoy, harbour, south, replace(sub, id=b"w" * 16, verbs=("commit",)))
    claim = Claim(north.state.office, b"w" * 16, "commit", "borders")
    _, theirs = speak(town, harbour, south, north, claim=claim, beyond=True)
    assert verdict(south, theirs) == "wider"
    _passed_wider(town, envoy, harbour, south, replace(sub, id=b"l" * 16, limits=None))
    claim = Claim(north.state.office, b"l" * 16, "explain", "borders")
    _, theirs = speak(town, harbour, south, north, claim=claim, beyond=True)
    assert verdict(south, theirs) == "wider"
    accrediting.recall(north, credence.id, DIRECT, ZoneInfo)
    rounds(town, south, envoy)
    town.clock.move(minutes=1)
    _, theirs = speak(town, harbour, south, north, "explain", "borders")
    assert verdict(south, theirs) == "recalled"  # with the first falls what was passed on from it


def _passed_wider(town, envoy, sub_envoy, audience, credence):
    """A lying envoy passes on more than it has."""
    for to in (sub_envoy, audience):
        order = Order(to.state.office, "credence", (), matters=(credence.matter(),), routes=DIRECT)
        sealing.seal_letter(envoy, order, ZoneInfo)
    rounds(town, audience, sub_envoy)


def test_what_may_not_be_passed_on_is_not(court):
    town, north, envoy, south, harbour = court
    credence = accredit(town, north, envoy, south)
    with pytest.raises(NotPossible, match="more than"):
        accredit(town, envoy, harbour, south, ("explore",), under=credence.id)
    sub = replace(credence, id=b"s" * 16, envoy=harbour.state.office, under=credence.id, verbs=("explore",))
    _passed_wider(town, envoy, harbour, south, sub)
    _, theirs = speak(town, harbour, south, north, claim=Claim(north.state.office, sub.id, "explore"), beyond=True)
    assert verdict(south, theirs) == "wider"


def test_the_principal_is_asked_by_another_way(court):
    """Yes confirms, no ends, no comment changes nothing; never through the office it is about."""
    town, north, envoy, south, _ = court
    credence = accredit(town, north, envoy, south)
    _, first = speak(town, envoy, south, north)
    with pytest.raises(NotPossible, match="very office"):
        accrediting.ask(south, north.state.office, envoy.state.office, ZoneInfo, routes=(Route((envoy.state.office,)),))
    assert north.state.of(south.state.office).way_back == envoy.state.office
    town.clock.move(days=3)
    for said, then in (("no-comment", "valid"), ("yes", "valid"), ("no", "denied")):
        ask = accrediting.ask(
            south, north.state.office, envoy.state.office, ZoneInfo, credence=credence.id, routes=DIRECT
        )
        assert not south.state.custody.legs.get(ask)
        rounds(town, north)
        question = last(north, "credence")
        town.clock.move(hours=1)
        answered = accrediting.answer(north, question.n, said, ZoneInfo, routes=DIRECT)
        assert not north.state.custody.legs.get(answered)
        rounds(town, south)
        town.clock.move(hours=1)
        _, theirs = speak(town, envoy, south, north)
        found = judging.judge_letter(south.state, south.state.letters[theirs])
        assert found.verdict == then
        if said == "yes":
            assert found.confirmed > credence.serial + 3 * DAY
    assert verdict(south, first) == "valid"
    asked = [(query.what.envoy, answer.what.answer) for query, answer in accrediting.kept_questions(south)]
    assert asked == [(envoy.state.office, said) for said in ("no-comment", "yes", "no")]


def test_what_went_beyond_is_ratified_afterwards_by_the_principal_alone(court):
    """South asks about that very letter; another office's word does not count; North's does, from then on."""
    town, north, envoy, south, harbour = court
    accredit(town, north, envoy, south, ("explain",))
    _, theirs = speak(town, envoy, south, north, "commit", beyond=True)
    letter_id = south.state.letters[theirs].event.letter_id
    accrediting.ratify(harbour, south.state.office, envoy.state.office, letter_id, ZoneInfo, routes=DIRECT)
    rounds(town, south)
    assert verdict(south, theirs) == "beyond-verb"
    accrediting.ask(south, north.state.office, envoy.state.office, ZoneInfo, letter=theirs, routes=DIRECT)
    rounds(town, north)
    question = last(north, "credence").n
    accrediting.ratify_asked(north, question, ZoneInfo, routes=DIRECT, signed=True)
    rounds(town, south)
    found = judging.judge_letter(south.state, south.state.letters[theirs])
    assert (found.verdict, found.carried, found.later.signed) == ("ratified", True, True)
    town.clock.move(hours=1)
    accrediting.ratify_asked(north, question, ZoneInfo, routes=DIRECT, disown=True)
    rounds(town, south)
    assert verdict(south, theirs) == "beyond-verb"


def test_what_was_inside_the_credence_cannot_be_disowned(court):
    town, north, envoy, south, _ = court
    accredit(town, north, envoy, south)
    _, theirs = speak(town, envoy, south, north)
    letter_id = south.state.letters[theirs].event.letter_id
    accrediting.ratify(north, south.state.office, envoy.state.office, letter_id, ZoneInfo, disown=True, routes=DIRECT)
    rounds(town, south)
    found = judging.judge_letter(south.state, south.state.letters[theirs])
    assert found.verdict == "valid"
    assert found.later.what.word == "disowned"


def test_a_principal_nobody_has_verified_stands_behind_nobody(town):
    """A false envoy invents its principal and is accredited by it."""
    false_north, envoy, south = (town.office(name) for name in ("Nord", "Envoy", "South"))
    acquaint(town, envoy, south)
    acquaint(town, envoy, false_north)
    town.introduce(false_north, south)
    town.introduce(south, false_north, verified=False)
    accredit(town, false_north, envoy, south)
    _, theirs = speak(town, envoy, south, false_north)
    assert verdict(south, theirs) == "unverified"


def test_an_alarm_about_the_principals_card_takes_its_word_from_every_envoy(court):
    """Until two people have settled it, nobody is sure whose card that is."""
    town, north, envoy, south, _ = court
    accredit(town, north, envoy, south)
    _, theirs = speak(town, envoy, south, north)
    with south.changing() as change:
        change.add(ev.CardAlarm(north.state.office, north.state.card_data, "two cards under one serial"))
    assert verdict(south, theirs) == "unverified"


def test_an_exercise_accredits_for_exercises_only(court):
    town, north, envoy, south, _ = court
    credence = accredit(town, north, envoy, south, exercise=True)
    claim = Claim(north.state.office, credence.id, "explore")
    _, theirs = speak(town, envoy, south, north, claim=claim, beyond=True)
    assert verdict(south, theirs) == "unknown"
    _, theirs = speak(town, envoy, south, north, claim=claim, type="exercise")
    assert verdict(south, theirs) == "valid"


def test_a_claim_that_comes_before_its_credence_does_not_count(court):
    """What South held when the letter reached it decides; a credence that comes later covers later letters."""
    town, north, envoy, south, _ = court
    credence = accredit(town, north, envoy, south, carry=False)
    rounds(town, envoy)
    _, early = speak(town, envoy, south, north)
    town.clock.move(hours=1)
    pass_all(town, envoy)
    rounds(town, south)
    town.clock.move(hours=1)
    _, later = speak(town, envoy, south, north)
    assert (verdict(south, early), verdict(south, later)) == ("unknown", "valid")
    assert credence.envoy == envoy.state.office


def test_a_renewed_credence_keeps_its_id(court):
    town, north, envoy, south, _ = court
    credence = accredit(town, north, envoy, south, ("carry", "explore"))
    town.clock.move(days=20)
    again = accredit(town, north, envoy, south, ("explore",), renews=credence.id)
    assert (again.id, again.serial > credence.serial) == (credence.id, True)
    town.clock.move(days=20)
    _, theirs = speak(town, envoy, south, north)
    assert verdict(south, theirs) == "valid"
    _, theirs = speak(town, envoy, south, north, "carry", beyond=True)
    assert verdict(south, theirs) == "beyond-verb"
    with pytest.raises(NotPossible, match="90 days"):
        accredit(town, north, envoy, south, until=int(town.clock().timestamp()) + 91 * DAY)


def test_burning_a_credence_leaves_nothing_of_it(court):
    """And what rested on it is not known any more: nothing counts that cannot be shown."""
    town, north, envoy, south, _ = court
    credence = accredit(town, north, envoy, south, matters=("prisoners",))
    _, theirs = speak(town, envoy, south, north, "explore", "prisoners")
    (kept,) = [one.n for one in south.state.credences.accreditations()]
    reading.burn(south, kept)
    assert south.state.credences.accreditations() == []
    assert verdict(south, theirs) == "unknown"
    reading.burn(south, theirs)
    assert not any(data and (credence.id in data or b"prisoners" in data) for _, data in south.register.events())


def test_claims_that_cannot_be_read_are_refused(court):
    """A letter that claims authority in words it calls its own, or claims nonsense, is not opened."""
    town, north, envoy, south, _ = court
    accredit(town, north, envoy, south)
    claim = Claim(north.state.office, bytes(16), "explore").to_wire()
    body = Body("en", "prevailing", "A word", "Now.")

    def mark(**more):
        sealed, _ = forge(south, Order(envoy.state.office, "letter", (body,), **more), ZoneInfo)
        with pytest.raises(Refused) as caught:
            try_to_open(south, sealed)
        return caught.value.mark

    assert mark(authority=claim) == "A5"
    assert mark(authority=claim | {"verb": "rule"}, origin="envoy") == "A4"
    with pytest.raises(NotPossible, match="envoy's words"):
        sealing.seal_letter(envoy, Order(south.state.office, "letter", (body,), authority=claim, beyond=True), ZoneInfo)
    assert read_sealed(forge(south, Order(envoy.state.office, "letter", (body,)), ZoneInfo)[0])


def test_an_envoy_nobody_vouches_for_stays_unverified_until_an_office_signs(town):
    """2024-11: Tehran asks Washington and the incoming team, by two ways, whether a visitor carries their word."""
    tehran, visitor, washington, incoming, bern = (
        town.office(name) for name in ("Tehran", "Visitor", "Washington", "Incoming", "Bern")
    )
    acquaint(town, tehran, washington, incoming, bern)
    acquaint(town, tehran, visitor)
    body = Body("en", "prevailing", "After the meeting", "He asked; the place was ours; it was positive.")
    order = Order(tehran.state.office, "letter", (body,), origin="envoy", routes=DIRECT)
    sealing.seal_letter(visitor, order, ZoneInfo)
    rounds(town, tehran)
    said = last(tehran).n
    assert verdict(tehran, said) == "itself"
    for principal, routes in ((washington, (Route((bern.state.office,)),)), (incoming, ())):
        accrediting.ask(tehran, principal.state.office, visitor.state.office, ZoneInfo, letter=said, routes=routes)
    pass_all(town, bern)
    rounds(town, washington, incoming, bern)
    assert last(washington, "credence").event.by == bern.state.office
    accrediting.answer(incoming, last(incoming, "credence").n, "no-comment", ZoneInfo)
    rounds(town, tehran)
    answers = {answer and answer.what.answer for _, answer in accrediting.kept_questions(tehran)}
    assert answers == {None, "no-comment"}  # Washington says nothing at all
    assert verdict(tehran, said) == "itself"
    accrediting.ratify_asked(incoming, last(incoming, "credence").n, ZoneInfo, signed=True)
    rounds(town, tehran)
    found = judging.judge_letter(tehran.state, tehran.state.letters[said])
    assert (found.verdict, found.later.by, found.later.signed) == ("ratified", incoming.state.office, True)
