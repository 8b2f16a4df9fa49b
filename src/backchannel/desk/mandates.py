"""What the channel to an office may be used for, kept by this desk alone.   Spec: docs/spec/desk.md, "Mandate".

It forbids nothing: whoever drafts is shown it, and is asked before a letter outside it is sealed.
"""

from collections.abc import Iterator, Sequence

from backchannel.desk import events as ev
from backchannel.desk.office import Office
from backchannel.desk.states import Mandate
from backchannel.errors import NotPossible
from backchannel.letters.forms import WRITTEN
from backchannel.text import check, words

MOST_BYTES = 4096
MOST_MATTERS = 32


def set_mandate(
    office: Office,
    to: bytes,
    text: str,
    *,
    by: str,
    matters: Sequence[str] = (),
    forms: Sequence[str] = (),
    until: int = 0,
) -> None:
    """Say what the channel to that office may be used for, in place of what was said before. until: Unix seconds.

    Raises NotPossible, or Refused with the mark of a rule of text.
    """
    _check(text, "the mandate")
    _check(by, "who has set it")
    for matter in matters:
        if not words(_check(matter, "a matter")):
            raise NotPossible("a matter is named in words")
    for form in forms:
        if form not in WRITTEN:
            raise NotPossible(f"nobody drafts the form {form[:64]!a}", next_step=f"Choose among {', '.join(WRITTEN)}.")
    if len(matters) > MOST_MATTERS:
        raise NotPossible(f"a mandate names at most {MOST_MATTERS} matters")
    if until and until <= office.now:
        raise NotPossible("the mandate would have ended already", next_step="Choose a later date.")
    with office.changing() as change:
        change.add(ev.MandateSet(to, text, tuple(dict.fromkeys(matters)), tuple(dict.fromkeys(forms)), by, until))


def end(office: Office, to: bytes, by: str) -> None:
    """End what holds of it now. It stays to be seen, as ended. Raises NotPossible where nothing holds."""
    _check(by, "who has ended it")
    with office.changing() as change:
        found = change.state.of(to).mandate
        if found is None or found.ended_at(office.now):
            raise NotPossible("the channel to that office has no mandate that holds")
        change.add(ev.MandateEnded(to, by))


def outside(mandate: Mandate | None, form: str, said: str, now: int) -> Iterator[str]:
    """What of a letter is outside: ended, form, matter. said: all that it says. Nothing is outside no mandate.

    A matter counts as named where every word of it begins a word of the letter, as in a search: the desk does not
    understand what a letter is about.
    """
    if mandate is None:
        return
    if mandate.ended_at(now):
        yield "ended"
    if mandate.said.forms and form not in mandate.said.forms:
        yield "form"
    if mandate.said.matters and not any(_names(said, matter) for matter in mandate.said.matters):
        yield "matter"


def _names(said: str, matter: str) -> bool:
    found = words(said)
    return all(any(word.startswith(wanted) for word in found) for wanted in words(matter))


def _check(text: str, where: str) -> str:
    if not text.strip() or len(text.encode()) > MOST_BYTES:
        raise NotPossible(f"{where}: one line of text, of at most {MOST_BYTES:,} bytes")
    return check(text, "line", where)
