"""A letter's page shows what was written, marks what it is, and can do nothing."""

import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.letters.clause_words import Shown
from backchannel.letters.dates import moment_of, parse_moment
from backchannel.letters.docket import Docket, Exempted, Handling
from backchannel.letters.drafts import Source, read_draft
from backchannel.letters.letter import Letter
from backchannel.letters.page import PARAPHRASE, File, PageLetter, Party, page, page_of_draft, page_of_letter
from backchannel.letters.parts import Attachment, Body, Part, UnknownPart, make_part
from backchannel.letters.rendering import numbers_in_order, text_as_html
from backchannel.letters.sheet import Sheet
from backchannel.values import replace

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
LETTER = PageLetter(
    sender=Party("North", "verified"),
    recipient=Party("جنوب", "unverified"),
    form="proposal",
    type="operation",
    origin="principal",
    date=moment_of(NOW, "Asia/Muscat", ZoneInfo),
    bodies=(
        Body("en", "prevailing", "A meeting", "We propose to meet."),
        Body("fa", "courtesy", "دیدار", "پیشنهاد می‌کنیم."),
    ),
)
MAY = frozenset(("html", "head", "meta", "title", "style", "body", "main", "section", "div", "span", "bdi", "bdo", "p"))
MAY |= frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "th", "td", "ul", "ol", "li", "blockquote", "hr"))
MAY |= frozenset(("br", "pre", "code", "em", "strong"))
MAY_SAY = frozenset(("lang", "dir", "class", "charset", "http-equiv", "content", "name", "role", "start"))


class Seen(HTMLParser):
    """Every tag, attribute and piece of text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.texts.append(data)

    def handle_comment(self, data):
        raise AssertionError("a comment")

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


def is_inert(html: str) -> Seen:
    """The page's parts, after making sure that none of them can act, lead away or fetch."""
    seen = Seen(html)
    assert seen.open == []
    assert {tag for tag, _ in seen.tags} <= MAY
    assert {name for _, attrs in seen.tags for name in attrs} <= MAY_SAY
    assert "url(" not in html
    assert "@import" not in html
    return seen


def test_the_browser_is_told_to_allow_nothing():
    """The page forbids script, fetching, forms and a base; only its own style, by digest, is allowed."""
    html = page(LETTER)
    seen = is_inert(html)
    (policy,) = [attrs["content"] for tag, attrs in seen.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert html.index("Content-Security-Policy") < html.index("<style>")


def test_each_language_runs_in_its_own_direction():
    """Persian stands right to left and English left to right, each marked with its language."""
    html = page(LETTER)
    assert '<div lang="en" dir="ltr">\n<h2>A meeting</h2>\n<p>We propose to meet.</p>' in html
    assert '<div lang="fa" dir="rtl">\n<h2>\u2068دیدار\u2069</h2>\n<p>پیشنهاد می‌کنیم.</p>' in html


def test_the_prevailing_text_comes_first_and_the_others_are_announced():
    """A reader of one language knows that others exist, and which counts."""
    draft = read_draft(
        [Source("a.md", "---\nform: letter\nprevails: fa\n---\n=== en\n# A\n\nx\n=== fa\n# آ\n\nب".encode())],
        ZoneInfo,
        NOW,
    )
    text = is_inert(page(page_of_draft(draft, LETTER.sender, LETTER.recipient, LETTER.date))).text
    assert "Texts in this letter: fa this text prevails · en courtesy translation: does not bind" in text
    assert text.index("fa · this text prevails") < text.index("en · courtesy translation")
    assert "Draft: not sealed, not sent." in text


def test_an_exercise_is_marked_wherever_the_page_is_cut():
    """The mark stands in the title, on every printed sheet, above every text and below the last, in their languages."""
    html = page(replace(LETTER, type="exercise"))
    seen = is_inert(html)
    assert html.count("EXERCISE") == 1 + 1 + 1 + len(LETTER.bodies) + 1
    assert html.count("تمرین") == 1 + 1 + len(LETTER.bodies) + 1
    assert "OPERATION" not in html
    assert html.count('<p class="mark exercise"') == html.count('class="mark') - html.count("mark operation")
    assert "mark operation" not in html
    assert re.search(r"\.sheetmark \{ display: block; position: fixed;", html)
    assert "EXERCISE" in seen.text


def test_an_operation_is_marked_as_well():
    """A real letter says that it is one: a missing mark means nothing."""
    html = page(LETTER)
    assert html.count("OPERATION") == 4 + len(LETTER.bodies)
    assert '<p class="mark operation"' in html
    assert "EXERCISE" not in html


def test_dates_are_shown_in_every_calendar_from_one_instant():
    """A deadline written in one calendar is shown in it first, with its zone, then in the others and in UTC."""
    by = parse_moment("jalali 1403-12-30T18:00[Asia/Tehran]", ZoneInfo)
    text = is_inert(page(replace(LETTER, reply_by=by))).text
    assert "Answer awaited by" in text
    assert (
        "1403-12-30 18:00 Asia/Tehran UTC+03:30 (Solar Hijri, 33-year rule)"
        "2025-03-20 18:00 (Gregorian)1446-09-20 18:00 (Hijri, Umm al-Qura table)2025-03-20 14:30:00 UTC"
    ) in text


@pytest.mark.parametrize(
    ("signed", "words"),
    [
        (True, "signed: can be proved to others"),
        (False, "not signed: sure to the reader, provable to nobody else"),
        (None, "not chosen yet"),
    ],
)
def test_the_page_says_what_can_be_proved(signed, words):
    """Signed or deniable is said in plain words."""
    assert words in is_inert(page(replace(LETTER, signed=signed))).text


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("principal", "the sender's own words"),
        ("envoy", "words of an envoy"),
        ("intermediary", "words of a go-between"),
        ("joint", "a joint text"),
        ("unattributed", "attributed to nobody"),
    ],
)
def test_whose_words_they_are_is_never_lost(origin, words):
    """The origin class stands on the page, whatever it is."""
    assert f"Whose words{words}" in is_inert(page(replace(LETTER, origin=origin))).text


def test_a_paraphrase_and_whose_word_it_is_stand_above_all():
    """Whose word a letter is cannot be cut off by what it says itself, nor mixed with it."""
    shown = is_inert(page(replace(LETTER, paraphrase=True, banner=("For North:\u202e", "by an envoy <b>"))))
    words = shown.text
    assert words.index("For North:<U+202E>") < words.index("A meeting")
    assert words.index("by an envoy <b>") < words.index("A meeting")
    assert PARAPHRASE in words
    assert PARAPHRASE not in is_inert(page(LETTER)).text


def test_clauses_are_shown_with_what_limits_them_and_what_a_letter_does():
    """In the language of each text; a text in breach is not drawn, and says so."""
    limit = Shown("R1", "R1 reservation", ("limits T1",), {"en": "Not in winter."})
    clauses = (
        Shown("T1", "T1 undertaking", ("North is bound", "due: soon"), {"en": "We leave.", "fa": "می‌رویم."}, (limit,)),
        Shown("T2", "all that entry 3 says"),
        Shown("T3", "T3 undertaking", (), {"en": "pay\u202e001"}),
    )
    html = page(replace(LETTER, clauses=clauses, acts=("accepts entry 3 <b>",)))
    words = is_inert(html).text
    for one in (
        "What this letter does accepts entry 3 <b>",
        "North is bound",
        "It is limited by: R1 reservation limits T1",
    ):
        assert one in words
    inside = html.index('<div class="limits">')
    assert html.index("We leave.") < inside < html.index("Not in winter.") < html.index("all that entry 3 says")
    assert html.count("می‌رویم.") == 1
    assert html.count("Not in winter.") == 2  # in the Persian text as well, for want of one in Persian
    assert "pay\u202e001" not in html
    assert html.count("U+0070 U+0061 U+0079 U+202E") == 2


def test_handling_and_attachments_are_listed():
    """What the sender asks of people and what is attached, with size and digest, can be read off the page."""
    shown = replace(
        LETTER,
        number=7,
        reference="N-2026/14",
        handling=Handling(
            retention="read_and_destroy",
            carriage="some_later_value",
            may_know=("The Minister",),
            exempted=(Exempted(None, "وزارة التجارة"),),
            instructions="First line\nSecond line",
        ),
        files=(File("نقشه.pdf", "application/pdf", 12_345, bytes(range(32))),),
        unknown=("clause",),
        notes=("This office has not answered yet.",),
    )
    text = is_inert(page(shown)).text
    for piece in (
        "Keeping itread and destroy",
        "How it may travelsome_later_value",
        "May knowThe Minister",
        "Must not be told\u2068وزارة التجارة\u2069",
        "InstructionsFirst lineSecond line",
        "نقشه.pdf",
        "12,345 bytes",
        "00010203 04050607 08090a0b",
        "This letter has a part that this version cannot show; it is not complete here. Its kind: clause",
        "This office has not answered yet.",
        "Number7",
        "ReferenceN-2026/14",
        "North (verified)",
        "\u2068جنوب\u2069 (unverified)",
    ):
        assert piece in text


def test_a_file_name_ends_where_its_ending_stands():
    """A file name runs left to right whatever its script, so that no ending hides inside."""
    html = page(replace(LETTER, files=(File("نقشه.pdf", "application/pdf", 1, bytes(32)),)))
    assert '<bdi dir="ltr">نقشه.pdf</bdi>' in html
    html = page(replace(LETTER, files=(File("terms\u202efdp.exe", "application/pdf", 1, bytes(32)),)))
    assert '<bdi dir="ltr">terms&lt;U+202E&gt;fdp.exe</bdi>' in html


def test_a_letter_that_was_opened():
    """What was sealed is what the page shows: texts, files, number, id, and what this version cannot show."""
    parts = (
        make_part(Body("en", "prevailing", "Title", "Text."), bytes(16)),
        make_part(Attachment("a.txt", "text/plain", b"abc"), bytes(16)),
        Part(UnknownPart("clause"), b"x"),
    )
    sheet = Sheet(
        bytes(16), bytes(32), bytes(32), "warning", "exercise", "envoy", LETTER.date, tuple(p.digest for p in parts)
    )
    letter = Letter(replace(sheet, data=sheet.encoded()), parts, Docket(bytes(16), 3))
    shown = page_of_letter(letter, LETTER.sender, LETTER.recipient)
    assert (shown.signed, shown.sealed, shown.number, shown.unknown) == (False, True, 3, ("clause",))
    assert shown.files == (File("a.txt", "text/plain", 3, sha256(b"abc").digest()),)
    text = is_inert(page(shown)).text
    assert letter.letter_id.hex(" ", 4) in text
    assert "EXERCISE" in text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**b** *i* `c`", "<p><strong>b</strong> <em>i</em> <bdi><code>c</code></bdi></p>"),
        ("# H", "<h3>H</h3>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("a\\\nb", "<p>a<br>\nb</p>"),
        (
            "[the site](https://a.example/?b=1&c)",
            '<p><span class="link">the site</span> <bdi dir="ltr" class="target">[https://a.example/?b=1&amp;c]</bdi></p>',
        ),
        (
            '[s](https://a.example "unseen")',
            '<p><span class="link">s</span> <bdi dir="ltr" class="target">[https://a.example]</bdi>'
            " <bdi>“unseen”</bdi></p>",
        ),
        ("```py\nx < y\n```", '<pre dir="auto"><bdi>py</bdi>\nx &lt; y\n</pre>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        (
            "[a [b](https://b.example) c](https://a.example) [d](https://d.example)",
            '<p>[a <span class="link">b</span> <bdi dir="ltr" class="target">[https://b.example]</bdi>'
            ' c](https://a.example) <span class="link">d</span>'
            ' <bdi dir="ltr" class="target">[https://d.example]</bdi></p>',
        ),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
    ],
)
def test_text_is_shown_without_anything_to_click(text, html):
    """Emphasis, lists and quotes are drawn; a link is its words and its target, both as text."""
    assert text_as_html(text, "ltr") == (html + "\n", True)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("pay\u202e001", '<pre dir="ltr" class="source">U+0070 U+0061 U+0079 U+202E U+0030 U+0030 U+0031</pre>'),
        ("<script>x</script>", '<pre dir="rtl" class="source">&lt;script&gt;x&lt;/script&gt;</pre>'),
        ("![a](https://b.example/c.png)", '<pre dir="rtl" class="source">![a](https://b.example/c.png)</pre>'),
        ("&#x202e;a", '<pre dir="rtl" class="source">&amp;#x202e;a</pre>'),
        ("a\u200b<b>", '<pre dir="ltr" class="source">U+0061 U+200B U+003C U+0062 U+003E</pre>'),
    ],
)
def test_a_text_in_breach_cannot_act(text, html):
    """Hidden characters are shown as code points; HTML and images as the characters they were written with."""
    assert text_as_html(text, "rtl") == (html, False)


def test_a_text_too_long_for_markdown_is_shown_as_written():
    """A huge text from a hostile sender costs no long work and still cannot act."""
    html, kept = text_as_html("![" * 100_000, "ltr")
    assert not kept
    assert html.startswith('<pre dir="ltr" class="source">![![')
    assert "U+202E" in text_as_html("\u202e" * 140_000, "ltr")[0]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("من 10-15 مليون", 'من <bdo dir="ltr">10-15</bdo> مليون'),
        ("نسبة -5% فقط", 'نسبة <bdo dir="ltr">-5%</bdo> فقط'),
        ("هاتف +98-21-1234", 'هاتف <bdo dir="ltr">+98-21-1234</bdo>'),
        ("في ٢٠٢٤-١٠-١٤.", 'في <bdo dir="ltr">٢٠٢٤-١٠-١٤</bdo>.'),
        ("سال ۱۴۰۴", "سال ۱۴۰۴"),
        ("COVID-19 و", "COVID-19 و"),
        ("a<b 1", "a&lt;b 1"),
    ],
)
def test_numbers_keep_their_order_in_a_line_from_right_to_left(text, html):
    """A range, a sign or a telephone number is not turned round for its reader."""
    assert numbers_in_order(text, "rtl") == html
    assert "<bdo" not in numbers_in_order(text, "ltr")


@given(st.text(max_size=80), st.text(max_size=30), st.sampled_from(["en", "fa", "\u202e", '"><script>']))
def test_nothing_a_sender_writes_makes_the_page_act(text, line, lang):
    """Whatever title, text, name, reference or language a letter holds, the page stays inert and well formed."""
    shown = replace(
        LETTER,
        sender=Party(line, line),
        form=line,
        origin=line,
        reference=line,
        bodies=(Body(lang, line, line, text), Body("fa", "equal", line, text)),
        files=(File(line, line, 1, bytes(32)),),
        unknown=(line,),
        handling=Handling(distribution=line, may_know=(line,), instructions=text),
        notes=(line,),
    )
    is_inert(page(shown))


@given(st.text(alphabet="[](){}<>!&;#*_`'\"\\/:=ab \n-x202e", max_size=60))
def test_no_markdown_makes_the_page_act(text):
    """However brackets, quotes and references are combined, nothing but text comes of them."""
    is_inert(page(replace(LETTER, bodies=(Body("en", "prevailing", "T", text),))))


def test_the_pages_own_words_can_be_translated_and_the_letters_never():
    """Translation touches the page's words only."""
    text = is_inert(page(LETTER, say=str.upper)).text
    assert "WHOSE WORDS" in text
    assert "We propose to meet." in text


def test_where_a_calendar_ends_the_page_says_so():
    """Out of its table a Hijri date is not left out without a word."""
    by = parse_moment("2080-01-01T18:00[Asia/Tehran]", ZoneInfo)
    text = is_inert(page(replace(LETTER, reply_by=by))).text
    assert "this calendar's table does not reach so far (Hijri, Umm al-Qura table)" in text
