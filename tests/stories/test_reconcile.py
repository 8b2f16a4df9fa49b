"""Two offices compare what they hold: by telephone in few digits, or by closed lists; no text is shown."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hostile import settle

from backchannel.desk import events as ev
from backchannel.desk import reading, reconciling
from backchannel.desk.reconciling import Talk
from backchannel.encoding import encode
from backchannel.errors import NotPossible, Refused
from backchannel.letters.series import MOST_NUMBER
from backchannel.seals.reconcile import Call, comparing_key, flat, make_list
from backchannel.seals.reconcile import _list_key as list_key
from backchannel.values import replace


@pytest.fixture
def both(town):
    """Offices that wrote three letters each way; all arrived."""
    north, south = settle(town, "North", "South")
    for _ in range(3):
        town.exchange(north, south)
        town.exchange(south, north)
    return town, north, south


def telephone(one, other, **more):
    """Both sides by telephone, each typing what the other reads out: what came of it here and there, and all codes."""
    here, there = Talk(one, other.state.name, **more), Talk(other, one.state.name, **more)
    here.meet(there.ours), there.meet(here.ours)
    here.hear(there.lines), there.hear(here.lines)
    codes = []
    while here.code is not None:
        assert (here.asked, here.fits(there.code)) == (there.asked, there.fits(here.code))
        same = here.fits(there.code)
        codes += [here.code, there.code]
        here.answer(same), there.answer(same)
    assert there.code is None
    return here.finish(), there.finish(), codes


def by_list(one, other, **more):
    """What came of it at `one`, from the list that `other` made."""
    data = reconciling.export(other, one.state.name, **more)
    return reconciling.take(one, other.state.name, data, **more)


def of(result, office):
    """What came of the letters that this office wrote in its present epoch, what is empty left out."""
    (found,) = [one for one in result.found if one.series == (office.state.office, office.state.epoch)]
    names = ("same", "differing", "only_here", "only_there", "burnt_here", "burnt_there", "unsure")
    return {name: getattr(found, name) for name in names if getattr(found, name)}


def said(result):
    return [(one.what, one.numbers, one.n, one.restored) for one in result.doubts]


def swap(office, n, other=b"x" * 32):
    """The register of this office says another letter-id under that number, as if it had another text."""
    letter = office.state.letters[n]
    letter.event = replace(letter.event, letter_id=other)


def test_what_is_the_same_takes_one_code(both):
    """Ten digits each way, once, say that all of it is the same; and so do the lists."""
    _, north, south = both
    here, there, codes = telephone(north, south)
    assert len(codes) == 2
    assert here.agrees
    assert there.agrees
    assert by_list(north, south).agrees
    assert by_list(south, north).agrees
    assert of(here, north) == of(there, north) == {"same": ((1, 3),)}
    assert reconciling.results(north, "South")[0] == here
    with pytest.raises(NotPossible):
        reconciling.results(north, "West")


def test_what_only_one_side_has_and_what_is_burnt(both):
    """Lost on the way, burnt here, burnt there: each is said on both sides, and nothing else is touched."""
    town, north, south = both
    town.lost = lambda pouch: True
    town.write(north, south)  # no. 4 is lost
    town.carry()
    town.lost = lambda pouch: False
    town.exchange(north, south)
    burnt = next(one.n for one in north.state.letters.values() if not one.ours and one.number == 2)
    reading.burn(north, burnt)
    gone = next(one.n for one in south.state.letters.values() if not one.ours and one.number == 1)
    reading.burn(south, gone)
    for here, there in (telephone(north, south)[:2], (by_list(north, south), by_list(south, north))):
        assert of(here, north) == {"same": ((2, 3), (5, 5)), "only_here": ((4, 4),), "burnt_there": ((1, 1),)}
        assert of(there, north) == {"same": ((2, 3), (5, 5)), "only_there": ((4, 4),), "burnt_here": ((1, 1),)}
        assert of(here, south) == {"same": ((1, 1), (3, 3)), "burnt_here": ((2, 2),)}
        assert not here.agrees
        assert said(here) == said(there) == []


def test_the_one_that_differs_is_found_in_few_codes(both):
    """Of 40 letters both say they hold; the codes grow as the logarithm, and the right one is named."""
    town, north, south = both
    for _ in range(17):
        town.exchange(north, south)
        town.exchange(south, north)
    swap(north, next(one.n for one in north.state.letters.values() if not one.ours and one.number == 13))
    here, there, codes = telephone(north, south)
    for result in (here, there, by_list(north, south), by_list(south, north)):
        assert of(result, south) == {"same": ((1, 12), (14, 20)), "differing": ((13, 13),)}
        assert of(result, north) == {"same": ((1, 20),)}
    assert len(codes) <= 2 * 9
    assert all(len(code) == 10 and code.isdigit() for code in codes)


def test_another_text_under_one_number_differs(both):
    """North holds both texts; South wrote one of them."""
    town, north, south = both
    del south.state.of(north.state.office).written[south.state.epoch, 3]  # a program of South's own counts again
    _, twin = town.exchange(south, north, "Another")
    assert north.state.letters[twin].event.twin_of
    for result in (telephone(north, south)[0], by_list(south, north)):
        assert of(result, south) == {"same": ((1, 2),), "differing": ((3, 3),)}


def test_an_exercise_is_compared_apart(both):
    """What is practised is not named among what is meant, nor the other way round."""
    town, north, south = both
    town.exchange(north, south, type="exercise")
    town.lost = lambda pouch: True
    town.write(north, south, type="exercise")
    town.carry()
    for here in (telephone(north, south)[0], by_list(north, south)):
        assert of(here, north) == {"same": ((1, 3),)}
        assert here.agrees
    for here in (telephone(north, south, exercise=True)[0], by_list(north, south, exercise=True)):
        assert of(here, north) == {"same": ((4, 4),), "only_here": ((5, 5),)}
        assert here.exercise
    drill = reconciling.export(south, "North", exercise=True)
    with pytest.raises(Refused, match="exercises") as refused:
        reconciling.take(north, "South", drill)
    assert refused.value.mark == "Q5"


def test_a_restored_desk_sees_what_it_has_lost(both):
    """What came and was written after the backup is only there; its new epoch is a series of its own."""
    town, north, south = both
    town.put_aside(north)
    town.exchange(north, south)
    town.exchange(south, north)
    old = north.state.epoch
    north = town.restore("North")
    town.keep_house(north)
    town.carry()
    town.keep_house(south)
    town.exchange(north, south, spoken=True)
    here, there, _ = telephone(north, south)
    for result in (here, by_list(north, south)):
        by_series = {one.series: one for one in result.found}
        before = by_series[north.state.office, old]
        assert (before.same, before.only_there) == (((1, 3),), ((4, 4),))
        assert of(result, north) == {"same": ((1, 1),)}
        assert of(result, south) == {"same": ((1, 3),), "only_there": ((4, 4),)}
        assert ("not-written", ((4, 4),), 0, False) in said(result)
    assert of(there, south) == {"same": ((1, 3),), "only_here": ((4, 4),)}
    assert (
        said(there) == []
    )  # its first letter since the restoration says itself that it opened none: nothing is denied


def test_who_denies_what_it_had_is_told_by_its_own_letter(both):
    """South leaves out North's no. 2, which by its own later letters it had opened; and one of its own."""
    _, north, south = both
    n = next(one.n for one in south.state.letters.values() if not one.ours and one.number == 2)
    own = next(one.n for one in south.state.letters.values() if one.ours and one.number == 1)
    for entry in (n, own):
        letter = south.state.letters[entry]
        other = south.state.of(letter.office)
        (other.written if letter.ours else other.received).pop((letter.epoch, letter.number))
    last = max(one.n for one in north.state.letters.values() if not one.ours)
    for result in (by_list(north, south), telephone(north, south)[0]):
        assert sorted(said(result)) == [("denies", ((1, 1),), last, False), ("denies", ((2, 2),), last, False)]


def test_who_changes_what_it_had_is_told_by_its_own_letter(both):
    """South says another letter under North's no. 1 than the one its own letters say it opened."""
    _, north, south = both
    swap(south, next(one.n for one in south.state.letters.values() if not one.ours and one.number == 1))
    result = by_list(north, south)
    last = max(one.n for one in north.state.letters.values() if not one.ours)
    assert said(result) == [("changed", ((1, 1),), last, False)]


def test_invented_letters_are_said_to_be_unheard_of(both):
    """South claims letters that none of its letters speaks of, and some of North's that North never wrote."""
    _, north, south = both
    for writer, letters in (
        (north, south.state.of(north.state.office).received),
        (south, south.state.of(north.state.office).written),
    ):
        letters[writer.state.epoch, 9] = letters[writer.state.epoch, 3]
    result = by_list(north, south)
    assert sorted(said(result)) == [("not-written", ((9, 9),), 0, False), ("unheard", ((9, 9),), 0, False)]
    assert of(result, south) == {"same": ((1, 3),), "only_there": ((9, 9),)}


def test_who_repeats_what_it_hears_agrees_to_nothing(both):
    """Each side reads other digits: the codes of one are never those of the other, nor of another call."""
    _, north, south = both
    here, there = Talk(north, "South"), Talk(south, "North")
    here.meet(there.ours), there.meet(here.ours)
    here.hear(there.lines), there.hear(here.lines)
    assert not here.fits(here.code)
    assert here.fits(there.code)
    again = Talk(south, "North")
    again.ours = f"{(int(there.ours) + 1) % 100000:05}"
    again.meet(here.ours)
    again.hear(here.lines)
    assert not here.fits(again.code)


def test_what_was_misheard_is_noticed_and_read_out_again(both):
    """A wrong digit in a line: the codes fit neither letters nor what was said, and nothing is called different."""
    _, north, south = both
    here, there = Talk(north, "South"), Talk(south, "North")
    here.meet(there.ours), there.meet(here.ours)
    here.hear([line.replace("1-3", "1-2") for line in there.lines]), there.hear(here.lines)
    assert not here.fits(there.code)
    here.answer(False), there.answer(False)
    assert (here.asked, there.asked) == (0, 0)
    assert not here.fits(there.code)
    for one in (here, there):
        with pytest.raises(NotPossible, match="not what they read out"):
            one.answer(False)
    here.hear(there.lines), there.hear(here.lines)
    assert here.fits(there.code)
    here.answer(True), there.answer(True)
    assert here.finish().agrees


def test_whoever_is_not_that_office_fits_nothing(both):
    """On the telephone is somebody who knows every letter-id and has a card of its own: no code of its own fits."""
    _, north, south = both
    here = Talk(north, "South")
    here.meet("12345")
    false = Call(
        comparing_key(b"k" * 32, north.state.office, south.state.office),
        south.state.office,
        north.state.office,
        "operation",
        here._on.call,
    )
    claims = {}
    here.hear([])
    assert here.asked == 0
    assert not here.fits(false.code(south.state.office, false.said(claims, claims), ()))
    with pytest.raises(NotPossible, match="not that office"):
        here.answer(False)


def test_stopping_leaves_the_rest_unsure(both):
    _, north, south = both
    swap(north, next(one.n for one in north.state.letters.values() if one.ours and one.number == 2))
    here, there = Talk(north, "South"), Talk(south, "North")
    here.meet(there.ours), there.meet(here.ours)
    here.hear(there.lines), there.hear(here.lines)
    here.answer(False)
    assert of(here.finish(), north) == {"unsure": ((1, 3),)}
    assert not reconciling.results(north, "South")[-1].agrees


def test_both_sides_could_have_made_all_of_it(both):
    """A list of South's, and South's half of a call, made by North alone, byte for byte."""
    _, north, south = both
    salt = b"s" * 32
    key = comparing_key(north.link.shared(south.link.public), north.state.office, south.state.office)
    other = north.state.of(south.state.office)
    held = reconciling.held_of(north, other, exercise=False)
    made = make_list(key, south.state.office, north.state.office, "operation", 7, held, salt)
    theirs = make_list(
        comparing_key(south.link.shared(north.link.public), south.state.office, north.state.office),
        south.state.office, north.state.office, "operation", 7,
        reconciling.held_of(south, south.state.of(north.state.office), exercise=False), salt,
    )  # fmt: skip
    assert made == theirs
    here, there = Talk(north, "South"), Talk(south, "North")
    here.meet(there.ours), there.meet(here.ours)
    here.hear(there.lines), there.hear(here.lines)
    assert here._code(south.state.office) == there.code


def test_a_list_shows_nothing_to_others(both):
    """Neither office-ids, epochs, letter-ids nor numbers are in it; its size does not tell one letter from the next."""
    town, north, south = both
    first = reconciling.export(north, "South")
    town.exchange(north, south)
    second = reconciling.export(north, "South")
    assert len(first) == len(second)
    for hidden in (
        north.state.office,
        south.state.office,
        north.state.epoch,
        *(one.event.letter_id for one in north.state.letters.values()),
    ):
        assert hidden not in first + second
    west = town.office("West")
    town.introduce(west, north)
    with pytest.raises(Refused) as refused:
        reconciling.take(west, "North", first)
    assert refused.value.mark == "Q1"


def test_what_is_recorded_names_no_letter(both):
    """So that burning a letter leaves its id nowhere."""
    _, north, south = both
    by_list(north, south)
    telephone(north, south)
    rows = [data for n, data in north.register.events() if b"Reconciled" in (data or b"")]
    assert len(rows) == 2
    for one in north.state.letters.values():
        assert not any(one.event.letter_id in data for data in rows)


def forged(south, north, rows, *, version=1, kind="operation", at=0, after=b""):
    """A list that a program of South's own made for North."""
    key = comparing_key(south.link.shared(north.link.public), south.state.office, north.state.office)
    salt = b"f" * 32
    plain = encode([version, kind, at, rows]) + after
    inner = list_key(key, salt, south.state.office, north.state.office)
    return salt + AESGCM(inner).encrypt(bytes(12), plain, b"")


@pytest.mark.parametrize(
    ("row", "mark"),
    [
        (["x", b"e" * 16, [], [], b""], "Q3"),
        ([b"w" * 32, b"e" * 16, [], [], b""], "Q3"),
        ([None, b"e" * 15, [], [], b""], "Q3"),
        ([None, b"e" * 16, [True, 1], [], b"t" * 16], "Q3"),
        ([None, b"e" * 16, [1, 2**60], [], b"t" * 16], "Q4"),
        ([None, b"e" * 16, [1, MOST_NUMBER - 1], [], b"t" * 16], "Q4"),
        ([None, b"e" * 16, [], [1, MOST_NUMBER], b""], "Q4"),
        ([None, b"e" * 16, [0, 1], [], b"t" * 32], "Q4"),
        ([None, b"e" * 16, [2, 1], [], b""], "Q4"),
        ([None, b"e" * 16, [1, 1, 2, 2], [], b"t" * 32], "Q4"),
        ([None, b"e" * 16, [1], [], b"t" * 16], "Q4"),
        ([None, b"e" * 16, [1, 1], [], b"t" * 15], "Q4"),
        ([None, b"e" * 16, [], [n for k in range(10_001) for n in (2 * k + 1, 2 * k + 1)], b""], "Q4"),
    ],
)
def test_a_hostile_list_is_refused_and_changes_nothing(both, row, mark):
    """Two to the sixtieth, tags that are too few, runs that touch, more of them than anybody has."""
    _, north, south = both
    head = north.register.head()
    row = [south.state.office, *row[1:]] if row[0] is None else row
    with pytest.raises(Refused) as refused:
        reconciling.take(north, "South", forged(south, north, [row]))
    assert refused.value.mark == mark
    assert north.register.head() == head


def test_other_hostile_lists(both):
    _, north, south = both
    empty = [south.state.office, b"e" * 16, [], [], b""]
    good = reconciling.export(south, "North")
    for data, mark in (
        (b"", "Q1"),
        (bytes(5 * 1024 * 1024), "Q1"),
        (good[:-1], "Q1"),
        (good[:40] + bytes([good[40] ^ 1]) + good[41:], "Q1"),
        (reconciling.export(north, "South"), "Q2"),
        (forged(south, north, [empty, empty]), "Q3"),
        (forged(south, north, [[south.state.office, bytes([k]) * 16, [], [], b""] for k in range(65)]), "Q3"),
        (forged(south, north, [], version=2), "Q3"),
        (forged(south, north, [], kind="drill"), "Q3"),
        (forged(south, north, [], at=-1), "Q3"),
        (forged(south, north, [], after=b"\x01"), "Q3"),
    ):
        with pytest.raises(Refused) as refused:
            reconciling.take(north, "South", data)
        assert refused.value.mark == mark
    assert reconciling.take(north, "South", forged(south, north, [empty])).found


def test_many_numbers_that_nobody_has_cost_nothing(both):
    """It claims to have burnt all there could be: an answer at once, and an entry that can be read back."""
    _, north, south = both
    rows = [[office.state.office, office.state.epoch, [], [1, MOST_NUMBER - 1], b""] for office in (north, south)]
    result = reconciling.take(north, "South", forged(south, north, rows))
    assert of(result, south) == {"burnt_there": ((1, MOST_NUMBER - 1),)}
    assert {(what, numbers) for what, numbers, *_ in said(result)} == {
        ("not-written", ((4, MOST_NUMBER - 1),)),
        ("unheard", ((4, MOST_NUMBER - 1),)),
    }
    for many in (4_000, 9_999):
        scattered = flat(tuple((2 * k + 1, 2 * k + 1) for k in range(many)))
        data = forged(south, north, [[south.state.office, b"e" * 16, [], scattered, b""]])
        result = reconciling.take(north, "South", data)
        kept = reconciling.results(north, "South")[-1]
        assert kept == (result if many == 4_000 else replace(result, found=kept.found, cut=True))


@pytest.mark.parametrize(
    "line",
    [
        "1234: 1",
        "12345 1-3",
        "12345: 3-1",
        "12345: 1, 1",
        "12345: 0-3",
        f"12345: 1-{2**60}",
        f"12345: 1-{2**38}",
        "12345: " + ", ".join(str(2 * k + 1) for k in range(65)),
        "12345: one",
        "12345: 1 / 2 / 3",
        "12345: 1" + " " * 5000,
    ],
)
def test_a_line_that_says_no_numbers_is_not_taken(both, line):
    """And what was typed before stays."""
    here = Talk(both[1], "South")
    here.meet("12345")
    with pytest.raises(Refused) as refused:
        here.hear([line])
    assert refused.value.mark == "Q4"
    assert here._theirs == {}


def test_lines_in_other_digits_and_one_twice(both):
    _, north, south = both
    here, there = Talk(north, "South"), Talk(south, "North")
    here.meet(there.ours.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))), there.meet(here.ours)
    here.hear([line.translate(str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹،")) for line in there.lines])
    there.hear(here.lines)
    assert here.fits(" ".join(there.code))
    for lines in ([there.lines[0]] * 2, ["12345: 1"] * 65):
        with pytest.raises(Refused) as refused:
            here.hear(lines)
        assert refused.value.mark == "Q4"


def test_with_an_office_whose_card_is_contradicted_nothing_is_compared(both):
    _, north, south = both
    with north.changing() as change:
        change.add(ev.CardAlarm(south.state.office, south.state.card_data, "another card"))
    for attempt in (lambda: Talk(north, "South"), lambda: reconciling.export(north, "South")):
        with pytest.raises(NotPossible, match="contradicts"):
            attempt()
