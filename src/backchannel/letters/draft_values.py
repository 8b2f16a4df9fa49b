"""What a draft is, and how one is written down.   Spec: docs/guide/drafts.md."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from backchannel.errors import NotPossible
from backchannel.letters.dates import Moment
from backchannel.letters.deadline_text import deadline_text
from backchannel.letters.docket import Handling
from backchannel.letters.draft_clauses import Wire, act_fields, business_fields, clause_fields, heading
from backchannel.letters.draft_talks import talk_fields
from backchannel.letters.forms import Form
from backchannel.letters.parts import Body
from backchannel.letters.talks import Talk
from backchannel.text import for_screen
from backchannel.values import dataclass, field, replace

CAVEATS: Final = {
    "distribution": ("addressee_only", "exclusive", "limited", "open"),
    "attribution": ("chatham", "unattributed"),
    "comment_policy": ("neither_confirm_nor_deny", "joint_line_only", "free"),
    "retention": ("keep", "record_law", "read_and_return", "read_and_destroy"),
    "carriage": ("any", "hand_only", "in_person", "read_aloud_only"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a draft. name: as the writer knows it, for messages."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a draft cannot be sealed. mark: T, D or L; line counts from 1."""

    file: str
    line: int
    mark: str
    why: str

    def __str__(self) -> str:
        return f"{for_screen(self.file)}:{self.line}: {self.why} [{self.mark}]"


class NotSealable(NotPossible):
    """A draft that cannot be sealed, with every reason."""

    code = "draft"
    next_step = "Mend the lines named and try again."

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("the draft cannot be sealed:\n" + "\n".join(f"  {problem}" for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer wants said.

    to: the office as the writer names it, if the draft does. date: None stands for the time of sealing.
    replies: letters of the exchange by the number the desk gives them. signed: None leaves the choice to sealing.
    attachments: paths as written, relative to the draft. bodies: as the writer ordered them. as_envoy_of: the principal
    for whom an envoy's office writes, as it names it, with the verb and matter it claims. talk: what its fields say
    of a meeting, not yet tied to a letter's id. agrees: the number of the other side's record that a readout restates.
    paraphrase: (answer or readback, the number of the letter that was heard).
    translators: who made the text of a language. accepted: the two who answer for versions that differ, and why.
    clauses, acts: in wire form, with offices and letters still as the writer names them (`draft_clauses.settle`).
    """

    form: Form
    bodies: tuple[Body, ...] = field(repr=False)
    type: str = "operation"
    origin: str = "principal"
    to: str | None = None
    date: Moment | None = None
    reference: str | None = None
    reply_by: Moment | None = None
    latest_delivery: Moment | None = None
    replies: tuple[int, ...] = ()
    signed: bool | None = None
    attachments: tuple[str, ...] = field(default=(), repr=False)
    handling: Handling = field(default=Handling(), repr=False)
    as_envoy_of: str | None = None
    verb: str | None = None
    matter: str | None = None
    talk: Talk | None = field(default=None, repr=False)
    agrees: int | None = None
    paraphrase: tuple[str, int] | None = None
    clauses: tuple[Wire, ...] = field(default=(), repr=False)
    acts: tuple[Wire, ...] = field(default=(), repr=False)
    translators: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    accepted: tuple[str, ...] = field(default=(), repr=False)
    accepted_why: str | None = field(default=None, repr=False)


PARAPHRASE_FIELDS: Final = {"answer": "paraphrase_of", "readback": "readback_of"}


def as_envoy(draft: Draft, principal: str | None, verb: str | None, matter: str | None) -> Draft:
    """The draft with what is said beside it of for whom an envoy writes. Raises NotPossible if that says half of it."""
    if principal is None and draft.as_envoy_of is None and (verb or matter):
        raise NotPossible("a verb and a matter are an envoy's", next_step="Say for whom with --as-envoy-of.")
    if principal is None and verb is None and matter is None:
        return draft
    return replace(
        draft,
        as_envoy_of=principal or draft.as_envoy_of,
        verb=verb or draft.verb,
        matter=matter or draft.matter,
        origin="envoy",
    )


def attachment_name(path: str) -> str:
    """The name an attachment travels under: the last piece of its path."""
    return re.split(r"[/\\]", path)[-1]


def write_draft(draft: Draft) -> str:
    """The draft as one file that reads as the same draft: for what was asked step by step."""
    lines = ["---"]
    # JSON is YAML, and quotes whatever would mean something else unquoted.
    lines += [f"{key}: {_flow(value)}" for key, value in _fields(draft) if value]
    if business := business_fields(draft.clauses, draft.acts):
        lines.append(f"business: {_flow(business)}")
    if draft.acts:
        lines += ["acts:", *(f"  - {_flow(act_fields(act))}" for act in draft.acts)]
    if draft.clauses:
        lines += ["clauses:", *(f"  {one['number']}: {_flow(clause_fields(one))}" for one in draft.clauses)]
    lines.append("---")
    for body in draft.bodies:
        lines += [f"=== {body.lang} {body.status}", "", f"# {body.title}", "", body.text, ""]
        for clause in draft.clauses:
            lines += [heading(clause["number"]), "", clause["text"][body.lang], ""]
    return "\n".join(lines)


def _flow(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _fields(draft: Draft) -> Iterator[tuple[str, Any]]:
    yield "form", draft.form.name
    yield "type", draft.type
    yield "origin", draft.origin
    yield "to", draft.to
    yield "as_envoy_of", draft.as_envoy_of
    yield "verb", draft.verb
    yield "matter", draft.matter
    yield "reference", draft.reference
    yield "date", _moment(draft.date)
    yield "reply_by", _moment(draft.reply_by) or ("none" if draft.form.asks else None)
    yield "latest_delivery", _moment(draft.latest_delivery)
    yield "replies", [str(number) for number in draft.replies]
    yield "signed", {None: None, True: "yes", False: "no"}[draft.signed]
    yield "attachments", list(draft.attachments)
    for key in CAVEATS:
        yield key, getattr(draft.handling, key)
    yield "may_know", list(draft.handling.may_know)
    yield "exempted", [one.name for one in draft.handling.exempted]
    yield "instructions", draft.handling.instructions
    yield "translators", dict(draft.translators)
    yield "mismatch_accepted_by", list(draft.accepted)
    yield "mismatch_why", draft.accepted_why
    yield "agrees", str(draft.agrees or "")
    if draft.paraphrase is not None:
        yield PARAPHRASE_FIELDS[draft.paraphrase[0]], str(draft.paraphrase[1])
    if draft.talk is not None:
        yield from talk_fields(draft.talk, _moment)


def _moment(moment: Moment | None) -> str | None:
    return None if moment is None else deadline_text(moment)
