"""A line of time with one of everything, and one of ten years, made from records alone."""

from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

from backchannel.conveyance.tracking import Given, Word, track
from backchannel.letters.edtf import parse_edtf
from backchannel.letters.series import Gap
from backchannel.letters.spans import ANY_TIME, TimeSpan
from backchannel.terms import timeline as line
from backchannel.terms.timeline import Item, Line, Party, timeline
from backchannel.terms.timeline_show import Speech
from backchannel.terms.timeline_words import speaker

TEHRAN, WASHINGTON, BAGHDAD, UNKNOWN = (bytes([n]) * 32 for n in (1, 2, 3, 4))
PARTIES = {
    TEHRAN: Party(TEHRAN, (("en", "Tehran"), ("fa", "تهران"), ("ar", "طهران")), "this office"),
    WASHINGTON: Party(WASHINGTON, (("en", "Washington <b>"), ("fa", "واشنگتن")), "verified"),
    BAGHDAD: Party(BAGHDAD, (("en", "Baghdad"), ("ar", "بغداد"), ("fa", "بغداد")), "vouched"),
    UNKNOWN: Party(UNKNOWN, (), "no card"),
}


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def speech(lang):
    return Speech(lang, speaker(lang), ZoneInfo)


def noted(entry, what, when, text, source="a newspaper", struck=0):
    found = parse_edtf(when) if when else None
    span = found.span(ZoneInfo("Asia/Baghdad")) if found else ANY_TIME
    return line.Outside(entry, what, found, span, text, source, "Asia/Baghdad", struck)


def leg(of, carrier, *words, waited=None):
    ref = bytes([of]) * 32
    given = Given(carrier, WASHINGTON, ref, at("2015-02-10T09:00"), 0, "oral", waited)
    said = [
        Word(event, ref, carrier, at(when), "manual", (), proof, TEHRAN, WASHINGTON, carrier, at(when) + 10, of + n)
        for n, (event, when, proof) in enumerate(words, 1)
    ]
    return [line.Leg(of, of + 50, one) for one in track(TEHRAN, given, said)]


def talk(kind, how, began, minutes, whose, entries, marks=()):
    span = TimeSpan(at(began), at(began) + 60 * minutes)
    return Item(kind, how, span, whose, TEHRAN, WASHINGTON, entries, marks=marks)


def records():
    """Everything that can stand in a line, texts in three writings among it."""
    opened = TimeSpan(at("2009-06-10T09:00"), at("2014-10-18T09:00"))
    left, reached = at("2014-10-15T08:00"), at("2014-10-18T06:00")
    links = (("answered-by", 100), ("crosses", 23), ("same-number", 15))
    return [
        line.Came(15, WASHINGTON, 1, "letter", at("2009-03-01T22:00"), at("2009-03-02T09:00"), at("2009-03-02T10:00")),
        line.Written(23, at("2009-06-10T09:00"), WASHINGTON, 1, "reply", opened, (("answers", 15),)),
        line.Missing(WASHINGTON, Gap(2, 3), at("2009-03-01T22:00"), left),
        line.Came(73, WASHINGTON, 4, "letter", left, reached, reached + 60, BAGHDAD, reached + 90, links, ("unread",)),
        line.Charge(70, BAGHDAD, TEHRAN, at("2014-10-15T20:00"), reached, 73),
        line.Charge(74, BAGHDAD, UNKNOWN, None, reached, 0, (("passed", reached + 600, UNKNOWN),), ("exercise",)),
        line.Gone(85, at("2014-12-01T10:00"), "burnt", WASHINGTON, False, 6),
        line.Written(100, at("2015-02-10T09:00"), WASHINGTON, 2, "warning", marks=("exercise",)),
        line.Said(100, WASHINGTON, "x-RecallTooLate", at("2015-02-14T09:00"), "oral"),
        *leg(
            100,
            BAGHDAD,
            ("SubmissionAcceptance", "2015-02-10T12:00", "signed"),
            ("ContentHandover", "2015-02-13T08:00", "forged"),
        ),
        line.Written(130, at("2015-02-10T09:00"), WASHINGTON, 3, "letter"),
        *leg(
            130,
            UNKNOWN,
            ("ContentConsignmentFailure", "2015-02-23T12:00", "unchecked"),
            waited=at("2015-03-01T00:00"),
        ),
        talk("readout", "call", "2013-09-27T18:30", 15, "here", (44,), ("differing",)),
        talk("meeting", "in_person", "2015-03-02T09:00", 90, "said", (110, 111)),
        Item("contact", "itself", TimeSpan.at(at("2014-11-11T18:00")), "here", TEHRAN, entries=(99,)),
        noted(30, "event", "2012-07/2013-11~", "A second channel & <script>alert(1)</script>"),
        noted(31, "election", "2014-11-04", "The legislature changes hands"),
        noted(32, "press", "2014-11-06", "گزارش روزنامه‌ای دربارهٔ نامه (10-15 خبر)", "روزنامه"),
        noted(33, "deadline", "2014-11-24", "الموعد النهائي للاتفاق الشامل"),
        noted(34, "letter", "", "Letter no. 3 on paper", "an archive"),
        noted(35, "press", "2014-12?", "Another report", struck=36),
    ]


def line_of(of, span=ANY_TIME):
    items = line.within(timeline(TEHRAN, of), span)
    seen = dict.fromkeys([TEHRAN, *(office for item in items for office in (item.who, item.to) if office)])
    return Line("Asia/Tehran", at("2015-04-01T08:00"), span, tuple(PARTIES[office] for office in seen), items)


def ten_years(letters=3000):
    """Letters to and fro, more than one a day, with gaps and openings."""
    dice, now, found = Random(7), at("2009-01-05T00:00"), []
    numbers = {True: 0, False: 0}
    step = (at("2019-01-01T00:00") - now) // letters
    for n in range(letters):
        now += int(2 * step * dice.random())
        ours = dice.random() < 0.5
        numbers[ours] += 1
        number, entry = numbers[ours], 10 * n + 9
        if ours:
            opened = TimeSpan(now, now + 86_400 * dice.randint(1, 9)) if dice.random() < 0.9 else None
            found.append(line.Written(entry, now, WASHINGTON, number, "letter", opened))
        elif dice.random() < 0.02:
            found.append(line.Missing(WASHINGTON, Gap(number, number), now - step, now + step))
        else:
            found.append(
                line.Came(entry, WASHINGTON, number, "reply", now, now + 30_000, now + 40_000, b"", now + 50_000)
            )
    return found
