"""The forms a letter can have, in the field's own words.   Spec: docs/spec/letters.md, "Forms"."""

from dataclasses import dataclass
from typing import Final, Literal

from backchannel.errors import Refused


@dataclass(frozen=True, slots=True)
class Form:
    """What a form asks of a letter.

    signing: `always`, `never` or by `choice` of the writer. binding: one language must be chosen to prevail.
    asks: an answer is expected, so a deadline for it is offered. answers: it must say which letter it replies to.
    """

    name: str
    signing: Literal["always", "never", "choice"] = "choice"
    binding: bool = False
    asks: bool = False
    answers: bool = False


FORMS: Final = {
    form.name: form
    for form in (
        Form("letter"),
        Form("note-verbale", signing="always", binding=True),
        Form("non-paper", signing="never"),
        Form("warning", binding=True),
        Form("assurance", binding=True),
        Form("proposal", binding=True, asks=True),
        Form("reply", answers=True),
        Form("readout"),
        Form("meeting-request", asks=True),
        Form("empty", signing="never"),
    )
}
WRITTEN: Final = tuple(name for name in FORMS if name != "empty")
RESERVED: Final = ("conveyance", "evidence", "introduction", "credence")


def form_of(name: str) -> Form:
    """The rules of a form. Raises Refused [L10] for a reserved or unknown name."""
    if name in RESERVED:
        raise Refused(
            "L10",
            f"the form {name} belongs to go-betweens, which this version does not carry",
            next_step="Bring the program up to date, or ask for a letter in another form.",
        )
    if name not in FORMS:
        raise Refused("L10", f"the form {name[:64]!a} is not known", next_step="Bring the program up to date.")
    return FORMS[name]
