"""The exchange of 2024, replayed: a deniable warning, its answer, a visitor without a mandate, a reply by another way.

    python examples/2024/exchange.py [NEW FOLDER]

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
    "bern": "Europe/Zurich",
    "muscat": "Asia/Muscat",
    "visitor": "America/New_York",
}


def story(stage: Stage) -> None:
    for draft in HERE.glob("*.md"):
        shutil.copy(draft, stage.folder)
    with stage.running("2024-09-15T07:00Z"):
        beginning(stage)
        warning = the_warning(stage)
        the_answer(stage)
        the_visit(stage)
        the_press(stage)
        another_way(stage)
        the_end(stage, warning)


def beginning(stage: Stage) -> None:
    stage.title("Washington and Tehran have no line; Bern and Muscat carry letters; a visitor has an office of its own")
    stage.set_up(ZONES, {"tehran": ["fa=تهران"]})
    stage.know(
        ("washington", "bern"),
        ("bern", "tehran"),
        ("washington", "tehran"),
        ("washington", "muscat"),
        ("muscat", "tehran"),
        ("visitor", "tehran"),
    )
    stage.compare(("washington", "tehran"))


def the_warning(stage: Stage) -> int:
    stage.title("A warning in writing, deniable, by hand only, immediate with its reason")
    stage.clock("2024-09-15T08:00Z")
    warning = stage.send(
        "washington",
        "warning.md --deniable --via bern --carriage hand_only --precedence immediate"
        " --because 'a life is at stake' --by 2024-09-20T12:00[Europe/Zurich]",
    )
    stage.hand("washington", "bern")
    charge = stage.entry("bern", "tray list")
    stage.do("bern", f"tray show {charge}")
    stage.clock("2024-09-18T09:00Z")
    stage.do("bern", f"tray pass {charge} --yes", only="It is on its way")
    stage.hand("bern", "tehran")
    came = stage.entry("tehran", "letter list", form="warning")
    stage.do("tehran", f"letter read {came}")
    stage.echo("tehran", "bern", "washington")
    return warning


def the_answer(stage: Stage) -> None:
    stage.title("The reply, Persian prevailing, on a return envelope")
    stage.clock("2024-10-14T08:00Z")
    came = stage.entry("tehran", "letter list", form="warning")
    stage.send("tehran", f"reply.md --reply-to {came}", only="Sealed")
    stage.hand("tehran", "bern")
    charge = stage.entry("bern", "tray list", giver=stage.id("tehran"))
    stage.do("bern", f"tray pass {charge} --yes", only="It is on its way")
    stage.hand("bern", "washington")
    reply = stage.entry("washington", "letter list", form="reply")
    stage.do("washington", f"letter read {reply}")
    stage.echo("washington", "bern", "tehran")


def the_visit(stage: Stage) -> None:
    stage.title("A visitor meets Tehran's envoy and writes afterwards: it speaks for itself only")
    stage.later("2024-11-11T20:00Z", *stage.offices)
    stage.do(
        "tehran",
        "contact note --asked-by 'the visitor' --place 'not to be named' --place-by 'the host' --tone positive"
        " --began 2024-11-11T13:00[America/New_York] --lasted 'over one hour' --who 'private: the visitor'"
        " --who 'envoy: of this office'",
    )
    stage.send("visitor", "visit.md", only="Form:")
    stage.hand("visitor", "tehran")
    letter = stage.entry("tehran", "letter list", origin="envoy")
    stage.do("tehran", f"letter read {letter}")
    stage.title("Does he carry your word? Tehran asks Washington by another way")
    stage.clock("2024-11-12T08:00Z")
    stage.do("tehran", f"credence ask washington --about visitor --letter {letter} --via bern")
    stage.hand("tehran", "bern")
    charge = stage.entry("bern", "tray list", giver=stage.id("tehran"), status="waiting")
    stage.do("bern", f"tray pass {charge} --yes", only="It is on its way")
    stage.hand("bern", "washington")
    question = stage.entry("washington", "letter list", form="credence", ours=False)
    stage.do("washington", f"credence answer {question} no-comment --yes")
    stage.hand("washington", "bern")
    charge = stage.entry("bern", "tray list", giver=stage.id("washington"), status="waiting")
    stage.do("bern", f"tray pass {charge} --yes", only="It is on its way")
    stage.hand("bern", "tehran")
    stage.do("tehran", "credence list")
    stage.do("tehran", f"letter read {letter}", only="SPEAKS")


def the_press(stage: Stage) -> None:
    stage.title("The press reports the reply. Tehran says nothing of official messages, as its letter asks")
    stage.clock("2024-11-15T18:00Z")
    reply = stage.entry("tehran", "letter list", form="reply", ours=True)
    stage.do("tehran", f"leak note {reply} --when 2024-11-15 --where 'a newspaper' --source 'officials' --what gist")
    stage.refused("tehran", f"publish check {reply}")


def another_way(stage: Stage) -> None:
    stage.title("The next reply takes another way: the two carriers share no value that could link them")
    stage.clock("2024-11-20T08:00Z")
    came = stage.entry("tehran", "letter list", form="warning")
    stage.send("tehran", f"reply.md --reply-to {came} --via muscat", only="Way:")
    stage.hand("tehran", "muscat")
    charge = stage.entry("muscat", "tray list")
    stage.do("muscat", f"tray pass {charge} --yes", only="It is on its way")
    stage.hand("muscat", "washington")


def the_end(stage: Stage, warning: int) -> None:
    stage.title("The way of the warning, drawn")
    stage.do("washington", f"letter track {warning}")
    stage.title("What each office knows")
    stage.together(
        ("washington", "letter list"),
        ("tehran", "letter list"),
        ("bern", "tray list --all"),
        ("muscat", "tray list --all"),
    )
    stage.title("What can be proved of the warning, to anybody: nothing")
    stage.refused("washington", f"evidence export {warning} -o none.evidence --yes")
    came = stage.entry("tehran", "letter list", form="warning")
    stage.do("tehran", f"letter read {came}", only="prove it:")
    stage.do("tehran", "letter forge warning.md --from washington -o forged.sealed")
    stage.together(*((office, "register verify") for office in stage.offices))


if __name__ == "__main__":
    play(story, Path(sys.argv[1]) if len(sys.argv) > 1 else None)
