"""The page of the line of time: one file that fetches nothing and says what the JSON says, in three languages."""

import re
import time
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from lines import PARTIES, TEHRAN, at, line_of, noted, records, speech, ten_years

from backchannel.letters.calendars import CALENDARS
from backchannel.letters.edtf import parse_edtf
from backchannel.letters.forms import FORMS
from backchannel.letters.spans import TimeSpan
from backchannel.letters.spoken_dates import LANGUAGES, MONTHS, edtf_in_words
from backchannel.terms.timeline import Item
from backchannel.terms.timeline_catalog import CATALOG
from backchannel.terms.timeline_page import page
from backchannel.terms.timeline_show import line_json
from backchannel.terms.timeline_words import CERTAINTY, LINKS, MARKS, WHAT

ASCII = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


class Rows(HTMLParser):
    """The rows of the tables of items: the class of each, and the text of each piece of it that has a class."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        kind = dict(attributes).get("class")
        if tag == "tr" and kind:
            self.rows.append((kind.split(), []))
        if tag in ("td", "span", "bdi", "tr"):
            self.open.append([kind, ""])

    def handle_endtag(self, tag):
        if tag in ("td", "span", "bdi", "tr"):
            piece = self.open.pop()
            if piece[0] and self.rows:
                self.rows[-1][1].append(piece)

    def handle_data(self, data):
        for piece in self.open:
            piece[1] += data

    def texts(self, row, kind):
        return [text.strip() for one, text in row[1] if one == kind]


def said(english, lang):
    return english if lang == "en" else CATALOG[lang].get(english, english)


def code_of(text, table, lang):
    """The code whose sentence in that language is this text, and the numbers put into it."""
    text = text.translate(ASCII)
    for code, english in table.items():
        pattern = re.escape(said(english, lang).translate(ASCII))
        pattern = re.sub(r"\\\{[nm]\\\}", r"(\\d+)", pattern)
        if found := re.fullmatch(pattern, text):
            return code, [int(number) for number in found.groups()]
    raise AssertionError(f"no sentence of {lang} says {text!a}")


def days_in(text, calendar, lang):
    """Days as figures: the first and the last, None where there is no bound."""
    return [
        f"{int(year):04}-{MONTHS[lang][calendar].index(month) + 1:02}-{int(day):02}"
        for day, month, year in re.findall(r"(\d+) (\D+?) (\d{4})", text.translate(ASCII))
    ]


def facts(row, texts, lang):
    """What a row of the page says, in the form of the JSON."""

    def one(kind):
        found = texts(row, kind)
        assert len(found) < 2, (kind, found)
        return found[0] if found else ""

    (kind, what), numbers = code_of(one("what"), WHAT, lang)
    further = [text for kind in ("fact mark", "fact") for text in texts(row, kind)]
    links, marks, forms, of = [], [], [], None
    for text in further:
        for table, found in ((LINKS, links), (MARKS, marks), ({n: f.title for n, f in FORMS.items()}, forms)):
            try:
                code, given = code_of(text, table, lang)
            except AssertionError:
                continue
            found.append([code, *given] if given else code)
            break
        else:
            of = code_of(text, {"of": "of entry {n}"}, lang)[1][0]
    entries = [int(n) for n in re.findall(r"\d+", one("entries").translate(ASCII))]
    of = of or (entries[0] if "step" in row[0] else None)
    assert bool(of) == ("step" in row[0])
    return {
        "kind": kind,
        "of": of,
        "what": "missing" if what == "several" else what,
        "days": {calendar: days_in(one(calendar), calendar, lang) for calendar in CALENDARS[1:]},
        "certainty": code_of(one("whose"), CERTAINTY, lang)[0],
        "who": one("who"),
        "to": one("to"),
        "numbers": ([numbers[0], numbers[-1]] if numbers else None),
        "form": forms[0] if forms else None,
        "text": one("text") or None,
        "links": links,
        "marks": marks,
        "entries": entries,
        "zone": one("small zone") or None,
        "clock": one("small utc").translate(ASCII),
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_what_the_json_says(lang):
    """Every fact of the JSON can be read off the page, row by row in the same order, and nothing else stands there."""
    line = line_of(records())
    parsed = Rows(page(line, speech(lang)))
    found = [facts(row, parsed.texts, lang) for row in parsed.rows]
    told = line_json(line, ZoneInfo)
    assert len(found) == len(told["items"]) > 30
    names = {one["office"]: one["names"] for one in told["parties"]}
    for on_page, item in zip(found, told["items"], strict=True):
        for key in ("kind", "what", "of", "certainty", "numbers", "form", "text", "links", "marks", "entries", "zone"):
            assert on_page[key] == item[key], (key, item)
        for calendar in CALENDARS[1:]:
            known = [day for day in item["days"][calendar] if day]
            assert on_page["days"][calendar] == (known if len(set(known)) > 1 else known[:1]), item
        for end in ("who", "to"):
            own = names.get(item[end] or "", {})
            name = own.get(lang, own.get("en", ""))
            assert name in on_page[end]
            assert bool(on_page[end]) == bool(item[end])
        if item["earliest"] == item["latest"] and item["earliest"] is not None:
            assert on_page["clock"] == f"{time.strftime('%H:%M', time.gmtime(item['earliest']))} UTC"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_gregorian_date_stands_first_as_it_was_written(lang):
    line = line_of(records())
    parsed = Rows(page(line, speech(lang)))
    for row, item in zip(parsed.rows, line_json(line, ZoneInfo)["items"], strict=True):
        (shown,) = parsed.texts(row, "gregorian")
        if item["written"]:
            words = edtf_in_words(parse_edtf(item["written"]).words, lang, speech(lang).say)
            assert shown.startswith(words)
        else:
            assert set(days_in(shown, "gregorian", lang)) == {day for day in item["days"]["gregorian"] if day}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_file_without_script_or_anything_fetched(lang):
    text = page(line_of(records()), speech(lang))
    assert text.startswith(f'<!doctype html>\n<html lang="{lang}" dir="{"ltr" if lang == "en" else "rtl"}">')
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.S)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" in text
    assert not re.search(
        r"<(script|link|img|iframe|object|embed|a|use|image|foreignObject)\b|<[^>]*\s(on\w+|href|src|style)=", text
    )
    assert not re.search(r"url\(|@import|://", text)


def test_what_comes_from_outside_does_not_act():
    """Names and texts are shown as they are, isolated in their own direction; their numbers keep their order."""
    text = page(line_of(records()), speech("fa"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<bdi>واشنگتن</bdi>" in text
    assert "<bdi>Washington &lt;b&gt;</bdi>" in page(line_of(records()), speech("en"))
    assert '<bdi dir="rtl">گزارش روزنامه‌ای دربارهٔ نامه (<bdo dir="ltr">10-15</bdo> خبر)</bdi>' in text
    assert 'direction="rtl" text-anchor="start">گزارش' in text
    assert '<tspan direction="ltr" unicode-bidi="bidi-override">10-15</tspan>' in text
    assert '<bdi dir="ltr">The legislature changes hands</bdi>' in text


def test_two_offices_of_one_name_are_told_apart():
    twin = type(PARTIES[b"\2" * 32])(b"\3" * 32, (("en", "Washington <b>"),), "unverified")
    line = line_of(records())
    line = type(line)(
        line.zone,
        line.made_at,
        line.span,
        tuple(twin if one.office == twin.office else one for one in line.parties),
        line.items,
    )
    text = page(line, speech("en"))
    assert "(020202020202)" in text
    assert "(030303030303)" in text


def test_what_is_not_known_is_drawn_as_such():
    """A gap is a hollow box, a hole a dotted stroke, an uncertain arrival a bar, an uncertain date a faint one."""
    text = page(line_of(records()), speech("en"))
    overview = text[text.index("<figure") : text.index("<details")]
    for drawn in ('class="gap"', 'class="hole"', 'class="somewhen"', 'class="event fuzzy"', 'class="nobody"'):
        assert drawn in overview.split("<figcaption>")[0], drawn
    assert 'class="gap"' not in page(line_of(records()[:2]), speech("en")).split("<figcaption>")[0]


def test_time_runs_as_the_language_is_read():
    drawn = {lang: page(line_of(records()), speech(lang)).split("<figcaption>")[0] for lang in LANGUAGES}
    years = {lang: re.findall(r'<text x="([\d.]+)"[^>]*class="date"[^>]*>([^<]+)<', drawn[lang]) for lang in LANGUAGES}
    for lang in LANGUAGES:
        places = [float(x) for x, _ in years[lang]]
        assert places == sorted(places, reverse=lang != "en")
        assert [text.translate(ASCII) for _, text in years[lang]] == [str(year) for year in range(2010, 2016)]


def ticks(text):
    return re.findall(r'class="date"[^>]*>([^<]+)<', text.split("<figcaption>")[0])


def test_the_drawing_is_marked_by_days_by_months_or_by_years():
    """As the span asks for: few enough to be read."""
    one, other = noted(1, "press", "2014-01-20", "One"), noted(2, "press", "2015-03-05", "Other")
    assert ticks(page(line_of([one, other]), speech("en")))[:2] == ["February 2014", "March 2014"]
    assert len(ticks(page(line_of([one, other]), speech("en")))) == 14
    near = noted(2, "press", "2014-02-05", "Other")
    assert ticks(page(line_of([one, near]), speech("en")))[:3] == ["21", "23", "25"]


def test_what_lasts_and_what_is_not_bounded_says_so():
    """From a day to a day; after one; before one."""
    lasting = Item(
        "contact", "itself", TimeSpan(at("2014-11-11T18:00"), at("2014-11-13T18:00")), "here", TEHRAN, entries=(9,)
    )
    text = page(line_of([lasting]), speech("en"))
    assert "11 November 2014" in text
    assert "13 November 2014" in text


def test_ten_years_fit_one_view_and_each_month_opens_by_itself():
    """Thousands of letters are counted in the drawing above; nothing is open at first; every row is in its month."""
    line = line_of(ten_years())
    text = page(line, speech("fa"))
    overview = text[text.index("<figure") : text.index("<details")]
    assert len(overview) < 120_000
    assert overview.count('class="count"') > 200
    assert 'class="way"' not in overview.split("<figcaption>")[0]
    assert text.count('<details class="month"') in (119, 120)
    assert " open>" not in text
    assert text.count("<tr class=") == len(line.items)
    parsed = Rows(text)
    assert len(parsed.rows) == len(line.items) > 8000


def test_an_empty_line_says_so():
    assert "Nothing is in this span." in page(line_of([]), speech("en"))
    undated = page(line_of([noted(9, "letter", "", "Somewhen")]), speech("en"))
    assert "Date unknown" in undated
