"""Drafts: Markdown with front matter, before anything is sealed.   Spec: docs/guide/drafts.md.

One file a language, or one file with all. A draft that cannot be sealed is told every reason at once, each with its
file and line. Attachments are names here; reading files is the desk's work.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Final

from backchannel.errors import NotPossible, Refused
from backchannel.letters.clauses import MOST_TEXT
from backchannel.letters.dates import Moment, Zones, parse_moment
from backchannel.letters.deadline_text import parse_instant
from backchannel.letters.docket import PARAPHRASED, Exempted, Handling
from backchannel.letters.draft_clauses import Pieces, cut, heading, read_terms
from backchannel.letters.draft_talks import FIELDS, talk_of
from backchannel.letters.draft_values import (
    CAVEATS,
    PARAPHRASE_FIELDS,
    Draft,
    NotSealable,
    Problem,
    Source,
    attachment_name,
    write_draft,
)
from backchannel.letters.forms import FORMS, WRITTEN, Form
from backchannel.letters.frontmatter import Node, Unreadable, read, split
from backchannel.letters.matter import VERBS
from backchannel.letters.parts import MOST_BODIES, STATUSES, Body
from backchannel.letters.sheet import ORIGINS, TYPES
from backchannel.text import Breach, Kind, body_breaches, breaches, check_language
from backchannel.values import dataclass, field, replace

__all__ = [
    "CAVEATS",
    "Draft",
    "NotSealable",
    "Problem",
    "Source",
    "attachment_name",
    "examine",
    "read_draft",
    "write_draft",
]

OF_ONE_LANGUAGE: Final = ("lang", "status", "title")
OF_THE_LETTER: Final = (
    "to", "form", "type", "origin", "reference", "date", "reply_by", "latest_delivery", "replies", "signed",
    "prevails", "act", "acts", "clauses", "business", "attachments", *CAVEATS, "may_know", "exempted", "instructions",
    "as_envoy_of", "verb", "matter", "paraphrase_of", "readback_of", "translators", "mismatch_accepted_by",
    "mismatch_why", *FIELDS,
)  # fmt: skip
MOST_BYTES: Final = 4 * 1024 * 1024
MOST_NAMED: Final = 64
MOST_ENTRY: Final = 9_999_999_999
MOST_ATTACHMENTS: Final = 200
_NAME_BYTES: Final = 255
_TITLE_BYTES: Final = 1024
_INSTRUCTION_BYTES: Final = 4096
_NO_STATUS: Final = f"status is one of {', '.join(STATUSES)}"
_SECTION: Final = re.compile(r"===[ ]+(\S+)(?:[ ]+(\S+))?")
_HEADING: Final = re.compile(r"#[ ]+(.+?)(?:[ ]+#+)?")
_FILE_LANGUAGE: Final = re.compile(r"\.([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\.(?:md|markdown|txt)\Z")
_ASCII_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


PartiesOf = Callable[[str], Mapping[str, str]]


def read_draft(
    sources: Sequence[Source],
    zones: Zones,
    now: datetime,
    replies: Sequence[int] = (),
    parties_of: PartiesOf = lambda _: {},
) -> Draft:
    """The draft these files make. Raises NotSealable with every reason, in the order of files and lines."""
    draft, problems = examine(sources, zones, now, replies, parties_of)
    if draft is None:
        raise NotSealable(problems)
    return draft


def examine(
    sources: Sequence[Source],
    zones: Zones,
    now: datetime,
    replies: Sequence[int] = (),
    parties_of: PartiesOf = lambda _: {},
) -> tuple[Draft | None, tuple[Problem, ...]]:
    """The draft, or None and every reason why it is none.

    replies: numbers of letters it answers that are given beside the draft; the draft then need not name any.
    parties_of: names and zones of who writes and of whom `to` names, in which a date without a zone is laid out.
    """
    reader = Reader(zones, now, tuple(replies), parties_of=parties_of)
    found = [one for source in sources if (one := reader.file(source)) is not None]
    for name, own, body, first in found:  # what the fields of any file say decides how the texts of all are read
        reader.sections(name, own, body, first)
    draft = reader.draft(sources[0].name if sources else "draft")
    reader.unsaid()
    order = {source.name: at for at, source in enumerate(sources)}
    problems = sorted(set(reader.problems), key=lambda one: (order.get(one.file, 0), one.line, one.mark, one.why))
    return (None if problems else draft), tuple(problems)


@dataclass(slots=True)
class _Text:
    """One language as found, before its standing is settled."""

    file: str
    line: int
    lang: str
    status: str | None
    title: str
    text: str


@dataclass(slots=True)
class Reader:
    """Collects fields, texts and problems over all files of one draft."""

    zones: Zones
    now: datetime
    beside: tuple[int, ...] = ()
    known: tuple[str, ...] = OF_THE_LETTER
    problems: list[Problem] = field(default_factory=list)
    fields: dict[str, tuple[str, Node]] = field(default_factory=dict)
    texts: list[_Text] = field(default_factory=list)
    pieces: Pieces = field(default_factory=dict)
    front: list[tuple[str, Breach]] = field(default_factory=list)
    parties_of: PartiesOf = lambda _: {}
    unread: bool = False  # a file could not be read: what seems to be missing may stand there

    def problem(self, file: str, line: int, mark: str, why: str) -> None:
        if mark in ("D10", "D11"):
            self.unread = True
        elif mark == "D14" and self.unread:
            return
        self.problems.append(Problem(file, line, mark, why))

    def in_breach(self, file: str, first_line: int, found: Iterable[Breach], what: str = "") -> bool:
        """Notes breaches of text that begins on first_line. A one-line value's own columns would mislead: left out."""
        before = len(self.problems)
        for breach in found:
            if what:
                where = f"{what}: {breach.why}" + (f" ({breach.character})" if breach.character else "")
                self.problem(file, first_line, breach.mark, where)
            else:
                shown = replace(breach, line=breach.line + first_line - 1)
                self.problem(file, shown.line, breach.mark, str(shown).partition(", ")[2])
        return len(self.problems) > before

    def unsaid(self) -> None:
        """Notes what front matter holds against the rules where no field has said so: comments, unread lines."""
        said = {(problem.file, problem.line, problem.mark) for problem in self.problems}
        for file, breach in self.front:
            if (file, breach.line + 1, breach.mark) not in said:
                self.in_breach(file, 2, [breach])

    # --- files ---

    def file(self, source: Source) -> tuple[str, dict[str, Node], str, int] | None:
        """Its name, the fields of its one language, and its text with the number of its first line."""
        name = source.name
        if len(source.data) > MOST_BYTES:
            self.problem(name, 1, "D10", f"a draft of more than {MOST_BYTES:,} bytes: attach long texts as files")
            return None
        try:
            text = _tidied(source.data.decode())
        except UnicodeDecodeError as error:
            line = source.data.count(b"\n", 0, error.start) + 1
            self.problem(name, line, "D10", "bytes that are no UTF-8 text: save the file as UTF-8")
            return None
        try:
            front, body, first = split(text)
            self.front += [(name, breach) for breach in breaches(front, "prose")]
            fields = read(front)
        except Unreadable as error:
            self.problem(name, error.line, "D11", error.why)
            return None
        own: dict[str, Node] = {key: fields.pop(key) for key in OF_ONE_LANGUAGE if key in fields}
        self.letter_fields(name, fields)
        return name, own, body, first

    def letter_fields(self, file: str, fields: dict[str, Node]) -> None:
        for key, node in fields.items():
            if key not in self.known:
                near = get_close_matches(key, (*self.known, *OF_ONE_LANGUAGE), 1)
                hint = f", did you mean {near[0]}?" if near else ""
                self.problem(file, node.line, "D12", f"a field that is not known: {key[:40]!a}{hint}")
            elif key in self.fields and _plain(self.fields[key][1]) != _plain(node):
                other = self.fields[key][0]
                self.problem(file, node.line, "D15", f"{key} says something else here than in {other}")
            else:
                self.fields.setdefault(key, (file, node))

    def sections(self, file: str, own: dict[str, Node], body: str, first: int) -> None:
        lines = body.split("\n")
        starts = [at for at, line in enumerate(lines) if line.startswith("=== ")]
        if not starts:
            self.only_language(file, own, lines, first)
            return
        if len(starts) > MOST_BODIES:
            self.problem(file, first + starts[MOST_BODIES], "D15", f"more than {MOST_BODIES} texts")
            return
        for key, node in own.items():
            self.problem(file, node.line, "D15", f"{key} belongs to one language: write it at its line of ===")
        early = next((at for at in range(starts[0]) if lines[at].strip()), None)
        if early is not None:
            self.problem(file, first + early, "D15", "text before the first language")
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            line = first + start
            found = _SECTION.fullmatch(lines[start])
            if found is None:
                self.problem(file, line, "D13", "a language begins with === and its tag, like === fa courtesy")
                continue
            self.text(file, line, found[1], found[2], None, lines[start + 1 : end], line + 1)

    def only_language(self, file: str, own: dict[str, Node], lines: list[str], first: int) -> None:
        named = _FILE_LANGUAGE.search(file)
        lang = self.word(file, own["lang"], "lang") if "lang" in own else None
        if "lang" not in own and named is None:
            self.problem(file, 1, "D14", "which language is this? write lang: en, or name the file like offer.en.md")
        elif lang and named and lang.split("-")[0] != named[1].split("-")[0].lower():
            self.problem(file, own["lang"].line, "D15", f"lang is {lang} and the file's name says {named[1]}")
        lang = lang or (named[1] if named and "lang" not in own else "und")
        status = self.word(file, own["status"], "status") if "status" in own else None
        if status is not None and status not in STATUSES:
            self.problem(file, own["status"].line, "D13", _NO_STATUS)
            status = None
        self.text(file, own["lang"].line if "lang" in own else 1, lang, status, own.get("title"), lines, first)

    def text(
        self, file: str, line: int, lang: str, status: str | None, title: Node | None, lines: list[str], first: int
    ) -> None:
        try:
            check_language(lang)
        except Refused as error:
            self.problem(file, line, error.mark, f"{error}: write it like en, fa or zh-Hant")
            lang = "und"
        if status is not None and status not in STATUSES:
            self.problem(file, line, "D13", _NO_STATUS)
            status = None
        begins = first
        lines, first = _begun(lines, first)
        heading = _HEADING.fullmatch(lines[0]) if lines and title is None else None
        if title is not None:
            shown = self.word(file, title, "title", _TITLE_BYTES) or ""
        elif heading is not None:
            shown = heading[1]
            self.in_breach(file, first, breaches(shown, "line"), "title")
            if len(shown.encode()) > _TITLE_BYTES:
                self.problem(file, first, "D13", f"title is longer than {_TITLE_BYTES:,} bytes")
            lines, first = lines[1:], first + 1
        else:
            shown = ""
            self.problem(file, begins, "D14", "no title: begin the text with a line like # Title")
        lines, first = _begun(lines, first)
        if "clauses" in self.fields:
            lines, pieces = cut(lines)
            for number, at, piece in pieces:
                self.piece(file, first + at, lang, number, piece)
        text = "\n".join(lines).rstrip("\n")
        if not text.strip():
            self.problem(file, begins, "D14", "no text" if lang == "und" else f"no text in {lang}")
        self.in_breach(file, first, body_breaches(text))
        other = next((one for one in self.texts if one.lang == lang and lang != "und"), None)
        if other is not None:
            self.problem(file, line, "D15", f"a second text in {lang}: the first is at {other.file}:{other.line}")
        self.texts.append(_Text(file, line, lang, status, shown, text))

    def piece(self, file: str, line: int, lang: str, number: str, lines: list[str]) -> None:
        """The text of one clause; line: of its heading."""
        first = line + 1
        lines, first = _begun(lines, first)
        text = "\n".join(lines).rstrip("\n")
        listed = self.fields["clauses"][1].value
        if not isinstance(listed, dict) or number not in listed:
            self.problem(file, line, "D15", f"a text of {number}, which clauses does not list")
        elif not text.strip():
            self.problem(file, line, "D14", f"no text under {heading(number)}")
        elif len(text.encode()) > MOST_TEXT:
            self.problem(file, line, "D13", f"the text of {number} is longer than {MOST_TEXT:,} bytes")
        elif lang in self.pieces.setdefault(number, {}):
            self.problem(file, line, "D15", f"a second text of {number} in {lang}")
        else:
            self.in_breach(file, first, body_breaches(text))
            self.pieces[number][lang] = text

    # --- single values ---

    def word(self, file: str, node: Node, key: str, most: int = _NAME_BYTES, kind: Kind = "line") -> str | None:
        """The text of a field, or None, noted, if it holds none or breaks the rules of text."""
        if not isinstance(node.value, str) or not node.value.strip():
            self.problem(file, node.line, "D13", f"{key} takes one text")
            return None
        text = node.value.rstrip("\n") if kind == "prose" else node.value
        if len(text.encode(errors="surrogatepass")) > most:
            self.problem(file, node.line, "D13", f"{key} is longer than {most:,} bytes")
            return None
        return None if self.in_breach(file, node.line, breaches(text, kind), key) else text

    def given(self, key: str, most: int = _NAME_BYTES, kind: Kind = "line") -> str | None:
        if key not in self.fields:
            return None
        file, node = self.fields[key]
        return self.word(file, node, key, most, kind)

    def at(self, key: str, otherwise: str) -> tuple[str, int]:
        return (self.fields[key][0], self.fields[key][1].line) if key in self.fields else (otherwise, 1)

    def choice(self, key: str, allowed: Sequence[str]) -> str | None:
        text = self.given(key)
        if text is None:
            return None
        value = text.strip().lower().replace("-", "_").replace(" ", "_")
        if value not in allowed:
            why = f"{key} is one of {', '.join(allowed)}"
            if value == "open_letter":
                why = "an open letter would travel unsealed, which this version does not do"
            self.problem(*self.at(key, ""), "D13", why)
            return None
        return value

    def moment(self, key: str) -> Moment | None:
        text = self.given(key)
        return None if text is None else self.instant(key, text)

    def instant(self, key: str, text: str) -> Moment | None:
        try:
            if key == "date":
                return parse_moment(text, self.zones)
            return parse_instant(key, text, self.zones, parties=self.parties(), now=self.now)
        except NotPossible as error:
            self.problem(*self.at(key, ""), "D16", f"{key}: {error}. {error.next_step}")
            return None

    def parties(self) -> Mapping[str, str]:
        """Whose zones a date may be meant in: of this office and of whom the draft is to."""
        return self.parties_of(self.given("to") or "")

    def number(self, key: str, most: int) -> int | None:
        text = self.given(key)
        digits = (text or "").strip().translate(_ASCII_DIGITS)
        if re.fullmatch(r"[1-9][0-9]{0,9}", digits) and int(digits) <= most:
            return int(digits)
        if text is not None:
            self.problem(*self.at(key, ""), "D13", f"{key} takes a number from 1 to {most:,}")
        return None

    def names(self, key: str, most: int = MOST_NAMED, each: int = _NAME_BYTES) -> tuple[tuple[str, int], ...]:
        """The texts of a list, or of one text, each with its line."""
        if key not in self.fields:
            return ()
        file, node = self.fields[key]
        nodes = node.value if isinstance(node.value, list) else [node]
        if len(nodes) > most:
            self.problem(file, node.line, "D13", f"{key} holds more than {most:,}")
            return ()
        found = ((self.word(file, one, key, each), one.line) for one in nodes)
        return tuple((text, line) for text, line in found if text is not None)

    # --- the letter ---

    def draft(self, first_file: str) -> Draft | None:
        form = self.form(first_file)
        prevails = self.given("prevails")
        languages = {text.lang: (text.file, text.line) for text in self.texts if text.lang != "und"}
        clauses, acts = read_terms(self, self.fields, self.pieces, languages)
        bodies = self.standing(form, prevails, first_file)
        date, latest = self.moment("date"), self.moment("latest_delivery")
        reply_by = self.reply_by(form, first_file)
        self.in_time(date, reply_by, latest)
        origin = self.choice("origin", ORIGINS)
        type_ = self.choice("type", TYPES)
        spoken_for = self.spoken_for(origin)
        talk, agrees = talk_of(self, form), self.number("agrees", MOST_ENTRY)
        paraphrase = self.paraphrase(form, origin)
        result = {
            "to": self.given("to"),
            "reference": self.given("reference"),
            "replies": self.replies(form, first_file, agrees or (paraphrase[1] if paraphrase else None)),
            "signed": self.signed(form),
            "attachments": self.attachments(),
            "handling": self.handling(),
            "clauses": clauses,
            "acts": acts,
            "translators": self.translators(bodies),
            **self.accepted(),
            **spoken_for,
        }
        if form is None:
            return None
        return Draft(
            form=form,
            bodies=bodies,
            type=type_ or "operation",
            origin=origin or ("intermediary" if paraphrase else _usual_origin(form, spoken_for)),
            date=date,
            reply_by=reply_by,
            latest_delivery=latest,
            talk=talk,
            agrees=agrees,
            paraphrase=paraphrase,
            **result,
        )

    def form(self, first_file: str) -> Form | None:
        if "form" not in self.fields:
            self.problem(first_file, 1, "D14", f"no form: write form: and one of {', '.join(WRITTEN)}")
            return None
        name = self.given("form")
        if name is None:
            return None
        name = name.strip().lower().replace("_", "-").replace(" ", "-")
        if name in WRITTEN:
            return FORMS[name]
        why = f"form is one of {', '.join(WRITTEN)}"
        if name in FORMS:
            why = f"nobody drafts the form {name}: the desk makes it"
        self.problem(*self.at("form", ""), "L10", why)
        return None

    def standing(self, form: Form | None, prevails: str | None, first_file: str) -> tuple[Body, ...]:
        """The bodies with their standing: what prevails where, as chosen."""
        place = self.at("prevails", self.texts[0].file if self.texts else first_file)
        languages = [text.lang for text in self.texts]
        if prevails is not None and prevails != "equal" and prevails not in languages:
            self.problem(*place, "D15", f"prevails names {prevails[:40]!a}, and no text here is in that language")
        for text in self.texts:
            if text.lang == prevails and text.status not in (None, "prevailing"):
                self.problem(text.file, text.line, "D15", f"prevails names {text.lang}, marked {text.status} here")
            if text.status == "prevailing" and prevails is not None and text.lang != prevails:
                self.problem(
                    text.file, text.line, "D15", f"{text.lang} is marked prevailing, and prevails says otherwise"
                )
            if text.status is None:
                if prevails == "equal":
                    text.status = "equal"
                elif prevails is not None:
                    text.status = "prevailing" if text.lang == prevails else "courtesy"
                elif len(self.texts) == 1 and form is not None and not self.binds(form):
                    text.status = "prevailing"
        found = [text.status for text in self.texts]
        if found.count("prevailing") > 1:
            self.problem(*place, "D15", "two texts are marked prevailing")
        elif None in found:
            if form is not None or len(found) > 1:
                why = "there are several languages"
                if form and self.binds(form):
                    why = f"the form {form.name} binds" if form.binding else "clauses bind"
                self.problem(*place, "D14", f"{why}: say what prevails, like prevails: en, or prevails: equal")
        elif found and found.count("prevailing") == 0 and found.count("equal") < 2:
            self.problem(*place, "D15", "no text prevails, and no two are equal")
        return tuple(Body(t.lang, t.status or "courtesy", t.title, t.text) for t in self.texts)

    def binds(self, form: Form) -> bool:
        """Whether the writer must choose what prevails even where there is one language."""
        return form.binding or "clauses" in self.fields

    def reply_by(self, form: Form | None, first_file: str) -> Moment | None:
        if "reply_by" not in self.fields:
            if form is not None and form.asks:
                why = f"the form {form.name} asks for an answer: write reply_by: and a date, or reply_by: none"
                self.problem(first_file, 1, "D14", why)
            return None
        node = self.fields["reply_by"][1]
        if node.value == "none":
            return None
        if form is not None and form.reply_by == "none":
            self.problem(*self.at("reply_by", ""), "D15", f"the form {form.name} awaits no answer: leave out reply_by")
        return self.moment("reply_by")

    def in_time(self, date: Moment | None, reply_by: Moment | None, latest: Moment | None) -> None:
        begins = max(self.now.timestamp(), date.unix if date else 0)
        for key, moment in (("reply_by", reply_by), ("latest_delivery", latest)):
            if moment is not None and moment.unix <= begins:
                self.problem(*self.at(key, ""), "D16", f"{key} has passed when the letter is written")
        if reply_by and latest and latest.unix > reply_by.unix:
            self.problem(*self.at("latest_delivery", ""), "D16", "latest_delivery is later than reply_by")

    def replies(self, form: Form | None, first_file: str, agrees: int | None) -> tuple[int, ...]:
        found = list(self.beside)
        for text, line in self.names("replies"):
            digits = text.translate(_ASCII_DIGITS)
            if not re.fullmatch(r"[1-9][0-9]{0,9}", digits):
                self.problem(self.fields["replies"][0], line, "D13", "replies takes numbers of letters, like 12")
            elif int(digits) not in found:
                found.append(int(digits))
        if form is not None and form.replies and "replies" not in self.fields and not found and agrees is None:
            self.problem(first_file, 1, "D14", f"the form {form.name} answers a letter: write replies: and its number")
        return tuple(found) if agrees is None or agrees in found else (*found, agrees)

    def paraphrase(self, form: Form | None, origin: str | None) -> tuple[str, int] | None:
        """What was said by who heard a letter, told in another's words: it binds nobody and proves nothing."""
        named = [what for what, key in PARAPHRASE_FIELDS.items() if key in self.fields]
        if not named:
            return None
        key = PARAPHRASE_FIELDS[named[0]]
        place, bars = self.at(key, ""), ("clauses", "act", "acts", "as_envoy_of", "answer")
        if len(named) > 1:
            self.problem(*place, "D15", "a letter is the paraphrase of an answer or a readback, not both")
        if form is not None and form.name != "reply":
            self.problem(*place, "D15", "a paraphrase is of the form reply")
        if origin is not None and origin not in PARAPHRASED:
            self.problem(*self.at("origin", ""), "D15", f"the words of a paraphrase are {' or '.join(PARAPHRASED)}")
        if self.given("signed") in ("yes", "true"):
            self.problem(*self.at("signed", ""), "D15", "a paraphrase is never signed")
        for other in bars:
            if other in self.fields:
                self.problem(*self.at(other, ""), "D15", f"a paraphrase commits nobody: it has no {other}")
        heard = self.number(key, MOST_ENTRY)
        return (named[0], heard) if heard is not None else None

    def signed(self, form: Form | None) -> bool | None:
        value = self.choice("signed", ("yes", "no", "true", "false"))
        if value is None:
            return None
        signed = value in ("yes", "true")
        if form is not None and form.signing == ("never" if signed else "always"):
            how = "never" if signed else "always"
            self.problem(*self.at("signed", ""), "D15", f"the form {form.name} is {how} signed")
        return signed

    def attachments(self) -> tuple[str, ...]:
        seen: set[str] = set()
        for path, line in (found := self.names("attachments", MOST_ATTACHMENTS, 4096)):
            file, name = self.fields["attachments"][0], attachment_name(path)
            if name in ("", ".", "..") or len(name.encode()) > _NAME_BYTES:
                self.problem(file, line, "D13", "attachments takes names of files")
            elif name in seen:
                self.problem(file, line, "D15", "two attachments of one name")
            seen.add(name)
        return tuple(path for path, _ in found)

    def translators(self, bodies: tuple[Body, ...]) -> tuple[tuple[str, str], ...]:
        """Who made which text: of languages that are here and do not prevail."""
        if "translators" not in self.fields:
            return ()
        file, node = self.fields["translators"]
        if not isinstance(node.value, dict):
            self.problem(file, node.line, "D13", "translators takes languages and names, like {fa: the mission's own}")
            return ()
        made = {body.lang: body.status for body in bodies}
        found = []
        for lang, one in node.value.items():
            name = self.word(file, one, f"translators: {lang[:35]}")
            if made.get(lang, "prevailing") == "prevailing":
                self.problem(file, one.line, "D15", f"{lang[:35]} is no translation in this letter")
            elif name is not None:
                found.append((lang, name))
        return tuple(found)

    def accepted(self) -> dict[str, Any]:
        """Who answers for versions that differ, two people, and why."""
        names = tuple(name for name, _ in self.names("mismatch_accepted_by", 2))
        why = self.given("mismatch_why", _INSTRUCTION_BYTES, "prose")
        if "mismatch_accepted_by" in self.fields or "mismatch_why" in self.fields:
            said = "mismatch_accepted_by" if "mismatch_accepted_by" in self.fields else "mismatch_why"
            place = self.at(said, "")
            if len(set(names)) != 2:
                self.problem(*place, "D13", "mismatch_accepted_by takes the names of two people")
            if why is None:
                self.problem(*place, "D14", "versions that differ are accepted for a reason: write mismatch_why:")
        return {"accepted": names, "accepted_why": why}

    def spoken_for(self, origin: str | None) -> dict[str, str | None]:
        """For whom an envoy's office writes, and what it claims to do."""
        found = {"as_envoy_of": self.given("as_envoy_of"), "verb": self.choice("verb", VERBS)}
        found["matter"] = self.given("matter")
        if "as_envoy_of" in self.fields:
            if "verb" not in self.fields:
                why = f"an envoy says what it does: write verb: and one of {', '.join(VERBS)}"
                self.problem(*self.at("as_envoy_of", ""), "D14", why)
            if origin not in (None, "envoy"):
                why = "who speaks for another writes an envoy's words: leave out origin"
                self.problem(*self.at("origin", ""), "D15", why)
        else:
            for key in ("verb", "matter"):
                if key in self.fields:
                    self.problem(*self.at(key, ""), "D15", f"{key} is of who speaks for another: write as_envoy_of")
        return found

    def handling(self) -> Handling:
        caveats = {key: self.choice(key, allowed) for key, allowed in CAVEATS.items()}
        return Handling(
            **caveats,
            may_know=tuple(name for name, _ in self.names("may_know")),
            exempted=tuple(Exempted(None, name) for name, _ in self.names("exempted")),
            instructions=self.given("instructions", _INSTRUCTION_BYTES, "prose"),
        )


def _usual_origin(form: Form, spoken_for: dict[str, str | None]) -> str:
    if spoken_for["as_envoy_of"]:
        return "envoy"
    return "unattributed" if form.name == "non-paper" else "principal"


def _begun(lines: list[str], first: int) -> tuple[list[str], int]:
    """The lines from the first that is not empty, and its number."""
    at = next((at for at, line in enumerate(lines) if line), len(lines))
    return lines[at:], first + at


def _plain(node: Node) -> Any:
    match node.value:
        case list():
            return [_plain(one) for one in node.value]
        case dict():
            return {key: _plain(one) for key, one in node.value.items()}
    return node.value


def _tidied(text: str) -> str:
    """The file's text without what no reader can see a difference in.

    A byte-order mark at the start, CR LF, composed and decomposed forms, a single space where a line ends. Two
    spaces there mean a line break in Markdown and are left, to be refused.
    """
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\r\n", "\n"))
    return "\n".join(_END.sub("", line) for line in text.split("\n"))


_END: Final = re.compile(r"(?<![ \t])[ \t]\Z|\A[ \t]+\Z")
