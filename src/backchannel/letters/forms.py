"""The forms a letter can have, in the field's own words.   Spec: docs/spec/letters.md, "Forms"."""

from dataclasses import dataclass
from typing import Final, Literal

from backchannel.errors import Refused


@dataclass(frozen=True, slots=True)
class Form:
    """What a form asks of a letter.

    title: the form in plain words. signing: `always`, `never` or by `choice` of the writer.
    binding: the writer must choose which language prevails, even where there is one.
    reply_by: an answer is awaited and the writer must give its date or say that there is none (`choice`),
    may give one (`allowed`), or cannot (`none`). replies: it must name a letter it replies to.
    """

    name: str
    title: str
    signing: Literal["always", "never", "choice"] = "choice"
    binding: bool = False
    reply_by: Literal["choice", "allowed", "none"] = "allowed"
    replies: bool = False

    @property
    def asks(self) -> bool:
        """Whether an answer is awaited."""
        return self.reply_by == "choice"


FORMS: Final = {
    form.name: form
    for form in (
        Form("letter", "letter in the first person"),
        Form("note-verbale", "note in the third person, always signed", signing="always", binding=True),
        Form("non-paper", "text that may be disowned, never signed", signing="never"),
        Form("warning", "what will follow, or what must not happen", binding=True),
        Form("assurance", "promise of restraint or conduct", binding=True),
        Form("proposal", "terms put forward for an answer", binding=True, reply_by="choice"),
        Form("reply", "answer to a letter", replies=True),
        Form("readout", "record of a meeting or call", reply_by="none"),
        Form("meeting-request", "request to meet or speak", reply_by="choice"),
        Form("empty", "no letter: brings envelopes and cards only", signing="never", reply_by="none"),
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
