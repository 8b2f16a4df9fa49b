"""Making an office, its periods' keys and its cards; beginning a new epoch.   Spec: docs/spec/desk.md, "Founding"."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from backchannel.clock import now as clock_now
from backchannel.desk import events as ev
from backchannel.desk import keyfile
from backchannel.desk.office import (
    ED25519_SEED,
    FILES,
    LINK_SEED,
    MLDSA_SEED,
    Change,
    Office,
    check_clock,
    standing_name,
)
from backchannel.desk.register import Register
from backchannel.errors import NotPossible
from backchannel.seals.cards import PERIODS, CardBody, KeyOfPeriod, RelayAddress, make_card, until_of
from backchannel.seals.keys import KemKey, LinkKey, Random, destroyed_at, office_id, period_of, standing_slot
from backchannel.seals.signatures import SigningKey
from backchannel.station.hatch import Home
from backchannel.text import check, check_language

LEAST_PASSPHRASE: Final = 10


def found(
    directory: Path,
    passphrase: str,
    names: dict[str, str],
    zone: str,
    *,
    clerk: str | None = None,
    clock: Callable[[], datetime] = clock_now,
    random: Random = os.urandom,
    cost: keyfile.Cost | None = None,
) -> bytes:
    """A new office in a new folder; the master key. Its first card is issued when it has an address.

    names: by language tag, one at least. Raises NotPossible or Refused, leaving no folder behind.
    """
    if len(passphrase) < LEAST_PASSPHRASE:
        raise NotPossible(f"a passphrase has at least {LEAST_PASSPHRASE} characters", next_step="Choose a longer one.")
    if not names:
        raise NotPossible("an office has a name in at least one language")
    for language, name in names.items():
        check(name, "line", f"the name in {check_language(language)}")
        if not 1 <= len(name) <= 128:
            raise NotPossible("a name has 1 to 128 characters")
    master, key_file = keyfile.make(passphrase, random, cost or keyfile.Cost())
    with keyfile.office_folder(directory, key_file, FILES):
        Register.create(directory, master, random).close()
        with Office.open(directory, master, clerk=clerk, clock=clock, random=random) as office:
            _begin(office, names, zone)
    return master


def _begin(office: Office, names: dict[str, str], zone: str) -> None:
    random = office.random
    with office.changing() as change:
        signing, link = SigningKey.from_seeds(random(32), random(32)), LinkKey.from_seed(random(32))
        change.tx.put_secret(ED25519_SEED, signing.ed25519_seed)
        change.tx.put_secret(MLDSA_SEED, signing.mldsa_seed)
        change.tx.put_secret(LINK_SEED, link.private)
        ordered = tuple(sorted(names.items(), key=lambda pair: (len(pair[0]), pair[0])))
        change.add(ev.Founded(office_id(signing.public.signing_id, link.public), ordered, zone))
        change.add(ev.EpochBegun(random(16), "founded"))
        _make_seals(change)


def set_homes(office: Office, homes: tuple[Home, ...], socks: str | None) -> None:
    """Collect at these addresses from now on, and say so in a new card."""
    with office.changing() as change:
        change.add(ev.HomesSet(tuple(tuple(home.address.to_wire()) for home in homes), socks))
        for home in homes:
            if home.collecting_pass is not None:
                name = b"office/collecting-pass/" + home.address.relay_id + home.address.shard
                change.tx.put_secret(name, home.collecting_pass.encode())
        _issue(change)
    tell_station(office)


def tell_station(office: Office) -> None:
    """Give the hatch the homes the register knows."""
    homes = office.state.homes
    if homes is None:
        return
    addresses = [RelayAddress(*wire[1:]) for wire in homes.addresses]
    passes = [office.register.secret(b"office/collecting-pass/" + one.relay_id + one.shard) for one in addresses]
    office.hatch.set_homes([Home(one, p.decode() if p else None) for one, p in zip(addresses, passes, strict=True)])
    office.hatch.set_socks(homes.socks)


def issue_card(office: Office) -> bytes:
    """A new card, with the present keys and addresses."""
    with office.changing() as change:
        return _issue(change)


def keep_periods(office: Office) -> bool:
    """Make the keys of new periods, issue a card that names them, destroy what is due; whether a card was issued.

    Does nothing while the clock is in doubt (`office.check_clock`).
    """
    if check_clock(office) is not None:
        return False
    period = period_of(office.clock())
    state = office.state
    lacking = any(period + ahead not in state.seals for ahead in range(PERIODS))
    due = [old for old in state.seals if office.now >= destroyed_at(old)]
    if not lacking and not due:
        return False
    with office.changing() as change:
        for old in due:
            change.tx.drop_secret(standing_name(old))
            change.add(ev.SealDestroyed(old))
        if lacking:
            _make_seals(change)
            if state.homes is not None:
                _issue(change)
    return lacking and state.homes is not None


def begin_epoch(office: Office, why: str) -> None:
    """A new epoch after a restored backup or a copy put back: what was shared with anyone before is void.

    Every standing seal, envelope and token goes; a new card says so to the others. why: restored or copy.
    """
    if office.copy_put_back:
        with office.changing():
            pass  # noted in the register before the station forgets by what it was noticed
    with office.changing() as change:
        for secret in office.register.secrets():
            if not secret.name.startswith(b"office/"):
                change.tx.drop_secret(secret.name)
        change.add(ev.EpochBegun(office.random(16), why))
        _make_seals(change)
        if office.state.homes is not None:
            _issue(change)
        # Before the commit: after a crash between a person begins again. Later, the epoch would be taken for a copy.
        office.hatch.forget_entry()


def confirm_clock(office: Office) -> None:
    """A person says the clock is right; keys are made and destroyed by it again."""
    with office.changing() as change:
        change.add(ev.ClockConfirmed())


def _make_seals(change: Change) -> None:
    office = change.office
    first = period_of(office.clock())
    for period in range(first, first + PERIODS):
        if period not in change.state.seals:
            key = KemKey.from_seed(office.random(32))
            change.tx.put_secret(standing_name(period), key.seed, destroyed_at(period))
            change.add(ev.SealMade(period, standing_slot(key.public)))


def _issue(change: Change) -> bytes:
    office, state = change.office, change.state
    first = period_of(office.clock())
    seals = tuple(
        KeyOfPeriod(period, key.public)
        for period in range(first, first + PERIODS)
        if (key := office.standing_key(period)) is not None
    )
    addresses = () if state.homes is None else tuple(RelayAddress(*wire[1:]) for wire in state.homes.addresses)
    serial = max(office.now, state.card_serial + 1)
    body = CardBody(
        names=state.names,
        signing=office.signing.public,
        link_public=office.link.public,
        zone=state.zone,
        serial=serial,
        until=until_of(first),
        epoch=state.epoch,
        addresses=addresses,
        seals=seals,
        pouch=tuple(KeyOfPeriod(*pair) for pair in office.hatch.pouch_publics(first, PERIODS)),
    )
    data = make_card(body, office.signing)
    change.add(ev.CardIssued(data, serial))
    return data


def draw_shard(prefix_bits: int, random: Random) -> bytes:
    """A shard of a relay with that many free bits, drawn at random: no part of any office's id."""
    drawn = int.from_bytes(random(8), "big")
    return (drawn >> 64 - prefix_bits << 64 - prefix_bits if prefix_bits else 0).to_bytes(8, "big")
