"""A letter that tells what was said by who heard another.   Spec: docs/spec/conveyance.md, "Paraphrase"."""

from backchannel.conveyance.evidence import READ_ALOUD
from backchannel.desk import events as ev
from backchannel.desk.office import Office
from backchannel.errors import NotPossible
from backchannel.letters.docket import Paraphrase


def paraphrase_of(office: Office, to: bytes, what: str, n: int) -> Paraphrase:
    """A paraphrase to the author of letter n, by whoever said here that it was read aloud. what: `docket.PARAPHRASES`.

    Raises NotPossible where that letter is not theirs, or nobody here said that it was read aloud and to whom.
    """
    letter = office.state.letters.get(n)
    if letter is None or letter.ours or letter.office != to or letter.event is None:
        raise NotPossible(f"entry {n} is no letter from that office that is kept here: nobody heard it")
    said = [ev.from_bytes(entry, data).event for entry, data in office.register.about(n) if data is not None]
    aloud = [one for one in said if isinstance(one, ev.Stated) and one.event == READ_ALOUD and one.of == n]
    hearers = tuple(capacity for one in aloud for role, capacity in one.reasons if role == "hearer")
    if not hearers:
        raise NotPossible(
            f"letter {n} was not read aloud here: nobody has heard it",
            next_step=f"First say who read it to whom: `backchannel letter read-aloud {n}`.",
        )
    return Paraphrase(what, letter.event.letter_id, tuple(dict.fromkeys(hearers)))
