"""The line of time as people type for it and read it."""


def test_the_line_of_time_is_read_and_added_to(shell):
    """Letters and an outside event in one line; in three languages and calendars; struck out, never edited."""
    draft = shell.draft("ships.md", "---\nform: letter\nlang: en\n---\n# Ships\n\nTwelve ships.\n")
    shell("north", f"letter send {draft} --to south --yes")
    n = shell.json("north", "letter list")[-1]["entry"]
    noted = shell(
        "north",
        "timeline note 'The other house changes hands' --kind election --when 2014-11-04 --source 'public record'",
    ).err
    assert "Noted as entry" in noted
    found = shell.json("north", "timeline")
    written = [one for one in found["items"] if one["what"] == "written" and one["entries"] == [n]]
    assert [(one["certainty"], one["form"]) for one in written] == [("here", "letter")]
    (event,) = [one for one in found["items"] if one["kind"] == "event"]
    assert event["days"] == {
        "gregorian": ["2014-11-04", "2014-11-04"],
        "umm-al-qura": ["1436-01-11", "1436-01-11"],
        "jalali": ["1393-08-13", "1393-08-13"],
    }
    said = shell("north", "timeline --month 2014-11").out
    assert "Hijri, Umm al-Qura table" in said
    assert "4 November 2014 | 11 Muharram 1436 | 13 Aban 1393" in said
    assert "election: The other house changes hands · source: public record · noted here from outside" in said
    assert "letter no." not in said
    assert "۱۳ آبان ۱۳۹۳" in shell("north", "timeline --from 2014 --to 2014 --lang fa").out
    assert "٤ نوفمبر ٢٠١٤" in shell("north", "timeline --brief --lang ar").out
    assert "\u2068South\u2069" in shell("north", "timeline --brief --lang ar").out

    shell("north", f"timeline strike {event['entries'][0]} 'that was the lower house'")
    assert "STRUCK OUT" in shell("north", "timeline --month 2014-11").out
    shell("north", f"timeline strike {n} 'no event'", status=7)
    shell("north", "timeline --month 2014-11 --from 2013", status=7)
    shell("north", "timeline note 'x' --when 1393-08-13 --source y", status=7)
    assert "next: Write it like 2009" in shell("north", "timeline --month 2014-13", status=7).err


def test_the_page_is_written_once_and_for_its_owner_only(shell):
    shell("north", "timeline --html line.html --lang fa")
    written = shell.folder / "line.html"
    assert written.stat().st_mode & 0o777 == 0o600
    assert '<html lang="fa" dir="rtl">' in written.read_text(encoding="utf-8")
    before = written.read_bytes()
    assert "there is a file" in shell("north", "timeline --html line.html", status=7).err
    assert written.read_bytes() == before
