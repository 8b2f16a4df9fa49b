"""A draft is read as it was meant, or every reason why it cannot be sealed is told at once."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from bounds import bounded
from hypothesis import given
from hypothesis import strategies as st

from backchannel.errors import NotPossible
from backchannel.letters.dates import parse_moment
from backchannel.letters.docket import Exempted, Handling
from backchannel.letters.draft_values import as_envoy
from backchannel.letters.drafts import (
    CAVEATS,
    OF_ONE_LANGUAGE,
    OF_THE_LETTER,
    Draft,
    NotSealable,
    Source,
    attachment_name,
    examine,
    read_draft,
    write_draft,
)
from backchannel.letters.forms import FORMS, WRITTEN
from backchannel.letters.media import media_type
from backchannel.letters.parts import Body
from backchannel.text import body_breaches
from backchannel.values import replace

NOW = datetime(2026, 2, 1, tzinfo=UTC)

PROPOSAL = """---
form: proposal
to: south
type: exercise
origin: joint
reference: N-2026/14
date: 2026-02-01T18:00[Asia/Tehran]
reply_by: jalali ۱۴۰۴-۱۲-۱۰T۱۸:۰۰[Asia/Tehran]
latest_delivery: 2026-02-20T12:00[Asia/Muscat]
replies: [12, ۱۳]
signed: no
prevails: en
attachments: [maps/route.pdf, نقشه.pdf]
distribution: addressee-only
retention: read and return
may_know: The Foreign Minister
exempted:
  - The Ministry of Trade
instructions: |
  By hand to the minister.
  Not before Sunday.
---

=== en

# A meeting in Muscat

We propose to **meet**.

=== fa courtesy

# دیدار در مسقط

پیشنهاد می‌کنیم دیدار کنیم.
"""


def examined(*texts: str, name: str = "draft.md"):
    return examine([Source(name, text.encode()) for text in texts], ZoneInfo, NOW)


def told(*texts: str, name: str = "draft.md") -> list[tuple[int, str]]:
    """Line and mark of every problem; a draft with problems is no draft."""
    draft, problems = examined(*texts, name=name)
    assert (draft is None) == bool(problems)
    return [(problem.line, problem.mark) for problem in problems]


TRANSLATED = (
    "---\nform: letter\nprevails: en\ntranslators: {fa: the mission's own}\n---\n=== en\n# A\n\nx\n"
    "=== fa courtesy\n# ب\n\nx"
)


def letter(*fields: str, text: str = "# Title\n\nText.", lang: str = "lang: en") -> str:
    return "\n".join(["---", "form: letter", lang, *fields, "---", text])


def test_one_file_with_all_languages():
    """Every field of a full draft is read as it was meant."""
    draft = read_draft([Source("offer.md", PROPOSAL.encode())], ZoneInfo, NOW)
    assert draft == Draft(
        form=FORMS["proposal"],
        bodies=(
            Body("en", "prevailing", "A meeting in Muscat", "We propose to **meet**."),
            Body("fa", "courtesy", "دیدار در مسقط", "پیشنهاد می‌کنیم دیدار کنیم."),
        ),
        type="exercise",
        origin="joint",
        to="south",
        date=parse_moment("2026-02-01T18:00[Asia/Tehran]", ZoneInfo),
        reference="N-2026/14",
        reply_by=parse_moment("jalali 1404-12-10T18:00[Asia/Tehran]", ZoneInfo),
        latest_delivery=parse_moment("2026-02-20T12:00[Asia/Muscat]", ZoneInfo),
        replies=(12, 13),
        signed=False,
        attachments=("maps/route.pdf", "نقشه.pdf"),
        handling=Handling(
            distribution="addressee_only",
            retention="read_and_return",
            may_know=("The Foreign Minister",),
            exempted=(Exempted(None, "The Ministry of Trade"),),
            instructions="By hand to the minister.\nNot before Sunday.",
        ),
    )


def test_one_file_a_language():
    """Files named by language make one draft; what concerns the letter may stand in any of them."""
    sources = [
        Source("offer.en.md", b"---\nform: warning\nprevails: fa\n---\n# Title\n\nText.\n"),
        Source("offer.fa.md", "# عنوان\n\nمتن.\n".encode()),
    ]
    draft = read_draft(sources, ZoneInfo, NOW)
    assert [(body.lang, body.status) for body in draft.bodies] == [("en", "courtesy"), ("fa", "prevailing")]


def test_a_plain_letter_needs_little():
    """Form, language, title and text are enough; nothing else is assumed but the office's own words, for real."""
    draft = read_draft([Source("a.md", letter().encode())], ZoneInfo, NOW)
    assert draft == Draft(form=FORMS["letter"], bodies=(Body("en", "prevailing", "Title", "Text."),))
    assert (draft.type, draft.origin, draft.signed, draft.date) == ("operation", "principal", None, None)


def test_a_non_paper_is_attributed_to_nobody():
    """A text that may be disowned names no speaker unless its writer does."""
    draft = read_draft([Source("a.md", letter().replace("form: letter", "form: non-paper").encode())], ZoneInfo, NOW)
    assert draft.origin == "unattributed"


def test_who_writes_for_a_principal_writes_an_envoys_words():
    draft, _ = examined(letter("as_envoy_of: north", "verb: explore", "matter: prisoners"))
    assert (draft.origin, draft.as_envoy_of, draft.verb, draft.matter) == ("envoy", "north", "explore", "prisoners")
    assert read_draft([Source("again.md", write_draft(draft).encode())], ZoneInfo, NOW) == draft


def test_a_paraphrase_is_nobodys_text():
    """A reply to what was heard, in an intermediary's words or attributed to nobody: it binds and proves nothing."""
    found = read_draft(
        [Source("said.md", letter("readback_of: 12").replace("letter", "reply").encode())], ZoneInfo, NOW
    )
    assert (found.paraphrase, found.replies, found.origin) == (("readback", 12), (12,), "intermediary")
    assert read_draft([Source("again.md", write_draft(found).encode())], ZoneInfo, NOW) == found

    def lines(*fields):
        return told(letter("paraphrase_of: 12", *fields).replace("letter", "reply"))

    assert lines("origin: unattributed") == []
    assert lines("origin: principal") == [(5, "D15")]
    assert lines("signed: yes") == [(5, "D15")]
    assert lines("readback_of: 12") == [(4, "D15")]
    assert (5, "D15") in lines("act: accept 12")
    assert (5, "D15") in lines("as_envoy_of: west", "verb: carry")
    assert told(letter("paraphrase_of: 12")) == [(4, "D15")]


def test_every_reason_is_told_at_once_with_its_line():
    """A writer mends a draft once, not one mistake at a time."""
    text = (
        "---\nform: warning\nreply_by: in two months\norign: envoy\n"
        'title: "a\\u202eb"\ndate: 2026-02-30T18:00[Asia/Tehran]\ncarriage: open_letter\nsigned: maybe\n---\n'
        "Hello <b>world</b>\n![x](y)\nline two\u200b ٣4\nend  \n"
    )
    assert told(text) == [
        (1, "D14"), (1, "D14"), (3, "D16"), (4, "D12"), (5, "T2"), (6, "D16"), (7, "D13"), (8, "D13"),
        (10, "T6"), (11, "T6"), (12, "T2"), (12, "T5"), (13, "T4"),
    ]  # fmt: skip
    with pytest.raises(NotSealable) as failed:
        read_draft([Source("draft.md", text.encode())], ZoneInfo, NOW)
    assert isinstance(failed.value, NotPossible)
    assert len(failed.value.problems) == 13
    assert "draft.md:12: column 9: a character nobody can see (U+200B) [T2]" in str(failed.value)
    assert "did you mean origin?" in str(failed.value)
    assert "\u202e" not in str(failed.value)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (letter("form2: x"), [(4, "D12")]),
        (letter("reference: [a, b]"), [(4, "D13")]),
        (letter("reference:"), [(4, "D13")]),
        (letter("reference: " + "a" * 256), [(4, "D13")]),
        (letter('reference: "a\\u200bb"'), [(4, "T2")]),
        (letter("reference: a\u200bb"), [(4, "T2")]),
        (letter('reference: "N-1٤"'), [(4, "T5")]),
        (letter("type: drill"), [(4, "D13")]),
        (letter("origin: minister"), [(4, "D13")]),
        (letter("as_envoy_of: north"), [(4, "D14")]),
        (letter("as_envoy_of: north", "verb: rule"), [(5, "D13")]),
        (letter("as_envoy_of: north", "verb: carry", "origin: principal"), [(6, "D15")]),
        (letter("verb: carry"), [(4, "D15")]),
        (letter("matter: prisoners"), [(4, "D15")]),
        (letter("replies: 0"), [(4, "D13")]),
        (letter("replies: 1٢"), [(4, "T5")]),
        (letter("replies: [x]"), [(4, "D13")]),
        (letter("replies: [[1]]"), [(4, "D13")]),
        (letter("reply_by: 2026-01-01T12:00[UTC]"), [(4, "D16")]),
        (letter("latest_delivery: 2026-02-01T00:00[UTC]"), [(4, "D16")]),
        (letter("date: 2026-03-01T12:00[UTC]", "reply_by: 2026-02-20T12:00[UTC]"), [(5, "D16")]),
        (letter("reply_by: 2026-02-20T12:00[UTC]", "latest_delivery: 2026-02-21T12:00[UTC]"), [(5, "D16")]),
        (letter("attachments: [a/x.pdf, b/x.pdf]"), [(4, "D15")]),
        (letter("attachments: a/"), [(4, "D13")]),
        (letter('attachments: "terms\\u202efdp.exe"'), [(4, "T2")]),
        (letter("attachments: {a: b}"), [(4, "D13")]),
        (letter("carriage: open_letter"), [(4, "D13")]),
        (letter("may_know: [" + ", ".join("a" * 65) + "]"), [(4, "D13")]),
        (letter("prevails: fa"), [(4, "D15"), (4, "D15")]),
        (letter("prevails: equal"), [(4, "D15")]),
        (letter("status: courtesy"), [(1, "D15")]),
        (letter("status: machine", "prevails: en"), [(3, "D15"), (5, "D15")]),
        (letter("status: binding"), [(4, "D13")]),
        (letter(lang="lang: EN"), [(3, "T7")]),
        (letter(lang="lang: "), [(3, "D13")]),
        (letter(text="Text without a title."), [(5, "D14")]),
        (letter(text="# Title"), [(5, "D14")]),
        (letter(text=""), [(5, "D14"), (5, "D14")]),
        (letter(text="# A\u200fb\n\nx"), [(5, "T2")]),
        (letter(text="# " + "a" * 1025 + "\n\nx"), [(5, "D13")]),
        (letter(text="# A\n\n" + "x" * 131_073), [(7, "T9")]),
        (letter(text="Early.\n=== en\n# A\n\nx"), [(3, "D15"), (5, "D15")]),
        ("---\nform: letter\n---\n=== en prevailing\n# A\n\nx\n=== en courtesy\n# A\n\nx", [(8, "D15")]),
        ("---\nform: letter\nprevails: equal\n---\n=== en binding\n# A\n\nx\n=== fa\n# A\n\nx", [(5, "D13")]),
        ("---\nform: letter\nprevails: equal\n---\n=== EN\n# A\n\nx\n=== fa\n# A\n\nx", [(5, "T7")]),
        ("---\nform: letter\n---\n=== en\n# A\n\nx\n=== fa\n# A\n\nx", [(1, "D14")]),
        ("---\nform: letter\n---\n=== en prevailing\n# A\n\nx\n=== fa prevailing\n# A\n\nx", [(1, "D15")]),
        ("---\nform: letter\n---\n=== en equal\n# A\n\nx\n=== fa machine\n# A\n\nx", [(1, "D15")]),
        ("---\nform: letter\n---\n=== en one two\n# A\n\nx", [(4, "D13")]),
        ("---\nform: warning\nlang: en\n---\n# A\n\nx", [(1, "D14")]),
        ("---\nform: proposal\nlang: en\nprevails: en\n---\n# A\n\nx", [(1, "D14")]),
        ("---\nform: reply\nlang: en\n---\n# A\n\nx", [(1, "D14")]),
        ("---\nform: readout\nlang: en\nreply_by: 2026-03-01T12:00[UTC]\n---\n# A\n\nx", [(4, "D15")]),
        ("---\nform: non-paper\nlang: en\nsigned: yes\n---\n# A\n\nx", [(4, "D15")]),
        ("---\nform: note-verbale\nlang: en\nprevails: en\nsigned: no\n---\n# A\n\nx", [(5, "D15")]),
        ("---\nform: memo\nlang: en\n---\n# A\n\nx", [(2, "L10")]),
        ("---\nform: empty\nlang: en\n---\n# A\n\nx", [(2, "L10")]),
        ("---\nlang: en\n---\n# A\n\nx", [(1, "D14")]),
        ("---\nform: letter\n", [(1, "D11")]),
        ("---\nform: [\n---\nx", [(2, "D11")]),
        ("---\nform: letter\nform: reply\n---\nx", [(3, "D11")]),
        ("---\nform: &a letter\n---\nx", [(2, "D11")]),
        ("---\nform: *a\n---\nx", [(2, "D11")]),
        ("---\nform: !!python/object/apply:os.system [x]\n---\nx", [(2, "D11")]),
        ("---\n[a]\n---\nx", [(2, "D11")]),
        ("---\na: [[[[[[1]]]]]]\n---\nx", [(2, "D11")]),
        ("---\na: " + "[" * 9_000 + "\n---\nx", [(2, "D11")]),
        ("---\na: " + "x" * 70_000 + "\n---\nx", [(1, "D11")]),
        ("---\na: b\n%c\n---\nx", [(3, "D11")]),
        ("---\n--- {a: b}\n---\nx", [(2, "D11")]),
        ("---\na: \x01\n---\nx", [(1, "D11"), (2, "T2")]),
        ("---\nnull\n---\nx", [(1, "D14"), (1, "D14"), (4, "D14")]),
        (letter("translators: the mission"), [(4, "D13")]),
        (letter("translators: {en: the mission}"), [(4, "D15")]),
        (letter("mismatch_accepted_by: Ada"), [(4, "D13"), (4, "D14")]),
        (letter("mismatch_why: it is so"), [(4, "D13")]),
        (letter(lang="lang: e_n"), [(3, "T7")]),
        ("---\nform: [letter]\nlang: en\n---\n# A\n\nx", [(2, "D13")]),
        (
            "---\nform: letter\nprevails: en\n---\n=== en\n# A\n\nx\n=== fa prevailing\n# A\n\nx",
            [(3, "D15"), (9, "D15")],
        ),
        (TRANSLATED.replace("fa: the", "ar: the"), [(4, "D15")]),
        (TRANSLATED.replace("the mission's own", "[x]"), [(4, "D13")]),
    ],
)
def test_what_cannot_be_sealed_has_its_own_line_and_mark(text, problems):
    """Each mistake has one answer, at the line where it is mended."""
    assert told(text) == problems


@pytest.mark.parametrize("form", sorted(set(FORMS) - set(WRITTEN)))
def test_forms_the_desk_makes_cannot_be_drafted(form):
    """A writer is told plainly why such a form is not to be had in a draft."""
    _, problems = examined(letter().replace("form: letter", f"form: {form}"))
    assert [(problem.line, problem.mark) for problem in problems] == [(2, "L10")]
    assert "nobody drafts the form" in problems[0].why


def test_files_that_disagree_are_refused():
    """Two files of one draft that say different things are not settled by their order."""
    files = [Source("o.en.md", b"---\nform: letter\nprevails: en\n---\n# A\n\nx")]
    files.append(Source("o.fa.md", "---\nform: reply\n---\n# آ\n\nx".encode()))
    draft, problems = examine(files, ZoneInfo, NOW)
    assert draft is None
    assert [str(problem) for problem in problems] == ["o.fa.md:2: form says something else here than in o.en.md [D15]"]


def test_a_files_name_and_its_language_must_agree():
    """A Persian text in a file named as English is more likely a mistake than a wish."""
    assert told(letter(lang="lang: fa"), name="offer.en.md") == [(3, "D15")]
    assert told(letter(lang="lang: en-GB"), name="offer.en.md") == []


def test_files_that_cannot_be_read():
    """Bytes that are no UTF-8 and files beyond any letter are refused without a guess at what is missing."""
    assert [p.mark for p in examine([Source("a.md", b"# A\n\nx\xff")], ZoneInfo, NOW)[1]] == ["D10"]
    assert [p.line for p in examine([Source("a.md", b"# A\n\nx\xff")], ZoneInfo, NOW)[1]] == [3]
    assert [p.mark for p in examine([Source("a.md", b"a" * (4 * 1024 * 1024 + 1))], ZoneInfo, NOW)[1]] == ["D10"]
    assert [p.mark for p in examine([], ZoneInfo, NOW)[1]] == ["D14"]


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ("=== en\n# T\n\nx\n" * 50_000, ["D15"]),
        ("\n" * 1_000_000 + "# T\n\nx", []),
        ("# T\n\nx\n\n" + "\u202e\n" * 900_000, ["T9"]),
        ("# T\n\nx\n\n## T1\n" + "\n" * 1_000_000 + "x", []),
    ],
    ids=["texts", "blank lines", "breaches", "blank lines in a clause"],
)
def test_a_draft_made_to_be_slow_is_read_in_bounded_time_and_memory(body, problems):
    """Whoever gave it: its cost grows with its size, and not with the square of it."""
    clauses = "clauses: {T1: {kind: exclusion}}\nprevails: en\n" if "## T1" in body else ""
    with bounded(seconds=90):
        _, found = examine([Source("a.en.md", f"---\nform: letter\n{clauses}---\n{body}".encode())], ZoneInfo, NOW)
    assert [one.mark for one in found] == problems


def test_what_nobody_can_see_a_difference_in_is_tidied():
    """Mark of byte order, CR LF, composed forms and one stray space change nothing that is read."""
    plain = letter(text="# Café\n\nOne line.\nNext.\n")
    untidy = "\ufeff" + plain.replace("é", "e\u0301").replace("line.", "line. ").replace("\n", "\r\n")
    assert examined(untidy) == examined(plain)
    assert told(letter(text="# A\n\nA break  \nof lines.")) == [(7, "T4")]


def test_who_translated_and_who_answers_for_a_mismatch():
    """Both are written down again as they were said."""
    by = "mismatch_accepted_by: [Ada, Bea]\nmismatch_why: The court's own version.\nprevails: en"
    draft = read_draft([Source("a.md", TRANSLATED.replace("prevails: en", by).encode())], ZoneInfo, NOW)
    assert draft.translators == (("fa", "the mission's own"),)
    assert (draft.accepted, draft.accepted_why) == (("Ada", "Bea"), "The court's own version.")
    assert read_draft([Source("b.md", write_draft(draft).encode())], ZoneInfo, NOW) == draft


def test_for_whom_an_envoy_writes_may_be_said_beside_the_draft():
    """Whole or not at all; what is said beside it goes before what the draft says."""
    draft = read_draft([Source("a.md", letter("as_envoy_of: north", "verb: carry").encode())], ZoneInfo, NOW)
    plain = read_draft([Source("a.md", letter().encode())], ZoneInfo, NOW)
    assert as_envoy(plain, None, None, None) == plain
    said = as_envoy(plain, "north", "propose", "prisoners")
    assert (said.as_envoy_of, said.verb, said.matter, said.origin) == ("north", "propose", "prisoners", "envoy")
    said = as_envoy(draft, None, None, "prisoners")
    assert (said.as_envoy_of, said.verb, said.matter) == ("north", "carry", "prisoners")
    assert as_envoy(draft, "west", None, None).as_envoy_of == "west"
    for half in ((None, "propose", None), (None, None, "prisoners")):
        with pytest.raises(NotPossible, match="an envoy's"):
            as_envoy(plain, *half)


def test_values_stay_what_was_written():
    """No word of YAML becomes something else: no is a word, a date is not touched."""
    draft, _ = examined(letter("reference: 0o17", "to: no"))
    assert draft is not None
    assert (draft.reference, draft.to) == ("0o17", "no")


def test_equal_texts_and_one_that_decides():
    """Two equal texts with a third that decides is a choice offices make."""
    draft, problems = examined(
        "---\nform: assurance\n---\n=== ar equal\n# A\n\nx\n=== fa equal\n# A\n\nx\n=== en prevailing\n# A\n\nx"
    )
    assert problems == ()
    assert draft is not None
    assert [body.status for body in draft.bodies] == ["equal", "equal", "prevailing"]


def test_a_draft_does_not_show_its_text():
    """The representation of a draft, as a log or a trace would print it, holds nothing of the letter."""
    draft = read_draft([Source("a.md", PROPOSAL.encode())], ZoneInfo, NOW)
    assert not any(word in repr(draft) for word in ("meeting", "minister", "route.pdf", "Trade"))


@given(st.binary(max_size=300), st.sampled_from(["a.md", "a.fa.md"]))
def test_any_bytes_are_a_draft_or_problems(data, name):
    """Whatever a file holds, the answer is a draft or reasons, never something else."""
    draft, problems = examine([Source(name, data)], ZoneInfo, NOW)
    assert (draft is None) == bool(problems)


@given(st.text(alphabet="---\nform: letreply[]{}&*!'\"|>#%@`,?~=# نامه\u200b\t", max_size=200))
def test_any_front_matter_is_a_draft_or_problems(text):
    """Whatever stands in the front matter, the answer is a draft or reasons."""
    draft, problems = examined("---\n" + text + "\n---\n# A\n\nx", name="a.en.md")
    assert (draft is None) == bool(problems)


LINES = st.text("abZ9 éپیا\u200cک*_#[]:'\"\\{}&!|>%@`-،؟=", max_size=20).map(lambda middle: f"x{middle}y")
PROSE = st.lists(LINES, min_size=1, max_size=4).map("\n\n".join).filter(lambda text: not body_breaches(text))


@given(
    st.sampled_from(sorted(set(WRITTEN) - {"reply", "note-verbale"})),
    LINES,
    PROSE,
    st.one_of(st.none(), LINES),
    st.lists(LINES, max_size=3, unique=True),
    st.one_of(st.none(), st.booleans()),
)
def test_a_draft_written_down_reads_as_itself(form, title, text, reference, names, signed):
    """What was asked step by step and what is read from its file are one draft."""
    draft = Draft(
        form=FORMS[form],
        bodies=(Body("en", "prevailing", title, text), Body("fa", "machine", title, text)),
        reference=reference,
        signed=None if form == "non-paper" else signed,
        replies=(4,),
        latest_delivery=parse_moment("jalali 1405-12-10T18:00[Asia/Tehran]", ZoneInfo),
        handling=Handling(retention="keep", may_know=tuple(names), instructions=text),
    )
    assert read_draft([Source("a.md", write_draft(draft).encode())], ZoneInfo, NOW) == replace(draft)


@pytest.mark.parametrize(
    ("path", "name"), [("a.pdf", "a.pdf"), ("/x/y/a.pdf", "a.pdf"), ("..\\x\\a.pdf", "a.pdf"), ("x/", "")]
)
def test_an_attachment_travels_without_its_path(path, name):
    """No letter tells where a file lay on its writer's machine."""
    assert attachment_name(path) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.PDF", "application/pdf"),
        ("a.tar.zip", "application/zip"),
        ("pdf", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_media_types_come_from_one_table(name, kind):
    """The same name has the same media type at every desk."""
    assert media_type(name) == kind


GUIDE = (Path(__file__).parents[2] / "docs/guide/drafts.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def test_the_guides_examples_can_be_sealed():
    """What the guide tells writers to write is read as a draft."""
    short, several, english, persian, *talks = (text for text in EXAMPLES if text.startswith(("---", "# آنچه")))
    for text in (short, several):
        assert told(text) == []
    for text in talks:
        draft, problems = examine([Source("talk.md", text.encode())], ZoneInfo, NOW, replies=(12,))
        assert (problems, draft and (draft.talk is not None or draft.acts != ())) == ((), True)
    sources = [Source("offer.en.md", english.encode()), Source("offer.fa.md", persian.encode())]
    assert examine(sources, ZoneInfo, NOW)[1] == ()


def test_the_guides_dates_are_one_instant():
    """Every date the guide shows is understood, and all four name days as they say."""
    dates = next(text for text in EXAMPLES if text.startswith("2026-03-01T18:00")).splitlines()
    assert len({parse_moment(date, ZoneInfo).unix for date in dates[:3]}) == 1
    assert parse_moment(dates[3], ZoneInfo).calendar == "umm-al-qura"


def test_the_guide_names_every_field_form_and_mark():
    """No field, form or reason is left for the writer to find out."""
    for word in (
        *OF_THE_LETTER,
        *OF_ONE_LANGUAGE,
        *WRITTEN,
        *(one for all_ in CAVEATS.values() for one in all_),
    ):
        assert f"`{word}`" in GUIDE
    for mark in ("D10", "D11", "D12", "D13", "D14", "D15", "D16", "L10"):
        assert f"| {mark} |" in GUIDE
