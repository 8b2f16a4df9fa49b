"""A letter as it is sealed: sheet, parts, signature or none, docket.   Spec: docs/spec/letters.md, "Contents"."""

from collections.abc import Iterator
from typing import Final

from backchannel.encoding import decode_prefix, encode
from backchannel.errors import Refused
from backchannel.letters import clauses as terms
from backchannel.letters.clauses import Act, Clause, Ref
from backchannel.letters.docket import PARAPHRASED, Docket, read_docket
from backchannel.letters.forms import Form, form_of
from backchannel.letters.matter import Matter
from backchannel.letters.parts import (
    MOST_BODIES,
    MOST_BYTES,
    MOST_PARTS,
    Acts,
    Attachment,
    Body,
    Part,
    UnknownPart,
    read_part,
)
from backchannel.letters.sheet import Sheet, read_sheet
from backchannel.text import body_breaches, breaches
from backchannel.values import dataclass, field

SIGNATURE_BYTES: Final = 64 + 3309


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said. signature: 3373 bytes over the letter-id, checked by `seals`; None if deniable."""

    sheet: Sheet
    parts: tuple[Part, ...]
    docket: Docket
    signature: bytes | None = field(default=None, repr=False)

    @property
    def letter_id(self) -> bytes:
        return self.sheet.letter_id

    @property
    def bodies(self) -> tuple[Body, ...]:
        """The texts, the prevailing one first, otherwise as the writer ordered them."""
        found = [part.content for part in self.parts if isinstance(part.content, Body)]
        return tuple(sorted(found, key=lambda body: body.status != "prevailing"))

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        return tuple(part.content for part in self.parts if isinstance(part.content, Attachment))

    @property
    def matters(self) -> tuple[Matter, ...]:
        return tuple(part.content for part in self.parts if isinstance(part.content, Matter))

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """As the writer ordered them. To be shown with what limits them: see `limits.wholes`."""
        return tuple(part.content for part in self.parts if isinstance(part.content, Clause))

    @property
    def signed_acts(self) -> tuple[Act, ...]:
        return tuple(act for part in self.parts if isinstance(part.content, Acts) for act in part.content.acts)

    @property
    def acts(self) -> tuple[Act, ...]:
        """All that it does: acts of its part, of its docket, and a recall or decline of a whole letter."""
        whole = {"recalls": "recall", "declines": "decline"}
        of_letter = (Act(whole[name], Ref(of)) for name, of in self.docket.acts.items() if name in whole)
        return (*self.signed_acts, *self.docket.terms, *of_letter)

    @property
    def unknown_parts(self) -> tuple[UnknownPart, ...]:
        return tuple(part.content for part in self.parts if isinstance(part.content, UnknownPart))

    @property
    def in_breach(self) -> bool:
        """Whether any of its texts breaks the text rules: then all of it is shown as code points only."""
        lines = [self.sheet.reference or "", *(body.title for body in self.bodies)]
        lines += [one.name for one in self.attachments]
        texts = [*(body.text for body in self.bodies), *(text for one in self.clauses for _, text in one.text)]
        return any(breaches(line, "line") for line in lines) or any(body_breaches(text) for text in texts)

    @property
    def is_empty(self) -> bool:
        """Whether it only brings envelopes, a card or a view, and is never shown as a letter."""
        return self.sheet.form == "empty"


def contents(letter: Letter) -> bytes:
    """The bytes that are sealed, before padding."""
    return encode([letter.sheet.data, [part.data for part in letter.parts], letter.signature, letter.docket.encoded()])


def read_contents(data: bytes) -> Letter:
    """The letter of an opened seal: exactly one item, then zero bytes.

    1 the outer item [L7]  2 zeros after it [L8]  3 the sheet [L1, L2]  4 parts, as the sheet names them [L3, L4, L9]
    5 the docket [L5, L6]  6 what the form allows [L10-L14], and a paraphrase [L18]  7 clauses and acts [K1-K4].
    Raises Refused with those marks or E1-E9.
    """
    value, end = decode_prefix(data)  # 1
    match value:
        case [bytes(sheet_bytes), list(part_bytes), None | bytes() as signature, bytes(docket_bytes)]:
            pass
        case _:
            raise Refused("L7", "a sealed letter does not hold sheet, parts, signature and docket")
    if len(part_bytes) > MOST_PARTS or any(not isinstance(part, bytes) for part in part_bytes):
        raise Refused("L7", "a sealed letter does not hold sheet, parts, signature and docket")
    if signature is not None and len(signature) != SIGNATURE_BYTES:
        raise Refused("L7", "a sealed letter does not hold sheet, parts, signature and docket")
    if not data.endswith(bytes(len(data) - end)):  # 2
        raise Refused("L8", "something follows the letter that is not padding")
    sheet = read_sheet(sheet_bytes)  # 3
    if sum(len(part) for part in part_bytes) > MOST_BYTES:  # 4
        raise Refused("L9", "the parts are larger than 16 MiB in all")
    parts = tuple(read_part(part) for part in part_bytes)
    if tuple(part.digest for part in parts) != sheet.parts:
        raise Refused("L9", "the parts are not those the sheet names")
    docket = read_docket(docket_bytes)  # 5
    letter = Letter(sheet, parts, docket, signature)
    _check_form(letter)  # 6
    _check_paraphrase(letter)
    _check_terms(letter)  # 7
    return letter


def _check_form(letter: Letter) -> None:
    rules = form_of(letter.sheet.form)  # raises for an unknown name
    signed = letter.signature is not None
    if (signed and rules.signing == "never") or (not signed and rules.signing == "always"):
        raise Refused("L11", f"the form {letter.sheet.form} is not signed that way")
    if letter.is_empty:
        if letter.parts or letter.docket.number is not None or letter.docket.replies or letter.sheet.answers:
            raise Refused("L12", "an empty letter that is not empty")
        return
    if letter.docket.number is None:
        raise Refused("L12", "a letter without a number in its series")
    _check_matters(letter, rules)
    if not rules.must_carry and not any(isinstance(part.content, Body | UnknownPart) for part in letter.parts):
        raise Refused("L13", "a letter without a text")
    languages = [body.lang for body in letter.bodies]
    if len(languages) > MOST_BODIES:
        raise Refused("L13", f"a letter with more than {MOST_BODIES} texts")
    if len(set(languages)) != len(languages) or sum(body.status == "prevailing" for body in letter.bodies) > 1:
        raise Refused("L13", "a letter with two texts in one language, or two that prevail")
    if letter.sheet.answers and not signed:
        raise Refused("L11", "an unsigned letter whose sheet names letters it answers")


def _check_matters(letter: Letter, rules: Form) -> None:
    kinds = [matter.kind for matter in letter.matters]
    wanted = sum(kind in rules.must_carry for kind in kinds)
    if (
        wanted != bool(rules.must_carry)
        or len(kinds) > 1
        or any(kind not in rules.must_carry + rules.may_carry for kind in kinds)
    ):
        raise Refused("L14", f"a letter of the form {letter.sheet.form} carries what it may not, or lacks what it must")


def _check_paraphrase(letter: Letter) -> None:
    """What somebody says that another said is nobody's text: it commits to nothing and nothing proves it."""
    docket = letter.docket
    if docket.paraphrase is None:
        return
    if letter.signature is not None or letter.sheet.form != "reply" or letter.sheet.origin not in PARAPHRASED:
        raise Refused("L18", "a paraphrase is an unsigned reply, in the words of an intermediary or of nobody named")
    if docket.paraphrase.of not in docket.replies:
        raise Refused("L18", "a paraphrase replies to the letter that was heard")
    if (
        letter.clauses
        or letter.acts
        or letter.matters
        or docket.authority is not None
        or set(docket.acts) - {"corrects"}
    ):
        raise Refused(
            "L18", "a paraphrase holds clauses, acts, an answer to a meeting or an authority: it commits nobody"
        )


def _check_terms(letter: Letter) -> None:
    clauses, parts = letter.clauses, [part for part in letter.parts if isinstance(part.content, Acts)]
    if not clauses and not letter.acts:
        return
    form = letter.sheet.form
    if (clauses or parts or letter.docket.terms) and not form_of(form).by_hand:
        raise Refused("K4", f"a letter of the form {form} holds clauses or acts, which only people write")
    sizes = sum(len(part.data) for part in letter.parts if isinstance(part.content, Clause | Acts))
    if len(clauses) > terms.MOST_CLAUSES or sizes > terms.MOST_BYTES:
        raise Refused("K1", f"the letter holds more than {terms.MOST_CLAUSES} clauses, or more than 512 KiB of terms")
    languages = {body.lang for body in letter.bodies}
    for clause in clauses:
        if languages and {lang for lang, _ in clause.text} != languages:
            raise Refused("K1", f"clause {clause.number} is not in exactly the languages of the letter")
    if len(parts) > 1 or len(letter.acts) > terms.MOST_ACTS:
        raise Refused("K2", f"a letter's acts are not one list of 1 to {terms.MOST_ACTS}")
    if parts and letter.signature is None:
        raise Refused("K4", "acts stand where only a signature may cover them, and there is none")
    if letter.signature is not None and not set(_named(letter)) <= set(letter.sheet.answers):
        raise Refused("K4", "what is signed names a letter that the sheet does not")
    terms.check_terms(clauses, letter.acts)
    _check_prevails(letter)


def _named(letter: Letter) -> Iterator[bytes]:
    """Letters named by what a signature covers."""
    refs = [act.on for act in letter.signed_acts if act.on is not None]
    refs += [link.to for clause in letter.clauses for link in clause.links]
    yield from (ref.letter for ref in refs if ref.letter is not None)


def _check_prevails(letter: Letter) -> None:
    """A provision on the prevailing language says what the texts say of themselves."""
    first = next((body.lang for body in letter.bodies if body.status == "prevailing"), "equal")
    for clause in letter.clauses:
        if clause.provision is not None and clause.provision.rule == "prevails" and clause.provision.value != first:
            raise Refused("K1", f"clause {clause.number} says that another text prevails than the letter does")
