"""What docs/threats.md says that cannot be, and no other test shows."""

from zoneinfo import ZoneInfo

from backchannel.desk import reading, sealing
from backchannel.encoding import decode
from backchannel.letters.parts import Body
from backchannel.station import hatch


def test_the_stations_file_holds_no_secret_of_the_desk(town):
    """Who takes the station finds pouch keys and closed letters: no key, token, title or text of the desk's."""
    north, south = town.pair("North", "South")
    town.exchange(north, south, "Zanzibar", text="quinquereme of nineveh")
    town.exchange(south, north)
    town.write(north, south, "Still waiting", text="distant ophir")
    for office in (north, south):
        files = b"".join(path.read_bytes() for path in office.directory.iterdir() if path.name.startswith(hatch.NAME))
        secrets = [secret.value for secret in office.register.secrets()]
        assert len(secrets) > 10
        values = [value for one in secrets for value in ([one] if len(one) == 32 else decode(one, limit=1 << 16))]
        assert all(len(value) >= 32 for value in values if isinstance(value, bytes))
        assert not [value for value in values if isinstance(value, bytes) and value in files]
        assert not [text for text in (b"Zanzibar", b"quinquereme", b"Still waiting", b"ophir") if text in files]
        assert all(key.seed in files for _, key in office.hatch.pouch_keys())  # the search finds what is there


def test_a_signed_answer_shows_nothing_of_the_deniable_letter_it_answers(town):
    """What a signature covers names no unsigned letter: shown to anybody, it proves that it was written and no more."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    asked, came = town.exchange(south, north, "We yield", signed=False)
    order = sealing.Order(
        south.state.office,
        "reply",
        (Body("en", "prevailing", "Noted", "We have read it."),),
        signed=True,
        replies=(came,),
    )
    n = sealing.seal_letter(north, order, ZoneInfo)
    answer = reading.show(north, n).letter
    deniable = south.state.letters[asked].event.letter_id
    assert answer.signature is not None
    shown = answer.sheet.data + b"".join(part.data for part in answer.parts) + answer.signature
    assert deniable not in shown
    assert answer.sheet.answers == ()
    assert answer.docket.replies == (deniable,)  # apart, unsigned, never shown to others
