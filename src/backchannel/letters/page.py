"""A letter as one HTML file, for screen and paper.   Spec: docs/spec/text.md, "Showing".

No script, no link, nothing fetched: the page forbids it to the browser as well. Whether it is an exercise stands in
the file's title, above every text, below the last and on every printed sheet, so that no cut-out loses it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import Final

from backchannel.errors import Refused
from backchannel.letters.calendars import CALENDARS
from backchannel.letters.clause_words import Shown
from backchannel.letters.dates import Moment
from backchannel.letters.docket import Handling
from backchannel.letters.drafts import Draft
from backchannel.letters.forms import FORMS
from backchannel.letters.letter import Letter
from backchannel.letters.paper import ISOLATES, PAPER, code, head, name
from backchannel.letters.parts import Attachment, Body
from backchannel.letters.rendering import numbers_in_order, text_as_html
from backchannel.text import check_language, direction, for_screen
from backchannel.values import dataclass, field

Say = Callable[[str], str]

# The mark in the languages letters are written in; English stands beside it always.
_EXERCISE: Final = {"en": "EXERCISE", "ar": "تمرين", "fa": "تمرین"}
_OPERATION: Final = {"en": "OPERATION", "ar": "عملية فعلية", "fa": "عملیات واقعی"}


@dataclass(frozen=True, slots=True)
class Party:
    """An office as the page names it. standing: of its card, as the desk words it, like `verified`."""

    name: str
    standing: str


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as the page lists it."""

    name: str
    media: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class PageLetter:
    """What the page shows.

    signed: None if not chosen yet. sealed: False for what is shown before sealing.
    unknown: kinds of parts that cannot be shown.
    notes: further lines in plain words, as the who-could panel or the trust in a card. banner: on whose authority an
    envoy's letter speaks, in plain words, the verdict first. clauses: each with what limits it inside; acts: what the
    letter does, a line each. paraphrase: it says in its writer's words what another said, and is no text of an office.
    beside: translations made by its reader, each with its label: no part of the letter, shown after all of it.
    """

    sender: Party
    recipient: Party
    form: str
    type: str
    origin: str
    date: Moment
    bodies: tuple[Body, ...] = field(repr=False)
    reference: str | None = None
    number: int | None = None
    reply_by: Moment | None = None
    latest_delivery: Moment | None = None
    signed: bool | None = None
    sealed: bool = True
    files: tuple[File, ...] = ()
    unknown: tuple[str, ...] = ()
    handling: Handling = field(default=Handling(), repr=False)
    letter_id: bytes | None = None
    notes: tuple[str, ...] = ()
    banner: tuple[str, ...] = ()
    clauses: tuple[Shown, ...] = field(default=(), repr=False)
    acts: tuple[str, ...] = ()
    paraphrase: bool = False
    beside: tuple[tuple[str, Body], ...] = field(default=(), repr=False)


def page_of_letter(
    letter: Letter,
    sender: Party,
    recipient: Party,
    notes: tuple[str, ...] = (),
    banner: tuple[str, ...] = (),
    clauses: tuple[Shown, ...] = (),
    acts: tuple[str, ...] = (),
) -> PageLetter:
    """What to show of a letter that was opened, or that is about to be sealed."""
    sheet = letter.sheet
    return PageLetter(
        sender=sender,
        recipient=recipient,
        form=sheet.form,
        type=sheet.type,
        origin=sheet.origin,
        date=sheet.date,
        bodies=letter.bodies,
        reference=sheet.reference,
        number=letter.docket.number,
        reply_by=sheet.reply_by,
        latest_delivery=sheet.latest_delivery,
        signed=letter.signature is not None,
        files=files_of(letter.attachments),
        unknown=tuple(part.kind for part in letter.unknown_parts),
        handling=letter.docket.handling,
        letter_id=letter.letter_id,
        notes=notes,
        banner=banner,
        clauses=clauses,
        acts=acts,
        paraphrase=letter.docket.paraphrase is not None,
    )


def page_of_draft(
    draft: Draft,
    sender: Party,
    recipient: Party,
    date: Moment,
    files: tuple[File, ...] = (),
    notes: tuple[str, ...] = (),
) -> PageLetter:
    """What to show of a draft. date: the draft's own, or the present moment where it gives none."""
    return PageLetter(
        sender=sender,
        recipient=recipient,
        form=draft.form.name,
        type=draft.type,
        origin=draft.origin,
        date=date,
        bodies=tuple(sorted(draft.bodies, key=lambda body: body.status != "prevailing")),
        reference=draft.reference,
        reply_by=draft.reply_by,
        latest_delivery=draft.latest_delivery,
        signed=draft.signed,
        sealed=False,
        files=files,
        handling=draft.handling,
        notes=notes,
        paraphrase=draft.paraphrase is not None,
    )


def files_of(attachments: Sequence[Attachment]) -> tuple[File, ...]:
    """The list of attachments, each with its size in bytes and SHA-256."""
    return tuple(File(one.name, one.media, len(one.data), sha256(one.data).digest()) for one in attachments)


def page(letter: PageLetter, *, say: Say = str) -> str:
    """The whole file. say: translates the page's own words; what the letter says is never touched."""
    _ = say
    marks = {tag: _mark(letter.type, tag) for tag in _tags(letter)}
    banner = " · ".join(f'<bdi lang="{tag}" dir="{direction(tag)}">{escape(word)}</bdi>' for tag, word in marks.items())
    mark = f'<p class="mark {_class(letter.type)}" role="note">{banner}</p>'
    if letter.paraphrase:
        mark += f'<p class="mark authority" role="note"><strong>{escape(_(PARAPHRASE))}</strong></p>'
    kind = _(FORMS[letter.form].title) if letter.form in FORMS else _("form not known")
    sections = [_body(body, letter.clauses, mark, _) for body in letter.bodies]
    state = "" if letter.sealed else f'<p class="note">{escape(_("Draft: not sealed, not sent."))}</p>'
    lines = [
        head(f"{_mark(letter.type, 'en')} · {for_screen(letter.form)}", _STYLE),
        "<body>",
        f'<div class="sheetmark {_class(letter.type)}">{banner}</div>',
        "<main>",
        mark,
        state,
        f'<h1>{name(letter.form)} <span class="plain">{escape(kind)}</span></h1>',
        _banner(letter.banner),
        _facts(letter, _),
        *(f'<p class="note">{escape(for_screen(note))}</p>' for note in letter.notes),
        _handling(letter.handling, _),
        *(f'<p class="note">{escape(_(_UNKNOWN))} {name(kind)}</p>' for kind in letter.unknown),
        _acts(letter.acts, _),
        _languages(letter.bodies, _),
        *sections,
        _files(letter.files, _),
        *(_body(body, (), mark, _, label) for label, body in letter.beside),
        mark,
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(line for line in lines if line) + "\n"


PARAPHRASE: Final = "PARAPHRASE: another's account of what was said, the text of nobody; nothing in it can be accepted"
_UNKNOWN: Final = "This letter has a part that this version cannot show; it is not complete here. Its kind:"
_ORIGINS: Final = {
    "principal": "the sender's own words",
    "envoy": "words of an envoy",
    "intermediary": "words of a go-between",
    "joint": "a joint text",
    "unattributed": "attributed to nobody",
}
_STATUSES: Final = {
    "prevailing": "this text prevails",
    "equal": "equal with the other equal texts",
    "courtesy": "courtesy translation: does not bind",
    "machine": "machine translation: does not bind",
}
_CAVEATS: Final = {
    "distribution": "Who may have it",
    "attribution": "Naming the source",
    "comment_policy": "If asked",
    "retention": "Keeping it",
    "carriage": "How it may travel",
}
_VALUES: Final = {
    "addressee_only": "the addressee only",
    "exclusive": "those the addressee names, nobody else",
    "limited": "those who need it",
    "open": "no limit",
    "chatham": "the content may be used, the speaker and office not named",
    "unattributed": "may be used without any source",
    "neither_confirm_nor_deny": "neither confirm nor deny",
    "joint_line_only": "only the line agreed by both sides",
    "free": "free to comment",
    "keep": "keep",
    "record_law": "keep as the law on records asks",
    "read_and_return": "read and return",
    "read_and_destroy": "read and destroy",
    "any": "any way",
    "hand_only": "by hand only",
    "in_person": "in person only",
    "read_aloud_only": "read aloud, not handed over",
    "open_letter": "as an open letter",
}


def _banner(lines: tuple[str, ...]) -> str:
    """Whose word it is: above all that the letter says of itself."""
    if not lines:
        return ""
    first, *others = (escape(for_screen(line)) for line in lines)
    return (
        f'<p class="mark authority" role="note"><strong>{first}</strong>{"".join("<br>" + one for one in others)}</p>'
    )


def _mark(type_: str, tag: str) -> str:
    words = _EXERCISE if type_ == "exercise" else _OPERATION
    return words.get(tag.split("-")[0], words["en"])


def _class(type_: str) -> str:
    return "exercise" if type_ == "exercise" else "operation"


def _tags(letter: PageLetter) -> list[str]:
    """English, and the languages of the texts for which there is a word."""
    found = ["en", *(body.lang.split("-")[0] for body in letter.bodies)]
    return [tag for tag in dict.fromkeys(found) if tag in _EXERCISE]


def _party(party: Party) -> str:
    return f'{name(party.name)} <span class="plain">({escape(for_screen(party.standing))})</span>'


def _file_name(name: str) -> str:
    """Left to right whatever its script, so that what a name ends in stands at its end."""
    return f'<bdi dir="ltr">{escape(for_screen(name).strip(ISOLATES))}</bdi>'


def _facts(letter: PageLetter, _: Say) -> str:
    signed = {
        True: _("signed: can be proved to others"),
        False: _("not signed: sure to the reader, provable to nobody else"),
        None: _("not chosen yet"),
    }
    rows = [
        (_("From"), _party(letter.sender)),
        (_("To"), _party(letter.recipient)),
        (_("Whose words"), escape(_(_ORIGINS.get(letter.origin, "not known")))),
        (_("Date"), _moment(letter.date, _)),
        (_("Answer awaited by"), _moment(letter.reply_by, _)),
        (_("To be delivered by"), _moment(letter.latest_delivery, _)),
        (_("Reference"), name(letter.reference) if letter.reference else ""),
        (_("Number"), code(str(letter.number)) if letter.number is not None else ""),
        (_("Proof"), escape(signed[letter.signed])),
        (_("Letter id"), code(_grouped(letter.letter_id)) if letter.letter_id else ""),
    ]
    return _table(rows)


def _table(rows: Sequence[tuple[str, str]]) -> str:
    shown = "\n".join(f"<tr><th>{escape(head)}</th><td>{cell}</td></tr>" for head, cell in rows if cell)
    return f"<table>\n{shown}\n</table>" if shown else ""


def _moment(moment: Moment | None, _: Say) -> str:
    """The instant in the calendar it was written in, then in the others, for information."""
    if moment is None:
        return ""
    sign = "-" if moment.offset_minutes < 0 else "+"
    hours, minutes = divmod(abs(moment.offset_minutes), 60)
    titles = {
        "gregorian": _("Gregorian"),
        "umm-al-qura": _("Hijri, Umm al-Qura table"),
        "jalali": _("Solar Hijri, 33-year rule"),
    }
    beyond = _("this calendar's table does not reach so far")
    lines = [
        f"{code(moment.written.replace('T', ' '))} {code(f'{moment.zone} UTC{sign}{hours:02}:{minutes:02}')}"
        f" ({escape(titles[moment.calendar])})"
    ]
    others = {calendar: moment.shown(calendar) for calendar in CALENDARS if calendar != moment.calendar}
    lines += [
        f'<span class="plain">{code(shown.replace("T", " ")) if shown else escape(beyond)}'
        f" ({escape(titles[calendar])})</span>"
        for calendar, shown in others.items()
    ]
    lines.append(f'<span class="plain">{code(_utc(moment.at))}</span>')
    return "<br>".join(lines)


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _handling(handling: Handling, _: Say) -> str:
    rows = []
    for key, title in _CAVEATS.items():
        value: str | None = getattr(handling, key)
        if value is not None:
            rows.append((_(title), escape(_(_VALUES[value])) if value in _VALUES else name(value)))
    if handling.may_know:
        rows.append((_("May know"), "<br>".join(name(one) for one in handling.may_know)))
    if handling.exempted:
        rows.append((_("Must not be told"), "<br>".join(name(one.name) for one in handling.exempted)))
    if handling.instructions:
        lines = handling.instructions.split("\n")
        rows.append((_("Instructions"), "<br>".join(name(line) for line in lines)))
    if not rows:
        return ""
    title = escape(_("Handling: what the sender asks of people; nothing enforces it"))
    return f'<section class="handling"><h2>{title}</h2>\n{_table(rows)}</section>'


def _languages(bodies: Sequence[Body], _: Say) -> str:
    """That other versions exist, before the first of them."""
    if len(bodies) < 2:
        return ""
    shown = " · ".join(f"{name(body.lang)} {escape(_(_STATUSES.get(body.status, 'not known')))}" for body in bodies)
    return f'<p class="note">{escape(_("Texts in this letter:"))} {shown}</p>'


def _acts(acts: Sequence[str], _: Say) -> str:
    if not acts:
        return ""
    lines = "\n".join(f"<li>{escape(line)}</li>" for line in acts)
    return f'<section class="acts"><h2>{escape(_("What this letter does"))}</h2>\n<ul>\n{lines}\n</ul></section>'


def _clause(clause: Shown, lang: str, _: Say) -> str:
    """A clause in one language with all that limits it inside, so that no cut leaves one without the other."""
    facts = "".join(f"<li>{escape(fact)}</li>" for fact in clause.facts)
    found, text = clause.text_in(lang), ""
    if found is not None:
        of = _language(found[0])
        shown, kept = text_as_html(found[1], direction(of))
        text = "" if kept else f'<p class="note">{escape(_(_BREACH))}</p>\n'
        text += f'<div lang="{escape(of)}" dir="{direction(of)}">\n{shown}\n</div>'
    inside = "\n".join(_clause(one, lang, _) for one in clause.limited_by)
    if inside:
        inside = f'<div class="limits"><p class="status">{escape(_("It is limited by:"))}</p>\n{inside}\n</div>'
    facts = f'<ul class="facts">{facts}</ul>' if facts else ""
    return f'<div class="clause">\n<h3>{escape(clause.head)}</h3>\n{facts}\n{text}\n{inside}\n</div>'


def _language(tag: str) -> str:
    try:
        return check_language(tag)
    except Refused:
        return "und"


def _body(body: Body, clauses: Sequence[Shown], mark: str, _: Say, label: str | None = None) -> str:
    """label: of a text that is no part of the letter, in place of what it counts for."""
    lang = _language(body.lang)
    way = direction(lang)
    shown, kept = text_as_html(body.text, way)
    warning = "" if kept else f'<p class="note">{escape(_(_BREACH))}</p>\n'
    title = numbers_in_order(for_screen(body.title), way)
    under = "".join(_clause(one, body.lang, _) + "\n" for one in clauses)
    counts = for_screen(label) if label is not None else _(_STATUSES.get(body.status, "not known"))
    status = f"{name(body.lang)} · {escape(counts)}"
    return (
        f'{mark}\n<section class="text">\n<p class="status">{status}</p>\n{warning}'
        f'<div lang="{escape(lang)}" dir="{way}">\n<h2>{title}</h2>\n{shown}\n</div>\n{under}</section>'
    )


_BREACH: Final = "This text breaks the rules of what a letter may hold; it is shown so that nothing in it can act."


def _files(files: Sequence[File], _: Say) -> str:
    if not files:
        return ""
    rows = "\n".join(
        f"<tr><td>{_file_name(file.name)}</td><td>{name(file.media)}</td>"
        f"<td>{code(f'{file.size:,} bytes')}</td><td>{code(_grouped(file.sha256))}</td></tr>"
        for file in files
    )
    heads = "".join(f"<th>{escape(head)}</th>" for head in (_("Name"), _("Kind, as claimed"), _("Size"), "SHA-256"))
    title = escape(_("Attachments, not contained in this page"))
    return f'<section class="files"><h2>{title}</h2>\n<table>\n<tr>{heads}</tr>\n{rows}\n</table></section>'


def _grouped(data: bytes) -> str:
    return data.hex(" ", 4)


_STYLE: Final = (
    PAPER
    + """
main { max-width: 44rem; }
.mark { text-align: center; letter-spacing: .08em; padding: .3rem; border: 1px solid #1d1d1b; }
.mark bdi, .sheetmark bdi { letter-spacing: 0; font-weight: bold; }
.exercise { font-size: 1.1rem; }
.sheetmark { display: none; text-align: center; }
.text { margin: 1rem 0 2rem; } .text h2 { margin-block: .5rem 1rem; }
.clause { margin: 1rem 0; padding-inline-start: 1rem; border-inline-start: 1px solid #d8d4cb; break-inside: avoid; }
.facts { color: #5c5952; font-size: .9rem; }
.link { text-decoration: underline dotted; } .target { color: #5c5952; font-size: .85rem; overflow-wrap: anywhere; }
@media print {
  main { padding: 2.5rem 0; }
  .sheetmark { display: block; position: fixed; top: 0; left: 0; right: 0; }
  .mark { break-after: avoid; }
}
"""
)
