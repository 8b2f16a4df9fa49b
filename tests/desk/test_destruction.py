"""Destroyed means destroyed: no file of the desk, read with the passphrase, holds what was burnt or spent."""

from zoneinfo import ZoneInfo

from backchannel.desk import reading
from backchannel.desk.register import connect


def everything(office) -> bytes:
    """All bytes of all files the office ever wrote, raw and as whoever has the master key can decrypt them."""
    from conftest import PASSPHRASE

    from backchannel.desk import keyfile

    raw = b"".join(path.read_bytes() for path in sorted(office.directory.rglob("*")) if path.is_file())
    master = keyfile.unwrap(office.directory / keyfile.NAME, PASSPHRASE)
    copy = office.directory.parent / f"{office.directory.name}.copy"
    copy.mkdir(exist_ok=True)
    for path in office.directory.iterdir():
        if path.name.startswith("register.db"):
            (copy / path.name).write_bytes(path.read_bytes())
    db = connect(copy / "register.db", master)
    # Removing the cipher writes every page, free ones too, in the clear.
    db.execute("PRAGMA journal_mode = DELETE").fetchall()
    db.pragma("rekey", "")
    db.close()
    plain = (copy / "register.db").read_bytes()
    assert plain.startswith(b"SQLite format 3")
    return raw + plain


def decrypted(office) -> bytes:
    """All that the register still gives up under its own keys."""
    out = [data or b"" for _, data in office.register.events()]
    for n, _ in office.register.events():
        out += [office.register.blob(n, name) or b"" for name in office.register.blob_names(n)]
    return b"".join(out) + b"".join(secret.value for secret in office.register.secrets())


def test_a_burnt_letter_is_in_no_file(town):
    """Text, letter-id, seal-id, sealed bytes, search words, entry key: searched on both sides, passphrase in hand."""
    north, south = town.pair("North", "South")
    n, there = town.exchange(north, south, "Zanzibar", text="quinquereme of nineveh")
    for office, entry in ((south, there), (north, n)):
        event = office.state.letters[entry].event
        sealed = town.carried[0]
        key = office.register._row("SELECT key FROM entry_keys WHERE n = ?", (entry,))[0]
        needles = [event.letter_id, event.seal_id, b"quinquereme", b"Zanzibar", b"zanzibar", key]
        if office is north:
            needles.append(office.register.blob(entry, "sealed")[5000:5100])
        assert any(needle in decrypted(office) for needle in needles)
        assert key in everything(office)
        assert reading.burn(office, entry)
        for needle in needles:
            assert needle not in everything(office)
            assert needle not in decrypted(office)
        assert sealed


def test_an_opened_envelopes_key_is_in_no_file(town):
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    keys = {secret.name: secret.value for secret in north.register.secrets(b"envelope/")}
    town.exchange(south, north)
    gone = set(keys) - {secret.name for secret in north.register.secrets(b"envelope/")}
    assert len(gone) == 1
    for name in gone:
        assert keys[name] not in everything(north)
        assert keys[name] not in decrypted(north)


def test_a_standing_key_is_in_no_file_after_its_time(town):
    north, _ = town.pair("North", "South")
    first = min(north.state.seals)
    seed = north.register.secret(b"seal/%06d" % first)
    town.clock.move(days=39)
    town.keep_house(north)
    assert first not in north.state.seals
    assert seed not in everything(north)


def test_a_used_envelope_of_theirs_is_in_no_file(town):
    """What we sealed to cannot be opened from our side either."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    before = {secret.name: secret.value for secret in south.register.secrets(b"theirs/")}
    town.write(south, north)
    left = {secret.name for secret in south.register.secrets(b"theirs/")}
    (used,) = set(before) - left
    assert before[used] not in everything(south)


def test_a_declined_letter_is_in_no_file(town):
    north, south = town.pair("North", "South")
    _, there = town.exchange(north, south, "Unwelcome", text="quinquereme")
    letter_id = south.state.letters[there].event.letter_id
    reading.decline(south, there, ZoneInfo)
    # Its id stands in our refusal, which answers it, until that is burnt too.
    assert b"quinquereme" not in decrypted(south)
    refusal = max(south.state.letters)
    reading.burn(south, refusal)
    assert letter_id not in decrypted(south)
    assert letter_id not in everything(south)


def test_a_reader_in_the_way_makes_destruction_pending_and_is_said(town):
    """While another process reads, the log cannot be cut: the desk says so and does it at the next command."""
    north, south = town.pair("North", "South")
    n, _ = town.exchange(north, south)
    from conftest import PASSPHRASE

    from backchannel.desk import keyfile

    master = keyfile.unwrap(north.directory / keyfile.NAME, PASSPHRASE)
    other = connect(north.directory / "register.db", master)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM entries").fetchall()
    assert not reading.burn(north, n)
    assert town.keep_house(north).pending
    other.execute("COMMIT")
    other.close()
    assert not town.keep_house(north).pending
