"""The exchange of 2014, replayed: a letter and an assurance through two go-betweens, and the answer.

    python examples/2014/exchange.py [NEW FOLDER]

Offices only, no persons; times and words are chosen for the replay. Change what you like and run it again. With a
folder named, all that is made is kept there: registers, drafts, pages.
"""

import shutil
import sys
from pathlib import Path

from backchannel.cli.stage import Stage, play

HERE = Path(__file__).parent
ZONES = {
    "washington": "America/New_York",
    "tehran": "Asia/Tehran",
    "baghdad": "Asia/Baghdad",
    "cleric": "Asia/Baghdad",
}
NAMES = {"tehran": ["fa=تهران"], "baghdad": ["ar=بغداد"]}


def story(stage: Stage) -> None:
    for draft in HERE.glob("*.*"):
        if draft.suffix != ".py":
            shutil.copy(draft, stage.folder)
    with stage.running("2014-10-15T07:00Z"):
        beginning(stage)
        letter = the_letter(stage)
        assurance = two_ways(stage)
        the_deadline(stage, letter)
        answer(stage)
        the_end(stage, letter, assurance)


def beginning(stage: Stage) -> None:
    stage.title("A relay, which keeps pouches for anyone and knows no one; four offices, each with a desk of its own")
    stage.set_up(ZONES, NAMES)
    stage.title("They have each other's cards. Those who can telephone compare safety numbers")
    friends = (("washington", "baghdad"), ("washington", "tehran"))
    stage.know(*friends, ("baghdad", "tehran"), ("washington", "cleric"), ("cleric", "tehran"))
    stage.compare(*friends)


def the_letter(stage: Stage) -> int:
    stage.title("Washington seals a letter in English and Persian, signed, and gives it to Baghdad to carry")
    stage.clock("2014-10-15T08:00Z")
    letter = stage.send(
        "washington",
        "letter.en.md letter.fa.md --signed --via baghdad --custody signed --carriage in_person"
        " --by 2014-10-20T18:00[Asia/Baghdad] --page letter.html",
    )
    stage.hand("washington", "baghdad")
    stage.title("Baghdad sees from whom and for whom, and what is asked; not what it says. It holds it for 36 hours")
    charge = stage.entry("baghdad", "tray list")
    stage.do("baghdad", f"tray show {charge}")
    stage.do("baghdad", f"tray hold {charge} --until 2014-10-17T00:00[Asia/Baghdad] --why 'the envoy is travelling'")
    stage.clock("2014-10-18T06:00Z")
    stage.do("baghdad", f"tray pass {charge} --yes", only="It is on its way")
    stage.title("Tehran's desk opens it and destroys the key; a person reads it")
    stage.hand("baghdad", "tehran")
    came = stage.entry("tehran", "letter list", form="letter")
    stage.do("tehran", f"letter read {came} --page read.html")
    stage.echo("tehran", "baghdad", "washington")
    return letter


def two_ways(stage: Stage) -> int:
    stage.title("An assurance, deniable, by two ways beside each other: Baghdad, and the cleric's office")
    stage.clock("2014-10-25T09:00Z")
    assurance = stage.send(
        "washington",
        "assurance.md --deniable --via baghdad --via cleric --by 2014-11-01T18:00[Asia/Baghdad]",
        only="Way:",
    )
    stage.hand("washington", "cleric")
    stage.title("The cleric's office passes it on with words of its own, a separate item. Baghdad lets it lie")
    charge = stage.entry("cleric", "tray list")
    stage.do("cleric", f"tray pass {charge} --words gloss.txt --yes", only="It is on its way")
    stage.hand("cleric", "tehran")
    came = stage.entry("tehran", "letter list", form="assurance")
    stage.do("tehran", f"letter read {came}")
    stage.echo("tehran", "cleric", "washington")
    stage.title("The time asked goes by: Baghdad's silence becomes a statement of the waiting desk")
    stage.clock("2014-11-02T09:00Z")
    stage.do("washington", f"letter track {assurance}")
    return assurance


def the_deadline(stage: Stage, letter: int) -> None:
    stage.title("The press tells of the letter; then its last day. Nothing decides by itself that it was not met")
    stage.clock("2014-11-06T22:00Z")
    stage.do(
        "washington",
        "timeline note 'Press: a secret letter in October' --source 'a daily paper' --when 2014-11-06 --kind press",
    )
    stage.do(
        "washington",
        f"leak note {letter} --when 2014-11-06[America/New_York] --where 'a daily paper'"
        " --source 'people briefed on it' --what gist",
    )
    stage.refused("washington", f"publish asked {letter} --who 'Allied Desk One'")
    stage.clock("2014-11-24T20:00Z")
    stage.do("washington", "terms board")
    stage.title("Washington makes the offer anew, with a later date")
    draft = stage.folder / "extension.en.md"
    draft.write_text(draft.read_text(encoding="utf-8").replace("ENTRY", str(letter)), encoding="utf-8")
    stage.send("washington", "extension.en.md --signed --via baghdad", only="Sealed")
    stage.hand("washington", "baghdad")
    charge = stage.entry("baghdad", "tray list", status="waiting")
    stage.do("baghdad", f"tray pass {charge} --yes", only="It is on its way")
    stage.hand("baghdad", "tehran")
    stage.title('"By 24 November", said the press, and named no zone')
    stage.clock("2014-11-24T21:00Z")
    stage.do("washington", "terms passed 2014-11-24 Tehran")


def answer(stage: Stage) -> None:
    stage.title("Tehran answers on a return envelope, deniable, by the way the letter came: it promises nothing")
    stage.later("2015-01-15T07:00Z", *stage.offices)
    came = stage.entry("tehran", "letter list", form="letter")
    stage.send("tehran", f"reply.md --reply-to {came} --deniable --via baghdad", only="Sealed")
    stage.hand("tehran", "baghdad")
    charge = stage.entry("baghdad", "tray list", status="waiting")
    stage.do("baghdad", f"tray pass {charge} --yes", only="It is on its way")
    stage.hand("baghdad", "washington")
    reply = stage.entry("washington", "letter list", form="reply")
    stage.do("washington", f"letter read {reply}")


def the_end(stage: Stage, letter: int, assurance: int) -> None:
    stage.title("The way of the letter, drawn")
    stage.do("washington", f"letter track {letter}")
    stage.title("What each office knows")
    stage.together(
        ("washington", "letter list"),
        ("tehran", "letter list"),
        ("baghdad", "tray list --all"),
        ("cleric", "tray list --all"),
    )
    stage.title("What each could prove, to anybody")
    stage.say(
        "Washington, of the letter: that Baghdad took these very bytes, for Tehran. It signed, as both had agreed."
    )
    stage.do("washington", f"evidence export {letter} -o way.evidence --yes", only="written")
    stage.do("washington", "evidence verify way.evidence", only="PROVED")
    stage.say("Washington, of the assurance: nothing. What was said of it is oral.")
    stage.refused("washington", f"evidence export {assurance} -o none.evidence --yes")
    stage.say("Tehran: the letter, which is signed; of the assurance nothing: it could have made it alone.")
    for form in ("letter", "assurance"):
        came = stage.entry("tehran", "letter list", form=form)
        stage.do("tehran", f"letter read {came}", only="prove it:")
    stage.say("Baghdad and the cleric's office: nothing. What they carried and passed on is forgotten there.")
    stage.title("The board: what is on the table, what binds, what waits for what")
    stage.do("washington", "terms board")
    stage.title("All of it in one line of time; the page prints, and reads in three languages")
    stage.do("washington", "timeline --html timeline.html")
    stage.title("Nothing of this can be changed unseen: every register is one chain")
    stage.together(*((office, "register verify") for office in stage.offices))


if __name__ == "__main__":
    play(story, Path(sys.argv[1]) if len(sys.argv) > 1 else None)
