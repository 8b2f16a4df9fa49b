"""Single sentences the product says of itself."""

from zoneinfo import ZoneInfo

from conftest import PASSPHRASE

from backchannel.desk import agent, keyfile, reading, sealing
from backchannel.desk.desk import Desk
from backchannel.letters.parts import Body


def test_a_full_dump_of_the_relay_shows_pouches_of_one_size_and_nothing_else(town):
    """No text, name, id, slot or sealed byte of anyone in all that ever lay on the relay."""
    north, south = town.pair("North", "South")
    bodies = (Body("en", "prevailing", "Zanzibar", "We yield."), Body("fa", "courtesy", "زنگبار", "می‌پذیریم."))
    order = sealing.Order(south.state.office, "proposal", bodies)
    sealing.seal_letter(north, order, ZoneInfo)
    (sealed,) = [sealed for _, sealed, _ in north.hatch.uncut()]
    town.carry()
    town.take_in(south)
    town.exchange(south, north)
    dump = b"".join(town.carried)
    assert {len(pouch) for pouch in town.carried} == {32_768}
    letters = [*north.state.letters.values(), *south.state.letters.values()]
    told = [north.state.office, south.state.office, b"Zanzibar", "زنگبار".encode(), b"yield", b"North", b"South"]
    told += [secret for one in letters for secret in (one.event.letter_id, one.event.seal_id, one.event.slot)]
    told += [north.state.card_data[40:72], sealed[1400:1432], sealed[:32]]
    assert [one for one in told if one in dump] == []


def test_a_backup_older_than_thirty_days_is_warned_of(town):
    """Counted from the last backup, or from the founding if there was none."""
    north, _ = town.pair("North", "South")
    assert not town.keep_house(north).backup_old
    town.clock.move(days=29)
    assert not town.keep_house(north).backup_old
    town.clock.move(days=2)
    assert town.keep_house(north).backup_old
    Desk(north, keyfile.unwrap(north.directory / keyfile.NAME, PASSPHRASE)).back_up(town.folder / "north.backup")
    assert not town.keep_house(north).backup_old
    town.clock.move(days=31)
    assert town.keep_house(north).backup_old


def test_the_desk_stays_open_for_fifteen_idle_minutes():
    """What `desk unlock` says on the screen."""
    assert agent.IDLE_SECONDS == 15 * 60


def test_search_folds_each_language(town):
    """Letters that people write in more than one way, marks, digits and case count as one."""
    north, south = town.pair("North", "South")
    found = {}
    for title, text in (("كتاب", "في سنة ٢٠٢٤، الإتفاق"), ("می‌پذیریم", "سال ۱۴۰۳ و مسألة"), ("Résumé", "STRASSE")):
        found[title] = town.write(north, south, title, text=text)
    for query, title in (
        ("کتاب", "كتاب"), ("2024", "كتاب"), ("الاتفاق", "كتاب"), ("ميپذيريم", "می‌پذیریم"), ("1403", "می‌پذیریم"),
        ("resume", "Résumé"), ("straße", "Résumé"), ("stra", "Résumé"),
    ):  # fmt: skip
        assert reading.search(north, query) == [found[title]], query
