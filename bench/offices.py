"""Real offices made up for measuring."""

from pathlib import Path

from backchannel.desk import founding, trust
from backchannel.desk.keyfile import CHEAP
from backchannel.desk.office import Office
from backchannel.seals.cards import RelayAddress, read_card, relay_id
from backchannel.station.hatch import Home

URL = "https://relay.example"


def office(folder: Path, name: str, shard: int = 0, url: str = URL) -> Office:
    master = founding.found(folder / name, "a long passphrase", {"en": name}, "UTC", cost=CHEAP)
    made = Office.open(folder / name, master)
    founding.set_homes(made, (Home(RelayAddress(url, relay_id(url), None, bytes([16 * shard] + [0] * 7))),), None)
    return made


def town(folder: Path, *names: str, url: str = URL) -> list[Office]:
    """Offices that hold each other's cards."""
    offices = [office(folder, name, n, url) for n, name in enumerate(names)]
    for one in offices:
        for other in offices:
            if one is not other:
                trust.import_card(one, read_card(other.state.card_data))
    return offices
